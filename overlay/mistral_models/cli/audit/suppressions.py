"""Comments that suppress findings: `mistral-models: ignore[mistral-large-2411] until=2027-01-01 -- reason`. Pure.

`ignore` is for its own line, `ignore-next-line` for the next one, `ignore-file` for the whole file. In brackets are ids
of models or rules, separated by commas; without brackets, everything is suppressed.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

MARKER: Final = "mistral-models:"

_COMMENT: Final = re.compile(
    r"(?:#|//|/\*|\*|--|;|%|<!--|\{#|\{-|\(\*|'|\"|\bREM\b|\bdnl\b|\.\.)[^`\n]*?"
    r"(?P<marker>mistral-models:)[ \t]*(?P<kind>ignore(?:-next-line|-file)?)\b(?P<rest>[^\n]*)",
    re.IGNORECASE,
)
_IDS: Final = re.compile(r"\s*\[(?P<ids>[^\]]*)\]")
_UNTIL: Final = re.compile(r"\buntil=(?P<date>\S+)")
_OPTION: Final = re.compile(r"(?<![\w.-])[a-z]+=")
_REASON: Final = re.compile(r"--\s*(?P<reason>.*?)\s*(?:\*/|-->|#\}|-\}|\*\))?\s*\Z")


class Suppression(NamedTuple):
    """A comment that suppresses findings."""

    line: int
    """Where it stands."""
    target: int | None
    """The line whose findings it suppresses; None for all lines."""
    ids: tuple[str, ...]
    """Ids of models and rules; empty for all."""
    until: dt.date | None
    """The last day on which it holds."""
    reason: str
    columns: tuple[int, int]
    """The first column of the comment, from 1, and the one after its last."""
    error: str = ""
    """What is wrong with it, so that it suppresses nothing."""

    def covers(self, line: int, *ids: str) -> bool:
        """Tell whether it is for a finding, which has ids of a model and of a rule."""
        return self.target in {None, line} and (not self.ids or not set(self.ids).isdisjoint(ids))

    def contains(self, line: int, column: int) -> bool:
        """Tell whether a position is inside the comment, where names are not uses of models."""
        return self.line == line and self.columns[0] <= column < self.columns[1]

    def has_expired(self, today: dt.date) -> bool:
        """Tell whether its last day is past."""
        return self.until is not None and self.until < today


def suppressions(lines: Sequence[str]) -> list[Suppression]:
    """Return the suppressions of a file."""
    return [
        _suppression(number, found)
        for number, line in enumerate(lines, 1)
        if MARKER in line.lower() and (found := _COMMENT.search(line))
    ]


def _suppression(line: int, found: re.Match[str]) -> Suppression:
    kind, rest = found["kind"].lower(), found["rest"]
    reason = _REASON.search(rest)
    options = rest[: reason.start()] if reason else rest
    ids = _IDS.match(options)
    names = [each.strip() for each in ids["ids"].split(",")] if ids else []
    until, error = None, ""
    if ids and not all(names):
        error = "it has empty brackets, which would suppress nothing: name models or rules, or leave the brackets out"
    elif not ids and options.lstrip().startswith("["):
        error = "a closing bracket is missing"
    if date := _UNTIL.search(options):
        try:
            until = dt.date.fromisoformat(date["date"])
        except ValueError:
            error = f"until={date['date']} is not a date such as 2027-01-31"
    elif unknown := _OPTION.search(options):
        error = f"{unknown[0]} is not an option; a date is written as until=2027-01-31, and a reason after --"
    columns = (found.start("marker") + 1, found.end() + 1)
    target = {"ignore": line, "ignore-next-line": line + 1}.get(kind)
    return Suppression(line, target, tuple(names), until, reason["reason"] if reason else "", columns, error)


def unused(
    written: Iterable[Suppression], used: Iterable[Suppression], today: dt.date
) -> Iterator[tuple[Suppression, str]]:
    """Yield each suppression that has no effect, and why."""
    effective = set(used)
    for each in written:
        if each.error:
            yield each, each.error
        elif each.has_expired(today):
            yield each, f"it expired on {each.until}"
        elif each not in effective:
            yield each, "it suppresses nothing"
