"""Reports for people and as JSON."""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..formats import to_json
from ..terminal import escape, styled
from .findings import ERROR, NONE, NOTE, WARNING, Finding, Report
from .messages import advice, headline
from .names import OK, Source

if TYPE_CHECKING:
    from rich.text import Text

    from mistral_models._json import Json

STYLES: Final = {ERROR: "red", WARNING: "yellow", NOTE: "dim", NONE: "green"}


def as_text(report: Report) -> "Iterator[Text]":
    """Yield the lines of a report that is grouped by model."""
    from rich.text import Text

    for number, (verdict, findings) in enumerate(report.groups()):
        if number:
            yield Text("")
        level = min((each.level for each in findings), key=list(STYLES).index)
        yield Text.assemble(styled(verdict.name, "bold"), "  ", styled(headline(verdict, report.names), STYLES[level]))
        if hint := advice(verdict):
            yield Text.assemble("  ", styled(hint))
        if verdict.status != OK:
            yield Text.assemble("  ", styled(f"source: {verdict.source}", "dim"))
        for each in findings:
            kind = "" if verdict.status == OK else f"  {each.level}: {each.place}"
            place = f"    {escape(each.file)}:{each.line}:{each.column}"
            yield Text.assemble(place, styled(kind, STYLES[each.level]))


def as_json(report: Report) -> str:
    """Format a report as one JSON object."""
    names, summary = report.names, report.summary
    findings: list[Json] = [_finding(each) for each in report.findings]
    suppressions: list[Json] = [
        {"file": each.file, "line": each.line, "message": each.message} for each in report.unused_suppressions
    ]
    return to_json(
        {
            "as_of": f"{names.today}",
            "source": _source(names.list.source) | {"offline": names.is_offline},
            "summary": {**summary._asdict(), "statuses": {**summary.statuses}, "levels": {**summary.levels}},
            "findings": findings,
            "suppressions": suppressions,
        }
    )


def _finding(finding: Finding) -> "Json":
    verdict = finding.verdict
    context: Json = None
    if verdict.context:
        context = {"before": verdict.context[0], "after": verdict.context[1]}
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "name": finding.name,
        "status": finding.status,
        "level": finding.level,
        "deprecation": _day(verdict.deprecation),
        "replacement": verdict.replacement,
        "context_change": context,
        "source": _source(verdict.source),
    }


def _source(source: Source) -> "dict[str, Json]":
    return {"kind": source.kind, "text": source.text, "date": _day(source.date)}


def _day(date: dt.date | None) -> str | None:
    return None if date is None else f"{date}"
