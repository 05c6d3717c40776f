"""Conventions that hold for all tests."""

import ast
import re
import textwrap
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

FILES = sorted((ROOT / "tests").rglob("test_*.py"))
CHECKS = {"raises", "warns", "validate", "call_and_validate", "check", "fail"}
FUNCTIONS = {"validate", "result_or_none", "run_state_machine_as_test"}
PACKAGES = {"mistral_models", "mistral_models_raw"}
"""The packages whose private names tests leave alone."""
FOREIGN = {"self", "cls", "super", "os", "httpx"}
"""What may have private attributes that tests use: a test's own objects, modules of Python, and httpx, to break it."""
DOCUMENTED = {"_replace", "_asdict", "_fields", "_field_defaults", "_repr_html_"}
"""Attributes that are public in spite of their names."""
WAITS = {"time", "asyncio", "trio"}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name not in DOCUMENTED


def root(node: ast.AST) -> str:
    """Return the name at the beginning of an expression such as `httpx.Client()._pool`."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def program(node: ast.AST) -> ast.AST | None:
    """Return the syntax tree of a string that is a Python program; replacement fields of an f-string become 0."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value if isinstance(part, ast.Constant) else "0" for part in parts]
    if not all(isinstance(text, str) for text in texts) or "mistral_models" not in (text := "".join(map(str, texts))):
        return None
    try:
        return ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return None


def violations(tree: ast.AST) -> Iterator[str]:
    """Find private names and waits on a clock, in a program and in the programs that it has as text."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.partition(".")[0] in PACKAGES:
                imported = [*module.split("."), *(alias.name for alias in names)]
                yield from (f"import of {name}" for name in imported if is_private(name))
            case ast.ImportFrom(module=str(module), names=names) if module in WAITS:
                yield from (f"import of {alias.name}" for alias in names if alias.name == "sleep")
            case ast.Import(names=names):
                yield from (
                    f"import of {alias.name}"
                    for alias in names
                    if alias.name.partition(".")[0] in PACKAGES and any(map(is_private, alias.name.split(".")))
                )
            case ast.Call(func=ast.Attribute(attr="sleep")) if root(node) in WAITS:
                if not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0):
                    yield ast.unparse(node)
            case ast.Attribute(attr=name) if is_private(name) and root(node) not in FOREIGN:
                yield ast.unparse(node)
            case ast.Constant() | ast.JoinedStr() if text := program(node):
                yield from violations(text)


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


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT / "tests"))
)
def test_tests_use_public_names_and_do_not_sleep(path):
    """They reach the behaviour as users do, and wait for events; only `polling` waits on a clock."""
    if path.name != "polling.py":
        assert not list(violations(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    "program",
    [
        "from PACKAGE import _retries",
        "from PACKAGE._client import Mistral",
        "import PACKAGE.cli._x",
        "Mistral()._pools.close()",
        "vars(mistral.models)[0]._sender",
        "run('import PACKAGE\\nPACKAGE._client')",
        "run(f'{x}; from PACKAGE import _json')",
        "monkeypatch.setattr('PACKAGE._settings.SERVERS', {})",
        "time.sleep(1)",
        "from asyncio import sleep",
        "await trio.sleep(seconds)",
    ],
)
def test_private_names_and_sleeping_are_found(program):
    """Also in programs that a test has as text."""
    assert list(violations(ast.parse(program.replace("PACKAGE", "mistral_models"))))


@pytest.mark.parametrize(
    "program",
    ["await asyncio.sleep(0)", "self._x", "row._replace(a=1)", "PACKAGE.__version__", "clock.sleep(1)", "'a._b'"],
)
def test_other_names_and_yielding_to_other_tasks_are_accepted(program):
    """A test's own attributes, the methods of named tuples, a clock without real time, and text that is no program."""
    assert not list(violations(ast.parse(program.replace("PACKAGE", "mistral_models"))))


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
