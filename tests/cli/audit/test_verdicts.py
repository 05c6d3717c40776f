"""What `audit` says about names: sources and their order, statuses, levels and exit codes."""

import datetime as dt
import json

import pytest
from mistral_models.testing import base_model

from tests.cli.runner import serving
from tests.cli.services import FixedList

from .conftest import LISTED


def write_list(project, *models) -> str:
    return str(project.write("list.json", json.dumps(list(models))))


def verdict(project, name: str, *arguments: str) -> tuple:
    """The status, day, replacement and source of a name."""
    project.write("app.py", f'model = "{name}"\n')
    (found,) = project.audit("app.py", "--all", *arguments).findings
    return found["status"], found["deprecation"], found["replacement"], found["source"]["kind"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mistral-medium-latest", ("ok", None, None, "list")),
        ("mistral-ocr-4-0", ("ok", None, None, "list")),
        ("open-mistral-7b", ("retired", "2025-03-30", "ministral-8b-2512", "record")),
        ("devstral-2512", ("retired", "2026-07-31", "mistral-medium-3-5", "record")),
        ("codestral-2411-rc5", ("retired", "2025-11-30", "codestral-2508", "history")),
        ("mistral-small", ("retired", "2025-03-30", "mistral-small-latest", "history")),
        ("pixtral-12b-latest", ("retired", "2025-12-31", "ministral-14b-latest", "history")),
        ("mistral-moderation-latest", ("unlisted", None, "mistral-moderation-2603", "list")),
        ("mistral-large-latest", ("unlisted", None, None, "list")),
        ("zai-glm-5-2", ("deprecated", "2026-10-31", "zai-glm-5-3", "record")),
        ("mistral-large-lates", ("unknown", None, "mistral-large-latest", "list")),
        ("mistral-medium-3-5-26-04", ("unknown", None, "mistral-medium-3-5", "list")),
        ("mistral-large-3", ("unknown", None, "mistral-large-2512", "list")),
    ],
)
def test_the_first_source_that_knows_a_name_decides(project, name, expected):
    """The list comes first, then the record of retirements, then the history of names that were listed once."""
    assert verdict(project, name) == expected


def test_a_date_in_the_list_is_the_day_on_which_the_model_goes_away(project):
    """Until then the name is deprecated, and after it retired; the replacement is used in the style of the name."""
    dated = {"deprecation": "2026-12-31T12:00:00Z", "deprecation_replacement_model": "codestral-2612"}
    pairs: tuple[tuple[str, str, dict], ...] = (
        ("codestral-2508", "codestral-latest", dated),
        ("codestral-2612", "codestral-next-latest", {}),
    )
    models = [
        base_model(name, name=pinned, aliases=[other], **fields)
        for pinned, moving, fields in pairs
        for name, other in ((pinned, moving), (moving, pinned))
    ]
    listed = ("--catalogue", write_list(project, *models))

    def status(name: str, day: str) -> tuple:
        project.write("app.py", f'model = "{name}"\n')
        result = project.cli("audit", "app.py", "--json", "--all", *listed, "--as-of", day)
        (found,) = json.loads(result.stdout)["findings"]
        return found["status"], found["deprecation"], found["replacement"], found["source"]["kind"]

    assert status("codestral-2508", "2026-12-30") == ("deprecated", "2026-12-31", "codestral-2612", "list")
    assert status("codestral-2508", "2026-12-31")[0] == "deprecated"
    assert status("codestral-2508", "2027-01-01")[0] == "retired"
    assert status("codestral-latest", "2026-12-30")[2] == "codestral-next-latest"


def test_a_recorded_retirement_that_is_ahead_warns_although_the_list_has_no_date(project):
    """The vendor documented dates months before the list had them; a listed name whose day is past is in order."""
    listed = ("--catalogue", write_list(project, base_model("devstral-2512")))
    project.write("app.py", 'model = "devstral-2512"\n')

    def status(day: str) -> str:
        result = project.cli("audit", "app.py", "--json", "--all", *listed, "--as-of", day)
        return json.loads(result.stdout)["findings"][0]["status"]

    assert (status("2026-07-01"), status("2026-08-01")) == ("deprecated", "ok")


def test_a_moving_name_is_not_retired_while_its_family_is_listed(project):
    """`-latest` moves to another model, so that the retirement of the former one says nothing about it."""
    listed = write_list(project, base_model("pixtral-12b-2701"))
    project.write("app.py", 'model = "pixtral-12b-latest"\n')
    result = project.cli("audit", "app.py", "--json", "--catalogue", listed, "--as-of", "2027-01-01")
    assert [each["status"] for each in json.loads(result.stdout)["findings"]] == ["unlisted"]


