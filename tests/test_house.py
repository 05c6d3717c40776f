"""The tests themselves."""

import ast
from pathlib import Path

import pytest

FILES = sorted(path for path in Path(__file__).parent.rglob("test_*.py"))
CHECKS = {"raises", "warns", "validate", "call_and_validate", "check", "fail"}


def checks(function: ast.AST) -> bool:
    """Whether a function asserts anything, in itself or through what is there to check."""
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Attribute) and node.attr in CHECKS)
        or (isinstance(node, ast.Name) and node.id == "validate")
        for node in ast.walk(function)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_test_states_a_behaviour_and_checks_it(path):
    """A docstring says what holds; at least one assertion can fail."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name} says nothing"
            assert checks(node), f"{path.name}: {node.name} checks nothing"
