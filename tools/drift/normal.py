"""The normal form of schemas: what a value may be, however the schema is spelled, split and referred to.

A `Shape` goes one level deep and leaves the schemas below it as they are, so that recursive schemas need no care.
"""

from functools import reduce
from typing import Final

from attrs import evolve, frozen

from .documents import Node, Pointer
from .keywords import ANY, constraints, is_kind, kinds, listed, text
from .variants import ANYTHING, Schema, Variant, both, key, limits, merged

_MARKS: Final = ("deprecated", "readOnly", "writeOnly")


@frozen(eq=False)
class Shape:
    """What a schema allows, one level deep."""

    variants: tuple[Variant, ...]
    default: str | None
    marks: frozenset[str]
    """Those of `deprecated`, `readOnly` and `writeOnly` that are set."""

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of values other than null."""
        return frozenset(variant.kind for variant in self.variants) - {"null"}

    @property
    def nullable(self) -> bool:
        """Whether null is allowed."""
        return any(variant.kind == "null" for variant in self.variants)

    @property
    def is_anything(self) -> bool:
        """Whether values of every kind are allowed."""
        return {variant.kind for variant in self.variants} >= {*ANY}

    def of(self, kind: str) -> list[Variant]:
        """The variants of a kind."""
        return [variant for variant in self.variants if variant.kind == kind]


class Shapes:
    """The shapes of one document's schemas, each made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[Pointer, ...], Shape] = {}
        self._outlines: dict[tuple[tuple[Pointer, ...], int], int] = {}

    def __call__(self, schema: Schema) -> Shape:
        """Make the shape of a schema."""
        known = key(schema)
        if known not in self._made:
            self._made[known] = _shape(schema)
        return self._made[known]

    def outline(self, variant: Variant, depth: int) -> tuple[object, ...]:
        """All that a variant allows down to a depth, to be compared with that of another document's."""
        return (
            *limits(variant), variant.values,
            frozenset((name, self._below(schema, depth - 1)) for name, schema in variant.properties.items()),
            self._below(variant.items, depth - 1), self._below(variant.further, depth - 1),
        )  # fmt: skip

    def _below(self, schema: Schema, depth: int) -> int | None:
        known = (key(schema), depth)
        if depth and known not in self._outlines:
            # A number: tuples within tuples would be gone through again by each comparison.
            self._outlines[known] = hash(frozenset(self.outline(variant, depth) for variant in self(schema).variants))
        return self._outlines.get(known)


def _shape(schema: Schema) -> Shape:
    variants = reduce(both, (_expand(node, frozenset()) for node in schema), ANYTHING)
    default = next((text(found.value) for node in schema if (found := _said(node, "default", frozenset()))), None)
    return Shape(
        merged(variants), default, frozenset(mark for mark in _MARKS for node in schema if _is_set(node, mark))
    )


def _is_set(node: Node, mark: str) -> bool:
    found = _said(node, mark, frozenset())
    return found is not None and found.value is True


def _said(node: Node, word: str, passed: frozenset[Pointer]) -> Node | None:
    """An annotation of the schema, or of what it refers to."""
    if not isinstance(node.value, dict) or node.pointer in passed:
        return None
    if (found := node.get(word)) is not None:
        return found
    passed |= {node.pointer}
    return next((found for part in _parts(node) if (found := _said(part, word, passed)) is not None), None)


def _parts(node: Node) -> list[Node]:
    """The schemas that hold together with the node's own words."""
    reference, every = node.reference(), node.get("allOf")
    return [*([reference] if reference else []), *(every.items() if every else [])]


def _expand(node: Node, passed: frozenset[Pointer]) -> tuple[Variant, ...]:
    if node.pointer in passed:
        return ANYTHING
    if isinstance(node.value, bool):
        return ANYTHING if node.value else ()
    passed |= {node.pointer}
    parts = [_expand(part, passed) for part in _parts(node)]
    if "$ref" not in node.mapping() or not _is_3_0(node):  # 3.0 ignores what stands beside $ref
        unions = (union for name in ("anyOf", "oneOf") if (union := node.get(name)))
        parts += [_own(node), *(_union(node, union, passed) for union in unions)]
    found = reduce(both, parts, ANYTHING)
    nullable = node.get("nullable")
    return (*found, Variant("null", node)) if nullable is not None and nullable.value is True else found


def _is_3_0(node: Node) -> bool:
    version = node.document.root.get("openapi")
    return version is not None and str(version.value).startswith("3.0")


def _own(node: Node) -> tuple[Variant, ...]:
    values = listed(node)
    variants = (_variant(node, kind) for kind in kinds(node))
    if values is None:
        return tuple(variants)
    return tuple(
        evolve(variant, values=None if variant.kind == "null" else frozenset(map(text, allowed)))
        for variant in variants
        if (allowed := [value for value in values if is_kind(value, variant.kind)])
    )


def _variant(node: Node, kind: str) -> Variant:
    variant = Variant(kind, node, constraints=constraints(node, kind))
    match kind:
        case "string" | "integer" | "number":
            said = node.get("format")
            return evolve(variant, format=said.word() if said else None)
        case "array":
            return evolve(variant, items=_one(node, "items"))
        case "object":
            return _object(variant, node)
    return variant


def _object(variant: Variant, node: Node) -> Variant:
    named, needed = node.get("properties"), node.get("required")
    required = frozenset(item.word() for item in needed.items()) if needed else frozenset()
    properties = {name: (schema,) for name, schema in named.fields()} if named else {}
    return evolve(
        variant,
        properties={**dict.fromkeys(sorted(required), ()), **properties},
        required=required,
        further=_one(node, "additionalProperties") or _one(node, "unevaluatedProperties"),
        fallback="x-fallback-discriminator" in node.mapping(),
    )


def _one(node: Node, word: str) -> Schema:
    found = node.get(word)
    return () if found is None or found.value in (True, {}) else (found,)


def _union(node: Node, members: Node, passed: frozenset[Pointer]) -> tuple[Variant, ...]:
    discriminator = node.get("discriminator")
    found: list[Variant] = []
    for member in members.items():
        if member.followed().pointer in passed:
            continue  # a union with itself allows nothing more
        named = member.get("$ref") if isinstance(member.value, dict) else None
        tag, names = _tag(discriminator, named.word() if named else "")
        found += (
            variant if variant.tag else evolve(variant, tag=tag, names=names or variant.names)
            for variant in _expand(member, passed)
        )
    return tuple(found)


def _tag(discriminator: Node | None, reference: str) -> tuple[str | None, frozenset[str]]:
    """The discriminator's property, and its values for the variant that the reference leads to."""
    name = reference.rpartition("/")[2]
    implied = frozenset([name] if name else [])
    if discriminator is None or (tag := discriminator.get("propertyName")) is None:
        return None, implied
    mapping = discriminator.get("mapping")
    mapped = frozenset(
        value for value, target in (mapping.fields() if mapping else ()) if target.value in (reference, name)
    )
    return tag.word(), mapped or implied