def test_findings_say_how_the_context_changes(project):
    """The context is that of the list, or the one that the model had when it was listed."""
    project.write("app.py", 'a = "mistral-small-2409"\nb = "codestral-embed"\n')
    (found,) = project.audit().findings
    assert found["context_change"] == {"before": 32768, "after": 262144}


def test_every_finding_has_its_place(project):
    """Lines and columns count from 1, columns in characters; a prefix such as `mistral/` is not a part of the name."""
    project.write("app.py", '\u00e9\U0001f600 = "mistral/codestral-2405"\r\nx = 1\rmodel="open-mistral-7b"\n')
    found = project.audit().findings
    assert [(each["line"], each["column"], each["name"]) for each in found] == [
        (1, 15, "codestral-2405"),
        (3, 8, "open-mistral-7b"),
    ]


@pytest.mark.parametrize(
    ("file", "content", "level"),
    [
        ("app.py", 'model = "open-mistral-7b"', "error"),
        ("config.yaml", "model: open-mistral-7b", "error"),
        ("Dockerfile", "ENV MODEL=open-mistral-7b", "error"),
        ("app.py", "x = 1  # open-mistral-7b", "note"),
        ("app.py", 'x = "#"; model = "open-mistral-7b"', "error"),
        ("app.py", '"""Uses open-mistral-7b."""', "note"),
        ("app.py", 'x = """{"model": "open-mistral-7b"}"""', "error"),
        ("app.ts", "f(); // open-mistral-7b", "note"),
        ("app.ts", "f('http://x', 'open-mistral-7b')", "error"),
        ("App.java", "/* first\n open-mistral-7b */", "note"),
        ("a.sql", "-- open-mistral-7b", "note"),
        ("a.html", "<!-- open-mistral-7b -->", "note"),
        ("main.tf", 'model = "open-mistral-7b" # x', "error"),
        ("main.tf", "// open-mistral-7b", "note"),
        ("a.yaml", "url: http://x#y\nmodel: open-mistral-7b", "error"),
        ("README.md", "open-mistral-7b", "note"),
        ("docs/conf.py", 'model = "open-mistral-7b"', "note"),
        ("CHANGELOG", "open-mistral-7b", "note"),
        ("requirements.txt", "open-mistral-7b", "error"),
        ("tests/test_app.py", 'model = "open-mistral-7b"', "note"),
        ("src/app.test.ts", "model = 'open-mistral-7b'", "note"),
        ("contest/app.py", 'model = "open-mistral-7b"', "error"),
    ],
)  # fmt: skip
def test_the_place_decides_about_the_level(project, file, content, level):
    """Retired names in code and configuration are errors; those in comments, documentation and tests are notes."""
    project.write(file, content)
    outcome = project.audit()
    assert outcome.levels == {file: level}
    assert outcome.exit_code == (6 if level == "error" else 0)


def test_in_notebooks_only_code_counts(project):
    """Outputs, text cells and comments are notes; a name in the source of a code cell is an error."""
    output = {"name": "stdout", "output_type": "stream", "text": ["model='codestral-2405'\n"]}
    code = ["# was codestral-2501\n", 'x = "#"\n', 'model = "open-mistral-7b"\n']
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["`mistral-large-2402`"]},
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [output], "source": code},
        {"cell_type": "markdown", "metadata": {}, "source": "`mistral-large-2407`"},
        {"outputs": [output], "source": 'model = "mistral-small-2409"', "cell_type": "code", "metadata": {}},
    ]
    project.write("a.ipynb", json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1))
    found = [(each["name"], each["level"]) for each in project.audit().findings]
    assert [name for name, level in found if level == "error"] == ["open-mistral-7b", "mistral-small-2409"]
    assert len(found) == 7


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        ((), 0),
        (("--fail-within", "22"), 0),
        (("--fail-within", "23"), 6),
        (("--fail-on", "deprecated"), 6),
        (("--fail-on", "retired,unlisted"), 0),
        (("--fail-within", "30", "--exit-zero"), 0),
    ],
)
def test_deprecated_names_fail_on_request(project, arguments, exit_code):
    """They warn; `--fail-within` counts days from the given one, `--fail-on` replaces the statuses that fail."""
    project.write("app.py", 'model = "zai-glm-5-2"\n')
    assert project.audit(*arguments).exit_code == exit_code


