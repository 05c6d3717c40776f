"""Runs the matrix, prints the results, and writes docs/faults.md."""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from .certificates import Certificates
from .rows import ROWS
from .runner import RowResult, modes, run
from .table import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
WORKERS = 4
"""More than there are cores in most places: many rows wait for a timeout."""

_certificates = cache(Certificates)


def run_all_modes(index: int) -> list[RowResult]:
    """Run a row sync, async and on the command line."""
    return [run(ROWS[index], mode, _certificates()) for mode in modes(ROWS[index])]


def main() -> int:
    """Run all rows, and return the exit code: 1 if a row has problems."""
    with ProcessPoolExecutor(WORKERS) as workers:
        results = list(workers.map(run_all_modes, range(len(ROWS))))
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
