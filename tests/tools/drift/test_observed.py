"""`python -m tools.drift observed`: recorded answers against `openapi.yaml`."""

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
    """Write lines of records, run the command on them, and return what it counted."""
    monkeypatch.chdir(ROOT)

    def observe(*records: tuple[str, int, Any]) -> tuple[int, dict[tuple[str, str], Any]]:
        path = tmp_path / "answers.jsonl"
        lines = [{"operation": name, "status": status, "body": body} for name, status, body in records]
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        status = main(["observed", str(path), "--format", "json"])
        found = json.loads(capsys.readouterr().out)["observed"]
        return status, {(one["what"], one["place"]): one for one in found}

    return observe


def test_answers_of_the_fake_service_are_as_documented(observe):
    """Every operation, successes and errors."""
    fake, headers = FakeMistral(), {"authorization": "Bearer fake-key"}
    listed = json.loads(fake.handle(Request("GET", "/v1/models", headers)).body)
    tuned = next(card["id"] for card in listed["data"] if card["type"] == "fine-tuned")
    records: list[tuple[str, int, Any]] = []
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
        answer = fake.handle(Request(method, path, headers, body))
        records.append((name, answer.status, json.loads(answer.body)))
    assert observe(*records) == (0, {})


@pytest.mark.parametrize(
    ("body", "what", "place", "value"),
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
def test_what_the_document_does_not_say_is_named(observe, body, what, place, value):
    """What it is, where, and the value."""
    status, found = observe(("retrieve", 200, body))
    where = f"GET /v1/models/{{model_id}} 200 {place}".strip()
    assert status == 1
    assert set(found) == {(what, where)}
    assert found[what, where]["values"] == [value]


@pytest.mark.parametrize(
    ("field", "value", "what", "shown"),
    [
        ("max_context_length", "131072", "wrong-type", "string where integer is documented"),
        ("default_model_temperature", "0.3", "wrong-type", "string where number or null is documented"),
        ("internal", "true", "wrong-type", "string where boolean is documented"),
        ("internal", 1, "wrong-type", "integer where boolean is documented"),
        ("deprecation", 1764504000, "wrong-type", "integer where string (date-time) or null is documented"),
        ("deprecation", "1764504000", "wrong-format", '"1764504000"'),
    ],
)
def test_values_that_the_client_converts_are_reported(observe, field, value, what, shown):
    """The client accepts a number in quotation marks, but the document does not allow it."""
    status, found = observe(("retrieve", 200, {**BASE, field: value}))
    place = f"GET /v1/models/{{model_id}} 200 <base>.{field}"
    assert (status, set(found)) == (1, {(what, place)})
    assert found[what, place]["values"] == [shown]


def test_null_in_place_of_a_list_is_reported(observe):
    """The client reads `"data": null` as an empty list, but the document does not allow it."""
    status, found = observe(("list", 200, {"data": None}))
    assert (status, set(found)) == (1, {("wrong-type", "GET /v1/models 200 data")})


def test_nothing_is_said_about_what_is_documented(observe):
    """Absent optional fields, nulls where null may be, integral floats, and errors of any status of a class."""
    bodies = [BASE, TUNED, {**BASE, "name": None, "created": 5.0, "deprecation": "2027-03-31T12:00:00Z"}]
    records = [("retrieve", 200, body) for body in bodies]
    fault = {"loc": ["body", 0], "msg": "m", "type": "t", "input": {"any": 1}, "ctx": {"thing": 1}}
    errors = [
        ("list", 422, {"detail": [fault]}),
        ("archive", 418, {"detail": "no"}),
        ("list", 503, {"message": "no"}),
        ("list", 422, {"detail": []}),
    ]
    assert observe(*records, *errors) == (0, {})


def test_enum_values_and_statuses_that_nobody_lists_are_named(observe):
    """The client keeps the former and raises for the latter."""
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


def test_places_are_counted_over_all_answers(observe):
    """With some of the values, and where the first one was."""
    cards = [{**BASE, "dreams": number} for number in range(9)]
    _, found = observe(("list", 200, {"data": cards}), ("list", 200, {"data": cards[:1]}))
    one = found["unknown-field", "GET /v1/models 200 data[].<base>.dreams"]
    assert one["count"] == 10
    assert one["values"] == ["0", "1", "2", "3", "4"]
    assert one["first"].endswith("answers.jsonl:1")


def test_a_folder_of_bodies_is_read_by_the_names_of_its_files(capsys, monkeypatch, tmp_path):
    """The operation up to the first dot or dash, then perhaps a status."""
    monkeypatch.chdir(ROOT)
    for name, body in {
        "list.json": {"data": []},
        "retrieve-1.json": {**BASE, "dreams": 1},
        "retrieve-2.json": {**BASE, "dreams": 1},
        "retrieve.404.json": {"detail": "no"},
        "notes.txt": "not looked at",
    }.items():
        (tmp_path / name).write_text(json.dumps(body))
    assert main(["observed", str(tmp_path)]) == 1
    assert capsys.readouterr().out == (
        "4 answers (1 list, 3 retrieve) against openapi.yaml\n\n"
        "unknown-field: GET /v1/models/{model_id} 200 <base>.dreams\n"
        f"    2 times, such as 1 (first in {tmp_path / 'retrieve-1.json'})\n\n"
        "Take it into openapi.yaml (docs/drift.md).\n"
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("list.json", "{", "list.json:1: not JSON"),
        ("a.jsonl", '{"operation": "list", "status": 200, "body": {"data": []}}\n{', "a.jsonl:2: not JSON"),
        ("a.jsonl", '{"operation": "list"}', 'a.jsonl:1: expected {"operation": "list"'),
        ("chat.json", "{}", "no operation 'chat'; there are list, retrieve"),
        ("list.json", "\udcff", "list.json: "),
        ("a.jsonl", '{"operation": "list", "status": true, "body": {}}', 'a.jsonl:1: expected {"operation": "list"'),
        ("a.jsonl", "9" * 5000, "a.jsonl:1: Exceeds the limit"),
        ("a.jsonl", "\n\n", "a.jsonl: no answers in it"),
    ],
)
def test_unusable_records_are_named_with_their_line(capsys, monkeypatch, tmp_path, name, content, message):
    """Status 2, one line, never a traceback."""
    monkeypatch.chdir(ROOT)
    (tmp_path / name).write_text(content, errors="surrogateescape")
    assert main(["observed", str(tmp_path / name)]) == 2
    output, error = capsys.readouterr()
    assert output == ""
    assert message in error
    assert error.count("\n") == 1


