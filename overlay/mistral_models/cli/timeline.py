"""`timeline`: the deprecations of the coming months as a picture."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import options

if TYPE_CHECKING:
    from .horizon import Horizon


@click.command("timeline")
@options.selection
@click.option("--months", type=click.IntRange(1, 120), default=12, show_default=True, help="How far to look ahead.")
@click.option("--svg", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Draw into a file.")
@options.connection
@options.settings
def timeline_command(settings: options.Settings, selection: options.Selection, months: int, svg: Path | None) -> int:
    """Draw the deprecations of the coming months.

    Those that are past are listed before them.
    """
    from . import session
    from .horizon import horizon

    with session.connected(settings) as mistral:
        picture = horizon(session.models(mistral, settings, selection), dt.datetime.now(dt.UTC), months)
    span = "month" if months == 1 else f"{months} months"
    if svg is None:
        _print(picture, span)
    else:
        from . import drawing

        svg.write_text(drawing.svg(picture, f"Deprecations in the coming {span}"), encoding="utf-8")
        click.echo(f"wrote {svg}", err=True)
    if picture.later:
        click.echo(f"{picture.later} more after {'this' if months == 1 else 'these'} {span}: see --months", err=True)
    return 0


def _print(picture: "Horizon", span: str) -> None:
    from rich.text import Text

    from . import drawing
    from .screen import screen, show

    target = screen()
    drawn = list(drawing.lines(picture, target.width or 160, pictures=target.pictures))
    if drawn:
        # The pieces are safe already, and joined as they are.
        show(Text("\n").join(Text.assemble(*line) for line in drawn))
    else:
        click.echo(f"nothing is deprecated in the coming {span}", err=True)
