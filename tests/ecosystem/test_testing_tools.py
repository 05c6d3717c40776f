"""The tests on the page about other tools for tests pass with pytest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from mistral_models.testing import FakeMistral

from tests.conftest import ROOT
from tests.examples.markdown import programs_by_section

pytestmark = pytest.mark.slow
MODULES = programs_by_section(ROOT / "docs" / "testing-tools.md")


def run_pytest(module: str, folder: Path, **variables: str) -> str:
    """Run a test module with warnings as errors in a process of its own, and return what pytest prints."""
    (folder / "conftest.py").write_text('pytest_plugins = ["mistral_models.testing.fixtures"]\n')
    (folder / "test_recipe.py").write_text(module, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "test_recipe.py"]
    result = subprocess.run(
        command, cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 0, result.stdout
    return result.stdout


@pytest.mark.parametrize("section", sorted(MODULES.keys() - {"vcrpy"}))
def test_the_tests_of_each_section_pass(section, tmp_path):
    """They are complete test modules, and need neither a network nor an API key."""
    assert " passed" in run_pytest(MODULES[section], tmp_path, MISTRAL_API_KEY="")


def test_a_cassette_is_replayed_and_has_no_key(tmp_path):
    """The first run records the response of the service, the second one does without the service."""
    fake = FakeMistral(api_key="sk-0123456789abcdef")
    with fake.serve() as url:
        run_pytest(MODULES["vcrpy"], tmp_path, MISTRAL_SERVER_URL=url, MISTRAL_API_KEY=fake.api_key)
    run_pytest(MODULES["vcrpy"], tmp_path, MISTRAL_SERVER_URL=url, MISTRAL_API_KEY="any-key")
    assert fake.count() == 1
    cassette = (tmp_path / "cassettes" / "list.yaml").read_text("utf-8")
    assert "codestral-2508" in cassette
    assert fake.api_key not in cassette
    assert "earer" not in cassette
