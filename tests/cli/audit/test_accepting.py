"""What does not count: suppressions in comments, a baseline, and the settings of a project."""

import json

import pytest

NAME = "codestral-2405"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("a.py", f'm = "{NAME}"  # mistral-models: ignore[{NAME}] until=2027-01-01 -- pinned on purpose'),
        ("a.py", f'm = "{NAME}"  # noqa  # mistral-models: ignore[x, {NAME}]'),
        ("a.py", f'm = "{NAME}"  # mistral-models: ignore[MM001]'),
        ("a.py", f'm = "{NAME}"  # mistral-models: ignore'),
        ("a.py", f'# mistral-models: ignore-next-line[{NAME}] -- x\nm = "{NAME}"'),
        ("a.py", f'm = "{NAME}"\n# mistral-models: ignore-file[{NAME}]'),
        ("a.ts", f"m('{NAME}') // mistral-models: ignore[{NAME}]"),
        ("a.c", f'm = "{NAME}"; /* mistral-models: ignore[{NAME}] */'),
        ("a.sql", f"x '{NAME}' -- mistral-models: ignore[{NAME}] -- why"),
        ("a.html", f"<!-- mistral-models: ignore-next-line[{NAME}] -->\n<b>{NAME}</b>"),
        ("a.ini", f"; mistral-models: ignore-next-line\r\nmodel={NAME}"),
        ("a.j2", f"{{# mistral-models: ignore-next-line #}}\nmodel={NAME}"),
    ],
)
def test_a_comment_suppresses_findings(project, file, content):
    """It does so in every language, for its own line, the next one or the file, for a name, a rule or everything."""
    project.write(file, content)
    outcome = project.audit()
    assert (outcome.exit_code, outcome.findings, outcome.report["suppressions"]) == (0, [], [])
    assert outcome.report["summary"]["suppressed"] == 1


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ignore[mistral-large-2407]", "it suppresses nothing"),
        ("ignore[MM002]", "it suppresses nothing"),
        ("ignore-next-line", "it suppresses nothing"),
        (f"ignore[{NAME}] until=2026-10-07 -- why", "expired on 2026-10-07"),
        (f"ignore[{NAME}] until=tomorrow", "until=tomorrow is not a date"),
        (f"ignore[{NAME}] untill=2027-01-01", "untill= is not an option"),
        ("ignore[]", "empty brackets"),
        (f"ignore[{NAME}", "closing bracket"),
    ],
)
def test_a_suppression_without_effect_is_reported(project, comment, message):
    """The finding counts, and the message says what is wrong."""
    project.write("a.py", f'm = "{NAME}"  # mistral-models: {comment}\n')
    outcome = project.audit()
    assert (outcome.exit_code, len(outcome.findings)) == (6, 1)
    (remark,) = outcome.report["suppressions"]
    assert (remark["file"], remark["line"]) == ("a.py", 1)
    assert message in remark["message"]
    assert f"a.py:1: unused suppression: {remark['message']}" in outcome.stderr


def test_a_suppression_holds_on_its_last_day(project):
    """`until` names the last day."""
    project.write("a.py", f'm = "{NAME}"  # mistral-models: ignore[{NAME}] until=2026-10-08\n')
    assert project.audit().exit_code == 0


def test_text_about_suppressions_suppresses_nothing(project):
    """Documentation in backticks is not a suppression, and is not reported as an unused one."""
    project.write("a.md", f"Write `mistral-models: ignore[{NAME}]`.\n{NAME}\n")
    outcome = project.audit()
    assert (len(outcome.findings), outcome.report["suppressions"]) == (2, [])


def test_the_baseline_hides_known_findings(project):
    """Lines may move; another occurrence, another name and a worse status count."""
    project.write("a.py", f'm = "{NAME}"\nn = "zai-glm-5-2"\n')
    baseline = ("--baseline", "known.json")
    written = project.run(*baseline, "--write-baseline")
    assert (written.exit_code, written.stdout) == (0, "")
    assert "wrote 2 findings" in written.stderr
    project.write("a.py", f'\n\nm = "{NAME}"\nn = "zai-glm-5-2"\n')
    outcome = project.audit(*baseline)
    assert (outcome.exit_code, outcome.findings, outcome.report["summary"]["known"]) == (0, [], 2)
    later = project.cli("audit", "--offline", *baseline, "--as-of", "2026-11-01", "--json")
    assert [each["name"] for each in json.loads(later.stdout)["findings"]] == ["zai-glm-5-2"]
    project.write("a.py", f'm = "{NAME}"\nm = "{NAME}"\nn = "zai-glm-5-2"\nx = "mistral-large-2407"\n')
    assert [each["name"] for each in project.audit(*baseline).findings] == [NAME, "mistral-large-2407"]


