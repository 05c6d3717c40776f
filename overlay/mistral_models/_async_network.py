"""Network backend of async calls: it notes when something is sent, and keeps track of open connections.

It implements httpcore's public interface around the backend that does the work.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from . import _httpx_internals
from ._deferred import httpcore, ssl
from ._network import ClientClosedError, UnsolicitedData

_TLS_MESSAGE_TIMEOUT = 0.01
"""Seconds to wait for data behind a message of TLS itself."""

has_sent: ContextVar[bool] = ContextVar("mistral_models_has_sent", default=False)
"""Whether this task has written to a connection. If it has not, a cancelled attempt was never sent."""


class AsyncConnections:
    """The open connections of one httpx client."""

    def __init__(self) -> None:
        self._streams: list[AsyncStream] = []
        self._is_closed = False

    async def add(self, stream: AsyncStream) -> None:
        """Add a connection.

        Raises:
            ClientClosedError: Another task has closed the client since the connection was begun.
        """
        self._streams = [*(other for other in self._streams if not other.is_closed), stream]
        if self._is_closed:
            await stream.aclose()
            raise ClientClosedError

    async def aclose(self) -> None:
        """Close the connections. A task that is using one gets a `ClientClosedError`."""
        self._is_closed = True
        for stream in self._streams:
            if not stream.is_closed:
                await stream.aclose()


class AsyncBackend:
    """Async network backend.

    Args:
        backend: The backend that does the work.
        connections: Where connections are registered.
    """

    def __init__(self, backend: httpcore.AsyncNetworkBackend, connections: AsyncConnections) -> None:
        self._backend = backend
        self._connections = connections
        self.sleep = backend.sleep

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncStream:
        """Connect to a host."""
        host.encode("idna")  # UnicodeError for a host name that DNS cannot represent, as in sync calls
        try:
            stream = AsyncStream(await self._backend.connect_tcp(host, port, timeout, local_address, socket_options))
        except RuntimeError as error:  # the event loop cannot start the thread that looks up the host
            raise httpcore.ConnectError(str(error)) from error
        await self._connections.add(stream)
        return stream


class AsyncStream:
    """An async connection.

    Args:
        stream: The connection that does the work.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self.is_closed = False
        self._stream = stream
        self._early_data = b""
        self._unsolicited_data = UnsolicitedData()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data, self._early_data = self._early_data, b""
        try:
            data = data or await self._stream.read(max_bytes, timeout)
        except httpcore.ReadError:
            if self.is_closed:
                raise ClientClosedError from None
            raise
        self._unsolicited_data.reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self.is_closed:
            raise ClientClosedError
        if not buffer:  # the end of a request: its response may be there already
            return
        if self._unsolicited_data.writing(has_unread_data=self._has_unread_data()):
            await self._read_early_data()
        has_sent.set(True)
        await self._stream.write(buffer, timeout)

    def _has_unread_data(self) -> bool:
        stream = self._stream
        return bool(stream.get_extra_info("is_readable")) or _httpx_internals.has_received_data(stream)

    async def _read_early_data(self) -> None:
        """Read ahead: what TLS itself does not consume, as it does a session ticket, is unsolicited data."""
        with suppress(httpcore.ReadTimeout, httpcore.ReadError):  # as in `_sync_network`
            self._early_data = await self._stream.read(1, _TLS_MESSAGE_TIMEOUT)
            self._unsolicited_data.is_found = True

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AsyncStream:
        try:
            self._stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except httpcore.ConnectError:
            if self.is_closed:
                raise ClientClosedError from None
            raise
        self._unsolicited_data = UnsolicitedData()  # the request to a proxy came before
        return self

    async def aclose(self) -> None:
        self.is_closed = True
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        # httpcore asks whether an idle connection is readable before it uses it. `write` looks later, because
        # other tasks may run in between.
        return self.is_closed if info == "is_readable" else self._stream.get_extra_info(info)
