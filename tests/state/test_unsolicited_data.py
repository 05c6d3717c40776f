"""Servers that send more than they were asked for: no call ever gets the response to another one."""

import inspect
import select
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpcore
import pytest
from mistral_models import Mistral, _async_network, _sync_network

from tests.faults.certificates import Certificates

from .raw_service import Connection, card, requested_id, respond, serve
from .worlds import WORLDS, run, run_steps

FOREIGN = "response-to-somebody-else"
REQUEST = b"GET /v1/models/first HTTP/1.1\r\n\r\n"
IDS = ["first", "second", "third"]
CALLS = [("retrieve", {"model_id": model_id}) for model_id in IDS]


@pytest.fixture(params=["plain", "TLS"])
def context(request: pytest.FixtureRequest, certificates: Certificates) -> ssl.SSLContext | None:
    return certificates.contexts["valid"] if request.param == "TLS" else None


@pytest.fixture
def trusting(certificates: Certificates) -> ssl.SSLContext:
    """The client's side of `context`, if that is not None."""
    trusting = ssl.create_default_context()
    certificates.authority.configure_trust(trusting)
    return trusting


def together(connection: Connection) -> None:
    """In the same segment as the response, and with TLS in a record of its own."""
    connection.send(card(requested_id(connection.request())), card(FOREIGN))


def behind(size: int) -> Callable[[Connection], None]:
    def handle(connection: Connection) -> None:
        connection.send(card(requested_id(connection.request()), size), card(FOREIGN))

    handle.__doc__ = f"Directly behind a response of {size} bytes, at which a read may end."
    return handle


def in_half(connection: Connection) -> None:
    """One half with the response, and the other one with the next response."""
    response = connection.encode(card(requested_id(connection.request())))
    foreign = connection.encode(card(FOREIGN))
    connection.send_encoded(response + foreign[:100])
    connection.request()
    connection.send_encoded(foreign[100:])


def with_a_large_body(connection: Connection) -> None:
    """Larger than what is read at once, so that parts of it are in the buffers of all layers."""
    connection.send(card(requested_id(connection.request())), card(FOREIGN, 1_000_000))


def with_an_interim_response(connection: Connection) -> None:
    """Behind an interim response."""
    connection.send(card(requested_id(connection.request())), b"HTTP/1.1 100 Continue\r\n\r\n", card(FOREIGN))


ATTACKS: dict[str, Callable[[Connection], None]] = {
    "together": together,
    "in half": in_half,
    "a large body": with_a_large_body,
    "an interim response": with_an_interim_response,
    **{f"behind {size} bytes": behind(size) for size in (16_384, 32_768, 65_536, 131_072, 262_144)},
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("world", WORLDS)
def test_a_response_that_nobody_asked_for_is_never_returned(world, context, attack):
    """However it is cut into segments and TLS records, the next call uses another connection."""

    def handle(connection: Connection) -> None:
        if connection.number == 0:
            ATTACKS[attack](connection)
        respond(connection)

    with serve(handle, context) as url:
        outcomes = run_steps(world, Mistral("key", server_url=url, retry_config=0), *CALLS)
    assert [outcome.id for outcome in outcomes] == IDS


@asynccontextmanager
async def connected(world: str, url: str, context: ssl.SSLContext | None) -> AsyncIterator[Any]:
    """Connect as the client does. The methods of the connection return values with sync calls, else awaitables."""
    connections: Any
    backend: Any
    if world == "sync":
        connections = _sync_network.SyncConnections()
        backend = _sync_network.SyncBackend(httpcore.SyncBackend(), connections)
    else:
        connections = _async_network.AsyncConnections()
        inner = httpcore.TrioBackend() if world == "trio" else httpcore.AnyIOBackend()
        backend = _async_network.AsyncBackend(inner, connections)
    stream = await value_of(backend.connect_tcp("localhost", int(url.rpartition(":")[2])))
    try:
        yield await value_of(stream.start_tls(context, "localhost")) if context else stream
    finally:
        await value_of(connections.close() if world == "sync" else connections.aclose())


async def value_of(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def wait_for_data(connection: Any) -> None:
    """Wait until the socket of a connection can be read. uvloop may have read it already: then there is no hurry."""
    select.select([connection.get_extra_info("socket").fileno()], [], [], 1)


def run_connected(world: str, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run("asyncio" if world == "sync" else world, main)


@pytest.mark.parametrize("world", WORLDS)
def test_a_response_that_arrives_on_an_idle_connection_is_never_returned(world, context, trusting):
    """It is noticed before the next request is written."""

    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(card(IDS[0]))
        connection.request()
        connection.send(card(IDS[1]))
        connection.send(card(FOREIGN))
        respond(connection)

    async def main() -> None:
        async with connected(world, url, context and trusting) as connection:
            for model_id in IDS[:2]:
                await value_of(connection.write(REQUEST))
                assert model_id.encode() in await value_of(connection.read(16384))
            wait_for_data(connection)
            with pytest.raises(httpcore.ConnectionNotAvailable):
                await value_of(connection.write(REQUEST))

    with serve(handle, context) as url:
        run_connected(world, main)


@pytest.mark.parametrize("comes", ["before the request", "during the request"])
@pytest.mark.parametrize("world", WORLDS)
def test_a_connection_with_an_early_response_is_not_used_again(world, context, trusting, comes):
    """It is read, because it may say why the server refuses, but the response to the whole request may follow."""

    def handle(connection: Connection) -> None:
        if comes == "during the request":
            connection.request()
        connection.send(card(IDS[0]))
        respond(connection)

    async def main() -> None:
        async with connected(world, url, context and trusting) as connection:
            if comes == "during the request":
                await value_of(connection.write(REQUEST))
            wait_for_data(connection)
            await value_of(connection.write(b"the body"))
            received = b""
            while len(received) < len(card(IDS[0])):
                received += await value_of(connection.read(65536))
            assert received == card(IDS[0])
            with pytest.raises(httpcore.ConnectionNotAvailable):
                await value_of(connection.write(REQUEST))

    with serve(handle, context) as url:
        run_connected(world, main)


@pytest.mark.parametrize("world", WORLDS)
def test_session_tickets_are_expected(world, certificates, trusting):
    """TLS sends them without being asked, often before the first request; the connection is used, and used again."""

    async def main() -> None:
        async with connected(world, url, trusting) as connection:
            wait_for_data(connection)
            for _ in range(2):
                await value_of(connection.write(REQUEST))
                assert IDS[0].encode() in await value_of(connection.read(16384))

    with serve(respond, certificates.contexts["valid"]) as url:
        run_connected(world, main)
