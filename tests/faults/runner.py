"""Runs a row of the matrix in all combinations of operations and retries, and reports what differs from the row."""

import asyncio
import gc
import re
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeClock
from mistral_models.utils import Recorder

from . import commands, leaks
from .bodies import GOOD, SERVICE_COOKIE, response
from .certificates import Certificates
from .script import CLOSE, RESULT, Row, Script
from .server import Server, closed_port

Mode = Literal["sync", "async", "command line"]
MODES: tuple[Mode, ...] = ("sync", "async", "command line")
RETRIES = (0, 2)
NOW = 1_800_000_000.0
"""2027-01-15 08:00:00 UTC, which the dates in the rows are relative to."""
TOLERANCE = 2.0
"""Seconds that a call may take longer on a busy machine."""
THREAD_TIMEOUT = 10.0
"""Seconds in which every thread must end: a DNS lookup cannot be interrupted, and a slow resolver takes its time."""
MAX_MEMORY_GROWTH = 256 * 1024
"""The maximum of memory, in KiB, that a row may use in addition to the memory used before."""

OPERATIONS: dict[str, dict[str, str]] = {
    "list": {},
    "retrieve": {"model_id": "ft:m"},
    "delete": {"model_id": "ft:m"},
    "update": {"model_id": "ft:m", "name": "n"},
    "archive": {"model_id": "ft:m"},
    "unarchive": {"model_id": "ft:m"},
}

KEEP_ALIVE = response(200, GOOD)
LAST = response(200, GOOD, "connection: close")


class SkippingClock(FakeClock):
    """Real time, but waits end at once."""

    def monotonic(self) -> float:
        """Return the real time plus the waits that were skipped."""
        return time.monotonic() + sum(self.waits)


class RowResult(NamedTuple):
    """The result of a row in one mode."""

    problems: list[str]
    """The differences from the row; each begins with the combination."""
    passed: int
    """The number of combinations without differences."""


def run(row: Row, mode: Mode, certificates: Certificates) -> RowResult:
    """Run a row: the six operations with and without retries, or the commands."""
    problems: list[str] = []
    before = _descriptors(), set(threading.enumerate())
    memory_before = _reset_peak()
    with _background_errors(problems), closed_port() as port:
        passed = (_commands if mode == "command line" else _calls)(row, mode, certificates, port, problems)
    if (growth := _peak() - memory_before) > MAX_MEMORY_GROWTH:
        problems.append(f"all: {growth // 1024} MiB of memory were used")
    for thread in set(threading.enumerate()) - before[1]:
        thread.join(THREAD_TIMEOUT)
    if left := set(threading.enumerate()) - before[1]:
        problems.append(f"all: threads were left: {left}")
    if _descriptors() > before[0]:
        problems.append(f"all: {_descriptors() - before[0]} file descriptors were left open")
    return RowResult(problems, passed)


def _calls(row: Row, mode: Mode, certificates: Certificates, unused_port: int, problems: list[str]) -> int:
    passed = 0
    for retries in RETRIES:
        with Server(row.script, certificates) as server, _environment(row, server.port, unused_port):
            found = _Trial(row, server, unused_port, retries, is_sync=mode == "sync").run()
        problems += found
        passed += len(OPERATIONS) - len({problem.split()[0] for problem in found} & set(OPERATIONS))
    return passed


def _commands(row: Row, _: Mode, certificates: Certificates, unused_port: int, problems: list[str]) -> int:
    passed = 0
    for name in commands.COMMANDS:
        with Server(row.script, certificates) as server, _environment(row, server.port, unused_port):
            found = list(commands.problems(row, name, row.url.format(port=server.port, closed_port=unused_port)))
            if not server.wait_until_closed():
                found.append("a connection is still open after the program ended")
        problems += (f"{name} command: {problem}" for problem in found)
        passed += not found
    return passed


