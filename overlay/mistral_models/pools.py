"""The connections of one client: opened by the first call that needs them, shared only where they may be."""

import os
import warnings
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping

    import httpx


class Pools:
    """Connection pools by what they must not be shared across: scheme, process, and event loop.

    Args:
        owner: What a warning names.
    """

    def __init__(self, owner: str) -> None:
        self._sync: dict[tuple[bool, int], httpx.Client] = {}
        self._async: dict[tuple[bool, int, asyncio.AbstractEventLoop], httpx.AsyncClient] = {}
        self._lost: list[int] = []
        weakref.finalize(self, _left_open, owner, self._sync, self._async, self._lost).atexit = False

    def sync(self, url: str) -> "httpx.Client":
        """Find or open the pool for an address."""
        place = (url.startswith("https:"), os.getpid())
        pool = self._sync.get(place)
        if pool is None:
            from . import transport

            # Of two threads that open one at the same time, one wins.
            mine = transport.open_client(url)
            pool = self._sync.setdefault(place, mine)
            if pool is not mine:
                mine.close()
        return pool

    def running(self, url: str) -> "httpx.AsyncClient":
        """Find or open the pool for an address in the running event loop."""
        import asyncio

        place = (url.startswith("https:"), os.getpid(), asyncio.get_running_loop())
        pool = self._async.get(place)
        if pool is None:
            from . import transport

            for other in [other for other in list(self._async) if other[2].is_closed()]:
                if self._async.pop(other, None):
                    self._lost.append(other[1])
            pool = self._async[place] = transport.open_async_client(url)
        return pool

    def close(self) -> None:
        """Close what is not async."""
        for place in list(self._sync):
            pool = self._sync.pop(place, None)
            if pool:
                _close(pool, place[1])

    async def aclose(self) -> None:
        """Close what is of the running event loop, and what is not async."""
        import asyncio

        here = os.getpid(), asyncio.get_running_loop()
        for place in [place for place in list(self._async) if place[1:] == here]:
            await self._async.pop(place).aclose()
        self.close()


_INHERITED: "list[httpx.Client]" = []
"""Pools of a parent process. They are the parent's to close; the collector, too, is kept from it."""


def _close(pool: "httpx.Client", pid: int) -> None:
    if pid == os.getpid():
        pool.close()
    else:
        _INHERITED.append(pool)


def _left_open(
    owner: str,
    sync: "Mapping[tuple[bool, int], httpx.Client]",
    running: "Mapping[tuple[bool, int, asyncio.AbstractEventLoop], httpx.AsyncClient]",
    lost: list[int],
) -> None:
    here = os.getpid()
    opened = [pid for _, pid in sync] + [pid for _, pid, _ in running]
    for (_, pid), pool in sync.items():
        _close(pool, pid)
    if here in opened or here in lost:
        where = "an event loop ended before it was closed in it" if here in lost else "it was left open"
        message = f"{owner}: {where}; use `with`, `async with`, `close()` or `aclose()`"
        warnings.warn(message, ResourceWarning, stacklevel=2)
