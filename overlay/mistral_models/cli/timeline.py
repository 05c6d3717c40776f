"""`timeline`: the deprecations of the coming months on a time axis, in the terminal or as SVG."""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape as escape_xml
from pathlib import Path
from typing import Final, NamedTuple

import click

from . import client, options, terminal
from .dates import format_date, time_left, urgency
from .exit_codes import ExitCode
from .model_info import ModelInfo
from .terminal import escape

_HELP: Final = """Draw the deprecations of the coming months.

Models that are already retired come first.
"""


@click.command("timeline", cls=options.Command, help=_HELP)
@options.filter_options
@click.option(
    "--months",
    metavar="NUMBER",
    type=click.IntRange(1, 120),
    default=12,
    show_default=True,
    help="Length of the time axis.",
)
@click.option(
    "--svg",
    "svg_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write an SVG file; - is the standard output.",
)
@options.connection_options
@options.pass_connection
def timeline_command(
    connection: options.ConnectionOptions, *, filters: options.ModelFilter, months: int, svg_file: Path | None
) -> int:
    """Run `timeline`."""
    with client.connect(connection) as mistral:
        models = client.list_models(mistral, connection, filters)
    timeline = build_timeline(models, dt.datetime.now(dt.UTC), months)
    period = "month" if months == 1 else f"{months} months"
    if svg_file is None:
        _print(timeline, period)
    else:
        _write_svg(draw_svg(timeline, f"Deprecations in the coming {period}").encode(), svg_file)
    if timeline.later:
        click.echo(f"{timeline.later} more after {'this' if months == 1 else 'these'} {period}: see --months", err=True)
    return ExitCode.SUCCESS


def _write_svg(svg: bytes, file: Path) -> None:
    if str(file) == "-":
        click.echo(svg, nl=False)
    else:
        file.write_bytes(svg)
        click.echo(f"wrote {file}", err=True)


def _print(timeline: "Timeline", period: str) -> None:
    from rich.text import Text

    target = terminal.detect()
    lines = list(draw_text(timeline, target.width or 160, unicode=target.unicode))
    if lines:
        terminal.display(Text("\n").join(Text.assemble(*line) for line in lines))
    else:
        click.echo(f"no deprecations in the coming {period}", err=True)


class Tick(NamedTuple):
    """The beginning of a month on the time axis."""

    position: float
    """Between 0 (now) and 1 (the end of the axis)."""
    label: str

    @property
    def is_year(self) -> bool:
        """Whether a year begins here, so that the label is its number."""
        return self.label.isdigit()


class Deprecation(NamedTuple):
    """A model with a deprecation date."""

    id: str
    position: float
    """Between 0 (now) and 1 (the end of the axis)."""
    date: str
    """The date and the time left."""
    replacement: str
    urgency: str


class Timeline(NamedTuple):
    """Deprecations by date, earliest first."""

    ticks: Sequence[Tick]
    upcoming: Sequence[Deprecation]
    past: Sequence[Deprecation]
    later: int
    """Number of deprecations after the end of the axis."""


def build_timeline(models: Iterable[ModelInfo], now: dt.datetime, months: int) -> Timeline:
    """Place deprecations on a time axis.

    Args:
        models: All models; those without a deprecation date are ignored.
        now: The current time, where the axis begins.
        months: Length of the axis.
    """
    from dateutil.relativedelta import relativedelta

    end = now + relativedelta(months=months)
    dated = sorted(((model.deprecation, model) for model in models if model.deprecation), key=lambda pair: pair[0])

    def deprecation(moment: dt.datetime, model: ModelInfo) -> Deprecation:
        position = min(max((moment - now) / (end - now), 0.0), 1.0)
        date = f"{format_date(moment)}, {time_left(moment, now)}"
        return Deprecation(model.id, position, date, model.replacement, urgency(moment, now))

    first_month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    month_starts = (first_month + relativedelta(months=number) for number in itertools.count(1))
    return Timeline(
        ticks=[
            Tick((month - now) / (end - now), _month_label(month))
            for month in itertools.takewhile(lambda month: month <= end, month_starts)
        ],
        upcoming=[deprecation(moment, model) for moment, model in dated if now < moment <= end],
        past=[deprecation(moment, model) for moment, model in dated if moment <= now],
        later=sum(moment > end for moment, _ in dated),
    )


_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _month_label(month: dt.datetime) -> str:
    return _MONTHS[month.month - 1] if month.month > 1 else str(month.year)


Line = list[tuple[str, str]]
"""Pieces of escaped text and their styles."""

_TEXT_STYLES: Final = {"past": "red", "soon": "yellow", "later": "green"}
_MIN_BAR: Final = 30
"""Columns for a bar beside its name; in a narrower terminal the name is above the bar."""
_MAX_BAR: Final = 72
_MIN_TICK_DISTANCE: Final = 5
"""Columns between ticks: a label and a space."""


