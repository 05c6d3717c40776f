"""Pieces of Markdown."""

import html
import subprocess
import sys
from typing import Final

COLUMNS: Final = 76
"""Of code that is not cut off between the columns of a page on a desktop."""
WIDE: Final = 105
"""Likewise, where the page has no column on the left."""


def link(module: str, name: str) -> str:
    """Link to a public name."""
    return f"[`{name}`][mistral_models.{module}.{name}]"


def code(text: str) -> str:
    """Show text as code in a table, whatever is in it."""
    return f"<code>{html.escape(text).replace('|', '&#124;')}</code>"


def fenced(language: str, text: str) -> str:
    """Show text as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def fitted(text: str, columns: int) -> str | None:
    """Break the lines of a program so that it fits; None if it is none."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", str(columns), "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return None if done.returncode else done.stdout


def indented(text: str) -> str:
    """Indent by four."""
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())


def one_of(words: list[str]) -> str:
    """List words: a, b or c."""
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
