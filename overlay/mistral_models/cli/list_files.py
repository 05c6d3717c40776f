"""Saved lists of models: the output of `list --json` or `list --jsonl`, or the body of a response."""

import json
from typing import TYPE_CHECKING, Final

import click

from .terminal import escape

if TYPE_CHECKING:
    from mistral_models._json import Json
    from mistral_models.catalogue import Catalogue

_HINT: Final = "write one with `mistral-models list --json > FILE`"


def read_catalogue(file: str) -> "Catalogue":
    """Read a list of models.

    Args:
        file: Its path; `-` is the standard input.

    Raises:
        UsageError: There is no such file, or it is not a list of models.
    """
    from mistral_models.catalogue import Catalogue

    name = "the standard input" if file == "-" else file
    try:
        with click.open_file(file, "rb") as stream:
            content: bytes = stream.read()
    except OSError as error:
        raise click.UsageError(f"cannot read {name}: {error.strerror or error}; {_HINT}") from None
    try:
        catalogue = Catalogue.from_json(_parse(content))
    except ValueError as error:
        raise click.UsageError(f"{name} is not a list of models: {error}; {_HINT}") from None
    unnamed = sum(not model.ids for model in catalogue)
    if unnamed and unnamed == len(catalogue):
        raise click.UsageError(f"{name} is not a list of models: none of its entries has an id; {_HINT}")
    if unnamed:
        entries = "1 entry has" if unnamed == 1 else f"{unnamed} entries have"
        click.echo(f"mistral-models: {escape(name)}: {entries} no id, and cannot be compared", err=True)
    return catalogue


def _parse(content: bytes) -> "Json":
    """Parse JSON, or JSON Lines with a model in each line.

    Raises:
        ValueError: The content is neither; the message says where.
    """
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not text: {error.reason} at byte {error.start}") from None
    if not text.strip():
        raise ValueError("it is empty")
    try:
        value = _parse_value(text)
    except ValueError:
        if (entries := _parse_lines(text)) is None:
            raise
        return entries
    return [value] if isinstance(value, dict) and "id" in value and "data" not in value else value


def _parse_lines(text: str) -> "list[Json] | None":
    """Parse each line as a value; return None if the first one is not JSON, which means that these are not JSON Lines.

    Raises:
        ValueError: Another line is not JSON; the message says which one.
    """
    entries: list[Json] = []
    for number, line in enumerate(text.split("\n")):
        if line.strip():
            try:
                entries.append(_parse_value(line, number))
            except ValueError:
                if not entries:
                    return None
                raise
    return entries


def _parse_value(text: str, lines_before: int = 0) -> "Json":
    try:
        value: Json = json.loads(text)
    except json.JSONDecodeError as error:
        line = error.lineno + lines_before
        raise ValueError(f"invalid JSON at line {line}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value
