"""Findings: names in files, how severe they are, and which are suppressed or known. Pure."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from . import places
from .files import File
from .names import DEPRECATED, OK, RETIRED, STATUSES, UNKNOWN, UNLISTED, Names, Verdict
from .scan import Scan
from .suppressions import MARKER, Suppression, suppressions, unused

ERROR: Final = "error"
WARNING: Final = "warning"
NOTE: Final = "note"
NONE: Final = "none"
LEVELS: Final = (ERROR, WARNING, NOTE, NONE)
"""The levels of findings, the most severe first; `none` is that of names that are in order."""

RULES: Final = {RETIRED: "MM001", DEPRECATED: "MM002", UNLISTED: "MM003", UNKNOWN: "MM004"}
"""The rule for each status that is a problem."""

_LINE_END: Final = re.compile(r"\r\n|\n|\r")


class Policy(NamedTuple):
    """Which findings fail the run."""

    fail_on: frozenset[str] = frozenset({RETIRED})
    """Statuses."""
    fail_within: int | None = None
    """Deprecated names fail if their last day is at most so many days ahead."""

    def level(self, verdict: Verdict, place: str, today: dt.date, *, is_offline: bool) -> str:
        """Return the level of a finding."""
        if verdict.status == OK:
            return NONE
        if place not in places.EFFECTIVE:
            return NOTE
        if verdict.status in self.fail_on or self._is_due(verdict, today):
            return ERROR
        if is_offline and verdict.name.startswith("ft:"):  # records have no fine-tuned models
            return NOTE
        return WARNING

    def _is_due(self, verdict: Verdict, today: dt.date) -> bool:
        if verdict.status != DEPRECATED or self.fail_within is None or verdict.deprecation is None:
            return False
        return (verdict.deprecation - today).days <= self.fail_within


class Finding(NamedTuple):
    """A name in a file."""

    file: str
    line: int
    """From 1, as for `column`."""
    column: int
    """In characters (Unicode code points), from 1."""
    end_column: int
    verdict: Verdict
    level: str
    place: str
    relative: str = ""
    """The path of the file, as `files.File` explains it."""
    start: int = 0
    """Index in the text of the file."""
    end: int = 0
    key: str = ""
    """The variable, key or option whose value the name is; empty if there is none."""

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.verdict.name

    @property
    def status(self) -> str:
        """The status of the name."""
        return self.verdict.status


class UnusedSuppression(NamedTuple):
    """A suppression that has no effect, and why."""

    file: str
    line: int
    message: str


class FileReport(NamedTuple):
    """The findings in a file."""

    findings: tuple[Finding, ...] = ()
    unused_suppressions: tuple[UnusedSuppression, ...] = ()
    suppressed: int = 0
    dynamic: int = 0


class Lines:
    """The lines of a text, for converting indexes to lines and columns. It is fast for indexes in ascending order."""

    def __init__(self, text: str) -> None:
        self._text: Final = text
        self._has_returns: Final = "\r" in text
        self._line, self._start, self._index = 1, 0, 0

    def position(self, index: int) -> tuple[int, int]:
        """Return the line and the column of an index, both from 1."""
        if index < self._index:
            self._line, self._start, self._index = 1, 0, 0
        if self._has_returns:
            for end in _LINE_END.finditer(self._text, self._index, index):
                self._line, self._start = self._line + 1, end.end()
        elif number := self._text.count("\n", self._index, index):
            self._line, self._start = self._line + number, self._text.rfind("\n", self._index, index) + 1
        self._index = index
        return self._line, index - self._start + 1

    def lines(self) -> list[str]:
        """Return the lines, without what ends them."""
        return _LINE_END.split(self._text)


def report_file(file: File, text: str, found: Scan, names: Names, policy: Policy) -> FileReport:
    """Turn the names in a file into findings.

    Args:
        file: The file.
        text: Its content.
        found: The names in it.
        names: What is known about names.
        policy: Which findings fail the run.
    """
    has_suppressions = MARKER in text.lower()
    if not found.occurrences and not has_suppressions:
        return FileReport(dynamic=found.dynamic)
    file_place = places.file_place(file.relative)
    parts: Sequence[places.Span] = ()
    if found.occurrences:
        parts = places.spans(file.relative, text, found.occurrences[-1].start)
    lines = Lines(text)
    written = suppressions(lines.lines()) if has_suppressions else []
    valid = [each for each in written if not each.error and not each.has_expired(names.today)]
    findings: list[Finding] = []
    used: list[Suppression] = []
    suppressed = 0
    for each in found.occurrences:
        verdict = each.verdict
        line, column = lines.position(each.start)
        if any(comment.contains(line, column) for comment in written):
            continue
        matching = [comment for comment in valid if comment.covers(line, verdict.name, RULES.get(verdict.status, ""))]
        if matching and verdict.status != OK:
            used.append(matching[0])
            suppressed += 1
            continue
        place = places.place_of(each.start, file_place, parts)
        level = policy.level(verdict, place, names.today, is_offline=names.is_offline)
        findings.append(
            Finding(
                file=file.name,
                line=line,
                column=column,
                end_column=column + each.end - each.start,
                verdict=verdict,
                level=level,
                place=place,
                relative=file.relative,
                start=each.start,
                end=each.end,
                key=each.key,
            )
        )
    without_effect = [
        UnusedSuppression(file.name, each.line, reason) for each, reason in unused(written, used, names.today)
    ]
    return FileReport(tuple(findings), tuple(without_effect), suppressed, found.dynamic)


class Baseline(NamedTuple):
    """Known findings, which do not count again.

    A finding is recognized by its file, name and status, so that it may move to another line. One that becomes worse,
    such as a deprecated name that is retired now, counts again.
    """

    counts: Mapping[tuple[str, str, str], int]

    def new(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings that are not known: those beyond the known number in each file."""
        left = Counter(self.counts)
        result: list[Finding] = []
        for each in sorted(findings, key=lambda finding: LEVELS.index(finding.level)):
            key = baseline_key(each)
            if left[key] > 0 and each.status != OK:
                left[key] -= 1
            else:
                result.append(each)
        return sort(result)

    def gone(self, findings: Sequence[Finding], files: Collection[str]) -> int:
        """Count the known findings that no longer exist in these files."""
        known = Counter({key: number for key, number in self.counts.items() if key[0] in files})
        return (known - Counter(map(baseline_key, findings))).total()


