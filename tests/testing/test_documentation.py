"""The programs in the documentation of the testing kit run."""

import re
import subprocess
import sys
import unittest
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
PROGRAMS = [
    block
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    if "FakeMistral" in block
]


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_programs_in_the_documentation_run(program):
    """Each program on the page runs without an error, and its `unittest` cases pass."""
    names: dict[str, object] = {"__name__": "page"}
    exec(compile(program, str(PAGE), "exec"), names)
    assert "FakeMistral" in names
    for case in (value for value in names.values() if isinstance(value, type) and issubclass(value, unittest.TestCase)):
        result = unittest.defaultTestLoader.loadTestsFromTestCase(case).run(unittest.TestResult())
        assert result
        assert result.testsRun
        assert result.wasSuccessful(), result.failures + result.errors


def test_the_test_of_code_that_creates_its_own_client_passes(tmp_path):
    """The module on the page is complete; the fixture comes from the line for `conftest.py` on the page."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (enabling,) = (block for block in blocks if "pytest_plugins" in block)
    (module,) = (block for block in blocks if "(fake_mistral_server)" in block)
    (tmp_path / "conftest.py").write_text(enabling)
    (tmp_path / "test_mine.py").write_text(module)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(tmp_path)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "1 passed" in result.stdout, result.stdout


def test_the_documentation_has_programs():
    """The page shows at least one program for each way to reach the fake service."""
    assert len(PROGRAMS) >= 3
