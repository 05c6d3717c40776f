"""`list`: filters, orders, columns, formats, and what a terminal of any width shows."""

import csv
import io
import json
import unicodedata

import pytest
from mistral_models.cli.cards import CAPABILITIES
from mistral_models.cli.columns import known
from mistral_models.testing import FakeMistral, Request, Response, base_model, catalogue, fine_tuned_model

from .running import serving

HOSTILE = "evil[bold red]\x1b[31m\x9b2J\u202e"


def models():
    """Base models of today, of the past and of the far future, fine-tuned ones, and one of an unknown kind."""
    return [
        base_model("small", "completion_chat", "vision", aliases=["small-latest"], created=1_700_000_000),
        base_model("large", "completion_chat", max_context_length=262144, created=1_600_000_000),
        base_model("retired", deprecation="2020-02-01T12:00:00Z", deprecation_replacement_model="small"),
        base_model("last", deprecation="2999-12-31T12:00:00Z", owned_by="partner"),
        fine_tuned_model("mine"),
        fine_tuned_model("shelved", archived=True),
        {**base_model("novel", "vision"), "type": "embedding", "capabilities": {"vision": True, "telepathy": True}},
    ]


MINE, SHELVED = fine_tuned_model("mine")["id"], fine_tuned_model("shelved")["id"]


def ids(program, *arguments):
    result = program("list", "--jsonl", *arguments)
    assert (result.returncode, result.stderr) == (0, "")
    return [json.loads(line)["id"] for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("cache"), models()) as program:
        yield program


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
        (("--provider", "partner"), ["last"]),
        (("--model", "small-latest"), ["small"]),
        (("--provider", "mistralai", "--deprecated", "--match", "re*"), ["retired"]),
        (("--model", "nothing"), []),
    ],
)
def test_filters_combine(program, arguments, expected):
    """A model is listed if it passes all of them; one of an unknown kind is a model too."""
    assert ids(program, *arguments) == expected


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("id", MINE, "small"),
        ("-id", "small", MINE),
        ("owner", MINE, "last"),
        ("name", "large", "small"),
        ("context", MINE, "large"),
        ("-context", "large", SHELVED),
        ("created", "large", "novel"),
        ("deprecation", "retired", "novel"),
        ("-deprecation", "last", "novel"),
    ],
)
def test_the_order_is_chosen(program, sort, first, last):
    """Upwards, or downwards with a minus sign; what has no value comes last either way."""
    listed = ids(program, "--sort", sort)
    assert (listed[0], listed[-1]) == (first, last)


def test_every_field_is_in_each_format(served):
    """JSON, JSON lines and CSV say the same of the same models."""
    whole = json.loads(served("list", "--json").stdout)
    assert [json.loads(line) for line in served("list", "--jsonl").stdout.splitlines()] == whole
    sent = {model["id"]: model for model in catalogue()}
    for card in whole:
        # What a card of the service does not have, and a moment, which may be written in another way. What is nested
        # deeply gets the defaults of the document.
        elsewhere = {"model_type", "workspace_id", "root_version", "classifier_targets", "deprecation"}
        expected = {name: value for name, value in sent[card["id"]].items() if name not in elsewhere}
        came = {name: value for name, value in expected.items() if value is not None}
        assert {name: card[name] for name in came if "audio" not in name} == {
            name: value for name, value in came.items() if "audio" not in name
        }
        assert expected.keys() <= card.keys()
    rows = list(csv.DictReader(io.StringIO(served("list", "--csv").stdout)))
    assert [row["id"] for row in rows] == [card["id"] for card in whole]
    assert [row["capabilities.vision"] for row in rows] == [json.dumps(c["capabilities"]["vision"]) for c in whole]
    assert [json.loads(row["aliases"]) for row in rows] == [card["aliases"] for card in whole]


def test_nothing_is_nothing_in_each_format(program):
    """An empty array, no lines, no rows; people are told."""
    none = ("--match", "nothing")
    assert json.loads(program("list", *none, "--json").stdout) == []
    assert program("list", *none, "--jsonl").stdout == ""
    assert program("list", *none, "--csv").stdout == ""
    result = program("list", *none)
    assert (result.stdout, result.stderr, result.returncode) == ("", "no models like that\n", 0)


