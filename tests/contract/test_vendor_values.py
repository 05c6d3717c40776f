"""Values of the wrong type: what the client converts, the vendor's own SDK converts to the same value.

The SDK also converts values that could be a mistake or have another meaning. The client does not: `NOT_CONVERTED` lists
them.
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from mistral_models.models import ModelList, UnknownModelCard

FIELDS = ("created", "default_model_temperature", "internal", "deprecation")
"""An integer, a number, a boolean and a date-time."""
UNKNOWN = "unknown"
VENDOR = """
import sys
from datetime import datetime
from mistralai.client import models
from mistralai.client.utils.serializers import unmarshal_json

for line in sys.stdin:
    field, _, text = line.partition(" ")
    (card,) = unmarshal_json(text, models.ModelList).data
    if getattr(card, "is_unknown", False):
        print("unknown", flush=True)
    else:
        value = getattr(card, field)
        print(value.isoformat().replace("Z", "+00:00") if isinstance(value, datetime) else repr(value), flush=True)
"""
CONVERTED: list[tuple[str, Any, str]] = [
    *(("created", value, "131072") for value in ("131072", "131072.0", 131072.0)),
    ("created", "-5", "-5"),
    ("created", "-0", "0"),
    ("created", "9007199254740993.0", "9007199254740993"),
    ("created", "9" * 30, "9" * 30),
    *(("default_model_temperature", value, "0.3") for value in ("0.3", "3e-1", "0.30")),
    ("default_model_temperature", 1, "1.0"),
    ("default_model_temperature", "-0", "-0.0"),
    *(("internal", value, "True") for value in ("true", "1", 1, 1.0)),
    *(("internal", value, "False") for value in ("false", "0", 0, 0.0)),
    *(("deprecation", value, "2025-11-30T12:00:00+00:00") for value in (1764504000, "1764504000", 1764504000000)),
    ("deprecation", 1764504000.5, "2025-11-30T12:00:00.500000+00:00"),
    *(("deprecation", value, "1970-01-01T00:00:00+00:00") for value in (0, "0", -0.0)),
    ("deprecation", 20_000_000_000, "2603-10-11T11:33:20+00:00"),
    ("deprecation", 20_000_000_000.5, "1970-08-20T11:33:20.000500+00:00"),
    ("deprecation", "253402300799999", "9999-12-31T23:59:59.999000+00:00"),
]
NOT_CONVERTED: dict[str, list[tuple[str, Any]]] = {
    "true is no number": [("created", True), ("default_model_temperature", False)],
    "JSON has no infinite numbers": [
        ("default_model_temperature", text) for text in ("NaN", "inf", "-Infinity", "1e400", "9" * 400)
    ],
    "JSON would not accept the text as a number": [
        (field, text)
        for field in ("created", "default_model_temperature")
        for text in ("+5", " 5", "5\n", "05", "1_000")
    ]
    + [("default_model_temperature", text) for text in ("5.", ".5")]
    + [("deprecation", text) for text in ("+1764504000", "01764504000", "1764504000.", ".5")],
    "JSON would not accept the text as a boolean": [
        ("internal", text) for text in ("True", "FALSE", "yes", "no", "on", "off", "t", "f", "Y", "n")
    ],
    "4 to 8 digits may be a year or a date": [("deprecation", text) for text in ("2026", "202611", "20261130")],
    "a time with an exponent is too unusual": [("deprecation", "1.7e9")],
}
EDGES = st.sampled_from([0, 1, -1, 2e10, -2e10, 253402300800000, -62135596800000, 2**53, 2**63, -(2**63)])
NUMBERS = (
    st.integers(-(10**17), 10**17)
    | st.floats(-1e17, 1e17)
    | st.builds(lambda edge, distance: edge + distance, EDGES, st.sampled_from([0, 1, -1, 0.5, -0.5, 0.0000005, 1e-6]))
)
TEXT = st.text("0123456789+-._eE: TZ\uff10", max_size=20) | st.sampled_from(
    ["true", "True", "yes", "on", "t", "null", "nan", "Infinity", "1e3", "1e400"]
)


@pytest.fixture(scope="module")
def vendor(vendor_python: Path) -> Iterator[Callable[[str, Any], str]]:
    """Decode a card with one field with the vendor's SDK, and return the field as text, or `UNKNOWN`."""
    with subprocess.Popen(
        [vendor_python, "-c", VENDOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        requests, responses = process.stdin, process.stdout

        def decode(field: str, value: Any) -> str:
            requests.write(f"{field} {listing(field, value)}\n")
            requests.flush()
            return responses.readline().rstrip("\n")

        yield decode
        requests.close()


def listing(field: str, value: Any) -> str:
    """Return the JSON of a list with one card."""
    return json.dumps({"data": [{"id": "m", "type": "base", "capabilities": {}, field: value}]})


def ours(field: str, value: Any) -> str:
    """Decode a card with one field with this client, and return the field as text, or `UNKNOWN`."""
    (card,) = ModelList.from_dict(json.loads(listing(field, value))).data
    if isinstance(card, UnknownModelCard):
        return UNKNOWN
    decoded = getattr(card, field)
    return decoded.isoformat() if isinstance(decoded, datetime) else repr(decoded)


@pytest.mark.parametrize(("field", "value", "decoded"), CONVERTED)
def test_clear_values_are_converted_as_by_the_vendors_sdk(vendor, field, value, decoded):
    """Both produce a `BaseModelCard` with the same value, although the JSON has the wrong type."""
    assert (ours(field, value), vendor(field, value)) == (decoded, decoded)


@pytest.mark.parametrize(
    ("field", "value"), [case for cases in NOT_CONVERTED.values() for case in cases], ids=lambda value: repr(value)[:12]
)
def test_unclear_values_are_converted_by_the_vendors_sdk_only(vendor, field, value):
    """The client keeps the card as an `UnknownModelCard` with the reason."""
    assert vendor(field, value) != UNKNOWN
    assert ours(field, value) == UNKNOWN


@settings(max_examples=300)
@given(field=st.sampled_from(FIELDS), number=NUMBERS, is_text=st.booleans())
@example("deprecation", 0.1234565, False)
@example("deprecation", -1764504000.25, True)
def test_numbers_are_converted_as_by_the_vendors_sdk(vendor, field, number, is_text):
    """Numbers, in quotation marks or not, have the same value in both, or are rejected by both."""
    value = json.dumps(number) if is_text else number
    # See `NOT_CONVERTED`. Integral floats of any size are integers for the client.
    assume(field != "deprecation" or not is_text or not re.search("e|^[0-9]{4,8}$", value))
    assume(field != "created" or is_text or abs(number) < 2**63)
    assert ours(field, value) == vendor(field, value)


@settings(max_examples=300)
@given(field=st.sampled_from(FIELDS), text=TEXT)
def test_text_is_converted_as_by_the_vendors_sdk_or_not_at_all(vendor, field, text):
    """If the client converts a text, the SDK converts it to the same value; dates can have other forms of ISO 8601."""
    converted = ours(field, text)
    if converted != UNKNOWN and not (field == "deprecation" and re.search("[-:TZ]", text[1:])):
        assert converted == vendor(field, text)
