"""Reports for continuous integration: GitHub's annotations and step summary, and SARIF 2.1.0. Pure."""

import hashlib
import html
import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from mistral_models import __version__

from ..formats import to_json
from ..terminal import escape
from .findings import ERROR, NONE, NOTE, RULES, WARNING, Finding, Report
from .messages import sentence, totals
from .names import DEPRECATED, RETIRED, UNKNOWN, UNLISTED

if TYPE_CHECKING:
    from mistral_models._json import Json

_COMMANDS: Final = {ERROR: "error", WARNING: "warning", NOTE: "notice"}
_LIMIT: Final = 10
"""GitHub shows so many annotations of each level for a step, and drops the others."""
_MAX_ROWS: Final = 2000
"""A step summary has at most 1 MiB."""

DOCUMENTATION: Final = "https://github.com/mistral-models/mistral-models/blob/main/docs/deprecations.md"


class GitHub(NamedTuple):
    """A report for GitHub Actions."""

    commands: str
    """For the standard output."""
    summary: str
    """Markdown for the step summary; empty if all findings are annotations."""


def as_github(report: Report, folder: str = "") -> GitHub:
    """Annotate the first place of each name in each file, errors first; what exceeds the limits is summarized.

    Args:
        report: The report.
        folder: The working directory relative to the root of the repository, which annotations are relative to.
    """
    shown: list[str] = []
    rest: list[list[Finding]] = []
    groups = list(_by_file(report))
    for level, command in _COMMANDS.items():
        of_level = [group for group in groups if group[0].level == level]
        shown += [_annotation(command, group, report, folder) for group in of_level[:_LIMIT]]
        rest += of_level[_LIMIT:]
    return GitHub("".join(f"{line}\n" for line in shown), _summary(rest, report) if rest else "")


def _by_file(report: Report) -> Iterator[list[Finding]]:
    """Yield the findings of each name in each file that have the same level."""
    for _, findings in report.groups():
        groups: dict[tuple[str, str], list[Finding]] = {}
        for each in findings:
            groups.setdefault((each.file, each.level), []).append(each)
        yield from groups.values()


def _annotation(command: str, group: Sequence[Finding], report: Report, folder: str) -> str:
    first = group[0]
    properties = {
        "file": posixpath.join(folder, first.relative),
        "line": first.line,
        "col": first.column,
        "endColumn": first.end_column,
        "title": f"{RULES[first.status]} {first.status}",
    }
    written = ",".join(f"{name}={_property(f'{value}')}" for name, value in properties.items())
    more = f" (also in {_lines(group[1:])})" if len(group) > 1 else ""
    return f"::{command} {written}::{_data(sentence(first, report.names) + more)}"


def _lines(findings: Sequence[Finding]) -> str:
    numbers = list(dict.fromkeys(each.line for each in findings))
    listed = ", ".join(map(str, numbers[:10])) + (", ..." if len(numbers) > 10 else "")
    return f"line {listed}" if len(numbers) == 1 else f"lines {listed}"


def _data(text: str) -> str:
    """Escape the message of a workflow command."""
    return escape(text, keep="\r\n").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property of a workflow command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _summary(groups: Sequence[Sequence[Finding]], report: Report) -> str:
    rows = [_row(group[0], report) for group in groups[:_MAX_ROWS]]
    more = [f"\n{len(groups) - _MAX_ROWS} more are left out.\n"] if len(groups) > _MAX_ROWS else []
    head = ["### Models in this repository", "", f"{_cell(totals(report))}. Not annotated:", ""]
    return "\n".join([*head, "| level | place | finding |", "| --- | --- | --- |", *rows, *more]) + "\n"


def _row(first: Finding, report: Report) -> str:
    return f"| {first.level} | {_cell(f'{first.file}:{first.line}')} | {_cell(sentence(first, report.names))} |"


def _cell(text: str) -> str:
    """Escape text for a cell of a table in Markdown."""
    return re.sub(r"([\\`*_\[\]()#~|!$@:])", lambda char: f"&#{ord(char[1])};", html.escape(escape(text), quote=False))


_RULES: Final = {
    RETIRED: (
        "RetiredModel", ERROR, "The model is retired.",
        "Requests for a retired model fail. Replace its name with that of a listed model.",
    ),
    DEPRECATED: (
        "DeprecatedModel", WARNING, "The model is deprecated.",
        "The model will be retired on the given day, and requests for it will fail. Plan to replace its name.",
    ),
    UNLISTED: (
        "UnlistedModel", WARNING, "The model is not in the list.",
        "The name is known and has no retirement date, but it is not in the list. Lists differ by API key and region.",
    ),
    UNKNOWN: (
        "UnknownModel", WARNING, "There has never been such a model.",
        "The name looks like that of a model, but no model ever had it. It may have a typing error.",
    ),
}  # fmt: skip


def as_sarif(report: Report, folder: str = "") -> str:
    """Format a report as SARIF 2.1.0, for code scanning.

    Args:
        report: The report.
        folder: The working directory relative to the root of the repository, which URIs are relative to.
    """
    driver: Json = {
        "name": "mistral-models",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": "https://github.com/mistral-models/mistral-models",
        "rules": [_rule(status) for status in _RULES],
    }
    seen: dict[tuple[str, str, str], int] = {}
    results: list[Json] = [_result(each, report, folder, seen) for each in report.findings if each.level != NONE]
    return to_json(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
        }
    )


def _rule(status: str) -> "dict[str, Any]":
    name, level, short, full = _RULES[status]
    suppression = "To accept a name, add the comment `mistral-models: ignore[NAME] -- reason` to its line."
    return {
        "id": RULES[status],
        "name": name,
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "help": {
            "text": f"{full} {suppression.replace('`', '')}",
            "markdown": f"{full}\n\n{suppression} [Documentation]({DOCUMENTATION})",
        },
        "helpUri": DOCUMENTATION,
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["maintainability"], "precision": "high", "problem.severity": _SEVERITIES[level]},
    }


_SEVERITIES: Final = {ERROR: "error", WARNING: "warning", NOTE: "recommendation"}


def _result(finding: Finding, report: Report, folder: str, seen: dict[tuple[str, str, str], int]) -> "Json":
    identity = (finding.file, finding.name, finding.status)
    seen[identity] = seen.get(identity, 0) + 1
    # The fingerprint has no line number: lines move while the finding stays the same.
    digest = hashlib.sha256("\n".join((*identity, str(seen[identity]))).encode(errors="surrogateescape")).hexdigest()
    region: Json = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.line,
        "endColumn": finding.end_column,
    }
    location: Json = {
        "physicalLocation": {
            "artifactLocation": {"uri": as_uri(posixpath.join(folder, finding.relative))},
            "region": region,
        },
    }
    return {
        "ruleId": RULES[finding.status],
        "ruleIndex": list(_RULES).index(finding.status),
        "level": finding.level,
        "message": {"text": escape(sentence(finding, report.names))},
        "locations": [location],
        "partialFingerprints": {"modelName/v1": digest},
    }


def as_uri(file: str) -> str:
    """Return a relative path as a URI reference; bytes that are not UTF-8 are kept."""
    return quote(file.encode(errors="surrogateescape"))
