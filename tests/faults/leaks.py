"""Looks for secrets in everything that a call makes visible: results, errors, tracebacks, pickles and logs."""

import logging
import pickle
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from mistral_models import errors
from rich.pretty import pretty_repr

from tests.frames import is_of_package

from .bodies import SERVICE_COOKIE

KEY = "sk-0123456789abcdef"
CALLER_COOKIE = "caller-cookie-0123456789"
"""The value of a cookie that the caller sends."""

SECRETS = {"the key": KEY, "the caller's cookie": CALLER_COOKIE, "the service's cookie": SERVICE_COOKIE}


def find_in_text(channel: str, text: str, secrets: Iterable[str] = SECRETS) -> Iterator[str]:
    """Report the secrets that a text contains."""
    for name in secrets:
        if SECRETS[name] in text:
            yield f"{channel} contains {name}"


def find_in_error(error: BaseException) -> Iterator[str]:
    """Report the secrets that an error contains: its message, traceback, fields, variables of frames, and pickle.

    Its `headers` are the response headers, unchanged, so the fields and the pickle may contain the service's cookie.
    """
    trace = "".join(traceback.format_exception(error))
    yield from find_in_text("the error", f"{error}\n{error!r}\n{trace}")
    yield from find_in_text("a field of the error", formatted(vars(error)), ["the key", "the caller's cookie"])
    for variable in _variables(error):
        yield from find_in_text("a variable", variable)
    if isinstance(error, errors.MistralError):
        pickled = pickle.dumps(error)
        yield from (f"the pickle contains {name}" for name in ("the key", "the caller's cookie")
                    if SECRETS[name].encode() in pickled)  # fmt: skip


def _variables(error: BaseException | None) -> Iterator[str]:
    """Format the variables of all frames from the first one of this package on, including those of httpx.

    `http_headers` is left out: the caller passes them, so the caller's own frames contain them too.
    """
    while error is not None:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        first = next((n for n, frame in enumerate(frames) if is_of_package(frame)), len(frames))
        for frame in frames[first:]:
            for name, value in frame.f_locals.items():
                if name != "http_headers":
                    yield formatted(value)
        error = error.__cause__ or error.__context__


def formatted(value: object) -> str:
    """Format a value and everything in it with rich; long values are truncated."""
    return pretty_repr(value, max_length=1000, max_string=100_000)


class Logs(logging.Handler):
    """Stores log messages with the names of their loggers."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Store the message of a record."""
        self._lines.append((record.name, record.getMessage()))

    def find_leaks(self) -> Iterator[str]:
        """Report the secrets that this package, httpx and httpcore logged."""
        for name, line in self._lines:
            # httpcore logs response headers at DEBUG, and with them the cookies of the service.
            is_httpcore = name.startswith(("httpcore.", "httpcore2."))
            yield from find_in_text(
                f"the log {name}", line, ["the key", "the caller's cookie"] if is_httpcore else SECRETS
            )


@contextmanager
def captured_logs() -> Iterator[Logs]:
    """Store everything that is logged at DEBUG or above."""
    handler, root = Logs(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
