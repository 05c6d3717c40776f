"""`list`: filters, order, columns, formats, and the layout in terminals of different widths."""

import csv
import datetime as dt
import io
import json
import unicodedata

import pytest
from mistral_models.cli.model_info import CAPABILITIES
from mistral_models.cli.table import column_names
from mistral_models.testing import base_model, fine_tuned_model

from .runner import serving
from .services import FixedList, published, shared_ids

JANUARY_2 = int(dt.datetime(2026, 1, 2, tzinfo=dt.UTC).timestamp())
NOON = "T12:00:00Z"
HOSTILE = "evil[bold red]\x1b[31m\x9b2J\u202e"


def models():
    """Base models, deprecated or not, fine-tuned models, and one of an unknown type."""
    return [
        base_model("small", "completion_chat", "vision", aliases=["small-latest"]),
        base_model("large", "completion_chat", max_context_length=262144),
        base_model("retired", deprecation="2020-02-01T12:00:00Z", deprecation_replacement_model="small"),
        base_model("last", deprecation="2999-12-31T12:00:00Z", owned_by="partner"),
        fine_tuned_model("mine", created=JANUARY_2),
        fine_tuned_model("shelved", archived=True, created=JANUARY_2 - 1),
        {**base_model("novel", "vision"), "type": "embedding", "capabilities": {"vision": True, "telepathy": True}},
    ]


MINE, SHELVED = fine_tuned_model("mine")["id"], fine_tuned_model("shelved")["id"]


def ids(cli, *arguments):
    result = cli("list", "--jsonl", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return [json.loads(line)["id"] for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def cli(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("cache"), models()) as cli:
        yield cli


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), ["large", "last", "retired", "small", "novel", MINE, SHELVED]),
        (("--type", "base"), ["large", "last", "retired", "small"]),
        (("--type", "embedding", "--type", "fine-tuned"), ["novel", MINE, SHELVED]),
        (("--owner", "partner"), ["last"]),
        (("--capability", "vision"), ["small", "novel"]),
        (("--capability", "vision", "--capability", "chat"), ["small"]),
        (("--capability", "telepathy"), ["novel"]),
        (("--archived",), [SHELVED]),
        (("--no-archived", "--type", "fine-tuned"), [MINE]),
        (("--deprecated",), ["last", "retired"]),
        (("--match", "ft:*"), [MINE, SHELVED]),
        (("--match", "*-latest"), ["small"]),
        (("--match", "shelved"), [SHELVED]),
        (("--match", "re*", "--match", "shelved", "--match", "re*"), ["retired", SHELVED]),
        (("--owner", "partner", "--owner", "nobody"), ["last"]),
        (("--min-context", "200k"), ["large"]),
        (("--min-context", "0.262144M", "--type", "base"), ["large"]),
        (("--min-context", "262145"), []),
        (("--created-before", "2026-01-02"), [SHELVED]),
        (("--created-after", "2026-01-02"), [MINE]),
        (("--created-before", "2026-01-02T00:00:01Z"), [MINE, SHELVED]),
        (("--created-after", "2026-01-02T01:00:01+01:00"), []),
        (("--created-after", "2025-12-31", "--created-before", "2026-01-02"), [SHELVED]),
        (("--created-after", "2026-01-03"), []),
        (("--provider", "partner"), ["last"]),
        (("--model", "small-latest"), ["small"]),
        (("--provider", "mistralai", "--deprecated", "--match", "re*"), ["retired"]),
        (("--model", "nothing"), []),
    ],
)
def test_filters_combine(cli, arguments, expected):
    """A model is listed if it passes all filters, whatever its type."""
    assert ids(cli, *arguments) == expected


