"""The reports: text, JSON, annotations of GitHub, and SARIF."""

import json
import re
from urllib.parse import unquote

import pytest

from tests.cli.runner import Cli
from tests.cli.services import DATA

from .conftest import LISTED

SECRET = "key-that-nobody-sees"
ODD_NAME = "a%b:c,d\n\u00e9 #.py"


def test_the_text_is_grouped_by_model(project):
    """The most severe comes first, with its day, replacement and source, and then its places."""
    project.write("b.py", 'model = "mistral-large-latest"\nmodel = "mistral-small-2409"\n')
    project.write("a.py", 'x = 1\nmodel = "mistral-small-2409"  # mistral-small-2409\n')
    result = project.run()
    assert result.exit_code == 6
    assert result.stdout == (
        "mistral-small-2409  retired on 2025-11-30, 10 months ago\n"
        "  use mistral-small-2603 (context 32k -> 262k)\n"
        "  source: the vendor's documentation (2026-08-21)\n"
        "    a.py:2:10  error: code\n"
        "    a.py:2:33  note: comment\n"
        "    b.py:2:10  error: code\n"
        "\n"
        "mistral-large-latest  not in the list list-2026-10-08.json (2026-10-08); lists differ by key and region\n"
        "  source: the list list-2026-10-08.json (2026-10-08)\n"
        "    b.py:1:10  warning: code\n"
    )
    assert result.stderr.endswith("mistral-models: 2 files read, 4 names found: 3 retired, 1 unlisted\n")


def test_names_in_order_are_reported_on_request(project):
    """By default only problems are; the total tells how many names there are."""
    project.write("a.py", 'model = "mistral-medium-latest"\n')
    result = project.run()
    assert (result.stdout, result.exit_code) == ("", 0)
    assert "1 file read, 1 name found: all in order" in result.stderr
    assert project.run("--all").stdout.startswith("mistral-medium-latest  in order\n    a.py:1:10\n")


def test_the_json_has_every_field(project):
    """It is one object with the day, the source, numbers, and the findings."""
    project.write("a.py", 'model = "mistral-small-2409"\n')
    outcome = project.audit()
    assert outcome.report.keys() == {"as_of", "source", "summary", "findings", "suppressions"}
    assert outcome.findings == [
        {
            "file": "a.py", "line": 1, "column": 10, "name": "mistral-small-2409", "status": "retired",
            "level": "error", "deprecation": "2025-11-30", "replacement": "mistral-small-2603",
            "context_change": {"before": 32768, "after": 262144},
            "source": {"kind": "record", "text": "the vendor's documentation", "date": "2026-08-21"},
        }
    ]  # fmt: skip
    assert outcome.report["summary"]["statuses"]["retired"] == 1
    assert project.run("--format", "json").stdout == project.run("--json").stdout


@pytest.mark.parametrize("output_format", ["text", "json", "github", "sarif"])
def test_the_line_itself_is_never_shown(project, output_format):
    """Keys stand next to models in files; reports are public. They are the same each time."""
    project.write("a.env", f'MISTRAL_API_KEY="{SECRET}" MODEL=open-mistral-7b\n')
    results = [project.run("--format", output_format, "-vv") for _ in range(2)]
    assert results[0].exit_code == 6
    assert SECRET not in results[0].stdout + results[0].stderr
    assert results[0] == results[1]


def annotations(output: str) -> list[tuple[str, dict[str, str], str]]:
    """Parse workflow commands as GitHub's runner does."""

    def unescape(text: str) -> str:
        for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            text = text.replace(code, char)
        return text

    parsed = []
    for line in output.splitlines():
        found = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
        assert found, line
        properties = dict(each.split("=", 1) for each in found[2].split(","))
        parsed.append((found[1], {name: unescape(value) for name, value in properties.items()}, unescape(found[3])))
    return parsed


def test_annotations_are_grouped_and_escaped(project):
    """A name has one annotation for each file and level, errors first; the name of the file survives."""
    project.write(ODD_NAME, 'model = "open-mistral-7b"\nmodel = "open-mistral-7b"\nmodel = "mistral-large-latest"\n')
    project.write("docs/a.md", "codestral-2405")
    found = annotations(project.run("--format", "github").stdout)
    assert [command for command, _, _ in found] == ["error", "warning", "notice"]
    _, properties, message = found[0]
    assert properties == {"file": ODD_NAME, "line": "1", "col": "10", "endColumn": "25", "title": "MM001 retired"}
    assert message.startswith("open-mistral-7b: retired on 2025-03-30")
    assert "also in line 2" in message


