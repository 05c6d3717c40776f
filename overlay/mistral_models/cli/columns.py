"""Columns of the table of models: what each shows, and which of them a width has room for. Nothing here does I/O."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from attrs import frozen

from . import moments
from .cards import CAPABILITIES, Facts, letter, short

Cell = Sequence[tuple[str, str]]
"""Pieces of text as they came, and their styles."""

URGENCIES: Final = {"past": "red", "soon": "yellow", "later": ""}
"""The styles of dates."""


class Marks(NamedTuple):
    """How yes and no look."""

    yes: str = "●"
    no: str = "·"


@frozen
class Column:
    """A column: its heading, its cells, and on which side they stand."""

    heading: str
    cell: Callable[[Facts], Cell]
    side: Literal["left", "center", "right"] = "left"


def columns(names: Sequence[str], models: Sequence[Facts], now: dt.datetime, marks: Marks) -> list[Column]:
    """Make columns by their names; `capabilities` is one for all that any of the models has.

    Raises:
        ValueError: There is no such column.
    """
    made: list[Column] = []
    for name in names:
        if name == "capabilities":
            made.append(_flags(present(models), marks))
        elif name == "letters":
            made.append(_letters(present(models), marks))
        elif name in _PLAIN:
            made.append(_PLAIN[name])
        elif name in _TIMED:
            made.append(Column(name, _timed(name, now)))
        elif name in CAPABILITIES or name in present(models):
            made.append(_flags([name], marks))
        elif name == "archived":
            made.append(Column("arch", lambda model: _one(marks.yes if model.archived else marks.no), "center"))
        else:
            raise ValueError(f"there is no column {name!r}; there are {', '.join(known())}")
    return made


def known() -> list[str]:
    """List the names of all columns."""
    return [*_PLAIN, *_TIMED, "archived", "capabilities", "letters", *CAPABILITIES]


def present(models: Sequence[Facts]) -> list[str]:
    """List the capabilities that any of the models has, in the document's order, then those it does not know."""
    held = {name for model in models for name, flag in model.capabilities.items() if flag}
    return [*(name for name in CAPABILITIES if name in held), *sorted(held - CAPABILITIES.keys())]


def layouts(models: Sequence[Facts]) -> Iterator[list[str]]:
    """List what to show, from everything to ids alone: what matters least, or is wide for what it says, goes first."""
    names = ["id", "type", "owner", "context", "capabilities"]
    names += ["archived"] if any(model.archived for model in models) else []
    names += ["deprecation", "left", "replacement"] if any(model.deprecation for model in models) else []
    yield names
    yield [name for name in names if name != "owner"]
    yield [name for name in names if name not in {"owner", "replacement"}]
    names = ["letters" if name == "capabilities" else name for name in names]
    yield names
    for gone in ("owner", "replacement", "type", "archived", "left", "letters", "deprecation", "context"):
        if gone in names:
            names = [name for name in names if name != gone]
            yield names


def legend(capabilities: Sequence[str]) -> str:
    """Explain the letters."""
    known_ones = [f"{letter(name)}={short(name)}" for name in capabilities if name in CAPABILITIES]
    return "  ".join([*known_ones, *(["+=others"] if len(known_ones) < len(capabilities) else [])])


def thousands(context: int | None) -> str:
    """Write a number of tokens: 131k for 131,072, 1M for 1,000,000."""
    if context is None:
        return ""
    if abs(context) < 1000:
        return str(context)
    return f"{context // 1000}k" if abs(context) < 1_000_000 else f"{context / 1_000_000:.3g}M"


def _one(content: str, style: str = "") -> Cell:
    return ((content, style),)


def _style_of_type(model: Facts) -> str:
    return {"base": "", "fine-tuned": "cyan"}.get(model.type, "yellow")


_PLAIN: Final[dict[str, Column]] = {
    "id": Column("id", lambda model: _one(model.id or "?", "bold")),
    "type": Column("type", lambda model: _one(model.type, _style_of_type(model))),
    "owner": Column("owner", lambda model: _one(model.owner)),
    "name": Column("name", lambda model: _one(model.name)),
    "description": Column("description", lambda model: _one(model.description)),
    "context": Column("context", lambda model: _one(thousands(model.context)), "right"),
    "created": Column("created", lambda model: _one(moments.date(model.created) if model.created else "")),
    "aliases": Column("aliases", lambda model: _one(", ".join(model.aliases))),
    "root": Column("root", lambda model: _one(model.root)),
    "replacement": Column("replacement", lambda model: _one(model.replacement)),
}
_TIMED: Final = ("deprecation", "left")


def _timed(name: str, now: dt.datetime) -> Callable[[Facts], Cell]:
    def cell(model: Facts) -> Cell:
        if model.deprecation is None:
            return _one("")
        text = moments.date(model.deprecation) if name == "deprecation" else moments.left(model.deprecation, now)
        return _one(text, URGENCIES[moments.urgency(model.deprecation, now)])

    return cell


def _flags(capabilities: Sequence[str], marks: Marks) -> Column:
    words = [short(name) for name in capabilities]

    def cell(model: Facts) -> Cell:
        held = [bool(model.capabilities.get(name)) for name in capabilities]
        return [
            (f"{(marks.yes if flag else marks.no).center(len(word))} ", "green" if flag else "dim")
            for word, flag in zip(words, held, strict=True)
        ]

    return Column(" ".join(words), cell)


def _letters(capabilities: Sequence[str], marks: Marks) -> Column:
    def cell(model: Facts) -> Cell:
        return _one("".join(letter(name) if model.capabilities.get(name) else marks.no for name in capabilities))

    return Column("can", cell)
