"""Conventions that hold for all tests."""

import ast
import re

import pytest

from tests.conftest import ROOT

FILES = sorted((ROOT / "tests").rglob("test_*.py"))
CHECKS = {"raises", "warns", "validate", "call_and_validate", "check", "fail"}


def has_check(function: ast.AST) -> bool:
    """Return whether a function has an assertion or calls something that does."""
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Attribute) and node.attr in CHECKS)
        or (isinstance(node, ast.Name) and (node.id in {"validate", "result_or_none"} or node.id.startswith("check_")))
        for node in ast.walk(function)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "tests")))
def test_every_test_has_a_docstring_and_a_check(path):
    """The docstring states a behaviour; at least one assertion can fail."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name} has no docstring"
            assert has_check(node), f"{path.name}: {node.name} checks nothing"


def existing_tests():
    """Return the names of all tests."""
    definition = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)
    return {name for path in FILES for name in definition.findall(path.read_text(encoding="utf-8"))}


def test_the_tests_that_the_documentation_names_exist():
    """A test that is renamed must be renamed in docs/reliability.md too."""
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    assert len(named) > 30
    assert not named - existing_tests()


def test_every_tool_that_works_with_this_package_was_tried():
    """Each row of docs/works-with.md names a test that exists, or the day on which somebody tried it by hand."""
    page = (ROOT / "docs" / "works-with.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if re.match(r"\| (?!tool |--)", line)]
    assert len(rows) > 10
    assert not [row for row in rows if len(row) != 5 or not all(row)]
    by_hand = re.compile(r"by hand, 20\d\d-\d\d-\d\d")
    untried = {row[0]: row[4] for row in rows if not by_hand.fullmatch(row[4])}
    assert {tool: test for tool, test in untried.items() if test.strip("`") not in existing_tests()} == {}
