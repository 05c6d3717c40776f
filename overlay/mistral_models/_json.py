"""Parse JSON: with msgspec where it is installed (the extra `speed`), otherwise with the standard library."""

import codecs
import functools
import json
from collections.abc import Callable
from typing import Final, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_BEFORE_VALUES: Final = (b",", b"[", b"{")
"""Each value of an array or object follows one of these."""


def parse(text: bytes) -> Json:
    """Parse JSON in UTF-8, with or without a byte-order mark.

    Raises:
        ValueError: The text is not JSON.
    """
    text = text.removeprefix(codecs.BOM_UTF8)
    if fast_decode := load_fast_decoder():
        try:
            return fast_decode(text)
        except Exception:  # noqa: BLE001, S110 fall back to `json`: it accepts more, and explains errors
            pass
    try:
        parsed: Json = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return parsed


def has_more_values(text: bytes, limit: int) -> bool:
    """Return whether JSON may have more values than a limit; commas and brackets in strings count as values."""
    return len(text) > limit and sum(map(text.count, _BEFORE_VALUES)) > limit


@functools.cache
def load_fast_decoder() -> Callable[[bytes], Json] | None:
    """Return msgspec's decoder; None where msgspec is not installed."""
    try:
        from msgspec.json import decode
    except ImportError:
        return None
    return decode
