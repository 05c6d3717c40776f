"""Hypothesis strategies for JSON that fits a schema of `openapi.yaml`."""

import datetime
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

DOCUMENT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]

TEXT = st.text(max_size=8)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def _offset(minutes: int) -> datetime.timezone:
    return datetime.timezone(datetime.timedelta(minutes=minutes))


_DATETIMES = st.datetimes(timezones=st.just(datetime.UTC) | st.integers(-1439, 1439).map(_offset))
_BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "integer": st.integers() | st.integers(min_value=-(10**9), max_value=10**9).map(float),
    "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9),
    "string": TEXT,
}


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that fit the schema; objects also have unknown fields where the schema allows them."""
    if "$ref" in schema:
        return fitting(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from([*schema["enum"], "an undocumented value"])
    if variants := schema.get("oneOf") or schema.get("anyOf"):
        return st.one_of([fitting(variant) for variant in variants])
    kinds = schema.get("type", [])
    return st.one_of([_of_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)] or [JSON])


def _of_kind(kind: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    match kind, schema.get("format"):
        case "array", _:
            return st.lists(fitting(schema["items"]), max_size=3)
        case "object", _:
            return _objects(schema)
        case "string", "date-time":
            return _DATETIMES.map(lambda value: value.isoformat())
        case "string", "uuid":
            return st.uuids().map(str)
        case _:
            excluded = schema.get("not", {}).get("enum", [])
            return _BY_TYPE[kind].filter(lambda value: value not in excluded)


def _objects(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    properties = {name: fitting(inner) for name, inner in schema.get("properties", {}).items()}
    required = {name: properties[name] for name in schema.get("required", [])}
    optional = {name: properties[name] for name in properties if name not in required}
    unknown = st.dictionaries(TEXT.filter(lambda name: name not in properties), JSON, max_size=2)
    return st.builds(lambda known, more: {**more, **known}, st.fixed_dictionaries(required, optional=optional), unknown)
