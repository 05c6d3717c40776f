"""What is tried again, when, and what the caller learns of it. Nothing here waits."""

import asyncio
import logging
import math
from decimal import Decimal
from email.utils import formatdate
from typing import Any, cast

import httpx
import pytest
from mistral_models import Mistral, _retries, errors, operations, utils
from mistral_models._clock import SystemClock
from mistral_models.testing import FakeClock

from .ways import DELETED, reply, wire

NOW = 1_800_000_000.0
OK = {"id": "m"}


def waits(way, answers, method="delete", **options) -> list[float]:
    """How long a call that succeeds in the end waited each time."""
    clock = FakeClock(NOW)
    way.call(way.client(answers, clock=clock, **options), method, **({} if method == "list" else {"model_id": "m"}))
    return clock.waits


def given_up(way, answers, **options):
    """The error of a call that fails in the end, and how long it waited each time."""
    clock = FakeClock(NOW)
    with pytest.raises(errors.MistralError) as caught:
        way.call(way.client(answers, clock=clock, **options), "delete", model_id="m")
    return caught.value, clock.waits


@pytest.mark.parametrize("failure", [408, 429, 500, 502, 503, 504, httpx.ConnectError, httpx.ReadTimeout])
def test_passing_failures_are_retried_twice_by_default(way, failure):
    """After 0.5 s and 1 s at most; then the last one is raised."""

    def fail():
        return reply(failure) if isinstance(failure, int) else failure("x")

    assert waits(way, [fail(), fail(), reply(200, OK)]) == [0.5, 1.0]
    error, waited = given_up(way, [fail(), fail(), fail()])
    assert (error.attempts, waited) == (3, [0.5, 1.0])
    assert "3 attempts" in str(error)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 422, 501, 505, 520, 600])
def test_other_statuses_are_final(way, status):
    """A definite answer is not asked for twice."""
    error, waited = given_up(way, [reply(status)])
    assert (error.attempts, waited) == (1, [])


def test_a_success_that_cannot_be_decoded_is_final(way):
    """The operation is done; doing it again would not make the answer better."""
    error, waited = given_up(way, [reply(200, b"{")])
    assert (type(error), waited) == (errors.ResponseValidationError, [])


@pytest.mark.parametrize(
    ("status", "said", "again"),
    [(409, "true", True), (400, "TRUE ", True), (503, "false", False), (409, "maybe", False), (503, "maybe", True)],
)
def test_the_service_may_say_whether_to_retry(way, status, said, again):
    """By `x-should-retry`."""
    answers = [reply(status, x_should_retry=said), reply(200, OK)]
    if again:
        assert waits(way, answers) == [0.5]
    else:
        assert given_up(way, answers)[1] == []


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
def test_the_service_says_when(way, headers, seconds):
    """Seconds and the three forms of dates of RFC 9110; milliseconds come first."""
    assert waits(way, [reply(429, **headers), reply(200, OK)]) == [seconds]


@pytest.mark.parametrize(
    "value",
    ["0", "-5", "nan", "inf", "-inf", "1e999", "soon", "", "Fri, 99 Foo 2027", formatdate(NOW - 5), "Sat Jan 99 2027"],
)
def test_nonsense_about_when_is_not_heard(way, value):
    """The usual wait applies, also for dates that have passed."""
    assert waits(way, [reply(503, retry_after=value), reply(200, OK)]) == [0.5]
    assert given_up(way, [reply(503, retry_after=value)], retry_config=None)[0].retry_after is None


@pytest.mark.parametrize("value", ["3600", formatdate(NOW + 3600, usegmt=True), formatdate(NOW + 10**9)])
def test_a_wait_that_does_not_fit_is_not_begun(way, value):
    """The error says how long the service asked to wait, at once."""
    error, waited = given_up(way, [reply(429, retry_after=value)])
    assert (type(error), waited) == (errors.RateLimitError, [])
    assert error.retry_after >= 3600


def test_the_deadline_of_the_call_counts_for_all_attempts(way):
    """A retry that would begin after it is not begun."""
    error, waited = given_up(way, [reply(503), reply(503)], timeout_ms=1000)
    assert (error.attempts, waited) == (2, [0.5])


def test_full_jitter_waits_any_part_of_it(way):
    """Clients that failed together do not come back together."""
    for chance, expected in ((0.0, [0, 0]), (0.5, [0.25, 0.5])):
        clock = FakeClock(random_value=chance)
        way.call(way.client([reply(503), reply(503), reply(200, OK)], clock=clock), "delete", model_id="m")
        assert clock.waits == expected


