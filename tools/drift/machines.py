"""The formats for programs: JSON, GitHub's workflow commands, SARIF 2.1.0 and JUnit."""

import hashlib
import json
import re
from pathlib import Path
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree

from .documents import JSON
from .report import Entry, Report
from .rules import RULES, Severity

_COMMANDS: Final = {
    Severity.BREAKING: "error", Severity.ADDITIVE: "notice", Severity.TOLERATED: "notice", Severity.INFO: "notice",
}  # fmt: skip
_LEVELS: Final = {
    Severity.BREAKING: "error", Severity.ADDITIVE: "warning", Severity.TOLERATED: "note", Severity.INFO: "note",
}  # fmt: skip


def as_json(report: Report) -> str:
    """Write everything, in the order of severity."""
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
    faults: list[JSON] = [{"line": fault.line, "message": fault.message} for fault in report.faults]
    return _dump({"differences": differences, "faults": faults, "summary": {**report.counts()}})


def as_github(report: Report) -> str:
    """Write annotations for the client's document, which is what the repository holds."""
    lines = [
        f"::{_COMMANDS[entry.severity]} file={_property(report.base.source)},line={entry.base_line or 1},"
        f"title={_property(entry.difference.rule)}::{_data(_message(entry))}"
        for entry in report.entries
        if entry.acceptance is None
    ]
    lines += [
        f"::error file={_property(report.source)},line={fault.line or 1},title=drift-accepted::{_data(fault.message)}"
        for fault in report.faults
    ]
    return "".join(f"{line}\n" for line in lines)


def _message(entry: Entry) -> str:
    one = entry.difference
    return f"{one.place}: {one.base or 'nothing'} -> {one.other or 'nothing'}. {one.kind.meaning}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(report: Report) -> str:
    """Write for code scanning; accepted differences are suppressed, with their reason."""
    used = sorted({entry.difference.rule for entry in report.entries})
    driver: JSON = {"name": "drift", "rules": [_rule(name) for name in used]}
    results: list[JSON] = [_result(report, entry) for entry in report.entries]
    results += [
        {"ruleId": "drift-accepted", "level": "error", "message": {"text": fault.message},
         "locations": [_location(report.source, fault.line)]}
        for fault in report.faults
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
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(report: Report, entry: Entry) -> JSON:
    one, reason = entry.difference, entry.acceptance.reason if entry.acceptance else None
    # Lines move; what the difference is about does not.
    said = "\n".join((one.rule, one.place, str(one.base), str(one.other)))
    digest = hashlib.sha256(said.encode(errors="backslashreplace")).hexdigest()
    result: dict[str, JSON] = {
        "ruleId": one.rule,
        "level": _LEVELS[entry.severity],
        "message": {"text": _message(entry)},
        "locations": [_location(report.base.source, entry.base_line)],
        "partialFingerprints": {"difference/v1": digest},
    }
    if not _is_url(report.other.source):  # what is not in the repository cannot be shown beside it
        result["relatedLocations"] = [_location(report.other.source, entry.other_line)]
    if reason is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _location(source: str, line: int | None) -> JSON:
    uri = source if _is_url(source) else quote(Path(source).as_posix())
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line or 1}}}


def _is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def as_junit(report: Report) -> str:
    """Write a test case for each difference; accepted ones are skipped, those below the level pass."""
    suite = ElementTree.Element("testsuite", name="drift", errors="0")
    for entry in report.entries:
        case = _case(suite, f"{entry.difference.rule} {entry.difference.place}", entry.difference.operation)
        if entry.acceptance:
            ElementTree.SubElement(case, "skipped", message=entry.acceptance.reason)
        elif report.fails(entry):
            ElementTree.SubElement(case, "failure", message=_message(entry), type=entry.severity.value)
    for fault in report.faults:
        case = _case(suite, f"line {fault.line}", "drift-accepted")
        ElementTree.SubElement(case, "failure", message=fault.message, type="drift-accepted")
    if not len(suite):
        _case(suite, "no differences", "drift")
    for name, found in (("tests", "testcase"), ("failures", "*/failure"), ("skipped", "*/skipped")):
        suite.set(name, str(len(suite.findall(found))))
    ElementTree.indent(suite)
    written = ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
    return _NOT_XML.sub(lambda found: repr(found[0])[1:-1], written)


_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def _case(suite: ElementTree.Element, name: str, classname: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", name=name, classname=classname)


def _dump(value: JSON) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
