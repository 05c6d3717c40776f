"""Sentences about findings, for every kind of report. Pure."""

from ..dates import time_left_of_days
from ..model_info import format_tokens
from .findings import Finding, Report, Summary
from .names import DEPRECATED, OK, RETIRED, UNKNOWN, Names, Verdict


def headline(verdict: Verdict, names: Names) -> str:
    """Describe a name without repeating it: `retired on 2026-05-31, 5 months ago`."""
    if verdict.status in {RETIRED, DEPRECATED} and verdict.deprecation:
        verb = "retired on" if verdict.status == RETIRED else "deprecated, will be retired on"
        return f"{verb} {verdict.deprecation}, {time_left_of_days(verdict.deprecation, names.today)}"
    if verdict.status == UNKNOWN:
        return "unknown: it never existed"
    if verdict.status == OK:
        return "in order"
    return f"not in {names.list.source}; lists differ by key and region"


def advice(verdict: Verdict) -> str:
    """Say what to use instead; empty if that is not known."""
    if verdict.replacement is None:
        return ""
    if verdict.status == UNKNOWN:
        return f"did you mean {verdict.replacement}?"
    notes: list[str] = []
    if verdict.context and verdict.context[0] != verdict.context[1]:
        notes.append(f"context {format_tokens(verdict.context[0])} -> {format_tokens(verdict.context[1])}")
    if verdict.lost_capabilities:
        notes.append(f"without {', '.join(verdict.lost_capabilities)}")
    if not verdict.replacement_is_listed:
        notes.append("not listed")
    return f"use {verdict.replacement}" + (f" ({'; '.join(notes)})" if notes else "")


def sentence(finding: Finding, names: Names) -> str:
    """Describe a finding in one line."""
    parts = [
        f"{finding.name}: {headline(finding.verdict, names)}",
        advice(finding.verdict),
        f"source: {finding.verdict.source}",
    ]
    return "; ".join(filter(None, parts))


def totals(report: Report) -> str:
    """Summarize a run in one line."""
    summary = report.summary
    counts = [f"{number} {status}" for status, number in summary.statuses.items() if number and status != OK]
    head = f"{number_of(summary.files, 'file')} read, {number_of(summary.names, 'name')} found"
    return f"{head}: {', '.join(counts) or 'all in order'}{_asides(summary)}"


def _asides(summary: Summary) -> str:
    asides = [
        f"{number} {text}"
        for number, text in (
            (summary.suppressed, "suppressed"),
            (summary.known, "in the baseline"),
            (summary.dynamic, "put together at run time, not checked"),
            (summary.skipped, "skipped"),
            (summary.unreadable, "unreadable"),
        )
        if number
    ]
    return f" ({', '.join(asides)})" if asides else ""


def stale_warning(names: Names) -> str:
    """Warn of sources that are older than 30 days; empty if there are none."""
    sources = [f"{each} is {(names.today - each.date).days} days old" for each in names.stale_sources() if each.date]
    return f"{' and '.join(sources)}: newer retirements may be missing" if sources else ""


def number_of(number: int, noun: str) -> str:
    """Format a number with its noun: `1 file`, `1,000 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
