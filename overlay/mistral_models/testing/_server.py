"""The fake service on a loopback socket: HTTP/1.1 with keep-alive, one thread per connection, real time."""

import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, Final

from ._messages import Request, Response

_MAX_BODY_BYTES: Final = 1 << 24
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER with a timeout of 0: closing the socket sends a reset."""


@contextmanager
def serving(handle: Callable[[Request], Response], port: int) -> Generator[str]:
    """Serve on 127.0.0.1 until the block ends.

    Args:
        handle: Maps a request to a response; called in one thread per connection.
        port: The port; 0 for a free one.

    Yields:
        The URL.
    """
    server = _Server(("127.0.0.1", port), partial(_Handler, handle))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# Not http.server.HTTPServer: when it binds, it looks up the name of the host, and DNS can take seconds.
class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Print the traceback of an exception, unless it only says that the client disconnected."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # passed on as it is


class _UnreadableRequestError(Exception):
    """The request cannot be read."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        headers = {"content-type": "application/json", "connection": "close"}
        self.response = Response(status, json.dumps({"detail": detail}).encode(), headers)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, handle: Callable[[Request], Response], *arguments: Any) -> None:  # noqa: ANN401 passed on
        self._handle = handle
        super().__init__(*arguments)  # serves the connection until it is closed

    def __getattr__(self, name: str) -> Callable[[], None]:
        # The base class calls do_GET, do_POST and so on; `handle` decides which methods exist.
        if name.startswith("do_"):
            return self._serve_request
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
        """Log nothing."""

    def _serve_request(self) -> None:
        try:
            body = self._read_body()
        except _UnreadableRequestError as error:
            self.connection.sendall(error.response.encode_head(time.time()) + error.response.body)
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self._handle(Request(self.command, self.path, headers, body, time.time()))
        if not _deliver(response, self.connection, with_body=self.command != "HEAD"):
            self.close_connection = True

    def _read_body(self) -> bytes:
        if "transfer-encoding" in self.headers:
            raise _UnreadableRequestError(HTTPStatus.LENGTH_REQUIRED, "Send the body with Content-Length.")
        values = set(self.headers.get_all("content-length", ["0"]))
        value = values.pop()
        if values or not (value.isascii() and value.isdigit()):
            raise _UnreadableRequestError(HTTPStatus.BAD_REQUEST, "Content-Length must be one number of bytes.")
        # Comparing the digits avoids Python's limit on the conversion of long numbers.
        if len(value.lstrip("0")) > len(str(_MAX_BODY_BYTES)) or int(value) > _MAX_BODY_BYTES:
            raise _UnreadableRequestError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body must not be longer than {_MAX_BODY_BYTES} bytes."
            )
        body = self.rfile.read(int(value))
        if len(body) < int(value):
            raise _UnreadableRequestError(HTTPStatus.BAD_REQUEST, "The body is shorter than Content-Length.")
        return body


def _deliver(response: Response, connection: socket.socket, *, with_body: bool) -> bool:
    """Send a response with the faults of its delivery; return whether the connection stays open."""
    delivery, head = response.delivery, response.encode_head(time.time())
    time.sleep(delivery.latency)
    if delivery.connection_refused:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        return False
    if point := delivery.disconnect_at or delivery.silent_at:
        sizes = {
            "before": 0,
            "in headers": len(head) // 2,
            "after headers": len(head),
            "in body": len(head) + len(response.body) // 2,
        }
        connection.sendall((head + response.body)[: sizes[point]])
        while delivery.silent_at and connection.recv(65536):
            pass  # until the client closes the connection
        return False
    chunks = response.chunks if with_body else []
    if not delivery.chunk_interval:
        connection.sendall(b"".join([head, *chunks]))
        return True
    connection.sendall(head)
    for chunk in chunks:
        time.sleep(delivery.chunk_interval)
        connection.sendall(chunk)
    return True
