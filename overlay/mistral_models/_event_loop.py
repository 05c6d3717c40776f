"""The event loop that a call runs in, of asyncio or trio, and what the two do differently."""

import math
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from types import ModuleType
from typing import Any, TypeAlias

from ._deferred import asyncio

EventLoop: TypeAlias = Any
"""An `asyncio.AbstractEventLoop` or a `trio.lowlevel.TrioToken`; the latter exists only where trio is installed."""


def current_trio() -> ModuleType | None:
    """Return trio if the current task is one of its tasks."""
    trio = sys.modules.get("trio")
    in_trio_task = getattr(getattr(trio, "lowlevel", None), "in_trio_task", None)  # another thread may be importing it
    return trio if in_trio_task and in_trio_task() else None


def running() -> EventLoop:
    """Return the running event loop. Connections belong to it."""
    if trio := current_trio():
        return trio.lowlevel.current_trio_token()
    return asyncio.get_running_loop()


def is_closed(loop: EventLoop) -> bool:
    """Return whether an event loop has ended, and its connections with it."""
    if hasattr(loop, "is_closed"):
        return bool(loop.is_closed())
    try:
        loop.run_sync_soon(int)  # does nothing, but raises if the run has ended
    except RuntimeError:
        return True
    return False


def timeout(seconds: float | None) -> AbstractAsyncContextManager[object]:
    """Cancel the block after some seconds and raise `TimeoutError`; None sets no limit."""
    if trio := current_trio():
        return _trio_timeout(trio, seconds)
    return asyncio.timeout(seconds)


@asynccontextmanager
async def _trio_timeout(trio: ModuleType, seconds: float | None) -> AsyncGenerator[None]:
    with trio.move_on_after(math.inf if seconds is None else max(seconds, 0)) as scope:
        yield
    if scope.cancelled_caught:
        raise TimeoutError


async def finish(work: Coroutine[None, None, None]) -> None:
    """Run to completion even if the task is cancelled meanwhile; then raise the cancellation."""
    if trio := current_trio():
        with trio.CancelScope(shield=True):
            await work
        return
    task = asyncio.create_task(work)
    cancellation = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation:
        _ = task.cancelled() or task.exception()  # otherwise asyncio logs that the exception was never retrieved
        raise cancellation
    task.result()


async def run_in_thread(function: Callable[[], None]) -> None:
    """Run a function in a thread while other tasks run; skip it if no thread can be started."""
    with suppress(RuntimeError):
        if trio := current_trio():
            await trio.to_thread.run_sync(function)
        else:
            await asyncio.to_thread(function)


async def sleep(seconds: float) -> None:
    """Sleep without blocking other tasks."""
    if trio := current_trio():
        await trio.sleep(seconds)
    else:
        await asyncio.sleep(seconds)
