"""Calls cancelled at every point where they wait: the cancellation comes out, and nothing else is left of them."""

import asyncio
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Any

import pytest
from mistral_models import Mistral, operations
from mistral_models.testing import FakeMistral, fine_tuned_model, status

from .probes import nothing_left

ID = fine_tuned_model("triage")["id"]


class Cancelled:
    """A coroutine whose task is cancelled while it waits for the n-th time."""

    def __init__(self, coroutine: Any, point: int) -> None:
        self._coroutine = coroutine
        self._point = point
        self.reached = False

    def __await__(self) -> Generator[Any, Any, Any]:
        waits = 0
        task = asyncio.current_task()
        assert task
        inner = self._coroutine.__await__()
        value, raised = None, None
        while True:
            try:
                waited_for = inner.send(value) if raised is None else inner.throw(raised)
            except StopIteration as end:
                return end.value
            waits += 1
            if waits == self._point:
                self.reached = True
                asyncio.get_running_loop().call_soon(task.cancel)
            value, raised = None, None
            try:
                value = yield waited_for
            except BaseException as error:  # noqa: BLE001 the coroutine gets it
                raised = error


async def everything(mistral: Mistral) -> None:
    asked = [operations.retrieve(ID) for _ in range(4)]
    outcomes: AsyncGenerator = mistral.send_all_async(asked, concurrency=2)
    try:
        async for _ in outcomes:
            pass
    finally:
        await outcomes.aclose()


async def closing(mistral: Mistral) -> None:
    await asyncio.gather(*(mistral.models.retrieve_async(model_id=ID) for _ in range(5)))
    await mistral.aclose()


CALLS: dict[str, Callable[[Mistral], Awaitable[Any]]] = {
    "retrieve": lambda mistral: mistral.models.retrieve_async(model_id=ID),
    "list": lambda mistral: mistral.models.list_async(),
    "write": lambda mistral: mistral.models.update_async(model_id=ID, name="new"),
    "bulk": everything,
    "close": closing,
}


@pytest.mark.parametrize("kept", [False, True], ids=["new connection", "kept connection"])
@pytest.mark.parametrize("name", CALLS)
def test_cancelled_wherever_it_waits_a_call_ends_as_cancelled(name, kept):
    """Never swallowed, never another error; the next call works; no task, connection or warning is left."""
    fake = FakeMistral([fine_tuned_model("triage")])

    async def cancelled_at(point: int, url: str) -> bool:
        async with Mistral(fake.api_key, server_url=url) as mistral:
            if kept:
                await mistral.models.list_async()
            # Every call is refused once: the wait before the second attempt is cancelled, too.
            fake.inject(status(429, headers={"Retry-After": "0"}))
            call = Cancelled(CALLS[name](mistral), point)

            async def main() -> None:
                await call

            task = asyncio.create_task(main())
            await asyncio.wait([task])
            assert task.cancelled() == call.reached, task
            if not task.cancelled():
                task.result()
            assert (await mistral.models.retrieve_async(model_id=ID)).id == ID
            assert asyncio.all_tasks() == {asyncio.current_task()}
        return call.reached

    points = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with nothing_left(), fake.serve() as url:
            while asyncio.run(cancelled_at(points + 1, url)):
                points += 1
    assert points >= 2


@pytest.mark.parametrize("name", ["bulk", "close"])
def test_cancelled_at_any_moment_work_of_several_tasks_ends_as_cancelled(name):
    """Whatever its tasks are doing then: connecting, waiting for an answer, closing."""
    fake = FakeMistral([fine_tuned_model("triage")])

    async def cancelled_after(iterations: int, url: str) -> bool:
        async with Mistral(fake.api_key, server_url=url) as mistral:

            async def main() -> None:
                await CALLS[name](mistral)

            task = asyncio.create_task(main())
            for _ in range(iterations):
                await asyncio.sleep(0)
            asked = task.cancel()
            await asyncio.wait([task])
            assert task.cancelled() == asked, task
            assert (await mistral.models.retrieve_async(model_id=ID)).id == ID
            assert asyncio.all_tasks() == {asyncio.current_task()}
        return asked

    iterations = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with nothing_left(), fake.serve() as url:
            while asyncio.run(cancelled_after(iterations, url)):
                iterations += 1 + iterations // 8
    assert iterations > 8
