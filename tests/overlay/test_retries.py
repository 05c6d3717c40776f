"""Which failures are retried, after which waits, and what errors and logs report. Most tests use a fake clock."""

import logging
import math
import time
from decimal import Decimal
from email.utils import formatdate
from typing import Any, cast

import httpx
import pytest
from mistral_models import Mistral, errors, operations, utils
from mistral_models.testing import FakeClock

from .calls import DELETED, raw_server, reply

pytestmark = pytest.mark.httpx2

NOW = 1_800_000_000.0
OK = {"id": "m"}


def waits(api, outcomes, method="delete", **options) -> list[float]:
    """Return the waits of a call that succeeds in the end."""
    clock = FakeClock(NOW)
    api.call(api.client(outcomes, clock=clock, **options), method, **({} if method == "list" else {"model_id": "m"}))
    return clock.waits


def error_and_waits(api, outcomes, **options):
    """Return the error and the waits of a call that fails in the end."""
    clock = FakeClock(NOW)
    with pytest.raises(errors.MistralError) as caught:
        api.call(api.client(outcomes, clock=clock, **options), "delete", model_id="m")
    return caught.value, clock.waits


def wait_after(api, seconds: float, retries: utils.Retries, timeout_ms: float | None) -> float | None:
    """Return the wait after an attempt that took so many seconds; None if the call gives up."""
    clock = FakeClock(NOW)

    def respond(_: httpx.Request) -> httpx.Response:
        if clock.waits:
            return reply(200, {"data": []})
        clock.advance(seconds)
        return reply(503)

    mistral = api.client(respond, clock=clock, timeout_ms=timeout_ms, retry_config=retries)
    try:
        api.call(mistral, "list")
    except errors.InternalServerError:
        return None
    (wait,) = clock.waits
    return wait


@pytest.mark.parametrize("failure", [408, 429, 500, 502, 503, 504, httpx.ConnectError, httpx.ReadTimeout])
def test_transient_failures_are_retried_twice_by_default(api, failure):
    """The waits are at most 0.5 s and 1 s, and then the last error is raised."""

    def outcome():
        return reply(failure) if isinstance(failure, int) else failure("x")

    assert waits(api, [outcome(), outcome(), reply(200, OK)]) == [0.5, 1.0]
    error, waited = error_and_waits(api, [outcome(), outcome(), outcome()])
    assert (error.attempts, waited) == (3, [0.5, 1.0])
    assert "3 attempts" in str(error)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 422, 501, 505, 520, 600])
def test_other_statuses_are_not_retried(api, status):
    """The request is sent only once."""
    error, waited = error_and_waits(api, [reply(status)])
    assert (error.attempts, waited) == (1, [])


def test_a_success_that_cannot_be_decoded_is_not_retried(api):
    """The operation was carried out, and repeating it would not improve the response."""
    error, waited = error_and_waits(api, [reply(200, b"{")])
    assert (type(error), waited) == (errors.ResponseValidationError, [])


@pytest.mark.parametrize(
    ("status", "header", "is_retried"),
    [(409, "true", True), (400, "TRUE ", True), (503, "false", False), (409, "maybe", False), (503, "maybe", True)],
)
def test_the_x_should_retry_header_overrides_the_status(api, status, header, is_retried):
    """Values other than true and false are ignored."""
    outcomes = [reply(status, x_should_retry=header), reply(200, OK)]
    if is_retried:
        assert waits(api, outcomes) == [0.5]
    else:
        assert error_and_waits(api, outcomes)[1] == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after_ms": "250"}, 0.25),
        ({"retry_after_ms": "250", "retry_after": "7"}, 0.25),
        ({"retry_after_ms": "soon", "retry_after": "7"}, 7),
        ({"retry_after_ms": "-1", "retry_after": "7"}, 7),
        ({"retry_after": formatdate(NOW + 20, usegmt=True)}, 20),
        ({"retry_after": "Friday, 15-Jan-27 08:00:20 GMT"}, 20),
        ({"retry_after": "Fri Jan 15 08:00:20 2027"}, 20),
    ],
)
def test_the_retry_after_headers_set_the_wait(api, headers, seconds):
    """Seconds and the three date formats of RFC 9110 are accepted; `retry-after-ms` takes precedence."""
    assert waits(api, [reply(429, **headers), reply(200, OK)]) == [seconds]


