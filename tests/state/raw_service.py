"""A service whose every byte and TLS record a test decides."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from mistral_models.testing import base_model


def card(model_id: str, size: int | None = None) -> bytes:
    """Return a response with the model of this id, as long as wanted."""
    body = json.dumps(base_model(model_id)).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %07d\r\n\r\n"
    body = body.ljust(0 if size is None else size - len(head % 0))
    return head % len(body) + body


def requested_id(request: bytes) -> str:
    """Return the id in the path of a request."""
    return request.split(b" ")[1].rpartition(b"/")[2].decode()


class Connection:
    """The server's side of a connection."""

    def __init__(self, number: int, connection: socket.socket, context: ssl.SSLContext | None) -> None:
        self.number = number
        self._socket = connection
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context and context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        if self._tls:
            self._perform(self._tls.do_handshake)  # the session tickets are sent with or before what comes next

    def _perform(self, action: Callable[[], bytes | None]) -> bytes | None:
        while True:
            try:
                return action()
            except ssl.SSLWantReadError:
                self._socket.sendall(self._outgoing.read())
                data = self._socket.recv(65536)
                if not data:
                    raise ConnectionError("the client closed the connection") from None
                self._incoming.write(data)

    def receive(self) -> bytes:
        """Return the next bytes of a request; raise an error if the client has closed the connection."""
        tls = self._tls
        data = self._perform(lambda: tls.read(65536)) if tls else self._socket.recv(65536)
        if not data:
            raise ConnectionError("the client closed the connection")
        return data

    def request(self) -> bytes:
        """Return the next request, up to the end of its headers, and what came with it."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.receive()
        return data

    def encode(self, *parts: bytes) -> bytes:
        """Return what is sent for these parts, each of them in TLS records of its own."""
        if not self._tls:
            return b"".join(parts)
        for part in parts:
            for start in range(0, len(part), 16384):
                self._tls.write(part[start : start + 16384])
        return self._outgoing.read()

    def send(self, *parts: bytes) -> None:
        """Send the parts together."""
        self.send_encoded(self.encode(*parts))

    def send_encoded(self, data: bytes) -> None:
        """Send bytes that `encode` returned."""
        self._socket.sendall(data)


@contextmanager
def serve(handle: Callable[[Connection], None], context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run a service that handles each connection, numbered from 0, in a thread of its own. Yield its URL."""
    threads: list[threading.Thread] = []

    def handle_connection(number: int, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(30)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what is sent arrives at once
            handle(Connection(number, connection, context))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                threads.append(threading.Thread(target=handle_connection, args=(len(threads), connection), daemon=True))
                threads[-1].start()

    with socket.create_server(("localhost", 0)) as server:
        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield f"{'https' if context else 'http'}://localhost:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for thread in [accepting, *threads]:
                thread.join(10)


def respond(connection: Connection) -> None:
    """Answer every request with the model that it asks for."""
    while True:
        connection.send(card(requested_id(connection.request())))
