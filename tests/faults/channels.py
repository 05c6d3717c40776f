"""All that people and programs get to see of a call, and the secrets that must not be in it."""

import logging
import pickle
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from mistral_models import errors
from rich.pretty import pretty_repr

from .bodies import THEIRS

KEY = "sk-0123456789abcdef"
OWN = "own-cookie-0123456789"
"""The value of a cookie that the caller sends."""

SECRETS = {"the key": KEY, "the caller's cookie": OWN, "the service's cookie": THEIRS}


def leaks(channel: str, text: str, secrets: Iterable[str] = SECRETS) -> Iterator[str]:
    """Say which secrets a channel shows."""
    for name in secrets:
        if SECRETS[name] in text:
            yield f"{channel} shows {name}"


def of_error(error: BaseException) -> Iterator[str]:
    """Say which secrets an error shows, however it is looked at.

    Its headers are the service's, cookies included: they are kept as they came, in its fields and its pickle.
    """
    trace = "".join(traceback.format_exception(error))
    yield from leaks("the error", f"{error}\n{error!r}\n{trace}")
    yield from leaks("a field of the error", printed(vars(error)), ["the key", "the caller's cookie"])
    for variable in _variables(error):
        yield from leaks("a variable", variable)
    if isinstance(error, errors.MistralError):
        pickled = pickle.dumps(error)
        yield from (f"the pickle shows {name}" for name in ("the key", "the caller's cookie")
                    if SECRETS[name].encode() in pickled)  # fmt: skip


def _variables(error: BaseException | None) -> Iterator[str]:
    """The variables of all frames from ours on, httpx's among them, as rich prints them.

    `http_headers` is left out: the caller's own, in the caller's frames as well.
    """
    while error is not None:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        first = next((n for n, frame in enumerate(frames) if "mistral_models" in frame.f_code.co_filename), len(frames))
        for frame in frames[first:]:
            for name, value in frame.f_locals.items():
                if name != "http_headers":
                    yield printed(value)
        error = error.__cause__ or error.__context__


def printed(value: object) -> str:
    """What rich prints of a value, with what is in it; of what is huge, the beginning."""
    return pretty_repr(value, max_length=1000, max_string=100_000)


class Logs(logging.Handler):
    """Keeps what is logged, by logger."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self._lines.append((record.name, record.getMessage()))

    def leaks(self) -> Iterator[str]:
        """Say which secrets were logged, by us, by httpx and by its parts."""
        for name, line in self._lines:
            # The HTTP library's parts log the headers of answers at DEBUG, for whoever turns that on.
            of_answers = name.startswith("httpcore.")
            yield from leaks(f"the log {name}", line, ["the key", "the caller's cookie"] if of_answers else SECRETS)


@contextmanager
def logged() -> Iterator[Logs]:
    """Keep all that is logged at DEBUG."""
    handler, root = Logs(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
