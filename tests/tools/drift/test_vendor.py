"""`python -m tools.drift vendor`: results for real documents, output formats, accepted differences, unusable inputs."""

import functools
import http.server
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, VENDOR_DOCUMENTS, needs_vendor_documents
from tests.tools.drift.documents import CLIENT, Tree, minimal, mutated, operation, properties, schema
from tools.drift.__main__ import main
from tools.drift.report import Report
from tools.drift.rules import RULES, Severity
from tools.drift.vendor import FORMATS, compare_with_client

OLDER, NEWER = (VENDOR_DOCUMENTS / f"vendor-{day}.yaml" for day in ("2026-03-04", "2026-07-24"))


@pytest.fixture
def run(capsys, monkeypatch) -> Callable[..., tuple[int, str, str]]:
    """Run the command in the repository root; returns the exit code, standard output and standard error."""
    monkeypatch.chdir(ROOT)

    def run(*arguments: object) -> tuple[int, str, str]:
        exit_code = main(["vendor", *map(str, arguments)])
        return exit_code, *capsys.readouterr()

    return run


@pytest.fixture
def write(tmp_path) -> Callable[[str, Any], Path]:
    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
        return path

    return write


def loosen(tree: Tree) -> None:
    """Cause differences of each severity, some of them in a schema that several responses share."""
    schema(tree, "FTModelCard")["required"].remove("job")
    properties(tree, "ModelCapabilities")["dreaming"] = {"type": "boolean"}
    schema(tree, "FTClassifierLossFunction")["enum"].append("a|b")
    operation(tree, "list")["deprecated"] = True


@pytest.fixture
def changed(write) -> Path:
    """A document with two breaking, four additive, one tolerated and one informational difference."""
    return write("changed.yaml", mutated(loosen))


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files without logging requests."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Log nothing."""


