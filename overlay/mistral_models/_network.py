"""Network backends that make every step of an attempt end at its deadline. They implement httpcore's public interface.

httpx restarts its read timeout with every byte, so trickled data never triggers it. A task can be cancelled; for sync
calls, each step on the socket gets the time that remains until the deadline as its timeout.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextvars import ContextVar, Token
from typing import Any

from ._clock import Clock
from ._deferred import httpcore, queue, socket, ssl

_WRITE_SIZE = 65536


class Deadline:
    """The end of an attempt.

    Args:
        clock: Source of time.
        timeout: Seconds from now; None for no deadline.
    """

    __slots__ = ("_clock", "_end")

    def __init__(self, clock: Clock, timeout: float | None) -> None:
        self._clock = clock
        self._end = None if timeout is None else clock.monotonic() + timeout

    def remaining(self) -> float | None:
        """Return the seconds that remain, 0 or less when time is up; None for no deadline."""
        return None if self._end is None else self._end - self._clock.monotonic()

    def check(self) -> None:
        """Raise `TimeoutError` if time is up."""
        remaining = self.remaining()
        if remaining is not None and remaining <= 0:
            raise TimeoutError("the response did not arrive in time")

    def limit(self, timeout: float | None) -> float | None:
        """Shorten a step's timeout, in seconds, to the time that remains.

        Raises:
            TimeoutError: Time is up.
        """
        remaining = self.remaining()
        if remaining is None:
            return timeout
        if remaining <= 0:
            raise TimeoutError("the response did not arrive in time")
        return remaining if timeout is None else min(timeout, remaining)


_deadline: ContextVar[Deadline | None] = ContextVar("mistral_models_deadline", default=None)
"""The deadline of the attempt that this thread is sending."""

has_sent: ContextVar[bool] = ContextVar("mistral_models_has_sent", default=False)
"""Whether this task has written to a connection. If it has not, a cancelled attempt was never sent."""


def set_deadline(deadline: Deadline | None) -> Token[Deadline | None]:
    """Set the deadline of what this thread sends from now on; the token goes to `reset_deadline`."""
    return _deadline.set(deadline)


def reset_deadline(token: Token[Deadline | None]) -> None:
    """Restore the previous deadline: a signal handler may call the client during another call."""
    _deadline.reset(token)


def _limited(timeout: float | None) -> float | None:
    deadline = _deadline.get()
    return timeout if deadline is None else deadline.limit(timeout)


def _limited_connect(timeout: float | None) -> float | None:
    """Raise `ConnectTimeout` if time is up: the request was not sent yet."""
    try:
        return _limited(timeout)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from None


class DeadlineBackend:
    """Sync network backend whose connections heed the deadline of the thread that uses them.

    Args:
        backend: The backend that does the work.
    """

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend
        self.sleep = backend.sleep

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> _DeadlineStream:
        """Connect to the first address of a host that accepts. The deadline holds for all of them together."""
        # httpcore would ignore the deadline between two addresses: connect to them one by one.
        *others, last = _resolve(host, port, timeout)
        for address in others:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except Exception:  # noqa: BLE001, S112 the next address may accept
                continue
        return self._connect(last, port, timeout, local_address, socket_options)

    def _connect(self, address: str, port: int, timeout: float | None, *args: Any) -> _DeadlineStream:
        return _DeadlineStream(self._backend.connect_tcp(address, port, _limited_connect(timeout), *args))


class _DeadlineStream:
    """A sync connection that heeds the deadline of the thread that uses it."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self.close = stream.close
        self.get_extra_info = stream.get_extra_info

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_limited(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # httpcore applies the timeout to every `send()`; write in chunks so that the deadline holds.
        for start in range(0, len(buffer), _WRITE_SIZE):
            self._stream.write(buffer[start : start + _WRITE_SIZE], timeout=_limited(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _DeadlineStream:
        try:
            limited = _limited_connect(timeout)
        except httpcore.ConnectTimeout:
            self.close()
            raise
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, limited))


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
    except RuntimeError:  # the process is at its limit of threads, or the interpreter ends: do without the deadline
        look_up()
    try:
        result = results.get(timeout=_limited(timeout))
    except (queue.Empty, TimeoutError):
        raise httpcore.ConnectTimeout(f"the address of {host} was not found in time") from None
    if isinstance(result, OSError):
        raise httpcore.ConnectError(str(result)) from result
    if isinstance(result, Exception):
        raise result
    return [address[0] for *_, address in result]


class AsyncBackend:
    """Async network backend that notes when something is sent, and closes connections whose TLS handshake is cancelled.

    Args:
        backend: The backend that does the work.
    """

    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
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
        """Connect to a host."""
        host.encode("idna")  # UnicodeError for a host name that DNS cannot represent, as in sync calls
        try:
            return _AsyncStream(await self._backend.connect_tcp(host, port, timeout, local_address, socket_options))
        except RuntimeError as error:  # the event loop cannot start the thread that looks up the host
            raise httpcore.ConnectError(str(error)) from error


class _AsyncStream:
    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self.read = stream.read
        self.aclose = stream.aclose
        self.get_extra_info = stream.get_extra_info

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        has_sent.set(True)
        await self._stream.write(buffer, timeout)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _AsyncStream:
        try:
            return _AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:  # httpcore closes the connection after errors, but not after cancellation
            await self.aclose()
            raise
