"""Output for people: text and Markdown. The places at which a shared schema appears are grouped."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from .report import Entry, Report
from .rules import RULES, Severity

_SEVERITIES: Final = {
    Severity.BREAKING: "a released client fails or misreads the response",
    Severity.ADDITIVE: "the client could offer more",
    Severity.TOLERATED: "would break other clients; this one handles it by design",
    Severity.INFO: "nothing fails",
}
_NEXT_STEP: Final = (
    "Add each of them to openapi.yaml, or accept it in drift-accepted.yml with a reason: see docs/drift.md."
)


def as_text(report: Report) -> str:
    """Format a report for a terminal."""
    lines = [f"{report.base.source} (the client) -> {report.other.source} (compared with)"]
    for severity in Severity:
        if entries := report.open(severity):
            lines += ["", f"{severity.upper()}: {_SEVERITIES[severity]}", *_paragraphs(entries)]
    if report.stale_entries:
        lines += ["", f"{report.accepted_source.upper()}: stale entries"]
        lines += (f"  line {stale.line}: {stale.message}" for stale in report.stale_entries)
    lines += ["", *([report.note] if report.note else []), _totals(report)]
    return "\n".join([*lines, *([_NEXT_STEP] if report.has_failed else [])]) + "\n"


def _paragraphs(entries: list[Entry]) -> Iterator[str]:
    """Write each rule with its meaning, then the places where it applies."""
    for rule, same_rule in groupby(sorted(entries, key=_rule), key=_rule):
        yield f"  {rule}: {RULES[rule].meaning}"
        for group in _grouped(list(same_rule)):
            yield from (f"    {entry.difference.place}" for entry in group)
            yield f"      {_values(group[0])}   ({_lines(group[0])})"


def _rule(entry: Entry) -> str:
    return entry.difference.rule


def _values(entry: Entry) -> str:
    return f"{entry.difference.base or 'nothing'} -> {entry.difference.other or 'nothing'}"


def _lines(entry: Entry) -> str:
    return f"line {entry.base_line or '?'} -> {entry.other_line or '?'}"


def _grouped(entries: list[Entry]) -> list[list[Entry]]:
    """Group the differences that a shared schema causes in several places."""
    groups: dict[object, list[Entry]] = {}
    for entry in entries:
        difference = entry.difference
        cause = (
            difference.rule, difference.base, difference.other, difference.base_pointer, difference.other_pointer,
        )  # fmt: skip
        groups.setdefault(cause, []).append(entry)
    return list(groups.values())


def _totals(report: Report) -> str:
    counts = report.counts()
    return "; ".join([", ".join(f"{counts[name]} {name}" for name in Severity), f"{counts['accepted']} accepted"]) + "."


def as_markdown(report: Report) -> str:
    """Format a report for the summary of a workflow, an issue or a pull request."""
    lines = [
        f"### `{report.base.source}` (the client) -> `{report.other.source}` (compared with)", "", _totals(report),
        *(["", _code(report.note)] if report.note else []),
    ]  # fmt: skip
    for severity in Severity:
        if entries := report.open(severity):
            lines += ["", f"#### {severity.capitalize()}: {_SEVERITIES[severity]}", "", *_TABLE_HEAD]
            lines += (_row(group) for group in _grouped(entries))
    if report.stale_entries:
        lines += ["", f"#### Stale entries of `{report.accepted_source}`", ""]
        lines += (f"- line {stale.line}: {_cell(stale.message)}" for stale in report.stale_entries)
    accepted = [entry for entry in report.entries if entry.acceptance]
    if accepted:
        lines += ["", "<details><summary>Accepted</summary>", "", *_accepted(accepted), "", "</details>"]
    return "\n".join([*lines, *(["", _NEXT_STEP] if report.has_failed else [])]) + "\n"


_TABLE_HEAD: Final = (
    "| rule | place | the client | compared with | lines | meaning |",
    "| --- | --- | --- | --- | --- | --- |",
)


def _row(group: list[Entry]) -> str:
    difference = group[0].difference
    places = "<br>".join(_code(entry.difference.place) for entry in group)
    values = (_code(value) if value else "nothing" for value in (difference.base, difference.other))
    cells = difference.rule, places, *values, _lines(group[0]), difference.definition.meaning
    return f"| {' | '.join(map(_cell, cells))} |"


def _accepted(entries: list[Entry]) -> Iterator[str]:
    for reason, group in groupby(sorted(entries, key=_reason), key=_reason):
        yield f"- {_cell(reason)}"
        yield from (f"  - {entry.difference.rule} {_code(entry.difference.place)}" for entry in group)


def _code(text: str) -> str:
    """Quote text of a document as code, so that it is neither Markdown nor HTML."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence, space = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{space}{text}{space}{fence}"


def _reason(entry: Entry) -> str:
    return entry.acceptance.reason if entry.acceptance else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