class _Trial:
    """The six operations, sync or async and with one number of retries, with one client."""

    def __init__(self, row: Row, server: Server, unused_port: int, retries: int, *, is_sync: bool) -> None:
        self._row = row
        self._server = server
        self._retries = retries
        self._url = row.url.format(port=server.port, closed_port=unused_port)
        scheme, host, certificate = (
            ("https", "localhost", "valid") if self._url.startswith("https") else ("http", "127.0.0.1", None)
        )
        self._good_url = f"{scheme}://{host}:{server.port}"
        self._certificate = certificate
        self._is_sync = is_sync

    def run(self) -> list[str]:
        """Make the calls, and report what differs from the row."""
        problems: list[str] = []
        with TemporaryDirectory() as folder, asyncio.Runner() as runner:
            self._recording = Path(folder) / "responses.jsonl"
            mistral = Mistral(
                leaks.KEY,
                retry_config=self._retries,
                max_response_bytes=self._row.max_response_bytes,
                timeout_ms=10_000,
                clock=SkippingClock(NOW),
                on_attempt=Recorder(self._recording),
            )

            def call(name: str, **options: Any) -> Any:
                if self._is_sync:
                    return getattr(mistral.models, name)(**OPERATIONS[name], **options)
                return runner.run(getattr(mistral.models, f"{name}_async")(**OPERATIONS[name], **options))

            for name in OPERATIONS:
                for problem in self._check_call(call, name):
                    problems.append(f"{name} {'sync' if self._is_sync else 'async'} retries={self._retries}: {problem}")
                if not self._is_sync and asyncio.all_tasks(runner.get_loop()):
                    problems.append(f"{name}: tasks were left: {asyncio.all_tasks(runner.get_loop())}")
            if self._is_sync:
                mistral.close()
            else:
                runner.run(mistral.aclose())
        if not self._server.wait_until_closed():
            problems.append("all: a connection is still open after the client was closed")
        return problems

    def _check_call(self, call: Callable[..., Any], name: str) -> Iterator[str]:
        row, server = self._row, self._server
        expected = row.expected_by_operation.get(name, row.expected)  # type: ignore[call-overload]  # `name` is an `Operation`
        if row.reuses_connection:
            yield from self._check_good_call(
                call, name, "the call before", Script(((KEEP_ALIVE,),), certificate=self._certificate)
            )
        server.script = row.script
        server.requests.clear()
        cookie = {"Cookie": f"own={leaks.CALLER_COOKIE}"}
        started = time.monotonic()
        with leaks.captured_logs() as logs:
            outcome = _run(lambda: call(name, server_url=self._url, timeout_ms=row.timeout_ms, http_headers=cookie))
        elapsed = time.monotonic() - started
        if not server.wait_until_idle():
            yield "the connection was not closed"
        if outcome.name != expected and not (row.may_time_out and outcome.name == "APITimeoutError"):
            yield f"the outcome was {outcome.name}, not {expected}: {outcome.excerpt}"
        if elapsed > row.timeout_ms / 1000 * 1.1 + TOLERANCE:
            yield f"it took {elapsed:.1f} s, the timeout was {row.timeout_ms / 1000} s"
        attempts = 1 + self._retries if row.is_retried else 1
        if outcome.attempts not in {None, attempts}:
            yield f"{outcome.attempts} attempts, not {attempts}"
        if len(server.requests) != (attempts if row.reaches_server else 0):
            yield f"{len(server.requests)} requests were sent, not {attempts if row.reaches_server else 0}"
        if not all(
            leaks.CALLER_COOKIE.encode() in request.head for request in server.requests if request.method != "CONNECT"
        ):
            yield "the caller's header was not sent"
        yield from outcome.leaks
        yield from logs.find_leaks()
        if self._recording.exists():
            yield from leaks.find_in_text("the recording", self._recording.read_text(encoding="utf-8"))
            self._recording.unlink()
        yield from self._check_good_call(
            call, name, "the next call", Script(((LAST, CLOSE),), certificate=self._certificate)
        )
        for request in server.requests:
            if SERVICE_COOKIE.encode() in request.head:
                yield "a cookie was sent back"
            if request.method == "CONNECT" and any(s.encode() in request.head for s in leaks.SECRETS.values()):
                yield "the key or a cookie was sent to the proxy"

    def _check_good_call(self, call: Callable[..., Any], name: str, which: str, script: Script) -> Iterator[str]:
        """Check that a call with the same client succeeds at its first attempt."""
        self._server.script = script
        outcome = _run(lambda: call(name, server_url=self._good_url, retries=None))
        if outcome.name != RESULT:
            yield f"{which}: {outcome.name}: {outcome.excerpt}"
        if not self._server.wait_until_idle():
            yield f"{which}: the connection was not closed"


class _Outcome(NamedTuple):
    name: str
    """`RESULT`, or the name of the exception class, with its module if it is not an error of this package."""
    attempts: int | None
    """The number of attempts, if the error has it."""
    excerpt: str
    """The beginning of the result or of the error message."""
    leaks: list[str]
    """The secrets that the result or the error contains."""


def _run(call: Callable[[], object]) -> _Outcome:
    try:
        result = call()
    except Exception as error:  # noqa: BLE001 other exceptions are reported as problems
        is_ours = isinstance(error, errors.MistralError)
        name = type(error).__name__ if is_ours else f"{type(error).__module__}.{type(error).__name__}"
        attempts = error.attempts if isinstance(error, errors.MistralError) else None
        return _Outcome(name, attempts, str(error)[:300], list(leaks.find_in_error(error)))
    formatted = leaks.formatted(result)
    return _Outcome(RESULT, None, formatted[:300], list(leaks.find_in_text("the result", formatted)))


@contextmanager
def _environment(row: Row, port: int, unused_port: int) -> Iterator[None]:
    """Set the environment variables of a row, and hide the proxies of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        for name, value in row.environment.items():
            patch.setenv(name, value.format(port=port, closed_port=unused_port))
        yield


@contextmanager
def _background_errors(problems: list[str]) -> Iterator[None]:
    """Report exceptions that cannot be caught: those of finalizers and threads."""

    def in_finalizer(error: Any) -> None:
        problems.append(f"all: {type(error.exc_value).__name__} in {error.object!r}: {error.exc_value}")

    def in_thread(error: Any) -> None:
        problems.append(f"all: {error.exc_type.__name__} in {error.thread}: {error.exc_value}")

    hooks = sys.unraisablehook, threading.excepthook
    sys.unraisablehook, threading.excepthook = in_finalizer, in_thread
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
            gc.collect()
    finally:
        sys.unraisablehook, threading.excepthook = hooks


def _descriptors() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def _reset_peak() -> int:
    """Forget the peak of the memory so far, where that is possible, and return it: that in use now, in KiB."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak()


def _peak() -> int:
    """Return the peak memory of this process, in KiB."""
    import resource

    with suppress(OSError):  # `getrusage` does not know that the peak was reset
        (kibibytes,) = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
        return int(kibibytes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak
