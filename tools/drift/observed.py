"""`observed`: recorded answers of the service against `openapi.yaml`, counted per place."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from attrs import field, frozen

from .answers import AnswerCheck, Observation
from .documents import JSON, UnusableError, load, read
from .interface import Operation, operations
from .vendor import CLIENT, shown

_SHOWN_VALUES = 5


@frozen
class Recorded:
    """One answer."""

    origin: str
    operation: str
    status: str | None
    """None for the operation's success."""
    body: JSON
    is_whole: bool = True
    """Whether the body is all that the service sent, and could be read."""


@frozen
class Place:
    """What is wrong at one place, over all answers."""

    count: int
    values: tuple[str, ...]
    """Some of those found there."""
    origin: str
    """Where it was met first."""


@frozen
class Summary:
    """What the answers say that the document does not."""

    answers: Counter[str]
    """How many of each operation."""
    partial: int = 0
    """How many of them were not whole, so that nothing can be said of them."""
    places: dict[tuple[str, str], Place] = field(factory=dict)
    """By what is wrong, and where."""

    @property
    def has_failed(self) -> bool:
        """Whether there is anything to act on."""
        return bool(self.places)


def observe(recorded: Path, document: Path = CLIENT) -> Summary:
    """Check a file, or all files of a folder.

    Raises:
        UnusableError: Nothing can be read there, or it names an operation that the document does not have.
    """
    known = {operation.name: operation for operation in operations(read(shown(document))).values()}
    found: list[tuple[Observation, str]] = []
    answers: Counter[str] = Counter()
    partial = 0
    check = AnswerCheck()
    for answer in _recorded(recorded):
        operation = _operation(answer, known)
        answers[answer.operation] += 1
        if answer.is_whole:
            found += ((one, answer.origin) for one in check(operation, answer.status, answer.body))
        else:
            partial += 1
    if not answers:
        raise UnusableError(str(recorded), "no answers in it")
    return Summary(answers, partial, dict(sorted(_counted(found).items())))


def _operation(answer: Recorded, known: dict[str, Operation]) -> Operation:
    if answer.operation not in known:
        raise UnusableError(answer.origin, f"no operation {answer.operation!r}; there are {', '.join(known)}")
    return known[answer.operation]


def _counted(found: list[tuple[Observation, str]]) -> dict[tuple[str, str], Place]:
    places: dict[tuple[str, str], Place] = {}
    for one, origin in found:
        before = places.get((one.what, one.place), Place(0, (), origin))
        values = dict.fromkeys([*before.values, one.value])
        places[one.what, one.place] = Place(before.count + 1, tuple(values)[:_SHOWN_VALUES], before.origin)
    return places


def _recorded(path: Path) -> Iterator[Recorded]:
    if not path.is_dir():
        yield from _file(path)
        return
    files = [file for file in sorted(path.rglob("*")) if file.suffix in {".json", ".jsonl", ".ndjson"}]
    if not files:
        raise UnusableError(str(path), "no *.json, *.jsonl or *.ndjson in this folder")
    for file in files:
        yield from _file(file)


def _file(path: Path) -> Iterator[Recorded]:
    text = load(str(path))
    if path.suffix != ".json":
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield _line(f"{path}:{number}", _parsed(str(path), line, number - 1))
        return
    first, *rest = path.stem.split(".")
    status = next((part for part in rest if part.isdecimal() and len(part) == 3), None)
    yield Recorded(str(path), first.partition("-")[0], status, _parsed(str(path), text))


def _parsed(source: str, text: str, above: int = 0) -> JSON:
    try:
        parsed: JSON = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnusableError(source, f"not JSON: {error.msg}", above + error.lineno) from None
    except ValueError as error:  # a number of thousands of digits
        raise UnusableError(source, str(error), above + 1) from None
    return parsed


def _line(origin: str, line: JSON) -> Recorded:
    match line:
        case {"operation": str() as operation, "status": int() as status, "body": body, **more} if not isinstance(
            status, bool
        ):
            return Recorded(origin, operation, str(status), body, is_whole="problem" not in more)
    raise UnusableError(origin, 'expected {"operation": "list", "status": 200, "body": ...}')


def _as_text(summary: Summary) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in sorted(summary.answers.items()))
    lines = [f"{summary.answers.total()} answers ({counts}) against {shown(CLIENT)}", ""]
    for (what, where), place in summary.places.items():
        times = "once" if place.count == 1 else f"{place.count} times"
        lines += [f"{what}: {where}", f"    {times}, such as {', '.join(place.values)} (first in {place.origin})"]
    end = "Take it into openapi.yaml (docs/drift.md)." if summary.places else "Nothing that the document does not say."
    partial = [f"{summary.partial} of them were not whole, and are not checked."] if summary.partial else []
    return "\n".join([*lines, *([""] if summary.places else []), *partial, end]) + "\n"


def _as_json(summary: Summary) -> str:
    places = [
        {"what": what, "place": where, "count": place.count, "values": list(place.values), "first": place.origin}
        for (what, where), place in summary.places.items()
    ]
    return (
        json.dumps(
            {"answers": dict(summary.answers), "partial": summary.partial, "observed": places},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


FORMATS: Final[dict[str, Callable[[Summary], str]]] = {"text": _as_text, "json": _as_json}
