"""Which variant of one union is which of the other: by tag, else by being the same, else by likeness."""

from collections.abc import Callable, Iterator

from attrs import frozen

from .normal import Shape, Shapes
from .tags import Alternatives
from .variants import Variant

_DEPTH = 6
"""How deep two schemas are looked into before they count as the same for the purpose of pairing."""
_ALIKE = 0.6
"""From which share of common properties a variant under another tag is the same variant, renamed."""


@frozen(eq=False)
class Pair:
    """A variant on both sides, or on one."""

    base: Variant | None
    other: Variant | None
    label: str = ""
    """What people call it, where there are several."""
    is_tagged: bool = False
    """Whether it belongs to a union that is told apart by a tag, or that has a permissive variant."""


def pairs(base: Shape, other: Shape, base_shapes: Shapes, other_shapes: Shapes) -> Iterator[Pair]:
    """Pair the variants of each kind that both sides have."""
    for kind in sorted(base.kinds & other.kinds):
        ours, theirs = Alternatives(base.of(kind), base_shapes), Alternatives(other.of(kind), other_shapes)
        tag = _tag(ours, theirs)
        is_tagged = tag is not None or any(variant.fallback for variant in ours.variants)
        is_several = kind == "object" and (is_tagged or len(ours.variants) > 1 or len(theirs.variants) > 1)
        for a, b in _matched(ours, theirs, tag):
            label = (ours.label(a, tag) if a else theirs.label(b, tag) if b else "") if is_several else ""
            yield Pair(a, b, label, is_tagged)


def _tag(ours: Alternatives, theirs: Alternatives) -> str | None:
    first, second = ours.tags(), theirs.tags()
    return next((name for name in first if name in second), next(iter([*first, *second]), None))


def _matched(
    ours: Alternatives, theirs: Alternatives, tag: str | None
) -> Iterator[tuple[Variant | None, Variant | None]]:
    def is_tagged_alike(a: Variant, b: Variant) -> bool:
        return not ours.tagged(a, tag).isdisjoint(theirs.tagged(b, tag))

    def is_same(a: Variant, b: Variant) -> bool:
        return ours.shapes.outline(a, _DEPTH) == theirs.shapes.outline(b, _DEPTH)

    found: list[tuple[Variant | None, Variant | None]] = []
    left, right = list(ours.variants), list(theirs.variants)
    for is_pair in (_are_fallbacks, is_tagged_alike, is_same):
        found += _taken(left, right, is_pair)
    for a, b in _by_likeness(left, right):
        least = _ALIKE if ours.tagged(a, tag) and theirs.tagged(b, tag) else 0
        if _likeness(a, b) >= least and a in left and b in right:
            left.remove(a)
            right.remove(b)
            found.append((a, b))
    order = {id(variant): index for index, variant in enumerate(ours.variants)}
    found.sort(key=lambda pair: order[id(pair[0])])
    yield from [*found, *((a, None) for a in left), *((None, b) for b in right)]


def _are_fallbacks(a: Variant, b: Variant) -> bool:
    return a.fallback and b.fallback


def _taken(
    left: list[Variant], right: list[Variant], is_pair: Callable[[Variant, Variant], bool]
) -> list[tuple[Variant | None, Variant | None]]:
    """Take the pairs out of both lists."""
    found: list[tuple[Variant | None, Variant | None]] = []
    for a in list(left):
        if (b := next((b for b in right if is_pair(a, b)), None)) is not None:
            left.remove(a)
            right.remove(b)
            found.append((a, b))
    return found


def _by_likeness(left: list[Variant], right: list[Variant]) -> list[tuple[Variant, Variant]]:
    candidates = [(a, b) for a in left for b in right if not a.fallback and not b.fallback]
    return sorted(candidates, key=lambda pair: -_likeness(*pair))


def _likeness(a: Variant, b: Variant) -> float:
    """The share of properties that two objects have in common; other kinds are alike by their format."""
    if a.kind != "object":
        return float(a.format == b.format)
    return len(a.properties.keys() & b.properties.keys()) / (len(a.properties.keys() | b.properties.keys()) or 1)
