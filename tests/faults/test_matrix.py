"""Every row of the matrix, in one of its modes."""

import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import ROOT

from .__main__ import PAGE
from .commands import COMMANDS
from .rows import ROWS
from .runner import OPERATIONS, Mode, RowResult, modes
from .script import RESULT, Row
from .table import combinations, page
from .workers import run_row, workers


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[[Row, Mode], RowResult]]:
    """A function that runs a row in a process of its own, which trusts the certificates."""
    with workers(1) as worker:
        yield lambda row, mode: worker.submit(run_row, row, mode).result()


def sample() -> Iterator[Any]:
    """Yield each row sync or async, and some on the command line; `make faults` runs all modes of all rows."""
    for row in ROWS:
        number = zlib.crc32(row.name.encode())
        for mode in modes(row):
            if mode == "command line":
                is_left_out = number % 3 > 0
            else:
                is_left_out = mode.startswith("async") == number % 2 or (mode.endswith("httpx2") and not row.hook)
            if not is_left_out:
                yield pytest.param(row, mode, id=f"{row.group}: {row.name}: {mode}")


@pytest.mark.parametrize(("row", "mode"), [*sample()])
def test_every_fault_has_the_expected_outcome_and_leaves_nothing_open(row, mode, run):
    """Outcome, number of requests, duration and secrecy are as expected, and the next call succeeds."""
    result = run(row, mode)
    assert not result.problems
    assert result.passed == (len(COMMANDS) if mode == "command line" else 2 * len(OPERATIONS))


def test_the_runner_reports_differences_from_a_row(run):
    """A row with a wrong error, number of requests or exit code fails."""
    row = next(
        row for row in ROWS if row.name == "closed before the status line" and row.group == "truncated responses"
    )
    for wrong in (row._replace(expected=RESULT), row._replace(is_retried=False), row._replace(reaches_server=False)):
        result = run(wrong, "sync")
        assert result.problems
        assert result.passed < 12
    # Only `doctor` passes, because its exit code is not checked.
    assert run(row._replace(expected=RESULT), "command line").passed == 1


def test_the_page_shows_that_all_rows_passed():
    """`docs/faults.md`, written by `make faults`, has every row of the matrix, and all combinations passed."""
    assert PAGE.read_text(encoding="utf-8") == page({(row.group, row.name): combinations(row) for row in ROWS})


def test_the_program_runs_the_rows_that_contain_a_text_in_all_modes():
    """`make faults` is this program, without `--only`."""
    command = [sys.executable, "-m", "tests.faults", "--only", "closed after a 404"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "| closed after a 404 | `NotFoundError` | 1, 1 | 48 of 48 |" in ran.stdout
    assert ran.stdout.count(" of 48 |") == 1


def test_row_names_are_unique():
    """No two faults have the same group and name."""
    assert max(Counter((row.group, row.name) for row in ROWS).values()) == 1
    assert len(ROWS) >= 150
