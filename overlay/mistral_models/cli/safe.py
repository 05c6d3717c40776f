"""Text of others, made fit for a terminal: what would move the cursor, change colours or hide is shown escaped."""

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls, invisible formatting (such as a change of direction), lone surrogates, and breaks of lines."""


def safe(text: str, *, keep: str = "") -> str:
    r"""Escape what a terminal would act on: `\x1b` for an escape character.

    Args:
        text: From wherever it comes.
        keep: Characters that may stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter if letter in keep or unicodedata.category(letter) not in _HIDDEN else ascii(letter)[1:-1]
        for letter in text
    )