def test_what_github_would_drop_is_in_the_step_summary(project, tmp_path):
    """GitHub shows ten annotations of each level; the others are rows of a table."""
    for number in range(15):
        project.write(f"a{number:02}|<b>.py", 'model = "open-mistral-7b"\n')
        project.write(f"docs/{number:02}.md", "codestral-2405")
    summary = tmp_path / "summary.md"
    result = project.run("--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    commands = [command for command, _, _ in annotations(result.stdout)]
    assert (commands.count("error"), commands.count("notice")) == (10, 10)
    rows = [line for line in summary.read_text().splitlines() if line.startswith(("| error", "| note"))]
    assert len(rows) == 10
    assert all(row.count("|") == 4 and "<b>" not in row for row in rows)
    assert "the vendor's documentation" in rows[0]
    assert "left out" in project.run("--format", "github").stderr


@pytest.mark.parametrize("folder", ["", "project/", ".github/"])
def test_annotations_are_relative_to_the_checkout(project, folder, monkeypatch):
    """A job with another working directory, also a hidden one, annotates the same files."""
    project.write(f"{folder}app.py", 'model = "open-mistral-7b"\n')
    monkeypatch.chdir(project.folder / folder)
    result = project.run("--format", "github", GITHUB_WORKSPACE=str(project.folder))
    assert annotations(result.stdout)[0][1]["file"] == f"{folder}app.py"


def sarif(project, *arguments, **variables):
    return json.loads(project.run("--format", "sarif", *arguments, **variables).stdout)["runs"][0]


def test_sarif_has_full_regions_and_relative_locations(project):
    """Columns count code points; the fingerprint stays when lines move, and differs between occurrences."""
    project.write("lib/a.py", '\U0001f600 = "open-mistral-7b"\n')
    run = sarif(project)
    (result,) = run["results"]
    location = result["locations"][0]["physicalLocation"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert location["artifactLocation"]["uri"] == "lib/a.py"
    assert location["region"] == {"startLine": 1, "startColumn": 6, "endLine": 1, "endColumn": 21}
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "MM001"
    project.write("lib/a.py", '\n\n\U0001f600 = "open-mistral-7b"\nx = "open-mistral-7b"\n')
    moved, other = sarif(project)["results"]
    assert moved["partialFingerprints"] == result["partialFingerprints"] != other["partialFingerprints"]


def test_sarif_has_the_texts_that_github_requires(project):
    """There are always four rules, each with its texts, so that alerts are closed when findings are gone."""
    project.write("a.py", "x = 1\n")
    rules = sarif(project)["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["MM001", "MM002", "MM003", "MM004"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["helpUri"].startswith("https://")
        assert rule["defaultConfiguration"]["level"] in {"error", "warning"}


def test_sarif_keeps_odd_names(project, tmp_path):
    """URIs are percent-encoded, and relative even for a folder outside of the working directory."""
    project.write(ODD_NAME, 'model = "open-mistral-7b"\n')
    (result,) = sarif(project)["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[\w.%~/-]+", uri)
    assert unquote(uri) == ODD_NAME
    (tmp_path / "else where").mkdir()
    (tmp_path / "else where" / "a.py").write_text('model = "open-mistral-7b"\n')
    (outside,) = sarif(project, str(tmp_path / "else where"))["results"]
    assert outside["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a.py"


@pytest.mark.slow
def test_sarif_is_valid(project):
    """It passes the schema of SARIF 2.1.0 with every status, level and an odd name of a file."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((DATA / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    names = ("open-mistral-7b", "zai-glm-5-2", "mistral-large-latest", "mistral-larg-latest")
    project.write(ODD_NAME, "".join(f'model = "{name}"\n# model = "{name}"\n' for name in names))
    validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
    report = json.loads(project.run("--format", "sarif", "--all").stdout)
    assert len(report["runs"][0]["results"]) == 8
    validator.validate(report)
    del report["runs"][0]["tool"]
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(report)


@pytest.mark.parametrize("arguments", [("--json", "--format", "sarif"), ("--format", "xml")])
def test_contradicting_formats_are_a_usage_error(project, arguments):
    """One report has one format."""
    result = project.run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)


def test_a_terminal_shows_no_progress_for_a_quick_run(project):
    """The report is all that is displayed, in colors."""
    project.write("a.py", 'model = "open-mistral-7b"\n')
    cli = Cli(project.folder)
    exit_code, displayed = cli.in_terminal(60, "audit", "--catalogue", LISTED, "--as-of", "2026-10-08")
    assert exit_code == 6
    assert "\x1b[31mretired on 2025-03-30" in displayed
    assert "%" not in displayed
