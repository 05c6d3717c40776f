"""`observed`: check recorded responses of the service against `openapi.yaml`, and count the violations."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from attrs import field, frozen

from .documents import JSON, UnusableError, read, read_text
from .operations import Operation, read_operations
from .responses import Observation, ResponseCheck
from .vendor import CLIENT_DOCUMENT, relative

_MAX_EXAMPLES = 5


@frozen
class RecordedResponse:
    """A recorded response."""

    origin: str
    """The file, with the line if it has several responses."""
    operation: str
    status: str | None
    """The status code; None for the operation's documented success."""
    body: JSON
    is_complete: bool = True
    """Whether the body was recorded in full and could be parsed."""


@frozen
class Tally:
    """All observations of one kind at one place."""

    count: int
    examples: tuple[str, ...]
    """Some of the observed values."""
    first: str
    """The origin of the first one."""


@frozen
class Summary:
    """What the recorded responses contain that the document does not allow or list."""

    responses: Counter[str]
    """The number of responses of each operation."""
    incomplete: int = 0
    """The number of responses that were not recorded in full, and are not checked."""
    tallies: dict[tuple[str, str], Tally] = field(factory=dict)
    """By rule and place."""

    @property
    def has_failed(self) -> bool:
        """Whether a maintainer has to act."""
        return bool(self.tallies)


def observe(recorded: Path, document: Path = CLIENT_DOCUMENT) -> Summary:
    """Check the responses of a file, or of all files of a folder.

    Raises:
        UnusableError: There are no responses, or one belongs to an operation that the document does not have.
    """
    operations = {operation.name: operation for operation in read_operations(read(relative(document))).values()}
    observations: list[tuple[Observation, str]] = []
    responses: Counter[str] = Counter()
    incomplete = 0
    check = ResponseCheck()
    for response in _recorded_responses(recorded):
        operation = _operation(response, operations)
        responses[response.operation] += 1
        if response.is_complete:
            found = check(operation, response.status, response.body)
            observations += ((observation, response.origin) for observation in found)
        else:
            incomplete += 1
    if not responses:
        raise UnusableError(str(recorded), "it contains no responses")
    return Summary(responses, incomplete, dict(sorted(_tallies(observations).items())))


def _operation(response: RecordedResponse, operations: dict[str, Operation]) -> Operation:
    if response.operation not in operations:
        known = ", ".join(operations)
        raise UnusableError(response.origin, f"unknown operation {response.operation!r}; the operations are {known}")
    return operations[response.operation]


def _tallies(observations: list[tuple[Observation, str]]) -> dict[tuple[str, str], Tally]:
    tallies: dict[tuple[str, str], Tally] = {}
    for observation, origin in observations:
        previous = tallies.get((observation.rule, observation.place), Tally(0, (), origin))
        examples = dict.fromkeys([*previous.examples, observation.value])
        tallies[observation.rule, observation.place] = Tally(
            previous.count + 1, tuple(examples)[:_MAX_EXAMPLES], previous.first
        )
    return tallies


def _recorded_responses(path: Path) -> Iterator[RecordedResponse]:
    if not path.is_dir():
        yield from _read_file(path)
        return
    files = [file for file in sorted(path.rglob("*")) if file.suffix in {".json", ".jsonl", ".ndjson"}]
    if not files:
        raise UnusableError(str(path), "no *.json, *.jsonl or *.ndjson in this folder")
    for file in files:
        yield from _read_file(file)


def _read_file(path: Path) -> Iterator[RecordedResponse]:
    text = read_text(str(path))
    if path.suffix != ".json":
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield _from_line(f"{path}:{number}", _parse(str(path), line, number - 1))
        return
    name, *parts = path.stem.split(".")
    status = next((part for part in parts if part.isdecimal() and len(part) == 3), None)
    yield RecordedResponse(str(path), name.partition("-")[0], status, _parse(str(path), text))


def _parse(source: str, text: str, lines_before: int = 0) -> JSON:
    try:
        parsed: JSON = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnusableError(source, f"not JSON: {error.msg}", lines_before + error.lineno) from None
    except ValueError as error:  # Python refuses integers of more than 4,300 digits
        raise UnusableError(source, str(error), lines_before + 1) from None
    return parsed


def _from_line(origin: str, line: JSON) -> RecordedResponse:
    match line:
        case {"operation": str() as operation, "status": int() as status, "body": body, **more} if not isinstance(
            status, bool
        ):
            return RecordedResponse(origin, operation, str(status), body, is_complete="problem" not in more)
    raise UnusableError(origin, 'expected {"operation": "list", "status": 200, "body": ...}')


def _as_text(summary: Summary) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in sorted(summary.responses.items()))
    lines = [f"{summary.responses.total()} responses ({counts}) against {relative(CLIENT_DOCUMENT)}", ""]
    for (rule, place), tally in summary.tallies.items():
        times = "once" if tally.count == 1 else f"{tally.count} times"
        lines += [f"{rule}: {place}", f"    {times}, such as {', '.join(tally.examples)} (first in {tally.first})"]
    if summary.tallies:
        lines.append("")
    if summary.incomplete:
        lines.append(f"{summary.incomplete} of them were not recorded in full, and are not checked.")
    next_step = "Add it to openapi.yaml: see docs/drift.md."
    lines.append(next_step if summary.tallies else "The document allows and lists everything that they contain.")
    return "\n".join(lines) + "\n"


def _as_json(summary: Summary) -> str:
    observations = [
        {"rule": rule, "place": place, "count": tally.count, "examples": list(tally.examples), "first": tally.first}
        for (rule, place), tally in summary.tallies.items()
    ]
    content = {
        "responses": dict(summary.responses),
        "incomplete": summary.incomplete,
        "observations": observations,
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


FORMATS: Final[dict[str, Callable[[Summary], str]]] = {"text": _as_text, "json": _as_json}
