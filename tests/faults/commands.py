"""The command line in a fault: what it ends with, and what it writes."""

import io
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from tempfile import TemporaryDirectory

import pytest
from mistral_models.cli import program
from mistral_models.cli.exit_codes import ExitCode

from . import channels
from .script import RESULT, Operation, Row

COMMANDS: dict[str, tuple[Operation, tuple[str, ...]]] = {
    "list": ("list", ("list",)),
    "show": ("retrieve", ("show", "ft:m")),
    "update": ("update", ("update", "ft:m", "--name", "n")),
    "archive": ("archive", ("archive", "ft:m")),
    "unarchive": ("unarchive", ("unarchive", "ft:m")),
    "delete": ("delete", ("delete", "--yes", "ft:m")),
    "doctor": ("list", ("doctor",)),
}
"""By name: the operation that it is about, and what is typed."""

STATUSES = {
    RESULT: ExitCode.SUCCESS,
    "AuthenticationError": ExitCode.AUTHENTICATION,
    "NotFoundError": ExitCode.NOT_FOUND,
}
LIMIT = Row._field_defaults["limit"]
ROUNDS = 5
"""How many times the doctor asks something, at most; all others ask once."""
BUSY = 2.0
"""Seconds that a busy machine may add."""


def problems(row: Row, name: str, url: str) -> Iterator[str]:
    """Run a command, and say what is not as it should be."""
    operation, typed = COMMANDS[name]
    out, seconds = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True), row.timeout_ms / 1000
    options = ["--server-url", url, "--timeout", str(seconds), "--retries", "0", "-vv"]
    began = time.monotonic()
    with TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch, channels.logged() as logs:
        patch.setenv("MISTRAL_API_KEY", channels.KEY)
        patch.setenv("XDG_CACHE_HOME", home)
        with redirect_stdout(out), redirect_stderr(out):
            try:
                status = program.run([*options, *typed])
            except Exception as error:  # noqa: BLE001 that there is one is what is to be found
                yield f"{type(error).__name__} came out: {str(error)[:300]}"
                return
    took = time.monotonic() - began
    out.seek(0)
    written = out.read()
    expected = STATUSES.get(row.differs.get(operation, row.comes), ExitCode.FAILURE)
    if expected == ExitCode.NOT_FOUND and operation == "list":
        expected = ExitCode.FAILURE  # it is the address that is wrong
    # The program has no option for the length of an answer, and the doctor has no one outcome.
    too_long = row.limit != LIMIT and expected == ExitCode.FAILURE
    if name != "doctor" and status != expected and not (too_long and status == ExitCode.SUCCESS):
        yield f"it ended with {status}, not {expected}: {written[-300:]}"
    if took > seconds * 1.1 * (ROUNDS if name == "doctor" else 1) + BUSY:
        yield f"it took {took:.1f} s of {seconds} s"
    yield from channels.leaks("the output", written)
    yield from logs.leaks()
