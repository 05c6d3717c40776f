"""Runs a row of the matrix in all its combinations, and says what is not as it should be."""

import asyncio
import gc
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeClock
from mistral_models.utils import Recorder

from . import channels, commands
from .bodies import GOOD, THEIRS, answer
from .certificates import Certificates
from .script import CLOSE, RESULT, Row, Script
from .server import Server, nobody

Way = Literal["plain", "async", "command line"]
WAYS: tuple[Way, ...] = ("plain", "async", "command line")
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
    """What came of a row in one way."""

    problems: list[str]
    """What is not as the row says; each begins with the combination."""
    passed: int
    """How many combinations are as the row says."""


def run(row: Row, way: Way, certificates: Certificates) -> Finding:
    """Run a row: the six operations without retries and with, or the commands."""
    problems: list[str] = []
    trust = certificates.trusted() if row.url.startswith("https") else nullcontext()
    before = _descriptors(), set(threading.enumerate()), _peak()
    with trust, _loose_ends(problems), nobody() as free:
        passed = (_commands if way == "command line" else _calls)(row, way, certificates, free, problems)
    if _peak() - before[2] > MOST_MEMORY:
        problems.append(f"all: {(_peak() - before[2]) // 1024} MiB of memory were taken")
    if _descriptors() > before[0]:
        problems.append(f"all: {_descriptors() - before[0]} file descriptors were left open")
    if left := set(threading.enumerate()) - before[1]:
        problems.append(f"all: threads were left: {left}")
    return Finding(problems, passed)


def _calls(row: Row, way: Way, certificates: Certificates, free: int, problems: list[str]) -> int:
    passed = 0
    for retries in RETRIES:
        with Server(row.script, certificates) as server, _environment(row, server.port, free):
            wrong = _Trial(row, server, free, retries, plain=way == "plain").run()
        problems += wrong
        passed += len(OPERATIONS) - len({problem.split()[0] for problem in wrong} & set(OPERATIONS))
    return passed


def _commands(row: Row, _: Way, certificates: Certificates, free: int, problems: list[str]) -> int:
    passed = 0
    for name in commands.COMMANDS:
        with Server(row.script, certificates) as server, _environment(row, server.port, free):
            wrong = list(commands.problems(row, name, row.url.format(port=server.port, nobody=free)))
            if not server.deserted():
                wrong.append("a connection is still open after the program ended")
        problems += (f"{name} command: {problem}" for problem in wrong)
        passed += not wrong
    return passed


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
        problems: list[str] = []
        with TemporaryDirectory() as folder, asyncio.Runner() as runner:
            self._recording = Path(folder) / "answers.jsonl"
            mistral = Mistral(
                channels.KEY,
                retry_config=self._retries,
                max_response_bytes=self._row.limit,
                timeout_ms=10_000,
                clock=HastyClock(),
                on_response=Recorder(self._recording),
            )

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
        server.script = row.script
        server.requests.clear()
        cookie = {"Cookie": f"own={channels.OWN}"}
        began = time.monotonic()
        with channels.logged() as logs:
            came, attempts, shown, leaks = _outcome(
                lambda: call(name, server_url=self._url, timeout_ms=row.timeout_ms, http_headers=cookie)
            )
        took = time.monotonic() - began
        if not server.settled():
            yield "the connection was not closed"
        if came != expected and not (row.or_late and came == "APITimeoutError"):
            yield f"{came} came, not {expected}: {shown}"
        if took > row.timeout_ms / 1000 * 1.1 + BUSY:
            yield f"it took {took:.1f} s of {row.timeout_ms / 1000} s"
        tries = 1 + self._retries if row.again else 1
        if attempts not in {None, tries}:
            yield f"{attempts} attempts, not {tries}"
        if len(server.requests) != (tries if row.reaches else 0):
            yield f"{len(server.requests)} requests were sent, not {tries if row.reaches else 0}"
        if not all(channels.OWN.encode() in request.head for request in server.requests if request.method != "CONNECT"):
            yield "the caller's header was not sent"
        yield from leaks
        yield from logs.leaks()
        if self._recording.exists():
            yield from channels.leaks("the recording", self._recording.read_text(encoding="utf-8"))
            self._recording.unlink()
        yield from self._good(call, name, "the next call", Script(((LAST, CLOSE),), certificate=self._certificate))
        for request in server.requests:
            if THEIRS.encode() in request.head:
                yield "a cookie was sent back"
            if request.method == "CONNECT" and any(s.encode() in request.head for s in channels.SECRETS.values()):
                yield "the key or a cookie was sent to the proxy"

    def _good(self, call: Callable[..., Any], name: str, which: str, script: Script) -> Iterator[str]:
        """A good call with the same client works at the first attempt, and its answer is its own."""
        self._server.script = script
        came, _, shown, _ = _outcome(lambda: call(name, server_url=self._good_url, retries=None))
        if came != RESULT:
            yield f"{which}: {came}: {shown}"
        if not self._server.settled():
            yield f"{which}: the connection was not closed"


def _outcome(call: Callable[[], object]) -> tuple[str, int | None, str, list[str]]:
    """What came, how many attempts it took, the beginning of what it says, and what it shows that it must not."""
    try:
        result = call()
    except Exception as error:  # noqa: BLE001 that it is none of ours is what is to be found
        ours = isinstance(error, errors.MistralError)
        name = type(error).__name__ if ours else f"{type(error).__module__}.{type(error).__name__}"
        attempts = error.attempts if isinstance(error, errors.MistralError) else None
        return name, attempts, str(error)[:300], list(channels.of_error(error))
    shown = channels.printed(result)
    return RESULT, None, shown[:300], list(channels.leaks("the result", shown))


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
