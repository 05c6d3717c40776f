"""The programs in the documentation of the testing kit run."""

import re
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


def test_the_documentation_has_programs():
    """The page shows at least one program for each way to reach the fake service."""
    assert len(PROGRAMS) >= 3