def test_waits_double_up_to_eight_seconds_and_a_minute_in_all(way):
    """However many retries were asked for, if nobody gave the call more time."""
    error, waited = given_up(way, [reply(503)] * 50, retry_config=50)
    assert waited == [0.5, 1, 2, 4, 8, 8, 8, 8, 8, 8]
    assert sum(waited) <= 60
    assert error.attempts == 11


@pytest.mark.parametrize("off", [0, None])
def test_retries_can_be_turned_off_and_counted(way, off):
    """For a call and for a client; the call comes first."""
    assert given_up(way, [reply(503)], retry_config=off)[1] == []
    client = way.client([reply(503)])
    with pytest.raises(errors.InternalServerError):
        way.call(client, "list", retries=off)
    clock = FakeClock()
    client = way.client([reply(503), reply(200, {"data": []})], retry_config=off, clock=clock)
    assert way.call(client, "list", retries=1).data == []
    assert clock.waits == [0.5]


def config(strategy="backoff", connections=True, statuses=None, jitter=0, **more) -> utils.RetryConfig:
    return utils.RetryConfig(strategy, utils.BackoffStrategy(100, 400, 2, 2000, jitter), connections, statuses, **more)


def test_the_vendors_configuration_is_understood(way):
    """Milliseconds, an exponent, a longest wait, and a time for all of it, with no count."""
    error, waited = given_up(way, [reply(503)] * 50, retry_config=config())
    assert waited == [0.1, 0.2, 0.4, 0.4, 0.4, 0.4]
    assert error.attempts == 7
    assert given_up(way, [reply(503)], retry_config=config("none"))[1] == []
    assert given_up(way, [httpx.ConnectError("x")], retry_config=config(connections=False))[1] == []
    assert waits(way, [reply(418), reply(200, OK)], retry_config=config(statuses=["418"])) == [0.1]
    assert waits(way, [reply(520), reply(200, OK)], retry_config=config(statuses=[520])) == [0.1]
    assert waits(way, [reply(520), reply(200, OK)], retry_config=config(statuses=["5xx"])) == [0.1]
    assert given_up(way, [reply(429)], retry_config=config(statuses=["5XX"]))[1] == []
    assert given_up(way, [reply(503)] * 9, retry_config=config(max_retries=1))[1] == [0.1]
    assert waits(way, [reply(503), reply(200, OK)], retry_config=config(jitter=50)) == [0.15]


def test_a_number_that_no_float_can_hold_is_the_longest_wait():
    """`exponent ** retries` may overflow."""
    assert utils.BackoffStrategy(500, 8000, 2.0, 60_000).wait(5000, 1.0) == 8


