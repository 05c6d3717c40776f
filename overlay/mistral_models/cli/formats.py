"""Models for programs: JSON, JSON Lines and CSV, with every field that the service sent."""

import io
import math
from typing import TYPE_CHECKING, Final

from .terminal import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mistral_models._json import Json


_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a cell a formula (https://owasp.org/www-community/attacks/CSV_Injection), also in full width."""


def to_json(value: "Json", *, indent: int | None = 2) -> str:
    """Encode as JSON that every parser accepts: ASCII only, and null for NaN and infinity (RFC 8259, section 6)."""
    import json

    return json.dumps(_replace_non_finite(value), indent=indent, allow_nan=False)


def format_payloads(payloads: "Sequence[Json]", output_format: str) -> str:
    """Encode payloads as `json`, `jsonl` or `csv`, without the final line break."""
    if output_format == "json":
        return to_json(list(payloads))
    if output_format == "jsonl":
        return "\n".join(to_json(payload, indent=None) for payload in payloads)
    return _to_csv(payloads)


def _to_csv(payloads: "Sequence[Json]") -> str:
    """Encode as CSV with a header row, which has the columns of the API's schema if there are no payloads.

    Nested objects become columns such as `capabilities.vision`; lists become JSON. Text that a spreadsheet would
    execute as a formula begins with an apostrophe.
    """
    import csv

    rows = [_flatten(payload if isinstance(payload, dict) else {"raw": payload}) for payload in payloads]
    columns = list(dict.fromkeys(name for row in rows or map(_flatten, _schema_examples()) for name in row))
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow([_text_cell(name) for name in columns])
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return output.getvalue().removesuffix("\n")


def _schema_examples() -> "Iterator[dict[str, Json]]":
    """Yield a base model and a fine-tuned model with every field that the API's schema lists."""
    from mistral_models.models import BaseModelCard, FTModelCard, ModelCapabilities

    capabilities = ModelCapabilities()
    yield BaseModelCard(id="", created=0, capabilities=capabilities).to_dict()
    yield FTModelCard(id="", created=0, capabilities=capabilities, job="", root="").to_dict()


def _flatten(payload: "dict[str, Json]", prefix: str = "") -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in payload.items():
        if isinstance(value, dict) and value:
            row |= _flatten(value, f"{prefix}{name}.")
        else:
            row[f"{prefix}{name}"] = _cell(value)
    return row


def _cell(value: "Json") -> str:
    if value is None:
        return ""
    return _text_cell(value) if isinstance(value, str) else to_json(value, indent=None)


def _text_cell(value: str) -> str:
    text = escape(value, keep="\n\t")
    return f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) or value.startswith(("\t", "\r", "\n")) else text


def _replace_non_finite(value: "Json") -> "Json":
    if isinstance(value, dict):
        return {name: _replace_non_finite(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_replace_non_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
