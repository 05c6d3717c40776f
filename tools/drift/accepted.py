"""Accepted differences: those that a maintainer reviewed, each with a reason and usually an expiry date."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from attrs import frozen

from .compare import Difference
from .documents import Document, Node
from .operations import title

_FILE_KEYS: Final = {"document", "accepted"}
_ENTRY_KEYS: Final = {"rule", "place", "reason", "date", "expires"}


@frozen(eq=False)
class Acceptance:
    """One entry of `drift-accepted.yml`."""

    node: Node
    rule: str
    """A rule, or a pattern in which `*` matches any text."""
    places: tuple[str, ...]
    """Patterns of the same kind."""
    reason: str
    reviewed: date
    expires: date | None

    def covers(self, difference: Difference) -> bool:
        """Return whether this entry accepts a difference."""
        return _matches(self.rule, difference.rule) and any(_matches(place, difference.place) for place in self.places)


@frozen(eq=False)
class StaleEntry:
    """An entry that has expired or matches nothing."""

    line: int | None
    message: str


@frozen(eq=False)
class AcceptedDifferences:
    """A file of accepted differences."""

    source: str
    document_title: str | None
    """The title of the document that the entries apply to; None for any document."""
    entries: tuple[Acceptance, ...]

    def applies_to(self, document: Document) -> bool:
        """Return whether the entries accept differences from a document."""
        return self.document_title in (None, title(document))

    def review(
        self, differences: Sequence[Difference], today: date
    ) -> tuple[list[tuple[Difference, Acceptance | None]], list[StaleEntry]]:
        """Find the entry that accepts each difference, and the entries that are stale."""
        valid = [entry for entry in self.entries if entry.expires is None or today <= entry.expires]
        stale = [
            _stale(entry, f"expired on {entry.expires}: review it, then delete it or extend it")
            for entry in self.entries if entry not in valid
        ]  # fmt: skip
        stale += [
            _stale(entry, "matches nothing any more: delete it")
            for entry in valid if not any(entry.covers(difference) for difference in differences)
        ]  # fmt: skip
        reviewed = [
            (difference, next((entry for entry in valid if entry.covers(difference)), None))
            for difference in differences
        ]
        return reviewed, stale


def read_accepted(document: Document) -> AcceptedDifferences:
    """Read the entries of a file.

    Raises:
        UnusableError: An entry is incomplete, has an unknown key, or has an invalid date.
    """
    root = document.root
    is_list = isinstance(root.value, list)
    if not is_list and (unknown := root.mapping().keys() - _FILE_KEYS):
        raise root.error(f"unknown {', '.join(sorted(unknown))}; the keys of this file are {_listed(_FILE_KEYS)}")
    entries = root if is_list else root.get("accepted")
    document_title = None if is_list else root.get("document")
    return AcceptedDifferences(
        document.source,
        document_title.as_string() if document_title else None,
        tuple(_entry(node) for node in entries.items()) if entries else (),
    )


def _entry(node: Node) -> Acceptance:
    if unknown := node.mapping().keys() - _ENTRY_KEYS:
        raise node.error(f"unknown {', '.join(sorted(unknown))}; the keys of an entry are {_listed(_ENTRY_KEYS)}")
    rule, place, reason, reviewed, expires = map(node.get, ("rule", "place", "reason", "date", "expires"))
    if not (rule and place and reason and reviewed):
        raise node.error("an entry needs rule, place, reason and date")
    places = [place] if isinstance(place.value, str) else list(place.items())
    return Acceptance(
        node, rule.as_string(), tuple(pattern.as_string() for pattern in places), reason.as_string(),
        _date(reviewed), _date(expires) if expires else None,
    )  # fmt: skip


def _listed(keys: set[str]) -> str:
    return ", ".join(sorted(keys))


def _date(node: Node) -> date:
    try:
        return date.fromisoformat(node.as_string())
    except ValueError:
        raise node.error(f"not a date such as 2026-07-24: {node.summary}") from None


def _stale(entry: Acceptance, message: str) -> StaleEntry:
    places = " ".join(entry.places)
    return StaleEntry(entry.node.document.line(entry.node.pointer), f"{entry.rule} {places} {message}")


def _matches(pattern: str, text: str) -> bool:
    # fnmatch would read the brackets of `data[]` as a set of characters.
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None
