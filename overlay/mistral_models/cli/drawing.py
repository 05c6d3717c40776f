"""The picture of coming deprecations, as lines of text and as SVG. Nothing here does I/O."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from .horizon import Bar, Horizon, Mark
from .safe import safe

Line = list[tuple[str, str]]
"""Pieces of text and their styles."""

_STYLES: Final = {"past": "red", "soon": "yellow", "later": "green"}
_TRACK: Final = 30
"""The least columns for a line of time."""
_MOST: Final = 72
_LABEL: Final = 5
"""Columns for a label, with a space."""


def lines(picture: Horizon, width: int, *, pictures: bool = True) -> Iterator[Line]:
    """Draw with characters.

    Args:
        picture: What to draw.
        width: Columns.
        pictures: Whether characters beyond ASCII may be used.
    """
    full, end, rest = ("━", "●", "─") if pictures else ("=", "o", "-")
    names = max((len(safe(bar.id)) for bar in picture.bars), default=0)
    labels = max((len(_label(bar)) for bar in picture.bars), default=0)
    beside = names + 2 + _TRACK + 2 + labels <= width
    track = min(width - names - labels - 4, _MOST) if beside else max(min(width, _MOST), 10)
    margin = " " * (names + 2) if beside else ""
    for bar in picture.past:
        yield [(safe(bar.id), "bold")]
        yield [(_label(bar), _STYLES["past"])]
        yield []
    if picture.bars:
        yield [(margin + _axis(picture.marks, track), "dim")]
    for bar in picture.bars:
        run = round(bar.place * (track - 1))
        drawn: Line = [(full * run + end, _STYLES[bar.urgency]), (rest * (track - 1 - run), "dim")]
        if beside:
            yield [(safe(bar.id).ljust(names + 2), "bold"), *drawn, (f"  {_label(bar)}", "")]
        else:
            yield [(safe(bar.id), "bold")]
            yield drawn
            yield [(_label(bar), "")]
            yield []


def _label(bar: Bar) -> str:
    return bar.when + (f", then {safe(bar.replacement)}" if bar.replacement else "")


def _axis(marks: Sequence[Mark], width: int) -> str:
    """Write the months that fit, each where it begins."""
    columns = {mark: min(round(mark.place * (width - 1)), width - len(mark.label)) for mark in marks}
    axis = ""
    for mark in _apart(columns, _LABEL):
        axis = axis.ljust(columns[mark]) + mark.label
    return axis


def _apart(places: Mapping[Mark, float], distance: float) -> list[Mark]:
    """Choose marks that are so far apart: years before months, so that none goes unnamed."""
    chosen: list[Mark] = []
    for mark in sorted(places, key=lambda mark: not mark.is_year):
        if all(abs(places[mark] - places[other]) >= distance for other in chosen):
            chosen.append(mark)
    return sorted(chosen)


_WIDTH, _ROW, _TOP, _LEFT, _RIGHT = 1180, 34, 84, 380, 330
_COLOURS: Final = {"past": "#c0392b", "soon": "#d9822b", "later": "#2e7d5b"}


def svg(picture: Horizon, title: str) -> str:
    """Draw as SVG, for a light page and for paper."""
    bars = [*picture.past, *picture.bars]
    height = _TOP + _ROW * max(len(bars), 1) + 28
    body = [
        f'<rect width="{_WIDTH}" height="{height}" rx="10" fill="#ffffff"/>',
        _text(24, 38, title, 'font-size="19" font-weight="600" fill="#1f2933"'),
        *_grid(picture.marks, height),
        *(piece for row, bar in enumerate(bars) for piece in _row(bar, _TOP + _ROW * row)),
    ]
    if not bars:
        body.append(_text(24, _TOP + 20, "Nothing is deprecated in this time.", 'font-size="14" fill="#52606d"'))
    fonts = "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{fonts}" role="img">'
    return "\n".join([head, f"<title>{escape(safe(title))}</title>", *body, "</svg>\n"])


def _grid(marks: Sequence[Mark], height: int) -> Iterator[str]:
    places = {mark: _x(mark.place) for mark in marks}
    for mark in _apart(places, 44):
        x = places[mark]
        colour = "#9aa5b1" if mark.is_year else "#e4e7eb"
        yield f'<line x1="{x}" y1="{_TOP - 8}" x2="{x}" y2="{height - 24}" stroke="{colour}"/>'
        yield _text(x, _TOP - 14, mark.label, 'font-size="12" fill="#7b8794" text-anchor="middle"')


def _row(bar: Bar, y: int) -> Iterator[str]:
    middle, x, colour = y + 17, _x(bar.place), _COLOURS[bar.urgency]
    ident = safe(bar.id) if len(safe(bar.id)) <= 46 else f"{safe(bar.id)[:22]}…{safe(bar.id)[-22:]}"
    yield f"<g><title>{escape(safe(bar.id))}: {escape(_label(bar))}</title>"
    yield _text(_LEFT - 16, middle + 5, ident, 'font-size="14" fill="#1f2933" text-anchor="end"')
    yield (
        f'<line x1="{_LEFT}" y1="{middle}" x2="{x}" y2="{middle}" stroke="{colour}" stroke-width="6"'
        ' stroke-linecap="round"/>'
    )
    yield f'<circle cx="{x}" cy="{middle}" r="7" fill="{colour}"/>'
    yield _text(_WIDTH - _RIGHT + 22, middle - 1, bar.when, f'font-size="13" fill="{colour}"')
    if bar.replacement:
        yield _text(_WIDTH - _RIGHT + 22, middle + 14, f"then {bar.replacement}", 'font-size="12" fill="#7b8794"')
    yield "</g>"


def _x(place: float) -> float:
    return round(_LEFT + place * (_WIDTH - _LEFT - _RIGHT), 1)


def _text(x: float, y: float, content: str, attributes: str) -> str:
    return f'<text x="{x}" y="{y}" {attributes}>{escape(safe(content))}</text>'
