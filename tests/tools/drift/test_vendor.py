"""`python -m tools.drift vendor`: what it finds in real documents, what it writes, and what it refuses."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.overlay.ways import wire
from tests.tools.drift.documents import CLIENT, VENDOR, Tree, mutated, operation, properties, schema
from tools.drift.__main__ import main
from tools.drift.report import Report
from tools.drift.rules import RULES, Severity
from tools.drift.vendor import vendor

OLDER, NEWER = (VENDOR / f"vendor-{day}.yaml" for day in ("2026-03-04", "2026-07-24"))
needs_vendor = pytest.mark.skipif(not VENDOR.exists(), reason="the vendor's documents are not here")


@pytest.fixture
def run(capsys, monkeypatch) -> Callable[..., tuple[int, str, str]]:
    """Run the command in the repository root."""
    monkeypatch.chdir(ROOT)

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(["vendor", *map(str, arguments)])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def write(tmp_path) -> Callable[[str, Any], Path]:
    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
        return path

    return write


def looser(tree: Tree) -> None:
    """One difference of each severity, one of them in a schema that several answers share."""
    schema(tree, "FTModelCard")["required"].remove("job")
    properties(tree, "ModelCapabilities")["dreaming"] = {"type": "boolean"}
    schema(tree, "FTClassifierLossFunction")["enum"].append("a|b")
    operation(tree, "list")["deprecated"] = True


@pytest.fixture
def changed(write) -> Path:
    return write("changed.yaml", mutated(looser))


@needs_vendor
def test_five_months_of_the_vendor_come_down_to_what_matters(run):
    """`job` may be missing and null, capabilities are new, and no renamed schema is mentioned."""
    status, output, _ = run(NEWER, "--base", OLDER, "--format", "json")
    found = json.loads(output)["differences"]
    assert status == 1
    assert {(one["rule"], one["place"].rpartition(" ")[2]) for one in found if one["severity"] == "breaking"} == {
        (rule, f"<{kind}>.job")
        for rule in ("response-property-now-optional", "response-now-nullable")
        for kind in ("completion", "classifier")
    }
    new = {one["place"].rpartition(".")[2] for one in found if ".capabilities." in one["place"]}
    assert new == {"reasoning", "audio_transcription_realtime", "audio_speech", "unified_resources"}
    assert {one["severity"] for one in found if ".capabilities." in one["place"]} == {"additive"}
    assert not any(
        name in output for name in ("FTModelOut", "ClassifierTargetOut", "DeleteModelOut", "UpdateFTModelIn")
    )


@needs_vendor
def test_nothing_of_the_newest_document_is_left_unaccepted():
    """Not even as information; every accepted difference is still one. The day is fixed: entries have an end."""
    report = vendor(str(NEWER), base=None, accepted=None, every=False, level=Severity.INFO, today=date(2026, 7, 24))
    assert not report.has_failed
    assert report.counts()["accepted"] == len(report.entries) > 20


@pytest.mark.parametrize("extension", ["yaml", "json"])
def test_a_large_document_costs_little_more_than_its_reading(tmp_path, extension):
    """One megabyte, lines included: a few times what a parser written in C takes to read it once."""
    tree = mutated(looser)
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
    reading = time.perf_counter() - start
    start = time.perf_counter()
    report = vendor(str(path), base=None, accepted=None, every=False, level=None, today=date(2026, 7, 24))
    assert time.perf_counter() - start < 5 * reading, reading
    assert report.counts() == {"breaking": 2, "additive": 4, "tolerated": 1, "info": 1, "accepted": 0}
    assert all(entry.other_line for entry in report.entries)


@pytest.mark.parametrize(
    ("level", "status"),
    [("breaking", 1), ("none", 0)],
)
def test_the_level_decides_about_failure(run, changed, level, status):
    """And nothing else does."""
    assert run(changed, "--fail-on", level)[0] == status


@pytest.mark.parametrize("level", ["breaking", "additive", "tolerated", "info"])
def test_a_difference_fails_at_its_level_and_below(run, write, level):
    """Breaking is the highest, information the lowest."""
    order = [*Severity]
    for severity, mutation in {
        "breaking": lambda tree: schema(tree, "FTModelCard")["required"].remove("job"),
        "additive": lambda tree: properties(tree, "ModelCapabilities").update(dreaming={"type": "boolean"}),
        "tolerated": lambda tree: schema(tree, "FTClassifierLossFunction")["enum"].append("other"),
        "info": lambda tree: operation(tree, "list").update(deprecated=True),
    }.items():
        status = run(write(f"{severity}.yaml", mutated(mutation)), "--fail-on", level)[0]
        assert status == int(order.index(Severity(severity)) <= order.index(Severity(level)))


def test_a_document_is_no_different_from_itself(run):
    """Also not by accepted differences: those are about the vendor's document."""
    status, output, _ = run(ROOT / "openapi.yaml", "--fail-on", "info")
    assert (status, output.splitlines()[-1]) == (0, "0 breaking, 0 additive, 0 tolerated, 0 info; 0 accepted.")


