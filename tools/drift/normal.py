"""The normal form of schemas: what a value may be, however the schema is spelled, split and referred to.

A schema here is a tuple of nodes that hold together (as in `allOf`); the empty tuple allows everything. Its `Shape`
goes one level deep and leaves the schemas below it as such tuples, so that recursive schemas need no care.
"""

from collections.abc import Mapping
from functools import reduce
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import evolve, frozen

from .documents import Node, Pointer
from .keywords import ANY, constraints, is_kind, kinds, listed, text

Schema: TypeAlias = tuple[Node, ...]

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_NO_FIELDS: Final[Mapping[str, Schema]] = MappingProxyType({})
_BOTH_BOOLEANS: Final = frozenset({"true", "false"})


@frozen(eq=False)
class Variant:
    """One kind of value among those that a schema allows."""

    kind: str
    node: Node | None = None
    """Where it is written."""
    values: frozenset[str] | None = None
    """The only ones allowed, as JSON; None for any."""
    format: str | None = None
    constraints: Mapping[str, str] = _NOTHING
    properties: Mapping[str, Schema] = _NO_FIELDS
    required: frozenset[str] = frozenset()
    items: Schema = ()
    further: Schema = ()
    """What properties without a name of their own must be."""
    tag: str | None = None
    """The property that tells it apart from the other variants, where a discriminator says so."""
    names: frozenset[str] = frozenset()
    """The values of the tag that mean this variant; the schema's name, where nothing is said."""
    fallback: bool = False
    """The client's own variant for what no document lists."""

    @property
    def plain(self) -> bool:
        """Whether every value of the kind is allowed."""
        return self.values is None and self.format is None and not self.constraints


_ANYTHING: Final = tuple(Variant(kind) for kind in ANY)


@frozen(eq=False)
class Shape:
    """What a schema allows, one level deep."""

    variants: tuple[Variant, ...]
    default: str | None
    deprecated: bool

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


def key(schema: Schema) -> tuple[Pointer, ...]:
    """What makes a schema the same as another one of its document."""
    return tuple(node.pointer for node in schema)


def _shape(schema: Schema) -> Shape:
    variants = reduce(_both, (_expand(node, frozenset()) for node in schema), _ANYTHING)
    default = next((text(found.value) for node in schema if (found := _said(node, "default", frozenset()))), None)
    marks = (_said(node, "deprecated", frozenset()) for node in schema)
    return Shape(_merged(variants), default, any(mark is not None and mark.value is True for mark in marks))


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
        return _ANYTHING
    if isinstance(node.value, bool):
        return _ANYTHING if node.value else ()
    passed |= {node.pointer}
    parts = [_expand(part, passed) for part in _parts(node)]
    if "$ref" not in node.mapping() or not _is_3_0(node):  # 3.0 ignores what stands beside $ref
        unions = (union for name in ("anyOf", "oneOf") if (union := node.get(name)))
        parts += [_own(node), *(_union(node, union, passed) for union in unions)]
    found = reduce(_both, parts, _ANYTHING)
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
        fallback="x-fallback-tag" in node.mapping(),
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


def _both(left: tuple[Variant, ...], right: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """What two lists of variants allow together."""
    return tuple(met for a in left for b in right if (met := _met(a, b)) is not None)


def _met(a: Variant, b: Variant) -> Variant | None:
    kinds_ = {a.kind, b.kind}
    if len(kinds_) == 2 and kinds_ != {"integer", "number"}:
        return None
    values = a.values if b.values is None else b.values if a.values is None else a.values & b.values
    if values is not None and not values:
        return None
    shared = a.properties.keys() & b.properties.keys()
    return Variant(
        "integer" if "integer" in kinds_ else a.kind,
        b.node if b.properties and not a.properties else a.node or b.node,
        values,
        a.format or b.format,
        {**b.constraints, **a.constraints},
        {**a.properties, **b.properties, **{name: _joined(a.properties[name], b.properties[name]) for name in shared}},
        a.required | b.required,
        _joined(a.items, b.items),
        _joined(a.further, b.further),
        a.tag or b.tag,
        a.names or b.names,
        a.fallback or b.fallback,
    )


def _joined(a: Schema, b: Schema) -> Schema:
    passed = key(a)
    return (*a, *(node for node in b if node.pointer not in passed))


def _merged(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """The same with variants taken together that differ in nothing, or in the values that they list."""
    found: dict[tuple[object, ...], Variant] = {}
    plain = {variant.kind for variant in variants if variant.plain}
    for variant in variants:
        identity = _identity(variant)
        if _is_covered(variant, plain):
            continue
        known = found.setdefault(identity, variant)
        values = None if known.values is None or variant.values is None else known.values | variant.values
        found[identity] = evolve(known, values=None if values == _BOTH_BOOLEANS else values)
    return tuple(found.values())


def _is_covered(variant: Variant, plain: set[str]) -> bool:
    """Whether another variant, one of those without any limit, allows all that this one does."""
    if variant.kind in {"array", "object"}:
        return False
    return (variant.kind in plain and not variant.plain) or (variant.kind == "integer" and "number" in plain)


def _identity(variant: Variant) -> tuple[object, ...]:
    """What two variants of a document must share to be one; the values of arrays and objects do not add up."""
    is_scalar = variant.kind not in {"array", "object"}
    return (
        *limits(variant), is_scalar or variant.values,
        frozenset((name, key(schema)) for name, schema in variant.properties.items()),
        key(variant.items), key(variant.further),
    )  # fmt: skip


def limits(variant: Variant) -> tuple[object, ...]:
    """What a variant says without speaking of other schemas."""
    return (
        variant.kind, variant.format, tuple(sorted(variant.constraints.items())), variant.required, variant.fallback,
    )  # fmt: skip
