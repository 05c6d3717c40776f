"""What tells the variants of a union apart: a discriminator says so, or a constant that each of them has."""

from itertools import combinations

from attrs import frozen

from .normal import Shapes
from .variants import Variant


@frozen(eq=False)
class Alternatives:
    """The variants of one kind that a schema allows."""

    variants: list[Variant]
    shapes: Shapes

    def tags(self) -> list[str]:
        """Properties that tell the variants apart, what a discriminator says first."""
        known = [variant for variant in self.variants if not variant.fallback]
        named = [variant.tag for variant in known if variant.tag]
        common = set.intersection(*(set(variant.properties) for variant in known)) if len(known) > 1 else set()
        return [*dict.fromkeys(named), *(name for name in sorted(common) if self._tells_apart(name, known))]

    def _tells_apart(self, name: str, variants: list[Variant]) -> bool:
        values = [self._values(variant, name) for variant in variants]
        return all(values) and all(a.isdisjoint(b) for a, b in combinations(values, 2))

    def _values(self, variant: Variant, name: str) -> frozenset[str]:
        if name not in variant.properties:
            return frozenset()
        strings = self.shapes(variant.properties[name]).of("string")
        return frozenset(value.strip('"') for string in strings for value in string.values or ())

    def tagged(self, variant: Variant, tag: str | None) -> frozenset[str]:
        """The values of the tag that mean this variant."""
        if tag is None or variant.fallback:
            return frozenset()
        return self._values(variant, tag) or (variant.names if variant.tag == tag else frozenset())

    def label(self, variant: Variant, tag: str | None) -> str:
        """What people call the variant."""
        names = self.tagged(variant, tag) or variant.names
        return "|".join(sorted(names)) or str(self.variants.index(variant) + 1)
