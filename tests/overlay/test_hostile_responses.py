"""Responses made to cost much time or memory: every one ends in a result or an error, in ordinary time."""

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from mistral_models import errors

from .calls import HastyClock, SyncOrAsync, reply, streamed

SIZE = 256 * 1024
"""Bytes of a decompressed body."""
MAX_VALUES = 32 * 1024 * 1024 // 64
CARD = {"id": "m", "type": "base", "capabilities": {}}


def filled(beginning: str, unit: str, end: str = "", separator: str = "") -> bytes:
    """Return a body of `SIZE` bytes: a unit again and again, between a beginning and an end."""
    count = (SIZE - len(beginning) - len(end)) // (len(unit) + len(separator))
    return f"{beginning}{separator.join([unit] * count)}{end}".encode()


def field(name: str, value: object) -> str:
    """Return the JSON of a list of one model with this field."""
    return json.dumps({"data": [{**CARD, name: value}]})


def in_field(name: str, beginning: str, unit: str) -> bytes:
    """Return a list of one model with a field whose text consists of a unit."""
    before, _, after = field(name, "|").partition("|")
    return filled(before + beginning, unit, after)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


ORDINARY = filled('{"data":[', json.dumps(CARD), "]}", ",")
BODIES: dict[str, bytes] = {
    "a list of numbers": filled('{"data":[', "0", "]}", ","),
    "a list of empty objects": filled('{"data":[', "{}", "]}", ","),
    "a list of empty arrays": filled('{"data":[', "[]", "]}", ","),
    "a list of huge numbers": filled('{"data":[', "1e400", "]}", ","),
    "a list of incomplete models": filled('{"data":[', '{"type":"fine-tuned"}', "]}", ","),
    "a list of wrong fields": filled('{"data":[', json.dumps({**CARD, "created": {}}), "]}", ","),
    "a list of nested arrays": filled('{"data":[', nested(90), "]}", ","),
    "a list of types that are not text": filled('{"data":[', f'{{"type":{nested(90)}}}', "]}", ","),
    "deep arrays": filled("", "["),
    "deep objects": filled("", '{"a":'),
    "arrays nested in a model": field("x", json.loads(nested(400))).encode(),
    "a wide object": ("{" + ",".join(f'"k{number}":0' for number in range(20_000)) + "}").encode(),
    "a name many times": filled("{", '"data":[]', "}", ","),
    "an integer of many digits": filled('{"data":', "9", "}"),
    "a number of many decimals": filled('{"data":0.', "9", "}"),
    "an exponent of many digits": filled('{"data":1e', "9", "}"),
    "an integer in quotes": in_field("max_context_length", "9", "9"),
    "an integer with decimals in quotes": in_field("max_context_length", "1.", "0"),
    "a number in quotes": in_field("default_model_temperature", "0.", "9"),
    "an exponent in quotes": in_field("default_model_temperature", "1e", "9"),
    "a sign many times": in_field("max_context_length", "", "-"),
    "a date of many digits": in_field("deprecation", "", "9"),
    "a fraction of many digits": in_field("deprecation", "2026-01-01T00:00:00.", "9"),
    "a time since 1970 of many digits": in_field("deprecation", "1.", "0"),
    "a date of many parts": in_field("deprecation", "2026-", "1-"),
    "an offset of many parts": in_field("deprecation", "2026-01-01T00:00:00+", "00:"),
    "many dates of the slow parser": filled('{"data":[', json.dumps({**CARD, "deprecation": "20260101T24"}), "]}", ","),
    "a long text": filled('{"data":"', "x", '"}'),
    "escaped text": filled('{"data":"', "\\u0041", '"}'),
    "lone surrogates": filled('{"data":"', "\\ud800", '"}'),
    "backslashes": filled('{"data":"', "\\\\", '"}'),
    "characters outside ASCII": filled('{"data":"', "\\ud83d\\ude00", '"}'),
    "byte-order marks": b"\xef\xbb\xbf" * (SIZE // 3),
    "UTF-16": ORDINARY[: SIZE // 2].decode().encode("utf-16"),
    "UTF-32": filled('{"data":[', "0", "]}", ",").decode()[: SIZE // 4].encode("utf-32"),
    "bytes that are not text": b"\xff" * SIZE,
    "zero bytes": bytes(SIZE),
    "spaces": filled("", " "),
    "commas in text": filled('{"data":"', ",", '"}'),
    "many aliases": json.dumps({"data": [{**CARD, "aliases": ["a"] * 50_000}]}).encode(),
    "many aliases, the last one wrong": json.dumps({"data": [{**CARD, "aliases": ["a"] * 50_000 + [0]}]}).encode(),
    "unknown fields of many models": filled('{"data":[', json.dumps({**CARD, "x": 0, "y": [], "z": {}}), "]}", ","),
    "a type that is a long text": in_field("type", "", "x"),
    "an error in a success": filled('{"detail":[', '{"msg":"m"}', "]}", ","),
}  # fmt: skip
ERROR_BODIES: dict[str, bytes] = {
    "many validation errors": filled('{"detail":[', '{"loc":["a"],"msg":"m","type":"t"}', "]}", ","),
    "many numbers as validation errors": filled('{"detail":[', "0", "]}", ","),
    "a wide location": filled('{"detail":[{"msg":"m","type":"t","loc":[', '"a"', "]}]}", ","),
    "a deep location": f'{{"detail":[{{"msg":"m","type":"t","loc":{nested(900)}}}]}}'.encode(),
    "a long validation error": filled('{"detail":[{"loc":["a"],"type":"t","msg":"', "m", '"}]}'),
    "nested messages": b'{"message":' * 900 + b"0" + b"}" * 900,
    "titles": filled("", "<title "),
    "an open title": filled("<title>", "x"),
    "bytes that are not text": b"\xff" * SIZE,
    "backslashes": filled("", "\\"),
    "percent signs": filled("", "%"),
    "character references": filled("", "&#0"),
}
HEADERS: dict[str, tuple[str, str]] = {
    "a wait of many digits": ("retry-after", "9" * 60_000),
    "a wait of many decimals": ("retry-after", "0." + "9" * 60_000),
    "milliseconds of many digits": ("retry-after-ms", "9" * 60_000),
    "spaces around a wait": ("retry-after", "1" + " " * 60_000 + "x"),
    "a date of many parts": ("retry-after", "1 " * 30_000),
    "a date of many commas": ("retry-after", "," * 60_000),
    "a time of many parts": ("retry-after", "Wed, 21 Oct 2026 " + "1:" * 30_000 + " GMT"),
    "a year of 20 digits": ("retry-after", "Wed, 21 Oct 20262026202620262026 07:28:00 GMT"),
    "a year of many digits": ("retry-after", f"Wed, 21 Oct {'9' * 60_000} 07:28:00 GMT"),
    "an offset of many digits": ("retry-after", f"Wed, 21 Oct 2026 07:28:00 +{'9' * 60_000}"),
    "cookies of many digits": ("set-cookie", f"a=b; max-age={'9' * 30_000}; expires={'9' * 30_000}"),
    "a long location": ("location", "https://h/" + "%41" * 20_000),
    "many challenges": ("www-authenticate", 'Bearer realm="x", ' * 3000),
    "many charsets": ("content-type", "text/plain;" + "charset=" * 8000),
    "quotation marks around a charset": ("content-type", "text/plain; charset=" + '"' * 60_000),
    "many content codings": ("content-encoding", "gzip," * 12_000),
    "many codings that are none": ("content-encoding", "identity," * 6000),
    "a long request id": ("x-request-id", "r" * 60_000),
    "a long decision about retries": ("x-should-retry", " " * 60_000),
    "backslashes": ("x-any", "\\" * 60_000),
    "percent signs": ("x-any", "%25" * 20_000),
}


def outcome(api: SyncOrAsync, response: Any) -> str:
    """Return the name of the error of a call with this response, or that of the result."""
    mistral = api.client([response], api_key="sk-0123456789abcdef", retry_config=0)
    try:
        return type(api.call(mistral, "list")).__name__
    except errors.MistralError as error:
        assert len(f"{error} {error!r}") < 10_000
        return type(error).__name__


def seconds(call: Callable[[], object]) -> float:
    """Return the processor time of a call, the shorter one of two."""
    times = []
    for _ in range(2):
        started = time.process_time()
        call()
        times.append(time.process_time() - started)
    return min(times)


@pytest.fixture(scope="module")
def ordinary() -> float:
    """The processor time that a list of the same size takes."""
    return seconds(lambda: outcome(SyncOrAsync("sync"), streamed(ORDINARY)))


@pytest.mark.slow
@pytest.mark.parametrize("name", BODIES)
def test_no_successful_response_takes_much_longer_than_an_ordinary_list_of_its_size(name, ordinary):
    """What is not decodable takes longer for each entry, and has more entries."""
    compressed = gzip.compress(BODIES[name])
    api = SyncOrAsync("sync")
    assert seconds(lambda: outcome(api, streamed(compressed, content_encoding="gzip"))) < 60 * ordinary


@pytest.mark.slow
@pytest.mark.parametrize("status", [422, 503])
@pytest.mark.parametrize("name", ERROR_BODIES)
def test_no_error_response_takes_longer_than_an_ordinary_list_of_its_size(name, status, ordinary):
    """Of its body, no more than 1 MiB is read."""
    compressed = gzip.compress(ERROR_BODIES[name])
    api = SyncOrAsync("sync")
    assert seconds(lambda: outcome(api, streamed(compressed, status, content_encoding="gzip"))) < 12 * ordinary


@pytest.mark.parametrize("status", [200, 302, 503])
@pytest.mark.parametrize("name", HEADERS)
def test_no_header_takes_long(name, status, ordinary):
    """Headers are parsed in linear time, and what is shown of them is short."""
    header, value = HEADERS[name]
    response = {header.replace("-", "_"): value}
    assert seconds(lambda: outcome(SyncOrAsync("sync"), streamed(b'{"data":[]}', status, **response))) < 8 * ordinary


@pytest.mark.slow
@pytest.mark.linux("limits the address space")
@pytest.mark.parametrize("parser", ["msgspec", "json"])
def test_the_memory_of_a_response_is_bounded(parser):
    """The worst bodies of the default size limit, 32 MiB, are decoded or rejected in 512 MiB."""
    program = f"""
import gzip, resource, sys
if {parser!r} == "json":
    sys.modules["msgspec"] = None
import httpx
from mistral_models import Mistral, errors
limit = 32 * 1024 * 1024
bodies = [b'{{"data":[' + b",".join([unit] * count) + b"]}}"
          for unit, count in ((b"0", limit // 2 - 10), (b"{{}}", {MAX_VALUES} // 2 - 10),
                              (b'{{"id":"m","type":"base","capabilities":{{}}}}', {MAX_VALUES} // 5 - 10))]
bodies += [b"[" * limit, b'{{"a":' * (limit // 5), b'{{"detail": "' + b"x" * (limit - 15) + b'"}}']
packed = [gzip.compress(body, 1) for body in bodies]
del bodies
resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
for body in packed:
    response = httpx.Response(200, stream=httpx.ByteStream(body), headers={{"content-encoding": "gzip"}})
    mistral = Mistral("key", client=httpx.Client(transport=httpx.MockTransport(lambda _: response)), retry_config=0)
    try:
        mistral.models.list()
    except errors.MistralError:
        pass
print("bounded")
"""
    completed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (completed.stdout, completed.stderr) == ("bounded\n", "")


def test_decoding_ends_at_the_deadline(api):
    """A long list is decoded as long as there is time; the response is not requested again."""
    body = json.dumps({"data": [0] * 50_000}).encode()
    mistral = api.client([reply(200, body)], clock=HastyClock(), timeout_ms=30_000)
    with pytest.raises(errors.APITimeoutError, match=f"decode a response of {len(body)} bytes") as caught:
        api.call(mistral, "list")
    assert caught.value.attempts == 1
    assert len(api.call(api.client([reply(200, body)]), "list").data) == 50_000


def test_json_with_too_many_values_is_rejected_before_it_is_parsed(api):
    """The default size limit allows half a million values, enough for 15,000 models; a larger one allows more."""

    def unarchive(count: int) -> Any:
        values = ",".join("0" * count)
        body = f'{{"id":"m","padding":"{" " * MAX_VALUES}","x":[{values}]}}'  # three values besides those of the array
        return api.call(api.client([reply(200, body)]), "unarchive", model_id="m")

    assert len(unarchive(MAX_VALUES - 3)["x"]) == MAX_VALUES - 3
    with pytest.raises(errors.ResponseValidationError, match=f"more than {MAX_VALUES} values"):
        unarchive(MAX_VALUES - 2)


def test_an_error_keeps_the_first_mebibyte_of_its_body(api):
    """A program may collect thousands of errors."""
    body = b"x" * (3 * 1024 * 1024)
    for response in (streamed(body, 503), reply(503, body), streamed(gzip.compress(body), 503, content_encoding="gzip"),
                     reply(200, body)):  # fmt: skip
        mistral = api.client([response], retry_config=0)
        with pytest.raises((errors.SDKError, errors.ResponseValidationError)) as caught:
            api.call(mistral, "list")
        assert caught.value.raw_response is not None
        assert len(caught.value.raw_response.content) == 1024 * 1024
