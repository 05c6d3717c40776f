"""Which words of JSON Schema speak about which kind of value, and their values in one notation."""

import json
from collections.abc import Callable, Iterator
from typing import Final

from .documents import JSON, Node

KINDS: Final = ("string", "integer", "number", "boolean", "array", "object", "null")
ANY: Final = tuple(kind for kind in KINDS if kind != "integer")
"""The kinds that together allow every value."""

_CONSTRAINTS: Final = {
    "string": ("minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType", "contentSchema"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems", "uniqueItems", "prefixItems", "contains", "minContains", "maxContains",
      "unevaluatedItems"),
    "object": ("minProperties", "maxProperties", "patternProperties", "propertyNames", "dependentRequired",
      "dependentSchemas"),
}  # fmt: skip
_ANY_KIND: Final = ("not", "if", "then", "else")
_SILENT: Final = {"minLength": "0", "minItems": "0", "minProperties": "0", "uniqueItems": "false"}
_STRUCTURE: Final = {
    "object": {"properties", "required", "additionalProperties", "unevaluatedProperties", *_CONSTRAINTS["object"]},
    "array": {"items", *_CONSTRAINTS["array"]},
}
_UNSAID: Final = frozenset(
    ("title", "description", "example", "examples", "$comment", "externalDocs", "xml", "deprecated", "default")
)

_INFINITY: Final = float("inf")
_SETS: Final = frozenset(("type", "enum", "required", "allOf", "anyOf", "oneOf"))
_IS_KIND: Final[dict[str, Callable[[JSON], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: is_kind(value, "number") and value == value // 1,  # type: ignore[operator]
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _INFINITY,
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def is_kind(value: JSON, kind: str) -> bool:
    """Tell whether a value is of a kind; integral floats are integers, booleans are no numbers."""
    return _IS_KIND[kind](value)


def text(value: JSON) -> str:
    """Write a value so that equal ones read the same."""
    if isinstance(value, float) and is_kind(value, "integer"):
        value = int(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def kinds(schema: Node) -> tuple[str, ...]:
    """The kinds that a schema allows by its own words, not looking at what it combines."""
    words = schema.mapping()
    if (named := schema.get("type")) is not None:
        found = [named] if isinstance(named.value, str) else list(named.items())
        for one in found:
            if one.word() not in KINDS:
                raise one.fault(f"no such type: {one.shown}")
        return tuple(one.word() for one in found)
    if (values := listed(schema)) is not None:
        among = {kind for kind in KINDS if any(is_kind(value, kind) for value in values)}
        is_integral = all(is_kind(value, "integer") for value in values if is_kind(value, "number"))
        return tuple(kind for kind in KINDS if kind in among - {"number" if is_integral else "integer"})
    # Without `type` these words hold for one kind only, and whoever writes them means that kind.
    for kind, structure in _STRUCTURE.items():
        if not structure.isdisjoint(words):
            return (kind,)
    return ANY


def listed(schema: Node) -> list[JSON] | None:
    """The values that `const` or `enum` allow, or None for any."""
    words = schema.mapping()
    if "const" in words:
        return [words["const"]]
    values = schema.get("enum")
    return None if values is None else [value.value for value in values.items()]


def constraints(schema: Node, kind: str) -> dict[str, str]:
    """What narrows the values of a kind further, in the notation of 3.1."""
    words = schema.mapping()
    names = (*_CONSTRAINTS.get("number" if kind == "integer" else kind, ()), *_ANY_KIND)
    found = {name: text(_canonical(schema, name)) for name in names if name in words}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if found.get(exclusive) == "true" and bound in found:  # OpenAPI 3.0
            found[exclusive] = found.pop(bound)
        elif found.get(exclusive) in {"true", "false"}:
            del found[exclusive]
    return {name: value for name, value in found.items() if _SILENT.get(name) != value}


def _canonical(schema: Node, name: str) -> JSON:
    child = next(node for key, node in schema.fields() if key == name)
    return _plain(child, ())


def _plain(node: Node, passed: tuple[tuple[str, ...], ...]) -> JSON:
    """A schema within a constraint as JSON: references followed, words without effect dropped."""
    if isinstance(node.value, list):
        return [_plain(item, passed) for item in node.items()]
    if not isinstance(node.value, dict):
        return node.value
    target = node.followed()
    if target.pointer in passed:
        return {}
    found = {key: _plain(value, (*passed, target.pointer)) for key, value in _said(target)}
    return {
        key: sorted(value, key=text) if key in _SETS and isinstance(value, list) else value
        for key, value in found.items()
    }


def _said(node: Node) -> Iterator[tuple[str, Node]]:
    return ((key, value) for key, value in node.fields() if key not in _UNSAID and not key.startswith("x-"))
