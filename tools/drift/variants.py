"""Variants: the kinds of values that a schema allows, and how two lists of them intersect or merge."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import evolve, frozen

from .documents import Node, Pointer
from .keywords import DISJOINT_KINDS

Schema: TypeAlias = tuple[Node, ...]
"""Nodes that apply together, as in `allOf`; the empty tuple allows everything."""

_NO_CONSTRAINTS: Final[Mapping[str, str]] = MappingProxyType({})
_NO_PROPERTIES: Final[Mapping[str, Schema]] = MappingProxyType({})
_BOTH_BOOLEANS: Final = frozenset({"true", "false"})


def key(schema: Schema) -> tuple[Pointer, ...]:
    """Return what identifies a schema within its document."""
    return tuple(node.pointer for node in schema)


@frozen(eq=False)
class Variant:
    """One kind of value that a schema allows, with its restrictions."""

    kind: str
    node: Node | None = None
    """The node that defines it."""
    values: frozenset[str] | None = None
    """The allowed values as JSON; None if all are allowed."""
    format: str | None = None
    constraints: Mapping[str, str] = _NO_CONSTRAINTS
    properties: Mapping[str, Schema] = _NO_PROPERTIES
    required: frozenset[str] = frozenset()
    items: Schema = ()
    additional: Schema = ()
    """The schema of properties that are not listed."""
    discriminator: str | None = None
    """The property that distinguishes it from the other variants, if a discriminator names one."""
    tags: frozenset[str] = frozenset()
    """The values of the discriminator that select it; without a mapping, the name of the schema."""
    is_fallback: bool = False
    """Whether it is the client's permissive variant, which takes what fits no other."""

    @property
    def is_unrestricted(self) -> bool:
        """Whether every value of the kind is allowed."""
        return self.values is None and self.format is None and not self.constraints


ANYTHING: Final = tuple(Variant(kind) for kind in DISJOINT_KINDS)
"""The variants of a schema without keywords."""


def intersect(left: tuple[Variant, ...], right: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """Return the variants that two lists allow together."""
    return tuple(common for a in left for b in right if (common := _intersection(a, b)) is not None)


def _intersection(a: Variant, b: Variant) -> Variant | None:
    kinds = {a.kind, b.kind}
    if len(kinds) == 2 and kinds != {"integer", "number"}:
        return None
    values = a.values if b.values is None else b.values if a.values is None else a.values & b.values
    if values is not None and not values:
        return None
    shared = a.properties.keys() & b.properties.keys()
    return Variant(
        "integer" if "integer" in kinds else a.kind,
        b.node if b.properties and not a.properties else a.node or b.node,
        values,
        a.format or b.format,
        {**b.constraints, **a.constraints},
        {
            **a.properties,
            **b.properties,
            **{name: _combined(a.properties[name], b.properties[name]) for name in shared},
        },
        a.required | b.required,
        _combined(a.items, b.items),
        _combined(a.additional, b.additional),
        a.discriminator or b.discriminator,
        a.tags or b.tags,
        a.is_fallback or b.is_fallback,
    )


def _combined(a: Schema, b: Schema) -> Schema:
    present = key(a)
    return (*a, *(node for node in b if node.pointer not in present))


def merged(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """Merge variants that are equal, or that differ only in the values that they list."""
    result: dict[tuple[object, ...], Variant] = {}
    unrestricted = {variant.kind for variant in variants if variant.is_unrestricted}
    for variant in variants:
        identity = _identity(variant)
        if _is_covered(variant, unrestricted):
            continue
        known = result.setdefault(identity, variant)
        values = None if known.values is None or variant.values is None else known.values | variant.values
        result[identity] = evolve(known, values=None if values == _BOTH_BOOLEANS else values)
    return tuple(result.values())


def _is_covered(variant: Variant, unrestricted: set[str]) -> bool:
    """Return whether another, unrestricted variant allows every value of this one."""
    if variant.kind in {"array", "object"}:
        return False
    return (variant.kind in unrestricted and not variant.is_unrestricted) or (
        variant.kind == "integer" and "number" in unrestricted
    )


def _identity(variant: Variant) -> tuple[object, ...]:
    """Return what two variants of a document must share to be merged. Values of arrays and objects are not united."""
    is_scalar = variant.kind not in {"array", "object"}
    return (
        *own_restrictions(variant), is_scalar or variant.values,
        frozenset((name, key(schema)) for name, schema in variant.properties.items()),
        key(variant.items), key(variant.additional),
    )  # fmt: skip


def own_restrictions(variant: Variant) -> tuple[object, ...]:
    """Return the restrictions that do not depend on other schemas."""
    return (
        variant.kind, variant.format, tuple(sorted(variant.constraints.items())), variant.required, variant.is_fallback,
    )  # fmt: skip
