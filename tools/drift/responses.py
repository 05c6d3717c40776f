"""Check one recorded response against the document: report what the document does not allow or list."""

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen
from jsonschema import Draft202012Validator

from .discriminators import Alternatives
from .documents import JSON, printable
from .keywords import KINDS, canonical, is_kind
from .normalize import Shapes
from .operations import Body, Operation, matching_status
from .schemas import describe
from .variants import Schema, Variant

_FORMATS: Final = Draft202012Validator.FORMAT_CHECKER
_MAX_VALUE_LENGTH = 60


@frozen
class Observation:
    """Something in a response that the document does not allow or list."""

    rule: str
    place: str = field(converter=printable)
    """Such as `GET /v1/models 200 data[].<base>.name`."""
    value: str = field(converter=printable)


@frozen
class Violation:
    """A part of a value that its schema does not allow or list."""

    rule: str
    path: tuple[str, ...]
    """The steps from the checked value to the part."""
    value: str

    def under(self, *steps: str) -> "Violation":
        """Return the same violation as seen from an enclosing value."""
        return Violation(self.rule, (*steps, *self.path), self.value)


@frozen(eq=False)
class ResponseCheck:
    """Checks responses, and caches the shapes of their schemas.

    jsonschema only checks formats here: it would accept unknown fields, and not say which variant of a union was meant.
    """

    _shapes: Shapes = field(factory=Shapes, init=False)

    def __call__(self, operation: Operation, status: str | None, body: JSON) -> Iterator[Observation]:
        """Check a response; without a status it counts as the operation's first documented success."""
        responses = operation.responses()
        status = status or next((documented for documented in responses if documented.startswith("2")), "200")
        if (documented := matching_status(status, responses)) is None:
            yield Observation("undocumented-status", f"{operation.place} {status}", status)
            return
        for violation in self._value(_json_schema(responses[documented]), body):
            steps = "".join(step if step == "[]" else f".{step}" for step in violation.path).removeprefix(".")
            yield Observation(violation.rule, f"{operation.place} {status} {steps}".rstrip(), violation.value)

    def _value(self, schema: Schema, value: JSON) -> Iterator[Violation]:
        shape = self._shapes(schema)
        candidates = [variant for variant in shape.variants if is_kind(value, variant.kind)]
        if not candidates:
            yield Violation("wrong-type", (), f"{_kind(value)} where {describe(shape)} is documented")
        elif isinstance(value, dict):
            yield from self._object(Alternatives(candidates, self._shapes), value)
        elif isinstance(value, list):
            for item in value:
                yield from (violation.under("[]") for violation in self._value(candidates[0].items, item))
        elif not any(variant.values is None or canonical(value) in variant.values for variant in candidates):
            yield Violation("unknown-value", (), _truncated(value))
        elif not any(variant.format is None or _FORMATS.conforms(value, variant.format) for variant in candidates):
            yield Violation("wrong-format", (), _truncated(value))

    def _object(self, alternatives: Alternatives, value: dict[str, JSON]) -> Iterator[Violation]:
        documented = [variant for variant in alternatives.variants if not variant.is_fallback]
        variants = documented or alternatives.variants
        discriminator = next(iter(alternatives.discriminators()), None)
        if discriminator is None:
            # Report against the variant with the fewest violations: it is probably the one that was sent.
            yield from min((list(self._properties(variant, value)) for variant in variants), key=len)
        elif discriminator not in value:
            yield Violation("missing-field", (discriminator,), "nothing")
        else:
            tag = str(value[discriminator])
            selected = next((variant for variant in variants if tag in alternatives.tags(variant, discriminator)), None)
            if selected is None:
                yield Violation("unknown-tag", (discriminator,), _truncated(value[discriminator]))
            else:
                label = f"<{alternatives.label(selected, discriminator)}>"
                yield from (violation.under(label) for violation in self._properties(selected, value))

    def _properties(self, variant: Variant, value: dict[str, JSON]) -> Iterator[Violation]:
        for name in sorted(variant.required - value.keys()):
            yield Violation("missing-field", (name,), "nothing")
        for name, item in value.items():
            if name in variant.properties:
                yield from (violation.under(name) for violation in self._value(variant.properties[name], item))
            elif variant.additional and self._shapes(variant.additional).variants:
                yield from (violation.under("*") for violation in self._value(variant.additional, item))
            elif variant.properties or variant.additional:
                yield Violation("unknown-field", (name,), _truncated(item))


def _json_schema(body: Body) -> Schema:
    return next((schema for media_type, schema in body.media.items() if "json" in media_type), ())


def _kind(value: JSON) -> str:
    return next((kind for kind in KINDS if is_kind(value, kind)), "a number that JSON does not have")


def _truncated(value: JSON) -> str:
    text = canonical(value)
    return text if len(text) <= _MAX_VALUE_LENGTH else f"{text[: _MAX_VALUE_LENGTH - 3]}..."
