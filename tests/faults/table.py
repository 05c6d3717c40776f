"""The matrix as a page of Markdown."""

from collections.abc import Mapping
from itertools import groupby

from .rows import ROWS
from .script import Row

COMBINATIONS = 31
"""Six operations, plain and async, without retries and with two; and seven commands."""

_HEAD = f"""---
search:
  exclude: true
---

# What comes of {len(ROWS)} faults

`make faults` writes this page: each fault, over real sockets, for six operations, plain and async, without retries
and with two; and for seven commands of the command line. Each ends within its deadline. The next call with the same
client works at its first attempt; no connection, file descriptor, task, thread or warning is left; no cookie is sent
back; and the server counts the requests.

The key, a cookie of the caller's and one of the service's are looked for in results, errors, their chains and
pickles, the variables of tracebacks, logs at DEBUG, recordings, and what the commands write. None is there, but for
the service's cookie in the `headers` of an error, and in what the HTTP library itself logs of an answer.
`tests/faults` has the matrix as data.
"""


def name(row: Row) -> str:
    """What a row is called on the page."""
    return row.name.replace("|", "\\|")


def page(passed: Mapping[tuple[str, str], int]) -> str:
    """Make the page.

    Args:
        passed: How many combinations are as they should be, by group and name.
    """
    lines = [_HEAD]
    for group, rows in groupby(ROWS, lambda row: row.group):
        lines += [
            f"## {group[0].upper()}{group[1:]}",
            "",
            "| fault | what comes out | requests without, with retries | passed |",
        ]
        lines += ["| --- | --- | --- | --- |"]
        lines += [
            f"| {name(row)} | {_comes(row)} | {_requests(row)} | {passed[group, row.name]} of {COMBINATIONS} |"
            for row in rows
        ]
        lines.append("")
    return "\n".join(lines)


def _comes(row: Row) -> str:
    others = ", ".join(f"{operation}: {_code(comes)}" for operation, comes in row.differs.items())
    if row.or_late:
        return f"{_code(row.comes)}, or `APITimeoutError` where the resolver is slow"
    return f"{_code(row.comes)} ({others})" if others else _code(row.comes)


def _code(comes: str) -> str:
    return f"`{comes}`" if comes.endswith("Error") else comes


def _requests(row: Row) -> str:
    if not row.reaches:
        return f"none, in {'1, 3' if row.again else '1, 1'} attempts"
    return "1, 3" if row.again else "1, 1"
