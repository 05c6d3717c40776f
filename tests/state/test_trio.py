"""Async calls under trio."""

import asyncio
import gc
import subprocess
import sys
import time
import warnings

import httpx
import pytest
import trio
from mistral_models import Mistral, errors, operations
from mistral_models.testing import disconnect, latency, status

from tests.overlay.calls import HastyClock

from .probes import descriptors_fall_to, no_descriptor_leak, open_descriptors


async def count_models(mistral: Mistral) -> int:
    async with mistral:
        return len((await mistral.models.list_async()).data)


def test_calls_run_under_trio(fake, url):
    """Sequential and concurrent calls succeed, and all connections are closed at the end."""
    lengths: list[int] = []

    async def main() -> None:
        async with Mistral(fake.api_key, server_url=url) as mistral:

            async def call() -> None:
                lengths.append(len((await mistral.models.list_async()).data))

            await call()
            async with trio.open_nursery() as nursery:
                for _ in range(20):
                    nursery.start_soon(call)
            assert (await mistral.send_async(operations.retrieve("codestral-2508"))).parsed.id == "codestral-2508"

    with warnings.catch_warnings(), no_descriptor_leak():
        warnings.simplefilter("error")
        trio.run(main)
    assert lengths == [len(fake.models)] * 21


def test_a_call_with_a_custom_http_client_has_no_deadline_under_trio(fake, url):
    """Without `timeout_ms`, only the timeouts of that client count."""

    async def main() -> None:
        async with httpx.AsyncClient() as client:
            mistral = Mistral(fake.api_key, server_url=url, async_client=client, retry_config=0)
            assert (await mistral.models.list_async()).data

    trio.run(main)


def test_other_tasks_run_while_a_call_waits_for_its_retry(fake, url):
    """The wait that `Retry-After` requests does not block the event loop of trio: another task can end it."""
    fake.inject(status(429, headers={"Retry-After": "30"}))

    async def main() -> None:
        responded = trio.Event()
        mistral = Mistral(fake.api_key, server_url=url, on_attempt=lambda _: responded.set())
        async with mistral, trio.open_nursery() as nursery:
            nursery.start_soon(mistral.models.list_async)
            await responded.wait()
            nursery.cancel_scope.cancel()

    before = time.monotonic()
    trio.run(main)
    assert time.monotonic() - before < 20
    assert fake.count() == 1


def test_failures_are_the_same_errors_as_with_asyncio(fake, url):
    """Timeouts, lost connections and error statuses raise the errors of this package."""
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


def test_a_call_can_be_cancelled_under_trio(fake, url):
    """A cancelled call is not retried and raises no other error, and its connection is closed."""
    fake.inject(latency(5))

    async def main() -> bool:
        with trio.move_on_after(0.2) as scope:
            async with Mistral(fake.api_key, server_url=url) as mistral:
                await mistral.models.list_async()
        return scope.cancelled_caught

    with warnings.catch_warnings(), no_descriptor_leak(tolerance=1):  # the server closes its side later
        warnings.simplefilter("error")
        assert trio.run(main)
    assert fake.count() == 1


def test_a_deadline_that_passes_before_the_first_attempt_is_a_timeout(fake, url):
    """The call raises APITimeoutError, and nothing is sent."""

    async def main() -> None:
        async with Mistral(fake.api_key, server_url=url, timeout_ms=500, clock=HastyClock()) as mistral:
            await mistral.models.list_async()

    with pytest.raises(errors.APITimeoutError):
        trio.run(main)
    assert fake.requests == []


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # each run ends with an open connection
def test_the_connections_of_a_run_that_has_ended_are_given_up(fake, url):
    """Each run of trio opens its own connection, and the client does not keep those of earlier runs."""
    mistral = Mistral(fake.api_key, server_url=url, retry_config=0)
    before = open_descriptors()
    for _ in range(20):
        trio.run(mistral.models.list_async)
    assert fake.count() == 20
    assert descriptors_fall_to(before + 4)  # both ends of the last connection, and of one more
    del mistral
    gc.collect()


def test_one_client_works_with_trio_and_asyncio_in_turn(fake, url):
    """Each event loop uses connections of its own."""
    mistral = Mistral(fake.api_key, server_url=url)
    assert [trio.run(count_models, mistral), asyncio.run(count_models(mistral)), trio.run(count_models, mistral)] == [
        len(fake.models)
    ] * 3


def test_connections_left_open_when_a_trio_run_ends_cause_a_resource_warning(fake, url):
    """The warning names the client when it is freed, as after an event loop of asyncio."""
    mistral = Mistral(fake.api_key, server_url=url)
    name = repr(mistral)
    with warnings.catch_warnings(record=True) as caught:  # Python also warns about the sockets
        warnings.simplefilter("always")
        for _ in range(2):
            trio.run(mistral.models.list_async)
        del mistral
        while gc.collect():  # finalizers of the first pass free the second connection
            pass
    messages = [str(warning.message) for warning in caught if warning.category is ResourceWarning]
    assert any(
        message.startswith(f"{name}: an event loop ended before the client was closed in it") for message in messages
    )


def test_send_all_async_raises_under_trio(fake, url):
    """It needs asyncio; the message says what to use instead, and nothing is sent."""

    async def main() -> None:
        async for _ in Mistral(fake.api_key, server_url=url).send_all_async([operations.list()]):
            pass

    with pytest.raises(RuntimeError, match="with trio, start a task for each send_async in a nursery"):
        trio.run(main)
    assert fake.requests == []


@pytest.mark.parametrize(
    "module", ["None", "type(sys)('trio')"], ids=["not installed", "being imported by another thread"]
)
def test_asyncio_works_without_trio(fake, url, module):
    """It also works while another thread imports trio."""
    program = (
        "import asyncio, sys; from mistral_models import Mistral\n"
        "async def main():\n"
        "    async with Mistral('fake-key', server_url=sys.argv[1]) as mistral:\n"
        "        return len((await mistral.models.list_async()).data)\n"
        f"sys.modules['trio'] = {module}\n"
        "print(asyncio.run(main()))"
    )
    command = [sys.executable, "-c", program, url]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == (f"{len(fake.models)}\n", "")
