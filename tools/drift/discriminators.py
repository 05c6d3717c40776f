"""Discriminators of a union: a property that OpenAPI names, or one whose constants differ between the variants."""

from itertools import combinations

from attrs import frozen

from .normalize import Shapes
from .variants import Variant


@frozen(eq=False)
class Alternatives:
    """The variants of one kind that a schema allows."""

    variants: list[Variant]
    shapes: Shapes

    def discriminators(self) -> list[str]:
        """Return the properties that distinguish the variants; those that the document names come first."""
        variants = [variant for variant in self.variants if not variant.is_fallback]
        explicit = [variant.discriminator for variant in variants if variant.discriminator]
        common = set.intersection(*(set(variant.properties) for variant in variants)) if len(variants) > 1 else set()
        return [*dict.fromkeys(explicit), *(name for name in sorted(common) if self._distinguishes(name, variants))]

    def _distinguishes(self, name: str, variants: list[Variant]) -> bool:
        constants = [self._constants(variant, name) for variant in variants]
        return all(constants) and all(a.isdisjoint(b) for a, b in combinations(constants, 2))

    def _constants(self, variant: Variant, name: str) -> frozenset[str]:
        if name not in variant.properties:
            return frozenset()
        strings = self.shapes(variant.properties[name]).of_kind("string")
        return frozenset(value.strip('"') for string in strings for value in string.values or ())

    def tags(self, variant: Variant, discriminator: str | None) -> frozenset[str]:
        """Return the values of the discriminator that select a variant."""
        if discriminator is None or variant.is_fallback:
            return frozenset()
        implied = variant.tags if variant.discriminator == discriminator else frozenset()
        return self._constants(variant, discriminator) or implied

    def label(self, variant: Variant, discriminator: str | None) -> str:
        """Return the name of a variant for a report: its tags, or its position."""
        names = self.tags(variant, discriminator) or variant.tags
        return "|".join(sorted(names)) or str(self.variants.index(variant) + 1)
