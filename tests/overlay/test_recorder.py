"""Responses can be observed by a hook and recorded in a file."""

import json
import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from mistral_models import errors, operations, utils
from mistral_models.testing import FakeMistral

from .calls import DELETED, reply

pytestmark = pytest.mark.httpx2


def test_an_attempt_hook_gets_every_attempt(api):
    """Attempts without a response, retried ones and invalid successes are included, each with its error and time."""
    attempts: list[utils.AttemptResult] = []
    outcomes = [reply(503, b"busy"), httpx.ReadError("reset"), reply(200, b"{")]
    mistral = api.client(outcomes, on_attempt=attempts.append)
    with pytest.raises(errors.ResponseValidationError) as caught:
        api.call(mistral, "list")
    assert [(each.operation.name, each.number, each.response and each.response.status_code) for each in attempts] == [
        ("list", 1, 503), ("list", 2, None), ("list", 3, 200)
    ]  # fmt: skip
    assert [type(each.error) for each in attempts[:2]] == [errors.InternalServerError, errors.APIConnectionError]
    assert attempts[2].error is caught.value
    assert [each.retry_wait is None for each in attempts] == [False, False, True]
    assert tuple(each.elapsed for each in attempts) == caught.value.attempt_durations


def test_an_attempt_hook_gets_a_success_without_error(api):
    """The hook of a successful call sees the response, and no further attempt."""
    attempts: list[utils.AttemptResult] = []
    api.call(api.client([reply(200, DELETED)], on_attempt=attempts.append), "delete", model_id="m")
    (attempt,) = attempts
    assert attempt.response is not None
    assert (attempt.error, attempt.retry_wait, attempt.response.json()) == (None, None, DELETED)
    assert attempt.operation == operations.delete("m")


def test_a_recorder_writes_a_line_for_each_response(api, tmp_path):
    """A line has the operation, status and body, but neither headers nor the API key."""
    recorder = utils.Recorder(tmp_path / "responses.jsonl")
    outcomes = [reply(200, DELETED, set_cookie="secret"), reply(502, b"<html>\xff"), reply(204)]
    mistral = api.client(outcomes, on_attempt=recorder, retry_config=0, api_key="sk-secret")
    api.call(mistral, "delete", model_id="m")
    for _ in range(2):
        with pytest.raises(errors.MistralError):
            api.call(mistral, "delete", model_id="m")
    text = recorder.path.read_text()
    assert [json.loads(line) for line in text.splitlines()] == [
        {"operation": "delete", "status": 200, "body": DELETED},
        {"operation": "delete", "status": 502, "body": "<html>\ufffd"},
        {"operation": "delete", "status": 204, "body": ""},
    ]
    assert "secret" not in text


def test_only_the_beginning_of_an_incomplete_body_is_recorded(api, tmp_path):
    """A response of 10 GiB does not fill the disk, and the recording says that the body is incomplete."""
    recorder = utils.Recorder(tmp_path / "responses.jsonl")
    mistral = api.client([reply(200, b"\0" * 5000)], on_attempt=recorder, max_response_bytes=2000, retry_config=0)
    with pytest.raises(errors.ResponseValidationError, match="limit"):
        api.call(mistral, "list")
    assert json.loads(recorder.path.read_text()) == {
        "operation": "list",
        "status": 200,
        "body": "\0" * 1000,
        "problem": "the body is longer than the limit of 2000 bytes",
    }


def test_threads_can_share_a_recorder(tmp_path):
    """Each response becomes one complete line."""
    path = tmp_path / "responses.jsonl"
    with FakeMistral().client(on_attempt=utils.Recorder(path)) as mistral, ThreadPoolExecutor(8) as threads:
        for _ in threads.map(lambda _: mistral.models.list(), range(100)):
            pass
    lines = path.read_text().splitlines()
    assert len(lines) == 100
    assert all(json.loads(line)["body"]["data"] for line in lines)


@pytest.mark.posix("forks")
def test_processes_can_share_a_recorder(api, tmp_path):
    """A line is written at once, however long it is: otherwise lines of several processes would mix."""
    path = tmp_path / "responses.jsonl"
    body = {**DELETED, "padding": "x" * 1_000_000}
    children = []
    for _ in range(4):
        if not (pid := os.fork()):
            recorder = utils.Recorder(path)
            for _ in range(5):
                api.call(api.client([reply(200, body)], on_attempt=recorder), "delete", model_id="m")
            os._exit(0)
        children.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 4
    assert [json.loads(line)["body"] for line in path.read_text().splitlines()] == [body] * 20


def test_a_recorder_can_be_pickled(tmp_path):
    """The copy writes to the file with the same path."""
    recorder = utils.Recorder(tmp_path / "responses.jsonl")
    assert pickle.loads(pickle.dumps(recorder)).path == recorder.path


def test_a_recording_that_cannot_be_written_is_an_error(api, tmp_path):
    """A gap in the recording would otherwise go unnoticed."""
    mistral = api.client([reply(200, DELETED)], on_attempt=utils.Recorder(tmp_path / "no" / "folder"))
    with pytest.raises(OSError, match="folder"):
        api.call(mistral, "delete", model_id="m")
