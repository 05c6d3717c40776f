"""Conventions that hold for all tests."""

import ast
import re

import pytest

from tests.conftest import ROOT

FILES = sorted((ROOT / "tests").rglob("test_*.py"))
CHECKS = {"raises", "warns", "validate", "call_and_validate", "check", "fail"}
FUNCTIONS = {"validate", "result_or_none", "run_state_machine_as_test"}


def has_check(function: ast.AST) -> bool:
    """Return whether a function has an assertion or calls something that does."""
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Attribute) and node.attr in CHECKS)
        or (isinstance(node, ast.Name) and (node.id in FUNCTIONS or node.id.startswith("check_")))
        for node in ast.walk(function)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "tests")))
def test_every_test_has_a_docstring_and_a_check(path):
    """The docstring states a behaviour; at least one assertion can fail."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name} has no docstring"
            assert has_check(node), f"{path.name}: {node.name} checks nothing"


def test_the_tests_that_the_documentation_names_exist():
    """A test that is renamed must be renamed in docs/reliability.md too."""
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    existing = {
        name
        for path in FILES
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 30
    assert not named - existing