@pytest.mark.parametrize(
    "value",
    ["0", "-5", "nan", "inf", "-inf", "1e999", "soon", "", "Fri, 99 Foo 2027", formatdate(NOW - 5), "Sat Jan 99 2027"],
)
def test_an_invalid_retry_after_is_ignored(api, value):
    """The default wait applies, also for dates in the past."""
    assert waits(api, [reply(503, retry_after=value), reply(200, OK)]) == [0.5]
    assert error_and_waits(api, [reply(503, retry_after=value)], retry_config=None)[0].retry_after is None


@pytest.mark.parametrize("value", ["3600", formatdate(NOW + 3600, usegmt=True), formatdate(NOW + 10**9)])
def test_a_wait_longer_than_the_time_left_raises_at_once(api, value):
    """The error has the wait that the service asks for."""
    error, waited = error_and_waits(api, [reply(429, retry_after=value)])
    assert (type(error), waited) == (errors.RateLimitError, [])
    assert error.retry_after >= 3600


def test_the_deadline_includes_all_attempts_and_waits(api):
    """A retry that would start after the deadline is not started."""
    error, waited = error_and_waits(api, [reply(503), reply(503)], timeout_ms=1000)
    assert (error.attempts, waited) == (2, [0.5])


def test_full_jitter_waits_a_random_part_of_the_backoff(api):
    """Clients that failed together do not retry together."""
    for random_value, expected in ((0.0, [0, 0]), (0.5, [0.25, 0.5])):
        clock = FakeClock(random_value=random_value)
        api.call(api.client([reply(503), reply(503), reply(200, OK)], clock=clock), "delete", model_id="m")
        assert clock.waits == expected


def test_waits_double_up_to_eight_seconds_and_a_minute_in_total(api):
    """More retries do not extend the minute unless the call has a longer deadline."""
    error, waited = error_and_waits(api, [reply(503)] * 50, retry_config=50)
    assert waited == [0.5, 1, 2, 4, 8, 8, 8, 8, 8, 8]
    assert sum(waited) <= 60
    assert error.attempts == 11


@pytest.mark.parametrize("off", [0, None])
def test_retries_can_be_disabled_or_limited_per_client_and_per_call(api, off):
    """The number that is given to a call takes precedence."""
    assert error_and_waits(api, [reply(503)], retry_config=off)[1] == []
    client = api.client([reply(503)])
    with pytest.raises(errors.InternalServerError):
        api.call(client, "list", retries=off)
    clock = FakeClock()
    client = api.client([reply(503), reply(200, {"data": []})], retry_config=off, clock=clock)
    assert api.call(client, "list", retries=1).data == []
    assert clock.waits == [0.5]


def config(strategy="backoff", connections=True, statuses=None, jitter=0, **more) -> utils.RetryConfig:
    return utils.RetryConfig(strategy, utils.BackoffStrategy(100, 400, 2, 2000, jitter), connections, statuses, **more)


def test_the_retry_config_of_the_vendors_sdk_works(api):
    """It has intervals in milliseconds, an exponent and a maximum elapsed time, and needs no number of retries."""
    error, waited = error_and_waits(api, [reply(503)] * 50, retry_config=config())
    assert waited == [0.1, 0.2, 0.4, 0.4, 0.4, 0.4]
    assert error.attempts == 7
    assert error_and_waits(api, [reply(503)], retry_config=config("none"))[1] == []
    assert error_and_waits(api, [httpx.ConnectError("x")], retry_config=config(connections=False))[1] == []
    assert waits(api, [reply(418), reply(200, OK)], retry_config=config(statuses=["418"])) == [0.1]
    assert waits(api, [reply(520), reply(200, OK)], retry_config=config(statuses=[520])) == [0.1]
    assert waits(api, [reply(520), reply(200, OK)], retry_config=config(statuses=["5xx"])) == [0.1]
    assert error_and_waits(api, [reply(429)], retry_config=config(statuses=["5XX"]))[1] == []
    assert error_and_waits(api, [reply(503)] * 9, retry_config=config(max_retries=1))[1] == [0.1]
    assert waits(api, [reply(503), reply(200, OK)], retry_config=config(jitter=50)) == [0.15]