def test_a_pipe_gets_plain_lines_with_every_column(program):
    """No colours, no line longer or shorter for a terminal that is not there; one line a model."""
    heading, *lines = program("list", COLUMNS="20").stdout.splitlines()
    assert heading.split() == [
        *["id", "type", "owner", "context", "chat", "vision", "telepathy", "arch", "deprecation", "replacement"]
    ]  # fmt: skip
    assert len(lines) == len(models())
    assert "\x1b" not in heading + "".join(lines)
    small = next(line for line in lines if line.startswith("small"))
    assert small.split() == ["small", "base", "mistralai", "131k", "●", "●", "·", "·"]


def test_a_deprecation_is_a_date_with_how_long_is_left(program):
    """And the replacement; what is past is red, where there are colours."""
    lines = program("list", "--deprecated").stdout.splitlines()
    assert lines[1].split()[4:] == ["2999-12-31", "in", lines[1].split()[-2], "years"]
    assert "2020-02-01" in lines[2]
    assert "years ago" in lines[2]
    assert lines[2].endswith("small")
    _, shown = program.in_terminal(200, "list", "--deprecated")
    assert "\x1b[31m2020-02-01" in shown
    assert "\x1b[31m2999" not in shown


def test_narrow_terminals_lose_columns_and_never_the_id(program):
    """No line is wider than the terminal; what is lost first matters least."""
    headings = []
    for width in (200, 120, 100, 80, 60, 50):
        status, shown = program.in_terminal(width, "list", NO_COLOR="1")
        lines = shown.splitlines()
        assert status == 0
        assert max(map(len, lines)) <= width
        assert all(any(line.startswith(model["id"]) for line in lines) for model in models())
        headings.append(set(lines[0].split()))
    assert {"owner", "chat", "replacement"} <= headings[0]
    assert "can" in headings[1] | headings[2]
    assert {"id", "context", "deprecation"} <= headings[3]
    assert headings[-1] <= {"id", "context"}


def test_an_id_that_does_not_fit_is_folded(program):
    """It is complete all the same."""
    _, shown = program.in_terminal(20, "list", "--match", "mine", NO_COLOR="1")
    assert "".join(shown.splitlines()[1:]).replace(" ", "") == MINE


def test_columns_are_chosen(program):
    """In their order, in a terminal as in a pipe; a capability goes by its name or by that of its column."""
    wanted = ("list", "--columns", "left,id,completion_chat,vision", "--match", "small")
    assert program(*wanted).stdout == "left  id     chat  vision\n      small   ●      ●\n"
    dated = program("list", "--columns", "id,deprecation,left", "--match", "last").stdout
    assert dated.splitlines()[0].split() == ["id", "deprecation"]
    new = program("list", "--columns", "id,telepathy", "--match", "novel").stdout
    assert new == "id     telepathy\nnovel      ●\n"
    everything = "id,name,aliases,created,root,description,letters,archived,capabilities"
    line = program("list", "--columns", everything, "--match", "small").stdout.splitlines()[1]
    assert line.split()[:4] == ["small", "small", "small-latest", "2023-11-14"]


def test_a_terminal_shows_colours_unless_told_otherwise(program):
    """NO_COLOR and TERM=dumb are heeded."""
    assert "\x1b[" in program.in_terminal(120, "list")[1]
    assert "\x1b" not in program.in_terminal(120, "list", NO_COLOR="1")[1]
    assert "\x1b" not in program.in_terminal(120, "list", TERM="dumb")[1]


def test_without_unicode_the_marks_are_letters(program):
    """What cannot be written is not tried."""
    line = program("list", "--match", "small", PYTHONIOENCODING="ascii").stdout.splitlines()[1]
    assert line.split() == ["small", "base", "mistralai", "131k", "x", "x"]


def test_what_the_service_sends_does_not_reach_the_terminal_as_commands(tmp_path):
    """Controls and changes of direction show as numbers, markup as it is; JSON and CSV stay sound."""
    odd = {**base_model(HOSTILE, "vision"), "description": 'quoted "x",\n=cmd()', "capabilities": {HOSTILE: True}}
    with serving(tmp_path, [odd, {**base_model("\x1b[2J"), "type": "\x1b[5m"}]) as program:
        outputs = [program("list", *form).stdout for form in ((), ("--json",), ("--jsonl",), ("--csv",))]
        outputs += [program("list", "--columns", "id,description,letters").stdout]
        outputs += [program.in_terminal(width, "list", NO_COLOR="1")[1] for width in (200, 60)]
        whole = json.loads(program("list", "--json").stdout)
    for output in outputs:
        kinds = {unicodedata.category(letter) for letter in output if letter not in "\n\t"}
        assert not kinds & {"Cc", "Cf", "Cs"}, output
    assert r"evil[bold red]\x1b[31m\x9b2J\u202e" in outputs[0]
    assert {card["id"] for card in whole} == {HOSTILE, "\x1b[2J"}
    (row,) = [row for row in csv.DictReader(io.StringIO(outputs[3])) if row["id"].startswith("evil")]
    assert row["description"] == 'quoted "x",\n=cmd()'