def draw_text(timeline: Timeline, width: int, *, unicode: bool = True) -> Iterator[Line]:
    """Draw with characters.

    Args:
        timeline: What to draw.
        width: Number of columns.
        unicode: Whether characters beyond ASCII may be used.
    """
    left, end, right = ("━", "●", "─") if unicode else ("=", "o", "-")
    name_width = max((len(escape(each.id)) for each in timeline.upcoming), default=0)
    label_width = max((len(_label(each)) for each in timeline.upcoming), default=0)
    is_wide = name_width + 2 + _MIN_BAR + 2 + label_width <= width
    bar_width = min(width - name_width - label_width - 4, _MAX_BAR) if is_wide else max(min(width, _MAX_BAR), 10)
    margin = " " * (name_width + 2) if is_wide else ""
    for each in timeline.past:
        yield [(escape(each.id), "bold")]
        yield [(_label(each), _TEXT_STYLES["past"])]
        yield []
    if timeline.upcoming:
        yield [(margin + _text_axis(timeline.ticks, bar_width), "dim")]
    for each in timeline.upcoming:
        end_column = round(each.position * (bar_width - 1))
        bar: Line = [
            (left * end_column + end, _TEXT_STYLES[each.urgency]),
            (right * (bar_width - 1 - end_column), "dim"),
        ]
        if is_wide:
            yield [(escape(each.id).ljust(name_width + 2), "bold"), *bar, (f"  {_label(each)}", "")]
        else:
            yield [(escape(each.id), "bold")]
            yield bar
            yield [(_label(each), "")]
            yield []


def _label(each: Deprecation) -> str:
    return each.date + (f", then {escape(each.replacement)}" if each.replacement else "")


def _text_axis(ticks: Sequence[Tick], width: int) -> str:
    columns = {tick: min(round(tick.position * (width - 1)), width - len(tick.label)) for tick in ticks}
    axis = ""
    for tick in _thin_out(columns, _MIN_TICK_DISTANCE):
        axis = axis.ljust(columns[tick]) + tick.label
    return axis


def _thin_out(places: Mapping[Tick, float], min_distance: float) -> list[Tick]:
    """Choose ticks whose labels do not overlap: years first, so that every year is labelled."""
    chosen: list[Tick] = []
    for tick in sorted(places, key=lambda tick: not tick.is_year):
        if all(abs(places[tick] - places[other]) >= min_distance for other in chosen):
            chosen.append(tick)
    return sorted(chosen)


# Sizes of the SVG in pixels.
_WIDTH, _ROW_HEIGHT, _TOP, _LEFT, _RIGHT = 1180, 34, 84, 380, 330
_SVG_TICK_DISTANCE: Final = 44
_SVG_COLORS: Final = {"past": "#c0392b", "soon": "#d9822b", "later": "#2e7d5b"}
_SVG_FONTS: Final = "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"


def draw_svg(timeline: Timeline, title: str) -> str:
    """Draw as SVG with a white background."""
    deprecations = [*timeline.past, *timeline.upcoming]
    height = _TOP + _ROW_HEIGHT * max(len(deprecations), 1) + 28
    body = [
        f'<rect width="{_WIDTH}" height="{height}" rx="10" fill="#ffffff"/>',
        _svg_text(24, 38, title, 'font-size="19" font-weight="600" fill="#1f2933"'),
        *_svg_grid(timeline.ticks, height),
        *(piece for row, each in enumerate(deprecations) for piece in _svg_row(each, _TOP + _ROW_HEIGHT * row)),
    ]
    if not deprecations:
        body.append(_svg_text(24, _TOP + 20, "No deprecations in this period.", 'font-size="14" fill="#52606d"'))
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{_SVG_FONTS}" role="img">'
    return "\n".join([head, f"<title>{_xml(title)}</title>", *body, "</svg>\n"])


def _svg_grid(ticks: Sequence[Tick], height: int) -> Iterator[str]:
    places = {tick: _svg_x(tick.position) for tick in ticks}
    for tick in _thin_out(places, _SVG_TICK_DISTANCE):
        x = places[tick]
        color = "#9aa5b1" if tick.is_year else "#e4e7eb"
        yield f'<line x1="{x}" y1="{_TOP - 8}" x2="{x}" y2="{height - 24}" stroke="{color}"/>'
        yield _svg_text(x, _TOP - 14, tick.label, 'font-size="12" fill="#7b8794" text-anchor="middle"')


def _svg_row(each: Deprecation, y: int) -> Iterator[str]:
    middle, x, color = y + 17, _svg_x(each.position), _SVG_COLORS[each.urgency]
    name = escape(each.id)
    short_name = name if len(name) <= 46 else f"{name[:22]}…{name[-22:]}"
    yield f"<g><title>{_xml(name)}: {_xml(_label(each))}</title>"
    yield _svg_text(_LEFT - 16, middle + 5, short_name, 'font-size="14" fill="#1f2933" text-anchor="end"')
    yield (
        f'<line x1="{_LEFT}" y1="{middle}" x2="{x}" y2="{middle}" stroke="{color}" stroke-width="6"'
        ' stroke-linecap="round"/>'
    )
    yield f'<circle cx="{x}" cy="{middle}" r="7" fill="{color}"/>'
    yield _svg_text(_WIDTH - _RIGHT + 22, middle - 1, each.date, f'font-size="13" fill="{color}"')
    if each.replacement:
        replacement = f"then {each.replacement}"
        yield _svg_text(_WIDTH - _RIGHT + 22, middle + 14, replacement, 'font-size="12" fill="#7b8794"')
    yield "</g>"


def _svg_x(position: float) -> float:
    return round(_LEFT + position * (_WIDTH - _LEFT - _RIGHT), 1)


def _svg_text(x: float, y: float, content: str, attributes: str) -> str:
    return f'<text x="{x}" y="{y}" {attributes}>{_xml(content)}</text>'


def _xml(content: str) -> str:
    """Escape text for XML 1.0, which forbids U+FFFE and U+FFFF besides what a terminal would act on."""
    return escape_xml(escape(content)).replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")
