"""The connections of one client: which calls may share them, and when they are closed."""

from __future__ import annotations

import os
import warnings
import weakref
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Final, Generic, NamedTuple, TypeVar

from . import _event_loop, _transport
from ._async_network import AsyncConnections
from ._clock import Clock
from ._deferred import httpx
from ._event_loop import EventLoop
from ._proxies import Proxies, Proxy
from ._sync_network import SyncConnections

C = TypeVar("C", "SyncClient", "AsyncClient")

_MAX_IDLE: Final = 100
"""Idle connections that a pool keeps."""


class _SyncKey(NamedTuple):
    """What sync calls must have in common to share a pool."""

    is_https: bool
    proxy: Proxy | None
    pid: int


class _AsyncKey(NamedTuple):
    """What async calls must have in common to share a pool."""

    is_https: bool
    proxy: Proxy | None
    pid: int
    loop: EventLoop


class Pool(Generic[C]):
    """Clients of httpx, each with a connection of its own that one call at a time uses.

    A client comes back only after a complete response. Whatever an exception, a cancellation or Ctrl-C leaves behind in
    httpx is dropped with the client, so no other call meets its connection, its locks or its response. It is also
    faster: for every request, httpx looks at all connections that its client has.

    Args:
        clock: Source of time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._idle: deque[C] = deque()
        self._opened: weakref.WeakValueDictionary[int, C] = weakref.WeakValueDictionary()
        self.is_closed: bool = False

    def take(self) -> C | None:
        """Return the client that was used last, for one call; None if all are in use."""
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def add(self, client: C) -> C:
        """Add a client that is in use."""
        self._opened[id(client)] = client
        return client

    def put_back(self, client: C) -> list[C]:
        """Take a client back for other calls. Return the clients to close: too many, or idle for too long."""
        client.idle_since = self._clock.monotonic()
        self._idle.append(client)
        surplus: list[C] = []
        expired = client.idle_since - _transport.KEEPALIVE_EXPIRY
        with suppress(IndexError):  # another thread can take the last one
            while self.is_closed or len(self._idle) > _MAX_IDLE or self._idle[0].idle_since < expired:
                surplus.append(self._idle.popleft())
        return surplus

    def close(self) -> list[C]:
        """Take no more clients back. Return the idle ones, which nobody uses."""
        self.is_closed = True
        idle: list[C] = []
        with suppress(IndexError):
            while True:
                idle.append(self._idle.popleft())
        return idle

    def opened(self) -> list[C]:
        """Return all clients that still exist."""
        return [client for reference in self._opened.valuerefs() if (client := reference()) is not None]


class SyncClient:
    """An `httpx.Client` for one call at a time; a context manager around each call.

    Args:
        pool: Where it belongs.
        url: A URL with the scheme that it is for.
        proxy: The proxy to use.
    """

    def __init__(self, pool: Pool[SyncClient], url: str, proxy: Proxy | None) -> None:
        self._pool = pool
        self._connections = SyncConnections()
        self._client = _transport.open_client(url, proxy, self._connections)
        self.idle_since: float = 0
        """When the last call ended."""

    def close(self) -> None:
        """Close the connections of a client that no other thread is using."""
        self._connections.close()

    def interrupt(self) -> None:
        """End the call of another thread, which closes the connections itself."""
        self._connections.interrupt()

    def __enter__(self) -> httpx.Client:
        return self._client

    def __exit__(self, kind: type[BaseException] | None, error: object, traceback: TracebackType | None) -> None:
        for client in self._pool.put_back(self) if kind is None else [self]:
            client.close()


class AsyncClient:
    """An `httpx.AsyncClient` for one call at a time; a context manager around each call.

    Args:
        pool: Where it belongs.
        url: A URL with the scheme that it is for.
        proxy: The proxy to use.
    """

    def __init__(self, pool: Pool[AsyncClient], url: str, proxy: Proxy | None) -> None:
        self._pool = pool
        self._connections = AsyncConnections()
        self._client = _transport.open_async_client(url, proxy, self._connections)
        self.idle_since: float = 0
        """When the last call ended."""

    async def aclose(self) -> None:
        """Close the connections. A call that uses one ends."""
        await self._connections.aclose()

    async def __aenter__(self) -> httpx.AsyncClient:
        return self._client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        surplus = self._pool.put_back(self) if kind is None else [self]
        # A coroutine that is dropped before its end cannot wait for anything; the event loop ends with its connections.
        if surplus and not isinstance(error, GeneratorExit):
            await _event_loop.finish(_aclose(surplus))


class Pools:
    """Connection pools by scheme, proxy, process and event loop.

    Args:
        owner: What a warning about unclosed connections names.
        clock: Source of time.
    """

    def __init__(self, owner: str, clock: Clock) -> None:
        self._clock = clock
        self._sync: dict[_SyncKey, Pool[SyncClient]] = {}
        self._async: dict[_AsyncKey, Pool[AsyncClient]] = {}
        self._proxies: Proxies | None = None
        self._abandoned: set[int] = set()
        """The ids of processes in which an event loop ended before its connections were closed."""
        finalizer = weakref.finalize(self, _warn_if_left_open, owner, self._sync, self._async, self._abandoned)
        finalizer.atexit = False

    def proxy_for(self, url: str) -> Proxy | None:
        """Return the proxy for a URL, by the environment of the first call, or of the first one after `close`."""
        proxies = self._proxies
        if proxies is None:
            proxies = self._proxies = Proxies.from_environment()
        return proxies.find(url)

    def sync_client(self, url: str, proxy: Proxy | None = None) -> SyncClient:
        """Return a client for one call to a URL through a proxy; open it if necessary."""
        key = _SyncKey(url.startswith("https:"), proxy, os.getpid())
        pool = self._sync.get(key) or self._sync.setdefault(key, Pool(self._clock))
        client = pool.take() or pool.add(SyncClient(pool, url, proxy))
        if pool.is_closed:  # by another thread, which may have missed this client
            client.interrupt()
        return client

    def async_client(self, url: str, proxy: Proxy | None = None) -> AsyncClient:
        """Return a client for one call in the running event loop to a URL through a proxy; open it if necessary."""
        key = _AsyncKey(url.startswith("https:"), proxy, os.getpid(), _event_loop.running())
        pool = self._async.get(key)
        if pool is None:
            self._forget_closed_loops()
            pool = self._async[key] = Pool(self._clock)
        return pool.take() or pool.add(AsyncClient(pool, url, proxy))

    def close(self) -> None:
        """Close the connections of sync calls."""
        self._proxies = None
        for key in list(self._sync):
            if pool := self._sync.pop(key, None):
                _close(pool, key.pid)

    async def aclose(self) -> None:
        """Close the connections of the running event loop and those of sync calls, even if the task is cancelled."""
        self.close()
        here = os.getpid(), _event_loop.running()
        pools = [self._async.pop(key) for key in list(self._async) if (key.pid, key.loop) == here]
        clients = [client for pool in pools for client in [*pool.close(), *pool.opened()]]
        if clients:
            await _event_loop.finish(_aclose(clients))

    def _forget_closed_loops(self) -> None:
        for key in [key for key in list(self._async) if _event_loop.is_closed(key.loop)]:
            if self._async.pop(key, None):
                self._abandoned.add(key.pid)


_INHERITED: Final[list[Pool[SyncClient]]] = []
"""Pools inherited across `fork()`, referenced so that garbage collection does not close the parent's sockets."""


def _close(pool: Pool[SyncClient], pid: int) -> None:
    if pid != os.getpid():
        _INHERITED.append(pool)
        return
    for client in pool.close():
        client.close()
    for client in pool.opened():
        client.interrupt()


async def _aclose(clients: Iterable[AsyncClient]) -> None:
    for client in clients:
        await client.aclose()


def _warn_if_left_open(
    owner: str,
    sync_pools: Mapping[_SyncKey, Pool[SyncClient]],
    async_pools: Mapping[_AsyncKey, Pool[AsyncClient]],
    abandoned: set[int],
) -> None:
    for key, pool in sync_pools.items():
        _close(pool, key.pid)
    pid = os.getpid()
    opened = {key.pid for key in sync_pools} | {key.pid for key in async_pools}
    if pid in abandoned or pid in opened:
        where = "an event loop ended before the client was closed in it" if pid in abandoned else "it was left open"
        message = f"{owner}: {where}; use `with`, `async with`, `close()` or `aclose()`"
        warnings.warn(message, ResourceWarning, stacklevel=2)
