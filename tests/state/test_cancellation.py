"""Calls that are cancelled at every point where they wait."""

import asyncio
import random
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Any

import pytest
import trio
from mistral_models import Mistral, operations
from mistral_models.testing import FakeMistral, fine_tuned_model, status

from .probes import descriptors_fall_to, no_descriptor_leak, open_descriptors
from .raw_service import respond, serve
from .worlds import WORLDS, run

ID = fine_tuned_model("triage")["id"]


class CancelledAt:
    """Runs a coroutine, and cancels its task while it waits for the n-th time."""

    def __init__(self, coroutine: Any, point: int) -> None:
        self._coroutine = coroutine
        self._point = point
        self.is_reached = False

    def __await__(self) -> Generator[Any, Any, Any]:
        waits = 0
        task = asyncio.current_task()
        assert task
        inner = self._coroutine.__await__()
        value, exception = None, None
        while True:
            try:
                awaited = inner.send(value) if exception is None else inner.throw(exception)
            except StopIteration as end:
                return end.value
            waits += 1
            if waits == self._point:
                self.is_reached = True
                asyncio.get_running_loop().call_soon(task.cancel)
            value, exception = None, None
            try:
                value = yield awaited
            except BaseException as error:  # noqa: BLE001 it is thrown into the coroutine
                exception = error


async def send_all(mistral: Mistral) -> None:
    requests = [operations.retrieve(ID) for _ in range(4)]
    outcomes: AsyncGenerator = mistral.send_all_async(requests, concurrency=2)
    try:
        async for _ in outcomes:
            pass
    finally:
        await outcomes.aclose()


async def close(mistral: Mistral) -> None:
    await asyncio.gather(*(mistral.models.retrieve_async(model_id=ID) for _ in range(5)))
    await mistral.aclose()


CALLS: dict[str, Callable[[Mistral], Awaitable[Any]]] = {
    "retrieve": lambda mistral: mistral.models.retrieve_async(model_id=ID),
    "list": lambda mistral: mistral.models.list_async(),
    "write": lambda mistral: mistral.models.update_async(model_id=ID, name="new"),
    "bulk": send_all,
    "close": close,
}


@pytest.mark.parametrize("reuses_connection", [False, True], ids=["new connection", "reused connection"])
@pytest.mark.parametrize("name", CALLS)
def test_a_call_can_be_cancelled_wherever_it_waits(name, reuses_connection):
    """The task ends as cancelled, the next call succeeds, and no task, connection or warning is left."""
    fake = FakeMistral([fine_tuned_model("triage")])

    async def cancelled_at(point: int, url: str) -> bool:
        async with Mistral(fake.api_key, server_url=url) as mistral:
            if reuses_connection:
                await mistral.models.list_async()
            # The first attempt of every call fails, so that the wait before the second one is cancelled too.
            fake.inject(status(429, headers={"Retry-After": "0"}))
            call = CancelledAt(CALLS[name](mistral), point)

            async def main() -> None:
                await call

            task = asyncio.create_task(main())
            await asyncio.wait([task])
            assert task.cancelled() == call.is_reached, task
            if not task.cancelled():
                task.result()
            assert (await mistral.models.retrieve_async(model_id=ID)).id == ID
            assert asyncio.all_tasks() == {asyncio.current_task()}
        return call.is_reached

    points = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with no_descriptor_leak(), fake.serve() as url:
            while asyncio.run(cancelled_at(points + 1, url)):
                points += 1
    assert points >= 2


@pytest.mark.parametrize("name", ["bulk", "close"])
def test_concurrent_calls_can_be_cancelled_at_any_time(name):
    """The task ends as cancelled, whether its calls are connecting, waiting for a response or closing."""
    fake = FakeMistral([fine_tuned_model("triage")])

    async def cancelled_after(iterations: int, url: str) -> bool:
        async with Mistral(fake.api_key, server_url=url) as mistral:

            async def main() -> None:
                await CALLS[name](mistral)

            task = asyncio.create_task(main())
            for _ in range(iterations):
                await asyncio.sleep(0)
            is_cancelling = task.cancel()
            await asyncio.wait([task])
            assert task.cancelled() == is_cancelling, task
            assert (await mistral.models.retrieve_async(model_id=ID)).id == ID
            assert asyncio.all_tasks() == {asyncio.current_task()}
        return is_cancelling

    iterations = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with no_descriptor_leak(), fake.serve() as url:
            while asyncio.run(cancelled_after(iterations, url)):
                iterations += 1 + iterations // 8
    assert iterations > 8


@pytest.mark.posix("counts file descriptors")
@pytest.mark.slow
@pytest.mark.parametrize("is_https", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("world", WORLDS[1:])
def test_cancelled_calls_leave_no_connection_behind(world, is_https, certificates):
    """After 800 calls that were cancelled at any moment, two at a time, at most two connections are open."""
    moments = random.Random(18)

    async def cancel_all(mistral: Mistral) -> None:
        for number in range(400):
            calls = [mistral.models.retrieve_async(model_id=f"{number}-{n}") for n in range(2)]
            waits = [moments.randrange(60) for _ in calls]
            if world == "trio":
                async with trio.open_nursery() as nursery:
                    for call, wait in zip(calls, waits, strict=True):
                        nursery.start_soon(cancelled_in_trio, call, wait)
            else:
                await asyncio.gather(
                    *(cancelled_in_asyncio(call, wait) for call, wait in zip(calls, waits, strict=True))
                )
            assert (await mistral.models.retrieve_async(model_id=f"next-{number}")).id == f"next-{number}"

    async def main() -> None:
        async with Mistral("key", server_url=url) as mistral:
            await mistral.models.retrieve_async(model_id="first")
            with_one_connection = open_descriptors()
            await cancel_all(mistral)
            assert descriptors_fall_to(with_one_connection + 2)  # both ends of one more

    context = certificates.contexts["valid"] if is_https else None
    with no_descriptor_leak(tolerance=3), serve(respond, context) as url:
        run(world, main)


async def cancelled_in_asyncio(call: Any, wait: int) -> None:
    task = asyncio.create_task(call)
    for _ in range(wait):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])


async def cancelled_in_trio(call: Any, wait: int) -> None:
    async def wait_and_cancel() -> None:
        for _ in range(wait):
            await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait_and_cancel)
        await call
        nursery.cancel_scope.cancel()
