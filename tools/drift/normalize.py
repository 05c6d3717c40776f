"""Normalize schemas: equal schemas have equal shapes, however they are spelled, split and referenced.

A `Shape` is one level deep. The schemas below it are kept as they are, so recursive schemas need no special case.
"""

from functools import reduce
from typing import Final

from attrs import evolve, frozen

from .documents import Node, Pointer
from .keywords import DISJOINT_KINDS, allowed_kinds, canonical, constraints, is_kind, listed_values
from .variants import ANYTHING, Schema, Variant, intersect, key, merged, own_restrictions

_FLAGS: Final = ("deprecated", "readOnly", "writeOnly")


@frozen(eq=False)
class Shape:
    """What a schema allows, one level deep."""

    variants: tuple[Variant, ...]
    default: str | None
    flags: frozenset[str]
    """Those of `deprecated`, `readOnly` and `writeOnly` that are set."""

    @property
    def kinds(self) -> frozenset[str]:
        """The allowed kinds of values, without null."""
        return frozenset(variant.kind for variant in self.variants) - {"null"}

    @property
    def is_nullable(self) -> bool:
        """Whether null is allowed."""
        return any(variant.kind == "null" for variant in self.variants)

    @property
    def allows_all_kinds(self) -> bool:
        """Whether values of every kind are allowed."""
        return {variant.kind for variant in self.variants} >= {*DISJOINT_KINDS}

    def of_kind(self, kind: str) -> list[Variant]:
        """Return the variants of a kind."""
        return [variant for variant in self.variants if variant.kind == kind]


class Shapes:
    """The shapes of the schemas of one document, each computed once."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[Pointer, ...], Shape] = {}
        self._fingerprints: dict[tuple[tuple[Pointer, ...], int], int] = {}

    def __call__(self, schema: Schema) -> Shape:
        """Return the shape of a schema."""
        identity = key(schema)
        if identity not in self._shapes:
            self._shapes[identity] = _shape(schema)
        return self._shapes[identity]

    def outline(self, variant: Variant, depth: int) -> tuple[object, ...]:
        """Return all that a variant allows down to a depth, comparable between documents."""
        return (
            *own_restrictions(variant), variant.values,
            frozenset((name, self._fingerprint(schema, depth - 1)) for name, schema in variant.properties.items()),
            self._fingerprint(variant.items, depth - 1), self._fingerprint(variant.additional, depth - 1),
        )  # fmt: skip

    def _fingerprint(self, schema: Schema, depth: int) -> int | None:
        identity = (key(schema), depth)
        if depth and identity not in self._fingerprints:
            # Keep a hash: comparing the nested tuples would walk through them again each time.
            outlines = frozenset(self.outline(variant, depth) for variant in self(schema).variants)
            self._fingerprints[identity] = hash(outlines)
        return self._fingerprints.get(identity)


def _shape(schema: Schema) -> Shape:
    variants = reduce(intersect, (_expand(node, frozenset()) for node in schema), ANYTHING)
    defaults = (_annotation(node, "default", frozenset()) for node in schema)
    default = next((canonical(node.value) for node in defaults if node), None)
    return Shape(
        merged(variants), default, frozenset(flag for flag in _FLAGS for node in schema if _is_set(node, flag))
    )


def _is_set(node: Node, flag: str) -> bool:
    annotation = _annotation(node, flag, frozenset())
    return annotation is not None and annotation.value is True


def _annotation(node: Node, keyword: str, visited: frozenset[Pointer]) -> Node | None:
    """Return an annotation of a schema, or of the schemas that it refers to."""
    if not isinstance(node.value, dict) or node.pointer in visited:
        return None
    if (annotation := node.get(keyword)) is not None:
        return annotation
    visited |= {node.pointer}
    inherited = (_annotation(part, keyword, visited) for part in _conjuncts(node))
    return next((annotation for annotation in inherited if annotation is not None), None)


def _conjuncts(node: Node) -> list[Node]:
    """Return the schemas that apply in addition to the node's own keywords."""
    reference, all_of = node.reference(), node.get("allOf")
    return [*([reference] if reference else []), *(all_of.items() if all_of else [])]