@pytest.fixture
def folder_url(tmp_path) -> Iterator[str]:
    """The URL of a server for the files of `tmp_path`."""
    handler = functools.partial(QuietHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def report_on(
    other: Path, *, accepted: Path | None = None, fail_on: Severity | None = None, today: date = date(2026, 7, 24)
) -> Report:
    """Compare a document with `openapi.yaml` on a fixed day: accepted differences expire."""
    return compare_with_client(
        str(other),
        base=None,
        accepted=str(accepted) if accepted else None,
        all_operations=False,
        fail_on=fail_on,
        today=today,
    )


@needs_vendor_documents
def test_two_real_documents_differ_only_in_what_matters(run):
    """Between two real documents, `job` becomes optional and nullable, capabilities are added, and renames are ignored."""
    exit_code, output, _ = run(NEWER, "--base", OLDER, "--format", "json")
    differences = json.loads(output)["differences"]
    assert exit_code == 1
    breaking = [difference for difference in differences if difference["severity"] == "breaking"]
    assert {(difference["rule"], difference["place"].rpartition(" ")[2]) for difference in breaking} == {
        (rule, f"<{kind}>.job")
        for rule in ("response-property-now-optional", "response-now-nullable")
        for kind in ("completion", "classifier")
    }
    capabilities = [difference for difference in differences if ".capabilities." in difference["place"]]
    assert {difference["place"].rpartition(".")[2] for difference in capabilities} == {
        "reasoning", "audio_transcription_realtime", "audio_speech", "unified_resources",
    }  # fmt: skip
    assert {difference["severity"] for difference in capabilities} == {"additive"}
    assert not any(
        name in output for name in ("FTModelOut", "ClassifierTargetOut", "DeleteModelOut", "UpdateFTModelIn")
    )


@needs_vendor_documents
def test_every_difference_from_the_newest_document_is_accepted():
    """No difference of any severity is open, and no entry of drift-accepted.yml is stale on the day of its review."""
    report = report_on(NEWER, fail_on=Severity.INFO)
    assert not report.has_failed
    assert report.counts()["accepted"] == len(report.entries) > 20


@pytest.mark.parametrize("extension", ["yaml", "json"])
def test_a_large_document_takes_little_longer_than_parsing_it(tmp_path, extension):
    """Comparing one megabyte, with line numbers, takes less than five times as long as libyaml takes to parse it."""
    tree = mutated(loosen)
    for index in range(40):
        prefix = f"#/components/schemas/Copy{index}"
        text = (
            json.dumps(CLIENT).replace("#/components/schemas/", prefix).replace('"tags": ["models"]', '"tags": ["x"]')
        )
        copied = json.loads(text)
        tree["paths"] |= {f"/v{index + 2}{path}": item for path, item in copied["paths"].items()}
        tree["components"]["schemas"] |= {
            f"Copy{index}{name}": value for name, value in copied["components"]["schemas"].items()
        }
    path = tmp_path / f"large.{extension}"
    path.write_text(json.dumps(tree, indent=2) if extension == "json" else yaml.safe_dump(tree, sort_keys=False))
    assert path.stat().st_size > 1_000_000
    text = yaml.safe_dump(tree, sort_keys=False)
    start = time.perf_counter()
    yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    parsing = time.perf_counter() - start
    start = time.perf_counter()
    report = report_on(path)
    assert time.perf_counter() - start < 5 * parsing, parsing
    assert report.counts() == {"breaking": 2, "additive": 4, "tolerated": 1, "info": 1, "accepted": 0}
    assert all(entry.other_line for entry in report.entries)


@pytest.mark.parametrize(("fail_on", "exit_code"), [("breaking", 1), ("none", 0)])
def test_differences_are_a_failure_unless_fail_on_is_none(run, changed, fail_on, exit_code):
    """`--fail-on none` reports differences without failing."""
    assert run(changed, "--fail-on", fail_on)[0] == exit_code


@pytest.mark.parametrize("fail_on", ["breaking", "additive", "tolerated", "info"])
def test_a_difference_fails_from_the_chosen_severity_on(run, write, fail_on):
    """A difference is a failure if it is at least as severe as `--fail-on`."""
    order = [*Severity]
    for severity, mutation in {
        "breaking": lambda tree: schema(tree, "FTModelCard")["required"].remove("job"),
        "additive": lambda tree: properties(tree, "ModelCapabilities").update(dreaming={"type": "boolean"}),
        "tolerated": lambda tree: schema(tree, "FTClassifierLossFunction")["enum"].append("other"),
        "info": lambda tree: operation(tree, "list").update(deprecated=True),
    }.items():
        exit_code = run(write(f"{severity}.yaml", mutated(mutation)), "--fail-on", fail_on)[0]
        assert exit_code == int(order.index(Severity(severity)) <= order.index(Severity(fail_on)))


def test_a_document_equals_itself(run):
    """The client's document has no differences from itself, and no accepted difference of the vendor's counts as stale."""
    exit_code, output, _ = run(ROOT / "openapi.yaml", "--fail-on", "info")
    assert (exit_code, output.splitlines()[-1]) == (0, "0 breaking, 0 additive, 0 tolerated, 0 info; 0 accepted.")


def test_unquoted_values_are_those_of_yaml_1_2(run, write):
    """`16:9`, `no`, `1_000` and a date are strings, and `1e3` is a number; YAML 1.1 reads all of them differently."""
    values = ["16:9", "no", "1_000", "2026-01-01"]
    size = {"type": "integer", "maximum": 1000}
    text = json.dumps(minimal({"properties": {"value": {"enum": values}, "size": size}}))
    unquoted = text.replace("1000", "1e3")
    for value in values:
        unquoted = unquoted.replace(f'"{value}"', value)
    output = run(write("unquoted.yaml", unquoted), "--base", write("quoted.json", text), "--format", "json")[1]
    assert json.loads(output)["differences"] == []


def test_operations_that_the_client_lacks_are_compared_only_on_demand(run, write):
    """An operation of another area is reported only with `--all-operations`."""
    other = write("more.yaml", mutated(lambda tree: tree["paths"].update({"/v1/chat": {"post": {"responses": {}}}})))
    assert json.loads(run(other, "--format", "json")[1])["differences"] == []
    (difference,) = json.loads(run(other, "--format", "json", "--all-operations")[1])["differences"]
    assert (difference["rule"], difference["place"]) == ("operation-added", "POST /v1/chat")


def test_json_contains_every_detail(run, changed):
    """JSON has rule, severity, operation, place, both values and both lines of each difference."""
    report = json.loads(run(changed, "--format", "json")[1])
    assert report["summary"] == {"breaking": 2, "additive": 4, "tolerated": 1, "info": 1, "accepted": 0}
    lines = (ROOT / "openapi.yaml").read_text().splitlines(), changed.read_text().splitlines()
    first = report["differences"][0]
    assert first.pop("base_line") == lines[0].index("        job:") + 1
    assert first.pop("other_line") == lines[1].index("        job:") + 1
    assert first == {
        "rule": "response-property-now-optional",
        "severity": "breaking",
        "operation": "list",
        "place": "GET /v1/models 200 data[].<fine-tuned>.job",
        "base": "required",
        "other": "optional",
        "accepted": False,
    }


def test_text_groups_differences_by_severity_and_rule(run, changed):
    """Text explains each rule, groups the places of a shared schema, and ends with what to do."""
    output = run(changed)[1]
    heads = [line.partition(":")[0] for line in output.splitlines() if line[:1].isupper() and ":" in line]
    assert heads[:4] == ["BREAKING", "ADDITIVE", "TOLERATED", "INFO"]
    assert (
        "  response-property-now-optional: Decoding fails when it is absent.\n"
        "    GET /v1/models 200 data[].<fine-tuned>.job\n"
        "    GET /v1/models/{model_id} 200 <fine-tuned>.job\n"
        "      required -> optional   (line 4"
    ) in output
    assert output.endswith(
        "2 breaking, 4 additive, 1 tolerated, 1 info; 0 accepted.\n"
        "Add each of them to openapi.yaml, or accept it in drift-accepted.yml with a reason: see docs/drift.md.\n"
    )


def test_markdown_has_a_table_for_each_severity(run, changed):
    """A vertical bar in a value does not add a cell."""
    rows = [line for line in run(changed, "--format", "markdown")[1].splitlines() if line.startswith("| ")]
    assert len(rows) == 3 * 4
    assert {line.replace("\\|", "").count("|") for line in rows} == {7}


def test_github_annotations_point_to_the_clients_document(run, changed):
    """There is one workflow command for each difference, and only breaking differences are errors."""
    lines = run(changed, "--format", "github")[1].splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error"] * 2 + ["::notice"] * 6
    assert lines[0].startswith("::error file=openapi.yaml,line=4")
    assert ",title=response-property-now-optional::GET /v1/models 200 data[]" in lines[0]


def test_github_annotations_escape_the_content_of_a_document(run, write):
    """Percent signs and line breaks of a document cannot start another workflow command."""
    name = "100%\n::error::x"
    other = write("other.yaml", mutated(lambda tree: properties(tree, "ModelList").update({name: {"type": "string"}})))
    (line,) = run(other, "--format", "github")[1].splitlines()
    assert r"100%25\n::error::x" in line


def test_sarif_has_rules_results_and_suppressions(run, changed, write):
    """Accepted differences are suppressed with their reason, and fingerprints do not depend on line numbers."""
    accepted = write("accepted.yml", [entry(rule="deprecated", place="*", reason="known")])
    report = json.loads(run(changed, "--format", "sarif", "--accepted", accepted)[1])
    (log,) = report["runs"]
    assert report["version"] == "2.1.0"
    assert {rule["id"] for rule in log["tool"]["driver"]["rules"]} == {result["ruleId"] for result in log["results"]}
    assert [result.get("suppressions", [{}])[0].get("justification") for result in log["results"]] == [None] * 7 + [
        "known"
    ]
    assert log["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "openapi.yaml"
    fingerprints = [result["partialFingerprints"]["difference/v1"] for result in log["results"]]
    assert len(set(fingerprints)) == 8
    moved = write("moved.yaml", "# an additional line\n" + changed.read_text())
    again = json.loads(run(moved, "--format", "sarif", "--accepted", accepted)[1])["runs"][0]["results"]
    assert [result["partialFingerprints"]["difference/v1"] for result in again] == fingerprints


def test_markdown_quotes_html_of_a_document(run, write):
    """HTML in a document is shown as code."""
    other = write("b.yaml", mutated(lambda tree: properties(tree, "ModelCapabilities")["vision"].update(default="<b>")))
    assert '| `"<b>"` |' in run(other, "--format", "markdown")[1]


def test_sarif_keeps_the_url_of_a_downloaded_document(run, write, folder_url):
    """A URL is not normalized like a path."""
    name = "a\x01<b>*b*"
    write("v.json", json.dumps(mutated(lambda tree: properties(tree, "ModelList").update({name: {}}))))
    url = f"{folder_url}/v.json"
    report = json.loads(run(ROOT / "openapi.yaml", "--base", url, "--format", "sarif")[1])
    locations = [result["locations"][0]["physicalLocation"] for result in report["runs"][0]["results"]]
    assert {location["artifactLocation"]["uri"] for location in locations} == {url}


def test_extensions_beside_responses_are_not_status_codes(run, write):
    """A key such as `x-name` among the responses is ignored."""
    other = mutated(lambda tree: operation(tree, "list")["responses"].update({"x-name": "list", "x-retries": {}}))
    assert run(write("other.yaml", other))[0] == 0


def test_the_result_can_be_written_to_a_file(run, changed, tmp_path):
    """With `--output`, standard output stays empty."""
    path = tmp_path / "result.json"
    assert run(changed, "--format", "json", "--output", path) == (1, "", "")
    assert json.loads(path.read_text())["summary"]["breaking"] == 2


def entry(**members: Any) -> Tree:
    return {"rule": "*", "place": "*", "reason": "because", "date": "2026-07-24", **members}


def test_an_accepted_difference_is_not_a_failure(run, changed, write):
    """An entry accepts the differences that its patterns match; brackets in a pattern match brackets."""
    place = "GET /v1/models 200 data[].<fine-tuned>.job"
    accepted = write(
        "a.yml", [entry(rule="response-property-now-*", place=[place, "GET /v1/models/{model_id} 200 *.job"])]
    )
    exit_code, output, _ = run(changed, "--accepted", accepted)
    assert (exit_code, "0 breaking" in output, "2 accepted" in output) == (0, True, True)
    accepted = write("b.yml", [entry(rule="response-property-now-optional", place=place)])
    exit_code, output, _ = run(changed, "--accepted", accepted)
    assert (exit_code, "1 breaking" in output, "1 accepted" in output) == (1, True, True)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"rule": "server-removed"}, "server-removed * matches nothing any more: delete it"),
        ({"expires": "2026-01-01"}, "* * expired on 2026-01-01: review it"),
    ],
)
@pytest.mark.parametrize(
    ("format_", "line"),
    [
        ("text", "  line 5: "), ("json", '"line": 5'), ("markdown", "- line 5: "), ("github", ",line=5,"),
        ("sarif", '"startLine": 5'),
    ],
)  # fmt: skip
def test_a_stale_entry_is_a_failure_in_every_format(run, changed, write, members, message, format_, line):
    """An entry that has expired or matches nothing fails even with `--fail-on none`, and is shown with its line."""
    accepted = write("accepted.yml", [entry(rule="deprecated"), entry(**members)])
    exit_code, output, _ = run(changed, "--accepted", accepted, "--fail-on", "none", "--format", format_)
    assert exit_code == 1
    assert message in output
    assert line in output


