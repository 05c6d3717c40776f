"""`show` and `update`: one model in full."""

import json

import pytest
from mistral_models.testing import FakeMistral, Request, Response, fine_tuned_model

from .runner import serving

MINE = fine_tuned_model("support-triage")["id"]
ARCHIVED = fine_tuned_model("old-experiment")["id"]


class FixedResponse(FakeMistral):
    """Sends the same body for every request."""

    def __init__(self, body: object) -> None:
        super().__init__()
        self.body = json.dumps(body).encode()

    def handle(self, request: Request) -> Response:
        return Response(200, self.body)


def test_show_prints_every_field(connected_cli):
    """`show` prints known and unknown fields, and `--json` prints all of them."""
    displayed = connected_cli("show", "voxtral-mini-latest").stdout
    assert "voxtral-mini-2507" in displayed
    assert "131k (131,072 tokens)" in displayed
    assert "audio, audio_transcription, audio_transcription_realtime" in displayed
    assert "en, fr, de" in displayed
    card = json.loads(connected_cli("show", "voxtral-mini-2507", "--json").stdout)
    assert card["audio_transcription_capabilities"]["languages"] == ["en", "fr", "de"]
    fine_tuned = connected_cli("show", ARCHIVED).stdout
    assert "fine-tuned, archived" in fine_tuned
    assert "root" in fine_tuned
    assert "2026-12-31" in connected_cli("show", "open-mistral-7b").stdout
    assert "\x1b[1mopen-mistral-7b" in connected_cli.in_terminal(60, "show", "open-mistral-7b")[1]


def test_a_model_of_an_unknown_type_is_shown(tmp_path):
    """Fields of an unknown kind of model are printed as they were sent."""
    body = {"type": "new", "id": "a", "x": {"y": [1, True], "z": None}, "w": 1.5}
    with serving(tmp_path, FixedResponse(body)) as cli:
        result = cli("show", "a")
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.split("\n", 2)[0].split() == ["id", "a"]
        assert "\n  y           [1, true]\n" in result.stdout
        assert json.loads(cli("show", "a", "--json").stdout) == body


@pytest.mark.parametrize(
    ("field", "value", "displayed"),
    [("id", 5, "5"), ("deprecation", "never", "never"), ("created", 10**20, str(10**20)), ("archived", "yes", "yes")],
)
def test_a_field_of_an_unexpected_type_is_shown(tmp_path, field, value, displayed):
    """A value that cannot be interpreted is printed as it was sent."""
    body = {"id": "x", "type": "base", "capabilities": {}, field: value}
    with serving(tmp_path, FixedResponse(body)) as cli:
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
