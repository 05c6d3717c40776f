"""Pieces of Markdown."""

import html


def link(module: str, name: str) -> str:
    """Link to a public name."""
    return f"[`{name}`][mistral_models.{module}.{name}]"


def code(text: str) -> str:
    """Show text as code in a table, whatever is in it."""
    return f"<code>{html.escape(text).replace('|', '&#124;')}</code>"


def fenced(language: str, text: str) -> str:
    """Show text as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def indented(text: str) -> str:
    """Indent by four."""
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())


def one_of(words: list[str]) -> str:
    """List words: a, b or c."""
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
