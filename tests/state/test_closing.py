"""Clients that are closed while calls are in flight, and by whom their sockets are closed."""

import asyncio
import gc
import os
import socket
import ssl
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import trio
from mistral_models import Mistral, errors
from mistral_models.testing import FakeClock, latency

from tests.faults.certificates import Certificates
from tests.polling import poll_until

from .probes import descriptors_fall_to, no_descriptor_leak, open_descriptors
from .raw_service import Connection, card, requested_id, respond, serve
from .worlds import WORLDS, run

CLOSED = "the client was closed during the call"


@pytest.fixture(params=["plain", "TLS"])
def context(request: pytest.FixtureRequest, certificates: Certificates) -> ssl.SSLContext | None:
    return certificates.contexts["valid"] if request.param == "TLS" else None


class SilentService:
    """Sends a part of the response to the first request of a connection, and then nothing more.

    Args:
        part: Maps the response to the part of it that is sent.
    """

    def __init__(self, part: Callable[[bytes], bytes]) -> None:
        self.is_waiting = threading.Event()
        """Set when the part has been sent."""
        self.is_released = threading.Event()
        """Until it is set, the service does not notice that the client closes the connection."""
        self._part = part

    def handle(self, connection: Connection) -> None:
        response = card(requested_id(connection.request()))
        if part := self._part(response):
            connection.send(part)
        self.is_waiting.set()
        self.is_released.wait(10)
        connection.receive()


PARTS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "half of the headers": lambda response: response[:30],
    "half of the body": lambda response: response[:-10],
    "half of a body without length": lambda response: response.replace(b"content-length", b"x-length")[:-10],
}


@pytest.mark.parametrize("part", PARTS)
def test_closing_a_client_ends_the_calls_of_other_threads(context, part):
    """Each ends at once with an APIConnectionError that says why, is not repeated, and closes its connection."""
    service = SilentService(PARTS[part])
    service.is_released.set()
    with warnings.catch_warnings(), no_descriptor_leak():
        warnings.simplefilter("error")
        with serve(service.handle, context) as url, ThreadPoolExecutor(1) as pool:
            mistral = Mistral("key", server_url=url, timeout_ms=9000)
            call = pool.submit(mistral.models.retrieve, model_id="first")
            assert service.is_waiting.wait(10)
            mistral.close()
            with pytest.raises(errors.APIConnectionError, match=CLOSED) as caught:
                call.result(10)
    assert caught.value.attempts == 1


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("world", WORLDS[1:])
def test_closing_a_client_ends_the_calls_of_other_tasks(world, context, part):
    """Each ends at once with an APIConnectionError that says why, is not repeated, and closes its connection."""
    service = SilentService(PARTS[part])
    service.is_released.set()
    caught: list[errors.APIConnectionError] = []

    async def call(mistral: Mistral) -> None:
        with pytest.raises(errors.APIConnectionError, match=CLOSED) as error:
            await mistral.models.retrieve_async(model_id="first")
        caught.append(error.value)

    async def in_asyncio() -> None:
        mistral = Mistral("key", server_url=url, timeout_ms=9000)
        task = asyncio.create_task(call(mistral))
        assert await asyncio.to_thread(service.is_waiting.wait, 10)
        await mistral.aclose()
        await task

    async def in_trio() -> None:
        mistral = Mistral("key", server_url=url, timeout_ms=9000)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(call, mistral)
            assert await trio.to_thread.run_sync(service.is_waiting.wait, 10)
            await mistral.aclose()

    with warnings.catch_warnings(), no_descriptor_leak(tolerance=3):  # trio keeps a thread and its pipe
        warnings.simplefilter("error")
        with serve(service.handle, context) as url:
            run(world, in_trio if world == "trio" else in_asyncio)
    assert caught[0].attempts == 1


def test_closing_a_client_ends_a_tls_handshake_of_another_thread():
    """The server that never answers it does not keep the call waiting until its connection timeout."""
    is_accepted = threading.Event()
    with socket.create_server(("localhost", 0)) as server, ThreadPoolExecutor(2) as pool:

        def accept() -> None:
            with server.accept()[0] as connection:
                connection.recv(65536)
                is_accepted.set()
                connection.recv(65536)

        pool.submit(accept)
        mistral = Mistral("key", server_url=f"https://localhost:{server.getsockname()[1]}", timeout_ms=30_000)
        call = pool.submit(mistral.models.list)
        assert is_accepted.wait(10)
        mistral.close()
        with pytest.raises(errors.APIConnectionError, match=CLOSED):
            call.result(3)


def test_a_call_never_uses_a_file_that_the_application_opened_after_the_client_was_closed(context):
    """The number of a descriptor is free for others only when the thread that used it has stopped."""
    service = SilentService(PARTS["nothing"])
    service.is_released.set()
    with serve(service.handle, context) as url, ThreadPoolExecutor(1) as pool:
        mistral = Mistral("key", server_url=url, timeout_ms=9000)
        call = pool.submit(mistral.models.retrieve, model_id="first")
        assert service.is_waiting.wait(10)
        mistral.close()
        pipes = [os.pipe() for _ in range(200)]
        try:
            for _, end in pipes:
                os.write(end, b"of the application")
            with pytest.raises(errors.APIConnectionError, match=CLOSED):
                call.result(10)
            assert {os.read(end, 100) for end, _ in pipes} == {b"of the application"}
        finally:
            for pipe in pipes:
                for end in pipe:
                    os.close(end)


