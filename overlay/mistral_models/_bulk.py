"""Many operations, several at a time. At most `concurrency` operations and results are held."""

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
)
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from . import _event_loop
from .errors import MistralError

if TYPE_CHECKING:
    from ._response import APIResponse
    from .operations import Operation

T = TypeVar("T")


def send_all(
    send: "Callable[[Operation[T]], APIResponse[T]]", operations: "Iterable[Operation[T]]", concurrency: int
) -> "Generator[tuple[Operation[T], APIResponse[T] | MistralError]]":
    """Send in threads; see `Mistral.send_all`."""
    _check(concurrency)
    return _in_threads(send, operations, concurrency)


def send_all_async(
    send: "Callable[[Operation[T]], Awaitable[APIResponse[T]]]",
    operations: "Iterable[Operation[T]] | AsyncIterable[Operation[T]]",
    concurrency: int,
) -> "AsyncGenerator[tuple[Operation[T], APIResponse[T] | MistralError]]":
    """Send in tasks; see `Mistral.send_all_async`."""
    _check(concurrency)
    return _in_tasks(send, operations, concurrency)


def _check(concurrency: int) -> None:
    if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
        raise ValueError(f"concurrency must be a number from 1, not {concurrency!r}")


def _in_threads(
    send: "Callable[[Operation[T]], APIResponse[T]]", operations: "Iterable[Operation[T]]", concurrency: int
) -> "Generator[tuple[Operation[T], APIResponse[T] | MistralError]]":
    done: SimpleQueue[tuple[Operation[T], APIResponse[T] | BaseException]] = SimpleQueue()

    def run(operation: "Operation[T]") -> None:
        try:
            outcome: APIResponse[T] | BaseException = send(operation)
        except BaseException as error:  # noqa: BLE001 it is raised in the caller's thread
            outcome = error
        done.put((operation, outcome))

    under_way = 0
    broken: list[Exception] = []
    with ThreadPoolExecutor(concurrency, thread_name_prefix="mistral-models") as threads:
        for operation in _until_broken(operations, broken):
            threads.submit(run, operation)
            under_way += 1
            while under_way == concurrency or not done.empty():
                yield _taken(done)
                under_way -= 1
        for _ in range(under_way):
            yield _taken(done)
    if broken:
        raise broken[0]


def _until_broken(operations: "Iterable[Operation[T]]", broken: list[Exception]) -> "Iterator[Operation[T]]":
    """Take operations until their source fails: what is under way by then is not lost."""
    try:
        yield from operations
    except Exception as error:  # noqa: BLE001 it is raised in the end
        broken.append(error)


def _taken(
    done: "SimpleQueue[tuple[Operation[T], APIResponse[T] | BaseException]]",
) -> "tuple[Operation[T], APIResponse[T] | MistralError]":
    operation, outcome = done.get()
    if isinstance(outcome, BaseException) and not isinstance(outcome, MistralError):
        raise outcome
    return operation, outcome


async def _in_tasks(
    send: "Callable[[Operation[T]], Awaitable[APIResponse[T]]]",
    operations: "Iterable[Operation[T]] | AsyncIterable[Operation[T]]",
    concurrency: int,
) -> "AsyncGenerator[tuple[Operation[T], APIResponse[T] | MistralError]]":
    if _event_loop.trio_here():
        raise RuntimeError("send_all_async is for asyncio; under trio, start a task for each send_async in a nursery")
    done: asyncio.Queue[asyncio.Task[tuple[Operation[T], APIResponse[T] | MistralError] | None]] = asyncio.Queue()
    under_way: set[asyncio.Task[tuple[Operation[T], APIResponse[T] | MistralError] | None]] = set()
    room = asyncio.Semaphore(concurrency)
    broken: list[Exception] = []

    def start(coroutine: "Coroutine[None, None, tuple[Operation[T], APIResponse[T] | MistralError] | None]") -> None:
        task = asyncio.create_task(coroutine)
        task.add_done_callback(done.put_nowait)
        under_way.add(task)

    async def run(operation: "Operation[T]") -> "tuple[Operation[T], APIResponse[T] | MistralError]":
        try:
            return operation, await send(operation)
        except MistralError as error:
            return operation, error

    async def feed() -> None:
        source = _asynchronous(operations)
        try:
            while await room.acquire():
                start(run(await anext(source)))
        except StopAsyncIteration:
            pass
        except Exception as error:  # noqa: BLE001 it is raised in the end
            broken.append(error)

    start(feed())
    try:
        while under_way:
            task = await done.get()
            under_way.discard(task)
            if outcome := task.result():
                room.release()
                yield outcome
        if broken:
            raise broken[0]
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _asynchronous(
    operations: "Iterable[Operation[T]] | AsyncIterable[Operation[T]]",
) -> "AsyncIterator[Operation[T]]":
    if isinstance(operations, AsyncIterable):
        async for operation in operations:
            yield operation
    else:
        for operation in operations:
            yield operation
