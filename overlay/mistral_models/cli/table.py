"""The table of models: its columns, and the choice of those that fit the terminal."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from attrs import frozen
from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from .dates import URGENCY_STYLES, format_date, time_left, urgency
from .model_info import CAPABILITIES, ModelInfo, format_tokens, letter, short_name
from .terminal import styled

if TYPE_CHECKING:
    from rich.console import RenderableType

    from .terminal import Terminal

Cell = Sequence[tuple[str, str]]
"""Pieces of unescaped text, each with its style."""


@frozen
class Column:
    """A column of the table."""

    heading: str
    cell: Callable[[ModelInfo], Cell]
    justify: Literal["left", "center", "right"] = "left"


class Symbols(NamedTuple):
    """How true and false are displayed."""

    true: str = "●"
    false: str = "·"


_ASCII_SYMBOLS: Final = Symbols("x", "-")
_BY_HEADING: Final = {"arch": "archived", "can": "letters"}
"""Names of the columns whose headings are shorter, so that every heading can be passed to `--columns`."""
_GAP: Final = 2
"""Spaces between columns."""


def model_table(
    models: Sequence[ModelInfo], names: Sequence[str] | None, now: dt.datetime, terminal: "Terminal"
) -> "RenderableType":
    """Lay out models as a table with one row per model.

    Args:
        models: The rows.
        names: Names of the columns; by default as many as fit the terminal.
        now: The current time, from which the time left is counted.
        terminal: Where the table will be displayed.

    Raises:
        ValueError: There is no column of such a name.
    """
    symbols = Symbols() if terminal.unicode else _ASCII_SYMBOLS
    names = [_BY_HEADING.get(name, name) for name in names or ()]
    names = names or _fitting_layout(models, now, symbols, terminal.width)
    table = _rich_table(_columns(names, models, now, symbols), models)
    if "letters" not in names or not _used_capabilities(models):
        return table
    return Group(table, styled(""), styled(_legend(_used_capabilities(models)), "dim"))


def column_names() -> list[str]:
    """List the names of all columns."""
    return [*_TEXT_COLUMNS, *_DATE_COLUMNS, "archived", "capabilities", "letters", *CAPABILITIES]


def _fitting_layout(
    models: Sequence[ModelInfo], now: dt.datetime, symbols: Symbols, max_width: int | None
) -> Sequence[str]:
    """Return the first layout that is not wider than the terminal; the id alone if none is."""
    for names in _layouts(models):
        if max_width is None or _width(_columns(names, models, now, symbols), models) <= max_width:
            return names
    return ["id"]


def _layouts(models: Sequence[ModelInfo]) -> Iterator[list[str]]:
    """Yield lists of column names, from all to the id alone; wide or unimportant columns are dropped first."""
    names = ["id", *(["names"] if any(model.entries and model.aliases for model in models) else [])]
    names += ["type", "owner", "context", "capabilities"]
    names += ["archived"] if any(model.archived for model in models) else []
    names += ["deprecation", "left", "replacement"] if any(model.deprecation for model in models) else []
    yield names
    yield [name for name in names if name != "owner"]
    yield [name for name in names if name not in {"owner", "replacement"}]
    names = ["letters" if name == "capabilities" else name for name in names]
    yield names
    for dropped in ("owner", "replacement", "type", "archived", "left", "letters", "names", "deprecation", "context"):
        if dropped in names:
            names = [name for name in names if name != dropped]
            yield names


def _columns(names: Sequence[str], models: Sequence[ModelInfo], now: dt.datetime, symbols: Symbols) -> list[Column]:
    """Create columns by their names.

    Raises:
        ValueError: There is no column of such a name.
    """
    used = _used_capabilities(models)
    columns: list[Column] = []
    for name in names:
        if name == "capabilities":
            columns.append(_capability_flags(used, symbols))
        elif name == "letters":
            columns.append(_capability_letters(used, symbols))
        elif name in _TEXT_COLUMNS:
            columns.append(_TEXT_COLUMNS[name])
        elif name in _DATE_COLUMNS:
            columns.append(_date_column(name, now))
        elif name in CAPABILITIES or name in used:
            columns.append(_capability_flags([name], symbols))
        elif name == "archived":
            columns.append(_archived_column(symbols))
        else:
            raise ValueError(f"unknown column {name!r}; known: {', '.join(column_names())}")
    return columns


def _used_capabilities(models: Sequence[ModelInfo]) -> list[str]:
    """List the capabilities that any of the models has, in the order of the schema, then unknown ones."""
    used = {name for model in models for name, flag in model.capabilities.items() if flag}
    return [*(name for name in CAPABILITIES if name in used), *sorted(used - CAPABILITIES.keys())]


def _legend(capabilities: Sequence[str]) -> str:
    known = [f"{letter(name)}={short_name(name)}" for name in capabilities if name in CAPABILITIES]
    return "  ".join([*known, *(["+=others"] if len(known) < len(capabilities) else [])])


def _plain(content: str, style: str = "") -> Cell:
    return ((content, style),)


def _type_style(model: ModelInfo) -> str:
    return {"base": "", "fine-tuned": "cyan"}.get(model.type, "yellow")


_TEXT_COLUMNS: Final[dict[str, Column]] = {
    "id": Column("id", lambda model: _plain(model.id or "?", "bold")),
    "names": Column("names", lambda model: _plain(f"+{len(model.aliases)}" if model.aliases else "", "dim")),
    "ids": Column("ids", lambda model: _plain(", ".join(model.ids))),
    "type": Column("type", lambda model: _plain(model.type, _type_style(model))),
    "owner": Column("owner", lambda model: _plain(model.owner)),
    "name": Column("name", lambda model: _plain(model.name)),
    "description": Column("description", lambda model: _plain(model.description)),
    "context": Column("context", lambda model: _plain(format_tokens(model.context_length)), "right"),
    "created": Column("created", lambda model: _plain(format_date(model.created) if model.created else "")),
    "aliases": Column("aliases", lambda model: _plain(", ".join(model.aliases))),
    "root": Column("root", lambda model: _plain(model.root)),
    "replacement": Column("replacement", lambda model: _plain(model.replacement)),
}
_DATE_COLUMNS: Final = ("deprecation", "left")


def _date_column(name: str, now: dt.datetime) -> Column:
    def cell(model: ModelInfo) -> Cell:
        if model.deprecation is None:
            return _plain("")
        text = format_date(model.deprecation) if name == "deprecation" else time_left(model.deprecation, now)
        return _plain(text, URGENCY_STYLES[urgency(model.deprecation, now)])

    return Column(name, cell)


def _archived_column(symbols: Symbols) -> Column:
    return Column("arch", lambda model: _plain(symbols.true if model.archived else symbols.false), "center")


def _capability_flags(capabilities: Sequence[str], symbols: Symbols) -> Column:
    """Create one column that has a symbol below the short name of each capability."""
    words = [short_name(name) for name in capabilities]

    def cell(model: ModelInfo) -> Cell:
        flags = [bool(model.capabilities.get(name)) for name in capabilities]
        return [
            (f"{(symbols.true if flag else symbols.false).center(len(word))} ", "green" if flag else "dim")
            for word, flag in zip(words, flags, strict=True)
        ]

    return Column(" ".join(words), cell)


def _capability_letters(capabilities: Sequence[str], symbols: Symbols) -> Column:
    def cell(model: ModelInfo) -> Cell:
        letters = (letter(name) if model.capabilities.get(name) else symbols.false for name in capabilities)
        return _plain("".join(letters))

    return Column("can", cell)


def _width(columns: Sequence[Column], models: Sequence[ModelInfo]) -> int:
    widths = (
        max(map(cell_len, (column.heading, *(_cell_text(column.cell(model)).plain for model in models))))
        for column in columns
    )
    return sum(widths) + _GAP * (len(columns) - 1)


def _rich_table(columns: Sequence[Column], models: Sequence[ModelInfo]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, _GAP // 2), header_style="dim")
    previous = ""
    for column in columns:
        # "2026-12-31  in 3 weeks" needs no second heading.
        heading = "" if (previous, column.heading) == ("deprecation", "left") else column.heading
        table.add_column(styled(heading), justify=column.justify, overflow="fold")
        previous = column.heading
    for model in models:
        table.add_row(*(_cell_text(column.cell(model)) for column in columns), style="dim" if model.archived else "")
    return table


def _cell_text(cell: Cell) -> Text:
    text = Text()
    for content, style in cell:
        text.append_text(styled(content, style))
    text.rstrip()
    return text
