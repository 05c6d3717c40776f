"""The result of a comparison, before it is written in one of the formats."""

from collections import Counter
from datetime import date

from attrs import frozen

from .accepted import Acceptance, Fault, Ledger
from .compare import Difference
from .documents import Document, Pointer
from .interface import title
from .rules import Severity


@frozen(eq=False)
class Entry:
    """A difference with all that is known about it."""

    difference: Difference
    acceptance: Acceptance | None
    base_line: int | None
    other_line: int | None

    @property
    def severity(self) -> Severity:
        """That of its rule."""
        return self.difference.kind.severity


@frozen(eq=False)
class Report:
    """Everything that the formats show."""

    base: Document
    other: Document
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    """What is wrong with the accepted differences."""
    ledger: Ledger | None
    """The accepted differences."""
    level: Severity | None
    """From which severity on a difference is a failure; None for never."""

    def fails(self, entry: Entry) -> bool:
        """Whether a difference is a failure by itself."""
        return entry.acceptance is None and self.level is not None and entry.severity.rank <= self.level.rank

    @property
    def has_failed(self) -> bool:
        """Whether there is anything to act on."""
        return bool(self.faults) or any(self.fails(entry) for entry in self.entries)

    def counts(self) -> dict[str, int]:
        """How many differences of each severity nobody has accepted, and how many somebody has."""
        found = Counter("accepted" if entry.acceptance else entry.severity.value for entry in self.entries)
        return {name: found[name] for name in (*Severity, "accepted")}

    def open(self, severity: Severity) -> list[Entry]:
        """The differences of a severity that nobody has accepted."""
        return [entry for entry in self.entries if entry.acceptance is None and entry.severity is severity]

    @property
    def note(self) -> str | None:
        """Why no accepted difference counts, if they speak of another document."""
        if self.ledger is None or self.ledger.concerns(self.other):
            return None
        return f"{self.source} speaks of {self.ledger.about!r}, not of {title(self.other)!r}: nothing in it counts."

    @property
    def source(self) -> str:
        """The file with the accepted differences."""
        return self.ledger.source if self.ledger else ""


def report(
    base: Document,
    other: Document,
    differences: list[Difference],
    *,
    ledger: Ledger | None,
    today: date,
    level: Severity | None,
) -> Report:
    """Put a comparison and the accepted differences together; the worst comes first."""
    counting = ledger if ledger and ledger.concerns(other) else None
    reviewed, faults = counting.review(differences, today) if counting else ([(one, None) for one in differences], [])
    entries = [Entry(one, entry, _line(base, one.base_at), _line(other, one.other_at)) for one, entry in reviewed]
    entries.sort(key=lambda entry: entry.severity.rank)
    return Report(base, other, tuple(entries), tuple(faults), ledger, level)


def _line(document: Document, at: Pointer | None) -> int | None:
    return None if at is None else document.line(at)
