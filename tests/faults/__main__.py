"""Runs the matrix, prints the results, and writes docs/faults.md."""

import sys
from pathlib import Path

from .rows import ROWS
from .runner import RowResult, modes
from .script import Row
from .table import page
from .workers import run_row, workers

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
WORKERS = 4
"""More than there are cores in most places: many rows wait for a timeout."""


def run_all_modes(row: Row) -> list[RowResult]:
    """Run a row sync, async and on the command line."""
    return [run_row(row, mode) for mode in modes(row)]


def main() -> int:
    """Run all rows, and return the exit code: 1 if a row has problems."""
    with workers(WORKERS) as pool:
        results = list(pool.map(run_all_modes, ROWS))
    text = page(
        {
            (row.group, row.name): sum(result.passed for result in row_results)
            for row, row_results in zip(ROWS, results, strict=True)
        }
    )
    print(text)
    PAGE.write_text(text, encoding="utf-8")
    problems = [
        f"{row.group}: {row.name}: {problem}"
        for row, row_results in zip(ROWS, results, strict=True)
        for result in row_results
        for problem in result.problems
    ]
    print(*problems, sep="\n", file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
