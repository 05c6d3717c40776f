"""Output for programs: JSON, GitHub workflow commands and SARIF 2.1.0."""

import hashlib
import json
from pathlib import Path
from typing import Final
from urllib.parse import quote

from .documents import JSON
from .report import Entry, Report
from .rules import RULES, Severity

_GITHUB_COMMANDS: Final = {
    Severity.BREAKING: "error", Severity.ADDITIVE: "notice", Severity.TOLERATED: "notice", Severity.INFO: "notice",
}  # fmt: skip
_SARIF_LEVELS: Final = {
    Severity.BREAKING: "error", Severity.ADDITIVE: "warning", Severity.TOLERATED: "note", Severity.INFO: "note",
}  # fmt: skip


def as_json(report: Report) -> str:
    """Format a report as JSON, sorted by severity."""
    differences: list[JSON] = [
        {
            "rule": entry.difference.rule,
            "severity": entry.severity.value,
            "operation": entry.difference.operation,
            "place": entry.difference.place,
            "base": entry.difference.base,
            "other": entry.difference.other,
            "accepted": entry.acceptance is not None,
            "base_line": entry.base_line,
            "other_line": entry.other_line,
        }
        for entry in report.entries
    ]
    stale: list[JSON] = [{"line": entry.line, "message": entry.message} for entry in report.stale_entries]
    return _dump({"differences": differences, "stale_entries": stale, "summary": {**report.counts()}})


def as_github(report: Report) -> str:
    """Format a report as annotations of the client's document, which is the one in the repository."""
    lines = [
        f"::{_GITHUB_COMMANDS[entry.severity]} file={_property(report.base.source)},line={entry.base_line or 1},"
        f"title={_property(entry.difference.rule)}::{_data(_message(entry))}"
        for entry in report.entries
        if entry.acceptance is None
    ]
    lines += [
        f"::error file={_property(report.accepted_source)},line={stale.line or 1},title=drift-accepted::"
        f"{_data(stale.message)}"
        for stale in report.stale_entries
    ]
    return "".join(f"{line}\n" for line in lines)


def _message(entry: Entry) -> str:
    difference = entry.difference
    change = f"{difference.base or 'nothing'} -> {difference.other or 'nothing'}"
    return f"{difference.place}: {change}. {difference.definition.meaning}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(report: Report) -> str:
    """Format a report for code scanning; accepted differences are suppressed, with their reasons."""
    rules = sorted({entry.difference.rule for entry in report.entries})
    driver: JSON = {"name": "drift", "rules": [_rule(name) for name in rules]}
    results: list[JSON] = [_result(report, entry) for entry in report.entries]
    results += [
        {"ruleId": "drift-accepted", "level": "error", "message": {"text": stale.message},
         "locations": [_location(report.accepted_source, stale.line)]}
        for stale in report.stale_entries
    ]  # fmt: skip
    return _dump(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": results}],
        }
    )


def _rule(name: str) -> JSON:
    rule = RULES[name]
    return {
        "id": name,
        "shortDescription": {"text": f"{name} ({rule.severity})"},
        "fullDescription": {"text": rule.meaning},
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.severity]},
    }


def _result(report: Report, entry: Entry) -> JSON:
    difference = entry.difference
    # The fingerprint leaves out lines: they move while the difference stays the same.
    identity = "\n".join((difference.rule, difference.place, str(difference.base), str(difference.other)))
    digest = hashlib.sha256(identity.encode(errors="backslashreplace")).hexdigest()
    result: dict[str, JSON] = {
        "ruleId": difference.rule,
        "level": _SARIF_LEVELS[entry.severity],
        "message": {"text": _message(entry)},
        "locations": [_location(report.base.source, entry.base_line)],
        "partialFingerprints": {"difference/v1": digest},
    }
    if not _is_url(report.other.source):  # code scanning can only show files of the repository
        result["relatedLocations"] = [_location(report.other.source, entry.other_line)]
    if entry.acceptance is not None:
        reason = entry.acceptance.reason
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _location(source: str, line: int | None) -> JSON:
    uri = source if _is_url(source) else quote(Path(source).as_posix())
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line or 1}}}


def _is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _dump(value: JSON) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
