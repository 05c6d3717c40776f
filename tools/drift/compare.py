"""Compare two documents operation by operation, from the point of view of a client that was built from the first."""

from collections.abc import Iterator
from typing import TypeAlias

from attrs import converters, field, frozen

from . import security
from .documents import Document, Node, Pointer, printable
from .normalize import Shapes
from .operations import Body, Key, Operation, Parameter, matching_status, read_operations
from .rules import RULES, Rule
from .schemas import Direction, SchemaComparison, SchemaDifference
from .security import SecurityRequirement

JSON_MEDIA_TYPE = "application/json"


@frozen
class Difference:
    """A difference between two documents."""

    rule: str
    operation: str = field(converter=printable)
    """The operationId; without one, method and path."""
    place: str = field(converter=printable)
    """Such as `GET /v1/models 200 data[].<base>.capabilities.vision`."""
    base: str | None = field(converter=converters.optional(printable))
    other: str | None = field(converter=converters.optional(printable))
    base_pointer: Pointer | None
    other_pointer: Pointer | None

    @property
    def definition(self) -> Rule:
        """The rule with its severity and meaning."""
        return RULES[self.rule]


def compare(
    base: Document, other: Document, *, all_operations: bool = False, client: Document | None = None
) -> list[Difference]:
    """Find all differences that concern the client.

    Args:
        base: The document that the client was built from.
        other: The document to compare it with.
        all_operations: Compare all operations, not only the client's.
        client: The document that defines which operations are the client's: the base, unless given. It is ignored
            if it shares no operation with the base.
    """
    base_operations, other_operations = read_operations(base), read_operations(other)
    client_operations = read_operations(client or base)
    scope = client_operations if client_operations.keys() & base_operations.keys() else base_operations
    shapes = Shapes(), Shapes()
    comparison = _Comparison(*(SchemaComparison(direction, *shapes) for direction in Direction))
    differences: list[Difference] = []
    for key in {**base_operations, **other_operations}:
        before, after = base_operations.get(key), other_operations.get(key)
        if all_operations or key in scope or _is_related(before, after, scope):
            differences += comparison.operation(before, after)
    return differences


def _is_related(base: Operation | None, other: Operation | None, scope: dict[Key, Operation]) -> bool:
    """Return whether an added or removed operation belongs to the client's area: a nested path, or the same tag."""
    operation = other if base is None else base if other is None else None
    if operation is None:
        return False
    path = operation.key[1].split("/")
    for key, in_scope in scope.items():
        segments = key[1].split("/")
        if operation.tags & in_scope.tags or path[: len(segments)] == segments or segments[: len(path)] == path:
            return True
    return False


_Side: TypeAlias = tuple[str | None, Node | None]
"""What one document says, as text, and the node that says it."""
_FlagSide: TypeAlias = tuple[bool, Node | None]


@frozen(eq=False)
class _Place:
    """A part of an operation, which creates the differences that are found there."""

    operation: Operation
    section: str = ""

    def at(self, section: str) -> "_Place":
        return _Place(self.operation, section)

    def difference(self, rule: str, base: _Side, other: _Side) -> Difference:
        pointers = (node.pointer if node else None for _, node in (base, other))
        return Difference(rule, self.operation.name, self._text(()), base[0], other[0], *pointers)

    def schema_differences(self, differences: tuple[SchemaDifference, ...]) -> Iterator[Difference]:
        for found in differences:
            yield Difference(
                found.rule, self.operation.name, self._text(found.path),
                found.base, found.other, found.base_pointer, found.other_pointer,
            )  # fmt: skip

    def _text(self, path: tuple[str, ...]) -> str:
        steps = "".join(step if step == "[]" else f".{step}" for step in path).removeprefix(".")
        return " ".join(part for part in (self.operation.place, self.section, steps) if part)


