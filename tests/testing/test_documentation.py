"""The page about testing says what holds."""

import re
import unittest
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", [block for block in BLOCKS if "import" in block], ids=range(3))
def test_its_programs_run(block):
    """As they stand on the page."""
    names: dict[str, object] = {"__name__": "page"}
    exec(compile(block, str(PAGE), "exec"), names)
    assert "FakeMistral" in names
    for case in (value for value in names.values() if isinstance(value, type) and issubclass(value, unittest.TestCase)):
        result = unittest.defaultTestLoader.loadTestsFromTestCase(case).run(unittest.TestResult())
        assert result
        assert result.testsRun
        assert result.wasSuccessful(), result.failures + result.errors
