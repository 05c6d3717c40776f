"""Runs a row of the matrix in all combinations of operations and retries, and reports what differs from the row."""

import asyncio
import gc
import resource
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext, suppress
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

import httpx
import httpx2
import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeClock
from mistral_models.utils import AttemptResult, BackoffStrategy, Recorder, RetryConfig

from . import commands, leaks
from .bodies import GOOD, SERVICE_COOKIE, response
from .certificates import Certificates
from .script import CLOSE, RESULT, RETRIES, Outcome, Row, Script, longest
from .server import Server, closed_port
from .shortages import SHORTAGES

Mode = Literal["sync", "async", "sync with httpx2", "async with httpx2", "command line"]
"""Calls with the connection pools of `Mistral`, or with clients of httpx2 that it is given, or commands."""
NOW = 1_800_000_000.0
"""2027-01-15 08:00:00 UTC, which the dates in the rows are relative to."""
THREAD_TIMEOUT = 10.0
"""Seconds in which every thread must end: a DNS lookup cannot be interrupted, and a slow resolver takes its time."""
MAX_MEMORY_GROWTH = 256 * 1024
"""KiB by which a row may increase the memory in use."""

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
    """Real time, but waits end at once.

    Attributes:
        before_wait: Called before each wait.
    """

    before_wait: Callable[[], object] = int

    def monotonic(self) -> float:
        """Return the real time plus the waits that were skipped."""
        return time.monotonic() + sum(self.waits)

    def sleep(self, seconds: float, /) -> None:
        """Skip the wait."""
        self.before_wait()
        super().sleep(seconds)


class RowResult(NamedTuple):
    """The result of a row in one mode."""

    problems: list[str]
    """The differences from the row; each begins with the combination."""
    passed: int
    """The number of combinations without differences."""


