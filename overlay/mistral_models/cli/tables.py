"""The table of models, as wide as the terminal is."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .cards import Facts
from .columns import Cell, Column, Marks, columns, layouts, legend, present
from .screen import Screen, text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_GAP = 2
_PLAIN_MARKS = Marks("x", "-")


def table(models: Sequence[Facts], names: Sequence[str] | None, now: dt.datetime, screen: Screen) -> "RenderableType":
    """Lay out models in columns.

    Args:
        models: One a line.
        names: The columns; otherwise those for which there is room.
        now: From when to count how long is left.
        screen: Where it will be shown.

    Raises:
        ValueError: A name is not one of a column.
    """
    from rich.console import Group

    marks = Marks() if screen.pictures else _PLAIN_MARKS
    chosen, made = names or (), columns(names or (), models, now, marks)
    for layout in () if names else layouts(models):
        chosen, made = layout, columns(layout, models, now, marks)
        if screen.width is None or _width(made, models) <= screen.width:
            break
    lines = _lines(made, models)
    if "letters" not in chosen or not present(models):
        return lines
    return Group(lines, text(""), text(legend(present(models)), "dim"))


def _width(made: Sequence[Column], models: Sequence[Facts]) -> int:
    from rich.cells import cell_len

    return sum(
        max(map(cell_len, (column.heading, *(_joined(column.cell(model)).plain for model in models))))
        for column in made
    ) + _GAP * (len(made) - 1)


def _lines(made: Sequence[Column], models: Sequence[Facts]) -> "RenderableType":
    from rich.table import Table

    lines = Table(box=None, pad_edge=False, padding=(0, _GAP // 2), header_style="dim")
    before = ""
    for column in made:
        heading = "" if (before, column.heading) == ("deprecation", "left") else column.heading  # they read as one
        lines.add_column(text(heading), justify=column.side, overflow="fold")
        before = column.heading
    for model in models:
        cells = (_joined(column.cell(model)) for column in made)
        lines.add_row(*cells, style="dim" if model.archived else "")
    return lines


def _joined(cell: Cell) -> "Text":
    from rich.text import Text

    whole = Text()
    for content, style in cell:
        whole.append_text(text(content, style))
    whole.rstrip()
    return whole
