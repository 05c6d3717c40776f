"""Answers can be observed and written down."""

import json
import pickle
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from mistral_models import errors, utils
from mistral_models.testing import FakeMistral

from .ways import DELETED, reply


def test_a_hook_sees_every_answer_whatever_becomes_of_it(way):
    """Refusals, retries and malformed successes too; failures of the connection are no answers."""
    seen = []
    answers = [reply(503, b"busy"), httpx.ReadError("reset"), reply(200, b"{")]
    mistral = way.client(
        answers, on_response=lambda operation, answer: seen.append((operation.name, answer.status_code))
    )
    with pytest.raises(errors.ResponseValidationError):
        way.call(mistral, "list")
    assert seen == [("list", 503), ("list", 200)]


def test_a_recorder_writes_a_line_for_each_answer(way, tmp_path):
    """Operation, status and body; neither headers nor the key."""
    recorder = utils.Recorder(tmp_path / "answers.jsonl")
    answers = [reply(200, DELETED, set_cookie="secret"), reply(502, b"<html>\xff"), reply(204)]
    mistral = way.client(answers, on_response=recorder, retry_config=0, api_key="sk-secret")
    way.call(mistral, "delete", model_id="m")
    for _ in range(2):
        with pytest.raises(errors.MistralError):
            way.call(mistral, "delete", model_id="m")
    text = recorder.path.read_text()
    assert [json.loads(line) for line in text.splitlines()] == [
        {"operation": "delete", "status": 200, "body": DELETED},
        {"operation": "delete", "status": 502, "body": "<html>\ufffd"},
        {"operation": "delete", "status": 204, "body": ""},
    ]
    assert "secret" not in text


def test_of_a_body_that_is_not_whole_the_beginning_is_written(way, tmp_path):
    """An answer of 10 GiB does not fill the disk, nor pass for what the service says."""
    recorder = utils.Recorder(tmp_path / "answers.jsonl")
    mistral = way.client([reply(200, b"\0" * 5000)], on_response=recorder, max_response_bytes=2000, retry_config=0)
    with pytest.raises(errors.ResponseValidationError, match="limit"):
        way.call(mistral, "list")
    assert json.loads(recorder.path.read_text()) == {
        "operation": "list",
        "status": 200,
        "body": "\0" * 1000,
        "problem": "the body is longer than the limit of 2000 bytes",
    }


def test_threads_may_share_a_recorder(tmp_path):
    """Each line is whole, and there are as many as answers."""
    path = tmp_path / "answers.jsonl"
    with FakeMistral().client(on_response=utils.Recorder(path)) as mistral, ThreadPoolExecutor(8) as threads:
        for _ in threads.map(lambda _: mistral.models.list(), range(100)):
            pass
    lines = path.read_text().splitlines()
    assert len(lines) == 100
    assert all(json.loads(line)["body"]["data"] for line in lines)


def test_a_recorder_pickles(tmp_path):
    """It goes on at the end of the same file."""
    recorder = utils.Recorder(tmp_path / "answers.jsonl")
    assert pickle.loads(pickle.dumps(recorder)).path == recorder.path


def test_a_file_that_cannot_be_written_is_an_error(way, tmp_path):
    """Not a silent gap in the record."""
    mistral = way.client([reply(200, DELETED)], on_response=utils.Recorder(tmp_path / "no" / "folder"))
    with pytest.raises(OSError, match="folder"):
        way.call(mistral, "delete", model_id="m")
