"""The event loop that a call runs in: one of asyncio, or a run of trio. What they do differently is here."""

import math
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import ModuleType
from typing import Any, TypeAlias

Loop: TypeAlias = Any
"""An `asyncio.AbstractEventLoop`, or a `trio.lowlevel.TrioToken`, a type that is there only where trio is installed."""


def trio_here() -> ModuleType | None:
    """Find trio, if the task that asks is one of its own."""
    trio = sys.modules.get("trio")
    asked = getattr(getattr(trio, "lowlevel", None), "in_trio_task", None)  # another thread may be importing it
    return trio if asked and asked() else None


def running() -> Loop:
    """Find what runs the task that asks: connections belong to it."""
    if trio := trio_here():
        return trio.lowlevel.current_trio_token()
    import asyncio

    return asyncio.get_running_loop()


def is_over(loop: Loop) -> bool:
    """Say whether a loop has ended, and its connections with it."""
    if hasattr(loop, "is_closed"):
        return bool(loop.is_closed())
    try:
        loop.run_sync_soon(int)
    except RuntimeError:
        return True
    return False


def timeout(seconds: float | None) -> AbstractAsyncContextManager[object]:
    """Cancel the block after some seconds, and raise `TimeoutError`; None gives it all the time."""
    if trio := trio_here():
        return _trio_timeout(trio, seconds)
    import asyncio

    return asyncio.timeout(seconds)


@asynccontextmanager
async def _trio_timeout(trio: ModuleType, seconds: float | None) -> AsyncGenerator[None]:
    with trio.move_on_after(math.inf if seconds is None else max(seconds, 0)) as scope:
        yield
    if scope.cancelled_caught:
        raise TimeoutError


async def finish(work: Coroutine[None, None, None]) -> None:
    """Do what must not be left half done; a cancellation comes out when it is."""
    if trio := trio_here():
        with trio.CancelScope(shield=True):
            await work
        return
    import asyncio

    task = asyncio.create_task(work)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
    task.result()


async def sleep(seconds: float) -> None:
    """Wait, and let other tasks run."""
    if trio := trio_here():
        await trio.sleep(seconds)
    else:
        import asyncio

        await asyncio.sleep(seconds)
