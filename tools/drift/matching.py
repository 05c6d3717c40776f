"""Match the variants of two unions: by tag, then by equality, then by similarity."""

from collections.abc import Callable, Iterator

from attrs import frozen

from .discriminators import Alternatives
from .normalize import Shape, Shapes
from .variants import Variant

_OUTLINE_DEPTH = 6
"""How many levels of two schemas are compared to find out whether they are the same variant."""
_MIN_SIMILARITY = 0.6
"""The share of common properties from which two variants with different tags count as one that was renamed."""


@frozen(eq=False)
class Match:
    """A variant of one or both sides."""

    base: Variant | None
    other: Variant | None
    label: str = ""
    """The name of the variant; empty if there is only one."""
    is_tagged: bool = False
    """Whether the union has a discriminator or a permissive variant."""


def match_variants(base: Shape, other: Shape, base_shapes: Shapes, other_shapes: Shapes) -> Iterator[Match]:
    """Match the variants of each kind that both sides have."""
    for kind in sorted(base.kinds & other.kinds):
        left = Alternatives(base.of_kind(kind), base_shapes)
        right = Alternatives(other.of_kind(kind), other_shapes)
        discriminator = _common_discriminator(left, right)
        is_tagged = discriminator is not None or any(variant.is_fallback for variant in left.variants)
        needs_label = kind == "object" and (is_tagged or len(left.variants) > 1 or len(right.variants) > 1)
        for a, b in _pairs(left, right, discriminator):
            label = left.label(a, discriminator) if a else right.label(b, discriminator) if b else ""
            yield Match(a, b, label if needs_label else "", is_tagged)


def _common_discriminator(left: Alternatives, right: Alternatives) -> str | None:
    first, second = left.discriminators(), right.discriminators()
    return next((name for name in first if name in second), next(iter([*first, *second]), None))


def _pairs(
    left: Alternatives, right: Alternatives, discriminator: str | None
) -> Iterator[tuple[Variant | None, Variant | None]]:
    def have_common_tag(a: Variant, b: Variant) -> bool:
        return not left.tags(a, discriminator).isdisjoint(right.tags(b, discriminator))

    def are_equal(a: Variant, b: Variant) -> bool:
        return left.shapes.outline(a, _OUTLINE_DEPTH) == right.shapes.outline(b, _OUTLINE_DEPTH)

    pairs: list[tuple[Variant | None, Variant | None]] = []
    unmatched_left, unmatched_right = list(left.variants), list(right.variants)
    for is_pair in (_are_fallbacks, have_common_tag, are_equal):
        pairs += _remove_pairs(unmatched_left, unmatched_right, is_pair)
    for a, b in _by_similarity(unmatched_left, unmatched_right):
        has_tags = left.tags(a, discriminator) and right.tags(b, discriminator)
        is_similar = _similarity(a, b) >= (_MIN_SIMILARITY if has_tags else 0)
        if is_similar and a in unmatched_left and b in unmatched_right:
            unmatched_left.remove(a)
            unmatched_right.remove(b)
            pairs.append((a, b))
    order = {id(variant): index for index, variant in enumerate(left.variants)}
    pairs.sort(key=lambda pair: order[id(pair[0])])
    yield from [*pairs, *((a, None) for a in unmatched_left), *((None, b) for b in unmatched_right)]


def _are_fallbacks(a: Variant, b: Variant) -> bool:
    return a.is_fallback and b.is_fallback


def _remove_pairs(
    left: list[Variant], right: list[Variant], is_pair: Callable[[Variant, Variant], bool]
) -> list[tuple[Variant | None, Variant | None]]:
    """Remove the variants that match from both lists, and return them in pairs."""
    pairs: list[tuple[Variant | None, Variant | None]] = []
    for a in list(left):
        if (b := next((b for b in right if is_pair(a, b)), None)) is not None:
            left.remove(a)
            right.remove(b)
            pairs.append((a, b))
    return pairs


def _by_similarity(left: list[Variant], right: list[Variant]) -> list[tuple[Variant, Variant]]:
    candidates = [(a, b) for a in left for b in right if not a.is_fallback and not b.is_fallback]
    return sorted(candidates, key=lambda pair: -_similarity(*pair))


def _similarity(a: Variant, b: Variant) -> float:
    """Return the share of properties that two objects have in common; other kinds compare their formats."""
    if a.kind != "object":
        return float(a.format == b.format)
    return len(a.properties.keys() & b.properties.keys()) / (len(a.properties.keys() | b.properties.keys()) or 1)
