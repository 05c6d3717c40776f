"""Trouble that a test plans for the client."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from mistral_models import Mistral, errors
from mistral_models.models import ModelList
from mistral_models.testing import (
    FakeMistral,
    connection_refused,
    disconnect,
    invalid_body,
    latency,
    oversized_body,
    slow_body,
    status,
)

MODEL = "open-mistral-7b"


class Path:
    """A way from the client to the fake: in process or over a socket, plain or async."""

    def __init__(self, name: str) -> None:
        self.in_process = name.startswith("in process")
        self.plain = name.endswith("sync") and not name.endswith("async")

    @contextmanager
    def client(self, fake: FakeMistral, **options: Any) -> Iterator[Mistral]:
        if self.in_process:
            with fake.client(**options) as mistral:
                yield mistral
        else:
            with fake.serve() as url:
                yield Mistral(fake.api_key, server_url=url, clock=fake.clock, **options)

    def call(self, mistral: Mistral, method: str, **arguments: Any) -> Any:
        if self.plain:
            with mistral:
                return getattr(mistral.models, method)(**arguments)

        async def main() -> Any:
            async with mistral:
                return await getattr(mistral.models, f"{method}_async")(**arguments)

        return asyncio.run(main())


@pytest.fixture(params=["in process, sync", "in process, async", "over a socket, sync", "over a socket, async"])
def path(request) -> Path:
    return Path(request.param)


def failing(path: Path, fake: FakeMistral, trouble, **options) -> errors.MistralError:
    fake.inject(trouble, times=None)
    with path.client(fake, retry_config=0, **options) as mistral, pytest.raises(errors.MistralError) as caught:
        path.call(mistral, "list")
    return caught.value


def test_a_status_with_headers_and_a_body(path, fake):
    """As bytes, as text, or as JSON; also one that nobody knows."""
    error = failing(path, fake, status(529, {"message": "busy"}, {"Retry-After": "9", "x-request-id": "r"}))
    assert isinstance(error, errors.InternalServerError)
    assert (error.status_code, error.retry_after, error.request_id) == (529, 9, "r")
    assert error.message.startswith("busy")
    for body in ("<title>no</title>", b"<title>no</title>"):
        fake = FakeMistral()
        error = failing(path, fake, status(502, body))
        assert isinstance(error, errors.SDKError)
        assert (error.body, error.headers["content-type"]) == ("<title>no</title>", "text/html")


@pytest.mark.parametrize("place", ["before", "in headers", "after headers", "in body"])
def test_a_connection_closed_anywhere(path, fake, place):
    """A failure of the connection, and no half an answer."""
    error = failing(path, fake, disconnect(place))
    assert type(error) is errors.APIConnectionError
    assert "RemoteProtocolError" in error.message


def test_a_refused_connection_does_not_reach_the_service(path, fake):
    """A model whose deletion was refused in this way is still there; one whose answer was lost is not."""
    tuned = next(model["id"] for model in fake.models if model["type"] == "fine-tuned")
    for trouble, left in ((connection_refused(), True), (disconnect(), False)):
        fake = FakeMistral()
        fake.inject(trouble)
        with path.client(fake, retry_config=0) as mistral, pytest.raises(errors.APIConnectionError):
            path.call(mistral, "delete", model_id=tuned)
        assert (tuned in [model["id"] for model in fake.models]) is left


@pytest.mark.parametrize(
    "trouble", [invalid_body(), invalid_body(b"<html>"), invalid_body(b""), invalid_body(b'{"data": 3}')]
)
def test_a_success_with_another_body(path, fake, trouble):
    """Invalid JSON, or valid JSON of another form."""
    assert isinstance(failing(path, fake, trouble), errors.ResponseValidationError)


def test_an_oversized_body(path, fake):
    """Longer than the client takes."""
    error = failing(path, fake, oversized_body(100_000), max_response_bytes=50_000)
    assert "longer than the limit of 50000 bytes" in error.message


def test_latency_passes_at_once_in_process(fake):
    """The clock shows it; nobody waited."""
    fake.inject(latency(30))
    with fake.client() as mistral:
        before = fake.clock.time()
        assert mistral.models.list().data
    assert fake.clock.time() - before == 30


def test_latency_is_real_over_a_socket(fake):
    """A client with less patience gives up."""
    fake.inject(latency(5))
    with fake.serve() as url, Mistral(fake.api_key, server_url=url, retry_config=0) as mistral:
        with pytest.raises(errors.APITimeoutError):
            mistral.models.list(timeout_ms=50)
        fake.inject(latency(0.01))
        assert mistral.models.list().data


def test_a_slow_body_meets_the_deadline(fake):
    """Sixteen pieces, each in time; the whole is not."""
    fake.inject(slow_body(5), times=None)
    with fake.client(retry_config=0) as mistral:
        with pytest.raises(errors.APITimeoutError):
            mistral.models.list()
        fake.clock.advance(1)
        assert mistral.models.list(timeout_ms=90_000).data
    assert fake.clock.waits.count(5) > 16


@pytest.mark.parametrize("trouble", [latency(7), slow_body(0.5)])
@pytest.mark.parametrize("plain", [True, False], ids=["sync", "async"])
def test_calls_in_process_run_out_of_their_time(fake, plain, trouble):
    """That of the clock, plain and async alike."""
    fake.inject(trouble, times=None)
    with fake.client(retry_config=0) as mistral:

        def listed(timeout_ms: int) -> ModelList:
            if plain:
                return mistral.models.list(timeout_ms=timeout_ms)
            return asyncio.run(mistral.models.list_async(timeout_ms=timeout_ms))

        assert listed(9_000).data
        with pytest.raises(errors.APITimeoutError):
            listed(6_000)


def test_a_slow_body_arrives_over_a_socket(path, fake):
    """For a client with patience."""
    fake.inject(slow_body(0.001))
    with path.client(fake) as mistral:
        assert len(path.call(mistral, "list").data) == 13


def test_retries_do_not_wait_in_process(path, fake):
    """The clock has what they would have waited."""
    fake.inject(status(503), times=2)
    fake.clock.chance = 0.5
    with path.client(fake) as mistral:
        assert path.call(mistral, "list").data
    assert [wait for wait in fake.clock.waits if wait] == [0.25, 0.5]
    fake.assert_sent("list", times=3)


def test_trouble_can_be_planned_for_the_nth_call_of_an_operation():
    """Others are not touched, whatever came before the planning."""
    fake = FakeMistral()
    with fake.client(retry_config=0) as mistral:
        mistral.models.retrieve(model_id=MODEL)
        fake.inject(status(500), operation="retrieve", nth=2, times=2)
        fake.inject(status(418), operation="list", times=None)
        outcomes = []
        for _ in range(4):
            try:
                mistral.models.retrieve(model_id=MODEL)
                outcomes.append(200)
            except errors.SDKError as error:
                outcomes.append(error.status_code)
            with pytest.raises(errors.SDKError, match="418"):
                mistral.models.list()
        assert outcomes == [200, 500, 500, 200]


def test_what_was_planned_first_comes_first():
    """A plan does not take another's place, nor its calls."""
    fake = FakeMistral()
    fake.inject(status(500))
    fake.inject(status(502), times=2)
    with fake.client(retry_config=0) as mistral:
        for expected in (500, 502, 502):
            with pytest.raises(errors.InternalServerError) as caught:
                mistral.models.list()
            assert caught.value.status_code == expected
        assert mistral.models.list().data


