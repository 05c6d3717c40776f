"""Output for people: what the terminal supports, escaping of untrusted text, and rendering with rich."""

import io
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_UNLIMITED_WIDTH: Final = 10_000
_ESCAPED_CATEGORIES: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories: control characters, invisible formatting, lone surrogates, line and paragraph separators."""


def escape(text: str, *, keep: str = "") -> str:
    r"""Escape characters that a terminal would act on or hide: an escape character becomes `\x1b`.

    Args:
        text: Untrusted text.
        keep: Characters that are left as they are.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if char in keep or unicodedata.category(char) not in _ESCAPED_CATEGORIES else ascii(char)[1:-1]
        for char in text
    )


class Terminal(NamedTuple):
    """What the standard output supports.

    Attributes:
        width: Number of columns; None if it is not a terminal, so that lines may have any length.
        color: Whether escape sequences may be written.
        unicode: Whether characters beyond ASCII can be written.
    """

    width: int | None
    color: bool
    unicode: bool


def detect() -> Terminal:
    """Inspect the standard output and the environment."""
    stream = sys.stdout
    is_terminal = stream.isatty()
    try:
        "●━".encode(stream.encoding or "utf-8")  # a StringIO has no encoding, and takes any text
        unicode = True
    except (UnicodeEncodeError, LookupError):
        unicode = False
    width = os.get_terminal_size(stream.fileno()).columns or 80 if is_terminal else None
    return Terminal(width, _wants_color(is_terminal=is_terminal), unicode)


def _wants_color(*, is_terminal: bool) -> bool:
    """Apply the variables of https://no-color.org, https://force-color.org and https://bixense.com/clicolors."""
    environment = os.environ
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal and environment.get("TERM") not in {"dumb", "unknown"} and environment.get("CLICOLOR") != "0"


def styled(content: str, style: str = "") -> "Text":
    """Return escaped text with one style; rich markup in it has no effect."""
    from rich.text import Text

    return Text(escape(content), style)


def grid(rows: Iterable[Sequence[tuple[str, str]]], columns: int) -> "RenderableType":
    """Align rows in columns without borders; only the last column wraps.

    Args:
        rows: Rows of cells, each a text and its style.
        columns: Number of columns.
    """
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for _ in range(columns - 1):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*(styled(content, style) for content, style in row))
    return table


def display(content: "RenderableType") -> None:
    """Print on the standard output, without trailing spaces."""
    from rich.console import Console

    terminal = detect()
    rendered = io.StringIO()
    console = Console(
        file=rendered,
        width=terminal.width or _UNLIMITED_WIDTH,
        force_terminal=terminal.color,
        color_system="standard" if terminal.color else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(content)
    print("\n".join(line.rstrip() for line in rendered.getvalue().splitlines()))


def silence(stream: TextIO) -> None:
    """Redirect a standard stream that cannot be written to the null device.

    Otherwise the interpreter reports the failure again when it flushes its buffers at exit, and changes the exit code.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
