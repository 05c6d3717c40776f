"""Writes the matrix as a page of Markdown."""

from collections.abc import Mapping
from itertools import groupby

from .rows import ATTEMPT, ROWS
from .script import RESULT, RETRIES, Row


def combinations(row: Row) -> int:
    """Return how often a fault is caused.

    Six operations, sync and async, with and without retries; for some rows the same with httpx2; seven commands.
    """
    return 24 + 24 * row.is_for_given_clients + 7 * row.has_commands


_HEAD = f"""---
source: tests/faults/rows.py
scripts: [filter.js]
search:
  exclude: true
---

# {len(ROWS)} faults and their outcomes

`make faults` runs the matrix of faults and writes this page. A server on a loopback socket causes each fault for the
six operations, sync and async, without retries and with two, and for seven commands (which have no hooks). Faults of
connections are also caused with [HTTP clients of your own](network.md#pass-your-own-http-client), of httpx2. The tests
check that

- the outcome and the number of requests are those in the table;
- the call ends within its deadline. A call that succeeds after silent connections takes at most the attempt timeout of
  {ATTEMPT} ms for each of them. 10 % and 2 s are added to these times, because the machine may be busy;
- every attempt after a silent one has a new connection, and the silent one is closed;
- the next call with the same client succeeds at its first attempt;
- no connection, file descriptor, task, thread or warning is left;
- no cookie of the service is sent back, unless by an HTTP client of your own;
- the API key, a cookie of the caller and a cookie of the service do not appear in results, errors (with their causes
  and pickles), the variables of tracebacks, logs at DEBUG, recordings, or the output of the commands. There are two
  exceptions: the service's cookie is in the `headers` of an error, and in what httpcore logs about a response.

The matrix is in `tests/faults/rows.py`, as data.
"""


def page(passed: Mapping[tuple[str, str], int]) -> str:
    """Return the page.

    Args:
        passed: The number of combinations that passed, by group and name. Other rows are left out.
    """
    lines = [_HEAD]
    for group, rows in groupby((row for row in ROWS if (row.group, row.name) in passed), lambda row: row.group):
        lines += [
            f"## {group[0].upper()}{group[1:]}",
            "",
            "| fault | outcome | requests without, with retries | passed |",
        ]
        lines += ["| --- | --- | --- | --- |"]
        lines += [
            f"| {_name(row)} | {_outcome(row)} | {_requests(row)} | {passed[group, row.name]} of {combinations(row)} |"
            for row in rows
        ]
        lines.append("")
    return "\n".join(lines)


def _name(row: Row) -> str:
    """Return the name of a row, escaped for a table."""
    return row.name.replace("|", "\\|")


def _outcome(row: Row) -> str:
    others = [f"{operation}: {_code(outcome)}" for operation, outcome in row.expected_by_operation.items()]
    if row.expected_async:
        others.append(f"async: {_code(row.expected_async)}")
    if row.may_time_out:
        return f"{_code(row.expected)}, or `APITimeoutError` if the resolver is slow"
    if row.failures <= max(RETRIES) and row.is_retried:
        others.append("with retries: a result")
    return f"{_code(row.expected)} ({', '.join(others)})" if others else _code(row.expected)


def _code(outcome: str) -> str:
    return f"`{outcome}`" if outcome.endswith("Error") else outcome


def _requests(row: Row) -> str:
    is_async = row.expected_async is not None
    outcomes = [row.outcome("list", retries, is_async=is_async) for retries in RETRIES]
    attempts = ", ".join(str(outcome.attempts) for outcome in outcomes)
    if row.reaches_server:
        return attempts
    is_sent = any(outcome.name == RESULT for outcome in outcomes) and row.is_retried
    return f"{'none, then 1' if is_sent else 'none'}, in {attempts} attempts"