@pytest.mark.parametrize(
    ("sort_key", "first", "last"),
    [
        ("id", MINE, "small"),
        ("-id", "small", MINE),
        ("owner", MINE, "last"),
        ("name", "large", "small"),
        ("context", MINE, "large"),
        ("-context", "large", SHELVED),
        ("created", SHELVED, "novel"),
        ("deprecation", "retired", "novel"),
        ("-deprecation", "last", "novel"),
    ],
)
def test_models_are_sorted(cli, sort_key, first, last):
    """`--sort` takes a key, descending with a minus sign; models without the value come last in both cases."""
    listed = ids(cli, "--sort", sort_key)
    assert (listed[0], listed[-1]) == (first, last)


def test_every_format_has_what_the_service_sent(tmp_path):
    """JSON and JSON Lines have every entry unchanged, without merging and defaults; CSV has the same values."""
    sent = [*published("2026-10-08"), *shared_ids(), {**fine_tuned_model("mine"), "deprecation": f"2999-01-31{NOON}"}]
    with serving(tmp_path, FixedList(sent)) as cli:
        cards = json.loads(cli("list", "--json").stdout)
        lines = cli("list", "--jsonl").stdout.splitlines()
        rows = list(csv.DictReader(io.StringIO(cli("list", "--csv").stdout)))
    assert cards == sorted(sent, key=lambda card: (card["type"], card["id"]))
    assert [json.loads(line) for line in lines] == cards
    assert [row["id"] for row in rows] == [card["id"] for card in cards]
    assert [row["capabilities.vision"] == "true" for row in rows] == [
        card["capabilities"].get("vision", False) for card in cards
    ]
    assert [json.loads(row["aliases"]) for row in rows] == [card["aliases"] for card in cards]
    assert [row["deprecation"] for row in rows] == [card["deprecation"] or "" for card in cards]


@pytest.mark.parametrize(("date", "number", "entries"), [("2025-07-25", 31, 62), ("2026-10-08", 17, 46)])
def test_each_model_is_one_row(tmp_path, date, number, entries):
    """The table has a row for each model with the number of its other names; `--ids` has a row for each name."""
    sent = published(date)
    with serving(tmp_path, FixedList(sent)) as cli:
        _, *rows = cli("list", "--columns", "id,names").stdout.splitlines()
        _, *all_ids = cli("list", "--columns", "ids").stdout.splitlines()
        heading, *by_id = cli("list", "--ids").stdout.splitlines()
        assert len(cli("list").stdout.splitlines()) == 1 + number
    others = {card["name"]: len(card["aliases"]) for card in sent}
    assert sorted(map(str.split, rows)) == sorted([name, f"+{n}"] if n else [name] for name, n in others.items())
    assert sorted(name for line in all_ids for name in line.split(", ")) == sorted(card["id"] for card in sent)
    assert [line.split()[0] for line in by_id] == sorted(card["id"] for card in sent)
    assert len(by_id) == entries
    assert heading.split()[:2] == ["id", "type"]


def test_a_model_is_matched_by_each_of_its_names(tmp_path):
    """`--match` finds a model by any name, and selects all entries of that model."""
    with serving(tmp_path, FixedList(published("2026-10-08"))) as cli:
        for name in ("codestral-2508", "codestral-latest", "*code-fim*"):
            assert cli("list", "--columns", "id", "--match", name).stdout == "id\ncodestral-2508\n"
            assert len(ids(cli, "--match", name)) == 4
            assert len(cli("list", "--ids", "--match", name).stdout.splitlines()) == 5


def test_models_that_share_their_ids_are_two_rows(tmp_path):
    """Filters distinguish the models, and no entry is lost."""
    with serving(tmp_path, FixedList(shared_ids())) as cli:
        table = cli("list", "--columns", "id,names,name,chat,audio").stdout.splitlines()
        audio = json.loads(cli("list", "--capability", "audio", "--json").stdout)
    assert [line.split() for line in table[1:]] == [
        ["voxtral-mini-2507", "+1", "voxtral-mini-2507", "●", "·"],
        ["voxtral-mini-2507", "+1", "voxtral-mini-transcribe", "·", "●"],
    ]
    assert audio == shared_ids()[2:]


