"""JSON text as Python values: as `json.loads` reads it, by msgspec where that is installed (the extra `speed`)."""

import codecs
import json
from collections.abc import Callable
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_quick: Callable[[bytes], Json] | None
try:
    from msgspec.json import decode as _quick
except ImportError:
    _quick = None


def parse(text: bytes) -> Json:
    """Parse, with or without a byte-order mark.

    Raises:
        ValueError: It is not JSON.
    """
    text = text.removeprefix(codecs.BOM_UTF8)
    if _quick:
        try:
            return _quick(text)
        except Exception:  # noqa: BLE001, S110 what it does not read, json reads, or says what is wrong with it
            pass
    try:
        parsed: Json = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return parsed
