"""The kit in the hands of its users: pytest, unittest, asyncio, and programs in other languages."""

import inspect
import signal
import subprocess
import sys
from contextlib import ExitStack

import httpx
import pytest
from mistral_models.testing import FakeMistral

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
UNITTEST = """
import unittest
from mistral_models import errors
from mistral_models.testing import FakeMistral, status

class Cleaning(unittest.TestCase):
    def setUp(self):
        self.fake = FakeMistral()
        self.mistral = self.enterContext(self.fake.client())

    def test_a_busy_service_is_asked_again(self):
        self.fake.inject(status(503), times=2)
        self.assertTrue(self.mistral.models.list().data)
        self.fake.assert_sent("list", times=3)

    def test_a_missing_model_is_an_error(self):
        with self.assertRaises(errors.NotFoundError):
            self.mistral.models.retrieve(model_id="nobody")

class Async(unittest.IsolatedAsyncioTestCase):
    async def test_listing(self):
        with FakeMistral().client() as mistral:
            self.assertEqual(len((await mistral.models.list_async()).data), 13)
"""


def test_one_line_enables_the_fixture_for_pytest(tmp_path):
    """No plugin is loaded without it."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["mistral_models.testing.fixtures"]\n')
    (tmp_path / "test_mine.py").write_text(PYTEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(tmp_path)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 passed" in result.stdout, result.stdout
    (tmp_path / "conftest.py").unlink()
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "fixture 'fake_mistral' not found" in result.stdout


def test_unittest_and_asyncio_need_nothing_else(tmp_path):
    """As in the documentation of `unittest`."""
    (tmp_path / "test_mine.py").write_text(UNITTEST)
    command = [sys.executable, "-W", "error", "-m", "unittest", "-q", "test_mine"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "Ran 3 tests" in result.stderr


def test_the_fixture_is_a_fresh_fake():
    """What the plugin module holds is a fixture that makes one."""
    from mistral_models.testing import fixtures

    made = inspect.unwrap(fixtures.fake_mistral)()
    assert isinstance(made, FakeMistral)
    assert made.count() == 0


@pytest.mark.posix("sends SIGINT")
def test_it_serves_from_the_command_line():
    """For clients in other languages; Ctrl-C ends it quietly."""
    command = [sys.executable, "-m", "mistral_models.testing", "--api-key", "mine"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server,
        ExitStack() as stack,
    ):
        stack.callback(server.terminate)  # whatever fails below
        assert server.stdout
        assert server.stderr
        line = server.stdout.readline()
        assert "(key: mine)" in line
        response = httpx.get(f"{line.split()[0]}/v1/models", headers={"authorization": "Bearer mine"}, trust_env=False)
        assert len(response.json()["data"]) == 13
        server.send_signal(signal.SIGINT)
        assert (server.wait(20), server.stderr.read()) == (0, "")


@pytest.mark.posix("expects the words of the operating system")
def test_a_port_that_is_taken_is_one_line(fake):
    """Not a traceback."""
    with fake.serve() as url:
        command = [sys.executable, "-m", "mistral_models.testing", "--port", url.rpartition(":")[2]]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "Address already in use" in result.stderr
