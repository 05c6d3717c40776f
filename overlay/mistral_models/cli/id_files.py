"""Lists of ids: one per line, with `#` for comments."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

import click

BYTE_ORDER_MARK: Final = "\ufeff"
"""Some editors and shells begin UTF-8 text with it; concatenated files have several."""


def read_ids(stream: BinaryIO) -> Iterator[str]:
    """Yield the ids of a list.

    Raises:
        UsageError: It is UTF-16, or JSON.
    """
    return (name for _, name in read_numbered_ids(stream))


def read_numbered_ids(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Yield the ids of a list with the numbers of their lines, from 1.

    Raises:
        UsageError: It is UTF-16, or JSON.
    """
    text = _decode(stream.read())
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        name = line.strip().removeprefix(BYTE_ORDER_MARK).strip()
        if name.startswith(("{", "[")):
            raise click.UsageError(
                "the standard input is JSON, not a list of ids: pipe the output of `jq -r .id` (for --jsonl) or"
                " `jq -r '.[].id'` (for --json)"
            )
        if name and not name.startswith("#"):
            yield number, name


def _decode(content: bytes) -> str:
    """Decode UTF-8, whatever the locale; invalid bytes become surrogates, so that they do no harm in comments."""
    if b"\0" in content:  # true of UTF-16, with or without a byte-order mark, because ids are mostly ASCII
        raise click.UsageError("the standard input is UTF-16, or not text: convert it to UTF-8, one id per line")
    return content.decode("utf-8", "surrogateescape")
