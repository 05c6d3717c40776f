"""The fake service on a loopback socket: HTTP/1.1 with keep-alive, one thread a connection, real time."""

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ._messages import Request, Response


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that go away; what the service itself does wrong is said."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # handed on


@contextmanager
def serving(handle: Callable[[Request], Response], port: int) -> Generator[str]:
    """Serve what `handle` answers on 127.0.0.1 until the block ends; yields the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def respond(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            answer = handle(Request(self.command, self.path, headers, body))
            if not _deliver(answer, self.connection, bodiless=self.command == "HEAD"):
                self.close_connection = True

        def __getattr__(self, name: str) -> Callable[[], None]:
            # The base class looks for do_GET and so on; which methods there are is for `handle` to say.
            if name.startswith("do_"):
                return self.respond
            raise AttributeError(name)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
            """Say nothing."""

    server = _Server(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _deliver(answer: Response, connection: socket.socket, *, bodiless: bool) -> bool:
    """Send an answer, with the trouble it meets; False where the connection ends with it."""
    delivery, head = answer.delivery, answer.head(time.time())
    time.sleep(delivery.latency)
    if delivery.refused:
        # Closing without lingering sends a reset in place of a goodbye.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    if delivery.closed:
        whole = head + answer.body
        ends = {"before": 0, "in headers": len(head) // 2, "after headers": len(head)}
        connection.sendall(whole[: ends.get(delivery.closed, len(head) + len(answer.body) // 2)])
        return False
    pieces = [] if bodiless else answer.pieces
    connection.sendall(head if delivery.pause else b"".join([head, *pieces]))
    for piece in pieces if delivery.pause else ():
        time.sleep(delivery.pause)
        connection.sendall(piece)
    return True