def test_an_answer_that_is_not_whole_says_nothing(capsys, monkeypatch, tmp_path):
    """The recorder writes the beginning only, with the problem; it is counted, and not held against the document."""
    monkeypatch.chdir(ROOT)
    recorded = tmp_path / "answers.jsonl"
    headers = {"content-encoding": "br", "content-length": "3"}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"abc")))
    with httpx.Client(transport=transport) as client, pytest.raises(errors.ResponseValidationError):
        Mistral("key", client=client, on_response=Recorder(recorded), retry_config=0).models.list()
    assert main(["observed", str(recorded)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 answers (1 list)")
    assert "1 of them were not whole" in said


def test_what_json_lines_may_hold_is_read(capsys, monkeypatch, tmp_path):
    """A byte-order mark, line breaks of Unicode within a string, numbers that are none."""
    monkeypatch.chdir(ROOT)
    line = {"operation": "retrieve", "status": 200, "body": {**BASE, "name": "a\u2028b\x85c", "created": float("inf")}}
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(line, ensure_ascii=False)}\n", encoding="utf-8-sig")
    assert main(["observed", str(tmp_path)]) == 1
    assert "wrong-type: GET /v1/models/{model_id} 200 <base>.created" in capsys.readouterr().out


def test_a_number_in_the_name_of_a_file_is_no_status(capsys, monkeypatch, tmp_path):
    """`list-100.json` is the hundredth list."""
    monkeypatch.chdir(ROOT)
    (tmp_path / "list-100.json").write_text('{"data": []}')
    assert main(["observed", str(tmp_path / "list-100.json")]) == 0
    assert capsys.readouterr().out.startswith("1 answers (1 list)")


def test_a_folder_without_records_is_no_success(capsys, tmp_path):
    """Nor is one that does not exist."""
    assert main(["observed", str(tmp_path)]) == 2
    assert main(["observed", str(tmp_path / "none")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
