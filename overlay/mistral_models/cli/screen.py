"""The terminal: what it is able to show, and text written to it. Renders with rich; all text goes through `safe`."""

import io
import os
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from .safe import safe

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_ENDLESS: Final = 10_000


class Screen(NamedTuple):
    """What the standard output can show.

    Attributes:
        width: Columns; None where lines may be as long as they like, as in a pipe.
        colour: Whether escape sequences may be written.
        pictures: Whether it can write characters beyond ASCII.
    """

    width: int | None
    colour: bool
    pictures: bool


def screen() -> Screen:
    """Look at the standard output (https://no-color.org for colours)."""
    stream = sys.stdout
    terminal = stream.isatty()
    dumb = os.environ.get("TERM", "") in {"dumb", "unknown"}
    try:
        "●━".encode(stream.encoding)
        pictures = True
    except (UnicodeEncodeError, LookupError):
        pictures = False
    width = os.get_terminal_size(stream.fileno()).columns or 80 if terminal else None
    return Screen(width, terminal and not dumb and not os.environ.get("NO_COLOR"), pictures)


def text(content: str, style: str = "") -> "Text":
    """Make text of others fit to be shown; no markup in it has an effect."""
    from rich.text import Text

    return Text(safe(content), style)


def rendered(content: "RenderableType", target: Screen) -> str:
    """Render for a screen, without spaces at the ends of lines."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out,
        width=target.width or _ENDLESS,
        force_terminal=target.colour,
        color_system="standard" if target.colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(content)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def show(content: "RenderableType") -> None:
    """Print on the standard output."""
    print(rendered(content, screen()))
