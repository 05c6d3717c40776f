"""The connections of one client: opened by the first call that needs them, shared only where they may be."""

import os
import warnings
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import httpx

    from ._event_loop import Loop


# httpx looks at every connection of a pool for every request: one pool for 50 requests in flight spends its time there.
# Measured (benchmarks/README.md): seven times the throughput with a few pools that are small.
_CROWD = 2
_MOST = 32


class Share:
    """One of the pools that the calls of an event loop share; a context while a call uses it."""

    __slots__ = ("busy", "client")

    def __init__(self, client: "httpx.AsyncClient") -> None:
        self.client: httpx.AsyncClient = client
        self.busy: int = 0

    def __enter__(self) -> "httpx.AsyncClient":
        self.busy += 1
        return self.client

    def __exit__(self, *_: object) -> None:
        self.busy -= 1


class Pools:
    """Connection pools by what they must not be shared across: scheme, process, and event loop.

    Args:
        owner: What a warning names.
    """

    def __init__(self, owner: str) -> None:
        self._sync: dict[tuple[bool, int], httpx.Client] = {}
        self._async: dict[tuple[bool, int, Loop], list[Share]] = {}
        self._lost: list[int] = []
        weakref.finalize(self, _left_open, owner, self._sync, self._async, self._lost).atexit = False

    def sync(self, url: str) -> "httpx.Client":
        """Find or open the pool for an address."""
        place = (url.startswith("https:"), os.getpid())
        pool = self._sync.get(place)
        if pool is None:
            from . import _transport

            # Of two threads that open one at the same time, one wins.
            mine = _transport.open_client(url)
            pool = self._sync.setdefault(place, mine)
            if pool is not mine:
                mine.close()
        return pool

    def running(self, url: str) -> Share:
        """Find or open a pool for an address in the running event loop; to be used with `with`."""
        from . import _event_loop

        place = (url.startswith("https:"), os.getpid(), _event_loop.running())
        shares = self._async.get(place)
        if shares is None:
            for other in [other for other in list(self._async) if _event_loop.is_over(other[2])]:
                if self._async.pop(other, None):
                    self._lost.append(other[1])
            shares = self._async[place] = []
        share = min(shares, key=_busy, default=None)
        if share is None or (share.busy >= _CROWD and len(shares) < _MOST):
            from . import _transport

            share = Share(_transport.open_async_client(url))
            shares.append(share)
        return share

    def close(self) -> None:
        """Close what is not async."""
        for place in list(self._sync):
            pool = self._sync.pop(place, None)
            if pool:
                _close(pool, place[1])

    async def aclose(self) -> None:
        """Close what is of the running event loop, and what is not async: all of it, though the task be cancelled."""
        from . import _event_loop

        self.close()
        here = os.getpid(), _event_loop.running()
        shares = [share for place in list(self._async) if place[1:] == here for share in self._async.pop(place)]
        if shares:
            await _event_loop.finish(_aclose(shares))


async def _aclose(shares: "Iterable[Share]") -> None:
    for share in shares:
        await share.client.aclose()


def _busy(share: Share) -> int:
    return share.busy


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
    running: "Mapping[tuple[bool, int, Loop], list[Share]]",
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
