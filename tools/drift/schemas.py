"""Walks two schemas side by side and says where they part, in the direction in which their values travel."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from attrs import field, frozen

from .documents import Node, Pointer
from .keywords import ANY
from .normal import Shape, Shapes
from .pairs import Pair, pairs
from .variants import Schema, Variant, key


class Direction(StrEnum):
    """Which way values travel, seen from the client."""

    REQUEST = "request"
    RESPONSE = "response"


@frozen
class Finding:
    """A difference of two schemas; `path` leads to it from the schemas that were compared."""

    rule: str
    path: tuple[str, ...]
    base: str | None
    other: str | None
    base_at: Pointer | None
    other_at: Pointer | None

    def under(self, *steps: str) -> "Finding":
        """The same, seen from further out."""
        return Finding(self.rule, (*steps, *self.path), self.base, self.other, self.base_at, self.other_at)


Findings = tuple[Finding, ...]


@frozen
class _Sides:
    """The two places that are compared."""

    base: Schema
    other: Schema

    def finding(self, rule: str, base: str | None, other: str | None, *path: str) -> Finding:
        return Finding(rule, path, base, other, _at(self.base), _at(self.other))


@frozen(eq=False)
class SchemaComparison:
    """Compares schemas of two documents; remembers what it has compared."""

    direction: Direction
    _base: Shapes
    _other: Shapes
    _known: dict[tuple[object, ...], Findings] = field(factory=dict, init=False)

    def __call__(self, base: Schema, other: Schema) -> Findings:
        """Find every difference, in the order in which the base names the places."""
        pair = (key(base), key(other))
        if pair not in self._known:
            self._known[pair] = ()  # what a recursive schema holds of itself is compared already
            self._known[pair] = tuple(self._differences(_Sides(base, other)))
        return self._known[pair]

    def _differences(self, sides: _Sides) -> Iterator[Finding]:
        base, other = self._base(sides.base), self._other(sides.other)
        yield from self._kinds(sides, base, other)
        if base.default != other.default:
            yield sides.finding(f"{self.direction}-default-changed", base.default, other.default)
        if "deprecated" in base.marks ^ other.marks:
            words = ["deprecated" if "deprecated" in side.marks else "not deprecated" for side in (base, other)]
            yield sides.finding("deprecated" if "deprecated" in other.marks else "no-longer-deprecated", *words)
        for pair in pairs(base, other, self._base, self._other):
            steps = (f"<{pair.label}>",) if pair.label else ()
            yield from (found.under(*steps) for found in self._variants(sides, pair))

    def _kinds(self, sides: _Sides, base: Shape, other: Shape) -> Iterator[Finding]:
        wider, narrower = other.kinds - base.kinds, base.kinds - other.kinds
        if "number" in base.kinds:
            wider -= {"integer"}
        if "number" in other.kinds:
            narrower -= {"integer"}
        if wider or narrower:
            what = "type-changed" if wider and narrower else "type-widened" if wider else "type-narrowed"
            yield sides.finding(f"{self.direction}-{what}", describe(base), describe(other))
        if base.nullable != other.nullable and not base.is_anything and not other.is_anything:
            what = "now-nullable" if other.nullable else "not-nullable"
            yield sides.finding(f"{self.direction}-{what}", describe(base), describe(other))

    def _variants(self, sides: _Sides, pair: Pair) -> Iterator[Finding]:
        match pair:
            case Pair(base=Variant() as base, other=Variant() as other):
                yield from self._scalars(sides, base, other)
                yield from self._fields(base, other)
                yield from (found.under("[]") for found in self(base.items, other.items))
                yield from self._further(sides, base, other)
            case Pair(base=Variant() as base):
                if not base.fallback:
                    rule = "variant-removed" if pair.is_tagged else "type-narrowed"
                    yield _one_sided(f"{self.direction}-{rule}", sides, base, None)
            case Pair(other=Variant() as other):
                if not other.fallback:
                    rule = "variant-added" if pair.is_tagged else "type-widened"
                    yield _one_sided(f"{self.direction}-{rule}", sides, None, other)

    def _scalars(self, sides: _Sides, base: Variant, other: Variant) -> Iterator[Finding]:
        if base.format != other.format:
            what = "added" if base.format is None else "removed" if other.format is None else "changed"
            yield sides.finding(f"{self.direction}-format-{what}", base.format, other.format)
        for rule, before, after in _values(self.direction, base.values, other.values):
            yield sides.finding(f"{self.direction}-{rule}", before, after)
        for name in sorted({*base.constraints, *other.constraints}):
            before, after = (_constraint(name, side.constraints.get(name)) for side in (base, other))
            if before != after:
                yield sides.finding(f"{self.direction}-constraint-changed", before, after)

    def _fields(self, base: Variant, other: Variant) -> Iterator[Finding]:
        ours, theirs = self._visible(base, self._base), self._visible(other, self._other)
        for name in ours:
            yield from (found.under(name) for found in self._field(name, ours, theirs, (base, other)))
        for name in theirs:
            if name not in ours:
                rule = "added-required" if self._is_demanded(name, other) else "added"
                value = _field_text(self._other(theirs[name]), is_required=name in other.required)
                yield Finding(
                    f"{self.direction}-property-{rule}", (name,), None, value, _pointer(base.node), _at(theirs[name])
                )

    def _is_demanded(self, name: str, variant: Variant) -> bool:
        return self.direction is Direction.REQUEST and name in variant.required

    def _field(
        self, name: str, ours: dict[str, Schema], theirs: dict[str, Schema], variants: tuple[Variant, Variant]
    ) -> Iterator[Finding]:
        base, other = variants
        was, is_ = name in base.required, name in other.required
        if name not in theirs:
            value = _field_text(self._base(ours[name]), is_required=was)
            rule = f"{self.direction}-property-removed"
            yield Finding(rule, (), value, None, _at(ours[name]), _pointer(other.node))
            return
        sides = _Sides(ours[name], theirs[name])
        if was != is_:
            rule = f"{self.direction}-property-{'now-required' if is_ else 'now-optional'}"
            yield sides.finding(rule, *("required" if needed else "optional" for needed in (was, is_)))
        yield from self(ours[name], theirs[name])

    def _visible(self, variant: Variant, shapes: Shapes) -> dict[str, Schema]:
        """The properties that travel in this direction and may have a value at all."""
        hidden = "readOnly" if self.direction is Direction.REQUEST else "writeOnly"
        return {
            name: schema
            for name, schema in variant.properties.items()
            if shapes(schema).variants and hidden not in shapes(schema).marks
        }

    def _further(self, sides: _Sides, base: Variant, other: Variant) -> Iterator[Finding]:
        was_open, is_open = (
            bool(shapes(variant.further).variants) for shapes, variant in ((self._base, base), (self._other, other))
        )
        if was_open and is_open:
            yield from (found.under("*") for found in self(base.further, other.further))
        elif was_open != is_open:
            words = {True: "further fields allowed", False: "no further fields"}
            rule = f"{self.direction}-fields-{'opened' if is_open else 'closed'}"
            yield sides.finding(rule, words[was_open], words[is_open])


def _at(schema: Schema) -> Pointer | None:
    return schema[0].pointer if schema else None


def _pointer(node: Node | None) -> Pointer | None:
    return node.pointer if node else None


def _one_sided(rule: str, sides: _Sides, base: Variant | None, other: Variant | None) -> Finding:
    was, is_ = (_variant_text(variant) if variant else None for variant in (base, other))
    before, after = (_pointer(variant.node if variant else None) for variant in (base, other))
    return Finding(rule, (), was, is_, before or _at(sides.base), after or _at(sides.other))


def _values(
    direction: Direction, base: frozenset[str] | None, other: frozenset[str] | None
) -> Iterator[tuple[str, str | None, str | None]]:
    """The rules that two lists of allowed values break, with what each side says; None allows every value."""
    looser, stricter = (other, base) if direction is Direction.RESPONSE else (base, other)
    is_covered = stricter is None or (looser is not None and looser <= stricter)
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


def _field_text(shape: Shape, *, is_required: bool) -> str:
    return f"{describe(shape)}, {'required' if is_required else 'optional'}"


def describe(shape: Shape) -> str:
    """Say in a few words what a schema allows."""
    words = list(dict.fromkeys(_variant_text(variant) for variant in shape.variants))
    if {*ANY} <= {variant.kind for variant in shape.variants if variant.plain}:
        return "anything"
    words.sort(key=lambda word: word == "null")
    return " or ".join(words) or "nothing"


def _variant_text(variant: Variant) -> str:
    if variant.values is not None:
        return _listing(variant.values)
    return f"{variant.kind} ({variant.format})" if variant.format else variant.kind


def _listing(values: Iterable[str] | None) -> str:
    return "any value" if values is None else " | ".join(sorted(values))
