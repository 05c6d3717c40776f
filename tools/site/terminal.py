"""A terminal with the output of the command line, as text: a picture of it would be too small on a phone."""

import html
import io
import shlex
from typing import Final

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tools.picture import run_in_terminal

_LINES: Final = 14
_COLUMNS: Final = 220
# Every color has a contrast of at least 4.5 on the background.
_THEME: Final = TerminalTheme(
    (30, 33, 41),
    (246, 247, 250),
    [(138, 146, 163), (255, 138, 128), (125, 219, 154), (255, 203, 107), (130, 170, 255), (215, 160, 255),
     (128, 216, 230), (246, 247, 250)],
)  # fmt: skip


def render(arguments: str) -> str:
    """Render the first lines that a command prints in a wide terminal; the page shows as many columns as fit."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    lines = run_in_terminal(*shlex.split(arguments), columns=_COLUMNS).splitlines()
    console.print("$", Text(f"mistral-models {arguments}", "bold"))
    for line in lines[:_LINES]:
        console.print(Text.from_ansi(line.rstrip()), soft_wrap=True)
    if len(lines) > _LINES:
        console.print(Text(f"… {len(lines) - _LINES} more lines", "bright_black"))
    shown = console.export_html(theme=_THEME, code_format="{code}", inline_styles=True)
    shown = "\n".join(line.rstrip() for line in shown.strip().splitlines())
    label = html.escape(f"Output of mistral-models {arguments}")
    return f'<pre class="terminal" tabindex="0" role="region" aria-label="{label}">{shown}</pre>'
