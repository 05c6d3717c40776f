"""The connection pools of one client: opened by the first call that needs them, shared only where sharing is safe."""

from __future__ import annotations

import os
import warnings
import weakref
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from . import _event_loop, _transport
from ._deferred import httpx
from ._event_loop import EventLoop
from ._proxies import Proxies, Proxy

# For every request, httpx looks at every connection of the pool: with 50 tasks in flight, one pool spends its time on
# that, and a few small pools have seven times the throughput (benchmarks/README.md). Threads gain nothing from it.
_CALLS_PER_POOL = 2
_MAX_POOLS = 32

_INHERITED: list[httpx.Client] = []
"""Clients inherited across `fork()`, referenced so that garbage collection does not close the parent's sockets."""


class _SyncKey(NamedTuple):
    """What sync calls must have in common to share a pool."""

    is_https: bool
    proxy: Proxy | None
    pid: int


class _AsyncKey(NamedTuple):
    """What async calls must have in common to share pools."""

    is_https: bool
    proxy: Proxy | None
    pid: int
    loop: EventLoop


class PooledClient:
    """One of the pools that the async calls of an event loop share; a context manager around each call.

    Args:
        client: The pool.
    """

    __slots__ = ("calls", "client")

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client: httpx.AsyncClient = client
        self.calls: int = 0
        """The number of calls in flight."""

    def __enter__(self) -> httpx.AsyncClient:
        self.calls += 1
        return self.client

    def __exit__(self, *_: object) -> None:
        self.calls -= 1


class Pools:
    """Connection pools by scheme, proxy, process and event loop.

    Args:
        owner: What a warning about unclosed connections names.
    """

    def __init__(self, owner: str) -> None:
        self._sync: dict[_SyncKey, httpx.Client] = {}
        self._async: dict[_AsyncKey, list[PooledClient]] = {}
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

    def sync_client(self, url: str, proxy: Proxy | None = None) -> httpx.Client:
        """Return the pool for a URL and a proxy; open it if necessary."""
        key = _SyncKey(url.startswith("https:"), proxy, os.getpid())
        client = self._sync.get(key)
        if client is None:
            # If two threads open one at the same time, the first to store it wins.
            opened = _transport.open_client(url, proxy)
            client = self._sync.setdefault(key, opened)
            if client is not opened:
                opened.close()
        return client

    def async_client(self, url: str, proxy: Proxy | None = None) -> PooledClient:
        """Return the least busy pool for a URL and a proxy in the running event loop; open one if necessary."""
        key = _AsyncKey(url.startswith("https:"), proxy, os.getpid(), _event_loop.running())
        pooled = self._async.get(key)
        if pooled is None:
            self._forget_closed_loops()
            pooled = self._async[key] = []
        least_busy = min(pooled, key=_calls, default=None)
        if least_busy is None or (least_busy.calls >= _CALLS_PER_POOL and len(pooled) < _MAX_POOLS):
            least_busy = PooledClient(_transport.open_async_client(url, proxy))
            pooled.append(least_busy)
        return least_busy

    def close(self) -> None:
        """Close the connections of sync calls."""
        self._proxies = None
        for key in list(self._sync):
            if client := self._sync.pop(key, None):
                _close(client, key.pid)

    async def aclose(self) -> None:
        """Close the connections of the running event loop and those of sync calls, even if the task is cancelled."""
        self.close()
        here = os.getpid(), _event_loop.running()
        keys = [key for key in list(self._async) if (key.pid, key.loop) == here]
        pooled = [client for key in keys for client in self._async.pop(key)]
        if pooled:
            await _event_loop.finish(_aclose(pooled))

    def _forget_closed_loops(self) -> None:
        for key in [key for key in list(self._async) if _event_loop.is_closed(key.loop)]:
            if self._async.pop(key, None):
                self._abandoned.add(key.pid)


def _calls(pooled: PooledClient) -> int:
    return pooled.calls


async def _aclose(pooled: Iterable[PooledClient]) -> None:
    for each in pooled:
        await each.client.aclose()


def _close(client: httpx.Client, pid: int) -> None:
    if pid == os.getpid():
        client.close()
    else:
        _INHERITED.append(client)


def _warn_if_left_open(
    owner: str,
    sync: Mapping[_SyncKey, httpx.Client],
    running: Mapping[_AsyncKey, list[PooledClient]],
    abandoned: set[int],
) -> None:
    for key, client in sync.items():
        _close(client, key.pid)
    pid = os.getpid()
    opened = {key.pid for key in sync} | {key.pid for key in running}
    if pid in abandoned or pid in opened:
        where = "an event loop ended before it was closed in it" if pid in abandoned else "it was left open"
        message = f"{owner}: {where}; use `with`, `async with`, `close()` or `aclose()`"
        warnings.warn(message, ResourceWarning, stacklevel=2)
