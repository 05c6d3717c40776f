"""Text of an answer is read as `json.loads` reads it, whoever reads it."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mistral_models._json import parse

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


def read(reader: object, text: bytes) -> str:
    """Say what becomes of a text."""
    assert callable(reader)
    try:
        return repr(reader(text))
    except ValueError:
        return "no JSON"


def expected(text: bytes) -> str:
    """Say what `json.loads` makes of it."""
    return read(json.loads, text.removeprefix(b"\xef\xbb\xbf"))


@pytest.mark.parametrize("text", SPECIAL)
def test_what_readers_are_known_to_disagree_on_is_read_as_json_reads_it(text):
    """Numbers that no 64 bits hold, lone surrogates, what JSON has no word for, other encodings."""
    assert read(parse, text) == expected(text)


@given(texts | numbers | st.binary() | st.sampled_from(SPECIAL))
def test_any_text_is_read_as_json_reads_it(text):
    """With the extra `speed` or without it: the same value, or an error from both."""
    assert read(parse, text) == expected(text)


@given(texts, st.data())
def test_damaged_text_is_read_as_json_reads_it(text, data):
    """A byte replaced anywhere: the same value, or an error from both."""
    place = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:place] + data.draw(st.binary(min_size=1, max_size=1)) + text[place + 1 :]
    assert read(parse, damaged) == expected(damaged)


def test_nothing_but_json_is_needed():
    """Without the extra, the same text gives the same value."""
    program = """
import sys; sys.modules['msgspec'] = None
from mistral_models._json import parse
print(parse(b'[1, {"a": null}]'))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[1, {'a': None}]\n"
