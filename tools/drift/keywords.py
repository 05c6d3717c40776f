"""JSON Schema keywords: which kind of value each one applies to, and their values in a canonical notation."""

import json
import math
from collections.abc import Iterator
from typing import Final

from jsonschema import Draft202012Validator

from .documents import JSON, Node

KINDS: Final = ("string", "integer", "number", "boolean", "array", "object", "null")
"""The types of JSON Schema."""
DISJOINT_KINDS: Final = tuple(kind for kind in KINDS if kind != "integer")
"""The kinds that together allow every value; integers are numbers."""

_CONSTRAINTS: Final = {
    "string": ("minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType", "contentSchema"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems", "uniqueItems", "prefixItems", "contains", "minContains", "maxContains",
      "unevaluatedItems"),
    "object": ("minProperties", "maxProperties", "patternProperties", "propertyNames", "dependentRequired",
      "dependentSchemas"),
}  # fmt: skip
_CONSTRAINTS_OF_ALL_KINDS: Final = ("not", "if", "then", "else")
_WITHOUT_EFFECT: Final = {"minLength": "0", "minItems": "0", "minProperties": "0", "uniqueItems": "false"}
_IMPLYING_KIND: Final = {
    "object": {"properties", "required", "additionalProperties", "unevaluatedProperties", *_CONSTRAINTS["object"]},
    "array": {"items", *_CONSTRAINTS["array"]},
}
_ANNOTATIONS: Final = frozenset(
    ("title", "description", "example", "examples", "$comment", "externalDocs", "xml", "deprecated", "default")
)
_UNORDERED: Final = frozenset(("type", "enum", "required", "allOf", "anyOf", "oneOf"))

# Python's json reads Infinity and NaN, which are not numbers of JSON.
_TYPES: Final = Draft202012Validator.TYPE_CHECKER.redefine("number", lambda _, value: _is_number(value))


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def is_kind(value: JSON, kind: str) -> bool:
    """Return whether a value is of a kind; 1.0 is an integer, a boolean is not."""
    return bool(_TYPES.is_type(value, kind))


def canonical(value: JSON) -> str:
    """Write a value as JSON so that equal values have equal texts."""
    if isinstance(value, float) and is_kind(value, "integer"):
        value = int(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def allowed_kinds(schema: Node) -> tuple[str, ...]:
    """Return the kinds that a schema allows by its own keywords, without the schemas that it combines."""
    keywords = schema.mapping()
    if (types := schema.get("type")) is not None:
        nodes = [types] if isinstance(types.value, str) else list(types.items())
        for node in nodes:
            if node.as_string() not in KINDS:
                raise node.error(f"no such type: {node.summary}")
        return tuple(node.as_string() for node in nodes)
    if (values := listed_values(schema)) is not None:
        present = {kind for kind in KINDS if any(is_kind(value, kind) for value in values)}
        is_integral = all(is_kind(value, "integer") for value in values if is_kind(value, "number"))
        return tuple(kind for kind in KINDS if kind in present - {"number" if is_integral else "integer"})
    # Without `type`, `properties` says nothing about strings, but authors who leave `type` out mean an object.
    for kind, implying in _IMPLYING_KIND.items():
        if not implying.isdisjoint(keywords):
            return (kind,)
    return DISJOINT_KINDS


def listed_values(schema: Node) -> list[JSON] | None:
    """Return the values that `const` or `enum` allow; None if every value is allowed."""
    keywords = schema.mapping()
    if "const" in keywords:
        return [keywords["const"]]
    values = schema.get("enum")
    return None if values is None else [value.value for value in values.items()]


def constraints(schema: Node, kind: str) -> dict[str, str]:
    """Return the keywords that restrict the values of a kind further, in the notation of OpenAPI 3.1."""
    keywords = schema.mapping()
    names = (*_CONSTRAINTS.get("number" if kind == "integer" else kind, ()), *_CONSTRAINTS_OF_ALL_KINDS)
    found = {name: canonical(_normalized_keyword(schema, name)) for name in names if name in keywords}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if found.get(exclusive) == "true" and bound in found:  # the boolean form of OpenAPI 3.0
            found[exclusive] = found.pop(bound)
        elif found.get(exclusive) in {"true", "false"}:
            del found[exclusive]
    return {name: value for name, value in found.items() if _WITHOUT_EFFECT.get(name) != value}


def _normalized_keyword(schema: Node, name: str) -> JSON:
    return _normalized(next(node for key, node in schema.members() if key == name), ())


def _normalized(node: Node, visited: tuple[tuple[str, ...], ...]) -> JSON:
    """Return the value of a constraint with references resolved and annotations removed."""
    if isinstance(node.value, list):
        return [_normalized(item, visited) for item in node.items()]
    if not isinstance(node.value, dict):
        return node.value
    target = node.resolved()
    if target.pointer in visited:
        return {}
    members = {key: _normalized(value, (*visited, target.pointer)) for key, value in _assertions(target)}
    return {
        key: sorted(value, key=canonical) if key in _UNORDERED and isinstance(value, list) else value
        for key, value in members.items()
    }


def _assertions(node: Node) -> Iterator[tuple[str, Node]]:
    return ((key, value) for key, value in node.members() if key not in _ANNOTATIONS and not key.startswith("x-"))