def test_a_baseline_that_cannot_be_written_is_an_error(project):
    """The message names the file, not the temporary one next to it."""
    project.write("a.py", f'm = "{NAME}"\n')
    result = project.run("--baseline", "nowhere/known.json", "--write-baseline")
    assert result.exit_code == 1
    assert result.stderr.endswith("mistral-models: nowhere/known.json: No such file or directory\n")


def test_the_baseline_says_when_findings_are_gone(project):
    """Then it can be shortened. Files that were not read do not count, as in a hook for the files of a commit."""
    project.write("a.py", f'm = "{NAME}"\n')
    project.run("--baseline", "known.json", "--write-baseline")
    project.write("a.py", "m = 1\n")
    assert "1 of its findings are gone" in project.run("--baseline", "known.json").stderr
    project.write("b.py", "")
    assert "gone" not in project.run("b.py", "--baseline", "known.json").stderr
    (project.folder / "a.py").unlink()
    assert "1 of its findings are gone" in project.run("b.py", "--baseline", "known.json").stderr


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"version": 2, "findings": []}', "[" * 100_000,
                                     '{"version": 1, "findings": [{"file": "a"}]}', b"\xff"])  # fmt: skip
def test_a_missing_or_broken_baseline_is_an_error(project, content):
    """It must not hide everything, or nothing, by accident."""
    project.write("a.py", f'm = "{NAME}"\n')
    if content is not None:
        project.write("known.json", content)
    result = project.run("--baseline", "known.json")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "known.json" in result.stderr
    assert "--write-baseline" in result.stderr


def test_the_settings_of_a_project_are_read(project, monkeypatch):
    """They are in the `pyproject.toml` of the folder or of one above. Options take precedence, and globs add up."""
    project.write(
        "pyproject.toml",
        "[tool.mistral-models.audit]\n"
        'exclude = ["vendor"]\nfail-on = ["deprecated"]\nfail-within = 3\nbaseline = "known.json"\n',
    )
    project.write("known.json", '{"version": 1, "findings": []}')
    project.write("a.py", f'm = "{NAME}"\n')
    project.write("sub/b.py", f'm = "{NAME}"\n')
    project.write("vendor/b.py", f'm = "{NAME}"\n')
    outcome = project.audit("--exclude", "sub")
    assert (outcome.exit_code, outcome.levels) == (0, {"a.py": "warning"})
    assert project.audit("--fail-on", "retired").exit_code == 6
    monkeypatch.chdir(project.folder / "sub")
    assert project.audit().levels == {"b.py": "warning"}
    project.write("pyproject.toml", '[tool.mistral-models.audit]\ncatalogue = "nowhere.json"\n')
    assert "nowhere.json" in project.cli("audit").stderr
    assert project.cli("audit", "--offline").exit_code == 6
    assert project.run().exit_code == 6


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("ignore = 3", "has no setting 'ignore'"),
        ("exclude = 3", "exclude must be a list of strings"),
        ('fail-on = "retired"', "fail-on must be a list of strings"),
        ('fail-on = ["old"]', "'old' is not a status"),
        ("fail-within = true", "fail-within must be a number of days"),
        ("offline = 1", "offline must be true or false"),
        ("baseline = 1", "baseline must be the name of a file"),
        ("=", "pyproject.toml"),
    ],
)
def test_a_wrong_setting_is_a_usage_error(project, setting, message):
    """The message says where it stands and what is expected."""
    project.write("pyproject.toml", f"[tool.mistral-models.audit]\n{setting}\n")
    result = project.run()
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--write-baseline",), "--write-baseline needs --baseline FILE"),
        (("--force",), "--force is for --fix and --diff"),
        (("--fix", "--diff"), "cannot be combined"),
        (("--diff", "--json"), "--diff prints a patch: leave out --json and --format"),
        (("--diff", "--format", "sarif"), "--diff prints a patch: leave out --json and --format"),
        (("-", "a.py"), "cannot be combined"),
        (("-", "--fix"), "are for files"),
        (("--fail-on", "old"), "'old' is not a status"),
        (("--fail-within", "-1"), "'--fail-within'"),
        (("--as-of", "soon"), "'soon' is not a date such as 2026-01-31"),
        (("--catalogue", "nowhere.json"), "cannot read nowhere.json: No such file"),
    ],
)
def test_wrong_arguments_are_a_usage_error(project, arguments, message):
    """Nothing is read or written."""
    project.write("a.py", f'm = "{NAME}"\n')
    result = project.cli("audit", "--offline", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr
