"""`list`: the models at a glance, or all of them for programs."""

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from . import options

if TYPE_CHECKING:
    from collections.abc import Generator

    from .cards import Facts


_COLUMNS: Final = """\b
Columns:
  id, type, owner, name, description, context, created, aliases, root,
  replacement, deprecation, left, archived, capabilities, letters, and each
  capability by its own name or in short: chat, tools, vision, ...
"""


@click.command("list", epilog=_COLUMNS)
@options.selection
@click.option("--sort", default="type", metavar="KEY", help="type (and id), id, owner, name, context, created or"
              " deprecation; downwards with a minus sign: -created.")  # fmt: skip
@click.option("--columns", metavar="NAMES", help="Which columns, with commas: id,context,vision,left.")
@options.forms
@options.connection
@options.settings
def list_command(
    settings: options.Settings, selection: options.Selection, sort: str, columns: str | None, form: str | None
) -> int:
    """List models.

    Filters combine: a model is shown if it passes all of them. A narrow terminal shows fewer columns; --json, --jsonl
    and --csv print every field.
    """
    from . import session
    from .cards import wire_name
    from .formats import formatted
    from .sorting import ordered

    if columns is not None and form:
        raise click.UsageError(f"--columns is for the table: --{form} prints every field")
    names = None if columns is None else [wire_name(name.strip()) for name in columns.split(",")]
    with _said_of_options():
        ordered((), sort)
    with session.connected(settings) as mistral:
        models = ordered(session.models(mistral, settings, selection), sort)
    with _said_of_options():
        _check(names, models)
    if form:
        click.echo(formatted([model.payload for model in models], form), nl=bool(models) or form == "json")
    elif models:
        _print(models, names)
    else:
        click.echo("no models" + (" like that" if selection else ""), err=True)
    return 0


@contextmanager
def _said_of_options() -> "Generator[None]":
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _check(names: "list[str] | None", models: "list[Facts]") -> None:
    from .columns import Marks, columns

    columns(names or (), models, dt.datetime.now(dt.UTC), Marks())


def _print(models: "list[Facts]", names: list[str] | None) -> None:
    from .screen import screen, show
    from .tables import table

    show(table(models, names, dt.datetime.now(dt.UTC), screen()))