def modes(row: Row) -> tuple[Mode, ...]:
    """Return the ways in which a client can meet the fault of a row."""
    own: tuple[Mode, ...] = ("sync", "async", "command line") if row.has_commands else ("sync", "async")
    return (*own, "sync with httpx2", "async with httpx2") if row.is_for_given_clients else own


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
            found = _Trial(row, server, unused_port, retries, mode).run()
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

    def __init__(self, row: Row, server: Server, unused_port: int, retries: int, mode: Mode) -> None:
        self._row = row
        self._server = server
        self._script = row.script
        self._retries = retries
        self._url = row.url.format(port=server.port, closed_port=unused_port)
        scheme, host, certificate = (
            ("https", "localhost", "valid") if self._url.startswith("https") else ("http", "127.0.0.1", None)
        )
        self._good_url = f"{scheme}://{host}:{server.port}"
        self._certificate = certificate
        self._mode = mode
        self._is_sync = mode.startswith("sync")
        self._is_given = mode.endswith("httpx2") or row.hook is not None
        self._hook_fails = False
        self._clock = SkippingClock(NOW)
        self._runner = asyncio.Runner()

    def run(self) -> list[str]:
        """Make the calls, and report what differs from the row."""
        problems: list[str] = []
        with TemporaryDirectory() as folder, closing(self), self._http_clients() as http_clients:
            self._recording = Path(folder) / "responses.jsonl"
            self._mistral = Mistral(
                leaks.KEY,
                retry_config=self._policy(),
                max_response_bytes=self._row.max_response_bytes,
                timeout_ms=10_000,
                clock=self._clock,
                on_attempt=self._on_attempt(),
                **http_clients,
            )
            for name in OPERATIONS:
                for problem in self._check_call(name):
                    problems.append(f"{name} {'sync' if self._is_sync else 'async'} retries={self._retries}: {problem}")
                if not self._is_sync and asyncio.all_tasks(self._runner.get_loop()):
                    problems.append(f"{name}: tasks were left: {asyncio.all_tasks(self._runner.get_loop())}")
            self._close_connections()
        if not self._server.wait_until_closed():
            problems.append("all: a connection is still open after the client was closed")
        return problems

    def _policy(self) -> RetryConfig | int:
        if self._row.attempt_timeout_ms is None or not self._retries:
            return self._retries
        return RetryConfig(
            "backoff",
            BackoffStrategy(10, 10, 1, None),
            retry_connection_errors=True,
            max_retries=self._retries,
            attempt_timeout_ms=self._row.attempt_timeout_ms,
        )

    @contextmanager
    def _http_clients(self) -> Iterator[dict[str, Any]]:
        """Open HTTP clients, if the mode or the row needs them, with the hook of the row."""
        hook = self._row.hook
        if hook is not None and hook.event == "on_attempt":
            hook = None
        library: Any = httpx2 if self._mode.endswith("httpx2") else httpx
        if library is httpx and hook is None:
            yield {}
            return

        def failing(value: Any) -> None:
            if self._hook_fails and hook is not None:
                hook.function(value)

        async def failing_async(value: Any) -> None:
            failing(value)

        event = hook.event if hook is not None else "request"
        with library.Client(event_hooks={event: [failing]}) as client:
            async_client = library.AsyncClient(event_hooks={event: [failing_async]})
            yield {"client": client, "async_client": async_client}
            self._runner.run(async_client.aclose())

    def _on_attempt(self) -> Callable[[AttemptResult], None]:
        record, hook = Recorder(self._recording), self._row.hook

        def on_attempt(attempt: AttemptResult) -> None:
            record(attempt)
            if self._hook_fails and hook is not None and hook.event == "on_attempt" and attempt.response is not None:
                hook.function(attempt.response)

        return on_attempt

    def _call(self, name: str, **options: Any) -> Any:
        if self._is_sync:
            return getattr(self._mistral.models, name)(**OPERATIONS[name], **options)
        return self._runner.run(getattr(self._mistral.models, f"{name}_async")(**OPERATIONS[name], **options))

    def _close_connections(self) -> None:
        if self._is_sync:
            self._mistral.close()
        else:
            self._runner.run(self._mistral.aclose())

    def _start_anew(self) -> None:
        """Make the next call open a connection, and start a thread in its event loop."""
        self._close_connections()
        self._server.wait_until_closed()  # its end of a connection is a file descriptor of this process, too
        self.close()
        self._runner = asyncio.Runner()
        self._runner.get_loop()

    def close(self) -> None:
        """Close the event loop."""
        self._runner.close()

    @contextmanager
    def _disturbed(self) -> Iterator[None]:
        """Cause the shortage or the failing hook of the row until the block ends, or until the first retry."""
        with ExitStack() as stack:
            if self._row.shortage:
                stack.enter_context(SHORTAGES[self._row.shortage]())
            self._hook_fails = True
            stack.callback(setattr, self, "_hook_fails", False)
            self._clock.before_wait = stack.close
            yield

    def _check_call(self, name: str) -> Iterator[str]:
        row, server = self._row, self._server
        expected = row.outcome(name, self._retries, is_async=not self._is_sync)
        if row.reuses_connection or row.shortage:
            script = Script(repeat((KEEP_ALIVE,)), certificate=self._certificate)
            yield from self._check_good_call(name, "the call before", script)
        if row.shortage:
            self._start_anew()
        server.script = row.script if row.recovery else self._script
        server.requests.clear()
        connections = server.connections
        timeout_ms = row.timeout_ms if self._retries else row.attempt_timeout_ms or row.timeout_ms
        cookie = {"Cookie": f"own={leaks.CALLER_COOKIE}"}
        started = time.monotonic()
        with leaks.captured_logs() as logs:
            outcome = _run(
                lambda: self._call(name, server_url=self._url, timeout_ms=timeout_ms, http_headers=cookie),
                self._disturbed(),
            )
        elapsed = time.monotonic() - started
        if not server.wait_until_idle():
            yield "the connection was not closed"
        if outcome.name != expected.name and not (row.may_time_out and outcome.name == "APITimeoutError"):
            yield f"the outcome was {outcome.name}, not {expected.name}: {outcome.excerpt}"
        if expected.name == RESULT and row.attempt_timeout_ms:
            timeout_ms = row.attempt_timeout_ms * expected.failures
        if elapsed > longest(timeout_ms / 1000):
            yield f"it took {elapsed:.1f} s; there were {timeout_ms / 1000} s for it"
        yield from self._check_attempts(expected, outcome.attempts, server.connections - connections)
        yield from outcome.leaks
        yield from logs.find_leaks()
        if self._recording.exists():
            yield from leaks.find_in_text("the recording", self._recording.read_text(encoding="utf-8"))
            self._recording.unlink()
        script = Script(repeat((LAST, CLOSE)), certificate=self._certificate)
        yield from self._check_good_call(name, "the next call", script)
        yield from self._check_cookies()

    def _check_attempts(self, expected: Outcome, attempts: int | None, connections: int) -> Iterator[str]:
        row, sent = self._row, len(self._server.requests)
        # On a busy machine, a good attempt may time out, or a slow one before its request was sent.
        may_be_more, may_be_fewer = self._row.attempt_timeout_ms is not None, expected.name == "APITimeoutError"
        if attempts not in {None, expected.attempts}:
            yield f"{attempts} attempts, not {expected.attempts}"
        opened = expected.attempts - row.reuses_connection
        if row.recovery and (connections < opened or (connections > opened and not may_be_more)):
            yield f"{connections} connections were opened, not {opened}"
        requests = expected.attempts if row.reaches_server else expected.attempts - expected.failures
        if row.on_connect:  # its requests are not recorded
            return
        if (sent < requests and not may_be_fewer) or (sent > requests and not may_be_more):
            yield f"{sent} requests were sent, not {requests}"

    def _check_cookies(self) -> Iterator[str]:
        for request in self._server.requests:
            is_connect = request.method == "CONNECT"
            is_last = request is self._server.requests[-1]  # the good call, which has no such header
            if leaks.CALLER_COOKIE.encode() not in request.head and not is_connect and not is_last:
                yield "the caller's header was not sent"
            if SERVICE_COOKIE.encode() in request.head and not self._is_given:  # the caller's HTTP client keeps cookies
                yield "a cookie was sent back"
            if is_connect and any(secret.encode() in request.head for secret in leaks.SECRETS.values()):
                yield "the key or a cookie was sent to the proxy"

    def _check_good_call(self, name: str, which: str, script: Script) -> Iterator[str]:
        """Check that a call with the same client succeeds at its first attempt."""
        self._server.script = script
        outcome = _run(lambda: self._call(name, server_url=self._good_url, retries=None), nullcontext())
        if outcome.name != RESULT:
            yield f"{which}: {outcome.name}: {outcome.excerpt}"
        if not self._server.wait_until_idle():
            yield f"{which}: the connection was not closed"


class _Outcome(NamedTuple):
    name: str
    """`RESULT`, or the name of the exception class, with its module if it is neither of this package nor built in."""
    attempts: int | None
    """The number of attempts, if the error has it."""
    excerpt: str
    """The beginning of the result or of the error message."""
    leaks: list[str]
    """The secrets that the result or the error contains."""


def _run(call: Callable[[], object], context: AbstractContextManager[None]) -> _Outcome:
    try:
        with context:
            result = call()
    except Exception as error:  # noqa: BLE001 other exceptions are reported as problems
        is_known = isinstance(error, errors.MistralError) or type(error).__module__ == "builtins"
        name = type(error).__name__ if is_known else f"{type(error).__module__}.{type(error).__name__}"
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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak
