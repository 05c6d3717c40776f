"""Parse JSON: with msgspec where it is installed (the extra `speed`), otherwise with the standard library."""

import codecs
import functools
import json
from collections.abc import Callable
from typing import Final, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

MAX_VALUES: Final = 500_000
"""A list of 15,000 models has as many. Without a limit, `[{},{},…]` would take twenty times its size in memory."""
_BEFORE_VALUES: Final = (b",", b"[", b"{")
"""One of these is before each value of an array or object."""


def parse(text: bytes) -> Json:
    """Parse JSON in UTF-8, with or without a byte-order mark.

    Raises:
        ValueError: The text is not JSON, or has too many values.
    """
    if len(text) > MAX_VALUES and sum(map(text.count, _BEFORE_VALUES)) > MAX_VALUES:
        raise ValueError(f"more than {MAX_VALUES} values")
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


@functools.cache
def load_fast_decoder() -> Callable[[bytes], Json] | None:
    """Return msgspec's decoder; None where msgspec is not installed."""
    try:
        from msgspec.json import decode
    except ImportError:
        return None
    return decode