def test_created_is_shown_for_fine_tuned_models_only(tmp_path):
    """For other models the service sends the time of the request; sorted by it, they come last."""
    models = [base_model("base"), fine_tuned_model("new", created=1_700_000_000), fine_tuned_model("old", created=1)]
    with serving(tmp_path, models) as cli:
        table = cli("list", "--columns", "created,name", "--sort", "-created").stdout.splitlines()
        assert [line.split() for line in table[1:]] == [["2023-11-14", "new"], ["1970-01-01", "old"], ["base"]]
        assert "created" not in cli("show", "base").stdout
        assert "created       1970-01-01" in cli("show", models[2]["id"]).stdout


def test_an_empty_list_is_valid_in_every_format(cli):
    """Without matching models, JSON is an empty array, CSV has its header row only, and people get a message."""
    no_match = ("--match", "nothing")
    assert json.loads(cli("list", *no_match, "--json").stdout) == []
    assert cli("list", *no_match, "--jsonl").stdout == ""
    header = cli("list", *no_match, "--csv").stdout
    assert header.count("\n") == 1
    assert {"id", "capabilities.vision", "deprecation", "root", "archived"} <= set(header.strip().split(","))
    base_only = cli("list", "--match", "large", "--csv").stdout.splitlines()[0]
    assert set(base_only.split(",")) <= set(header.strip().split(","))
    assert cli("list", *no_match) == (0, "", "no models match the filters\n")


def test_a_pipe_gets_plain_text_with_every_column(cli):
    """Output to a pipe has one line per model and no colors, whatever COLUMNS says."""
    heading, *lines = cli("list", COLUMNS="20").stdout.splitlines()
    columns = "id names type owner context chat vision telepathy arch deprecation replacement"
    assert heading.split() == columns.split()
    assert len(lines) == len(models())
    assert "\x1b" not in heading + "".join(lines)
    small = next(line for line in lines if line.startswith("small"))
    assert small.split() == ["small", "+1", "base", "mistralai", "131k", "●", "●", "·", "·"]


def test_a_deprecation_is_a_date_and_the_time_left(cli):
    """The table shows the date, the time left and the replacement, and past dates in red."""
    lines = cli("list", "--deprecated").stdout.splitlines()
    assert lines[1].split()[4:] == ["2999-12-31", "in", lines[1].split()[-2], "years"]
    assert "2020-02-01" in lines[2]
    assert "years ago" in lines[2]
    assert lines[2].endswith("small")
    _, displayed = cli.in_terminal(200, "list", "--deprecated")
    assert "\x1b[31m2020-02-01" in displayed
    assert "\x1b[31m2999" not in displayed


def test_narrow_terminals_drop_columns_but_never_the_id(cli):
    """No line is wider than the terminal, and the least important columns are dropped first."""
    headings = []
    for width in (200, 120, 100, 80, 60, 50):
        exit_code, displayed = cli.in_terminal(width, "list", NO_COLOR="1")
        lines = displayed.splitlines()
        assert exit_code == 0
        assert max(map(len, lines)) <= width
        assert all(any(line.startswith(model["id"]) for line in lines) for model in models())
        headings.append(set(lines[0].split()))
    assert {"owner", "chat", "replacement"} <= headings[0]
    assert "can" in headings[1] | headings[2]
    assert {"id", "context", "deprecation"} <= headings[3]
    assert headings[-1] <= {"id", "context"}


def test_an_id_that_does_not_fit_is_wrapped(cli):
    """An id that is longer than the terminal is wide is shown completely."""
    _, displayed = cli.in_terminal(20, "list", "--match", "mine", NO_COLOR="1")
    assert "".join(displayed.splitlines()[1:]).replace(" ", "") == MINE


