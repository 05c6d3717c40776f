"""Options with any values, and response headers with any text."""

import gzip
import math
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mistral_models.errors import RateLimitError, ResponseValidationError
from mistral_models.models import ModelList
from mistral_models.testing import FakeClock
from mistral_models.utils import BackoffStrategy, RetryConfig

from tests.overlay.calls import SyncOrAsync, reply

from .properties import OPERATIONS, check_outcome, result_or_none

pytestmark = pytest.mark.filterwarnings("ignore:.*is not encrypted")
KEY = "sk-Not-To-Be-Shown"
TEXTS = st.text(max_size=12)
NUMBERS = (
    st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 2**63, 5e-324, 1e-320, 1e308, True, False])
)
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(), NUMBERS, TEXTS, st.binary(max_size=4), st.lists(TEXTS, max_size=2), st.tuples(TEXTS),
    st.dictionaries(TEXTS, TEXTS, max_size=2), st.sets(TEXTS, max_size=1), st.just(object()), st.just({"{x}": 1}),
)  # fmt: skip
URLS = st.sampled_from(["http://", "https://", "HTTP://", "//", "http:", "ftp://"]).flatmap(
    lambda scheme: st.text(max_size=8).map(lambda rest: f"{scheme}{rest}")
) | st.lists(
    st.sampled_from(
        [*"/:@?#[]{}.%", "http://", "h", "::1", "99999", "xn--", "\n", " ", "é", "a" * 70, "{x}", "\ud800"]
    ),
    max_size=6,
).map(lambda pieces: "http://" + "".join(pieces))
INVALID_KEYS = st.sampled_from([KEY + "\n", f" {KEY}", f"{KEY}é", KEY.encode(), [KEY], {KEY: KEY}, (KEY,)])


def respond_with_list(request: httpx.Request) -> httpx.Response:
    return reply(200, {"data": []})


def list_models(**options: Any) -> Any:
    """List the models with these options; return None if they are rejected."""
    return result_or_none(
        lambda: SyncOrAsync("sync").call(
            SyncOrAsync("sync").client(respond_with_list, **{"api_key": KEY, **options}), "list"
        ),
        KEY,
    )


@settings(max_examples=60)
@example(option=("server_url", ["x"])).via("a list that was decoded like bytes")
@example(option=("timeout_ms", 10**400)).via("a number too large for a float")
@example(option=("server", [1])).via("a value that is not hashable")
@example(option=("server_url", "http://xn--")).via("a host that no codec can encode")
@given(
    option=st.tuples(
        st.sampled_from(["timeout_ms", "server_url", "server", "retry_config", "max_response_bytes"]), ANYTHING
    )
    | st.tuples(st.just("server_url"), URLS)
    | st.tuples(st.sampled_from(["timeout_ms", "max_response_bytes", "retry_config"]), NUMBERS)
    | st.tuples(st.just("url_params"), st.dictionaries(TEXTS, ANYTHING, max_size=2))
)
def test_options_work_or_are_rejected_with_value_error_or_type_error(option):
    """No other exception is raised, and the message does not contain the API key."""
    name, value = option
    others = {"server_url": "https://h/{x}"} if name == "url_params" else {}
    result = list_models(**{name: value}, **others)
    assert result is None or result.data == []


@settings(max_examples=60)
@given(key=ANYTHING | INVALID_KEYS | TEXTS.map(lambda text: f"{KEY}{text}"))
def test_an_api_key_is_sent_unchanged_or_rejected_without_being_shown(key):
    """Any value is either sent as it is, or rejected with a message that does not contain it."""
    sent: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["authorization"])
        return respond_with_list(request)

    if (
        result_or_none(lambda: SyncOrAsync("sync").call(SyncOrAsync("sync").client(respond, api_key=key), "list"), KEY)
        is None
    ):
        assert sent == []
    else:
        assert sent == [f"Bearer {key}"]
        assert not set(key) & set(" \r\n\t")


