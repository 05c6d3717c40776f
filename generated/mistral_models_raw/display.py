"""Tables of models, for notebooks and for rich.

A model with `x-table` in `openapi.yaml` has the columns that are named there and a row for each item. Any other model
has a row for each field.
"""

from collections.abc import Iterable
from html import escape
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import attrs

from .types import UNSET, Unset

if TYPE_CHECKING:
    from rich.table import Table


def html_table(model: Any) -> str:
    """Return the table as HTML; the first column, which holds ids or names, is not wrapped."""
    heading, rows = _table(model)
    body = "".join(_html_row("td", row) for row in rows)
    return f"<table><thead>{_html_row('th', heading)}</thead><tbody>{body}</tbody></table>"


def _html_row(tag: str, cells: Iterable[str]) -> str:
    # Without a style, notebooks align the text of all cells to the right.
    styles = chain(["text-align: left; white-space: nowrap"], repeat("text-align: left"))
    row = "".join(f'<{tag} style="{style}">{escape(cell)}</{tag}>' for style, cell in zip(styles, cells, strict=False))
    return f"<tr>{row}</tr>"


def rich_table(model: Any, max_width: int) -> "Table":
    """Return the table for rich, which is installed wherever this is called: rich calls it.

    The first column, which holds ids or names, is wrapped only if it alone is wider than `max_width`.
    """
    from rich.cells import cell_len
    from rich.table import Column, Table
    from rich.text import Text

    heading, rows = _table(model)
    first_fits = all(cell_len(row[0]) + 2 * len(heading) <= max_width for row in rows)
    columns = [Column(name, overflow="fold", no_wrap=first_fits and name == heading[0]) for name in heading]
    table = Table(*columns, box=None, header_style="dim")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _table(model: Any) -> tuple[tuple[str, ...], list[list[str]]]:
    """Return the heading and the rows."""
    if hasattr(model, "x_table"):
        items, *columns = model.x_table
        rows = [[_cell(getattr(item, name, None)) for name in columns] for item in getattr(model, items)]
        return tuple(columns), rows
    cells = {name: _cell(getattr(model, name, UNSET)) for name in _field_names(model)}
    return ("field", "value"), [[name, cell] for name, cell in cells.items() if cell]


def _cell(value: Any) -> str:
    """Return a value as text, empty if it holds nothing."""
    if value is None or isinstance(value, Unset):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat(" ", "minutes"))
    if attrs.has(type(value)):
        return _escape_control_characters(_summary(value))
    return _escape_control_characters(str(value)) if value != {} else ""


def _summary(model: Any) -> str:
    """Return the names of the fields that are true if all others are empty, as in capabilities; else the `repr`."""
    fields: dict[str, Any] = {name: getattr(model, name, None) for name in _field_names(model)}
    fields |= fields.pop("additional_properties", {})
    present = {name: value for name, value in fields.items() if value}
    return ", ".join(present) if all(value is True for value in present.values()) else repr(model)


def _field_names(model: Any) -> list[str]:
    return [field.name for field in attrs.fields(type(model))]


def _escape_control_characters(text: str) -> str:
    """Escape what would control a terminal or change the direction of text."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
