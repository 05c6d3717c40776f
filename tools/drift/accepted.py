"""The differences that a maintainer has looked at and accepts, each with a reason and, better, an end."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from attrs import frozen

from .compare import Difference
from .documents import Document, Node
from .interface import title

_HEAD: Final = {"document", "accepted"}
_WORDS: Final = {"rule", "place", "reason", "date", "expires"}


@frozen(eq=False)
class Acceptance:
    """One entry of `drift-accepted.yml`."""

    node: Node
    rule: str
    """A rule, or a glob of rules."""
    places: tuple[str, ...]
    """Globs, in which only `*` has a meaning."""
    reason: str
    since: date
    expires: date | None

    def covers(self, difference: Difference) -> bool:
        """Whether this entry speaks of a difference."""
        return _fits(self.rule, difference.rule) and any(_fits(place, difference.place) for place in self.places)


@frozen(eq=False)
class Fault:
    """What is wrong with an entry."""

    line: int | None
    message: str


@frozen(eq=False)
class Ledger:
    """A file of accepted differences."""

    source: str
    about: str | None
    """The title of the document that the entries speak of; None for any."""
    entries: tuple[Acceptance, ...]

    def concerns(self, document: Document) -> bool:
        """Whether the entries speak of the differences with a document."""
        return self.about in (None, title(document))

    def review(
        self, differences: Sequence[Difference], today: date
    ) -> tuple[list[tuple[Difference, Acceptance | None]], list[Fault]]:
        """Find the entry that accepts each difference, and the entries that have expired or match nothing."""
        valid = [entry for entry in self.entries if entry.expires is None or today <= entry.expires]
        faults = [
            _fault(entry, f"expired on {entry.expires}: look at it again, then delete it or give it a new end")
            for entry in self.entries if entry not in valid
        ]  # fmt: skip
        faults += [
            _fault(entry, "matches nothing any more: delete it")
            for entry in valid if not any(entry.covers(difference) for difference in differences)
        ]  # fmt: skip
        return [(one, next((entry for entry in valid if entry.covers(one)), None)) for one in differences], faults


def ledger(document: Document) -> Ledger:
    """Read the entries of a file.

    Raises:
        UnusableError: An entry lacks something, or has a word or a date that cannot be understood.
    """
    root = document.root
    if not isinstance(root.value, list) and (unknown := root.mapping().keys() - _HEAD):
        raise root.fault(f"unknown {', '.join(sorted(unknown))}; such a file has {', '.join(sorted(_HEAD))}")
    listed = root if isinstance(root.value, list) else root.get("accepted")
    about = None if isinstance(root.value, list) else root.get("document")
    entries = tuple(_entry(node) for node in listed.items()) if listed else ()
    return Ledger(document.source, about.word() if about else None, entries)


def _entry(node: Node) -> Acceptance:
    if unknown := node.mapping().keys() - _WORDS:
        raise node.fault(f"unknown {', '.join(sorted(unknown))}; an entry has {', '.join(sorted(_WORDS))}")
    rule, place, reason, since, expires = (node.get(word) for word in ("rule", "place", "reason", "date", "expires"))
    if not (rule and place and reason and since):
        raise node.fault("an entry needs rule, place, reason and date")
    places = [place] if isinstance(place.value, str) else list(place.items())
    end = _day(expires) if expires else None
    return Acceptance(node, rule.word(), tuple(one.word() for one in places), reason.word(), _day(since), end)


def _day(node: Node) -> date:
    try:
        return date.fromisoformat(node.word())
    except ValueError:
        raise node.fault(f"not a date such as 2026-07-24: {node.shown}") from None


def _fault(entry: Acceptance, message: str) -> Fault:
    place = " ".join(entry.places)
    return Fault(entry.node.document.line(entry.node.pointer), f"{entry.rule} {place} {message}")


def _fits(glob: str, text: str) -> bool:
    # fnmatch would take the brackets of `data[]` for a class of characters.
    return re.fullmatch(".*".join(map(re.escape, glob.split("*"))), text) is not None
