"""`diff`: what changed between two lists of models."""

import json
import re

import pytest
from mistral_models.testing import FakeMistral, base_model, fine_tuned_model

from tests.conftest import ROOT

from .runner import Cli, serving
from .services import DATA

OLD, NEW = (str(DATA / f"list-{date}.json") for date in ("2025-07-25", "2026-10-08"))
BEFORE = [
    base_model("small-1", "vision", aliases=["small"]),
    base_model("small", "vision", name="small-1", aliases=["small-1"]),
    base_model("embed", max_context_length=32768, deprecation="2027-03-31T12:00:00Z"),
    base_model("tiny"),
]
AFTER = [
    base_model("small-2", "audio", aliases=["small"]),
    base_model("small", "audio", name="small-2", aliases=["small-2"]),
    base_model("embed", max_context_length=8192, deprecation="2027-06-30T12:00:00Z"),
    base_model("tiny", deprecation="2027-01-31T12:00:00Z", deprecation_replacement_model="small"),
]
TEXT = """\
1 name gone
  small-1

1 name moved to another model
  small  small-1 → small-2; lost vision; gained audio

1 name that lost capabilities or context
  embed  context 32,768 → 8,192; retirement 2027-03-31 → 2027-06-30

1 name with another retirement date or replacement
  tiny  retirement none → 2027-01-31; replacement none → small

1 name new
  small-2  capabilities audio; context 131,072
"""


@pytest.fixture
def files(tmp_path):
    """Write each list into a file, in a form that `list --json` prints; return the paths."""

    def write(*lists):
        paths = [tmp_path / f"{number}.json" for number in range(len(lists))]
        for path, models in zip(paths, lists, strict=True):
            path.write_text(models if isinstance(models, str) else json.dumps(models), encoding="utf-8")
        return [str(path) for path in paths]

    return write


def test_losses_come_first_in_the_text(cli, files):
    """Each name that differs is in one line, in a section for its kind of change."""
    assert cli("diff", *files(BEFORE, AFTER)) == (0, TEXT, "")


def test_the_published_lists_are_compared(cli):
    """The text names all that changed between two real responses."""
    result = cli("diff", OLD, NEW)
    assert (result.exit_code, result.stderr) == (0, "")
    headings = re.findall(r"^\d+ names?", result.stdout, re.MULTILINE)
    assert headings == ["47 names", "10 names", "1 name", "2 names", "31 names"]
    for line in (
        "  mistral-embed  mistral-embed → mistral-embed-2312; context 32,768 → 8,192",
        "  codestral-embed       context 32,768 → 8,192",
    ):
        assert line in result.stdout.splitlines()
    assert "voxtral-mini-2507 → voxtral-mini-2602; lost completion_chat, function_calling" in result.stdout


def test_json_has_the_same_keys_for_every_change(cli, files):
    """`--json` has what programs need, without a value that differs in its type from change to change."""
    result = cli("diff", "--json", *files(BEFORE, AFTER))
    output = json.loads(result.stdout)
    assert (output["before"], output["after"]) == ({"models": 3, "names": 4}, {"models": 3, "names": 4})
    keys = {"name", "kind", "before", "after", "lost", "gained", "context"}
    assert all(change.keys() == keys for change in output["changes"])
    gone, moved, lost, *_ = output["changes"]
    assert (gone["name"], gone["kind"], gone["after"]) == ("small-1", "gone", None)
    assert (moved["before"]["id"], moved["after"]["id"], moved["lost"]) == ("small-1", "small-2", ["vision"])
    assert (lost["context"], lost["after"]) == (
        [32768, 8192],
        {
            "id": "embed",
            "ids": ["embed"],
            "context": 8192,
            "capabilities": [],
            "deprecation": "2027-06-30T12:00:00Z",
            "replacement": None,
            "archived": False,
        },
    )
    assert json.loads(cli("diff", "--json", OLD, OLD).stdout)["changes"] == []


