"""A server on a loopback socket that follows a script and records the requests."""

import queue
import select
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NamedTuple, Self

from .certificates import Certificates
from .script import Do, Reaction, Repeat, Script, Send, StartTLS, Step, Trickle

IDLE_TIMEOUT = 20.0
"""Seconds after which the server closes the connection of a client that sends nothing."""
THREADS = 6
"""The number of connections that are served at the same time. Threads cannot be started while they are lacking."""


class Request(NamedTuple):
    """A request that the server received."""

    method: str
    target: str
    head: bytes


class Server:
    """A server that runs while its `with` block does.

    Attributes:
        script: Its behaviour. A new script takes effect with the next connection or request.
        requests: The requests that it received.
        connections: The number of connections so far.
    """

    def __init__(self, script: Script, certificates: Certificates) -> None:
        self.script = script
        self.requests: list[Request] = []
        self.connections = 0
        self._certificates = certificates
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: dict[socket.socket, bool] = {}
        """Whether each open connection is busy."""
        self._changed = threading.Condition()
        self._is_stopping = False
        self._accepted: queue.SimpleQueue[socket.socket | None] = queue.SimpleQueue()
        targets = self._accept, *[self._serve_all] * THREADS
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_stopping = True
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._threads[0].join()
        self._listener.close()

    def wait_until_idle(self, seconds: float = 5) -> bool:
        """Wait until every connection is closed or waits for a request; return False if one is still busy."""
        with self._changed:
            return self._changed.wait_for(lambda: not any(self._open.values()), seconds)

    def wait_until_closed(self, seconds: float = 5) -> bool:
        """Wait until all connections are closed; return False if the client keeps one open."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, seconds)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # this process, which is also the client's, lacks file descriptors for a while
                with self._changed:
                    self._changed.wait(0.01)
                continue
            if self._is_stopping:
                connection.close()
                for _ in range(THREADS):
                    self._accepted.put(None)
                return
            connection.settimeout(IDLE_TIMEOUT)
            self.connections += 1
            self._set_state(connection, busy=True)
            self._accepted.put(connection)

    def _set_state(self, connection: socket.socket, *, busy: bool | None) -> None:
        with self._changed:
            if busy is None:
                del self._open[connection]
            else:
                self._open[connection] = busy
            self._changed.notify_all()

    def _serve_all(self) -> None:
        while connection := self._accepted.get():
            try:
                self._serve(connection)
            except OSError:
                pass  # the client has closed the connection
            finally:
                self._set_state(connection, busy=None)

    def _serve(self, connection: socket.socket) -> None:
        with _Connection(connection, self._certificates) as client:
            if self.script.on_connect:
                client.run(next(self.script.reactions))
                return
            if self.script.certificate:
                client.start_tls(self.script.certificate)
            while True:
                self._set_state(connection, busy=False)
                request = client.receive_request()
                self._set_state(connection, busy=True)
                if request is None:
                    return
                self.requests.append(request)
                if not client.run(next(self.script.reactions)):
                    return


class _Connection:
    """One connection, with or without TLS."""

    def __init__(self, connection: socket.socket, certificates: Certificates) -> None:
        self._socket = connection
        self._certificates = certificates

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def start_tls(self, certificate: str) -> None:
        """Do the TLS handshake."""
        self._socket = self._certificates.contexts[certificate].wrap_socket(self._socket, server_side=True)

    def receive_request(self) -> Request | None:
        """Read a request; return None if the client has closed the connection."""
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

    def run(self, reaction: Reaction) -> bool:
        """Do the steps of a reaction; return False if they ended the connection."""
        return all(map(self._run_step, reaction))

    def _run_step(self, step: Step) -> bool:
        match step:
            case Send(data):
                self._socket.sendall(data)
            case Trickle(data, pause):
                return all(self._send_after(pause, bytes([byte])) for byte in data)
            case Repeat(data, times):
                for _ in range(times):
                    self._socket.sendall(data)
            case StartTLS(certificate):
                self.start_tls(certificate)
            case Do("receive"):
                self._socket.recv(65536)
            case Do("read request"):
                self.receive_request()
            case Do(action):
                self._end(action)
                return False
        return True

    def _end(self, action: str) -> None:
        if action == "reset":
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        while action == "hang" and self._socket.recv(65536):
            pass

    def _send_after(self, seconds: float, data: bytes) -> bool:
        """Send data after a pause; return False if the socket becomes readable: that can only be its end."""
        if select.select([self._socket], [], [], seconds)[0]:
            return False
        self._socket.sendall(data)
        return True


@contextmanager
def closed_port() -> Iterator[int]:
    """Reserve a port on which nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
