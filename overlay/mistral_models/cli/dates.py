"""Dates as text, and the time left until them. No function reads the clock."""

import datetime as dt
from typing import Final

URGENCY_STYLES: Final = {"past": "red", "soon": "yellow", "later": ""}
"""How rich styles a date of each urgency."""

_SOON: Final = dt.timedelta(days=92)


def to_utc(moment: dt.datetime) -> dt.datetime:
    """Convert to UTC; return the moment unchanged if that is before the year 1 or after 9999."""
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        return moment


def format_date(moment: dt.datetime) -> str:
    """Format the day, in UTC: 2026-12-31."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d}"


def time_left(moment: dt.datetime, now: dt.datetime) -> str:
    """Format the time from now to a moment in one suitable unit: in 3 weeks, 2 years ago, today.

    Days are calendar days in UTC, as in `format_date`.
    """
    from dateutil.relativedelta import relativedelta

    earlier, later = sorted((moment.astimezone(dt.UTC).date(), now.astimezone(dt.UTC).date()))
    days = (later - earlier).days
    span = relativedelta(later, earlier)
    months = span.years * 12 + span.months
    if days < 1:
        return "today"
    if months >= 24:
        amount = _count(span.years, "year")
    elif months >= 2:
        amount = _count(months, "month")
    else:
        amount = _count(round(days / 7), "week") if days >= 14 else _count(days, "day")
    return f"in {amount}" if moment > now else f"{amount} ago"


def time_left_of_days(day: dt.date, today: dt.date) -> str:
    """Format the time from one day to another, as `time_left` does."""
    noon = dt.time(12, tzinfo=dt.UTC)
    return time_left(dt.datetime.combine(day, noon), dt.datetime.combine(today, noon))


def urgency(moment: dt.datetime, now: dt.datetime) -> str:
    """Classify a moment as `past`, `soon` (within a quarter of a year) or `later`."""
    if moment <= now:
        return "past"
    return "soon" if moment - now <= _SOON else "later"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
