"""Runs the command line against a fault, and checks its exit code, duration and output."""

import io
import time
from collections.abc import Iterator
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from tempfile import TemporaryDirectory

import pytest
from mistral_models.cli import program
from mistral_models.cli.exit_codes import ExitCode

from . import leaks
from .script import RESULT, Operation, Row, longest
from .shortages import SHORTAGES

COMMANDS: dict[str, tuple[Operation, tuple[str, ...]]] = {
    "list": ("list", ("list",)),
    "show": ("retrieve", ("show", "ft:m")),
    "update": ("update", ("update", "ft:m", "--name", "n")),
    "archive": ("archive", ("archive", "ft:m")),
    "unarchive": ("unarchive", ("unarchive", "ft:m")),
    "delete": ("delete", ("delete", "--yes", "ft:m")),
    "doctor": ("list", ("doctor",)),
}
"""By name: the operation that the command performs, and its arguments."""

EXIT_CODES = {
    RESULT: ExitCode.SUCCESS,
    "AuthenticationError": ExitCode.AUTHENTICATION,
    "NotFoundError": ExitCode.NOT_FOUND,
}
DEFAULT_MAX_RESPONSE_BYTES = Row._field_defaults["max_response_bytes"]
DOCTOR_REQUESTS = 5
"""The maximum number of requests of `doctor`; all other commands send one."""


def problems(row: Row, name: str, url: str) -> Iterator[str]:
    """Run a command, and report what differs from the row."""
    operation, arguments = COMMANDS[name]
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    seconds = (row.attempt_timeout_ms or row.timeout_ms) / 1000
    options = ["--server-url", url, "--timeout", str(seconds), "--retries", "0", "-vv"]
    started = time.monotonic()
    with TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch, leaks.captured_logs() as logs:
        patch.setenv("MISTRAL_API_KEY", leaks.KEY)
        patch.setenv("XDG_CACHE_HOME", home)
        with redirect_stdout(out), redirect_stderr(out):
            try:
                with SHORTAGES[row.shortage]() if row.shortage else nullcontext():
                    exit_code = program.run([*options, *arguments])
            except Exception as error:  # noqa: BLE001 any exception is reported as a problem
                yield f"it raised {type(error).__name__}: {str(error)[:300]}"
                return
    elapsed = time.monotonic() - started
    out.seek(0)
    output = out.read()
    expected = EXIT_CODES.get(row.outcome(operation, 0, is_async=False).name, ExitCode.FAILURE)
    if expected == ExitCode.NOT_FOUND and operation == "list":
        expected = ExitCode.FAILURE  # for a list, 404 means that the address is wrong
    # The command line has no option for the size limit, and `doctor` reports several results at once.
    has_other_limit = row.max_response_bytes != DEFAULT_MAX_RESPONSE_BYTES and expected == ExitCode.FAILURE
    if name != "doctor" and exit_code != expected and not (has_other_limit and exit_code == ExitCode.SUCCESS):
        yield f"the exit code was {exit_code}, not {expected}: {output[-300:]}"
    if elapsed > longest(seconds * (DOCTOR_REQUESTS if name == "doctor" else 1)):
        yield f"it took {elapsed:.1f} s, the timeout was {seconds} s"
    yield from leaks.find_in_text("the output", output)
    yield from logs.find_leaks()
