"""A server on a loopback socket that does what a script says, and writes down what it is sent."""

import select
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NamedTuple, Self

from .certificates import Certificates
from .script import Do, Drip, Repeat, Script, Send, Step

PATIENCE = 20.0
"""Seconds after which the server gives up on a client that does nothing."""


class Request(NamedTuple):
    """What the server was sent."""

    method: str
    target: str
    head: bytes


class Server:
    """Serves from `with` to its end.

    Attributes:
        script: What it does; may be replaced at any time, and counts from the next connection or request on.
        requests: What it was sent.
    """

    def __init__(self, script: Script, certificates: Certificates) -> None:
        self.script = script
        self.requests: list[Request] = []
        self._certificates = certificates
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._turns = 0
        self._open: dict[threading.Thread, bool] = {}
        self._changed = threading.Condition()
        self._over = False
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over = True
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._accepting.join()
        self._listener.close()

    def settled(self, seconds: float = 5) -> bool:
        """Wait until no connection is in the middle of something; False if one still is."""
        with self._changed:
            return self._changed.wait_for(lambda: not any(self._open.values()), seconds)

    def deserted(self, seconds: float = 5) -> bool:
        """Wait until all connections are closed; False if the client keeps one open."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, seconds)

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._over:
                connection.close()
                return
            connection.settimeout(PATIENCE)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._note(thread, busy=True)
            thread.start()

    def _note(self, thread: threading.Thread, *, busy: bool | None) -> None:
        with self._changed:
            if busy is None:
                del self._open[thread]
            else:
                self._open[thread] = busy
            self._changed.notify_all()

    def _serve(self, connection: socket.socket) -> None:
        here = threading.current_thread()
        try:
            with _Line(connection, self._certificates) as line:
                if self.script.early:
                    line.play(self._turn())
                    return
                if self.script.certificate:
                    line.secure(self.script.certificate)
                while True:
                    self._note(here, busy=False)
                    request = line.request()
                    self._note(here, busy=True)
                    if request is None:
                        return
                    self.requests.append(request)
                    if not line.play(self._turn()):
                        return
        except OSError:
            pass  # the client has gone
        finally:
            self._note(here, busy=None)

    def _turn(self) -> tuple[Step, ...]:
        turns = self.script.turns
        self._turns += 1
        return turns[(self._turns - 1) % len(turns)]


class _Line:
    """One connection, in clear or over TLS."""

    def __init__(self, connection: socket.socket, certificates: Certificates) -> None:
        self._socket = connection
        self._certificates = certificates

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def secure(self, certificate: str) -> None:
        """Start TLS."""
        self._socket = self._certificates.contexts[certificate].wrap_socket(self._socket, server_side=True)

    def request(self) -> Request | None:
        """Read a request; None if the client has gone."""
        received = b""
        while b"\r\n\r\n" not in received:
            chunk = self._socket.recv(65536)
            if not chunk:
                return None
            received += chunk
        head, _, body = received.partition(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        while lengths and len(body) < int(lengths[0]):
            body += self._socket.recv(65536)
        return Request(method, target, head)

    def play(self, steps: tuple[Step, ...]) -> bool:
        """Do what a turn says; False if the connection is over."""
        for step in steps:
            match step:
                case Send(data):
                    self._socket.sendall(data)
                case Drip(data, pause):
                    for byte in data:
                        if self._gone(pause):
                            return False
                        self._socket.sendall(bytes([byte]))
                case Repeat(data, times):
                    for _ in range(times):
                        self._socket.sendall(data)
                case Do("receive"):
                    self._socket.recv(65536)
                case Do("hang"):
                    while self._socket.recv(65536):
                        pass
                    return False
                case Do("reset"):
                    self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return False
                case Do():
                    return False
        return True

    def _gone(self, seconds: float) -> bool:
        """Whether the client says anything, which can only be farewell, in this time."""
        return bool(select.select([self._socket], [], [], seconds)[0])


@contextmanager
def nobody() -> Iterator[int]:
    """A port where nobody listens, and nobody else will."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
