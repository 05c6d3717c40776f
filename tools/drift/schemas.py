"""Compare two schemas side by side, in the direction in which their values travel."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from attrs import field, frozen

from .documents import Node, Pointer
from .keywords import DISJOINT_KINDS
from .matching import Match, match_variants
from .normalize import Shape, Shapes
from .variants import Schema, Variant, key


class Direction(StrEnum):
    """Which way values travel, from the client's point of view."""

    REQUEST = "request"
    RESPONSE = "response"


@frozen
class SchemaDifference:
    """A difference between two schemas."""

    rule: str
    path: tuple[str, ...]
    """The steps from the compared schemas to the difference."""
    base: str | None
    other: str | None
    base_pointer: Pointer | None
    other_pointer: Pointer | None

    def under(self, *steps: str) -> "SchemaDifference":
        """Return the same difference as seen from an enclosing schema."""
        return SchemaDifference(
            self.rule, (*steps, *self.path), self.base, self.other, self.base_pointer, self.other_pointer
        )


@frozen
class _Sides:
    """The two schemas that are compared."""

    base: Schema
    other: Schema

    def difference(self, rule: str, base: str | None, other: str | None, *path: str) -> SchemaDifference:
        return SchemaDifference(rule, path, base, other, _schema_pointer(self.base), _schema_pointer(self.other))


@frozen(eq=False)
class SchemaComparison:
    """Compares schemas of two documents, and caches the results."""

    direction: Direction
    _base_shapes: Shapes
    _other_shapes: Shapes
    _cache: dict[tuple[object, ...], tuple[SchemaDifference, ...]] = field(factory=dict, init=False)

    def __call__(self, base: Schema, other: Schema) -> tuple[SchemaDifference, ...]:
        """Find every difference, in the order in which the base lists the places."""
        pair = (key(base), key(other))
        if pair not in self._cache:
            self._cache[pair] = ()  # Ends the recursion: a recursive schema adds nothing below itself.
            self._cache[pair] = tuple(self._differences(_Sides(base, other)))
        return self._cache[pair]

    def _differences(self, sides: _Sides) -> Iterator[SchemaDifference]:
        base, other = self._base_shapes(sides.base), self._other_shapes(sides.other)
        yield from self._kinds(sides, base, other)
        if base.default != other.default:
            yield sides.difference(f"{self.direction}-default-changed", base.default, other.default)
        if "deprecated" in base.flags ^ other.flags:
            texts = ["deprecated" if "deprecated" in shape.flags else "not deprecated" for shape in (base, other)]
            yield sides.difference("deprecated" if "deprecated" in other.flags else "no-longer-deprecated", *texts)
        for match in match_variants(base, other, self._base_shapes, self._other_shapes):
            steps = (f"<{match.label}>",) if match.label else ()
            yield from (difference.under(*steps) for difference in self._variants(sides, match))

    def _kinds(self, sides: _Sides, base: Shape, other: Shape) -> Iterator[SchemaDifference]:
        added, removed = other.kinds - base.kinds, base.kinds - other.kinds
        if "number" in base.kinds:
            added -= {"integer"}
        if "number" in other.kinds:
            removed -= {"integer"}
        if added or removed:
            rule = "type-changed" if added and removed else "type-widened" if added else "type-narrowed"
            yield sides.difference(f"{self.direction}-{rule}", describe(base), describe(other))
        if base.is_nullable != other.is_nullable and not base.allows_all_kinds and not other.allows_all_kinds:
            rule = "now-nullable" if other.is_nullable else "not-nullable"
            yield sides.difference(f"{self.direction}-{rule}", describe(base), describe(other))

    def _variants(self, sides: _Sides, match: Match) -> Iterator[SchemaDifference]:
        match match:
            case Match(base=Variant() as base, other=Variant() as other):
                yield from self._scalars(sides, base, other)
                yield from self._properties(base, other)
                yield from (difference.under("[]") for difference in self(base.items, other.items))
                yield from self._additional(sides, base, other)
            case Match(base=Variant() as base):
                if not base.is_fallback:
                    rule = "variant-removed" if match.is_tagged else "type-narrowed"
                    yield _one_sided(f"{self.direction}-{rule}", sides, base, None)
            case Match(other=Variant() as other):
                if not other.is_fallback:
                    rule = "variant-added" if match.is_tagged else "type-widened"
                    yield _one_sided(f"{self.direction}-{rule}", sides, None, other)

    def _scalars(self, sides: _Sides, base: Variant, other: Variant) -> Iterator[SchemaDifference]:
        if base.format != other.format:
            change = "added" if base.format is None else "removed" if other.format is None else "changed"
            yield sides.difference(f"{self.direction}-format-{change}", base.format, other.format)
        for rule, before, after in _value_changes(self.direction, base.values, other.values):
            yield sides.difference(f"{self.direction}-{rule}", before, after)
        for name in sorted({*base.constraints, *other.constraints}):
            before, after = (_constraint(name, variant.constraints.get(name)) for variant in (base, other))
            if before != after:
                yield sides.difference(f"{self.direction}-constraint-changed", before, after)

    def _properties(self, base: Variant, other: Variant) -> Iterator[SchemaDifference]:
        before, after = self._visible(base, self._base_shapes), self._visible(other, self._other_shapes)
        for name in before:
            yield from (change.under(name) for change in self._property(name, before, after, (base, other)))
        for name in after:
            if name not in before:
                rule = "added-required" if self._must_be_sent(name, other) else "added"
                text = _property_text(self._other_shapes(after[name]), is_required=name in other.required)
                pointers = _node_pointer(base.node), _schema_pointer(after[name])
                yield SchemaDifference(f"{self.direction}-property-{rule}", (name,), None, text, *pointers)

    def _must_be_sent(self, name: str, variant: Variant) -> bool:
        return self.direction is Direction.REQUEST and name in variant.required

    def _property(
        self, name: str, before: dict[str, Schema], after: dict[str, Schema], variants: tuple[Variant, Variant]
    ) -> Iterator[SchemaDifference]:
        base, other = variants
        was_required, is_required = name in base.required, name in other.required
        if name not in after:
            text = _property_text(self._base_shapes(before[name]), is_required=was_required)
            pointers = _schema_pointer(before[name]), _node_pointer(other.node)
            yield SchemaDifference(f"{self.direction}-property-removed", (), text, None, *pointers)
            return
        sides = _Sides(before[name], after[name])
        if was_required != is_required:
            rule = f"{self.direction}-property-{'now-required' if is_required else 'now-optional'}"
            texts = ("required" if required else "optional" for required in (was_required, is_required))
            yield sides.difference(rule, *texts)
        yield from self(before[name], after[name])

    def _visible(self, variant: Variant, shapes: Shapes) -> dict[str, Schema]:
        """Return the properties that travel in this direction and can have a value at all."""
        hidden = "readOnly" if self.direction is Direction.REQUEST else "writeOnly"
        return {
            name: schema
            for name, schema in variant.properties.items()
            if shapes(schema).variants and hidden not in shapes(schema).flags
        }

    def _additional(self, sides: _Sides, base: Variant, other: Variant) -> Iterator[SchemaDifference]:
        was_open, is_open = (
            bool(shapes(variant.additional).variants)
            for shapes, variant in ((self._base_shapes, base), (self._other_shapes, other))
        )
        if was_open and is_open:
            yield from (difference.under("*") for difference in self(base.additional, other.additional))
        elif was_open != is_open:
            texts = {True: "additional fields allowed", False: "no additional fields"}
            rule = f"{self.direction}-fields-{'opened' if is_open else 'closed'}"
            yield sides.difference(rule, texts[was_open], texts[is_open])