@pytest.fixture(scope="module", autouse=True)
def no_key_in_environment():
    """Hide the API key of the environment, which would replace an empty one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MISTRAL_API_KEY", raising=False)
        yield


@settings(max_examples=20)
@given(limit=st.integers(1, 20) | st.sampled_from([2**31, 2**63 - 1, 2**63, 10**400]))
def test_any_size_limit_works_with_compressed_responses(limit):
    """A response above the limit is a ResponseValidationError, and no limit is too large."""

    def respond_compressed(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(GZIPPED))

    mistral = SyncOrAsync("sync").client(respond_compressed, max_response_bytes=limit)
    expected = ModelList if limit >= len(GZIPPED) else ResponseValidationError
    assert isinstance(check_outcome(mistral, OPERATIONS["list"]), expected)


GZIPPED = gzip.compress(b'{"data": []}')
WAITS = st.integers(0, 10**5) | st.floats(0) | st.sampled_from([10**400, 1e308, float("nan"), float("inf")])


@settings(max_examples=60)
@given(WAITS, WAITS, WAITS, WAITS, st.none() | WAITS, st.integers(0, 2000), st.floats(0, 1))
def test_any_backoff_strategy_is_rejected_or_returns_a_finite_wait(
    initial, longest, exponent, elapsed, jitter, retries, random
):
    """The wait is a finite number of seconds >= 0, or the constructor raises."""

    def compute_wait() -> float:
        strategy: Any = BackoffStrategy
        return strategy(initial, longest, exponent, elapsed, jitter).wait(retries, random)

    wait = result_or_none(compute_wait)
    assert wait is None or 0 <= wait < math.inf


@settings(max_examples=60)
@given(WAITS, WAITS, WAITS, WAITS, st.integers(-2, 5) | TEXTS, st.none() | st.lists(TEXTS, max_size=2))
def test_any_retry_policy_is_rejected_or_ends_the_call(initial, longest, exponent, elapsed, retries, statuses):
    """A call to a service that is always unavailable ends with an error of this package."""

    def call() -> None:
        backoff: Any = BackoffStrategy(initial, longest, exponent, elapsed)
        config = RetryConfig("backoff", backoff, True, statuses, max_retries=retries)
        mistral = SyncOrAsync("sync").client(
            lambda _: reply(503), retry_config=config, timeout_ms=2000, clock=FakeClock(random_value=0.9)
        )
        check_outcome(mistral, OPERATIONS["list"])

    result_or_none(call)


NAMES = ["retry-after", "retry-after-ms", "content-type", "content-encoding", "x-request-id", "x-should-retry"]
VALUES = st.text(st.characters(max_codepoint=255), max_size=20) | st.sampled_from(
    [
        "1e400", "-1", "nan", "٣", "1_0", "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -2359",
        "0 Jan 0 0:0:0",
        "Mon, 01 Jan 0001 00:00:00 +2359", "Fri, 15 Jan 2027 08:00:10 +999999", "application/json; charset=idna",
        "text/html; charset=rot13", "text/plain; charset=\x00", "; charset=undefined",
        "gzip", "deflate", "br", "gzip, gzip",
    ]
)  # fmt: skip


@settings(max_examples=60)
@given(VALUES, VALUES)
def test_retry_after_is_a_finite_number_or_none(value, milliseconds):
    """Any text in `Retry-After` and `retry-after-ms` gives a finite number of seconds > 0, or None."""
    headers = [(b"retry-after", value.encode()), (b"retry-after-ms", milliseconds.encode())]

    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers=headers)

    clock = FakeClock(1_800_000_000.0)
    mistral = SyncOrAsync("sync").client(respond, retry_config=0, clock=clock)
    error = check_outcome(mistral, OPERATIONS["list"])
    assert isinstance(error, RateLimitError)
    assert error.retry_after is None or 0 < error.retry_after < math.inf


@settings(max_examples=100)
@given(
    headers=st.dictionaries(st.sampled_from([*NAMES, "mistral-correlation-id", "location"]), VALUES, max_size=4),
    status=st.integers(200, 599),
    body=st.binary(max_size=20)
    | st.sampled_from([GZIPPED, b'{"data": []}', b'{"detail": [{"msg": "m", "loc": ["b", 1]}]}']),
)
def test_any_response_headers_give_a_result_or_an_error_of_this_package(headers, status, body):
    """A call with any response headers ends with a result or a MistralError, whose attributes are usable."""

    def respond(_: httpx.Request) -> httpx.Response:
        encoded = [(name.encode(), value.encode("utf-8")) for name, value in headers.items()]
        return httpx.Response(status, headers=encoded, stream=httpx.ByteStream(body))

    check_outcome(SyncOrAsync("sync").client(respond, retry_config=1), OPERATIONS["list"])
