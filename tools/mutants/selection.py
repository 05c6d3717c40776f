"""Which tests there are, and which of them execute which line."""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import coverage

Coverage = dict[str, dict[int, list[str]]]
"""By file and line: the ids of the tests that execute it. A line that imports execute is not in it."""


def collect(tree: Path, environment: dict[str, str], arguments: Sequence[str]) -> list[str]:
    """Return the ids of the tests in a copy of the project."""
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", *arguments]
    result = subprocess.run(command, cwd=tree, env=environment, check=True, capture_output=True, text=True)
    return [line for line in result.stdout.splitlines() if "::" in line]


def listed(tests: Iterable[str], tree: Path) -> str:
    """Return an argument for pytest that selects tests by their ids, which a file in a copy of the project lists."""
    file = tree / "selected-tests"
    file.write_text("\n".join(tests), "utf-8")
    return f"@{file}"


def measure(tree: Path, environment: dict[str, str], tests: Iterable[str]) -> Coverage:
    """Run tests in a copy of the project, and return which lines each of them executes.

    Raises:
        CalledProcessError: A test does not exist, or fails without any mutation.
    """
    data_file = tree / ".coverage.mutants"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--cov=mistral_models",
        "--cov-context=test",
        "--cov-report=",
    ]
    environment = {**environment, "COVERAGE_FILE": str(data_file)}
    subprocess.run([*command, listed(tests, tree)], cwd=tree, env=environment, check=True, stdout=subprocess.DEVNULL)
    data = coverage.CoverageData(str(data_file))
    data.read()
    return {os.path.relpath(file, tree): _by_line(data.contexts_by_lineno(file)) for file in data.measured_files()}


def _by_line(contexts: dict[int, list[str]]) -> dict[int, list[str]]:
    lines: dict[int, list[str]] = {}
    for line, names in contexts.items():
        tests = sorted({name.rpartition("|")[0] for name in names if name})
        if tests:
            lines[line] = tests
    return lines
