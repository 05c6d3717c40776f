"""Runs the matrix, prints the results, and writes docs/faults.md."""

import argparse
import sys
from pathlib import Path

from .rows import ROWS
from .table import page
from .workers import run_all_modes, workers

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
WORKERS = 4
"""More than there are cores in most places: many rows wait for a timeout."""


def main() -> int:
    """Run all rows, and return the exit code: 1 if a row has problems."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", metavar="TEXT", help="the rows whose group or name contains the text; writes nothing")
    options = parser.parse_args()
    rows = [row for row in ROWS if options.only is None or options.only in f"{row.group}: {row.name}"]
    with workers(WORKERS) as pool:
        results = list(pool.map(run_all_modes, rows))
    text = page(
        {
            (row.group, row.name): sum(result.passed for result in row_results)
            for row, row_results in zip(rows, results, strict=True)
        }
    )
    print(text)
    if options.only is None:
        PAGE.write_text(text, encoding="utf-8")
    problems = [
        f"{row.group}: {row.name}: {problem}"
        for row, row_results in zip(rows, results, strict=True)
        for result in row_results
        for problem in result.problems
    ]
    print(*problems, sep="\n", file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
