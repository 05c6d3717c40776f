"""Moments in words: dates, and how long is left. Nothing here reads a clock."""

import datetime as dt


def date(moment: dt.datetime) -> str:
    """Write the day, in UTC: 2026-12-31."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d}"


def left(moment: dt.datetime, now: dt.datetime) -> str:
    """Say how long is left, in one unit that a person would choose: in 3 weeks, 2 years ago, today.

    Days count as on a calendar, in UTC, like `date`.
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


def urgency(moment: dt.datetime, now: dt.datetime) -> str:
    """Tell past, soon (a quarter of a year) and later apart."""
    if moment <= now:
        return "past"
    return "soon" if moment - now <= dt.timedelta(days=92) else "later"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
