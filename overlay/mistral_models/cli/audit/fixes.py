"""Replace retired and deprecated names: which edits are right, and what the text is after them. Pure."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from . import places
from .findings import Finding
from .names import DEPRECATED, RETIRED
from .words import names_a_model

_WORD_CHARACTERS: Final = r"[A-Za-z0-9._-]"
_BLANK_LINES: Final = ("\n\n", "\r\n\r\n", "\r\r")


class Remark(NamedTuple):
    """A finding, and what the report says about it."""

    finding: Finding
    text: str


class Plan(NamedTuple):
    """The edits of a file."""

    edits: tuple[Finding, ...] = ()
    """Findings whose names are replaced."""
    not_fixed: tuple[Remark, ...] = ()
    """Findings that are not fixed, with the reason."""
    remarks: tuple[Remark, ...] = ()
    """Edits that somebody should look at."""


def plan(findings: Iterable[Finding], text: str, *, force: bool) -> Plan:
    """Decide which findings of a file are fixed.

    Args:
        findings: The findings of the file.
        text: Its content.
        force: Also accept a replacement that has less context or lacks a capability.
    """
    edits: list[Finding] = []
    not_fixed: list[Remark] = []
    for each in findings:
        if each.status not in {RETIRED, DEPRECATED}:
            continue
        reason = _reason_not_to_fix(each, text, force=force)
        if reason:
            not_fixed.append(Remark(each, reason))
        else:
            edits.append(each)
    return Plan(tuple(edits), tuple(not_fixed), tuple(_duplicates(edits, text)))


def _reason_not_to_fix(finding: Finding, text: str, *, force: bool) -> str:
    verdict = finding.verdict
    if finding.place in {places.COMMENT, places.OUTPUT}:
        return f"it is in {'a comment' if finding.place == places.COMMENT else 'the output of a notebook'}"
    if finding.place == places.DOCUMENTATION and not names_a_model(finding.key):
        return "it is in a sentence"
    if places.is_recorded(finding.relative):
        return "the file is a lock file or a recording"
    if _is_key(text, finding):
        return "it is a key"
    if verdict.replacement is None:
        return "no replacement is known"
    if not verdict.replacement_is_listed:
        return f"its replacement {verdict.replacement} is not in the list"
    if verdict.context and verdict.context[1] < verdict.context[0] and not force:
        return f"{verdict.replacement} has less context: {verdict.context[1]:,} tokens, not {verdict.context[0]:,}"
    if verdict.lost_capabilities and not force:
        return f"{verdict.replacement} lacks {', '.join(verdict.lost_capabilities)}"
    return ""


def _is_key(text: str, finding: Finding) -> bool:
    """Tell whether the name is a key of an object, whose value would be that of another model."""
    after = re.compile(r"\\?[\"'`]?\]?[ \t]*(?::(?!:)|=>|=(?!=))").match(text, finding.end)
    before = text[max(finding.start - 3, 0) : finding.start]
    return after is not None and not finding.key and not re.search(r"[?:]\s*[\"'`]?\Z", before)


def _duplicates(edits: Sequence[Finding], text: str) -> Iterator[Remark]:
    """Yield the edits that repeat a name in its line or list."""
    starts = {each.start for each in edits}
    for number, each in enumerate(edits):
        replacement = each.verdict.replacement or ""
        whole = re.compile(rf"(?<!{_WORD_CHARACTERS}){re.escape(replacement)}(?!{_WORD_CHARACTERS})")
        first, last = _neighbourhood(text, each.start)
        others = [other for other in edits[:number] if first <= other.start < last]
        is_there = any(found.start() not in starts for found in whole.finditer(text, first, last))
        if is_there or any(other.verdict.replacement == replacement and other.name != each.name for other in others):
            yield Remark(each, f"{replacement} is already nearby, so it now appears twice")


def _neighbourhood(text: str, position: int) -> tuple[int, int]:
    """Return the list, or else the paragraph, around a position."""
    first = max(text.rfind(blank, 0, position) for blank in _BLANK_LINES) + 1
    last = min((end for blank in _BLANK_LINES if (end := text.find(blank, position)) >= 0), default=len(text))
    for opening, closing in ("[]", "{}"):
        left, right = text.rfind(opening, 0, position), text.find(closing, position)
        if left >= 0 and right >= 0 and closing not in text[left:position]:
            first, last = max(first, left), min(last, right)
    return first, last


def edited(text: str, edits: Iterable[Finding]) -> str:
    """Return a text with the names replaced."""
    pieces: list[str] = []
    position = 0
    for each in sorted(edits, key=lambda edit: edit.start):
        pieces += [text[position : each.start], each.verdict.replacement or each.name]
        position = each.end
    return "".join([*pieces, text[position:]])


def diff(file: str, before: str, after: str) -> Iterator[str]:
    """Yield the lines of a unified diff that `git apply` and `patch` read."""
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (before, after))
    for line in difflib.unified_diff(old, new, f"a/{file}", f"b/{file}"):
        if line.endswith("\n"):
            yield line
        else:
            yield f"{line}\n\\ No newline at end of file\n"