def _expand(node: Node, visited: frozenset[Pointer]) -> tuple[Variant, ...]:
    if node.pointer in visited:
        return ANYTHING
    if isinstance(node.value, bool):
        return ANYTHING if node.value else ()
    visited |= {node.pointer}
    parts = [_expand(part, visited) for part in _conjuncts(node)]
    if "$ref" not in node.mapping() or not _is_openapi_3_0(node):  # OpenAPI 3.0 ignores keywords beside $ref
        unions = (union for name in ("anyOf", "oneOf") if (union := node.get(name)))
        parts += [_own_variants(node), *(_union(node, union, visited) for union in unions)]
    variants = reduce(intersect, parts, ANYTHING)
    nullable = node.get("nullable")
    return (*variants, Variant("null", node)) if nullable is not None and nullable.value is True else variants


def _is_openapi_3_0(node: Node) -> bool:
    version = node.document.root.get("openapi")
    return version is not None and str(version.value).startswith("3.0")


def _own_variants(node: Node) -> tuple[Variant, ...]:
    values = listed_values(node)
    variants = (_variant(node, kind) for kind in allowed_kinds(node))
    if values is None:
        return tuple(variants)
    return tuple(
        evolve(variant, values=None if variant.kind == "null" else frozenset(map(canonical, allowed)))
        for variant in variants
        if (allowed := [value for value in values if is_kind(value, variant.kind)])
    )


def _variant(node: Node, kind: str) -> Variant:
    variant = Variant(kind, node, constraints=constraints(node, kind))
    match kind:
        case "string" | "integer" | "number":
            format_ = node.get("format")
            return evolve(variant, format=format_.as_string() if format_ else None)
        case "array":
            return evolve(variant, items=_subschema(node, "items"))
        case "object":
            return _object(variant, node)
    return variant


def _object(variant: Variant, node: Node) -> Variant:
    property_nodes, required_names = node.get("properties"), node.get("required")
    required = frozenset(item.as_string() for item in required_names.items()) if required_names else frozenset()
    properties = {name: (schema,) for name, schema in property_nodes.members()} if property_nodes else {}
    return evolve(
        variant,
        properties={**dict.fromkeys(sorted(required), ()), **properties},
        required=required,
        additional=_subschema(node, "additionalProperties") or _subschema(node, "unevaluatedProperties"),
        is_fallback="x-fallback-discriminator" in node.mapping(),
    )


def _subschema(node: Node, keyword: str) -> Schema:
    schema = node.get(keyword)
    return () if schema is None or schema.value in (True, {}) else (schema,)


def _union(node: Node, members: Node, visited: frozenset[Pointer]) -> tuple[Variant, ...]:
    discriminator = node.get("discriminator")
    variants: list[Variant] = []
    for member in members.items():
        if member.resolved().pointer in visited:
            continue  # a union that contains itself allows nothing more
        reference = member.get("$ref") if isinstance(member.value, dict) else None
        name, tags = _discriminator(discriminator, reference.as_string() if reference else "")
        variants += (
            variant if variant.discriminator else evolve(variant, discriminator=name, tags=tags or variant.tags)
            for variant in _expand(member, visited)
        )
    return tuple(variants)


def _discriminator(discriminator: Node | None, reference: str) -> tuple[str | None, frozenset[str]]:
    """Return the property of a discriminator, and the values that select the variant with this reference."""
    name = reference.rpartition("/")[2]
    implied = frozenset([name] if name else [])
    if discriminator is None or (property_name := discriminator.get("propertyName")) is None:
        return None, implied
    mapping = discriminator.get("mapping")
    mapped = frozenset(
        value for value, target in (mapping.members() if mapping else ()) if target.value in (reference, name)
    )
    return property_name.as_string(), mapped or implied
