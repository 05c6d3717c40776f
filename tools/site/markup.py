"""Functions that create Markdown."""

import html
import subprocess
import sys
from typing import Final

COLUMNS: Final = 76
"""The length of a line of code that fits a page on a desktop."""
WIDE: Final = 105
"""The same for a page without a column on the left."""


def link(module: str, name: str) -> str:
    """Link to a public name."""
    return f"[`{name}`][mistral_models.{module}.{name}]"


def code(text: str) -> str:
    """Format any text as code within a table."""
    return f"<code>{html.escape(text).replace('|', '&#124;')}</code>"


def fenced(language: str, text: str) -> str:
    """Format text as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def fitted(text: str, columns: int) -> str | None:
    """Reformat Python code to a line length; return None if the text is not Python."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", str(columns), "-"]
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return None if result.returncode else result.stdout


def indented(text: str) -> str:
    """Indent text by four spaces."""
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())


def one_of(words: list[str]) -> str:
    """Join words: a, b or c."""
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
