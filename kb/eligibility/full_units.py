"""Full years, months and days between two dates, and the day on which a count is reached.

A year or month is full on the day of the same number (满60周岁 on the sixtieth birthday); where the month has no
such day, on the first day of the next.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

Unit = Literal["years", "months", "days"]


def reached(start: date, count: int, unit: Unit) -> date:
    """Give the day on which `count` units since `start` are full, the first or last of the calendar where it lies beyond.

    >>> reached(date(1964, 2, 29), 61, "years"), reached(date(2024, 1, 31), 1, "months")
    (datetime.date(2025, 3, 1), datetime.date(2024, 3, 1))
    """
    if unit == "days":
        return date.fromordinal(min(max(start.toordinal() + count, 1), date.max.toordinal()))
    months = start.year * 12 + start.month - 1 + (count * 12 if unit == "years" else count)
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if year < date.min.year else date.max
    try:
        return date(year, month + 1, start.day)
    except ValueError:
        return date(year + (month == 11), (month + 1) % 12 + 1, 1)


def full_units(start: date, end: date, unit: Unit) -> int:
    """Count the full units from `start` to `end`, negative where it lies before.

    >>> full_units(date(1964, 11, 24), date(2026, 11, 23), "years"), full_units(date(2024, 5, 1), date(2026, 11, 1), "months")
    (61, 30)
    """
    if unit == "days":
        return (end - start).days
    months = (end.year - start.year) * 12 + end.month - start.month
    count = months // 12 if unit == "years" else months
    while reached(start, count, unit) > end:
        count -= 1
    return count


def start_for(count: int, day: date, unit: Unit) -> date:
    """Give a day such that `count` units, and no more, are full on `day`."""
    start = reached(day, -count, unit)
    return start if full_units(start, day, unit) == count else reached(start, -1, "days")
