"""`show`: every field of a model, or of all models that share a name."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import click

from . import client, options, terminal
from .completion import complete_ids
from .dates import URGENCY_STYLES, format_date, time_left, urgency
from .exit_codes import ExitCode
from .formats import to_json
from .model_info import format_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mistral_models import Mistral
    from mistral_models._json import Json
    from mistral_models.operations import Operation

    from .model_info import ModelInfo

_ATTRIBUTES: Final = {
    "id": "id", "type": "type", "owned_by": "owner", "name": "name", "description": "description", "root": "root",
    "max_context_length": "context_length", "created": "created", "capabilities": "capabilities", "aliases": "aliases",
    "archived": "archived", "deprecation": "deprecation", "deprecation_replacement_model": "replacement",
}  # fmt: skip
"""Fields with a line of their own, and the attribute of `ModelInfo` that holds each."""


_HELP: Final = """Show a model in full.

NAME is an id, an alias or a name. If several models share it, all of them are shown. --json prints the entry that the
service sent for this name, and an array of entries for several models.
"""


@click.command("show", cls=options.Command, help=_HELP)
@click.argument("name", metavar="NAME", shell_complete=complete_ids)
@options.json_option
@options.connection_options
@options.pass_connection
def show_command(connection: options.ConnectionOptions, *, name: str, as_json: bool) -> int:
    """Run `show`."""
    from mistral_models import operations

    with options.usage_errors():
        retrieve = operations.retrieve(name)
    with client.connect(connection) as mistral:
        models = _find(mistral, connection, name) or [client.send(mistral, retrieve)]
    if as_json:
        payloads = [_entry(model, name).payload for model in models]
        click.echo(to_json(payloads[0] if len(payloads) == 1 else payloads))
    else:
        _print(models)
    return ExitCode.SUCCESS


def _find(mistral: "Mistral", connection: options.ConnectionOptions, name: str) -> "list[ModelInfo]":
    """Return the listed models that have this id or alias, or else this name."""
    models = client.find_listed(mistral, connection)
    return [model for model in models if name in model.ids] or [model for model in models if name == model.name]


def _entry(model: "ModelInfo", name: str) -> "ModelInfo":
    """Return the entry of a model that has this id; the one with the canonical id if there is none."""
    return next((entry for entry in model.entries if entry.id == name), model)


def show_result(
    connection: options.ConnectionOptions, make_operation: "Callable[[], Operation[Any]]", *, as_json: bool
) -> int:
    """Send an operation whose result is a model, and print that model."""
    with options.usage_errors():
        operation = make_operation()
    with client.connect(connection) as mistral:
        model = client.send(mistral, operation)
    if as_json:
        click.echo(to_json(model.payload))
    else:
        _print([model])
    return ExitCode.SUCCESS


def _print(models: "Sequence[ModelInfo]") -> None:
    now = dt.datetime.now(dt.UTC)
    for number, model in enumerate(models):
        if number:
            click.echo()
        lines = (((name, "dim"), (value, style)) for name, value, style in _lines(model, now))
        terminal.display(terminal.grid(lines, columns=2))


def _lines(model: "ModelInfo", now: dt.datetime) -> "Iterator[tuple[str, str, str]]":
    """Yield the name, the value and the style of every line."""
    capabilities = [name for name, flag in model.capabilities.items() if flag]
    kind = model.type, "archived" if model.archived else ""
    tokens = f"{format_tokens(model.context_length)} ({model.context_length:,} tokens)" if model.context_length else ""
    lines = [
        ("id", model.id, "bold"),
        ("type", ", ".join(filter(None, kind)), "yellow" if model.archived else ""),
        ("name", model.name if model.name != model.id else "", ""),
        ("description", model.description, ""),
        ("owner", model.owner, ""),
        ("root", model.root, ""),
        ("created", format_date(model.created) if model.created else "", ""),
        ("context", tokens, ""),
        ("capabilities", ", ".join(capabilities) or "none", "green" if capabilities else ""),
        ("aliases", ", ".join(model.aliases), ""),
    ]
    yield from (line for line in lines if line[1])
    if model.deprecation:
        style = URGENCY_STYLES[urgency(model.deprecation, now)]
        yield "deprecation", f"{format_date(model.deprecation)}, {time_left(model.deprecation, now)}", style
    if model.replacement:
        yield "replacement", model.replacement, ""
    yield from _other_fields(model)


def _other_fields(model: "ModelInfo") -> "Iterator[tuple[str, str, str]]":
    """Yield lines for the fields that are not displayed yet, those with an unexpected type among them."""
    payload = model.payload if isinstance(model.payload, dict) else {"payload": model.payload}
    for name, value in payload.items():
        is_displayed = name in _ATTRIBUTES and getattr(model, _ATTRIBUTES[name])
        is_omitted = name == "object" or (name == "created" and not model.is_fine_tuned)
        if (
            not is_displayed
            and not is_omitted
            and value not in (None, "", [], {})
            and (name, value) != ("archived", False)
        ):
            yield from _nested_lines(name, value)


def _nested_lines(name: str, value: "Json", indent: str = "") -> "Iterator[tuple[str, str, str]]":
    title = indent + name.replace("_", " ")
    if isinstance(value, dict):
        yield title, "", ""
        for inner_name, inner_value in value.items():
            yield from _nested_lines(inner_name, inner_value, f"{indent}  ")
    elif isinstance(value, bool):
        yield title, "yes" if value else "no", ""
    elif isinstance(value, list) and (strings := [item for item in value if isinstance(item, str)]) == value:
        yield title, ", ".join(strings), ""
    else:
        yield title, value if isinstance(value, str) else to_json(value, indent=None), ""
