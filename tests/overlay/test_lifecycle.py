"""Connections: when they are opened, who owns them, and that none is left."""

import asyncio
import copy
import functools
import gc
import multiprocessing
import pickle
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from mistral_models import Mistral, errors, operations
from mistral_models.testing import FakeClock, FakeMistral, status

from tests.state.probes import Connections, open_descriptors


@pytest.mark.posix("counts file descriptors")
def test_nothing_is_opened_before_the_first_call(api, fake, url):
    """A client that is made and thrown away costs nothing and warns of nothing."""
    before = open_descriptors()
    mistral = Mistral(fake.api_key, server_url=url)
    assert open_descriptors() == before
    api.call_all(mistral)
    del mistral
    gc.collect()


def test_a_client_can_be_used_again_after_it_was_closed(api, fake, url):
    """The next call opens connections anew; closing twice is no fault."""
    mistral = Mistral(fake.api_key, server_url=url)
    for _ in range(2):
        assert api.call_all(mistral, ("list", {}))[0].data
    mistral.close()
    mistral.close()


def test_connections_are_kept_between_calls(api, fake):
    """One is enough for calls one after another."""
    connections = Connections()

    class Counting(FakeMistral):
        def handle(self, request):
            connections.count_request()
            return super().handle(request)

    counting = Counting()
    with counting.serve() as url:
        api.call_all(Mistral(counting.api_key, server_url=url), *[("list", {})] * 5)
    assert connections.requests == [5]


@pytest.mark.posix("counts file descriptors")
def test_tasks_share_few_connections_and_all_are_closed(fake, url):
    """Forty at once need no more than forty connections, one after the other one; none is left."""
    before = open_descriptors()

    async def main() -> int:
        async with Mistral(fake.api_key, server_url=url) as mistral:
            for _ in range(3):
                await mistral.models.list_async()
            alone = open_descriptors()
            await asyncio.gather(*(mistral.models.list_async() for _ in range(40)))
            assert open_descriptors() - alone < 2 * 40 + 10  # both ends are in this process
            return alone

    assert asyncio.run(main()) - before < 12
    gc.collect()
    assert open_descriptors() <= before + 5


@pytest.mark.posix("counts file descriptors")
@pytest.mark.slow
def test_a_thousand_clients_leave_no_descriptor(api, fake, url):
    """Opened, used and closed."""
    api.call_all(Mistral(fake.api_key, server_url=url), ("retrieve", {"model_id": "codestral-2508"}))
    gc.collect()
    before = open_descriptors()
    for _ in range(1000):
        api.call_all(Mistral(fake.api_key, server_url=url), ("retrieve", {"model_id": "codestral-2508"}))
    gc.collect()
    assert open_descriptors() <= before + 5  # the server closes its side a moment later


def test_two_event_loops_one_after_the_other(fake, url):
    """Each gets connections of its own, which end with it."""
    mistral = Mistral(fake.api_key, server_url=url)

    async def main() -> int:
        async with mistral:
            return len((await mistral.models.list_async()).data)

    assert asyncio.run(main()) == asyncio.run(main()) == len(fake.models)


def test_an_event_loop_that_ends_with_open_connections_is_told_of(fake, url):
    """When the client goes; until then the next loop works all the same, warnings being errors or not."""

    async def listed(mistral: Mistral) -> int:
        async with mistral:
            return len((await mistral.models.list_async()).data)

    def use() -> None:
        mistral = Mistral(fake.api_key, server_url=url)
        assert asyncio.run(mistral.models.list_async()).data
        assert asyncio.run(listed(mistral)) == len(fake.models)
        assert not [warning for warning in caught if "Mistral" in str(warning.message)]

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        use()
        gc.collect()
    (message,) = [str(warning.message) for warning in caught if "Mistral" in str(warning.message)]
    assert message.startswith(
        f"Mistral(server_url={url!r}): an event loop ended before it was closed in it; use `with`"
    )


def test_two_event_loops_at_once(fake, url):
    """In two threads, with one client."""
    mistral = Mistral(fake.api_key, server_url=url)
    meeting = threading.Barrier(2)

    async def main() -> int:
        async with mistral:
            first = await mistral.models.list_async()
            await asyncio.to_thread(meeting.wait, 10)
            second = await mistral.models.list_async()
            await asyncio.to_thread(meeting.wait, 10)
            return len(first.data) + len(second.data)

    with ThreadPoolExecutor(2) as pool:
        assert [future.result() for future in [pool.submit(asyncio.run, main()) for _ in range(2)]] == [
            2 * len(fake.models)
        ] * 2


def test_a_client_left_open_is_told_of(fake, url):
    """What was left, and what to do."""
    mistral = Mistral(fake.api_key, server_url=url)
    mistral.models.list()
    message = r"Mistral\(server_url='http://127.*\): it was left open; use `with`"
    del mistral
    with pytest.warns(ResourceWarning, match=message):
        gc.collect()


def test_a_client_has_no_finalizer():
    """It would run at times when nothing can be closed any more."""
    assert not hasattr(Mistral, "__del__")


def test_a_client_that_was_closed_while_a_call_was_on_its_way_is_no_connection(api):
    """Between two lines of httpx: it says so with an error of no kind, and another attempt opens what it needs."""

    said = "Cannot send a request, as the client has been closed."

    def closing(_: httpx.Request) -> httpx.Response:
        mistral._client.close()
        raise RuntimeError(said)

    async def closing_async(_: httpx.Request) -> httpx.Response:
        await mistral._async_client.aclose()
        raise RuntimeError(said)

    mistral: Any = api.client(closing if api.is_sync else closing_async, retry_config=0)
    with pytest.raises(errors.APIConnectionError, match="the connections were closed during"):
        api.call(mistral, "list")


