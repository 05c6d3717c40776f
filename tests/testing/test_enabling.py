"""The testing kit works with pytest, unittest and asyncio, and from the command line."""

import inspect
import os
import signal
import subprocess
import sys
from contextlib import ExitStack

import httpx
import pytest
from mistral_models.testing import FakeMistral, catalogue, fixtures

PYTEST = """
def archive_all(mistral):
    for card in mistral.models.list(provider="587a6b29").data:
        mistral.models.archive(model_id=card.id)

def test_archive_all(fake_mistral):
    with fake_mistral.client() as mistral:
        archive_all(mistral)
    fake_mistral.assert_sent("archive", times=4)
    assert all(model["archived"] for model in fake_mistral.models if model["type"] == "fine-tuned")

def test_each_test_has_its_own(fake_mistral):
    assert fake_mistral.count() == 0
"""
OWN_CLIENT = """
import subprocess
import sys
from mistral_models import Mistral

def test_code_that_creates_its_own_client(fake_mistral, fake_mistral_server):
    assert fake_mistral_server is fake_mistral
    with Mistral() as mistral:
        assert mistral.models.list().data
    fake_mistral.assert_sent("list", times=1)

def test_a_program_that_creates_its_own_client(fake_mistral_server):
    code = "from mistral_models import Mistral; Mistral().models.list()"
    subprocess.run([sys.executable, "-c", code], check=True)
    fake_mistral_server.assert_sent("list", times=1)
"""
UNITTEST = """
import unittest
from mistral_models import errors
from mistral_models.testing import FakeMistral, status

class Sync(unittest.TestCase):
    def setUp(self):
        self.fake = FakeMistral()
        self.mistral = self.enterContext(self.fake.client())

    def test_an_unavailable_service_is_retried(self):
        self.fake.inject(status(503), times=2)
        self.assertTrue(self.mistral.models.list().data)
        self.fake.assert_sent("list", times=3)

    def test_a_missing_model_is_an_error(self):
        with self.assertRaises(errors.NotFoundError):
            self.mistral.models.retrieve(model_id="unknown")

class Async(unittest.IsolatedAsyncioTestCase):
    async def test_listing(self):
        with FakeMistral().client() as mistral:
            self.assertTrue((await mistral.models.list_async()).data)
"""


def test_one_line_enables_the_fixture_for_pytest(tmp_path):
    """With `pytest_plugins` in `conftest.py` the fixture exists; without it pytest does not find the fixture."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["mistral_models.testing.fixtures"]\n')
    (tmp_path / "test_mine.py").write_text(PYTEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(tmp_path)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 passed" in result.stdout, result.stdout
    (tmp_path / "conftest.py").unlink()
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "fixture 'fake_mistral' not found" in result.stdout


@pytest.mark.slow
def test_code_that_creates_its_own_client_reaches_the_served_fake(tmp_path):
    """The fixture `fake_mistral_server` redirects `Mistral()`, whatever proxy and credentials the environment has."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["mistral_models.testing.fixtures"]\n')
    (tmp_path / "test_mine.py").write_text(OWN_CLIENT)
    elsewhere = dict.fromkeys(["HTTP_PROXY", "http_proxy", "ALL_PROXY", "MISTRAL_SERVER_URL"], "http://127.0.0.1:1")
    environment = {**os.environ, **elsewhere, "MISTRAL_SA_TOKEN_PATH": "none", "NO_PROXY": "internal.example"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "2 passed" in result.stdout, result.stdout


def test_the_clients_of_a_fake_ignore_the_address_of_the_environment(fake, monkeypatch):
    """An address with a path, or one that is invalid, does not matter to a client without sockets."""
    monkeypatch.setenv("MISTRAL_SERVER_URL", "no address")
    with fake.client() as mistral:
        assert mistral.models.list().data


def test_unittest_and_asyncio_need_no_setup(tmp_path):
    """`enterContext` and `IsolatedAsyncioTestCase` of the standard library are enough."""
    (tmp_path / "test_mine.py").write_text(UNITTEST)
    command = [sys.executable, "-W", "error", "-m", "unittest", "-q", "test_mine"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "Ran 3 tests" in result.stderr


def test_the_fixture_returns_a_new_fake():
    """The fixture function returns a fake service that has received no requests."""
    fake = inspect.unwrap(fixtures.fake_mistral)()
    assert isinstance(fake, FakeMistral)
    assert fake.count() == 0


@pytest.mark.posix("sends SIGINT")
def test_the_command_serves_until_ctrl_c():
    """The command prints its URL and its key, serves any HTTP client, and ends on Ctrl-C with exit code 0."""
    command = [sys.executable, "-m", "mistral_models.testing", "--api-key", "mine"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server,
        ExitStack() as stack,
    ):
        stack.callback(server.terminate)  # also if an assertion below fails
        assert server.stdout
        assert server.stderr
        line = server.stdout.readline()
        assert "(key: mine)" in line
        response = httpx.get(f"{line.split()[0]}/v1/models", headers={"authorization": "Bearer mine"}, trust_env=False)
        assert len(response.json()["data"]) == len(catalogue())
        server.send_signal(signal.SIGINT)
        assert (server.wait(20), server.stderr.read()) == (0, "")


@pytest.mark.posix("expects the words of the operating system")
def test_a_port_in_use_is_reported_in_one_line(fake):
    """The message names the port, the reason and the option, without a traceback."""
    with fake.serve() as url:
        port = url.rpartition(":")[2]
        command = [sys.executable, "-m", "mistral_models.testing", "--port", port]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    expected = f"port {port}: Address already in use; choose another with --port\n"
    assert result.stderr == f"python -m mistral_models.testing: {expected}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "http"], "argument --port: invalid int value: 'http'"),
        (["--port", "65536"], "argument --port: 65536 is not a number from 0 to 65535"),
        (["--prot", "1"], "unrecognized arguments: --prot 1"),
    ],
)
def test_invalid_arguments_are_reported_in_one_line(arguments, message):
    """The command exits with code 2 and points to its help."""
    command = [sys.executable, "-m", "mistral_models.testing", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"python -m mistral_models.testing: {message}; see --help\n"
