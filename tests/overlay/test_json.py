"""The body of a response is parsed as by `json.loads`, with and without the extra `speed` (msgspec)."""

import json
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mistral_models.utils import RawResponse

SPECIAL = [
    *(b"-0", b"-0.0", b"1e400", b"-1E400", b"NaN", b"-Infinity", b"1.", b".5", b"01", b"1e5", b"0.1", b"1e22", b"1e23"),
    *(b"18446744073709551616", b"-9223372036854775809", b"1" * 5000, b"5e-324", b"9007199254740993", b"1e-400"),
    *(b'"\\ud800"', b'"\\ud83d\\ude00"', b'"\xed\xa0\x80"', b'"\xff"', b'"\x01"', b'"\t"', b'"\x7f"', b'"\\u0000"'),
    *(
        b"",
        b" ",
        b" 1\r\n",
        b"[1,]",
        b"[1",
        b'{"a":1,"a":2}',
        b"{a:1}",
        b"1 2",
        b"nul",
        b'"a',
        b"\xef\xbb\xbf1",
        b"\x00",
    ),
    *("[1]".encode(coding) for coding in ("utf-16", "utf-16-le", "utf-32", "utf-32-be")),
]
numbers = st.from_regex(rb"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
texts = st.builds(
    lambda value, ascii_: json.dumps(value, ensure_ascii=ascii_).encode("utf-8", "surrogatepass"), values, st.booleans()
)


def parse(text: bytes) -> object:
    """Parse the body of a response."""
    return RawResponse("GET", "https://service.example", 200, httpx.Headers(), text).json()


def parse_result(parser: Callable[[bytes], object], text: bytes) -> str:
    """Return the repr of the parsed value, or "no JSON" if the parser raises a ValueError."""
    try:
        return repr(parser(text))
    except ValueError:
        return "no JSON"


def expected(text: bytes) -> str:
    """Return what `json.loads` makes of a text, which may begin with a byte order mark."""
    return parse_result(json.loads, text.removeprefix(b"\xef\xbb\xbf"))


@pytest.mark.parametrize("text", SPECIAL)
def test_text_on_which_parsers_disagree_is_parsed_as_by_json(text):
    """Numbers beyond 64 bits, lone surrogates, NaN, invalid JSON and other encodings are parsed as by `json.loads`."""
    assert parse_result(parse, text) == expected(text)


@given(texts | numbers | st.binary() | st.sampled_from(SPECIAL))
def test_any_text_is_parsed_as_by_json(text):
    """Both parsers return the same value, or both raise an error."""
    assert parse_result(parse, text) == expected(text)


@given(texts, st.data())
def test_text_with_a_replaced_byte_is_parsed_as_by_json(text, data):
    """After any byte is replaced, both parsers return the same value, or both raise an error."""
    position = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:position] + data.draw(st.binary(min_size=1, max_size=1)) + text[position + 1 :]
    assert parse_result(parse, damaged) == expected(damaged)


def test_msgspec_is_not_required():
    """Without msgspec, the standard library parses the text."""
    program = """
import sys; sys.modules['msgspec'] = None
import httpx
from mistral_models.utils import RawResponse
print(RawResponse("GET", "https://service.example", 200, httpx.Headers(), b'[1, {"a": null}]').json())
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[1, {'a': None}]\n"


def test_msgspec_parses_the_text_where_it_is_installed():
    """A function of msgspec runs during a call; otherwise the extra would have no effect."""
    program = """
import sys
from mistral_models.testing import FakeMistral
modules = set()
mistral = FakeMistral().client()
mistral.models.list()
sys.setprofile(lambda frame, event, function: event == "c_call" and modules.add(function.__module__))
mistral.models.list()
sys.setprofile(None)
print(any(str(name).startswith("msgspec") for name in modules))
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "True\n"
