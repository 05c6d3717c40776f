"""One recorded answer against the document: what is there that the document does not say."""

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen
from jsonschema import Draft202012Validator

from .documents import JSON
from .interface import Body, Operation, described
from .keywords import KINDS, is_kind, text
from .normal import Shapes
from .schemas import describe
from .tags import Alternatives
from .variants import Schema, Variant

_FORMATS: Final = Draft202012Validator.FORMAT_CHECKER
_LONGEST = 60


@frozen
class Observation:
    """Something that the document does not say."""

    what: str
    place: str
    value: str


@frozen
class _Met:
    """The same, seen from the schema that it was met in."""

    what: str
    path: tuple[str, ...]
    value: str

    def under(self, *steps: str) -> "_Met":
        return _Met(self.what, (*steps, *self.path), self.value)


@frozen(eq=False)
class AnswerCheck:
    """Checks answers; remembers the schemas that it has read."""

    _shapes: Shapes = field(factory=Shapes, init=False)

    def __call__(self, operation: Operation, status: str | None, body: JSON) -> Iterator[Observation]:
        """Check one answer; without a status it is taken for the operation's first success."""
        answers = operation.answers()
        status = status or next((known for known in answers if known.startswith("2")), "200")
        if (known := described(status, answers)) is None:
            yield Observation("undocumented-status", f"{operation.place} {status}", status)
            return
        for met in self._value(_schema(answers[known]), body):
            steps = "".join(step if step == "[]" else f".{step}" for step in met.path).removeprefix(".")
            yield Observation(met.what, f"{operation.place} {status} {steps}".rstrip(), met.value)

    def _value(self, schema: Schema, value: JSON) -> Iterator[_Met]:
        shape = self._shapes(schema)
        fitting = [variant for variant in shape.variants if is_kind(value, variant.kind)]
        if not fitting:
            yield _Met("wrong-type", (), f"{_kind(value)} where {describe(shape)} is documented")
        elif isinstance(value, dict):
            yield from self._object(Alternatives(fitting, self._shapes), value)
        elif isinstance(value, list):
            for item in value:
                yield from (met.under("[]") for met in self._value(fitting[0].items, item))
        elif not any(variant.values is None or text(value) in variant.values for variant in fitting):
            yield _Met("unknown-value", (), _short(value))
        elif not any(variant.format is None or _FORMATS.conforms(value, variant.format) for variant in fitting):
            yield _Met("wrong-format", (), _short(value))

    def _object(self, alternatives: Alternatives, value: dict[str, JSON]) -> Iterator[_Met]:
        known = [one for one in alternatives.variants if not one.fallback] or alternatives.variants
        tag = next(iter(alternatives.tags()), None)
        if tag is None:
            # The variant that fits best is the one that was meant.
            yield from min((list(self._fields(variant, value)) for variant in known), key=len)
        elif tag not in value:
            yield _Met("missing-field", (tag,), "nothing")
        else:
            meant = next((one for one in known if str(value[tag]) in alternatives.tagged(one, tag)), None)
            if meant is None:
                yield _Met("unknown-tag", (tag,), _short(value[tag]))
            else:
                label = f"<{alternatives.label(meant, tag)}>"
                yield from (met.under(label) for met in self._fields(meant, value))

    def _fields(self, variant: Variant, value: dict[str, JSON]) -> Iterator[_Met]:
        for name in sorted(variant.required - value.keys()):
            yield _Met("missing-field", (name,), "nothing")
        for name, item in value.items():
            if name in variant.properties:
                yield from (met.under(name) for met in self._value(variant.properties[name], item))
            elif variant.further and self._shapes(variant.further).variants:
                yield from (met.under("*") for met in self._value(variant.further, item))
            elif variant.properties or variant.further:
                yield _Met("unknown-field", (name,), _short(item))


def _schema(body: Body) -> Schema:
    return next((schema for media, schema in body.media.items() if "json" in media), ())


def _kind(value: JSON) -> str:
    return next((kind for kind in KINDS if is_kind(value, kind)), "a number that JSON does not have")


def _short(value: JSON) -> str:
    written = text(value)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 3]}..."
