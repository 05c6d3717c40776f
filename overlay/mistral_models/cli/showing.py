"""`show`: one model in full."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import click

from . import options
from .completion import complete_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import RenderableType

    from mistral_models._json import Json
    from mistral_models.operations import Operation

    from .cards import Facts

_READ: Final = {
    "id": "id", "type": "type", "owned_by": "owner", "name": "name", "description": "description", "root": "root",
    "max_context_length": "context", "created": "created", "capabilities": "capabilities", "aliases": "aliases",
    "archived": "archived", "deprecation": "deprecation", "deprecation_replacement_model": "replacement",
}  # fmt: skip
"""What has a line of its own, and what it is read into. What could not be read follows as it came, as all else does."""


@click.command("show")
@click.argument("model_id", metavar="ID", shell_complete=complete_ids)
@options.as_json
@options.connection
@options.settings
def show_command(settings: options.Settings, model_id: str, as_json: bool) -> int:  # noqa: FBT001 click's way
    """Show one model in full."""
    from mistral_models import operations

    return present(settings, lambda: operations.retrieve(model_id), as_json=as_json)


def present(settings: options.Settings, make: "Callable[[], Operation[Any]]", *, as_json: bool) -> int:
    """Send an operation that is answered with a model, and print that, for people or for programs."""
    from . import session
    from .cards import facts
    from .formats import encoded
    from .screen import show

    try:
        operation = make()
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with session.connected(settings) as mistral:
        model = facts(mistral.send(operation).parsed)
    if as_json:
        click.echo(encoded(model.payload))
    else:
        show(sheet(model, dt.datetime.now(dt.UTC)))
    return 0


def sheet(model: "Facts", now: dt.datetime) -> "RenderableType":
    """Lay out a model as names and values."""
    from rich.table import Table

    from .screen import text

    lines = Table.grid(padding=(0, 2))
    lines.add_column(no_wrap=True)
    lines.add_column(overflow="fold")
    for name, value, style in fields(model, now):
        lines.add_row(text(name, "dim"), text(value, style))
    return lines


def fields(model: "Facts", now: dt.datetime) -> "Iterator[tuple[str, str, str]]":
    """List what there is to say of a model: names, values and styles."""
    from . import moments
    from .columns import URGENCIES, thousands

    held = [name for name, flag in model.capabilities.items() if flag]
    kind = model.type, "archived" if model.archived else ""
    lines = [
        ("id", model.id, "bold"),
        ("type", ", ".join(filter(None, kind)), "yellow" if model.archived else ""),
        ("name", model.name if model.name != model.id else "", ""),
        ("description", model.description, ""),
        ("owner", model.owner, ""),
        ("root", model.root, ""),
        ("created", moments.date(model.created) if model.created else "", ""),
        ("context", f"{thousands(model.context)} ({model.context:,} tokens)" if model.context else "", ""),
        ("capabilities", ", ".join(held) or "none", "green" if held else ""),
        ("aliases", ", ".join(model.aliases), ""),
    ]
    yield from (line for line in lines if line[1])
    if model.deprecation:
        style = URGENCIES[moments.urgency(model.deprecation, now)]
        yield "deprecation", f"{moments.date(model.deprecation)}, {moments.left(model.deprecation, now)}", style
    if model.replacement:
        yield "replacement", model.replacement, ""
    others = model.payload if isinstance(model.payload, dict) else {"payload": model.payload}
    for name, value in others.items():
        is_read = name == "object" or (name in _READ and getattr(model, _READ[name]))
        if not is_read and value not in (None, "", [], {}) and (name, value) != ("archived", False):
            yield from _nested(name, value)


def _nested(name: str, value: "Json", indent: str = "") -> "Iterator[tuple[str, str, str]]":
    from .formats import encoded

    title = indent + name.replace("_", " ")
    if isinstance(value, dict):
        yield title, "", ""
        for inner, held in value.items():
            yield from _nested(inner, held, f"{indent}  ")
    elif isinstance(value, bool):
        yield title, "yes" if value else "no", ""
    elif isinstance(value, list) and (words := [held for held in value if isinstance(held, str)]) == value:
        yield title, ", ".join(words), ""
    else:
        yield title, value if isinstance(value, str) else encoded(value, indent=None), ""
