"""Injected faults reach the client, in process and over a socket."""

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
    Fault,
    connection_refused,
    disconnect,
    invalid_body,
    latency,
    oversized_body,
    silence,
    slow_body,
    status,
)
from mistral_models.utils import BackoffStrategy, RetryConfig

MODEL = "codestral-2508"


class Connection:
    """Calls a fake service in process or over a socket, with sync or async methods."""

    def __init__(self, *, in_process: bool, is_sync: bool) -> None:
        self.in_process = in_process
        self.is_sync = is_sync

    @contextmanager
    def client(self, fake: FakeMistral, **options: Any) -> Iterator[Mistral]:
        if self.in_process:
            with fake.client(**options) as mistral:
                yield mistral
        else:
            with fake.serve() as url:
                yield Mistral(fake.api_key, server_url=url, clock=fake.clock, **options)

    def call(self, mistral: Mistral, method: str, **arguments: Any) -> Any:
        if self.is_sync:
            with mistral:
                return getattr(mistral.models, method)(**arguments)

        async def main() -> Any:
            async with mistral:
                return await getattr(mistral.models, f"{method}_async")(**arguments)

        return asyncio.run(main())


@pytest.fixture(params=["in process, sync", "in process, async", "over a socket, sync", "over a socket, async"])
def connection(request) -> Connection:
    place, methods = request.param.split(", ")
    return Connection(in_process=place == "in process", is_sync=methods == "sync")


def error_of(connection: Connection, fake: FakeMistral, fault: Fault, **options: Any) -> errors.MistralError:
    """Return the error of a call that meets a fault."""
    fake.inject(fault, times=None)
    with connection.client(fake, retry_config=0, **options) as mistral, pytest.raises(errors.MistralError) as caught:
        connection.call(mistral, "list")
    return caught.value


def test_a_status_has_headers_and_a_body(connection, fake):
    """The body can be JSON, text or bytes, and the status code an unregistered one."""
    error = error_of(connection, fake, status(529, {"message": "busy"}, {"Retry-After": "9", "x-request-id": "r"}))
    assert isinstance(error, errors.InternalServerError)
    assert (error.status_code, error.retry_after, error.request_id) == (529, 9, "r")
    assert error.message.startswith("busy")
    for body in ("<title>no</title>", b"<title>no</title>"):
        fake = FakeMistral()
        error = error_of(connection, fake, status(502, body))
        assert isinstance(error, errors.SDKError)
        assert (error.body, error.headers["content-type"]) == ("<title>no</title>", "text/html")


@pytest.mark.parametrize("point", ["before", "in headers", "after headers", "in body"])
def test_a_disconnect_is_a_connection_error(connection, fake, point):
    """Wherever the connection is closed, the client raises an error and returns no partial result."""
    error = error_of(connection, fake, disconnect(point))
    assert type(error) is errors.APIConnectionError
    assert "RemoteProtocolError" in error.message


@pytest.mark.parametrize("point", ["before", "in headers", "after headers", "in body"])
def test_silence_lasts_until_the_attempt_times_out(connection, fake, point):
    """An attempt is abandoned and the next one succeeds; a call without retries times out."""
    seconds = 15 if connection.in_process else 0.2
    policy = RetryConfig(
        "backoff", BackoffStrategy(0, 0, 1, None), retry_connection_errors=True, attempt_timeout_ms=seconds * 1000
    )
    fake.inject(silence(point))
    before = fake.clock.time()
    with connection.client(fake, retry_config=policy) as mistral:
        assert connection.call(mistral, "list").data
        if connection.in_process:
            assert fake.clock.time() - before == seconds
        fake.inject(silence(point))
        with pytest.raises(errors.APITimeoutError):
            connection.call(mistral, "list", retries=0, timeout_ms=200)
    fake.assert_sent("list", times=3)


def test_silence_in_process_needs_a_timeout(fake):
    """A call that would never end raises an error that says so."""
    fake.inject(silence())
    with httpx.Client(transport=fake.transport(), timeout=None) as client:
        mistral = Mistral(fake.api_key, client=client)
        with pytest.raises(RuntimeError, match="the call has no timeout"):
            mistral.models.list()


def test_only_a_refused_connection_keeps_the_request_from_the_service(connection, fake):
    """A model survives a deletion whose connection was refused, and not one whose response was lost."""
    model_id = next(model["id"] for model in fake.models if model["type"] == "fine-tuned")
    for fault, survives in ((connection_refused(), True), (disconnect(), False)):
        fake = FakeMistral()
        fake.inject(fault)
        with connection.client(fake, retry_config=0) as mistral, pytest.raises(errors.APIConnectionError):
            connection.call(mistral, "delete", model_id=model_id)
        assert (model_id in [model["id"] for model in fake.models]) is survives


@pytest.mark.parametrize(
    "fault", [invalid_body(), invalid_body(b"<html>"), invalid_body(b""), invalid_body(b'{"data": 3}')]
)
def test_an_invalid_body_is_a_validation_error(connection, fake, fault):
    """The body can be invalid JSON, or JSON with unexpected types."""
    assert isinstance(error_of(connection, fake, fault), errors.ResponseValidationError)


def test_an_oversized_body_exceeds_the_limit_of_the_client(connection, fake):
    """The client stops reading at `max_response_bytes`."""
    error = error_of(connection, fake, oversized_body(100_000), max_response_bytes=50_000)
    assert "longer than the limit of 50000 bytes" in error.message


