"""Lifecycle of connections: when they are opened, who owns and closes them, and that none is leaked."""

import asyncio
import copy
import functools
import gc
import multiprocessing
import os
import pickle
import socket
import struct
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import trustme
from mistral_models import Mistral, errors, operations
from mistral_models.testing import FakeClock, FakeMistral, silence, status

from tests.polling import poll_until
from tests.state.probes import Connections, open_descriptors

from .calls import raw_server


@pytest.mark.posix("counts file descriptors")
def test_no_file_descriptor_is_opened_before_the_first_call(api, fake, url):
    """A client that is constructed and discarded opens no file descriptor and causes no warning."""
    before = open_descriptors()
    mistral = Mistral(fake.api_key, server_url=url)
    assert open_descriptors() == before
    api.call_all(mistral)
    del mistral
    gc.collect()


def test_a_closed_client_can_be_used_again(api, fake, url):
    """The next call opens new connections, and closing a client twice is not an error."""
    mistral = Mistral(fake.api_key, server_url=url)
    for _ in range(2):
        assert api.call_all(mistral, ("list", {}))[0].data
    mistral.close()
    mistral.close()


@pytest.mark.posix("counts file descriptors")
def test_closing_a_client_closes_its_connections_to_all_servers(api, fake, url):
    """One client can call several servers."""
    with fake.serve() as other:
        before = open_descriptors()
        api.call_all(Mistral(fake.api_key, server_url=url), *[("list", {"server_url": each}) for each in (url, other)])
        assert poll_until(lambda: open_descriptors() <= before)


def test_consecutive_calls_reuse_one_connection(api, fake):
    """Five calls, one after another, are five requests on one connection."""
    connections = Connections()

    class CountingService(FakeMistral):
        def handle(self, request):
            connections.count_request()
            return super().handle(request)

    service = CountingService()
    with service.serve() as url:
        api.call_all(Mistral(service.api_key, server_url=url), *[("list", {})] * 5)
    assert connections.requests == [5]


def test_a_connection_with_more_data_than_the_response_is_not_used_again(api):
    """The surplus would be read as the beginning of the next response."""
    body = b'{"data": []}'
    good = b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n" + body
    with raw_server(good + good, good) as (url, requests):
        results = api.call_all(Mistral("key", server_url=url), ("list", {}), ("list", {}))
    assert [result.data for result in results] == [[], []]
    assert len(requests) == 2


