"""The key is shown nowhere, whatever happens."""

import logging
import pickle
import traceback
import warnings

import httpx
import pytest
from mistral_models import Mistral, errors, operations, settings

from .ways import reply, wire

KEY = "sk-0123456789abcdef"


def frames(error: BaseException) -> list[str]:
    """The variables of our frames, as a debugger or a test runner would print them."""
    ours = [
        frame for frame, _ in traceback.walk_tb(error.__traceback__) if "mistral_models" in frame.f_code.co_filename
    ]
    assert ours
    return [repr(value) for frame in ours for value in frame.f_locals.values()]


def channels(error: BaseException) -> str:
    """All that people and programs would see of an error: text, chain, notes, fields, and our frames' variables."""
    trace = "".join(traceback.format_exception(error))
    return "\n".join([trace, repr(error), str(error), repr(vars(error)), repr(error.args), *frames(error)])


@pytest.mark.parametrize(
    "key", [f"{KEY}\n", f" {KEY}", f"{KEY} ", f"{KEY[:5]} {KEY[5:]}", f"{KEY}é", f"{KEY}\x00", KEY.encode()]
)
@pytest.mark.parametrize("as_function", [False, True])
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(way, key, as_function):
    """Line breaks from files, spaces from copying, letters that no header can hold."""
    given = (lambda: key) if as_function else key
    with pytest.raises((ValueError, TypeError), match="the API key") as caught:
        way.call(way.client([], api_key=given), "list")
    assert KEY not in str(caught.value)
    assert not any(KEY in shown for shown in frames(caught.value))


@pytest.mark.parametrize(
    "outcome",
    [
        lambda: reply(401, {"detail": "Unauthorized"}),
        lambda: reply(500, b""),
        lambda: reply(302, location="https://elsewhere"),
        lambda: reply(200, b"{"),
        lambda: httpx.ConnectError("refused"),
        lambda: httpx.ReadTimeout("slow"),
    ],
)
def test_no_error_shows_the_key(way, outcome):
    """Not its text, its fields, its chain, its pickle, nor the variables of our frames."""
    mistral = way.client([outcome()], api_key=KEY, retry_config=0)
    with pytest.raises(errors.MistralError) as caught:
        way.call(mistral, "list")
    assert KEY not in channels(caught.value)
    assert KEY.encode() not in pickle.dumps(caught.value)
    if isinstance(caught.value, errors.SDKError):
        assert "authorization" not in caught.value.raw_response.request.headers


def test_a_failing_connection_does_not_show_the_key(way):
    """Over a real socket, where httpx and its parts are in the traceback."""
    with wire(None) as (url, _):
        mistral = Mistral(KEY, server_url=url, retry_config=0)
        with pytest.raises(errors.APIConnectionError) as caught:
            way.closing(mistral, ("list", {}))
    assert KEY not in channels(caught.value)


def test_no_repr_shows_the_key(way):
    """Of the client, its parts, an operation or an answer."""
    mistral = way.client([reply(200, {"data": []})], api_key=KEY)
    answer = way.send(mistral, operations.list())
    for thing in (mistral, mistral.models, mistral._key, answer, answer.raw_response.request.headers, vars(mistral)):
        assert KEY not in repr(thing)
        assert KEY not in str(thing)
    assert repr(settings.Secret(KEY)) == "Secret(***)"


def test_debug_logs_show_headers_with_the_secrets_masked(way, caplog):
    """Requests and answers, on our logger by default, or on the caller's."""
    answer = reply(200, {"data": []}, set_cookie="session=secret-cookie", x_plain="seen")
    headers = {
        "Cookie": "secret-cookie",
        "X-Mine": "seen too",
        "Authorization": f"Bearer {KEY}",
        "Proxy-Authorization": f"Basic {KEY}",
    }
    with caplog.at_level(logging.DEBUG):
        way.call(way.client([answer], api_key=KEY), "list", http_headers=headers)
    ours = [record.getMessage() for record in caplog.records if record.name == "mistral_models"]
    assert len(ours) == 2
    assert ours[0].startswith("request 1: GET https://api.mistral.ai/v1/models {")
    assert "'x-mine': 'seen too'" in ours[0]
    assert "'x-plain': 'seen'" in ours[1]
    assert KEY not in caplog.text
    assert "secret-cookie" not in "".join(ours)
    assert ours[0].count("***") == 3

    mine = logging.getLogger("mine")
    with caplog.at_level(logging.DEBUG, "mine"):
        way.call(way.client([reply(200, {"data": []})], debug_logger=mine), "list")
    assert [record.name for record in caplog.records].count("mine") == 2

    class Own:
        def __init__(self):
            self.messages = []

        def debug(self, message, *arguments):
            self.messages.append(message % arguments)

    own = Own()
    way.call(way.client([reply(200, {"data": []})], debug_logger=own), "list")
    assert [message[:9] for message in own.messages] == ["request 1", "answer 1:"]


def test_no_warning_shows_the_key(fake):
    """Of a client that was left open."""
    import gc

    with fake.serve() as url, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mistral = Mistral(fake.api_key, server_url=url)
        mistral.models.list()
        del mistral
        gc.collect()
    assert caught
    assert not any(fake.api_key in str(warning.message) for warning in caught)


def test_cookies_are_neither_kept_nor_sent(way):
    """A service that sets one gets the next request without it."""
    head = b"HTTP/1.1 200 OK\r\nset-cookie: a=b; Path=/\r\ncontent-length: 12\r\nconnection: close\r\n\r\n"
    with wire(*[head + b'{"data": []}'] * 2) as (url, requests):
        way.closing(Mistral("key", server_url=url), ("list", {}), ("list", {}))
    assert len(requests) == 2
    assert b"cookie" not in requests[1].lower()