def _schema_pointer(schema: Schema) -> Pointer | None:
    return schema[0].pointer if schema else None


def _node_pointer(node: Node | None) -> Pointer | None:
    return node.pointer if node else None


def _one_sided(rule: str, sides: _Sides, base: Variant | None, other: Variant | None) -> SchemaDifference:
    before, after = (_variant_text(variant) if variant else None for variant in (base, other))
    base_pointer, other_pointer = (_node_pointer(variant.node if variant else None) for variant in (base, other))
    return SchemaDifference(
        rule, (), before, after,
        base_pointer or _schema_pointer(sides.base), other_pointer or _schema_pointer(sides.other),
    )  # fmt: skip


def _value_changes(
    direction: Direction, base: frozenset[str] | None, other: frozenset[str] | None
) -> Iterator[tuple[str, str | None, str | None]]:
    """Compare two lists of allowed values, where None allows every value; yield rule, old and new text."""
    sent, accepted = (other, base) if direction is Direction.RESPONSE else (base, other)
    is_covered = accepted is None or (sent is not None and sent <= accepted)
    if base == other:
        return
    if base is not None and len(base) == 1 and not is_covered:
        yield "const-changed", _listing(base), _listing(other)
    elif base is None or other is None:
        yield "enum-closed" if base is None else "enum-opened", _listing(base), _listing(other)
    else:
        yield from (("enum-value-added", None, value) for value in sorted(other - base))
        yield from (("enum-value-removed", value, None) for value in sorted(base - other))


def _constraint(name: str, value: str | None) -> str | None:
    return None if value is None else f"{name} {value}"


def _property_text(shape: Shape, *, is_required: bool) -> str:
    return f"{describe(shape)}, {'required' if is_required else 'optional'}"


def describe(shape: Shape) -> str:
    """Describe what a schema allows for a report."""
    texts = list(dict.fromkeys(_variant_text(variant) for variant in shape.variants))
    if {*DISJOINT_KINDS} <= {variant.kind for variant in shape.variants if variant.is_unrestricted}:
        return "anything"
    texts.sort(key=lambda text: text == "null")
    return " or ".join(texts) or "nothing"


def _variant_text(variant: Variant) -> str:
    if variant.values is not None:
        return _listing(variant.values)
    return f"{variant.kind} ({variant.format})" if variant.format else variant.kind


def _listing(values: Iterable[str] | None) -> str:
    return "any value" if values is None else " | ".join(sorted(values))