def test_threads_may_share_a_client(fake, url):
    """Also when all of them make its first call."""
    with Mistral(fake.api_key, server_url=url) as mistral, ThreadPoolExecutor(16) as pool:
        meeting = threading.Barrier(16)

        def call(_: int) -> int:
            meeting.wait()
            return len(mistral.models.list().data)

        assert set(pool.map(call, range(16))) == {len(fake.models)}


def test_first_calls_of_many_threads_share_one_pool(fake, url):
    """None of them loses its connections to another's clean-up, and no false warning is given."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _ in range(20):
                with Mistral(fake.api_key, server_url=url) as mistral, ThreadPoolExecutor(8) as pool:
                    call = functools.partial(mistral.models.retrieve, model_id="codestral-2508")
                    assert len([future.result() for future in [pool.submit(call) for _ in range(8)]]) == 8
    finally:
        sys.setswitchinterval(interval)


def test_models_is_one_object(fake):
    """What a test puts in the place of a method stays there."""
    mistral = Mistral(fake.api_key)
    assert mistral.models is mistral.models


def in_child(mistral: Mistral, results) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with mistral:
            results.put(len(mistral.models.list().data))
        del mistral
        gc.collect()
    results.put([str(warning.message) for warning in caught])


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.posix("forks")
def test_a_forked_child_has_connections_of_its_own(fake, url):
    """And the parent's go on working."""
    context = multiprocessing.get_context("fork")
    with Mistral(fake.api_key, server_url=url) as mistral:
        mistral.models.list()
        results = context.Queue()
        child = context.Process(target=in_child, args=(mistral, results))
        child.start()
        assert (results.get(timeout=30), results.get(timeout=30)) == (len(fake.models), [])
        child.join()
        assert child.exitcode == 0
        assert len(mistral.models.list().data) == len(fake.models)


def test_a_client_pickles_without_its_connections(fake, url):
    """With its settings, to be used in another process."""
    with Mistral(fake.api_key, server_url=url, timeout_ms=5000, retry_config=1) as mistral:
        mistral.models.list()
        copied = pickle.loads(pickle.dumps(mistral))
        with copied:
            assert copied.models.list() == mistral.models.list()
    assert repr(copied) == f"Mistral(server_url={url!r})"


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
def test_a_client_with_a_given_client_is_neither_pickled_nor_copied(fake, duplicate):
    """The message says why, in all three cases."""
    message = "was given an HTTP client cannot be pickled or copied"
    with fake.client() as mistral, pytest.raises(TypeError, match=message):
        duplicate(mistral)


def test_operations_and_clients_go_to_a_process_pool(fake, url):
    """The results come back."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        mistral = Mistral(fake.api_key, server_url=url)
        parsed = pool.submit(send_and_close, mistral, operations.list()).result()
    assert len(parsed.data) == len(fake.models)


def send_and_close(mistral: Mistral, operation: operations.Operation):
    with mistral:
        return mistral.send(operation).parsed


def test_a_given_client_is_never_closed(api, fake):
    """It is the caller's."""
    transport = fake.transport()
    client = httpx.Client(transport=transport) if api.is_sync else httpx.AsyncClient(transport=transport)
    given: Any = {"client": client} if api.is_sync else {"async_client": client}
    api.call_all(Mistral(fake.api_key, **given), ("list", {}))
    assert not client.is_closed


def test_one_tls_context_serves_the_process(api, monkeypatch):
    """Reading the certificates costs more than all else about a client."""
    from mistral_models import _transport

    async def opened() -> list[Any]:
        return [_transport.open_async_client("https://h") for _ in range(2)]

    clients: list[Any] = (
        [_transport.open_client("https://h") for _ in range(2)] if api.is_sync else asyncio.run(opened())
    )
    contexts = {id(client._transport._pool._ssl_context) for client in clients}
    assert len(contexts) == 1
    plain: Any = _transport.open_client("http://h")
    assert plain._transport._pool._ssl_context.get_ca_certs() == []


@pytest.mark.posix("counts file descriptors")
def test_closing_in_an_event_loop_closes_plain_connections_too(fake, url):
    """One client may have made both kinds of calls."""
    before = open_descriptors()

    async def main() -> None:
        async with Mistral(fake.api_key, server_url=url) as mistral:
            mistral.models.list()
            await mistral.models.list_async()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(main())
        gc.collect()
    assert open_descriptors() <= before + 4


def test_a_client_that_is_closed_while_a_call_waits_to_try_again_does_not_fail_it(api, fake):
    """Another thread or task closes it; the next attempt opens what it needs."""

    class Closing(FakeClock):
        def sleep(self, seconds: float, /) -> None:
            super().sleep(seconds)
            mistral.close()

        async def sleep_async(self, seconds: float, /) -> None:
            super().sleep(seconds)
            await mistral.aclose()

    fake.inject(status(503))
    with fake.serve() as url:
        mistral = Mistral(fake.api_key, server_url=url, clock=Closing())
        (listed,) = api.call_all(mistral, ("list", {}))
    assert listed.data
    assert fake.count("list") == 2
