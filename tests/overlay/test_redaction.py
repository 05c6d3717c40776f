"""An API key that the service repeats is shown nowhere, in whatever form and place the response has it."""

import base64
import html
import json
import logging
import pickle
import re
import time
import urllib.parse
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mistral_models import Mistral, errors
from mistral_models.testing import FakeClock
from mistral_models.utils import Recorder

from .calls import SyncOrAsync, raw_server, reply, streamed

KEY = "sk-0123/56789+bcdef&x"

ESCAPES: dict[str, Callable[[str], str]] = {
    "as it is": lambda char: char,
    "JSON": lambda char: f"\\u{ord(char):04x}",
    "JSON, upper case": lambda char: f"\\u{ord(char):04X}",
    "JSON in JSON": lambda char: f"\\\\u{ord(char):04x}",
    "JSON in JSON in JSON": lambda char: f"\\\\\\\\u{ord(char):04x}",
    "a solidus": lambda char: char if char.isalnum() else f"\\{char}",
    "JavaScript": lambda char: f"\\u{{{ord(char):x}}}",
    "Python": lambda char: f"\\x{ord(char):02x}",
    "a URL": lambda char: f"%{ord(char):02X}",
    "a URL, lower case": lambda char: f"%{ord(char):02x}",
    "a URL in a URL": lambda char: f"%25{ord(char):02X}",
    "HTML": html.escape,
    "HTML, decimal": lambda char: f"&#{ord(char)};",
    "HTML, padded": lambda char: f"&#00{ord(char)};",
    "HTML, hexadecimal": lambda char: f"&#x{ord(char):X};",
    "HTML in HTML": lambda char: f"&amp;#{ord(char)};",
}
keys = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=16, max_size=64)


def readable(text: str) -> str:
    """Undo all escapes until nothing changes, with the standard library."""
    for _ in range(5):
        text = html.unescape(urllib.parse.unquote(text)).replace("\0", "")
        text = re.sub(r"\\u\{?0*([0-9a-fA-F]{2})\}?|\\x([0-9a-fA-F]{2})", lambda found: chr(int(found[1] or found[2], 16)), text)  # fmt: skip # noqa: E501
        text = re.sub(r"\\([^\w\s])", r"\1", text)
    return text


def visible(error: errors.MistralError) -> list[str]:
    """Return everything in which an error could show a part of a response."""
    response = error.raw_response
    parts = [str(error), repr(error), error.body, repr(error.headers), repr(error.__cause__), repr(vars(error))]
    parts.append(pickle.dumps(error).decode("latin-1"))
    return parts if response is None else [*parts, response.content.decode("latin-1"), repr(response.headers.raw)]


def failure(api: SyncOrAsync, response: httpx.Response, key: str, **options: object) -> errors.MistralError:
    """Return the error of a call with this response."""
    with pytest.raises(errors.MistralError) as caught:
        api.call(api.client([response], api_key=key, retry_config=0, **options), "list")
    return caught.value