def test_columns_are_chosen(cli):
    """`--columns` prints the named columns in their order; a capability has a full and a short name."""
    chosen = ("list", "--columns", "left,id,completion_chat,vision", "--match", "small")
    assert cli(*chosen).stdout == "left  id     chat  vision\n      small   ●      ●\n"
    dates = cli("list", "--columns", "id,deprecation,left", "--match", "last").stdout
    assert dates.splitlines()[0].split() == ["id", "deprecation"]
    unknown_capability = cli("list", "--columns", "id,telepathy", "--match", "novel").stdout
    assert unknown_capability == "id     telepathy\nnovel      ●\n"
    many = "id,name,aliases,created,root,description,letters,archived,capabilities"
    line = cli("list", "--columns", many, "--match", "small").stdout.splitlines()[1]
    assert line.split()[:4] == ["small", "small", "small-latest", "CV"]


def test_every_heading_is_a_name_of_a_column(cli):
    """`--columns` accepts what the table prints, shortened headings too."""
    displayed = [cli.in_terminal(width, "list", NO_COLOR="1")[1] for width in (200, 120, 100, 80)]
    headings = sorted({heading for table in displayed for heading in table.splitlines()[0].split()})
    assert {"arch", "can"} <= {*headings}
    result = cli("list", "--columns", ",".join(headings))
    assert (result.exit_code, result.stdout.splitlines()[0].split()) == (0, headings)


@pytest.mark.parametrize(
    ("variables", "in_terminal", "in_pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": "", "FORCE_COLOR": "", "CLICOLOR_FORCE": "0", "CLICOLOR": "1"}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"CLICOLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
    ids=str,
)
def test_the_environment_decides_on_colors(cli, variables, in_terminal, in_pipe):
    """Terminals get colors and pipes get none, unless the environment says otherwise; NO_COLOR comes first."""
    assert ("\x1b[" in cli.in_terminal(120, "list", **variables)[1]) == in_terminal
    assert ("\x1b[" in cli("list", **variables).stdout) == in_pipe


def test_spreadsheets_do_not_execute_text(tmp_path):
    """In CSV, text that begins like a formula gets an apostrophe in front; numbers and JSON stay as they are."""
    texts = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "harmless=1"]
    models = [base_model(f"m{n}", description=text, score=-5) for n, text in enumerate(texts)]
    models[-1]["=heading"] = 1
    with serving(tmp_path, FixedList(models)) as cli:
        rows = list(csv.DictReader(io.StringIO(cli("list", "--csv", "--sort", "id").stdout, newline="")))
        sent = json.loads(cli("list", "--json", "--sort", "id").stdout)
    shown = [row["description"] for row in rows]
    assert [text[0] for text in shown] == ["'"] * 9 + ["h"]
    assert shown[0] == "'" + texts[0]
    assert {row["score"] for row in rows} == {"-5"}
    assert rows[-1]["'=heading"] == "1"
    assert [card["description"] for card in sent] == texts


def test_without_unicode_the_symbols_are_ascii(cli):
    """An output encoding without the usual symbols gets ASCII characters instead."""
    line = cli("list", "--match", "small", encoding="ascii").stdout.splitlines()[1]
    assert line.split() == ["small", "+1", "base", "mistralai", "131k", "x", "x"]


def test_control_characters_are_escaped(tmp_path):
    """Control characters, bidirectional formatting and rich markup have no effect, and JSON and CSV stay valid."""
    hostile = {**base_model(HOSTILE, "vision"), "description": 'quoted "x",\n=cmd()', "capabilities": {HOSTILE: True}}
    with serving(tmp_path, [hostile, {**base_model("\x1b[2J"), "type": "\x1b[5m"}]) as cli:
        outputs = [cli("list", *form).stdout for form in ((), ("--json",), ("--jsonl",), ("--csv",))]
        outputs += [cli("list", "--columns", "id,description,letters").stdout]
        outputs += [cli.in_terminal(width, "list", NO_COLOR="1")[1] for width in (200, 60)]
    for output in outputs:
        categories = {unicodedata.category(char) for char in output if char not in "\n\t"}
        assert not categories & {"Cc", "Cf", "Cs"}, output
    assert r"evil[bold red]\x1b[31m\x9b2J\u202e" in outputs[0]
    assert {card["id"] for card in json.loads(outputs[1])} == {HOSTILE, "\x1b[2J"}
    (row,) = [row for row in csv.DictReader(io.StringIO(outputs[3])) if row["id"].startswith("evil")]
    assert row["description"] == 'quoted "x",\n=cmd()'


