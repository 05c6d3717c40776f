"""The tests themselves."""

import ast
import re
from pathlib import Path

import pytest

FILES = sorted(path for path in Path(__file__).parent.rglob("test_*.py"))
CHECKS = {"raises", "warns", "validate", "call_and_validate", "check", "fail"}


def checks(function: ast.AST) -> bool:
    """Whether a function asserts anything, in itself or through what is there to check."""
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Attribute) and node.attr in CHECKS)
        or (isinstance(node, ast.Name) and (node.id in {"validate", "refused_or"} or node.id.startswith("check_")))
        for node in ast.walk(function)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_test_states_a_behaviour_and_checks_it(path):
    """A docstring says what holds; at least one assertion can fail."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name} says nothing"
            assert checks(node), f"{path.name}: {node.name} checks nothing"


def test_the_promises_of_the_documentation_name_tests_that_exist():
    """A test that is renamed takes its promise with it."""
    page = (Path(__file__).parents[1] / "docs" / "reliability.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    existing = {
        name
        for path in FILES
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 30
    assert not named - existing
