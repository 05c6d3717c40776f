"""Writes the matrix as a page of Markdown."""

from collections.abc import Mapping
from itertools import groupby

from .rows import ROWS
from .script import Row

COMBINATIONS = 31
"""Six operations, sync and async, without retries and with two; and seven commands."""

_HEAD = f"""---
source: tests/faults/rows.py
scripts: [filter.js]
search:
  exclude: true
---

# {len(ROWS)} faults and their outcomes

`make faults` runs the matrix of faults and writes this page. A server on a loopback socket causes each fault for the
six operations, sync and async, without retries and with two, and for seven commands. The tests check that

- the outcome and the number of requests are those in the table;
- the call ends within its deadline;
- the next call with the same client succeeds at its first attempt;
- no connection, file descriptor, task, thread or warning is left;
- no cookie of the service is sent back;
- the API key, a cookie of the caller and a cookie of the service do not appear in results, errors with their causes and
  pickles, the variables of tracebacks, logs at DEBUG, recordings, or the output of the commands. The only exceptions:
  the service's cookie is in the `headers` of an error, and in what httpcore logs of a response.

The matrix is in `tests/faults/rows.py`, as data.
"""


def name(row: Row) -> str:
    """Return the name of a row, escaped for a table."""
    return row.name.replace("|", "\\|")


def page(passed: Mapping[tuple[str, str], int]) -> str:
    """Return the page.

    Args:
        passed: The number of combinations that passed, by group and name.
    """
    lines = [_HEAD]
    for group, rows in groupby(ROWS, lambda row: row.group):
        lines += [
            f"## {group[0].upper()}{group[1:]}",
            "",
            "| fault | outcome | requests without, with retries | passed |",
        ]
        lines += ["| --- | --- | --- | --- |"]
        lines += [
            f"| {name(row)} | {_outcome(row)} | {_requests(row)} | {passed[group, row.name]} of {COMBINATIONS} |"
            for row in rows
        ]
        lines.append("")
    return "\n".join(lines)


def _outcome(row: Row) -> str:
    others = ", ".join(f"{operation}: {_code(outcome)}" for operation, outcome in row.expected_by_operation.items())
    if row.may_time_out:
        return f"{_code(row.expected)}, or `APITimeoutError` if the resolver is slow"
    return f"{_code(row.expected)} ({others})" if others else _code(row.expected)


def _code(outcome: str) -> str:
    return f"`{outcome}`" if outcome.endswith("Error") else outcome


def _requests(row: Row) -> str:
    attempts = "1, 3" if row.is_retried else "1, 1"
    return attempts if row.reaches_server else f"none, in {attempts} attempts"