@pytest.mark.parametrize(
    "make",
    [
        lambda: utils.BackoffStrategy(-1, 1, 1, 1),
        lambda: utils.BackoffStrategy(1, 1, 1, 1, -1),
        lambda: utils.BackoffStrategy(*cast("Any", ("1", 1, 1, 1))),
        lambda: utils.BackoffStrategy(1, 1, math.nan, 1),
        lambda: config("exponential"),
        lambda: config(max_retries=-1),
        lambda: config(max_retries="3"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(make):
    """Where it is written."""
    with pytest.raises(ValueError, match="must"):
        make()


@pytest.mark.parametrize("retries", [-1, True, "3", 2.5])
def test_a_number_of_retries_is_a_number(way, retries):
    """Before anything is sent."""
    with pytest.raises(ValueError, match="retries must be"):
        way.call(way.client([]), "list", retries=retries)
    with pytest.raises(ValueError, match="retries must be"):
        Mistral("key", retry_config=retries)


def test_a_function_may_decide(way):
    """It sees the error, what was spent, and what the default would do."""
    seen = []

    def hook(state: utils.RetryState) -> float | None:
        seen.append(state)
        return 3 if state.retries < 3 else None

    error, waited = given_up(way, [reply(404)] * 4, retry_config=hook)
    assert (error.attempts, waited) == (4, [3, 3, 3])
    assert isinstance(seen[0].error, errors.NotFoundError)
    assert [(state.operation, state.retries, state.elapsed, state.proposed) for state in seen] == [
        ("delete", 0, 0, None), ("delete", 1, 3, None), ("delete", 2, 6, None), ("delete", 3, 9, None),
    ]  # fmt: skip
    assert waits(way, [reply(503), reply(200, OK)], retry_config=lambda state: state.proposed) == [0.5]


def test_a_date_is_compared_with_the_clock_on_the_wall(way):
    """And not with the one that measures how long a call takes, which began whenever the machine did."""

    class Booted(FakeClock):
        def monotonic(self) -> float:
            return super().monotonic() - NOW

    headers = {"retry_after": formatdate(NOW + 20, usegmt=True)}
    clock = Booted(NOW)
    way.call(way.client([reply(429, **headers), reply(200, OK)], clock=clock), "delete", model_id="m")
    assert clock.waits == [20]


def test_a_wait_that_ends_with_the_time_does_not_begin():
    """At the deadline there would be nothing left; at the end of `max_elapsed_time` an attempt may still start."""
    spent = _retries.Spent("list", 0, 1.0, 5.0)
    error = errors.APIConnectionError()
    assert _retries.next_wait(lambda _: 5.0, error, spent, 1) is None
    assert _retries.next_wait(lambda _: 4.9, error, spent, 1) == 4.9
    for most, wait in ((3000, 2), (2999, None)):
        policy = utils.RetryConfig("backoff", utils.BackoffStrategy(2000, 2000, 1, most), retry_connection_errors=True)
        assert _retries.next_wait(policy, error, spent, 1) == wait


def test_a_number_of_retries_has_the_time_of_the_call(way):
    """Who gives a call ten minutes gets them, for the service's waits too; without a deadline there are 60 s."""
    busy = [reply(429, retry_after="70")] * 3 + [reply(200, OK)]
    assert waits(way, busy, retry_config=8, timeout_ms=600_000) == [70, 70, 70]
    assert given_up(way, [reply(429, retry_after="70")], retry_config=8)[1] == []
    error = errors.APIConnectionError()
    for retry in (8, utils.RetryConfig.times(8), lambda state: state.proposed):
        assert _retries.next_wait(retry, error, _retries.Spent("list", 1, 500.0, 100.0), 1) == 1
        assert _retries.next_wait(retry, error, _retries.Spent("list", 1, 59.0, None), 1) == 1
        assert _retries.next_wait(retry, error, _retries.Spent("list", 1, 59.1, None), 1) is None


def test_jitter_makes_no_wait_longer_than_the_longest():
    """`jitter_ms` is added within `max_interval`."""
    assert utils.BackoffStrategy(1000, 1500, 1, 9000, jitter_ms=2000).wait(0, 1.0) == 1.5


def test_a_policy_of_waits_has_some():
    """Said where it is made, not by the first failure."""
    nothing: Any = None
    with pytest.raises(TypeError, match="backoff must be a BackoffStrategy, not NoneType"):
        utils.RetryConfig("backoff", nothing, retry_connection_errors=True)
    assert utils.RetryConfig("none", nothing, retry_connection_errors=True).max_retries == 0


@pytest.mark.parametrize("wait", [-1, math.nan, math.inf, "1", Decimal("nan"), pytest.param(10**400, id="too large")])
def test_a_function_returns_a_wait_or_none(way, wait):
    """What it got wrong is said."""
    with pytest.raises(ValueError, match="the retry function must return"):
        way.call(way.client([reply(503)], retry_config=lambda _: wait), "list")


def test_a_wait_of_another_kind_of_number_is_a_wait(way):
    """And not the result of the call."""
    assert waits(way, [reply(503), reply(200, OK)], retry_config=lambda _: Decimal("0.25")) == [0.25]


def test_a_key_function_that_fails_is_not_a_failure_of_the_connection(way):
    """Its error comes out as it is, after one call."""
    asked = []

    def key() -> str:
        asked.append(1)
        raise FileNotFoundError("/run/secrets/mistral")

    with pytest.raises(FileNotFoundError, match="/run/secrets/mistral"):
        way.call(way.client([], api_key=key), "delete", model_id="m")
    assert asked == [1]


def test_a_function_cannot_outlast_the_deadline(way):
    """The call's time is the call's time."""
    error, waited = given_up(way, [reply(503)] * 9, retry_config=lambda _: 0.4, timeout_ms=1000)
    assert (error.attempts, waited) == (3, [0.4, 0.4])


def test_a_connection_closed_before_or_during_the_answer_is_retried(way):
    """Also in the middle of the body, which a retrying transport would miss."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n"
    with wire(None, b"HTTP/1.1 200 OK\r\ncont", head + b'{"id"', head + b'{"id": "m"} ') as (url, requests):
        clock = FakeClock()
        mistral = Mistral("key", server_url=url, clock=clock, retry_config=3)
        (result,) = way.closing(mistral, ("delete", {"model_id": "m"}))
    assert (result.id, clock.waits) == ("m", [0.5, 1, 2])
    assert len(requests) == 4
    assert len({request.split(b"\r\n")[0] for request in requests}) == 1


def test_an_ambiguous_deletion_says_so(way):
    """A 404 after an attempt without an answer may be our own doing; one after a refused connection is not."""
    error, _ = given_up(way, [httpx.ReadError("reset"), reply(404)])
    assert error.__notes__ == ["An earlier attempt of this call got no response; it may have deleted the model."]
    for final in (reply(503, retry_after="999"), reply(401)):
        error, _ = given_up(way, [httpx.ReadError("reset"), final])
        assert error.__notes__ == ["The service may nevertheless have carried out this delete."]
    for clear in ([reply(503), reply(404)], [reply(404)]):
        assert not hasattr(given_up(way, clear)[0], "__notes__")


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
def test_what_was_never_sent_makes_nothing_ambiguous(way, unsent):
    """A 404 after it, and it alone, mean what they say."""
    assert not hasattr(given_up(way, [unsent, reply(404)])[0], "__notes__")
    assert not hasattr(given_up(way, [unsent], retry_config=None)[0], "__notes__")


def test_no_answer_to_a_change_says_that_it_may_have_happened(way):
    """Where the request may have arrived, and only for operations that change something."""
    error, _ = given_up(way, [httpx.ReadTimeout("slow")], retry_config=None)
    assert error.__notes__ == ["The service may nevertheless have carried out this delete."]
    error, _ = given_up(way, [httpx.ReadTimeout("slow"), httpx.ConnectError("refused")], retry_config=1)
    assert error.__notes__ == ["The service may nevertheless have carried out this delete."]
    assert not hasattr(given_up(way, [httpx.ConnectError("refused")], retry_config=None)[0], "__notes__")
    with pytest.raises(errors.APITimeoutError) as caught:
        way.call(way.client([httpx.ReadTimeout("slow")], retry_config=None), "list")
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.parametrize("operation", ["delete", "update", "archive", "unarchive"])
def test_every_change_that_may_have_happened_says_so(way, operation):
    """In its own words."""
    arguments = {"model_id": "m", **({"name": "n"} if operation == "update" else {})}
    with pytest.raises(errors.APITimeoutError) as caught:
        way.call(way.client([httpx.ReadTimeout("slow")], retry_config=None), operation, **arguments)
    assert caught.value.__notes__ == [f"The service may nevertheless have carried out this {operation}."]


def test_an_address_that_cannot_be_asked_for_was_not_reached(way):
    """Nothing was sent, so nothing is said about what the service may have done."""
    mistral = Mistral("key", server_url="http://a..localhost", retry_config=0)
    with pytest.raises(errors.APIConnectionError) as caught:
        way.closing(mistral, ("archive", {"model_id": "m"}))
    assert not getattr(caught.value, "__notes__", [])


def test_each_retry_is_logged_once(way, caplog):
    """With method, path, reason and wait."""
    with caplog.at_level(logging.INFO, "mistral_models"):
        waits(way, [reply(503, {"message": "busy"}), httpx.ReadError("reset"), reply(200, OK)])
    first, second = [record.getMessage() for record in caplog.records if record.name == "mistral_models"]
    assert first.startswith("retrying DELETE /v1/models/m in 0.500 s: busy (503 ")
    assert second.startswith("retrying DELETE /v1/models/m in 1.000 s: no response from ")


def test_without_a_clock_of_the_callers_real_time_passes(way):
    """A wait of a few milliseconds, really waited."""
    strategy = utils.BackoffStrategy(1, 1, 1, 60_000)
    policy = utils.RetryConfig("backoff", strategy, retry_connection_errors=True)
    mistral = way.client([reply(503), reply(503), reply(200, OK)], retry_config=policy, clock=None)
    answer = way.send(mistral, operations.delete("m"))
    assert answer.attempts == 3
    assert 0 < answer.elapsed < 60


def test_the_real_clock_waits_and_draws():
    """So that many clients do not come back together."""
    clock = SystemClock()
    for wait in (clock.sleep, lambda seconds: asyncio.run(clock.sleep_async(seconds))):
        before = clock.monotonic()
        wait(0.01)
        assert clock.monotonic() - before >= 0.01
    drawn = {clock.random() for _ in range(9)}
    assert len(drawn) > 1
    assert all(0 <= number < 1 for number in drawn)


def test_no_state_outlives_a_call(way):
    """The next call has all its retries again."""
    clock = FakeClock()
    mistral = way.client([reply(503), reply(200, DELETED), reply(503), reply(200, DELETED)], clock=clock)
    assert way.send(mistral, operations.delete("m"), retries=1).attempts == 2
    assert way.send(mistral, operations.delete("m"), retries=1).attempts == 2
