"""Write results. A failed write is an error of its own, so that it is never mistaken for a difference."""

import os
import sys
from pathlib import Path
from typing import TextIO


class OutputError(Exception):
    """A result cannot be written; the disk is full, for example, or the pipe is closed."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"cannot write to {target}: {reason}")


def write(text: str, path: Path | None = None) -> None:
    """Write a result to a file, or to standard output, in full.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        if path is None:
            _write_stdout(_encodable(text))
        else:
            path.write_text(_encodable(text), encoding="utf-8")
    except (OSError, UnicodeEncodeError) as error:
        target = "standard output" if path is None else str(path)
        raise OutputError(target, getattr(error, "strerror", None) or str(error)) from None


def write_message(text: str) -> None:
    """Write a line to standard error; if that fails, there is no place left to report it."""
    try:
        print(_encodable(text), file=sys.stderr, flush=True)
    except OSError:
        _discard(sys.stderr)


def _write_stdout(text: str) -> None:
    if sys.stdout is None:  # the process was started without it: `>&-`
        raise OutputError("standard output", "it is closed")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        _discard(sys.stdout)
        raise


def _discard(stream: TextIO) -> None:
    """Redirect a stream to /dev/null: at exit, Python would flush it again, and replace the exit code."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def _encodable(text: str) -> str:
    """Escape lone surrogates, which a document can contain and no encoding can represent."""
    return text.encode(errors="backslashreplace").decode()