def baseline_key(finding: Finding) -> tuple[str, str, str]:
    """Return what identifies a finding when lines move."""
    return finding.file, finding.name, finding.status


def sort(findings: Collection[Finding]) -> list[Finding]:
    """Sort by file and position."""
    return sorted(findings, key=lambda each: (each.file, each.line, each.column))


class Summary(NamedTuple):
    """Numbers about a run."""

    files: int
    """Files that were read."""
    skipped: int
    """Files that were left out on purpose, such as binary ones."""
    unreadable: int
    """Files that should have been read, but could not be."""
    names: int
    """Names that were found, those in order included."""
    suppressed: int
    """Findings that comments suppress."""
    known: int
    """Findings of the baseline."""
    dynamic: int
    """Names that are put together at run time."""
    statuses: Mapping[str, int]
    levels: Mapping[str, int]


class Report(NamedTuple):
    """The result of a run."""

    names: Names
    findings: tuple[Finding, ...]
    """Sorted by file and position; names in order only if all are reported."""
    unused_suppressions: tuple[UnusedSuppression, ...]
    summary: Summary

    def groups(self) -> Iterator[tuple[Verdict, list[Finding]]]:
        """Yield the findings of each name, the most severe name first."""
        by_name: dict[str, list[Finding]] = {}
        for each in self.findings:
            by_name.setdefault(each.name, []).append(each)

        def order(group: list[Finding]) -> tuple[int, int, dt.date, str]:
            first = group[0].verdict
            level = min(LEVELS.index(each.level) for each in group)
            return level, STATUSES.index(first.status), first.deprecation or dt.date.max, first.name

        for group in sorted(by_name.values(), key=order):
            yield group[0].verdict, group

    @property
    def has_failed(self) -> bool:
        """Whether a finding fails the run."""
        return any(each.level == ERROR for each in self.findings)


def count(findings: Sequence[Finding]) -> tuple[dict[str, int], dict[str, int]]:
    """Count findings by status and by level."""
    statuses = Counter(each.status for each in findings)
    levels = Counter(each.level for each in findings)
    return {name: statuses[name] for name in STATUSES}, {name: levels[name] for name in LEVELS}