def test_cards_of_any_form_are_listed(tmp_path):
    """Fields of other types than the document has count as not said; JSON holds them as they came."""
    odd = {
        "id": "odd", "name": 1, "aliases": "x", "type": "strange", "owned_by": None, "capabilities": [1],
        "max_context_length": "long", "created": 10**30, "deprecation": "soon", "archived": "yes",
    }  # fmt: skip
    naive = {**base_model("naive", deprecation="2999-01-01T00:00:00"), "created": 0}
    vast = base_model("vast", max_context_length=10_000_000, default_model_temperature=float("nan"))
    with serving(tmp_path, [odd | {"aliases": []}, naive, vast, base_model("tiny", max_context_length=512)]) as program:
        assert ids(program) == ["naive", "tiny", "vast", "odd"]
        assert ids(program, "--deprecated", "--no-archived") == ["naive"]
        lines = program("list").stdout
        whole = json.loads(program("list", "--json").stdout)
    assert "10M" in lines
    assert "512" in lines
    assert whole[3]["max_context_length"] == "long"
    assert whole[2]["default_model_temperature"] is None


def test_entries_that_are_no_cards_are_listed_too(tmp_path):
    """Whatever JSON they are; nothing is lost, and no filter stumbles over them."""
    data = [3, None, {"type": 5}, ["x"], base_model("sound")]

    class Odd(FakeMistral):
        def handle(self, request: Request) -> Response:
            return Response(200, json.dumps({"data": data}).encode())

    with serving(tmp_path, Odd()) as program:
        assert [line.split()[0] for line in program("list").stdout.splitlines()] == ["id", "sound", *"????"]
        assert json.loads(program("list", "--json").stdout)[1:] == data[:4]
        rows = list(csv.DictReader(io.StringIO(program("list", "--csv").stdout)))
        assert [row["raw"] for row in rows] == ["", "3", "", "", '["x"]']
        for wanted in (("--type", "base"), ("--match", "s*"), ("--capability", "vision"), ("--deprecated",)):
            assert program("list", *wanted).returncode == 0
        assert program("archive", "--match", "*", "--dry-run").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--type", "bsae"), "no model has the type 'bsae'; there are base, embedding, fine-tuned"),
        (("--capability", "visoin"), "no model has the capability 'visoin'; there are audio,"),
        (("--sort", "beauty"), "there is no order 'beauty'"),
        (("--columns", "id,beauty"), "there is no column 'beauty'"),
        (("--columns", "id", "--jsonl"), "--columns is for the table: --jsonl prints every field"),
        (("--columns", ""), "there is no column ''"),
        (("--json", "--csv"), "--json and --csv exclude each other"),
        (("--timeout", "0"), "Invalid value for '--timeout'"),
        (("--retries", "-1"), "Invalid value for '--retries'"),
        (("--beauty",), "No such option"),
        (("surplus",), "unexpected extra argument"),
    ],
)
def test_a_wrong_command_line_is_said_in_one_line(program, arguments, said):
    """Exit status 2, and nothing on the standard output."""
    result = program("list", *arguments)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert said in result.stderr
    assert result.stderr.startswith("mistral-models: ")


def test_help_names_every_column(program):
    """Capabilities by their short names may stand for one another."""
    words = program("list", "--help").stdout.replace(",", " ").split()
    assert set(known()) - CAPABILITIES.keys() <= set(words)


def test_head_ends_it_quietly(tmp_path):
    """A reader who has enough is no error."""
    with serving(tmp_path, [base_model(f"model-{number}") for number in range(2000)]) as program:
        process = program.start("list", "--json")
        assert process.stdout is not None
        assert process.stdout.readline() == "[\n"
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        process.stderr.close()
        assert process.wait(30) == 0