def test_a_backoff_that_overflows_is_the_longest_wait():
    """`exponent**retries` can exceed the largest float."""
    assert utils.BackoffStrategy(500, 8000, 2.0, 60_000).wait(5000, 1.0) == 8


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: utils.BackoffStrategy(-1, 1, 1, 1), "initial_interval must be a finite number >= 0, not -1"),
        (lambda: utils.BackoffStrategy(1, 1, 1, 1, -1), "jitter_ms must be"),
        (lambda: utils.BackoffStrategy(*cast("Any", ("1", 1, 1, 1))), "initial_interval must be"),
        (lambda: utils.BackoffStrategy(1, 1, math.nan, 1), "exponent must be"),
        (lambda: config("exponential"), "strategy must be 'backoff' or 'none', not 'exponential'"),
        (lambda: config(max_retries=-1), "max_retries must be an integer >= 0, not -1"),
        (lambda: config(max_retries="3"), "max_retries must be"),
    ],
)
def test_an_invalid_retry_config_is_rejected_when_it_is_created(make, message):
    """The message names the argument and says what it must be."""
    with pytest.raises(ValueError, match=f"^{message}"):
        make()


@pytest.mark.parametrize("retries", [-1, True, "3", 2.5])
def test_an_invalid_number_of_retries_is_a_value_error(api, retries):
    """The number is checked before anything is sent."""
    with pytest.raises(ValueError, match=r"^retries must be a mistral_models\.utils\.RetryConfig, a function"):
        api.call(api.client([]), "list", retries=retries)
    with pytest.raises(ValueError, match=r"^retry_config must be"):
        Mistral("key", retry_config=retries)


def test_a_retry_function_decides_whether_and_when_to_retry(api):
    """It gets the error, the retries and time so far, and the wait that the default policy proposes."""
    seen = []

    def decide(state: utils.RetryState) -> float | None:
        seen.append(state)
        return 3 if state.retries < 3 else None

    error, waited = error_and_waits(api, [reply(404)] * 4, retry_config=decide)
    assert (error.attempts, waited) == (4, [3, 3, 3])
    assert isinstance(seen[0].error, errors.NotFoundError)
    assert [(state.operation, state.retries, state.elapsed, state.proposed) for state in seen] == [
        ("delete", 0, 0, None), ("delete", 1, 3, None), ("delete", 2, 6, None), ("delete", 3, 9, None),
    ]  # fmt: skip
    assert waits(api, [reply(503), reply(200, OK)], retry_config=lambda state: state.proposed) == [0.5]


def test_the_default_policy_proposes_two_retries(api):
    """A function that follows the proposals gives up when the default policy would."""
    error, waited = error_and_waits(api, [reply(503)] * 9, retry_config=lambda state: state.proposed)
    assert (error.attempts, waited) == (3, [0.5, 1])


def test_a_date_in_retry_after_is_compared_with_the_wall_clock(api):
    """The monotonic clock is unsuitable: it may start at any time, such as when the machine booted."""

    class ClockSinceBoot(FakeClock):
        def monotonic(self) -> float:
            return super().monotonic() - NOW

    headers = {"retry_after": formatdate(NOW + 20, usegmt=True)}
    clock = ClockSinceBoot(NOW)
    api.call(api.client([reply(429, **headers), reply(200, OK)], clock=clock), "delete", model_id="m")
    assert clock.waits == [20]


def test_a_wait_that_ends_at_the_deadline_is_not_started(api):
    """No time would be left for the attempt; at the end of `max_elapsed_time`, an attempt may still start."""
    assert wait_after(api, 1, lambda _: 5.0, timeout_ms=6000) is None
    assert wait_after(api, 1, lambda _: 4.875, timeout_ms=6000) == 4.875
    for max_elapsed_time, wait in ((3000, 2), (2999, None)):
        backoff = utils.BackoffStrategy(2000, 2000, 1, max_elapsed_time)
        policy = utils.RetryConfig("backoff", backoff, retry_connection_errors=True)
        assert wait_after(api, 1, policy, timeout_ms=6000) == wait