def test_operations_of_others_are_looked_at_on_demand(run, write):
    """What the client does not implement is not its business."""
    other = write("more.yaml", mutated(lambda tree: tree["paths"].update({"/v1/chat": {"post": {"responses": {}}}})))
    assert json.loads(run(other, "--format", "json")[1])["differences"] == []
    (found,) = json.loads(run(other, "--format", "json", "--all-operations")[1])["differences"]
    assert (found["rule"], found["place"]) == ("operation-added", "POST /v1/chat")


def test_json_says_everything(run, changed):
    """Rule, severity, operation, place, both values, and the lines."""
    found = json.loads(run(changed, "--format", "json")[1])
    assert found["summary"] == {"breaking": 2, "additive": 4, "tolerated": 1, "info": 1, "accepted": 0}
    lines = (ROOT / "openapi.yaml").read_text().splitlines(), changed.read_text().splitlines()
    first = found["differences"][0]
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


def test_text_is_for_people(run, changed):
    """By severity, each rule with its meaning, places of a shared schema together, and the cure."""
    output = run(changed)[1]
    heads = [line.partition(":")[0] for line in output.splitlines() if line[:1].isupper() and ":" in line]
    assert heads[:4] == ["BREAKING", "ADDITIVE", "TOLERATED", "INFO"]
    assert (
        "  response-property-now-optional: Reading it fails when it is left out.\n"
        "    GET /v1/models 200 data[].<fine-tuned>.job\n"
        "    GET /v1/models/{model_id} 200 <fine-tuned>.job\n"
        "      required -> optional   (line 4"
    ) in output
    assert output.endswith(
        "2 breaking, 4 additive, 1 tolerated, 1 info; 0 accepted.\n"
        "Take each of them into openapi.yaml, or accept it in drift-accepted.yml with a reason: see docs/drift.md.\n"
    )


def test_markdown_is_one_table_for_each_severity(run, changed):
    """A bar in a value does not make a cell more."""
    rows = [line for line in run(changed, "--format", "markdown")[1].splitlines() if line.startswith("| ")]
    assert len(rows) == 3 * 4
    assert {line.replace("\\|", "").count("|") for line in rows} == {7}


def test_github_annotates_the_clients_document(run, changed):
    """One command for each difference; only what breaks is an error."""
    lines = run(changed, "--format", "github")[1].splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error"] * 2 + ["::notice"] * 6
    assert lines[0].startswith("::error file=openapi.yaml,line=4")
    assert ",title=response-property-now-optional::GET /v1/models 200 data[]" in lines[0]


def test_github_is_not_confused_by_what_a_document_holds(run, write):
    """Percent signs and line breaks are written as the runner wants them."""
    name = "100%\n::error::x"
    other = write("other.yaml", mutated(lambda tree: properties(tree, "ModelList").update({name: {"type": "string"}})))
    (line,) = run(other, "--format", "github")[1].splitlines()
    assert "100%25%0A::error::x" in line


