"""The client works with mock servers of other projects, which serve `openapi.yaml`."""

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mistral_models import Mistral, errors, models

from tests.conftest import ROOT
from tests.polling import poll_until

DOCUMENT = str(ROOT / "openapi.yaml")
MODEL = "ft:open-mistral-7b:587a6b29:20240514:7e773925"
CALLS: list[tuple[Callable[[Mistral], Any], type]] = [
    (lambda mistral: mistral.models.list(), models.ModelList),
    (lambda mistral: mistral.models.list(provider="mistralai", model="mistral-small-2506"), models.ModelList),
    (lambda mistral: mistral.models.retrieve(model_id=MODEL), models.FTModelCard),
    (lambda mistral: mistral.models.retrieve(model_id="a/b ?#%&é"), models.FTModelCard),
    (
        lambda mistral: mistral.models.update(model_id=MODEL, name="n", description=None),
        models.CompletionFineTunedModel,
    ),
    (lambda mistral: mistral.models.update(model_id=MODEL), models.CompletionFineTunedModel),
    (lambda mistral: mistral.models.archive(model_id=MODEL), models.ArchiveModelResponse),
    (lambda mistral: mistral.models.unarchive(model_id=MODEL), models.UnarchiveModelResponse),
    (lambda mistral: mistral.models.delete(model_id=MODEL), models.DeleteModelResponse),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
        return free


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start(command: list[str | Path], port: int, log: Path) -> subprocess.Popen[bytes]:
    """Start a server and wait until it listens."""
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    if not poll_until(lambda: listens(port) or server.poll() is not None, 300) or not listens(port):
        server.kill()
        pytest.fail(f"{command} does not listen:\n{log.read_text()}")
    return server


@pytest.fixture(scope="module")
def prism(node_modules, tmp_path_factory) -> Iterator[str]:
    log, port = tmp_path_factory.mktemp("prism") / "log", free_port()
    server = start([node_modules / ".bin" / "prism", "mock", "-p", str(port), DOCUMENT], port, log)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait()


def recording(seen: list[httpx.Response]) -> httpx.Client:
    return httpx.Client(event_hooks={"response": [seen.append]})


def test_prism_accepts_all_six_operations(prism):
    """It validates paths, methods, authentication and bodies; its responses decode into the documented types."""
    seen: list[httpx.Response] = []
    with recording(seen) as client, Mistral("key", server_url=prism, client=client) as mistral:
        for call, cls in CALLS:
            assert type(call(mistral)) is cls
    assert len(seen) == len(CALLS)
    assert not [response.headers["sl-violations"] for response in seen if "sl-violations" in response.headers]


def test_prism_rejects_a_request_without_a_key(prism):
    """This shows that Prism does validate requests."""
    client = httpx.Client(auth=lambda request: request.headers.pop("authorization") and request)
    with client, Mistral("key", server_url=prism, client=client) as mistral, pytest.raises(errors.SDKError) as caught:
        mistral.models.list()
    assert caught.value.status_code == 401


class Steady:
    """Runs the program itself: npm's wrapper hides the exit code, which tells whether a request was invalid."""

    def __init__(self, program: Path, log: Path) -> None:
        port = free_port()
        command: list[str | Path] = [program, "-p", str(port), "--host", "127.0.0.1", "--fail-on-ambiguous", DOCUMENT]
        self.url = f"http://127.0.0.1:{port}"
        self.server = start(command, port, log)

    def stop(self) -> int:
        self.server.send_signal(signal.SIGINT)
        return self.server.wait()


@pytest.fixture
def steady(node_modules, tmp_path) -> Iterator[Steady]:
    (program,) = (node_modules / "@stdy").glob("cli-*/bin/steady")
    running = Steady(program, tmp_path / "log")
    yield running
    running.server.kill()
    running.server.wait()


def test_steady_accepts_all_six_operations(steady):
    """Unknown parameters, wrong bodies and wrong encodings would show in its headers and its exit code."""
    seen: list[httpx.Response] = []
    with recording(seen) as client, Mistral("key", server_url=steady.url, client=client) as mistral:
        for call, cls in CALLS:
            assert type(call(mistral)) is cls
    assert len(seen) == len(CALLS)
    assert not [dict(response.headers) for response in seen if response.headers["x-steady-error-count"] != "0"]
    assert steady.stop() == 0


def test_steady_reports_a_parameter_that_is_not_in_the_document(steady):
    """This shows that Steady does validate requests."""
    response = httpx.get(f"{steady.url}/v1/models?x=1", headers={"authorization": "Bearer key"})
    assert response.headers["x-steady-error-count"] == "1"
    assert steady.stop() == 1