def test_a_number_of_retries_is_limited_only_by_the_deadline(api):
    """A longer deadline also allows longer waits of the service; without a deadline, the limit is 60 s."""
    busy = [reply(429, retry_after="70")] * 3 + [reply(200, OK)]
    assert waits(api, busy, retry_config=8, timeout_ms=600_000) == [70, 70, 70]
    assert error_and_waits(api, [reply(429, retry_after="70")], retry_config=8)[1] == []
    for retries in (8, utils.RetryConfig.times(8), lambda state: state.proposed):
        assert wait_after(api, 500, retries, timeout_ms=600_000) == 0.5
        assert wait_after(api, 59.5, retries, timeout_ms=None) == 0.5
        assert wait_after(api, 59.625, retries, timeout_ms=None) is None


def test_jitter_does_not_exceed_the_longest_wait():
    """`jitter_ms` is added up to `max_interval`."""
    assert utils.BackoffStrategy(1000, 1500, 1, 9000, jitter_ms=2000).wait(0, 1.0) == 1.5


def test_a_backoff_policy_requires_a_backoff_strategy():
    """The constructor raises the error, not the first failed call."""
    no_backoff: Any = None
    with pytest.raises(TypeError, match="backoff must be a BackoffStrategy, not NoneType"):
        utils.RetryConfig("backoff", no_backoff, retry_connection_errors=True)
    assert utils.RetryConfig("none", no_backoff, retry_connection_errors=True).max_retries == 0


@pytest.mark.parametrize("wait", [-1, math.nan, math.inf, "1", Decimal("nan"), pytest.param(10**400, id="too large")])
def test_an_invalid_result_of_a_retry_function_is_a_value_error(api, wait):
    """The message says what the function must return."""
    with pytest.raises(ValueError, match="the retry function must return"):
        api.call(api.client([reply(503)], retry_config=lambda _: wait), "list")


def test_a_retry_function_may_return_a_number_of_any_type(api):
    """A `Decimal` is used as the wait."""
    assert waits(api, [reply(503), reply(200, OK)], retry_config=lambda _: Decimal("0.25")) == [0.25]


def test_an_error_in_a_key_function_is_neither_wrapped_nor_retried(api):
    """The function is called once."""
    calls = []

    def key() -> str:
        calls.append(1)
        raise FileNotFoundError("/run/secrets/mistral")

    with pytest.raises(FileNotFoundError, match="/run/secrets/mistral"):
        api.call(api.client([], api_key=key), "delete", model_id="m")
    assert calls == [1]


def test_a_retry_function_cannot_exceed_the_deadline(api):
    """A retry that would start after the deadline is not started, whatever the function returns."""
    error, waited = error_and_waits(api, [reply(503)] * 9, retry_config=lambda _: 0.4, timeout_ms=1000)
    assert (error.attempts, waited) == (3, [0.4, 0.4])


