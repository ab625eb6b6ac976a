"""Working days: which days are free by the holidays that are published for a year.

A calendar is a TOML file with one table a year, as the yearly notice on holidays gives it: `holidays` are free though
the week says otherwise, `workdays` are worked on though they fall on a weekend. Days are 2025-01-01, spans
2025-01-28/2025-02-04. Of a year without a table nothing is known, and nothing is made up.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kb.errors import SettingError

_SATURDAY = 5  # as `date.weekday` counts
_TABLE = frozenset(("holidays", "workdays"))


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The years that are known, and of them the days that are not as the week says."""

    years: frozenset[int] = frozenset()
    holidays: frozenset[date] = field(default=frozenset(), repr=False)
    workdays: frozenset[date] = field(default=frozenset(), repr=False)

    def knows(self, first: date, last: date) -> bool:
        """Say whether every year of a span has its table."""
        return self.years.issuperset(range(first.year, last.year + 1))

    def is_working(self, day: date) -> bool:
        """
        >>> WorkingCalendar(frozenset((2025,)), frozenset((date(2025, 5, 1),))).is_working(date(2025, 5, 1))
        False
        """
        return day in self.workdays or (day.weekday() < _SATURDAY and day not in self.holidays)

    def after(self, day: date, count: int) -> date:
        """Give the working day that is the `count`th after a day, or before it where `count` is negative."""
        step = timedelta(days=1 if count > 0 else -1)
        count = abs(count)
        while count:
            day += step
            count -= self.is_working(day)
        return day

    def first_working_from(self, day: date) -> date:
        """Give the day itself where it is worked, else the next one that is."""
        return day if self.is_working(day) else self.after(day, 1)


UNKNOWN_CALENDAR = WorkingCalendar()
"""The calendar where none is configured."""


def read_calendar(path: Path) -> WorkingCalendar:
    """Read a calendar; raise SettingError naming file, table and value for what is malformed."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingError.of("calendar_not_opened", file=path, cause=error.strerror) from error
    except (UnicodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError.of("calendar_not_read", file=path, cause=error) from error
    years, found = set(), {"holidays": set[date](), "workdays": set[date]()}
    for name, table in tables.items():
        if not (name.isascii() and name.isdigit() and len(name) == 4) or not isinstance(table, dict):
            raise SettingError.of("calendar_no_year", file=path, shown=name, example="[2025]")
        if unknown := set(table) - _TABLE:
            raise SettingError.of("calendar_key_unknown", file=path, year=name, key=sorted(unknown)[0])
        years.add(int(name))
        for kind, days in table.items():
            for written in days if isinstance(days, list) else [days]:
                found[kind].update(_days(written, int(name), path, kind))
    if both := found["holidays"] & found["workdays"]:
        raise SettingError.of("calendar_both", file=path, day=min(both))
    return WorkingCalendar(frozenset(years), frozenset(found["holidays"]), frozenset(found["workdays"]))


def _days(written: Any, year: int, path: Path, key: str) -> Iterator[date]:
    first, _, last = str(written).partition("/")
    try:
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError as error:
        raise SettingError.of("calendar_no_day", file=path, year=year, key=key, shown=written) from error
    if not day.year == end.year == year or day > end:
        raise SettingError.of("calendar_day_outside", file=path, year=year, key=key, shown=written)
    while day <= end:
        yield day
        day += timedelta(days=1)
