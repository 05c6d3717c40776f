"""The deadline of a call for plain code: no read or write outlasts it, however slowly the other side drips.

httpx has a timeout for each read only, and a peer that sends a byte now and then never meets it. Tasks can be
cancelled; plain code can only ask the socket for less patience each time.
"""

# pyright: reportPrivateUsage=false

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, Protocol

import httpx

Remaining = Callable[[], float | None]

_current = threading.local()

sent: ContextVar[bool] = ContextVar("sent")
"""Whether the task has written to one of its own connections; tasks learn of their deadline without a word where."""


def watch(remaining: Remaining | None) -> Remaining | None:
    """Let the reads and writes of this thread end when nothing remains.

    Args:
        remaining: Computes the seconds to the deadline; None, or a result of None, where there is none.

    Returns:
        What was watched before.
    """
    before: Remaining | None = getattr(_current, "remaining", None)
    _current.remaining = remaining
    return before


def install(client: httpx.Client, resolve: Callable[..., Any] = socket.getaddrinfo) -> None:
    """Make the connections of a client heed the deadline of the thread that uses them, proxies included."""
    for pool in _pools(client):
        pool._network_backend = _Backend(pool._network_backend, resolve)


def install_async(client: httpx.AsyncClient) -> None:
    """Make a deadline that cancels a TLS handshake close its connection, proxies included."""
    for pool in _pools(client):
        pool._network_backend = _AsyncBackend(pool._network_backend)


def _pools(client: httpx.Client | httpx.AsyncClient) -> list[Any]:
    # httpx has no public way to its network backend but a transport of one's own, which would switch off environment
    # proxies. A test with a dripping server tells if these names go.
    pools = [getattr(transport, "_pool", None) for transport in (client._transport, *client._mounts.values())]
    return [pool for pool in pools if pool is not None]


def _left(timeout: float | None) -> float | None:
    remaining: Remaining | None = getattr(_current, "remaining", None)
    left = remaining() if remaining else None
    if left is None:
        return timeout
    if left <= 0:
        raise TimeoutError("the answer did not come in time")
    return left if timeout is None else min(timeout, left)


class _Connection(Protocol):
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes: ...
    def write(self, buffer: bytes, timeout: float | None = None) -> None: ...
    def close(self) -> None: ...
    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Connection": ...
    def get_extra_info(self, info: str) -> Any: ...


_PART = 65536


class _Stream:
    def __init__(self, stream: _Connection) -> None:
        self._stream = stream
        self.close = stream.close
        self.get_extra_info = stream.get_extra_info

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # Below is a loop that gives each part all the time.
        for start in range(0, len(buffer), _PART):
            self._stream.write(buffer[start : start + _PART], timeout=_left(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))


class _Backend:
    def __init__(self, backend: Any, resolve: Callable[..., Any]) -> None:
        self._backend = backend
        self._resolve = resolve
        self.sleep = backend.sleep

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> _Stream:
        # Below is a loop that gives each address of the host all the time.
        *others, last = self._addresses(host, port, timeout)
        for address in others:
            try:
                return self._connected(address, port, timeout, local_address, socket_options)
            except Exception:  # noqa: BLE001, S112 the next may answer
                continue
        return self._connected(last, port, timeout, local_address, socket_options)

    def _connected(self, address: str, port: int, timeout: float | None, *more: Any) -> _Stream:
        try:
            left = _left(timeout)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from None
        return _Stream(self._backend.connect_tcp(address, port, left, *more))

    def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        """Find the addresses of a host; in a thread, as there is no limit for how long that takes."""
        if ":" in host or host.replace(".", "").isdigit():
            return [host]
        found: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def look() -> None:
            try:
                found.put(self._resolve(host, port, type=socket.SOCK_STREAM))
            except Exception as error:  # noqa: BLE001 it is raised in the thread that waits
                found.put(error)

        threading.Thread(target=look, name="mistral-models-dns", daemon=True).start()
        try:
            result = found.get(timeout=_left(timeout))
        except (queue.Empty, TimeoutError):
            raise httpx.ConnectTimeout(f"the address of {host} was not found in time") from None
        if isinstance(result, OSError):
            raise httpx.ConnectError(str(result)) from result
        if isinstance(result, Exception):
            raise result
        return [address[0] for *_, address in result]


class _AsyncStream:
    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.read = stream.read
        self.aclose = stream.aclose
        self.get_extra_info = stream.get_extra_info

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        sent.set(True)
        await self._stream.write(buffer, timeout)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Any:
        try:
            return _AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:  # httpx closes it for errors, but not for cancellation
            await self.aclose()
            raise


class _AsyncBackend:
    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.sleep = backend.sleep

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> _AsyncStream:
        return _AsyncStream(await self._backend.connect_tcp(host, port, timeout, local_address, socket_options))
