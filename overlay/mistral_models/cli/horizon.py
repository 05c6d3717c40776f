"""Deprecations on a line of time, as places between 0 and 1. Nothing here does I/O or reads a clock."""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from . import moments
from .cards import Facts


class Mark(NamedTuple):
    """A month on the line."""

    place: float
    label: str

    @property
    def is_year(self) -> bool:
        """Whether a year begins here, and the label names it."""
        return self.label.isdigit()


class Bar(NamedTuple):
    """A model, and where its time ends."""

    id: str
    place: float
    when: str
    """The date, and how long is left."""
    replacement: str
    urgency: str


class Horizon(NamedTuple):
    """What a picture of the coming months shows."""

    marks: Sequence[Mark]
    bars: Sequence[Bar]
    past: Sequence[Bar]
    later: int
    """How many come after the last month."""


def horizon(models: Iterable[Facts], now: dt.datetime, months: int) -> Horizon:
    """Place deprecations on a line from now on, earliest first.

    Args:
        models: All of them; those without a date count for nothing.
        now: Where the line begins.
        months: How long it is.
    """
    from dateutil.relativedelta import relativedelta

    end = now + relativedelta(months=months)
    dated = sorted(((model.deprecation, model) for model in models if model.deprecation), key=lambda one: one[0])

    def bar(moment: dt.datetime, model: Facts) -> Bar:
        place = min(max((moment - now) / (end - now), 0.0), 1.0)
        when = f"{moments.date(moment)}, {moments.left(moment, now)}"
        return Bar(model.id, place, when, model.replacement, moments.urgency(moment, now))

    return Horizon(
        marks=_marks(now, end),
        bars=[bar(moment, model) for moment, model in dated if now < moment <= end],
        past=[bar(moment, model) for moment, model in dated if moment <= now],
        later=sum(moment > end for moment, _ in dated),
    )


def _marks(now: dt.datetime, end: dt.datetime) -> list[Mark]:
    from dateutil.relativedelta import relativedelta

    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = (first + relativedelta(months=number) for number in itertools.count(1))
    return [Mark((month - now) / (end - now), _label(month)) for month in itertools.takewhile(end.__ge__, months)]


def _label(month: dt.datetime) -> str:
    return _MONTHS[month.month - 1] if month.month > 1 else str(month.year)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
