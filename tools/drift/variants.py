"""Kinds of values that a schema allows, and how two lists of them combine: both hold, or either does."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import evolve, frozen

from .documents import Node, Pointer
from .keywords import ANY

Schema: TypeAlias = tuple[Node, ...]
"""Nodes that hold together, as in `allOf`; the empty tuple allows everything."""

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_NO_FIELDS: Final[Mapping[str, Schema]] = MappingProxyType({})
_BOTH_BOOLEANS: Final = frozenset({"true", "false"})


def key(schema: Schema) -> tuple[Pointer, ...]:
    """What makes a schema the same as another one of its document."""
    return tuple(node.pointer for node in schema)


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


ANYTHING: Final = tuple(Variant(kind) for kind in ANY)
"""What a schema without words allows."""


def both(left: tuple[Variant, ...], right: tuple[Variant, ...]) -> tuple[Variant, ...]:
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


def merged(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
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
