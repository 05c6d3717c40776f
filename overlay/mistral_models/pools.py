"""The connections of one client: opened by the first call that needs them, shared only where they may be."""

import asyncio
import os
import warnings
import weakref
from typing import TYPE_CHECKING

from . import transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx


class Pools:
    """Connection pools by what they must not be shared across: scheme and process, or scheme and event loop.

    Args:
        owner: What a warning names.
    """

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._sync: dict[tuple[bool, int], httpx.Client] = {}
        self._async: dict[tuple[bool, asyncio.AbstractEventLoop], httpx.AsyncClient] = {}
        weakref.finalize(self, _left_open, owner, self._sync, self._async).atexit = False

    def sync(self, url: str) -> "httpx.Client":
        """Find or open the pool for an address."""
        place = (url.startswith("https:"), os.getpid())
        pool = self._sync.get(place)
        if pool is None:
            # Of two threads that open one at the same time, one wins.
            mine = transport.open_client(url)
            pool = self._sync.setdefault(place, mine)
            if pool is not mine:
                mine.close()
        return pool

    def running(self, url: str) -> "httpx.AsyncClient":
        """Find or open the pool for an address in the running event loop."""
        place = (url.startswith("https:"), asyncio.get_running_loop())
        pool = self._async.get(place)
        if pool is None:
            for other in [other for other in self._async if other[1].is_closed()]:
                del self._async[other]
                _warn(f"an event loop ended before {self._owner} was closed in it; use `async with` or `aclose()`")
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
        loop = asyncio.get_running_loop()
        for place in [place for place in self._async if place[1] is loop]:
            await self._async.pop(place).aclose()
        self.close()


def _left_open(
    owner: str,
    sync: "Mapping[tuple[bool, int], httpx.Client]",
    running: "Mapping[tuple[bool, asyncio.AbstractEventLoop], httpx.AsyncClient]",
) -> None:
    if running or any(pid == os.getpid() for _, pid in sync):
        _warn(f"{owner} was left open; use `with`, `async with`, `close()` or `aclose()`")
    for (_, pid), pool in sync.items():
        _close(pool, pid)


_INHERITED: "list[httpx.Client]" = []
"""Pools of a parent process. They are the parent's to close; the collector, too, is kept from it."""


def _close(pool: "httpx.Client", pid: int) -> None:
    if pid == os.getpid():
        pool.close()
    else:
        _INHERITED.append(pool)


def _warn(message: str) -> None:
    warnings.warn(message, ResourceWarning, stacklevel=3)