@frozen(eq=False)
class _Comparison:
    request: SchemaComparison
    response: SchemaComparison

    def operation(self, base: Operation | None, other: Operation | None) -> Iterator[Difference]:
        """Compare an operation; None stands for a document that lacks it."""
        if base is None or other is None:
            present = base or other
            if present is not None:
                rule = "operation-removed" if base else "operation-added"
                sides = [(side.place, side.node) if side else (None, None) for side in (base, other)]
                yield _Place(present).difference(rule, *sides)
            return
        place = _Place(base)
        if base.operation_id != other.operation_id:
            ids: list[_Side] = [(operation.operation_id, operation.node) for operation in (base, other)]
            yield place.difference("operation-id-changed", *ids)
        yield from _deprecation(place, (base.is_deprecated, base.node), (other.is_deprecated, other.node))
        yield from _security(place, base, other)
        yield from _servers(place, base, other)
        yield from self._parameters(place, base, other)
        yield from self._request_body(place.at("body"), base, other)
        yield from self._responses(place, base, other)

    def _parameters(self, place: _Place, base: Operation, other: Operation) -> Iterator[Difference]:
        base_parameters, other_parameters = base.parameters(), other.parameters()
        for key in {**base_parameters, **other_parameters}:
            named = base_parameters.get(key) or other_parameters[key]
            at = place.at(f"{named.location} {named.name}")
            match base_parameters.get(key), other_parameters.get(key):
                case Parameter() as before, Parameter() as after:
                    yield from self._parameter(at, before, after)
                case Parameter() as before, None:
                    yield at.difference("parameter-removed", _necessity(before), (None, other.node))
                case None, Parameter() as after:
                    rule = "parameter-added-required" if after.is_required else "parameter-added"
                    yield at.difference(rule, (None, base.node), _necessity(after))

    def _parameter(self, place: _Place, base: Parameter, other: Parameter) -> Iterator[Difference]:
        yield from _necessity_change("parameter", place, base, other)
        yield from _deprecation(place, (base.is_deprecated, base.node), (other.is_deprecated, other.node))
        if base.serialization != other.serialization:
            sides = [(side.serialization, side.node) for side in (base, other)]
            yield place.difference("parameter-style-changed", *sides)
        yield from place.schema_differences(self.request(base.schema, other.schema))

    def _request_body(self, place: _Place, base: Operation, other: Operation) -> Iterator[Difference]:
        match base.request_body(), other.request_body():
            case Body() as before, Body() as after:
                yield from _necessity_change("request-body", place, before, after)
                yield from _media(place, self.request, before, after)
            case Body() as before, None:
                yield place.difference("request-body-removed", _necessity(before), (None, other.node))
            case None, Body() as after:
                rule = "request-body-added-required" if after.is_required else "request-body-added"
                yield place.difference(rule, (None, base.node), _necessity(after))

    def _responses(self, place: _Place, base: Operation, other: Operation) -> Iterator[Difference]:
        base_responses, other_responses = base.responses(), other.responses()
        for status, before in base_responses.items():
            at = place.at(status)
            if documented := matching_status(status, other_responses):
                yield from _media(at, self.response, before, other_responses[documented])
            else:
                yield at.difference(f"{_outcome(status)}-status-removed", (status, before.node), (None, other.node))
        for status, after in other_responses.items():
            if status not in base_responses:
                rule = f"{_outcome(status)}-status-added"
                yield place.at(status).difference(rule, (None, base.node), (status, after.node))


def _outcome(status: str) -> str:
    return "success" if status.startswith("2") else "error"


def _necessity(part: Parameter | Body) -> _Side:
    return "required" if part.is_required else "optional", part.node


def _necessity_change(
    name: str, place: _Place, base: Parameter | Body, other: Parameter | Body
) -> Iterator[Difference]:
    if base.is_required != other.is_required:
        before, after = _necessity(base), _necessity(other)
        yield place.difference(f"{name}-now-{after[0]}", before, after)


def _deprecation(place: _Place, base: _FlagSide, other: _FlagSide) -> Iterator[Difference]:
    if base[0] != other[0]:
        texts = {True: "deprecated", False: "not deprecated"}
        rule = "deprecated" if other[0] else "no-longer-deprecated"
        yield place.difference(rule, (texts[base[0]], base[1]), (texts[other[0]], other[1]))


def _security(place: _Place, base: Operation, other: Operation) -> Iterator[Difference]:
    before, after = base.security(), other.security()
    removed, added = _unmatched(before, after), _unmatched(after, before)
    if removed or added:
        sides = [
            (" or ".join(map(security.describe, requirements)), operation.node)
            for requirements, operation in ((before, base), (after, other))
        ]
        yield place.at("security").difference("security-changed" if removed else "security-added", *sides)


def _unmatched(requirements: list[SecurityRequirement], others: list[SecurityRequirement]) -> list[SecurityRequirement]:
    """Return the requirements that have no equivalent among the others."""
    return [
        requirement
        for requirement in requirements
        if not any(security.are_equivalent(requirement, other) for other in others)
    ]


def _servers(place: _Place, base: Operation, other: Operation) -> Iterator[Difference]:
    before, after = base.servers(), other.servers()
    is_default_removed = before and before[0] not in after
    if is_default_removed or set(after) != set(before):
        sides = [(" or ".join(urls) or "none", operation.node) for urls, operation in ((before, base), (after, other))]
        yield place.at("servers").difference("server-removed" if is_default_removed else "servers-changed", *sides)


def _media(place: _Place, schemas: SchemaComparison, base: Body, other: Body) -> Iterator[Difference]:
    for name in {**base.media, **other.media}:
        at = place if name == JSON_MEDIA_TYPE else place.at(f"{place.section} {name}")
        if name in base.media and name in other.media:
            yield from at.schema_differences(schemas(base.media[name], other.media[name]))
        else:
            sides = [(name if name in body.media else None, body.node) for body in (base, other)]
            change = "removed" if name in base.media else "added"
            yield at.difference(f"{schemas.direction}-media-type-{change}", *sides)
