"""The formats for people: text and Markdown. Places that say the same of the same lines are shown as one difference."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from .report import Entry, Report
from .rules import RULES, Severity

_HEADS: Final = {
    Severity.BREAKING: "a released client fails or misreads",
    Severity.ADDITIVE: "the client could offer more",
    Severity.TOLERATED: "would break others; this client absorbs it by design",
    Severity.INFO: "good to know",
}
_CURE: Final = (
    "Take each of them into openapi.yaml, or accept it in drift-accepted.yml with a reason: see docs/drift.md."
)


def as_text(report: Report) -> str:
    """Write for a terminal."""
    lines = [f"{report.base.source} (the client) -> {report.other.source} (now)"]
    for severity in Severity:
        if entries := report.open(severity):
            lines += ["", f"{severity.upper()}: {_HEADS[severity]}", *_paragraphs(entries)]
    if report.faults:
        lines += ["", f"{report.source.upper()}: entries that need a hand"]
        lines += (f"  line {fault.line}: {fault.message}" for fault in report.faults)
    lines += ["", *([report.note] if report.note else []), _total(report)]
    return "\n".join([*lines, *([_CURE] if report.has_failed else [])]) + "\n"


def _paragraphs(entries: list[Entry]) -> Iterator[str]:
    """Each rule with its meaning, then the places that break it."""
    for rule, group in groupby(sorted(entries, key=_rule), key=_rule):
        yield f"  {rule}: {RULES[rule].meaning}"
        for same in _groups(list(group)):
            yield from (f"    {entry.difference.place}" for entry in same)
            yield f"      {_values(same[0])}   ({_lines(same[0])})"


def _rule(entry: Entry) -> str:
    return entry.difference.rule


def _values(entry: Entry) -> str:
    return f"{entry.difference.base or 'nothing'} -> {entry.difference.other or 'nothing'}"


def _lines(entry: Entry) -> str:
    return f"line {entry.base_line or '?'} -> {entry.other_line or '?'}"


def _groups(entries: list[Entry]) -> list[list[Entry]]:
    """Put together what shared schemas say in several places."""
    found: dict[object, list[Entry]] = {}
    for entry in entries:
        one = entry.difference
        found.setdefault((one.rule, one.base, one.other, one.base_at, one.other_at), []).append(entry)
    return list(found.values())


def _total(report: Report) -> str:
    counts = report.counts()
    return "; ".join([", ".join(f"{counts[name]} {name}" for name in Severity), f"{counts['accepted']} accepted"]) + "."


def as_markdown(report: Report) -> str:
    """Write for the summary of a workflow, an issue or a pull request."""
    lines = [
        f"### `{report.base.source}` (the client) against `{report.other.source}` (now)", "", _total(report),
        *(["", _cell(report.note)] if report.note else []),
    ]  # fmt: skip
    for severity in Severity:
        if entries := report.open(severity):
            lines += ["", f"#### {severity.capitalize()}: {_HEADS[severity]}", "", *_HEADER]
            lines += (_row(group) for group in _groups(entries))
    if report.faults:
        lines += ["", f"#### Accepted differences (`{report.source}`) that need a hand", ""]
        lines += (f"- line {fault.line}: {_cell(fault.message)}" for fault in report.faults)
    accepted = [entry for entry in report.entries if entry.acceptance]
    if accepted:
        lines += ["", "<details><summary>Accepted</summary>", "", *_accepted(accepted), "", "</details>"]
    return "\n".join([*lines, *(["", _CURE] if report.has_failed else [])]) + "\n"


_HEADER: Final = (
    "| rule | place | the client | now | lines | what it means |",
    "| --- | --- | --- | --- | --- | --- |",
)


def _row(group: list[Entry]) -> str:
    one = group[0].difference
    places = "<br>".join(_code(entry.difference.place) for entry in group)
    values = (_code(value) if value else "nothing" for value in (one.base, one.other))
    cells = one.rule, places, *values, _lines(group[0]), one.kind.meaning
    return f"| {' | '.join(map(_cell, cells))} |"


def _accepted(entries: list[Entry]) -> Iterator[str]:
    reasons = sorted(entries, key=_reason)
    for reason, group in groupby(reasons, key=_reason):
        yield f"- {_cell(reason)}"
        yield from (f"  - {entry.difference.rule} {_code(entry.difference.place)}" for entry in group)


def _code(text: str) -> str:
    """What the vendor wrote, neither Markdown nor HTML here."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _reason(entry: Entry) -> str:
    return entry.acceptance.reason if entry.acceptance else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
