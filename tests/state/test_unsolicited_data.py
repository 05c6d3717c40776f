"""Servers that send more than they were asked for: no call ever gets the response to another one."""

import ssl
import threading
from collections.abc import Callable

import pytest
from mistral_models import Mistral

from tests.faults.certificates import Certificates

from .raw_service import Connection, card, requested_id, respond, serve
from .worlds import WORLDS, run_steps

FOREIGN = "response-to-somebody-else"
REQUEST = b"GET /v1/models/first HTTP/1.1\r\n\r\n"
IDS = ["first", "second", "third"]
CALLS = [("retrieve", {"model_id": model_id}) for model_id in IDS]


@pytest.fixture(params=["plain", "TLS"])
def context(request: pytest.FixtureRequest, certificates: Certificates) -> ssl.SSLContext | None:
    return certificates.contexts["valid"] if request.param == "TLS" else None


def together(connection: Connection) -> None:
    """Send a foreign response in the same segment as the own one, and with TLS in a record of its own."""
    connection.send(card(requested_id(connection.request())), card(FOREIGN))


def behind(size: int) -> Callable[[Connection], None]:
    """Send a foreign response directly behind one of so many bytes, at which a read may end."""

    def handle(connection: Connection) -> None:
        connection.send(card(requested_id(connection.request()), size), card(FOREIGN))

    return handle


def in_half(connection: Connection) -> None:
    """Send the beginning of a foreign response with the own one, and the rest after the next request."""
    response = connection.encode(card(requested_id(connection.request())))
    foreign = connection.encode(card(FOREIGN))
    connection.send_encoded(response + foreign[:100])
    connection.request()
    connection.send_encoded(foreign[100:])


def with_a_large_body(connection: Connection) -> None:
    """Send a foreign response that is larger than what is read at once, so that parts of it are in all buffers."""
    connection.send(card(requested_id(connection.request())), card(FOREIGN, 1_000_000))


def with_an_interim_response(connection: Connection) -> None:
    """Send a foreign response behind an interim one."""
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


@pytest.mark.parametrize("world", WORLDS)
def test_a_response_that_arrives_on_an_idle_connection_is_never_returned(world, context):
    """It is noticed before the next request is written."""
    has_ended, is_sent = threading.Event(), threading.Event()

    def handle(connection: Connection) -> None:
        if connection.number == 0:
            connection.send(card(requested_id(connection.request())))
            has_ended.wait(10)
            connection.send(card(FOREIGN))
            is_sent.set()
        respond(connection)

    def send_foreign() -> None:
        has_ended.set()
        assert is_sent.wait(10)

    with serve(handle, context) as url:
        outcomes = run_steps(world, Mistral("key", server_url=url, retry_config=0), CALLS[0], send_foreign, *CALLS[1:])
    assert [outcome.id for outcome in outcomes] == IDS


@pytest.mark.parametrize("comes", ["before the request", "during the request"])
@pytest.mark.parametrize("world", WORLDS)
def test_a_connection_with_an_early_response_is_not_used_again(world, context, comes):
    """It is read, because it may say why the server refuses, but the response to the whole request may follow."""
    numbers: list[int] = []

    def handle(connection: Connection) -> None:
        if connection.number == 0:
            if comes == "during the request":
                connection.receive()
            connection.send(card(IDS[0]), card(FOREIGN))  # together: nobody can tell what arrives a moment later
            if comes == "before the request":
                connection.request()
        while True:
            model_id = requested_id(connection.request())
            numbers.append(connection.number)
            connection.send(card(model_id))

    changes = [("update", {"model_id": model_id, "description": "x" * 1_000_000}) for model_id in IDS]
    calls = CALLS if comes == "before the request" else [changes[0], *CALLS[1:]]
    with serve(handle, context) as url:
        outcomes = run_steps(world, Mistral("key", server_url=url, retry_config=1), *calls)
    assert FOREIGN not in [getattr(outcome, "id", None) for outcome in outcomes]
    assert [outcome.id for outcome in outcomes[1:]] == IDS[1:]
    assert 0 not in numbers


@pytest.mark.parametrize("world", WORLDS)
def test_session_tickets_are_expected(world, certificates):
    """TLS sends them without being asked, often before the first request; the connection is used, and used again."""
    numbers: set[int] = set()

    def handle(connection: Connection) -> None:
        numbers.add(connection.number)
        respond(connection)

    with serve(handle, certificates.contexts["valid"]) as url:
        outcomes = run_steps(world, Mistral("key", server_url=url, retry_config=0), *CALLS)
    assert [outcome.id for outcome in outcomes] == IDS
    assert numbers == {0}