PLACES: dict[str, Callable[[str], httpx.Response]] = {
    "a message": lambda text: reply(401, f'{{"detail": "the key {text} is wrong"}}'),
    "a field": lambda text: reply(403, f'{{"{text}": 0, "message": "no"}}'),
    "a page": lambda text: reply(503, f"<title>{text}</title>"),
    "text": lambda text: reply(500, f"{text}{text}"),
    "UTF-16": lambda text: streamed(f'{{"detail": "{text}"}}'.encode("utf-16"), 400, content_type="a/b;charset=utf-16"),
    "UTF-32": lambda text: streamed(f'{{"detail": "{text}"}}'.encode("utf-32"), 400, content_type="a/b;charset=utf-32"),
    "a header": lambda text: reply(404, {"detail": "gone"}, x_echo=f"Bearer {text}"),
    "a redirect": lambda text: reply(302, b"", location=f"https://elsewhere/?key={text}"),
    "a request id": lambda text: reply(404, b"{}", x_request_id=text),
    "a coding": lambda text: streamed(b"{}", 200, content_encoding=text),
    "a success with an error": lambda text: reply(200, f'{{"detail": "{text}"}}'),
    "an invalid success": lambda text: reply(200, f'{{"data": "{text}"}}'),
    "the excerpt of an invalid success": lambda text: reply(200, f'{{"data": "{"x" * 60}{text}"}}'),
    "a success that is not JSON": lambda text: reply(200, text, content_type=f"text/{text}"),
    "validation errors": lambda text: reply(422, f'{{"detail": [{{"loc": ["{text}"], "msg": "{text}"}}]}}'),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.slow
@settings(max_examples=25)
@given(keys, st.data())
def test_a_key_in_any_form_and_place_is_not_shown(place, key, data):
    """Every character may be escaped in another way."""
    names = data.draw(st.lists(st.sampled_from(list(ESCAPES)), min_size=len(key), max_size=len(key)))
    text = "".join(ESCAPES[name](char) for name, char in zip(names, key, strict=True))
    error = failure(SyncOrAsync("sync"), PLACES[place](text), key)
    assert not any(key in readable(part) for part in visible(error))


@pytest.mark.parametrize("key", [KEY, "sk-0123456789abcdef"], ids=["special characters", "letters and digits"])
@pytest.mark.parametrize("escape", ESCAPES)
def test_the_text_around_a_key_is_shown(api, escape, key):
    """Only the key itself becomes `***`."""
    text = "".join(map(ESCAPES[escape], key))
    error = failure(api, reply(400, f"The key {text}, %41 and \\u0041"), key)
    assert error.message.startswith("The key ***, %41 and \\u0041 (400 Bad Request")
    assert error.body == "The key ***, %41 and \\u0041"
    assert failure(api, reply(400, f"The key {text}"), key).body == "The key ***"


@pytest.mark.parametrize("before", ["", "a", "ab", "user:"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_key_in_base64_is_not_shown(api, encode, before):
    """At most one Base64 character that depends on the key is shown at each end of it."""
    encoded = encode(f"{before}{KEY}, and more".encode()).decode()
    error = failure(api, reply(400, {"detail": f"Basic {encoded}"}), KEY)
    assert "***" in error.message
    (shown,) = re.findall(r"Basic (\S+)", error.message)
    assert len(shown.replace("***", "")) <= len(encoded) - len(KEY) * 8 // 6 + 1


def test_a_key_is_not_shown_in_part_where_a_body_is_cut_off(api):
    """Of a long body only the beginning is kept, which may end within a key."""
    for shown in range(len(KEY)):
        body = b"x" * (1024 * 1024 - shown) + KEY.encode() + b"x" * 1000
        assert KEY[:4] not in failure(api, streamed(body, 500), KEY).body


def test_a_key_is_not_shown_in_part_where_an_invalid_success_is_cut_off(api):
    """All of a success is received, and its beginning is kept when it turns out to be invalid."""
    body = b"x" * (1024 * 1024 - 10) + KEY.encode() + b"x" * 1000
    assert KEY[:4] not in failure(api, streamed(body), KEY).body


def test_nothing_is_redacted_where_the_key_is_not_repeated(api):
    """Escapes of other text are kept, and so are short keys, which could be words of the text."""
    text = r"%41 \u0041 &#65; &amp; \\ \" c2stMDEyMw==" + "\0"
    assert failure(api, reply(500, text), KEY).body == text
    assert failure(api, reply(500, "the key"), "key").body == "the key"
    assert failure(api, reply(500, f"the {KEY[:15]}"), KEY[:15]).body == f"the {KEY[:15]}"
    assert failure(api, reply(500, f"the {KEY[:16]}"), KEY[:16]).body == "the ***"


def test_a_reason_without_the_key_is_shown_as_the_decoder_gives_it(api):
    """It does not end with an ellipsis unless the decoder truncated it."""
    error = failure(api, reply(200, [7]), KEY)
    assert error.message.startswith("list: expected object, got [7] (200 OK,")
    assert str(error.__cause__) == "expected object, got [7]"


def test_a_successful_result_is_not_changed(api):
    """Only errors, headers and logs are meant for the eyes of others."""
    result = api.call(api.client([reply(200, {"data": [], "x": KEY})], api_key=KEY), "list")
    assert result["x"] == KEY


def test_logs_and_recordings_do_not_show_a_repeated_key(api, caplog, tmp_path):
    """The log contains the headers of each response, the recording its body."""
    path = tmp_path / "responses.jsonl"
    responses = [
        reply(503, {"detail": KEY}, x_echo=KEY),
        reply(200, f'{{"error": "{"".join(map(ESCAPES["JSON"], KEY))}"}}', x_echo=urllib.parse.quote(KEY, safe="")),
    ]
    mistral = api.client(responses, api_key=KEY, on_attempt=Recorder(path))
    with caplog.at_level(logging.DEBUG, "mistral_models"), pytest.raises(errors.ResponseValidationError):
        api.call(mistral, "list")
    assert "'x-echo': '***'" in caplog.text
    recorded = path.read_text()
    assert [json.loads(line)["body"] for line in recorded.splitlines()] == [{"detail": "***"}, {"error": "***"}]
    for text in (caplog.text, recorded):
        assert KEY not in readable(text)


@pytest.mark.parametrize("line", ["HTTP/1.1 {} OK", "{}", "HTTP/1.1 200 OK\r\n{}", "HTTP/1.1 200 OK\r\na b: {}"])
def test_a_key_in_an_invalid_head_is_not_shown(api, line):
    """The HTTP library quotes invalid lines in its messages."""
    with raw_server(line.format(KEY).encode() + b"\r\n\r\n") as (url, _):
        mistral = Mistral(KEY, server_url=url, retry_config=0, clock=FakeClock())
        with pytest.raises(errors.APIConnectionError) as caught:
            api.call_all(mistral, ("list", {}))
    chain: BaseException | None = caught.value
    while chain is not None:
        assert KEY not in f"{chain} {chain!r} {chain.args}"
        chain = chain.__cause__ or chain.__context__


@pytest.mark.parametrize("header", [{"http_headers": {"Authorization": f"Bearer {KEY}"}}, None])
def test_a_key_that_the_caller_sends_in_a_header_is_not_shown_either(api, header):
    """It may be in `http_headers`, or in the headers of the caller's own HTTP client."""
    settings = {} if header else {"headers": {"Authorization": f"Bearer {KEY}"}}
    given = api.http_client(transport=api.transport(lambda _: reply(200, {"detail": KEY})), **settings)
    mistral = Mistral("key" if header else None, **given)
    with pytest.raises(errors.ResponseValidationError) as caught:
        api.call(mistral, "list", **(header or {}))
    assert KEY not in " ".join(visible(caught.value))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["\\", "%", "&", "&#0", "&amp;", "%25", "\\u0073", "\\/", "\0", KEY[:-1], KEY, "sk", "%73", "&#115"]
)
def test_redaction_takes_linear_time(unit):
    """Four times the text takes about four times as long, whatever it consists of."""

    def seconds(size: int) -> float:
        body = (unit * size)[:size].encode()
        api = SyncOrAsync("sync")
        started = time.process_time()
        failure(api, streamed(body + KEY.encode(), 500), KEY)
        return time.process_time() - started

    seconds(1000)
    assert seconds(400_000) < 12 * min(seconds(100_000) for _ in range(3)) + 0.1