@pytest.mark.posix("counts file descriptors")
@pytest.mark.posix("resets a connection with SO_LINGER")
def test_a_reset_connection_is_not_the_end_of_a_body_without_a_length(api):
    """Such a body ends when the connection is closed, but not when it fails."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as executor:

        def respond() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b'HTTP/1.1 200 OK\r\n\r\n{"data": []}')
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        served = executor.submit(respond)
        mistral = Mistral("key", server_url=f"http://127.0.0.1:{server.getsockname()[1]}", retry_config=0)
        with pytest.raises(errors.APIConnectionError):
            api.call_all(mistral, ("list", {}))
        served.result()


def test_concurrent_tasks_share_connections_and_all_are_closed(fake, url):
    """Forty concurrent calls need at most forty connections, consecutive calls need one, and none stays open."""
    before = open_descriptors()

    async def main() -> int:
        async with Mistral(fake.api_key, server_url=url) as mistral:
            for _ in range(3):
                await mistral.models.list_async()
            with_one_connection = open_descriptors()
            await asyncio.gather(*(mistral.models.list_async() for _ in range(40)))
            assert open_descriptors() - with_one_connection < 2 * 40 + 10  # both ends are in this process
            return with_one_connection

    assert asyncio.run(main()) - before < 12
    gc.collect()
    assert open_descriptors() <= before + 5


@pytest.mark.posix("counts file descriptors")
@pytest.mark.slow
def test_a_thousand_clients_leave_no_file_descriptor_open(api, fake, url):
    """A thousand clients that are constructed, used and closed leave as many file descriptors open as one."""
    api.call_all(Mistral(fake.api_key, server_url=url), ("retrieve", {"model_id": "codestral-2508"}))
    gc.collect()
    before = open_descriptors()
    for _ in range(1000):
        api.call_all(Mistral(fake.api_key, server_url=url), ("retrieve", {"model_id": "codestral-2508"}))
    gc.collect()
    assert open_descriptors() <= before + 5  # the server closes its end of a connection slightly later


def test_a_client_can_be_used_in_two_event_loops_in_turn(fake, url):
    """Each event loop has its own connections, which are closed before the loop ends."""
    mistral = Mistral(fake.api_key, server_url=url)

    async def main() -> int:
        async with mistral:
            return len((await mistral.models.list_async()).data)

    assert asyncio.run(main()) == asyncio.run(main()) == len(fake.models)


def test_an_event_loop_that_ends_with_open_connections_causes_a_resource_warning(fake, url):
    """The warning appears when the client is garbage-collected; until then, other event loops can use the client."""

    async def list_and_close(mistral: Mistral) -> int:
        async with mistral:
            return len((await mistral.models.list_async()).data)

    def use() -> None:
        mistral = Mistral(fake.api_key, server_url=url)
        assert asyncio.run(mistral.models.list_async()).data
        assert asyncio.run(list_and_close(mistral)) == len(fake.models)
        assert not [warning for warning in caught if "Mistral" in str(warning.message)]

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        use()
        gc.collect()
    (message,) = [str(warning.message) for warning in caught if "Mistral" in str(warning.message)]
    assert message.startswith(
        f"Mistral(server_url={url!r}): an event loop ended before the client was closed in it; use `with`"
    )


def test_two_event_loops_can_use_one_client_at_once(fake, url):
    """Two threads, each with its own event loop, make calls with one client at the same time."""
    mistral = Mistral(fake.api_key, server_url=url)
    barrier = threading.Barrier(2)

    async def main() -> int:
        async with mistral:
            first = await mistral.models.list_async()
            await asyncio.to_thread(barrier.wait, 10)
            second = await mistral.models.list_async()
            await asyncio.to_thread(barrier.wait, 10)
            return len(first.data) + len(second.data)

    with ThreadPoolExecutor(2) as pool:
        assert [future.result() for future in [pool.submit(asyncio.run, main()) for _ in range(2)]] == [
            2 * len(fake.models)
        ] * 2


def test_a_client_left_open_causes_a_resource_warning(fake, url):
    """The warning names the client that was left open, and recommends `with`."""
    mistral = Mistral(fake.api_key, server_url=url)
    mistral.models.list()
    message = r"Mistral\(server_url='http://127.*\): it was left open; use `with`"
    del mistral
    with pytest.warns(ResourceWarning, match=message):
        gc.collect()


def test_a_client_that_is_open_when_the_program_ends_causes_no_warning(fake, url):
    """The system closes its connections; a script need not do it."""
    program = (
        "import sys; from mistral_models import Mistral; mistral = Mistral('fake-key', server_url=sys.argv[1]);"
        "mistral.models.list(); references = [mistral]; references.append(references)"
    )
    command = [sys.executable, "-W", "always::ResourceWarning", "-c", program, url]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_client_has_no_finalizer():
    """A client defines no `__del__`, because it could run when connections can no longer be closed."""
    assert not hasattr(Mistral, "__del__")


@pytest.mark.httpx2
def test_closing_a_client_during_a_call_is_a_connection_error(api):
    """httpx raises a bare RuntimeError if its client is closed during a request; it becomes an APIConnectionError."""

    message = "Cannot send a request, as the client has been closed."

    def close_and_fail(_: httpx.Request) -> httpx.Response:
        client.close()
        raise RuntimeError(message)

    async def close_and_fail_async(_: httpx.Request) -> httpx.Response:
        await async_client.aclose()
        raise RuntimeError(message)

    library = api.library
    client = library.Client(transport=library.MockTransport(close_and_fail))
    async_client = library.AsyncClient(transport=library.MockTransport(close_and_fail_async))
    mistral = Mistral("key", client=client, async_client=async_client, retry_config=0)
    with pytest.raises(errors.APIConnectionError, match="the client was closed during"):
        api.call(mistral, "list")


@pytest.mark.parametrize("point", ["before", "in headers", "in body"])
def test_closing_a_client_ends_the_call_of_another_thread_or_task(api, fake, url, point):
    """At once, with an error that says why, and without another attempt; then the client can be used again."""
    fake.inject(silence(point))
    mistral = Mistral(fake.api_key, server_url=url, timeout_ms=20_000)

    def is_under_way() -> bool:
        return poll_until(lambda: bool(fake.requests))

    def close_during_a_call() -> None:
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(mistral.models.list)
            assert is_under_way()
            mistral.close()
            call.result(10)

    async def close_during_an_async_call() -> None:
        task = asyncio.create_task(mistral.models.list_async())
        assert await asyncio.to_thread(is_under_way)
        await mistral.aclose()
        await task

    with pytest.raises(errors.APIConnectionError, match="the client was closed during the call") as caught:
        close_during_a_call() if api.is_sync else asyncio.run(close_during_an_async_call())
    assert caught.value.attempts == 1
    assert len(api.call_all(mistral, ("list", {}))[0].data) > 0


def test_a_client_can_be_closed_at_any_step_of_an_async_call(fake, url):
    """It succeeds, or its error says so; no attempt is repeated because its connection was closed."""

    async def close_after(steps: int, mistral: Mistral) -> int:
        await mistral.models.list_async()
        call = asyncio.create_task(mistral.send_async(operations.list()))
        for _ in range(steps):
            await asyncio.sleep(0)
        await mistral.aclose()
        try:
            return (await call).attempts
        except errors.APIConnectionError as error:
            assert "the client was closed during the call" in str(error)
            return error.attempts

    async def main() -> list[int]:
        async with Mistral(fake.api_key, server_url=url) as mistral:
            return [await close_after(steps, mistral) for steps in range(30)]

    assert asyncio.run(main()) == [1] * 30


def test_a_coroutine_that_is_dropped_during_a_call_ends_without_an_error(fake, url):
    """The garbage collector closes its connection, with a warning, and the next call uses another one."""

    async def drop() -> None:
        async with Mistral(fake.api_key, server_url=url) as mistral:
            await mistral.models.list_async()
            call = mistral.models.list_async()
            call.send(None)
            call.close()
            assert (await mistral.models.list_async()).data
        del call
        gc.collect()

    with pytest.warns(ResourceWarning, match="unclosed"):
        asyncio.run(drop())


def test_threads_can_share_a_client(fake, url):
    """Sixteen threads that make the first calls of a client at the same time all get their results."""
    with Mistral(fake.api_key, server_url=url) as mistral, ThreadPoolExecutor(16) as pool:
        barrier = threading.Barrier(16)

        def call(_: int) -> int:
            barrier.wait()
            return len(mistral.models.list().data)

        assert set(pool.map(call, range(16))) == {len(fake.models)}


def test_concurrent_first_calls_of_threads_share_one_pool(fake, url):
    """No thread closes the connections of another one, and no ResourceWarning is issued by mistake."""
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


def test_models_is_always_the_same_object(fake):
    """`mistral.models` is created once, so that a method replaced by a test stays replaced."""
    mistral = Mistral(fake.api_key)
    assert mistral.models is mistral.models


def list_in_child(mistral: Mistral, results) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with mistral:
            results.put(len(mistral.models.list().data))
        del mistral
        gc.collect()
    results.put([str(warning.message) for warning in caught])


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.posix("forks")
def test_a_forked_child_opens_its_own_connections(fake, url):
    """A forked child makes calls without a warning, and the connections of the parent keep working."""
    context = multiprocessing.get_context("fork")
    with Mistral(fake.api_key, server_url=url) as mistral:
        mistral.models.list()
        results = context.Queue()
        child = context.Process(target=list_in_child, args=(mistral, results))
        child.start()
        assert (results.get(timeout=30), results.get(timeout=30)) == (len(fake.models), [])
        child.join()
        assert child.exitcode == 0
        assert len(mistral.models.list().data) == len(fake.models)


def test_a_client_pickles_without_its_connections(fake, url):
    """An unpickled client has the settings of the original, and opens its own connections."""
    fine_tuned = fake.models[-1]["id"]  # the service sends the time of the request for base models
    with Mistral(fake.api_key, server_url=url, timeout_ms=5000, retry_config=1) as mistral:
        mistral.models.list()
        unpickled = pickle.loads(pickle.dumps(mistral))
        with unpickled:
            assert unpickled.models.retrieve(model_id=fine_tuned) == mistral.models.retrieve(model_id=fine_tuned)
    assert repr(unpickled) == f"Mistral(server_url={url!r})"


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
def test_a_client_with_a_custom_http_client_cannot_be_pickled_or_copied(fake, duplicate):
    """Pickling, copying and deep-copying raise a TypeError that names the reason."""
    message = "was given an HTTP client cannot be pickled or copied"
    with fake.client() as mistral, pytest.raises(TypeError, match=message):
        duplicate(mistral)


def test_operations_and_clients_can_be_sent_to_a_process_pool(fake, url):
    """A spawned worker sends the operation with the client, and its result can be pickled."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        mistral = Mistral(fake.api_key, server_url=url)
        parsed = pool.submit(send_and_close, mistral, operations.list()).result()
    assert len(parsed.data) == len(fake.models)