def test_fields_of_unexpected_types_count_as_missing(tmp_path):
    """A field with an unexpected type is left out of the table, and JSON contains it as it was sent."""
    odd = {
        "id": "odd", "name": 1, "aliases": [], "type": "strange", "owned_by": None, "capabilities": [1],
        "max_context_length": "long", "created": 10**30, "deprecation": "soon", "archived": "yes",
    }  # fmt: skip
    naive = {**base_model("naive", deprecation="2999-01-01T00:00:00"), "created": 0}
    vast = base_model("vast", max_context_length=10_000_000, default_model_temperature=float("nan"))
    with serving(tmp_path, [odd, naive, vast, base_model("tiny", max_context_length=512)]) as cli:
        assert ids(cli) == ["naive", "tiny", "vast", "odd"]
        assert ids(cli, "--deprecated", "--no-archived") == ["naive"]
        table = cli("list").stdout
        cards = json.loads(cli("list", "--json").stdout)
    assert "10M" in table
    assert "512" in table
    assert cards[3]["max_context_length"] == "long"
    assert cards[2]["default_model_temperature"] is None


def test_entries_that_are_not_model_cards_are_listed(tmp_path):
    """Any JSON value in the list is kept, and filters ignore it."""
    data = [3, None, {"type": 5}, ["x"], base_model("valid")]

    with serving(tmp_path, FixedList(data)) as cli:
        assert [line.split()[0] for line in cli("list").stdout.splitlines()] == ["id", "valid", *"????"]
        assert json.loads(cli("list", "--json").stdout)[1:] == data[:4]
        rows = list(csv.DictReader(io.StringIO(cli("list", "--csv").stdout)))
        assert [row["raw"] for row in rows] == ["", "3", "", "", '["x"]']
        for filters in (("--type", "base"), ("--match", "v*"), ("--capability", "vision"), ("--deprecated",)):
            assert cli("list", *filters).exit_code == 0
        assert cli("archive", "--match", "*", "--dry-run").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--type", "bsae"), "unknown type 'bsae'; known: base, embedding, fine-tuned"),
        (("--capability", "visoin"), "unknown capability 'visoin'; known: audio,"),
        (("--sort", "beauty"), "unknown sort key 'beauty'"),
        (("--columns", "id,beauty"), "unknown column 'beauty'"),
        (("--columns", "id,beauty", "--match", "nothing"), "unknown column 'beauty'"),
        (("--columns", "id", "--jsonl"), "--columns is for the table: --jsonl prints every field"),
        (("--columns", ""), "unknown column ''"),
        (("--json", "--csv"), "--json and --csv cannot be combined"),
        (("--timeout", "0"), "Invalid value for '--timeout'"),
        (("--retries", "-1"), "Invalid value for '--retries'"),
        (("--min-context", "many"), "'many' is not a number of tokens such as 100000, 100k or 1M"),
        (("--min-context", "-1"), "'-1' is not a number of tokens"),
        (("--created-before", "soon"), "'soon' is not a date such as 2026-01-31"),
        (("--created-after", "2026-02-30"), "'--created-after': '2026-02-30' is not a date"),
        (("--created-after", "2026-01-02", "--created-before", "2026-01-02"), "--created-after must be earlier"),
        (("--beauty",), "No such option"),
        (("surplus",), "unexpected extra argument"),
    ],
)
def test_a_wrong_command_line_is_reported_in_one_line(cli, arguments, message):
    """A usage error has exit code 2, one line on the standard error, and no output."""
    result = cli("list", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr
    assert result.stderr.startswith("mistral-models: ")


def test_help_lists_every_column(cli):
    """`list --help` lists all columns; capabilities are represented by some short names."""
    words = cli("list", "--help").stdout.replace(",", " ").split()
    assert set(column_names()) - CAPABILITIES.keys() <= set(words)
