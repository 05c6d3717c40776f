"""`show` and `update`: one model in full."""

import json

import pytest
from mistral_models.testing import Response, base_model, fine_tuned_model

from .runner import serving
from .services import FixedList, FixedResponse, published, shared_ids

MINE = fine_tuned_model("support-triage")["id"]
ARCHIVED = fine_tuned_model("old-experiment")["id"]


def always(model: object) -> FixedResponse:
    """A service that sends this model for every request, so that there is no list of models."""
    return FixedResponse(Response(200, json.dumps(model).encode()))


def test_show_prints_every_field(tmp_path):
    """`show` prints known and unknown fields, and `--json` prints the entry as the service sent it."""
    languages = {"audio_transcription_capabilities": {"languages": ["en", "fr"], "diarization": True}}
    retired = {"deprecation": "2999-12-31T12:00:00Z", "deprecation_replacement_model": "next"}
    sent = base_model("x-2508", "vision", "audio", aliases=["x-latest"], newest=[1], **languages, **retired)
    with serving(tmp_path, FixedList([sent, fine_tuned_model("old", archived=True)])) as cli:
        lines = [line.split(None, 1) for line in cli("show", "x-2508").stdout.splitlines()]
        assert json.loads(cli("show", "x-2508", "--json").stdout) == sent
        assert "\x1b[1mx-2508" in cli.in_terminal(60, "show", "x-2508")[1]
        fine_tuned = cli("show", "old").stdout
    assert ["context", "131k (131,072 tokens)"] in lines
    assert ["capabilities", "vision, audio"] in lines
    assert ["languages", "en, fr"] in lines
    assert ["diarization", "yes"] in lines
    assert ["replacement", "next"] in lines
    assert ["newest", "[1]"] in lines
    assert any(line[0] == "deprecation" and line[1].startswith("2999-12-31, in ") for line in lines)
    assert "fine-tuned, archived" in fine_tuned
    assert "root" in fine_tuned


@pytest.mark.parametrize("name", ["codestral-2508", "mistral-code-latest"])
def test_every_name_shows_the_whole_model(tmp_path, name):
    """Any id shows the canonical one and the others; `--json` prints the entry with the given id."""
    sent = published("2026-10-08")
    with serving(tmp_path, FixedList(sent)) as cli:
        lines = [line.split(None, 1) for line in cli("show", name).stdout.splitlines()]
        (entry,) = [entry for entry in sent if entry["id"] == name]
        assert json.loads(cli("show", name, "--json").stdout) == entry
    assert lines[0] == ["id", "codestral-2508"]
    assert ["aliases", "codestral-latest, mistral-code-latest, mistral-code-fim-latest"] in lines


def test_all_models_that_share_a_name_are_shown(tmp_path):
    """Each is printed in full, and `--json` prints an array of their entries."""
    with serving(tmp_path, FixedList(shared_ids())) as cli:
        first, second = cli("show", "voxtral-mini-latest").stdout.split("\n\n")
        assert json.loads(cli("show", "voxtral-mini-latest", "--json").stdout) == shared_ids()[1::2]
    assert "completion_chat" in first
    assert "audio" in second
    assert "voxtral-mini-transcribe" in second


def test_a_fine_tuned_model_is_shown_by_its_name(connected_cli):
    """The name that its owner gave it is enough."""
    assert connected_cli("show", "support-triage").stdout == connected_cli("show", MINE).stdout


def test_a_model_that_is_not_listed_is_retrieved(tmp_path):
    """The service may know more ids than it lists."""
    with serving(tmp_path, FixedList([base_model("other")])) as cli:
        assert cli("show", MINE).stdout.split()[:2] == ["id", MINE]
        assert cli("show", "nothing").exit_code == 4


def test_a_model_of_an_unknown_type_is_shown(tmp_path):
    """Fields of an unknown kind of model are printed as they were sent."""
    body = {"type": "new", "id": "a", "x": {"y": [1, True], "z": None}, "w": 1.5}
    with serving(tmp_path, always(body)) as cli:
        result = cli("show", "a")
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.split("\n", 2)[0].split() == ["id", "a"]
        assert "\n  y           [1, true]\n" in result.stdout
        assert json.loads(cli("show", "a", "--json").stdout) == body


@pytest.mark.parametrize(
    ("field", "value", "displayed"),
    [("id", 5, "5"), ("deprecation", "never", "never"), ("archived", "yes", "yes"), ("root", 1, "1")],
)
def test_a_field_of_an_unexpected_type_is_shown(tmp_path, field, value, displayed):
    """A value that cannot be interpreted is printed as it was sent."""
    body = {"id": "x", "type": "base", "capabilities": {}, field: value}
    with serving(tmp_path, always(body)) as cli:
        lines = [line.split(None, 1) for line in cli("show", "x").stdout.splitlines()]
    assert [field, displayed] in lines


def test_an_archived_model_without_a_type_is_shown_as_archived(cli):
    """The response to `update` has no type, and the line for the type still says that the model is archived."""
    displayed = cli("--demo", "update", ARCHIVED, "--name", "x").stdout.splitlines()
    assert ["type", "archived"] in [line.split() for line in displayed]


def test_update_changes_the_given_fields(connected_cli):
    """`update` changes the named fields and prints the model; clearing a field sends null."""
    card = json.loads(connected_cli("update", MINE, "--name", "n", "--description", "d", "--json").stdout)
    assert (card["name"], card["description"]) == ("n", "d")
    assert "description" in connected_cli("update", MINE, "--clear-name").stdout
    card = json.loads(connected_cli("update", MINE, "--clear-description", "--json").stdout)
    assert (card["name"], card["description"]) == (None, None)