def test_markdown_is_a_table_from_old_to_new(cli, files):
    """`--markdown` has a row for each name, with what was and what is."""
    result = cli("diff", "--markdown", *files(BEFORE, AFTER))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "Names of models: 1 gone, 1 moved, 1 lost, 1 deprecation, 1 new.",
        "",
        "| name | change | old | new |",
        "| --- | --- | --- | --- |",
        "| `small-1` | gone | `small-1` | none |",
        "| `small` | moved | `small-1`; capabilities `vision` | `small-2`; capabilities `audio` |",
        "| `embed` | lost | context `32,768`; retirement `2027-03-31` | context `8,192`; retirement `2027-06-30` |",
        "| `tiny` | deprecation |  | retirement `2027-01-31`; replacement `small` |",
        "| `small-2` | new | none | `small-2`; capabilities `audio`; context `131,072` |",
    ]


HOSTILE = "a|b`[x](javascript:1)<img src=x>@team #1\n\x1b[31m\u202e\ud800"


def test_markup_in_names_has_no_effect(cli, files):
    """Text from the service is neither Markdown, nor HTML, nor a mention, nor a control sequence, nor rich markup."""
    before = [base_model(HOSTILE), base_model("[bold]x[/bold]", deprecation_replacement_model=HOSTILE)]
    paths = files(before, [])
    rows = cli("diff", "--markdown", *paths).stdout.splitlines()[4:]
    assert len(rows) == 2
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 5
        assert not set("[]()@\x1b\u202e\\") & set(row)
        assert set(re.findall(r"<[^>]*>", row)) <= {"<code>", "</code>"}
        assert not re.search(r"(?<!&)#", row)
    text = cli("diff", *paths).stdout
    assert r"a|b`[x](javascript:1)<img src=x>@team #1\n\x1b[31m\u202e\ud800" in text
    assert "[bold]x[/bold]" in text
    assert json.loads(cli("diff", "--json", *paths).stdout)["changes"][1]["name"] == HOSTILE


@pytest.mark.parametrize(("pair", "expected"), [((OLD, NEW), (0, 6)), ((OLD, OLD), (0, 0))])
@pytest.mark.parametrize("form", [(), ("--json",), ("--markdown",)])
def test_the_exit_code_tells_about_differences_if_requested(cli, pair, expected, form):
    """Without `--exit-code`, differences are no failure."""
    assert cli("diff", *pair, *form).exit_code == expected[0]
    assert cli("diff", *pair, *form, "--exit-code").exit_code == expected[1]


@pytest.mark.parametrize("form", [(), ("--markdown",)])
def test_lists_without_differences_print_nothing(cli, form):
    """Standard output is empty, so that a scheduled job sends nothing."""
    assert cli("diff", NEW, NEW, *form) == (0, "", "no differences\n")


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_output_of_list_can_be_compared(tmp_path, files, form):
    """What `list` wrote, a saved response, and the list of the service now, are the same list."""
    fake = FakeMistral()
    with serving(tmp_path, fake) as cli:
        saved, response = files(cli("list", form).stdout, {"object": "list", "data": fake.models})
        for arguments in ([saved], [response], [saved, response]):
            assert cli("diff", *arguments) == (0, "", "no differences\n")
    remaining = [model for model in fake.models if model["name"] != "mistral-moderation-2603"]
    with serving(tmp_path, remaining) as cli:
        assert cli("diff", saved).stdout.splitlines()[1:] == ["  mistral-moderation-2603"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_files_of_other_programs_are_read(cli, files, encoding):
    """A byte-order mark and the encodings of PowerShell are recognized; a single line is a list of one model."""
    (saved,) = files([base_model("é")])
    line = json.dumps(base_model("é"), ensure_ascii=False) + "\r\n"
    assert cli("diff", saved, "-", input=line.encode(encoding)) == (0, "", "no differences\n")
    assert cli("diff", "-", saved, input=(line * 2).encode(encoding)) == (0, "", "no differences\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("id,object\n", "invalid JSON at line 1, column 1: Expecting value"),
        ('[{"id": "a"},', "invalid JSON at line 1, column 14: Expecting value"),
        ('{"id": "a"}\n\n{"id"', "invalid JSON at line 3, column 6: Expecting ':' delimiter"),
        ('{"message": "Unauthorized"}', "expected an array of models, or an object with such an array in `data`"),
        ('{"data": null}', "expected an array of models"),
        ("null", "expected an array of models"),
        ('["a", 7]', "none of its entries has an id"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_list_of_models_is_reported(cli, files, content, message):
    """One line says which file, what is wrong, where, and how to write a list."""
    bad, good = files(content, BEFORE)
    for arguments in ((bad, good), (good, bad)):
        result = cli("diff", *arguments)
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
        assert f"{bad} is not a list of models: {message}" in result.stderr
        assert "write one with `mistral-models list --json > FILE`" in result.stderr


def test_bytes_that_are_no_text_are_reported(cli, files):
    """The message says at which byte."""
    result = cli("diff", "-", *files(BEFORE), input=b'["\xff"]')
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the standard input is not a list of models: it is not text: invalid start byte at byte 2" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing argument 'OLD'"),
        (("/no/such/file", OLD), "cannot read /no/such/file: No such file or directory"),
        ((OLD, str(ROOT)), f"cannot read {ROOT}: Is a directory"),
        (("-", "-"), "only one of the lists can be the standard input"),
        ((OLD, NEW, "--json", "--markdown"), "--json and --markdown cannot be combined"),
    ],
)
def test_wrong_arguments_are_usage_errors(cli, arguments, message):
    """Exit code 2 is never confused with that of differences."""
    result = cli("diff", *arguments, "--exit-code")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr


