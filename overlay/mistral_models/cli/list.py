"""`list`: models as a table, or every field for programs."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final

import click

from . import client, options, terminal
from .exit_codes import ExitCode
from .formats import format_payloads
from .model_info import ModelInfo, api_name

_HELP: Final = """List models.

Each model that passes all filters has one row, with the number of its other names (+3). A narrow terminal shows fewer
columns. --json, --jsonl and --csv print what the service sent: an entry for each name of a model, with every field.
"""

_COLUMNS: Final = """\b
Columns:
  id, names (number of other names), ids (all names), aliases (other names),
  type, owner, name, description, context, created (of fine-tuned models),
  root, replacement, deprecation, left (time until then), archived,
  capabilities, letters (one for each capability), and each capability by its
  full or short name: chat, tools, vision, ...
"""


@click.command("list", cls=options.Command, help=_HELP, epilog=_COLUMNS)
@options.filter_options
@click.option("--ids", "by_id", is_flag=True, help="Print one row for each name of a model, as the service sends it.")
@click.option("--sort", default="type", metavar="KEY", help="type (and id), id, owner, name, context, created or"
              " deprecation; descending with a minus sign: -created.")  # fmt: skip
@click.option("--columns", metavar="NAMES", help="Columns, separated by commas: id,context,vision,left.")
@options.format_options
@options.connection_options
@options.pass_connection
def list_command(
    connection: options.ConnectionOptions,
    *,
    filters: options.ModelFilter,
    by_id: bool,
    sort: str,
    columns: str | None,
    output_format: str | None,
) -> int:
    """Run `list`."""
    if columns is not None and output_format:
        raise click.UsageError(f"--columns is for the table: --{output_format} prints every field")
    names = None if columns is None else [api_name(name.strip()) for name in columns.split(",")]
    with options.usage_errors():
        sort_models((), sort)  # an invalid key is reported before anything is sent
    with client.connect(connection) as mistral:
        models = client.list_models(mistral, connection, filters)
    if by_id or output_format:
        models = [entry for model in models for entry in model.entries]
    models = sort_models(models, sort)
    if output_format:
        output = format_payloads([model.payload for model in models], output_format)
        click.echo(output, nl=bool(models) or output_format != "jsonl")
    else:
        _print_table(models, names, filters)
    return ExitCode.SUCCESS


def _print_table(models: list[ModelInfo], names: list[str] | None, filters: options.ModelFilter) -> None:
    from .table import model_table

    with options.usage_errors():
        table = model_table(models, names, dt.datetime.now(dt.UTC), terminal.detect())
    if models:
        terminal.display(table)
    else:
        click.echo("no models" if filters.is_empty else "no models match the filters", err=True)


_SORT_KEYS: Final[dict[str, Callable[[ModelInfo], Any]]] = {
    "id": lambda model: model.id,
    "type": lambda model: (model.type, model.id) if model.type else None,
    "owner": lambda model: model.owner,
    "name": lambda model: model.name,
    "context": lambda model: model.context_length,
    "created": lambda model: model.created,
    "deprecation": lambda model: model.deprecation,
}


def sort_models(models: Sequence[ModelInfo], sort_key: str) -> list[ModelInfo]:
    """Sort models; a minus sign before the key means descending. Models without the value come last in both cases.

    Raises:
        ValueError: There is no such key.
    """
    name = sort_key.removeprefix("-")
    if name not in _SORT_KEYS:
        raise ValueError(f"unknown sort key {sort_key!r}; known: {', '.join(_SORT_KEYS)}, also with a minus sign")
    key = _SORT_KEYS[name]
    without_value = [model for model in models if key(model) in {None, ""}]
    with_value = [model for model in models if key(model) not in {None, ""}]
    return [*sorted(with_value, key=key, reverse=sort_key.startswith("-")), *without_value]
