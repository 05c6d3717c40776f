"""Which models a bulk command is about: ids from the command line and the standard input, or filters."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from mistral_models import Mistral

    from .cards import Facts
    from .options import Selection, Settings

_ARCHIVED_BEFORE: Final = {"archive": (False,), "unarchive": (True,), "delete": (False, True)}


def chosen(
    mistral: "Mistral", settings: "Settings", action: str, ids: Sequence[str], selection: "Selection"
) -> list[str]:
    """Find the ids, each once, in the order in which they were given; `check` has looked at what says which.

    Raises:
        UsageError: A filter names what no model has.
    """
    if selection:
        from . import session

        return [model.id for model in session.models(mistral, settings, selection) if concerned(action, model)]
    return list(dict.fromkeys(_given(ids)))


def check(action: str, ids: Sequence[str], selection: "Selection") -> None:
    """Refuse what does not say which models are meant: nobody deletes everything by accident.

    Raises:
        UsageError: The message says what to give.
    """
    if ids and selection:
        raise click.UsageError("give ids or filters, not both")
    if not ids and not selection:
        raise click.UsageError(f"nothing says which models to {action}: give ids, - for the standard input, or filters")


def concerned(action: str, model: "Facts") -> bool:
    """Decide whether a filter may choose a model: fine-tuned, and not what it would become already."""
    return model.type == "fine-tuned" and bool(model.id) and model.archived in _ARCHIVED_BEFORE[action]


def lines(source: Iterable[str]) -> list[str]:
    """Read ids, one a line, without empty lines and comments."""
    stripped = (line.strip() for line in source)
    return [line for line in stripped if line and not line.startswith("#")]


def _given(ids: Sequence[str]) -> Iterable[str]:
    for name in ids:
        yield from lines(sys.stdin) if name == "-" else [name]
