"""Send many operations, several at a time. At most `concurrency` operations and results are held in memory."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
)
from contextlib import AbstractContextManager, aclosing, nullcontext
from typing import TypeVar

from . import _event_loop
from ._deferred import asyncio, queue, thread_pools
from ._response import APIResponse
from .errors import MistralError
from .operations import Operation

T = TypeVar("T")


def send_all(
    send: Callable[[Operation[T]], APIResponse[T]], operations: Iterable[Operation[T]], concurrency: int
) -> Generator[tuple[Operation[T], APIResponse[T] | MistralError]]:
    """Send in threads; see `Mistral.send_all`."""
    _check_concurrency(concurrency)
    return _send_in_threads(send, operations, concurrency)


def send_all_async(
    send: Callable[[Operation[T]], Awaitable[APIResponse[T]]],
    operations: Iterable[Operation[T]] | AsyncIterable[Operation[T]],
    concurrency: int,
) -> AsyncGenerator[tuple[Operation[T], APIResponse[T] | MistralError]]:
    """Send in tasks; see `Mistral.send_all_async`."""
    _check_concurrency(concurrency)
    return _send_in_tasks(send, operations, concurrency)


def _check_concurrency(concurrency: int) -> None:
    if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
        raise ValueError(f"concurrency must be an integer >= 1, not {concurrency!r}")


def _send_in_threads(
    send: Callable[[Operation[T]], APIResponse[T]], operations: Iterable[Operation[T]], concurrency: int
) -> Generator[tuple[Operation[T], APIResponse[T] | MistralError]]:
    done: queue.SimpleQueue[tuple[Operation[T], APIResponse[T] | BaseException]] = queue.SimpleQueue()

    def run(operation: Operation[T], context: contextvars.Context, once: threading.Lock) -> None:
        if not once.acquire(blocking=False):
            return
        try:
            outcome: APIResponse[T] | BaseException = context.run(send, operation)
        except BaseException as error:  # noqa: BLE001 it is raised in the caller's thread
            outcome = error
        done.put((operation, outcome))

    in_flight = 0
    source_error: Exception | None = None
    source = iter(operations)
    with _open_executor(concurrency) as executor:
        while True:
            try:
                operation = next(source)
            except StopIteration:
                break
            except Exception as error:  # noqa: BLE001 it is raised when the results in flight are delivered
                source_error = error
                break
            _submit(executor, run, operation, contextvars.copy_context(), threading.Lock())
            in_flight += 1
            while in_flight == concurrency or not done.empty():
                yield _result(*done.get())
                in_flight -= 1
        for _ in range(in_flight):
            yield _result(*done.get())
    if source_error:
        raise source_error


def _open_executor(threads: int) -> AbstractContextManager[thread_pools.ThreadPoolExecutor | None]:
    try:
        return thread_pools.ThreadPoolExecutor(threads, thread_name_prefix="mistral-models")
    except RuntimeError:  # the interpreter is shutting down, and executors can no longer be imported
        return nullcontext()


def _submit(executor: thread_pools.ThreadPoolExecutor | None, function: Callable[..., None], *args: object) -> None:
    """Run a function in a thread, or here if no thread can be started. It may be run twice, and must tolerate that."""
    try:
        if executor:
            executor.submit(function, *args)
            return
    except RuntimeError:  # the process is at its limit of threads, or the interpreter is shutting down
        pass  # an earlier thread may nevertheless take the function from the executor's queue
    function(*args)


def _result(
    operation: Operation[T], outcome: APIResponse[T] | BaseException
) -> tuple[Operation[T], APIResponse[T] | MistralError]:
    if isinstance(outcome, BaseException) and not isinstance(outcome, MistralError):
        raise outcome
    return operation, outcome


async def _send_in_tasks(
    send: Callable[[Operation[T]], Awaitable[APIResponse[T]]],
    operations: Iterable[Operation[T]] | AsyncIterable[Operation[T]],
    concurrency: int,
) -> AsyncGenerator[tuple[Operation[T], APIResponse[T] | MistralError]]:
    if _event_loop.current_trio():
        raise RuntimeError("send_all_async needs asyncio; with trio, start a task for each send_async in a nursery")
    done: asyncio.Queue[asyncio.Task[tuple[Operation[T], APIResponse[T] | MistralError] | None]] = asyncio.Queue()
    in_flight: set[asyncio.Task[tuple[Operation[T], APIResponse[T] | MistralError] | None]] = set()
    slots = asyncio.Semaphore(concurrency)

    def start(coroutine: Coroutine[None, None, tuple[Operation[T], APIResponse[T] | MistralError] | None]) -> None:
        task = asyncio.create_task(coroutine)
        task.add_done_callback(done.put_nowait)
        in_flight.add(task)

    async def run(operation: Operation[T]) -> tuple[Operation[T], APIResponse[T] | MistralError]:
        try:
            return operation, await send(operation)
        except MistralError as error:
            return operation, error

    source_error: Exception | None = None

    async def start_all() -> None:
        nonlocal source_error
        try:
            async with aclosing(_iterate(operations)) as source:
                while True:
                    await slots.acquire()
                    start(run(await anext(source)))
        except StopAsyncIteration:
            pass
        except Exception as error:  # noqa: BLE001 it is raised when the results in flight are delivered
            source_error = error

    start(start_all())
    try:
        while in_flight:
            task = await done.get()
            in_flight.discard(task)
            if result := task.result():
                slots.release()
                yield result
        if source_error:
            raise source_error
    finally:
        for task in in_flight:
            task.cancel()
        await asyncio.gather(*in_flight, return_exceptions=True)


async def _iterate(operations: Iterable[Operation[T]] | AsyncIterable[Operation[T]]) -> AsyncGenerator[Operation[T]]:
    if isinstance(operations, AsyncIterable):
        async for operation in operations:
            yield operation
    else:
        for operation in operations:
            yield operation