def test_an_entry_expires_at_the_end_of_its_last_day(changed, write):
    """On its last day an entry still accepts a difference; the day after, the difference is open again."""
    accepted = write("accepted.yml", [entry(expires="2026-08-31")])
    last_day = report_on(changed, accepted=accepted, fail_on=Severity.INFO, today=date(2026, 8, 31))
    day_after = report_on(changed, accepted=accepted, fail_on=Severity.INFO, today=date(2026, 9, 1))
    assert not last_day.has_failed
    assert day_after.has_failed
    assert day_after.counts()["breaking"] == 2


def test_entries_for_another_document_are_ignored(run, write):
    """Entries apply only to the document with the given title."""
    other = write("other.yaml", mutated(lambda tree: operation(tree, "list").update(deprecated=True)))
    accepted = write("accepted.yml", {"document": "Something else", "accepted": [entry()]})
    note = "accepted.yml applies to 'Something else', not to 'Mistral model management': its entries are ignored."
    for format_ in ("text", "markdown"):
        exit_code, output, _ = run(other, "--accepted", accepted, "--fail-on", "info", "--format", format_)
        assert (exit_code, note in output) == (1, True)
    accepted = write("accepted.yml", {"document": CLIENT["info"]["title"], "accepted": [entry()]})
    assert run(other, "--accepted", accepted, "--fail-on", "info")[0] == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("openapi: 3.1.0\npaths: [\n", "bad.yaml:3: neither JSON nor YAML: "),
        ("\t- x", "bad.yaml:1: neither JSON nor YAML: "),
        ("", "bad.yaml:1: expected an object, found null"),
        ("- 1", "expected an object, found [1]"),
        ("swagger: '2.0'\npaths: {}", "not an OpenAPI document of version 3"),
        ("openapi: 3.1.0\npaths:\n  /v1/models:\n    get: 5\n", "bad.yaml:4: paths//v1/models/get: expected an object"),
        ({**CLIENT, "components": {}}, "points to nothing"),
        (mutated(lambda tree: operation(tree, "list").update(parameters=[{"in": "query"}])), "a parameter needs"),
        (mutated(lambda tree: properties(tree, "ModelList").update(data={"type": "list"})), 'no such type: "list"'),
        (
            mutated(lambda tree: properties(tree, "ModelList").update(data={"$ref": "x.yaml#/a"})),
            "points to another document",
        ),
        (mutated(lambda tree: properties(tree, "ModelList").update(data=7)), "expected an object, found 7"),
        (
            mutated(
                lambda tree: (
                    schema(tree, "ModelCard")["anyOf"].append({"$ref": "#/components/schemas/Again"})
                    or tree["components"]["schemas"].update(Again={"$ref": "#/components/schemas/Again"})
                )
            ),
            "$ref leads back to itself",
        ),
        ("[" * 100_000, "bad.yaml"),
        ("a: &x [*x]\nopenapi: 3.1.0", "an alias leads back to itself"),
        ("openapi: 3.1.0\ninfo: {title: !!binary aGVsbG8=}", "bad.yaml:2: neither JSON nor YAML: JSON has no tag:yaml"),
        ("openapi: 3.1.0\ninfo: {title: !!set {a, b}}", "JSON has no tag:yaml.org,2002:set"),
        (
            mutated(lambda tree: properties(tree, "ModelList").update(data={"$ref": "#ModelCard"})),
            "is not a JSON pointer",
        ),
        ("{" * 3, "neither JSON nor YAML"),
        ("? [a]\n: b", "a key must be a scalar"),
        ("a\x00b", "neither JSON nor YAML"),
    ],
)
def test_an_unusable_document_is_reported_with_its_line(run, write, content, message):
    """The exit code is 2, and the message is one line on standard error."""
    exit_code, output, error = run(write("bad.yaml", content))
    assert (exit_code, output, error.count("\n")) == (2, "", 1)
    assert message in error


