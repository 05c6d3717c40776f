"""The async calls run on trio, too, where a program uses it."""

import subprocess
import sys
import warnings

import pytest
import trio
from mistral_models import Mistral, errors, operations
from mistral_models.testing import disconnect, latency, status

from .probes import nothing_left


async def listed(mistral: Mistral) -> int:
    async with mistral:
        return len((await mistral.models.list_async()).data)


def test_calls_run_under_trio(fake, url):
    """One after another on one connection, many at once on several, all of them closed at the end."""
    found: list[int] = []

    async def main() -> None:
        async with Mistral(fake.api_key, server_url=url) as mistral:

            async def call() -> None:
                found.append(len((await mistral.models.list_async()).data))

            await call()
            async with trio.open_nursery() as nursery:
                for _ in range(20):
                    nursery.start_soon(call)
            assert (await mistral.send_async(operations.retrieve("codestral-2508"))).parsed.id == "codestral-2508"

    with warnings.catch_warnings(), nothing_left():
        warnings.simplefilter("error")
        trio.run(main)
    assert found == [len(fake.models)] * 21


def test_retries_wait_in_trio(fake, url):
    """Other tasks run meanwhile; `Retry-After` counts."""
    fake.inject(status(429, headers={"Retry-After": "1"}))
    order: list[str] = []

    async def main() -> None:
        async with Mistral(fake.api_key, server_url=url) as mistral, trio.open_nursery() as nursery:
            nursery.start_soon(other)
            assert (await mistral.models.list_async()).data
            order.append("answered")

    async def other() -> None:
        await trio.sleep(0.2)
        order.append("other")

    trio.run(main)
    assert order == ["other", "answered"]


def test_deadlines_and_failures_are_the_same_errors(fake, url):
    """Of this package, whatever runs the call."""
    fake.inject(latency(5))
    fake.inject(disconnect("in body"), nth=2)

    async def main() -> None:
        async with Mistral(fake.api_key, server_url=url, retry_config=0) as mistral:
            with pytest.raises(errors.APITimeoutError):
                await mistral.models.list_async(timeout_ms=200)
            with pytest.raises(errors.APIConnectionError, match="RemoteProtocolError"):
                await mistral.models.list_async()
            with pytest.raises(errors.NotFoundError):
                await mistral.models.retrieve_async(model_id="gone")

    trio.run(main)
    assert fake.count() == 3


def test_a_cancelled_call_ends_as_cancelled(fake, url):
    """It is neither an error of ours nor retried, and closing under cancellation leaves nothing."""
    fake.inject(latency(5))

    async def main() -> bool:
        with trio.move_on_after(0.2) as scope:
            async with Mistral(fake.api_key, server_url=url) as mistral:
                await mistral.models.list_async()
        return scope.cancelled_caught

    with warnings.catch_warnings(), nothing_left(slack=1):  # the server holds its side for a while
        warnings.simplefilter("error")
        assert trio.run(main)
    assert fake.count() == 1


def test_loops_of_both_kinds_take_turns(fake, url):
    """One client, connections of each loop's own."""
    import asyncio

    mistral = Mistral(fake.api_key, server_url=url)
    assert [trio.run(listed, mistral), asyncio.run(listed(mistral)), trio.run(listed, mistral)] == [
        len(fake.models)
    ] * 3


def test_a_run_that_ended_with_open_connections_is_told_of(fake, url):
    """As an event loop of asyncio is."""
    from mistral_models._pools import Pools

    async def left_open(pools: Pools) -> None:
        with pools.async_client(url):
            pass

    pools = Pools("owner")
    trio.run(left_open, pools)
    trio.run(left_open, pools)
    with pytest.warns(ResourceWarning, match="owner: an event loop ended before it was closed in it"):
        del pools


def test_bulk_work_says_what_to_do_under_trio(fake, url):
    """Its tasks are asyncio's; nothing is sent."""

    async def main() -> None:
        async for _ in Mistral(fake.api_key, server_url=url).send_all_async([operations.list()]):
            pass

    with pytest.raises(RuntimeError, match="with trio, start a task for each send_async in a nursery"):
        trio.run(main)
    assert fake.requests == []


@pytest.mark.parametrize("there", ["None", "type(sys)('trio')"], ids=["not at all", "half imported by another thread"])
def test_asyncio_needs_nothing_of_trio(fake, url, there):
    """Nor does it stumble over an import under way."""
    program = (
        "import asyncio, sys; from mistral_models import Mistral\n"
        "async def main():\n"
        "    async with Mistral('fake-key', server_url=sys.argv[1]) as mistral:\n"
        "        return len((await mistral.models.list_async()).data)\n"
        f"sys.modules['trio'] = {there}\n"
        "print(asyncio.run(main()))"
    )
    command = [sys.executable, "-c", program, url]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == (f"{len(fake.models)}\n", "")