def test_a_connection_closed_before_or_during_the_response_is_retried(api):
    """This includes a truncated body, which a retrying transport would miss."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n"
    with raw_server(None, b"HTTP/1.1 200 OK\r\ncont", head + b'{"id"', head + b'{"id": "m"} ') as (url, requests):
        clock = FakeClock()
        mistral = Mistral("key", server_url=url, clock=clock, retry_config=3)
        (result,) = api.call_all(mistral, ("delete", {"model_id": "m"}))
    assert (result.id, clock.waits) == ("m", [0.5, 1, 2])
    assert len(requests) == 4
    assert len({request.split(b"\r\n")[0] for request in requests}) == 1


def test_an_ambiguous_deletion_has_a_note(api):
    """An earlier attempt without a response may be the reason for a 404; one with an error status is not."""
    error, _ = error_and_waits(api, [httpx.ReadError("reset"), reply(404)])
    assert error.__notes__ == ["An earlier attempt of this call got no response; it may have deleted the model."]
    for final in (reply(503, retry_after="999"), reply(401)):
        error, _ = error_and_waits(api, [httpx.ReadError("reset"), final])
        assert error.__notes__ == ["The service may nevertheless have carried out this delete."]
    for outcomes in ([reply(503), reply(404)], [reply(404)]):
        assert not hasattr(error_and_waits(api, outcomes)[0], "__notes__")


@pytest.mark.parametrize(
    "unsent",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.LocalProtocolError("no such header"),
        httpx.PoolTimeout("none free"),
        httpx.ProxyError("502"),
        httpx.UnsupportedProtocol("ftp"),
        UnicodeError("a host that DNS cannot hold"),
    ],
    ids=lambda unsent: type(unsent).__name__,
)
def test_a_request_that_was_not_sent_causes_no_note(api, unsent):
    """Neither its error nor a later 404 is ambiguous."""
    assert not hasattr(error_and_waits(api, [unsent, reply(404)])[0], "__notes__")
    assert not hasattr(error_and_waits(api, [unsent], retry_config=None)[0], "__notes__")


def test_a_change_without_a_response_has_a_note_that_it_may_have_happened(api):
    """Errors have the note only if the request may have arrived and the operation changes something."""
    error, _ = error_and_waits(api, [httpx.ReadTimeout("slow")], retry_config=None)
    assert error.__notes__ == ["The service may nevertheless have carried out this delete."]
    error, _ = error_and_waits(api, [httpx.ReadTimeout("slow"), httpx.ConnectError("refused")], retry_config=1)
    assert error.__notes__ == ["The service may nevertheless have carried out this delete."]
    assert not hasattr(error_and_waits(api, [httpx.ConnectError("refused")], retry_config=None)[0], "__notes__")
    with pytest.raises(errors.APITimeoutError) as caught:
        api.call(api.client([httpx.ReadTimeout("slow")], retry_config=None), "list")
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.parametrize("operation", ["delete", "update", "archive", "unarchive"])
def test_the_note_names_the_operation_that_may_have_happened(api, operation):
    """All operations that change something have the note."""
    arguments = {"model_id": "m", **({"name": "n"} if operation == "update" else {})}
    with pytest.raises(errors.APITimeoutError) as caught:
        api.call(api.client([httpx.ReadTimeout("slow")], retry_config=None), operation, **arguments)
    assert caught.value.__notes__ == [f"The service may nevertheless have carried out this {operation}."]


def test_an_invalid_host_causes_no_note(api):
    """Nothing was sent, so the service cannot have carried out the operation."""
    mistral = Mistral("key", server_url="http://a..localhost", retry_config=0)
    with pytest.raises(errors.APIConnectionError) as caught:
        api.call_all(mistral, ("archive", {"model_id": "m"}))
    assert not getattr(caught.value, "__notes__", [])


def test_each_retry_is_logged_once(api, caplog):
    """The log message has the method, path, wait and reason."""
    with caplog.at_level(logging.INFO, "mistral_models"):
        waits(api, [reply(503, {"message": "busy"}), httpx.ReadError("reset"), reply(200, OK)])
    first, second = [record.getMessage() for record in caplog.records if record.name == "mistral_models"]
    assert first.startswith("retrying DELETE /v1/models/m in 0.500 s: busy (503 ")
    assert second.startswith("retrying DELETE /v1/models/m in 1.000 s: no response from ")


def test_calls_use_the_system_clock_by_default(api):
    """The waits take real time."""
    strategy = utils.BackoffStrategy(20, 20, 1, 60_000, jitter_ms=0)
    policy = utils.RetryConfig("backoff", strategy, retry_connection_errors=True)
    mistral = api.client([reply(503), reply(503), reply(200, OK)], retry_config=policy, clock=None)
    before = time.monotonic()
    response = api.send(mistral, operations.delete("m"))
    assert response.attempts == 3
    assert 0.04 <= response.elapsed <= time.monotonic() - before


def test_the_system_clock_returns_random_numbers():
    """Different random numbers keep clients from retrying together."""
    clock = utils.SystemClock()
    numbers = {clock.random() for _ in range(9)}
    assert len(numbers) > 1
    assert all(0 <= number < 1 for number in numbers)


def test_every_call_has_all_its_retries(api):
    """No state is kept between calls."""
    clock = FakeClock()
    mistral = api.client([reply(503), reply(200, DELETED), reply(503), reply(200, DELETED)], clock=clock)
    assert api.send(mistral, operations.delete("m"), retries=1).attempts == 2
    assert api.send(mistral, operations.delete("m"), retries=1).attempts == 2