def test_latency_takes_no_time_in_process(fake):
    """The fake clock advances by the latency."""
    fake.inject(latency(10))
    with fake.client() as mistral:
        before = fake.clock.time()
        assert mistral.models.list().data
    assert fake.clock.time() - before == 10


def test_latency_is_real_over_a_socket(fake):
    """A call with a shorter timeout fails, and one with a longer timeout succeeds."""
    fake.inject(latency(5))
    with fake.serve() as url, Mistral(fake.api_key, server_url=url, retry_config=0) as mistral:
        with pytest.raises(errors.APITimeoutError):
            mistral.models.list(timeout_ms=50)
        fake.inject(latency(0.01))
        assert mistral.models.list().data


def test_a_slow_body_exceeds_the_deadline(fake):
    """Each chunk arrives in time, but the whole body does not."""
    fake.inject(slow_body(5), times=None)
    with fake.client(retry_config=0) as mistral:
        with pytest.raises(errors.APITimeoutError):
            mistral.models.list()
        fake.clock.advance(1)
        assert mistral.models.list(timeout_ms=90_000).data
    assert fake.clock.waits.count(5) > 16


@pytest.mark.parametrize("fault", [latency(7), slow_body(0.5)], ids=["latency", "slow body"])
@pytest.mark.parametrize("is_sync", [True, False], ids=["sync", "async"])
def test_timeouts_in_process_follow_the_fake_clock(fake, is_sync, fault):
    """Sync and async calls time out when the fake clock has passed their deadline."""
    fake.inject(fault, times=None)
    with fake.client(retry_config=0) as mistral:

        def list_models(timeout_ms: int) -> ModelList:
            if is_sync:
                return mistral.models.list(timeout_ms=timeout_ms)
            return asyncio.run(mistral.models.list_async(timeout_ms=timeout_ms))

        assert list_models(9_000).data
        with pytest.raises(errors.APITimeoutError):
            list_models(6_000)


def test_a_slow_body_arrives_complete(connection, fake):
    """A client whose deadline is long enough gets the whole response."""
    fake.inject(slow_body(0.001))
    with connection.client(fake) as mistral:
        assert len(connection.call(mistral, "list").data) == len(fake.models)


def test_retries_wait_on_the_fake_clock(connection, fake):
    """The clock records each wait, and `random_value` sets the jitter."""
    fake.inject(status(503), times=2)
    fake.clock.random_value = 0.5
    with connection.client(fake) as mistral:
        assert connection.call(mistral, "list").data
    assert [wait for wait in fake.clock.waits if wait] == [0.25, 0.5]
    fake.assert_sent("list", times=3)


def test_a_fault_can_start_at_the_nth_call_of_an_operation():
    """Only future calls of that operation count, and calls of other operations are not affected."""
    fake = FakeMistral()
    with fake.client(retry_config=0) as mistral:
        mistral.models.retrieve(model_id=MODEL)
        fake.inject(status(500), operation="retrieve", nth=2, times=2)
        fake.inject(status(418), operation="list", times=None)
        statuses = []
        for _ in range(4):
            try:
                mistral.models.retrieve(model_id=MODEL)
                statuses.append(200)
            except errors.SDKError as error:
                statuses.append(error.status_code)
            with pytest.raises(errors.SDKError, match="418"):
                mistral.models.list()
        assert statuses == [200, 500, 500, 200]


def test_faults_for_the_same_call_take_effect_in_order():
    """The fault injected first comes first, and the next one keeps its number of calls."""
    fake = FakeMistral()
    fake.inject(status(500))
    fake.inject(status(502), times=2)
    with fake.client(retry_config=0) as mistral:
        for expected in (500, 502, 502):
            with pytest.raises(errors.InternalServerError) as caught:
                mistral.models.list()
            assert caught.value.status_code == expected
        assert mistral.models.list().data


def test_faults_of_different_operations_are_independent(fake):
    """Each fault counts the calls of its own operation."""
    fake.inject(status(500), operation="delete", nth=2)
    fake.inject(status(502), operation="list")
    with fake.client(retry_config=0) as mistral:
        with pytest.raises(errors.InternalServerError):
            mistral.models.list()
        assert mistral.models.delete(model_id=fake.models[-1]["id"]).deleted
        with pytest.raises(errors.InternalServerError) as caught:
            mistral.models.delete(model_id=fake.models[-1]["id"])
        assert caught.value.status_code == 500


@pytest.mark.parametrize("fault", [disconnect, silence])
def test_a_point_that_no_response_has_is_rejected(fault):
    """Otherwise the fault would be another one in process, and a traceback of the server over a socket."""
    with pytest.raises(
        ValueError, match="there is no point 'befor'; there are before, in headers, after headers, in body"
    ):
        fault("befor")


@pytest.mark.parametrize(
    "mistake",
    [
        lambda fake: fake.inject(status(500), nth=0),
        lambda fake: fake.inject(status(500), times=0),
        lambda fake: fake.inject(status(500), operation="remove"),
        lambda fake: fake.assert_sent("lst", times=0),
        lambda fake: fake.count("lst"),
    ],
    ids=["nth", "times", "inject", "assert_sent", "count"],
)
def test_arguments_that_match_no_call_are_rejected(fake, mistake):
    """Otherwise a test with a typing error would pass without testing anything."""
    with pytest.raises(ValueError, match=r"count from 1|there is no operation"):
        mistake(fake)