def pointers(value: Any, parent: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all values of a tree."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [parent, *(pointer for key, child in children for pointer in pointers(child, (*parent, key)))]


@settings(max_examples=60, suppress_health_check=[*HealthCheck])
@given(
    pointer=st.sampled_from(pointers(CLIENT)[1:]),
    junk=st.sampled_from(
        [None, 5, 10**400, [], {}, "x", "\ud800", True, [1], {"a": 1}, {"$ref": 5}, {"$ref": "#/info"}]
    ),
    format_=st.sampled_from([*FORMATS]),
)
def test_any_junk_in_a_document_gives_a_result_or_a_message(run, tmp_path, pointer, junk, format_):
    """A document with any value replaced by junk is either compared or reported as unusable, without a traceback."""
    tree = mutated(lambda tree: None)
    parent: Any = tree
    for key in pointer[:-1]:
        parent = parent[key]
    parent[pointer[-1]] = junk
    path = tmp_path / "junk.json"
    path.write_text(json.dumps(tree))
    exit_code, _, error = run(path, "--format", format_)
    assert exit_code in {0, 1, 2}
    assert (exit_code == 2) == bool(error)


@pytest.mark.parametrize("source", ["nowhere.yaml", ".", "http://127.0.0.1:9/x.yaml", "http://[/", "https://",
                                    f"http://{'a' * 64}.invalid/"])  # fmt: skip
def test_a_document_that_cannot_be_read_is_reported(run, source):
    """A missing file, a folder, or a URL that cannot be fetched is an unusable input."""
    exit_code, output, error = run(source)
    assert (exit_code, output, error.count("\n")) == (2, "", 1)
    assert error.startswith(f"{source}: ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- {rule: a, place: b, reason: c}", "accepted.yml:1: 0: an entry needs rule, place, reason and date"),
        ("- {rule: a, place: b, reason: c, date: 1.2.2026}", "accepted.yml:1: 0/date: not a date such as 2026-07-24"),
        ("- {rule: a, place: b, reason: c, date: 2026-07-24, until: x}", "unknown until"),
        ("accepted: 5", "expected an array"),
        ("acceptd: []", "unknown acceptd; the keys of this file are accepted, document"),
    ],
)
def test_an_invalid_list_of_accepted_differences_is_reported(run, changed, write, content, message):
    """A mistake in the list is an unusable input, so that nothing is accepted by accident."""
    exit_code, _, error = run(changed, "--accepted", write("accepted.yml", content))
    assert exit_code == 2
    assert message in error


def test_the_command_runs_as_a_module():
    """`python -m tools.drift vendor` works in the repository root."""
    command = [sys.executable, "-m", "tools.drift", "vendor", "openapi.yaml"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_every_rule_has_a_severity_and_a_meaning():
    """The meaning of a rule is a sentence."""
    assert all(rule.meaning.endswith(".") and rule.severity in Severity for rule in RULES.values())
