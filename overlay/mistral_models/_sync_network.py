"""Network backend of sync calls: every step of an attempt ends at its deadline, and another thread can end it.

It implements httpcore's public interface around the backend that does the work.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from . import _deadline, _httpx_internals
from ._deferred import httpcore, queue, socket, ssl
from ._network import ClientClosedError, UnsolicitedData

_WRITE_SIZE = 65536


class SyncConnections:
    """The open connections of one httpx client, which one thread at a time uses."""

    def __init__(self) -> None:
        self._streams: list[SyncStream] = []
        self._is_closed = False

    def add(self, stream: SyncStream) -> None:
        """Add a connection.

        Raises:
            ClientClosedError: Another thread has closed the client since the connection was begun.
        """
        self._streams = [*(other for other in self._streams if not other.is_closed), stream]
        if self._is_closed:
            stream.close()
            raise ClientClosedError

    def close(self) -> None:
        """Close the connections, which no other thread is using."""
        self._is_closed = True
        for stream in self._streams:
            stream.close()

    def interrupt(self) -> None:
        """Interrupt the thread that uses the connections; it closes them itself."""
        self._is_closed = True
        for stream in self._streams:
            stream.interrupt()


class SyncBackend:
    """Sync network backend whose connections respect the deadline of the thread that uses them.

    Args:
        backend: The backend that does the work.
        connections: Where connections are registered.
    """

    def __init__(self, backend: httpcore.NetworkBackend, connections: SyncConnections) -> None:
        self._backend = backend
        self._connections = connections
        self.sleep = backend.sleep

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> SyncStream:
        """Connect to the first address of a host that accepts. The deadline holds for all of them together."""
        # httpcore would ignore the deadline between two addresses: connect to them one by one.
        *others, last = _resolve(host, port, timeout)
        for address in others:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except ClientClosedError:
                raise
            except Exception:  # noqa: BLE001, S112 the next address may accept
                continue
        return self._connect(last, port, timeout, local_address, socket_options)

    def _connect(self, address: str, port: int, timeout: float | None, *args: Any) -> SyncStream:
        stream = SyncStream(self._backend.connect_tcp(address, port, _deadline.limited_connect(timeout), *args))
        self._connections.add(stream)
        return stream


class SyncStream:
    """A sync connection that respects the deadline of the thread that uses it.

    Only that thread closes it. If another one did, the system could give the number of the file descriptor to a file
    of the application before this thread reads or writes again, and OpenSSL would use that file.

    Args:
        stream: The connection that does the work.
    """

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self.is_closed = False
        self._is_interrupted = False
        # Reentrant, because garbage collection or a signal handler may close the connection while it is being closed.
        self._descriptor_lock = threading.RLock()
        self._socket: socket.socket | None = stream.get_extra_info("socket")
        self._stream = stream
        self._early_data = b""
        self._unsolicited_data = UnsolicitedData()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data, self._early_data = self._early_data, b""
        try:
            data = data or self._stream.read(max_bytes, timeout=_deadline.limited(timeout))
        except httpcore.ReadError:
            if not self._is_interrupted:
                raise
        if self._is_interrupted:  # what looks like the end of the response is not
            raise ClientClosedError
        self._unsolicited_data.reading()
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._is_interrupted:
            raise ClientClosedError
        if not buffer:  # the end of a request: its response may be there already
            return
        if self._unsolicited_data.writing(has_unread_data=self._has_unread_data()):
            self._read_early_data()
        # httpcore applies the timeout to every `send()`; write in chunks so that the deadline holds.
        for start in range(0, len(buffer), _WRITE_SIZE):
            self._stream.write(buffer[start : start + _WRITE_SIZE], timeout=_deadline.limited(timeout))

    def _has_unread_data(self) -> bool:
        stream = self._stream
        return bool(stream.get_extra_info("is_readable")) or _httpx_internals.has_received_data(stream)

    def _read_early_data(self) -> None:
        """Read ahead: what TLS itself does not consume, as it does a session ticket, is unsolicited data."""
        with suppress(httpcore.ReadError):  # there is nothing else, or the next read will fail in the same way
            self._early_data = self._stream.read(1, timeout=0)
            self._unsolicited_data.is_found = True

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> SyncStream:
        limited = _deadline.limited_connect(timeout)
        # During the handshake, the descriptor belongs to a socket that nobody else knows yet; `interrupt` needs one.
        original = self._socket
        if original is not None and not isinstance(original, ssl.SSLSocket):
            self._socket = original.dup()
        try:
            self._stream = self._stream.start_tls(ssl_context, server_hostname, limited)
        except httpcore.ConnectError:
            if self._is_interrupted:
                raise ClientClosedError from None
            raise
        finally:
            duplicate, self._socket = self._socket, self._stream.get_extra_info("socket")
            if duplicate is not original and duplicate is not None:
                with self._descriptor_lock:
                    duplicate.close()
        self._unsolicited_data = UnsolicitedData()  # the request to a proxy came before
        return self

    def close(self) -> None:
        with self._descriptor_lock:
            self.is_closed = True
            self._stream.close()

    def interrupt(self) -> None:
        """Make the thread that uses the connection stop and close it."""
        self._is_interrupted = True
        with self._descriptor_lock, suppress(OSError):
            if self._socket is not None and not self.is_closed:
                # `SSLSocket.shutdown` would also turn TLS off, and the other thread would read and write unencrypted.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def get_extra_info(self, info: str) -> Any:
        # httpcore asks whether an idle connection is readable before it uses it. `write` looks later: just in time.
        return self.is_closed if info == "is_readable" else self._stream.get_extra_info(info)


def _resolve(host: str, port: int, timeout: float | None) -> list[str]:
    """Look up the addresses of a host, in a thread, because `getaddrinfo` has no timeout."""
    if ":" in host or host.replace(".", "").isdigit():
        return [host]
    results: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            results.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 it is raised in the calling thread
            results.put(error)

    try:
        threading.Thread(target=look_up, name="mistral-models-dns", daemon=True).start()
    except RuntimeError:  # the process is at its limit of threads, or the interpreter is shutting down
        look_up()  # without a deadline
    try:
        result = results.get(timeout=_deadline.limited(timeout))
    except (queue.Empty, TimeoutError):
        raise httpcore.ConnectTimeout(f"the address of {host} was not found in time") from None
    if isinstance(result, OSError):
        raise httpcore.ConnectError(str(result)) from result
    if isinstance(result, Exception):
        raise result
    return [address[0] for *_, address in result]
