"""Runs a row of the matrix in all its combinations, and says what is not as it should be."""

import asyncio
import gc
import logging
import pickle
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeClock

from .bodies import GOOD, answer
from .certificates import Certificates
from .script import CLOSE, RESULT, Row, Script
from .server import Server, nobody

KEY = "sk-0123456789abcdef"
RETRIES = (0, 2)
BUSY = 2.0
"""Seconds that a busy machine may add to a call."""
MOST_MEMORY = 256 * 1024
"""How much memory a row may take beyond what was taken before, in KiB."""

OPERATIONS: dict[str, dict[str, str]] = {
    "list": {},
    "retrieve": {"model_id": "ft:m"},
    "delete": {"model_id": "ft:m"},
    "update": {"model_id": "ft:m", "name": "n"},
    "archive": {"model_id": "ft:m"},
    "unarchive": {"model_id": "ft:m"},
}

KEPT = answer(200, GOOD)
LAST = answer(200, GOOD, "connection: close")


class HastyClock(FakeClock):
    """Real time, but what is waited for passes at once."""

    def monotonic(self) -> float:
        """Read the real clock, and add what was skipped."""
        return time.monotonic() + sum(self.waits)


class Finding(NamedTuple):
    """What came of a row in one way: all combinations of operations and retries."""

    problems: list[str]
    """What is not as the row says; each begins with the combination."""
    passed: int
    """How many combinations are as the row says."""


def run(row: Row, *, plain: bool, certificates: Certificates) -> Finding:
    """Run a row with plain calls or async ones: six operations, without retries and with."""
    problems: list[str] = []
    passed = 0
    trust = certificates.trusted() if row.url.startswith("https") else nullcontext()
    before = _descriptors(), set(threading.enumerate()), _peak()
    with trust, _loose_ends(problems), nobody() as free:
        for retries in RETRIES:
            with Server(row.script, certificates) as server, _environment(row, server.port, free):
                trial = _Trial(row, server, free, retries, plain=plain)
                wrong = trial.run()
            problems += wrong
            passed += len(OPERATIONS) - len({problem.split()[0] for problem in wrong} & set(OPERATIONS))
    if _peak() - before[2] > MOST_MEMORY:
        problems.append(f"all: {(_peak() - before[2]) // 1024} MiB of memory were taken")
    if _descriptors() > before[0]:
        problems.append(f"all: {_descriptors() - before[0]} file descriptors were left open")
    if left := set(threading.enumerate()) - before[1]:
        problems.append(f"all: threads were left: {left}")
    return Finding(problems, passed)