def test_entries_that_cannot_be_compared_are_counted(cli, files):
    """Entries that are not models with an id do not spoil the comparison of the others."""
    for entries, expected in (([None], "1 entry has"), ([7, {"type": "new"}], "2 entries have")):
        old, new = files([*entries, *BEFORE], BEFORE)
        assert cli("diff", old, new) == (
            0,
            "",
            f"mistral-models: {old}: {expected} no id, and cannot be compared\nno differences\n",
        )


def test_two_files_need_neither_key_nor_service(tmp_path):
    """Nothing is sent if both lists are files; the list of the service needs the key."""
    nowhere = Cli(tmp_path, "http://127.0.0.1:9")
    assert nowhere("diff", OLD, NEW).exit_code == 0
    assert nowhere("diff", OLD).exit_code == 3


def test_fine_tuned_models_are_compared(cli, files):
    """A fine-tuned model that was archived is a loss; its new name is no difference."""
    model = fine_tuned_model("triage")
    old, new = files([model], [{**model, "name": "triage-2", "archived": True}])
    assert cli("diff", old, new).stdout.splitlines()[1] == f"  {model['id']}  archived no → yes"


def test_the_demo_is_a_list(tmp_path, files):
    """With `--demo`, the second list is that of the fake service."""
    cli = Cli(tmp_path)
    (saved,) = files(cli("--demo", "list", "--json").stdout)
    assert cli("--demo", "diff", saved, "--exit-code") == (0, "", "no differences\n")
    assert cli("--demo", "diff", NEW, "--exit-code").exit_code == 6


def test_a_date_that_differs_in_its_time_only_is_shown_exactly(cli, files):
    """Two moments of the same day do not look the same; dates that UTC cannot represent are shown as they are."""
    for before, after, expected in (
        ("2027-03-31T12:00:00Z", "2027-03-31T13:00:00Z", "2027-03-31T12:00:00Z → 2027-03-31T13:00:00Z"),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00", "0001-01-01 → 9999-12-31"),
    ):
        result = cli("diff", *files(*([base_model("x", deprecation=date)] for date in (before, after))))
        assert result.stdout.splitlines()[1] == f"  x  retirement {expected}"


def test_a_terminal_has_colors_and_its_own_characters(tmp_path, files):
    """In a terminal, headings are colored and long lines wrap; without Unicode, arrows are ASCII."""
    cli, paths = Cli(tmp_path), files(BEFORE, AFTER)
    exit_code, displayed = cli.in_terminal(40, "diff", *paths)
    assert (exit_code, "\x1b[1;31m1 name gone" in displayed) == (0, True)
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in displayed.splitlines()) <= 40
    assert "small-1 -> small-2" in cli("diff", *paths, encoding="ascii").stdout