def test_plans_of_different_operations_do_not_wait_for_one_another(fake):
    """Each counts its own calls."""
    fake.inject(status(500), operation="delete", nth=2)
    fake.inject(status(502), operation="list")
    with fake.client(retry_config=0) as mistral:
        with pytest.raises(errors.InternalServerError):
            mistral.models.list()
        assert mistral.models.delete(model_id=fake.models[-1]["id"]).deleted
        with pytest.raises(errors.InternalServerError) as caught:
            mistral.models.delete(model_id=fake.models[-1]["id"])
        assert caught.value.status_code == 500


@pytest.mark.parametrize(
    "mistaken",
    [
        lambda fake: fake.inject(status(500), nth=0),
        lambda fake: fake.inject(status(500), times=0),
        lambda fake: fake.inject(status(500), operation="remove"),
        lambda fake: fake.assert_sent("lst", times=0),
        lambda fake: fake.count("lst"),
    ],
)
def test_a_plan_that_can_never_come_is_a_mistake(fake, mistaken):
    """A test of the user's would pass without testing anything."""
    with pytest.raises(ValueError, match=r"count from 1|there is no operation"):
        mistaken(fake)


def test_requests_are_recorded(fake):
    """With what they asked for."""
    with fake.client() as mistral:
        mistral.models.update(model_id=fake.models[-1]["id"], name="n")
        mistral.models.list(provider="mistralai")
    update, listing = fake.requests
    assert (update.operation, update.model_id, update.json()) == ("update", fake.models[-1]["id"], {"name": "n"})
    assert (listing.operation, listing.model_id, listing.query, listing.json()) == (
        "list", None, "provider=mistralai", None,
    )  # fmt: skip
    assert listing.headers["accept"] == "application/json"
    assert (fake.count(), fake.count("list"), fake.count("update", model_id="other")) == (2, 1, 0)


def test_an_assertion_about_requests_tells_what_was_sent(fake):
    """At least once, or exactly so many times."""
    with fake.client() as mistral:
        mistral.models.retrieve(model_id=MODEL)
    fake.assert_sent("retrieve")
    fake.assert_sent("retrieve", model_id=MODEL, times=1)
    fake.assert_sent("delete", times=0)
    with pytest.raises(AssertionError, match="delete of m was to be sent at least once, and was sent 0 times"):
        fake.assert_sent("delete", model_id="m")
    with pytest.raises(AssertionError, match=r"retrieve was to be sent 2 times.*\n  GET /v1/models/open-mistral-7b"):
        fake.assert_sent("retrieve", times=2)
    with pytest.raises(AssertionError, match="sent was: nothing"):
        FakeMistral().assert_sent("list")


def test_what_is_no_operation_is_recorded_too(fake):
    """Without a name."""
    with httpx.Client(transport=fake.transport(), base_url="http://fake") as client:
        client.get("/v1/chat")
        client.put("/v1/models/m")
        client.get("/")
    assert [(request.operation, request.model_id) for request in fake.requests] == [(None, None)] * 3
