"""Runs the matrix, prints what came of it, and writes it to docs/faults.md."""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from .certificates import Certificates
from .rows import ROWS
from .runner import WAYS, Finding, run
from .table import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"

_certificates = cache(Certificates)


def every_way(index: int) -> list[Finding]:
    """Run a row plain, async and on the command line."""
    return [run(ROWS[index], way, _certificates()) for way in WAYS]


def main() -> int:
    """Run all rows; 1 if one of them is not as it should be."""
    with ProcessPoolExecutor(2) as workers:
        findings = list(workers.map(every_way, range(len(ROWS))))
    made = page(
        {
            (row.group, row.name): sum(finding.passed for finding in found)
            for row, found in zip(ROWS, findings, strict=True)
        }
    )
    print(made)
    PAGE.write_text(made, encoding="utf-8")
    problems = [
        f"{row.group}: {row.name}: {problem}"
        for row, found in zip(ROWS, findings, strict=True)
        for finding in found
        for problem in finding.problems
    ]
    print(*problems, sep="\n", file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