def send_and_close(mistral: Mistral, operation: operations.Operation):
    with mistral:
        return mistral.send(operation).parsed


@pytest.mark.httpx2
def test_a_custom_http_client_is_never_closed(api, fake):
    """An HTTP client that is passed to the constructor is owned by the caller, and stays open."""
    given = api.http_client(transport=api.transport(fake.transport().handle_request))
    api.call_all(Mistral(fake.api_key, **given), ("list", {}))
    (http_client,) = given.values()
    assert not http_client.is_closed


CALL_WITH_CERTIFICATES = """
import asyncio, os, sys
from mistral_models import Mistral, errors

def outcomes(url):
    for call in (lambda mistral: mistral.models.list(), lambda mistral: asyncio.run(mistral.models.list_async())):
        try:
            call(Mistral("key", server_url=url, retry_config=0))
        except errors.APIConnectionError:
            yield "connection refused"
        except ValueError as error:
            yield str(error).split(":")[0]

for url in ("http://localhost:9", "https://localhost:9"):
    print(url, *outcomes(url), sep=", ")
if os.path.exists(os.environ["SSL_CERT_FILE"]):
    os.remove(os.environ["SSL_CERT_FILE"])
    print("removed", *outcomes("https://localhost:9"), sep=", ")
"""


def test_the_certificates_are_loaded_once_per_process_and_only_for_https(tmp_path):
    """All clients share them, even if the file is removed: loading them takes longer than all else about a client."""

    def run() -> list[str]:
        environment = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "authority.pem")}
        command = [sys.executable, "-c", CALL_WITH_CERTIFICATES]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
        return result.stdout.splitlines()

    refused = "connection refused, connection refused"
    assert run() == [f"http://localhost:9, {refused}", "https://localhost:9, SSL_CERT_FILE, SSL_CERT_FILE"]
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    assert run() == [f"http://localhost:9, {refused}", f"https://localhost:9, {refused}", f"removed, {refused}"]


@pytest.mark.posix("counts file descriptors")
def test_async_with_also_closes_the_connections_of_sync_calls(fake, url):
    """A client that made sync and async calls leaves no connection open after `async with`."""
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


def test_closing_a_client_while_a_call_waits_for_a_retry_does_not_fail_the_call(api, fake):
    """Another thread or task closes the client; the next attempt opens new connections."""

    class ClosingClock(FakeClock):
        def sleep(self, seconds: float, /) -> None:
            super().sleep(seconds)
            mistral.close()

        async def sleep_async(self, seconds: float, /) -> None:
            super().sleep(seconds)
            await mistral.aclose()

    fake.inject(status(503))
    with fake.serve() as url:
        mistral = Mistral(fake.api_key, server_url=url, clock=ClosingClock())
        (models,) = api.call_all(mistral, ("list", {}))
    assert models.data
    assert fake.count("list") == 2
