"""Models for programs: JSON, JSON lines and CSV, with every field that the service sent. Nothing here does I/O."""

import csv
import io
import json
import math
from typing import TYPE_CHECKING

from .safe import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mistral_models._json import Json


def encoded(value: "Json", *, indent: int | None = 2) -> str:
    """Write JSON that every parser takes: ASCII only, and null for what is no number (RFC 8259, 6)."""
    return json.dumps(_numbers(value), indent=indent, allow_nan=False)


def formatted(payloads: "Sequence[Json]", form: str) -> str:
    """Write payloads as `json`, `jsonl` or `csv`, without the last line break."""
    if form == "json":
        return encoded(list(payloads))
    if form == "jsonl":
        return "\n".join(encoded(payload, indent=None) for payload in payloads)
    return _separated(payloads)


def _separated(payloads: "Sequence[Json]") -> str:
    """Nested objects become columns such as `capabilities.vision`; lists become JSON."""
    rows = [_flat(payload if isinstance(payload, dict) else {"raw": payload}) for payload in payloads]
    headings = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe(name) for name in headings])
    writer.writerows([row.get(name, "") for name in headings] for row in rows)
    return out.getvalue().removesuffix("\n")


def _flat(payload: "dict[str, Json]", prefix: str = "") -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in payload.items():
        if isinstance(value, dict) and value:
            row |= _flat(value, f"{prefix}{name}.")
        else:
            row[f"{prefix}{name}"] = _cell(value)
    return row


def _cell(value: "Json") -> str:
    if value is None:
        return ""
    return safe(value, keep="\n\t") if isinstance(value, str) else encoded(value, indent=None)


def _numbers(value: "Json") -> "Json":
    if isinstance(value, dict):
        return {name: _numbers(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_numbers(held) for held in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
