"""Compares two documents operation by operation, from the side of a client that was built from the first one."""

from collections.abc import Iterator
from typing import TypeAlias

from attrs import frozen

from . import access
from .access import Way
from .documents import Document, Node, Pointer
from .interface import Body, Key, Operation, Parameter, described, operations
from .normal import Shapes
from .rules import RULES, Rule
from .schemas import Direction, Finding, SchemaComparison

JSON_MEDIA = "application/json"


@frozen
class Difference:
    """Something that the two documents do not say alike."""

    rule: str
    operation: str
    """The operationId, else method and path."""
    place: str
    """Such as `GET /v1/models 200 data[].<base>.capabilities.vision`."""
    base: str | None
    other: str | None
    base_at: Pointer | None
    other_at: Pointer | None

    @property
    def kind(self) -> Rule:
        """Its rule, with severity and meaning."""
        return RULES[self.rule]


def compare(
    base: Document, other: Document, *, every: bool = False, client: Document | None = None
) -> list[Difference]:
    """Find all differences that concern the client.

    Args:
        base: What the client was built from.
        other: What holds now.
        every: Look at all operations, not at the client's only.
        client: Says which operations are the client's; the base, unless given. One that shares no operation with the
            base has no say.
    """
    ours, theirs = operations(base), operations(other)
    known = operations(client or base)
    scope = known if known.keys() & ours.keys() else ours
    shapes = Shapes(), Shapes()
    comparison = _Comparison(*(SchemaComparison(direction, *shapes) for direction in Direction))
    found: list[Difference] = []
    for key in {**ours, **theirs}:
        was, is_ = ours.get(key), theirs.get(key)
        if every or key in scope or _is_related(was, is_, scope):
            found += comparison.operation(was, is_)
    return found


def _is_related(base: Operation | None, other: Operation | None, scope: dict[Key, Operation]) -> bool:
    """Whether an operation came or went in what the client is about: a path above or below, or the same tag."""
    operation = other if base is None else base if other is None else None
    if operation is None:
        return False
    path = operation.key[1].split("/")
    for key, known in scope.items():
        segments = key[1].split("/")
        if operation.tags & known.tags or path[: len(segments)] == segments or segments[: len(path)] == path:
            return True
    return False


@frozen(eq=False)
class _Place:
    """A part of an operation; makes differences of what is found there."""

    operation: Operation
    section: str = ""

    def at(self, section: str) -> "_Place":
        return _Place(self.operation, section)

    def differ(self, rule: str, base: "_Said", other: "_Said") -> Difference:
        at = (node.pointer if node else None for _, node in (base, other))
        return Difference(rule, self.operation.name, self._text(()), base[0], other[0], *at)

    def schemas(self, found: tuple[Finding, ...]) -> Iterator[Difference]:
        for one in found:
            place = self._text(one.path)
            yield Difference(one.rule, self.operation.name, place, one.base, one.other, one.base_at, one.other_at)

    def _text(self, path: tuple[str, ...]) -> str:
        steps = "".join(step if step == "[]" else f".{step}" for step in path).removeprefix(".")
        return " ".join(part for part in (self.operation.place, self.section, steps) if part)


_Said: TypeAlias = tuple[str | None, Node | None]
_Flag: TypeAlias = tuple[bool, Node | None]


