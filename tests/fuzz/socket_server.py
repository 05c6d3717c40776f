"""Servers on loopback sockets: one stores the headers of each request, the other sends raw bytes."""

import contextlib
import functools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

BODY = b'{"id": "m", "object": "model", "deleted": true, "data": []}'
RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)


class RawServer:
    """Sends the same bytes to every connection, whatever it requests, and then no more.

    Attributes:
        url: Its address.
        response: The bytes.
    """

    def __init__(self) -> None:
        self.response = b""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._server.accept()
            with connection, contextlib.suppress(OSError):  # the client may have closed it
                connection.sendall(self.response)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass


@functools.cache
def raw_server() -> RawServer:
    """Return the server of this process. It is never stopped: the fuzzer never returns."""
    return RawServer()


class Received:
    """The request lines and headers that the server received, as bytes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heads: list[bytes] = []


@contextmanager
def recording_server() -> Iterator[Received]:
    """Run the server until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        received = Received(f"http://127.0.0.1:{server.getsockname()[1]}")
        threading.Thread(target=_accept, args=(server, received.heads), daemon=True).start()
        yield received
        server.shutdown(socket.SHUT_RDWR)


def _accept(server: socket.socket, heads: list[bytes]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:  # the socket was shut down
            return
        threading.Thread(target=_respond, args=(connection, heads), daemon=True).start()


def _respond(connection: socket.socket, heads: list[bytes]) -> None:
    with connection, connection.makefile("rb") as stream:
        while head := _head(stream.readline):
            heads.append(head)
            stream.read(_length(head))
            connection.sendall(RESPONSE)


def _head(readline) -> bytes:
    lines = []
    while line := readline():
        lines.append(line)
        if line == b"\r\n":
            return b"".join(lines)
    return b""


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
