"""`python -m tools.drift observed`: check recorded responses against `openapi.yaml`."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeMistral, Request
from mistral_models.utils import Recorder

from tests.conftest import ROOT
from tools.drift.__main__ import main

BASE = {"id": "m", "type": "base", "capabilities": {"vision": True}}
TUNED = {**BASE, "type": "fine-tuned", "job": "j", "root": "r"}


@pytest.fixture
def observe(capsys, monkeypatch, tmp_path) -> Callable[..., tuple[int, dict[tuple[str, str], Any]]]:
    """Write responses to a file, run the command on it, and return the exit code and the observations."""
    monkeypatch.chdir(ROOT)

    def observe(*responses: tuple[str, int, Any]) -> tuple[int, dict[tuple[str, str], Any]]:
        path = tmp_path / "responses.jsonl"
        lines = [{"operation": name, "status": status, "body": body} for name, status, body in responses]
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        exit_code = main(["observed", str(path), "--format", "json"])
        observations = json.loads(capsys.readouterr().out)["observations"]
        return exit_code, {(observation["rule"], observation["place"]): observation for observation in observations}

    return observe


def test_responses_of_the_fake_service_are_as_documented(observe):
    """Successes and errors of every operation have no violations."""
    fake, headers = FakeMistral(), {"authorization": "Bearer fake-key"}
    listed = json.loads(fake.handle(Request("GET", "/v1/models", headers)).body)
    tuned = next(card["id"] for card in listed["data"] if card["type"] == "fine-tuned")
    responses: list[tuple[str, int, Any]] = []
    for name, method, path, body in (
        ("list", "GET", "/v1/models", b""),
        ("list", "GET", "/v1/models?provider=x&provider=y", b""),
        ("retrieve", "GET", f"/v1/models/{tuned}", b""),
        ("retrieve", "GET", "/v1/models/none", b""),
        ("update", "PATCH", f"/v1/fine_tuning/models/{tuned}", b'{"name": "n"}'),
        ("archive", "POST", f"/v1/fine_tuning/models/{tuned}/archive", b""),
        ("unarchive", "DELETE", f"/v1/fine_tuning/models/{tuned}/archive", b""),
        ("delete", "DELETE", f"/v1/models/{tuned}", b""),
    ):
        response = fake.handle(Request(method, path, headers, body))
        responses.append((name, response.status, json.loads(response.body)))
    assert observe(*responses) == (0, {})


@pytest.mark.parametrize(
    ("body", "rule", "place", "value"),
    [
        ({**BASE, "dreams": 1}, "unknown-field", "<base>.dreams", "1"),
        ({**BASE, "capabilities": {"fly": True}}, "unknown-field", "<base>.capabilities.fly", "true"),
        ({**TUNED, "capabilities": None}, "wrong-type", "<fine-tuned>.capabilities", "null where object is documented"),
        ({**BASE, "created": "x"}, "wrong-type", "<base>.created", "string where integer is documented"),
        ({**BASE, "created": True}, "wrong-type", "<base>.created", "boolean where integer is documented"),
        ({**BASE, "aliases": ["a", 1]}, "wrong-type", "<base>.aliases[]", "integer where string is documented"),
        ({**BASE, "deprecation": "soon"}, "wrong-format", "<base>.deprecation", '"soon"'),
        ({"id": "m", "type": "base"}, "missing-field", "<base>.capabilities", "nothing"),
        ({"id": "m", "capabilities": {}}, "missing-field", "type", "nothing"),
        ({**BASE, "type": "router"}, "unknown-tag", "type", '"router"'),
        ([BASE], "wrong-type", "", "array where object is documented"),
    ],
)
def test_a_violation_is_reported_with_its_rule_place_and_value(observe, body, rule, place, value):
    """A response that the document does not allow is reported once."""
    exit_code, found = observe(("retrieve", 200, body))
    full_place = f"GET /v1/models/{{model_id}} 200 {place}".strip()
    assert exit_code == 1
    assert set(found) == {(rule, full_place)}
    assert found[rule, full_place]["examples"] == [value]


@pytest.mark.parametrize(
    ("field", "value", "rule", "example"),
    [
        ("max_context_length", "131072", "wrong-type", "string where integer is documented"),
        ("default_model_temperature", "0.3", "wrong-type", "string where number or null is documented"),
        ("internal", "true", "wrong-type", "string where boolean is documented"),
        ("internal", 1, "wrong-type", "integer where boolean is documented"),
        ("deprecation", 1764504000, "wrong-type", "integer where string (date-time) or null is documented"),
        ("deprecation", "1764504000", "wrong-format", '"1764504000"'),
    ],
)
def test_values_that_the_client_converts_are_reported(observe, field, value, rule, example):
    """The client accepts a number in quotation marks, but the document does not allow it."""
    exit_code, found = observe(("retrieve", 200, {**BASE, field: value}))
    place = f"GET /v1/models/{{model_id}} 200 <base>.{field}"
    assert (exit_code, set(found)) == (1, {(rule, place)})
    assert found[rule, place]["examples"] == [example]


def test_null_in_place_of_a_list_is_reported(observe):
    """The client reads `"data": null` as an empty list, but the document does not allow it."""
    exit_code, found = observe(("list", 200, {"data": None}))
    assert (exit_code, set(found)) == (1, {("wrong-type", "GET /v1/models 200 data")})


def test_documented_responses_have_no_violations(observe):
    """Absent optional fields, allowed nulls, integral floats, and errors of a documented range are as documented."""
    bodies = [BASE, TUNED, {**BASE, "name": None, "created": 5.0, "deprecation": "2027-03-31T12:00:00Z"}]
    successes = [("retrieve", 200, body) for body in bodies]
    detail = {"loc": ["body", 0], "msg": "m", "type": "t", "input": {"any": 1}, "ctx": {"thing": 1}}
    errors = [
        ("list", 422, {"detail": [detail]}),
        ("archive", 418, {"detail": "no"}),
        ("list", 503, {"message": "no"}),
        ("list", 422, {"detail": []}),
    ]
    assert observe(*successes, *errors) == (0, {})


def test_enum_values_and_statuses_that_are_not_listed_are_reported(observe):
    """An unlisted enum value and an undocumented status are violations, although the client handles both."""
    target = {"name": "n", "labels": [], "weight": 1, "loss_function": "novel"}
    model = {
        "id": "m", "created": 1, "owned_by": "o", "workspace_id": "w", "root": "r", "root_version": "1",
        "archived": False, "capabilities": {}, "classifier_targets": [target], "model_type": "classifier",
    }  # fmt: skip
    _, found = observe(("update", 200, model), ("list", 302, None))
    assert set(found) == {
        (
            "unknown-value",
            "PATCH /v1/fine_tuning/models/{model_id} 200 <classifier>.classifier_targets[].loss_function",
        ),
        ("undocumented-status", "GET /v1/models 302"),
    }


def test_violations_are_counted_over_all_responses(observe):
    """A place is reported once, with the count, some of the values, and the line of the first response."""
    cards = [{**BASE, "dreams": number} for number in range(9)]
    _, found = observe(("list", 200, {"data": cards}), ("list", 200, {"data": cards[:1]}))
    observation = found["unknown-field", "GET /v1/models 200 data[].<base>.dreams"]
    assert observation["count"] == 10
    assert observation["examples"] == ["0", "1", "2", "3", "4"]
    assert observation["first"].endswith("responses.jsonl:1")


def test_a_folder_of_bodies_is_read_by_its_file_names(capsys, monkeypatch, tmp_path):
    """A file name starts with the operation, up to a dot or hyphen, and may contain a status code."""
    monkeypatch.chdir(ROOT)
    for name, body in {
        "list.json": {"data": []},
        "retrieve-1.json": {**BASE, "dreams": 1},
        "retrieve-2.json": {**BASE, "dreams": 1},
        "retrieve.404.json": {"detail": "no"},
        "notes.txt": "ignored",
    }.items():
        (tmp_path / name).write_text(json.dumps(body))
    assert main(["observed", str(tmp_path)]) == 1
    assert capsys.readouterr().out == (
        "4 responses (1 list, 3 retrieve) against openapi.yaml\n\n"
        "unknown-field: GET /v1/models/{model_id} 200 <base>.dreams\n"
        f"    2 times, such as 1 (first in {tmp_path / 'retrieve-1.json'})\n\n"
        "Add it to openapi.yaml: see docs/drift.md.\n"
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("list.json", "{", "list.json:1: not JSON"),
        ("a.jsonl", '{"operation": "list", "status": 200, "body": {"data": []}}\n{', "a.jsonl:2: not JSON"),
        ("a.jsonl", '{"operation": "list"}', 'a.jsonl:1: expected {"operation": "list"'),
        ("chat.json", "{}", "unknown operation 'chat'; the operations are list, retrieve"),
        ("list.json", "\udcff", "list.json: "),
        ("a.jsonl", '{"operation": "list", "status": true, "body": {}}', 'a.jsonl:1: expected {"operation": "list"'),
        ("a.jsonl", "9" * 5000, "a.jsonl:1: Exceeds the limit"),
        ("a.jsonl", "\n\n", "a.jsonl: it contains no responses"),
    ],
)
def test_an_unusable_recording_is_reported_with_its_line(capsys, monkeypatch, tmp_path, name, content, message):
    """The exit code is 2, and the message is one line on standard error."""
    monkeypatch.chdir(ROOT)
    (tmp_path / name).write_text(content, errors="surrogateescape")
    assert main(["observed", str(tmp_path / name)]) == 2
    output, error = capsys.readouterr()
    assert output == ""
    assert message in error
    assert error.count("\n") == 1


def test_a_truncated_response_is_counted_but_not_checked(capsys, monkeypatch, tmp_path):
    """The recorder stores only the start of a body that it cannot decode, which is not compared with the document."""
    monkeypatch.chdir(ROOT)
    recorded = tmp_path / "responses.jsonl"
    headers = {"content-encoding": "br", "content-length": "3"}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"abc")))
    with httpx.Client(transport=transport) as client, pytest.raises(errors.ResponseValidationError):
        Mistral("key", client=client, on_attempt=Recorder(recorded), retry_config=0).models.list()
    assert main(["observed", str(recorded)]) == 0
    output = capsys.readouterr().out
    assert output.startswith("1 responses (1 list)")
    assert "1 of them were not recorded in full" in output


def test_unusual_json_lines_are_read(capsys, monkeypatch, tmp_path):
    """A file may contain a byte-order mark, Unicode line breaks within a string, and infinite numbers."""
    monkeypatch.chdir(ROOT)
    line = {"operation": "retrieve", "status": 200, "body": {**BASE, "name": "a\u2028b\x85c", "created": float("inf")}}
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(line, ensure_ascii=False)}\n", encoding="utf-8-sig")
    assert main(["observed", str(tmp_path)]) == 1
    assert "wrong-type: GET /v1/models/{model_id} 200 <base>.created" in capsys.readouterr().out


def test_a_number_after_a_hyphen_in_a_file_name_is_not_a_status(capsys, monkeypatch, tmp_path):
    """`list-100.json` is the hundredth list, not one with the status 100."""
    monkeypatch.chdir(ROOT)
    (tmp_path / "list-100.json").write_text('{"data": []}')
    assert main(["observed", str(tmp_path / "list-100.json")]) == 0
    assert capsys.readouterr().out.startswith("1 responses (1 list)")


def test_a_folder_without_responses_is_an_unusable_input(capsys, tmp_path):
    """An empty or missing folder is not reported as a success."""
    assert main(["observed", str(tmp_path)]) == 2
    assert main(["observed", str(tmp_path / "none")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
