"""Configuration of any kind, and headers of answers of any text."""

import gzip
import math
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mistral_models._response import retry_after
from mistral_models.errors import ResponseValidationError
from mistral_models.models import ModelList
from mistral_models.testing import FakeClock
from mistral_models.utils import BackoffStrategy, RetryConfig

from tests.overlay.ways import Way, reply

from .properties import OPERATIONS, check_outcome, refused_or

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
MISPLACED = st.sampled_from([KEY + "\n", f" {KEY}", f"{KEY}é", KEY.encode(), [KEY], {KEY: KEY}, (KEY,)])


def answering(request: httpx.Request) -> httpx.Response:
    return reply(200, {"data": []})


def lists(**options: Any) -> Any:
    """List once with these options; nothing but a result or a refusal."""
    return refused_or(
        lambda: Way("sync").call(Way("sync").client(answering, **{"api_key": KEY, **options}), "list"), KEY
    )


@settings(max_examples=60, deadline=None)
@example(option=("server_url", ["x"])).via("a list was taken apart like bytes")
@example(option=("timeout_ms", 10**400)).via("a number that no float can hold")
@example(option=("server", [1])).via("no key of a dictionary")
@example(option=("server_url", "http://xn--")).via("a host that no codec can read")
@given(
    option=st.tuples(
        st.sampled_from(["timeout_ms", "server_url", "server", "retry_config", "max_response_bytes"]), ANYTHING
    )
    | st.tuples(st.just("server_url"), URLS)
    | st.tuples(st.sampled_from(["timeout_ms", "max_response_bytes", "retry_config"]), NUMBERS)
    | st.tuples(st.just("url_params"), st.dictionaries(TEXTS, ANYTHING, max_size=2))
)
def test_a_client_works_or_says_what_is_wrong_with_its_options(option):
    """ValueError or TypeError, never something of our insides, and never the key."""
    name, value = option
    more = {"server_url": "https://h/{x}"} if name == "url_params" else {}
    result = lists(**{name: value}, **more)
    assert result is None or result.data == []


@settings(max_examples=60, deadline=None)
@given(key=ANYTHING | MISPLACED | TEXTS.map(lambda text: f"{KEY}{text}"))
def test_a_key_is_sent_as_it_is_or_refused_without_being_shown(key):
    """Whatever it is."""
    sent: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["authorization"])
        return answering(request)

    if refused_or(lambda: Way("sync").call(Way("sync").client(respond, api_key=key), "list"), KEY) is None:
        assert sent == []
    else:
        assert sent == [f"Bearer {key}"]
        assert not set(key) & set(" \r\n\t")


@pytest.fixture(scope="module", autouse=True)
def monkeypatch_key():
    """No key of the environment stands in for an empty one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MISTRAL_API_KEY", raising=False)
        yield


@settings(max_examples=20, deadline=None)
@given(limit=st.integers(1, 20) | st.sampled_from([2**31, 2**63 - 1, 2**63, 10**400]))
def test_any_limit_reads_compressed_answers(limit):
    """Those that are longer, compressed or not, are refused, and no number is too large."""

    def packed(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(GZIPPED))

    mistral = Way("sync").client(packed, max_response_bytes=limit)
    expected = ModelList if limit >= len(GZIPPED) else ResponseValidationError
    assert isinstance(check_outcome(mistral, OPERATIONS["list"]), expected)


GZIPPED = gzip.compress(b'{"data": []}')
WAITS = st.integers(0, 10**5) | st.floats(0) | st.sampled_from([10**400, 1e308, float("nan"), float("inf")])


@settings(max_examples=60, deadline=None)
@given(WAITS, WAITS, WAITS, WAITS, st.none() | WAITS, st.integers(0, 2000), st.floats(0, 1))
def test_any_backoff_is_refused_or_waits(initial, longest, exponent, elapsed, jitter, retries, chance):
    """A number of seconds that can be waited for, or a refusal when it is made."""

    def made() -> float:
        strategy: Any = BackoffStrategy
        return strategy(initial, longest, exponent, elapsed, jitter).wait(retries, chance)

    wait = refused_or(made)
    assert wait is None or 0 <= wait < math.inf


@settings(max_examples=60, deadline=None)
@given(WAITS, WAITS, WAITS, WAITS, st.integers(-2, 5) | TEXTS, st.none() | st.lists(TEXTS, max_size=2))
def test_any_retry_policy_is_refused_or_ends_the_call(initial, longest, exponent, elapsed, most, statuses):
    """On a service that is never there."""

    def refused() -> None:
        backoff: Any = BackoffStrategy(initial, longest, exponent, elapsed)
        config = RetryConfig("backoff", backoff, True, statuses, max_retries=most)
        mistral = Way("sync").client(
            lambda _: reply(503), retry_config=config, timeout_ms=2000, clock=FakeClock(random_value=0.9)
        )
        check_outcome(mistral, OPERATIONS["list"])

    refused_or(refused)


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


@settings(max_examples=60, deadline=None)
@given(VALUES, VALUES)
def test_what_a_service_asks_to_wait_is_a_number_or_nothing(value, milliseconds):
    """Whatever stands in the headers."""
    wait = retry_after({"retry-after": value, "retry-after-ms": milliseconds}, 1_800_000_000.0)
    assert wait is None or 0 < wait < math.inf


@settings(max_examples=100, deadline=None)
@given(
    headers=st.dictionaries(st.sampled_from([*NAMES, "mistral-correlation-id", "location"]), VALUES, max_size=4),
    status=st.integers(200, 599),
    body=st.binary(max_size=20)
    | st.sampled_from([GZIPPED, b'{"data": []}', b'{"detail": [{"msg": "m", "loc": ["b", 1]}]}']),
)
def test_any_headers_of_an_answer_end_in_a_result_or_an_error_of_ours(headers, status, body):
    """And all that came can be asked for."""

    def respond(_: httpx.Request) -> httpx.Response:
        encoded = [(name.encode(), value.encode("utf-8")) for name, value in headers.items()]
        return httpx.Response(status, headers=encoded, stream=httpx.ByteStream(body))

    check_outcome(Way("sync").client(respond, retry_config=1), OPERATIONS["list"])