def test_sarif_has_rules_results_and_suppressions(run, changed, write):
    """Accepted differences are suppressed with their reason; fingerprints do not depend on lines."""
    accepted = write("accepted.yml", [entry(rule="deprecated", place="*", reason="known")])
    found = json.loads(run(changed, "--format", "sarif", "--accepted", accepted)[1])
    (one,) = found["runs"]
    assert found["version"] == "2.1.0"
    assert {rule["id"] for rule in one["tool"]["driver"]["rules"]} == {result["ruleId"] for result in one["results"]}
    assert [result.get("suppressions", [{}])[0].get("justification") for result in one["results"]] == [None] * 7 + [
        "known"
    ]
    assert one["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "openapi.yaml"
    prints = [result["partialFingerprints"]["difference/v1"] for result in one["results"]]
    assert len(set(prints)) == 8
    moved = write("moved.yaml", "# one line more\n" + changed.read_text())
    again = json.loads(run(moved, "--format", "sarif", "--accepted", accepted)[1])["runs"][0]["results"]
    assert [result["partialFingerprints"]["difference/v1"] for result in again] == prints


def test_junit_has_a_case_for_each_difference(run, changed, write):
    """Failed at or above the level, skipped where accepted, else passed; never empty."""
    accepted = write("accepted.yml", [entry(rule="deprecated", place="*", reason="known")])
    suite = ElementTree.fromstring(run(changed, "--format", "junit", "--accepted", accepted)[1])
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("8", "2", "1")
    assert len(suite.findall("testcase")) == 8
    assert len(ElementTree.fromstring(run(ROOT / "openapi.yaml", "--format", "junit")[1])) == 1


def test_machines_get_nothing_that_they_refuse(run, write):
    """Addresses are no paths, control characters no XML, and what the vendor writes is no Markdown."""
    name = "a\x01<b>*b*"
    other = write("other.json", json.dumps(mutated(lambda tree: properties(tree, "ModelList").update({name: {}}))))
    assert len(ElementTree.fromstring(run(other, "--format", "junit")[1])) == 1
    mutation = mutated(lambda tree: properties(tree, "ModelCapabilities")["vision"].update(default="<b>"))
    assert '| `"<b>"` |' in run(write("b.yaml", mutation), "--format", "markdown")[1]
    body = other.read_bytes()
    with wire(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)) as (url, _):
        found = json.loads(run(ROOT / "openapi.yaml", "--base", f"{url}/v.json", "--format", "sarif")[1])
    places = [result["locations"][0]["physicalLocation"] for result in found["runs"][0]["results"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {f"{url}/v.json"}


def test_extensions_are_no_statuses(run, write):
    """Beside the answers, too."""
    found = mutated(lambda tree: operation(tree, "list")["responses"].update({"x-name": "list", "x-retries": {}}))
    assert run(write("other.yaml", found))[0] == 0


def test_the_result_can_go_into_a_file(run, changed, tmp_path):
    """Standard output stays empty then."""
    path = tmp_path / "result.json"
    assert run(changed, "--format", "json", "--output", path) == (1, "", "")
    assert json.loads(path.read_text())["summary"]["breaking"] == 2
    assert run(changed, "--output", tmp_path / "no" / "folder")[0] == 2


def entry(**words: Any) -> Tree:
    return {"rule": "*", "place": "*", "reason": "because", "date": "2026-07-24", **words}


def test_an_accepted_difference_is_no_failure(run, changed, write):
    """Wherever its globs match; brackets of a place are brackets."""
    place = "GET /v1/models 200 data[].<fine-tuned>.job"
    accepted = write(
        "a.yml", [entry(rule="response-property-now-*", place=[place, "GET /v1/models/{model_id} 200 *.job"])]
    )
    status, output, _ = run(changed, "--accepted", accepted)
    assert (status, "0 breaking" in output, "2 accepted" in output) == (0, True, True)
    accepted = write("b.yml", [entry(rule="response-property-now-optional", place=place)])
    status, output, _ = run(changed, "--accepted", accepted)
    assert (status, "1 breaking" in output, "1 accepted" in output) == (1, True, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"rule": "server-removed"}, "server-removed * matches nothing any more: delete it"),
        ({"expires": "2026-01-01"}, "* * expired on 2026-01-01: look at it again"),
    ],
)
@pytest.mark.parametrize(
    ("form", "place"),
    [
        ("text", "  line 5: "), ("json", '"line": 5'), ("markdown", "- line 5: "), ("github", ",line=5,"),
        ("sarif", '"startLine": 5'), ("junit", 'name="line 5"'),
    ],
)  # fmt: skip
def test_a_stale_or_expired_entry_is_a_failure_by_itself(run, changed, write, words, message, form, place):
    """At any level, in every format, with its line."""
    accepted = write("accepted.yml", [entry(rule="deprecated"), entry(**words)])
    status, output, _ = run(changed, "--accepted", accepted, "--fail-on", "none", "--format", form)
    assert status == 1
    assert message in output
    assert place in output