def test_a_closed_client_can_be_used_while_its_interrupted_calls_end(context):
    """The next call opens a connection of its own."""
    service = SilentService(PARTS["nothing"])

    def handle(connection: Connection) -> None:
        if connection.number == 0:
            service.handle(connection)
        respond(connection)

    with (
        serve(handle, context) as url,
        ThreadPoolExecutor(1) as pool,
        Mistral("key", server_url=url, timeout_ms=9000) as mistral,
    ):
        call = pool.submit(mistral.models.retrieve, model_id="first")
        assert service.is_waiting.wait(10)
        mistral.close()
        assert mistral.models.retrieve(model_id="second").id == "second"
        service.is_released.set()
        assert isinstance(call.exception(10), errors.APIConnectionError)


def test_many_threads_that_call_while_the_client_is_closed_again_and_again_get_their_own_responses(context):
    """Each call has its own response, or an error that says that the client was closed; nothing is left open."""
    is_over = threading.Event()

    def call(first: int) -> int:
        successes = 0
        for number in range(first, first + 50):
            try:
                assert mistral.models.retrieve(model_id=f"m-{number}").id == f"m-{number}"
                successes += 1
            except errors.APIConnectionError as error:
                assert CLOSED in str(error)
        return successes

    def close() -> None:
        while not is_over.is_set():
            mistral.close()

    with warnings.catch_warnings(), no_descriptor_leak():
        warnings.simplefilter("error")
        with (
            serve(respond, context) as url,
            Mistral("key", server_url=url, timeout_ms=9000) as mistral,
            ThreadPoolExecutor(9) as pool,
        ):
            closing = pool.submit(close)
            calls = [pool.submit(call, 100 * thread) for thread in range(8)]
            assert all(future.result(60) is not None for future in calls)
            is_over.set()
            closing.result(10)


def test_closing_a_client_in_one_event_loop_leaves_the_connections_of_others_alone(fake, url):
    """A call in flight in another event loop succeeds, and so does the next one on the same connection."""
    fake.inject(latency(0.5), nth=2)
    mistral = Mistral(fake.api_key, server_url=url, retry_config=0)
    is_open, is_closed = threading.Event(), threading.Event()

    async def call_twice() -> int:
        async with mistral:
            await mistral.models.list_async()
            call = asyncio.create_task(mistral.models.list_async())
            assert await asyncio.to_thread(poll_until, lambda: fake.count() == 2)
            is_open.set()
            await asyncio.to_thread(is_closed.wait, 10)
            return len((await call).data) + len((await mistral.models.list_async()).data)

    with ThreadPoolExecutor(1) as pool:
        calls = pool.submit(asyncio.run, call_twice())
        is_open.wait(10)
        asyncio.run(mistral.aclose())
        is_closed.set()
        assert calls.result(10) == 2 * len(fake.models)


def test_a_client_that_is_closed_during_a_name_lookup_opens_no_connection(fake, url, monkeypatch):
    """The call ends as if it had been connected already, and nothing is sent."""
    mistral = Mistral(fake.api_key, server_url=url.replace("127.0.0.1", "localhost"), timeout_ms=9000)
    look_up = socket.getaddrinfo

    def close_and_look_up(*args: Any, **kwargs: Any) -> Any:
        mistral.close()
        return look_up(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", close_and_look_up)
    with no_descriptor_leak(), pytest.raises(errors.APIConnectionError, match=CLOSED):
        mistral.models.list()
    assert fake.requests == []


@pytest.mark.parametrize("world", WORLDS)
def test_connections_that_are_idle_for_too_long_are_closed(world):
    """After ten calls at once, ten connections are idle; after half a minute, the next call closes all but its own."""
    clock = FakeClock()
    barrier = threading.Barrier(10)

    def handle(connection: Connection) -> None:
        if connection.number < 10:
            request = connection.request()
            barrier.wait(10)
            connection.send(card(requested_id(request)))
        respond(connection)

    def in_threads() -> None:
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda number: mistral.models.retrieve(model_id=f"m-{number}"), range(10)))

    async def in_tasks() -> None:
        async with mistral:
            calls = [mistral.models.retrieve_async(model_id=f"m-{number}") for number in range(10)]
            if world == "trio":
                async with trio.open_nursery() as nursery:
                    for call in calls:
                        nursery.start_soon(partial(value_of, call))
            else:
                await asyncio.gather(*calls)
            with_ten = open_descriptors()
            clock.advance(31)
            await mistral.models.retrieve_async(model_id="next")
            assert descriptors_fall_to(with_ten - 18)  # both ends of nine connections

    with serve(handle) as url, Mistral("key", server_url=url, clock=clock) as mistral:
        if world != "sync":
            run(world, in_tasks)
            return
        in_threads()
        with_ten = open_descriptors()
        clock.advance(31)
        mistral.models.retrieve(model_id="next")
        assert descriptors_fall_to(with_ten - 18)


async def value_of(call: Any) -> None:
    await call


def test_closing_a_client_under_trio_is_finished_although_the_task_is_cancelled(fake, url):
    """No connection stays open, and a second run can use the client."""

    async def main(is_cancelled: bool) -> None:
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                for _ in range(3):
                    nursery.start_soon(mistral.models.list_async)
            if is_cancelled:
                scope.cancel()
            await mistral.aclose()

    mistral = Mistral(fake.api_key, server_url=url)
    with warnings.catch_warnings(), no_descriptor_leak(tolerance=1):
        warnings.simplefilter("error")
        for is_cancelled in (True, False):
            trio.run(main, is_cancelled)
        gc.collect()
    assert fake.count("list") == 6
