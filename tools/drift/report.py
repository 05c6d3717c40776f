"""The result of a comparison, independent of the output format."""

from collections import Counter
from datetime import date

from attrs import frozen

from .accepted import Acceptance, AcceptedDifferences, StaleEntry
from .compare import Difference
from .documents import Document, Pointer
from .operations import title
from .rules import Severity


@frozen(eq=False)
class Entry:
    """A difference with the entry that accepts it, if any, and its lines in both documents."""

    difference: Difference
    acceptance: Acceptance | None
    base_line: int | None
    other_line: int | None

    @property
    def severity(self) -> Severity:
        """The severity of its rule."""
        return self.difference.definition.severity


@frozen(eq=False)
class Report:
    """The differences, reviewed and sorted by severity."""

    base: Document
    other: Document
    entries: tuple[Entry, ...]
    stale_entries: tuple[StaleEntry, ...]
    """Entries of the accepted differences that have expired or match nothing."""
    accepted: AcceptedDifferences | None
    fail_on: Severity | None
    """The least severe difference that is a failure; None if none is."""

    def is_failure(self, entry: Entry) -> bool:
        """Return whether a difference is a failure by itself."""
        return entry.acceptance is None and self.fail_on is not None and entry.severity.rank <= self.fail_on.rank

    @property
    def has_failed(self) -> bool:
        """Whether a maintainer has to act."""
        return bool(self.stale_entries) or any(self.is_failure(entry) for entry in self.entries)

    def counts(self) -> dict[str, int]:
        """Count the open differences of each severity, and the accepted ones."""
        counter = Counter("accepted" if entry.acceptance else entry.severity.value for entry in self.entries)
        return {name: counter[name] for name in (*Severity, "accepted")}

    def open(self, severity: Severity) -> list[Entry]:
        """Return the differences of a severity that are not accepted."""
        return [entry for entry in self.entries if entry.acceptance is None and entry.severity is severity]

    @property
    def note(self) -> str | None:
        """A notice that the accepted differences apply to another document, if they do."""
        if self.accepted is None or self.accepted.applies_to(self.other):
            return None
        return (
            f"{self.accepted_source} applies to {self.accepted.document_title!r}, not to {title(self.other)!r}:"
            " its entries are ignored."
        )

    @property
    def accepted_source(self) -> str:
        """The file with the accepted differences."""
        return self.accepted.source if self.accepted else ""


def create_report(
    base: Document,
    other: Document,
    differences: list[Difference],
    *,
    accepted: AcceptedDifferences | None,
    today: date,
    fail_on: Severity | None,
) -> Report:
    """Review differences against the accepted ones, add their lines, and sort them by severity."""
    reviewed: list[tuple[Difference, Acceptance | None]] = [(difference, None) for difference in differences]
    stale_entries: list[StaleEntry] = []
    if accepted and accepted.applies_to(other):
        reviewed, stale_entries = accepted.review(differences, today)
    entries = [
        Entry(difference, acceptance, _line(base, difference.base_pointer), _line(other, difference.other_pointer))
        for difference, acceptance in reviewed
    ]
    entries.sort(key=lambda entry: entry.severity.rank)
    return Report(base, other, tuple(entries), tuple(stale_entries), accepted, fail_on)


def _line(document: Document, pointer: Pointer | None) -> int | None:
    return None if pointer is None else document.line(pointer)
