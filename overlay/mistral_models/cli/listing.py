"""`list`: the models at a glance, or all of them for programs."""

import datetime as dt
from typing import TYPE_CHECKING, Final

import click

from . import options

if TYPE_CHECKING:
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

    names = [wire_name(name.strip()) for name in columns.split(",")] if columns else None
    try:
        _check(names, sort)
        with session.connected(settings) as mistral:
            models = ordered(session.models(mistral, settings, selection), sort)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if form:
        click.echo(formatted([model.payload for model in models], form), nl=bool(models) or form == "json")
    elif models:
        _print(models, names)
    else:
        click.echo("no models" + (" like that" if selection else ""), err=True)
    return 0


def _check(names: list[str] | None, sort: str) -> None:
    from .columns import Marks, columns
    from .sorting import ordered

    columns(names or (), (), dt.datetime.now(dt.UTC), Marks())
    ordered((), sort)


def _print(models: "list[Facts]", names: list[str] | None) -> None:
    from .screen import screen, show
    from .tables import table

    show(table(models, names, dt.datetime.now(dt.UTC), screen()))