def test_an_entry_holds_to_the_end_of_its_last_day(changed, write):
    """The day after, the difference is open again."""
    accepted = str(write("accepted.yml", [entry(expires="2026-08-31")]))

    def on(day: int, month: int) -> Report:
        today = date(2026, month, day)
        return vendor(str(changed), base=None, accepted=accepted, every=False, level=Severity.INFO, today=today)

    assert not on(31, 8).has_failed
    assert on(1, 9).has_failed
    assert on(1, 9).counts()["breaking"] == 2


def test_entries_about_another_document_have_no_say(run, write):
    """The document is recognised by its title."""
    other = write("other.yaml", mutated(lambda tree: operation(tree, "list").update(deprecated=True)))
    accepted = write("accepted.yml", {"document": "Something else", "accepted": [entry()]})
    note = "accepted.yml speaks of 'Something else', not of 'Mistral model management': nothing in it counts."
    for form in ("text", "markdown"):
        status, output, _ = run(other, "--accepted", accepted, "--fail-on", "info", "--format", form)
        assert (status, note in output) == (1, True)
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
        ({**CLIENT, "components": {}}, "leads nowhere"),
        (mutated(lambda tree: operation(tree, "list").update(parameters=[{"in": "query"}])), "a parameter needs"),
        (mutated(lambda tree: properties(tree, "ModelList").update(data={"type": "list"})), 'no such type: "list"'),
        (mutated(lambda tree: properties(tree, "ModelList").update(data={"$ref": "x.yaml#/a"})), "leaves the document"),
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
            "no path of the document",
        ),
        ("{" * 3, "neither JSON nor YAML"),
        ("? [a]\n: b", "a key must be a word"),
        ("a\x00b", "neither JSON nor YAML"),
    ],
)
def test_an_unusable_document_is_named_with_its_line(run, write, content, message):
    """Status 2, one line on standard error, never a traceback."""
    status, output, error = run(write("bad.yaml", content))
    assert status == (2 if message else 1)
    assert message is None or (message in error and output == "" and error.count("\n") == 1)


def places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The pointers of a tree."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [above, *(place for key, child in children for place in places(child, (*above, key)))]


@settings(deadline=None, max_examples=60, suppress_health_check=[*HealthCheck])
@given(
    place=st.sampled_from(places(CLIENT)[1:]),
    junk=st.sampled_from(
        [None, 5, 10**400, [], {}, "x", "\ud800", True, [1], {"a": 1}, {"$ref": 5}, {"$ref": "#/info"}]
    ),
    form=st.sampled_from(["text", "json", "markdown", "github", "sarif", "junit"]),
)
def test_whatever_stands_in_a_document_there_is_a_result_or_a_message(run, tmp_path, place, junk, form):
    """Never a traceback."""
    tree = mutated(lambda tree: None)
    holder: Any = tree
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = junk
    path = tmp_path / "junk.json"
    path.write_text(json.dumps(tree))
    status, _, error = run(path, "--format", form)
    assert (status == 2) == bool(error)


@pytest.mark.parametrize("source", ["nowhere.yaml", ".", "http://127.0.0.1:9/x.yaml", "http://[/", "https://",
                                    f"http://{'a' * 64}.invalid/"])  # fmt: skip
def test_a_document_that_cannot_be_had_is_named(run, source):
    """Files, folders and URLs."""
    status, output, error = run(source)
    assert (status, output, error.count("\n")) == (2, "", 1)
    assert error.startswith(f"{source}: ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- {rule: a, place: b, reason: c}", "accepted.yml:1: 0: an entry needs rule, place, reason and date"),
        ("- {rule: a, place: b, reason: c, date: 1.2.2026}", "accepted.yml:1: 0/date: not a date such as 2026-07-24"),
        ("- {rule: a, place: b, reason: c, date: 2026-07-24, until: x}", "unknown until"),
        ("accepted: 5", "expected an array"),
        ("acceptd: []", "unknown acceptd; such a file has accepted, document"),
    ],
)
def test_an_unusable_list_of_accepted_differences_is_named(run, changed, write, content, message):
    """Nothing is accepted by mistake."""
    status, _, error = run(changed, "--accepted", write("accepted.yml", content))
    assert status == 2
    assert message in error


def test_the_command_runs_as_a_module():
    """From the repository root."""
    command = [sys.executable, "-m", "tools.drift", "vendor", "openapi.yaml"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_every_rule_has_a_severity_and_says_what_it_means():
    """In a sentence."""
    assert all(rule.meaning.endswith(".") and rule.severity in Severity for rule in RULES.values())