@pytest.mark.parametrize("name", ["mistral-large-latest", "mistral-larg-latest"])
def test_unlisted_and_unknown_names_warn(project, name):
    """Lists differ by key and region, and names can be new: such names fail only if that is wanted."""
    project.write("app.py", f'model = "{name}"\n')
    outcome = project.audit()
    assert (outcome.exit_code, outcome.levels) == (0, {"app.py": "warning"})
    assert project.audit("--fail-on", "unlisted,unknown").exit_code == 6


def test_a_retired_name_does_not_fail_before_its_day(project):
    """`--as-of` makes the result independent of the day of the run."""
    project.write("app.py", 'model = "mistral-large-2411"\n')
    days = {day: project.cli("audit", "--offline", "--json", "--as-of", day) for day in ("2026-05-31", "2026-06-01")}
    assert [result.exit_code for result in days.values()] == [0, 6]
    report = json.loads(days["2026-06-01"].stdout)
    assert report["as_of"] == "2026-06-01"
    assert (report["source"]["offline"], report["source"]["date"]) == (True, "2026-10-08")
    assert "bundled with this package" in days["2026-06-01"].stderr


def test_old_sources_are_mentioned_once(project):
    """One warning names the list and the record, as far as they are older than 30 days."""
    project.write("app.py", 'model = "codestral-2405"\n')
    recent = project.cli("audit", "--catalogue", LISTED, "--as-of", "2026-08-25")
    later = project.cli("audit", "--catalogue", LISTED, "--as-of", "2026-12-01")
    assert "warning" not in recent.stderr
    assert later.stderr.count("days old") == 2
    assert later.stderr.count("warning") == 1


def test_the_list_of_the_service_is_used(tmp_path, project):
    """Without `--catalogue` and `--offline`, the key's own list counts, fine-tuned models included."""
    mine = "ft:open-mistral-7b:587a6b29:20240514:7e773925"
    project.write("app.py", f'a = "codestral-2701"\nmodel = "{mine}"\nother = "{mine[:-1]}0"\n')
    with serving(tmp_path, FixedList([base_model("codestral-2701"), base_model(mine)])) as cli:
        report = json.loads(cli("audit", "--json", "--all").stdout)
    assert [each["status"] for each in report["findings"]] == ["ok", "ok", "unlisted"]
    assert report["source"]["date"] == f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"


def test_the_demo_needs_no_key(project):
    """With `--demo` names are compared with the list of the fake service."""
    project.write("app.py", 'model = "codestral-2405"\nmodel = "mistral-medium-latest"\n')
    result = project.cli("audit", "--demo", "--json", "--all")
    assert result.exit_code == 6
    assert [each["status"] for each in json.loads(result.stdout)["findings"]] == ["retired", "ok"]


def test_without_a_key_the_message_says_what_needs_none(project):
    """The exit code is 3, as for every command."""
    result = project.cli("audit")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "--offline" in result.stderr


@pytest.mark.parametrize("content", ["[]", '{"object": "list", "data": []}'])
def test_an_empty_list_verifies_nothing(project, content):
    """A run that could not find anything is not a success."""
    project.write("app.py", 'model = "codestral-2405"\n')
    result = project.cli("audit", "--catalogue", str(project.write("empty.json", content)))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing can be verified" in result.stderr


@pytest.mark.parametrize("content", ["{", "3", "[3]", '{"a": 1}', "[{}]", b"\xff\xfe", '[{"id": 3}]', "[" * 100_000])
def test_a_file_that_is_no_list_is_a_usage_error(project, content):
    """The message names the file and the command that writes one."""
    result = project.cli("audit", "--catalogue", str(project.write("broken.json", content)))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "list --json" in result.stderr
    assert "Traceback" not in result.stderr


def test_names_are_read_from_standard_input(project):
    """Each line is a name, with or without a prefix; comments and empty lines are left out."""
    names = "mistral-large-2407\n# comment\n\nmistral/codestral-2405\nmistral-small\nmistral-medium-latest\ngpt-4\n"
    outcome = project.audit("-", "--all", input=names)
    assert outcome.exit_code == 6
    assert [(each["name"], each["status"]) for each in outcome.findings] == [
        ("mistral-large-2407", "retired"),
        ("codestral-2405", "retired"),
        ("mistral-small", "retired"),
        ("mistral-medium-latest", "ok"),
        ("gpt-4", "unknown"),
    ]
    assert [each["line"] for each in outcome.findings] == [1, 4, 5, 6, 7]


def test_names_that_are_put_together_at_run_time_are_counted(project):
    """Nothing is guessed about them."""
    project.write("app.py", 'a = f"mistral-{size}-latest"\nb = "mistral-large-" + month\nc = "codestral-2405"\n')
    outcome = project.audit()
    assert outcome.report["summary"]["dynamic"] == 2
    assert len(outcome.findings) == 1