@frozen(eq=False)
class _Comparison:
    request: SchemaComparison
    response: SchemaComparison

    def operation(self, base: Operation | None, other: Operation | None) -> Iterator[Difference]:
        """Compare one call; None where a document lacks it."""
        if base is None or other is None:
            known = base or other
            if known is not None:
                what = "removed" if base else "added"
                said = [(one.place, one.node) if one else (None, None) for one in (base, other)]
                yield _Place(known).differ(f"operation-{what}", *said)
            return
        place = _Place(base)
        if base.operation_id != other.operation_id:
            yield place.differ("operation-id-changed", (base.operation_id, base.node), (other.operation_id, other.node))
        yield from _deprecation(place, (base.is_deprecated, base.node), (other.is_deprecated, other.node))
        yield from _access(place, base, other)
        yield from self._parameters(place, base, other)
        yield from self._request_body(place.at("body"), base, other)
        yield from self._answers(place, base, other)

    def _parameters(self, place: _Place, base: Operation, other: Operation) -> Iterator[Difference]:
        ours, theirs = base.parameters(), other.parameters()
        for key in {**ours, **theirs}:
            known = ours.get(key) or theirs[key]
            at = place.at(f"{known.location} {known.name}")
            match ours.get(key), theirs.get(key):
                case Parameter() as was, Parameter() as is_:
                    yield from self._parameter(at, was, is_)
                case Parameter() as was, None:
                    yield at.differ("parameter-removed", (_needed(was.is_required), was.node), (None, other.node))
                case None, Parameter() as is_:
                    rule = "parameter-added-required" if is_.is_required else "parameter-added"
                    yield at.differ(rule, (None, base.node), (_needed(is_.is_required), is_.node))

    def _parameter(self, place: _Place, base: Parameter, other: Parameter) -> Iterator[Difference]:
        nodes = base.node, other.node
        yield from _necessity("parameter", place, (base.is_required, nodes[0]), (other.is_required, nodes[1]))
        yield from _deprecation(place, (base.is_deprecated, nodes[0]), (other.is_deprecated, nodes[1]))
        if base.notation != other.notation:
            yield place.differ("parameter-style-changed", (base.notation, nodes[0]), (other.notation, nodes[1]))
        yield from place.schemas(self.request(base.schema, other.schema))

    def _request_body(self, place: _Place, base: Operation, other: Operation) -> Iterator[Difference]:
        match base.body(), other.body():
            case Body() as was, Body() as is_:
                yield from _necessity("request-body", place, (was.is_required, was.node), (is_.is_required, is_.node))
                yield from _media(place, self.request, was, is_)
            case Body() as was, None:
                yield place.differ("request-body-removed", (_needed(was.is_required), was.node), (None, other.node))
            case None, Body() as is_:
                rule = "request-body-added-required" if is_.is_required else "request-body-added"
                yield place.differ(rule, (None, base.node), (_needed(is_.is_required), is_.node))

    def _answers(self, place: _Place, base: Operation, other: Operation) -> Iterator[Difference]:
        ours, theirs = base.answers(), other.answers()
        for status, was in ours.items():
            at = place.at(status)
            if match := described(status, theirs):
                yield from _media(at, self.response, was, theirs[match])
            else:
                yield at.differ(f"{_outcome(status)}-status-removed", (status, was.node), (None, other.node))
        for status, is_ in theirs.items():
            if status not in ours:
                rule = f"{_outcome(status)}-status-added"
                yield place.at(status).differ(rule, (None, base.node), (status, is_.node))


def _outcome(status: str) -> str:
    return "success" if status.startswith("2") else "error"


def _needed(is_required: bool) -> str:  # noqa: FBT001 the fact it puts into a word
    return "required" if is_required else "optional"


def _necessity(what: str, place: _Place, base: _Flag, other: _Flag) -> Iterator[Difference]:
    if base[0] != other[0]:
        rule = f"{what}-now-{_needed(other[0])}"
        yield place.differ(rule, (_needed(base[0]), base[1]), (_needed(other[0]), other[1]))


def _deprecation(place: _Place, base: _Flag, other: _Flag) -> Iterator[Difference]:
    if base[0] != other[0]:
        words = {True: "deprecated", False: "not deprecated"}
        rule = "deprecated" if other[0] else "no-longer-deprecated"
        yield place.differ(rule, (words[base[0]], base[1]), (words[other[0]], other[1]))


def _access(place: _Place, base: Operation, other: Operation) -> Iterator[Difference]:
    """Compare how the call is authenticated and where it goes."""
    ours, theirs = base.security(), other.security()
    lost, new = _unmatched(ours, theirs), _unmatched(theirs, ours)
    if lost or new:
        said = [(" or ".join(map(access.shown, ways)), one.node) for ways, one in ((ours, base), (theirs, other))]
        yield place.at("security").differ("security-changed" if lost else "security-added", *said)
    before, after = base.servers(), other.servers()
    is_lost = before and before[0] not in after
    if is_lost or set(after) != set(before):
        said = [(" or ".join(urls) or "none", one.node) for urls, one in ((before, base), (after, other))]
        yield place.at("servers").differ("server-removed" if is_lost else "servers-changed", *said)


def _unmatched(ways: list[Way], others: list[Way]) -> list[Way]:
    """The ways to authenticate that the others lack."""
    return [way for way in ways if not any(access.is_like(way, other) for other in others)]


def _media(place: _Place, schemas: SchemaComparison, base: Body, other: Body) -> Iterator[Difference]:
    for name in {**base.media, **other.media}:
        at = place if name == JSON_MEDIA else place.at(f"{place.section} {name}")
        if name in base.media and name in other.media:
            yield from at.schemas(schemas(base.media[name], other.media[name]))
        else:
            said = [(name if name in side.media else None, side.node) for side in (base, other)]
            what = "removed" if name in base.media else "added"
            yield at.differ(f"{schemas.direction}-media-type-{what}", *said)