class _Trial:
    """The six operations of one way and one number of retries, with one client."""

    def __init__(self, row: Row, server: Server, free: int, retries: int, *, plain: bool) -> None:
        self._row = row
        self._server = server
        self._retries = retries
        self._url = row.url.format(port=server.port, nobody=free)
        scheme, host, certificate = (
            ("https", "localhost", "good") if self._url.startswith("https") else ("http", "127.0.0.1", None)
        )
        self._good_url = f"{scheme}://{host}:{server.port}"
        self._certificate = certificate
        self._plain = plain

    def run(self) -> list[str]:
        """Call, and say what is wrong."""
        mistral = Mistral(
            KEY, retry_config=self._retries, max_response_bytes=self._row.limit, timeout_ms=10_000, clock=HastyClock()
        )
        problems: list[str] = []
        with asyncio.Runner() as runner:

            def call(name: str, **options: Any) -> Any:
                if self._plain:
                    return getattr(mistral.models, name)(**OPERATIONS[name], **options)
                return runner.run(getattr(mistral.models, f"{name}_async")(**OPERATIONS[name], **options))

            for name in OPERATIONS:
                for problem in self._one(call, name):
                    problems.append(f"{name} {'sync' if self._plain else 'async'} retries={self._retries}: {problem}")
                if not self._plain and asyncio.all_tasks(runner.get_loop()):
                    problems.append(f"{name}: tasks were left: {asyncio.all_tasks(runner.get_loop())}")
            if self._plain:
                mistral.close()
            else:
                runner.run(mistral.aclose())
        if not self._server.deserted():
            problems.append("all: a connection is still open after the client was closed")
        return problems

    def _one(self, call: Callable[..., Any], name: str) -> Iterator[str]:
        row, server = self._row, self._server
        expected = row.differs.get(name, row.comes)  # type: ignore[call-overload]  # the names are all there are
        if row.kept:
            yield from self._good(call, name, "the call before", Script(((KEPT,),), certificate=self._certificate))
        server.script, server.connections = row.script, 0
        server.requests.clear()
        began = time.monotonic()
        with _logged() as logged:
            came, attempts, shown = _outcome(lambda: call(name, server_url=self._url, timeout_ms=row.timeout_ms))
        took = time.monotonic() - began
        if not server.settled():
            yield "the connection was not closed"
        if came != expected and not (row.or_late and came == "APITimeoutError"):
            yield f"{came} came, not {expected}: {shown[:300]}"
        if took > row.timeout_ms / 1000 * 1.1 + BUSY:
            yield f"it took {took:.1f} s of {row.timeout_ms / 1000} s"
        tries = 1 + self._retries if row.again else 1
        if attempts not in {None, tries}:
            yield f"{attempts} attempts, not {tries}"
        if len(server.requests) != (tries if row.reaches else 0):
            yield f"{len(server.requests)} requests were sent, not {tries if row.reaches else 0}"
        if KEY in shown:
            yield "the error shows the key"
        if KEY in "\n".join(logged):
            yield "the logs show the key"
        for request in server.requests:
            if b"\r\ncookie:" in request.head.lower():
                yield "a cookie was sent back"
            if request.method == "CONNECT" and KEY.encode() in request.head:
                yield "the key was sent to the proxy"
        yield from self._good(call, name, "the next call", Script(((LAST, CLOSE),), certificate=self._certificate))

    def _good(self, call: Callable[..., Any], name: str, which: str, script: Script) -> Iterator[str]:
        """A good call with the same client works at the first attempt, and its answer is its own."""
        self._server.script = script
        came, _, shown = _outcome(lambda: call(name, server_url=self._good_url, retries=None))
        if came != RESULT:
            yield f"{which}: {came}: {shown[:300]}"
        if not self._server.settled():
            yield f"{which}: the connection was not closed"


def _outcome(call: Callable[[], object]) -> tuple[str, int | None, str]:
    """What came, how many attempts it took, and all that people would see of it."""
    try:
        result = call()
    except errors.MistralError as error:
        return type(error).__name__, error.attempts, _shown(error)
    except Exception as error:  # noqa: BLE001 that it is none of ours is what is to be found
        return f"{type(error).__module__}.{type(error).__name__}", None, _shown(error)
    return RESULT, None, repr(result)


def _shown(error: BaseException) -> str:
    trace = "".join(traceback.format_exception(error))
    # Only whether the key is in the pickle: with the longest bodies, all of it would be most of the memory of the row.
    pickled = KEY if isinstance(error, errors.MistralError) and KEY.encode() in pickle.dumps(error) else ""
    return "\n".join([str(error), repr(error), trace, repr(vars(error)), pickled, *_variables(error)])


def _variables(error: BaseException | None) -> Iterator[str]:
    """The variables of all frames from ours on, httpx's among them, of an error and of what led to it."""
    while error is not None:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        first = next((n for n, frame in enumerate(frames) if "mistral_models" in frame.f_code.co_filename), len(frames))
        yield from (repr(value) for frame in frames[first:] for value in frame.f_locals.values())
        error = error.__cause__ or error.__context__


class _Keeping(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _logged() -> Iterator[list[str]]:
    """All that is logged at DEBUG, by us, by httpx and by its parts."""
    handler, root = _Keeping(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler.lines
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


@contextmanager
def _environment(row: Row, port: int, free: int) -> Iterator[None]:
    """The variables of a row, and no proxies of the machine's."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        for name, value in row.environment.items():
            patch.setenv(name, value.format(port=port, nobody=free))
        yield


@contextmanager
def _loose_ends(problems: list[str]) -> Iterator[None]:
    """Write down what comes to light where nobody can catch it: in finalizers and in threads."""

    def unraisable(found: Any) -> None:
        problems.append(f"all: {type(found.exc_value).__name__} in {found.object!r}: {found.exc_value}")

    def lost(found: Any) -> None:
        problems.append(f"all: {found.exc_type.__name__} in {found.thread}: {found.exc_value}")

    hooks = sys.unraisablehook, threading.excepthook
    sys.unraisablehook, threading.excepthook = unraisable, lost
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
            gc.collect()
    finally:
        sys.unraisablehook, threading.excepthook = hooks


def _descriptors() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def _peak() -> int:
    """The most memory that this process had, in KiB."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak
