"""Days and periods of time as texts write them (二〇二四年五月一日, 三年, 15个工作日), and what a period comes to.

A period of days that begins with an event is counted from the day after it, one of months or years ends on the day of
the same number, or on the last day of the month where there is none (Civil Code, articles 201 and 202).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from kb.text.dates import PartialDate
from kb.text.numerals import parse_numeral

Unit = Literal["day", "working_day", "month", "year"]

_NUMERAL = "[零〇一二两三四五六七八九十百]"
NUMBER = rf"(?:\d{{1,4}}|{_NUMERAL}{{1,6}})"  # In digits, or in numerals of up to six characters (一百八十二).
# 二〇二五年, also with the circle ○ for 〇, which keyboards of the nineties had.
_YEAR = r"(?:(?:18|19|20|21)\d\d|[一二][〇零○一二三四五六七八九]{3})"
_PART = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"  # A month or a day.
DAY = rf"{_YEAR}\s*年\s*{_PART}\s*月\s*{_PART}\s*日"
"""A day, as a pattern without groups, on folded text."""
PERIOD = rf"{NUMBER}\s*(?:个\s*)?(?:工作日|自然日|日|天|月|周年|年)"
"""A period, as a pattern without groups, on folded text."""

_DAY = re.compile(rf"({_YEAR})\s*年\s*({_PART})\s*月\s*({_PART})\s*日")  # Spaces stand in texts out of tables.
_PERIOD = re.compile(rf"({NUMBER})\s*(?:个\s*)?(工作日|自然日|日|天|月|周年|年)")  # 30个工作日, 六个月, 满一周年.
# 日 and 自然日 are the same, 个工作日 is not.
_UNITS: dict[str, Unit] = {"工作日": "working_day", "自然日": "day", "日": "day", "天": "day", "月": "month",
                           "周年": "year", "年": "year"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time, such as 三年 or 15个工作日."""

    count: int
    unit: Unit

    def after(self, day: date) -> date:
        """Give the last day of the period that begins with something on `day`; working days are counted as days, the
        caller has to say so.

        >>> Period(1, "month").after(date(2024, 1, 31)), Period(30, "day").after(date(2024, 5, 1))
        (datetime.date(2024, 2, 29), datetime.date(2024, 5, 31))
        """
        return self._moved(day, self.count)

    def before(self, day: date) -> date:
        """Give the last day that lies so long before something on `day`, counted as `after` counts.

        >>> Period(15, "day").before(date(2024, 3, 10)), Period(1, "month").before(date(2024, 3, 31))
        (datetime.date(2024, 2, 24), datetime.date(2024, 2, 29))
        """
        return self._moved(day, -self.count)

    def _moved(self, day: date, count: int) -> date:
        if self.unit in ("day", "working_day"):
            return day + timedelta(days=count)
        months = day.year * 12 + day.month - 1 + count * (12 if self.unit == "year" else 1)
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def find_days(folded: str) -> Iterator[tuple[PartialDate, int, int]]:
    """Find the days of a folded text, each with where it begins and ends; what is no day (2月30日) is left out.

    >>> [day.iso for day, _, _ in find_days("自二〇二四年五月一日起,至2027年4月30日止")]
    ['2024-05-01', '2027-04-30']
    """
    for match in _DAY.finditer(folded):
        try:
            year, month, day = (_value(part) for part in match.groups())
            date(year, month, day)
        except ValueError:
            continue
        yield PartialDate(year, month, day), match.start(), match.end()


def read_period(folded: str) -> Period | None:
    """Read the first period of a folded text.

    >>> read_period("自受理之日起十五个工作日内"), read_period("试行两年"), read_period("长期")
    (Period(count=15, unit='working_day'), Period(count=2, unit='year'), None)
    """
    match = _PERIOD.search(folded)
    if match is None:
        return None
    return Period(_value(match[1]), _UNITS[match[2]])


def partial(day: date) -> PartialDate:
    """Write a day as documents give it."""
    return PartialDate(day.year, day.month, day.day)


def _value(written: str) -> int:
    value = int(written) if written.isdigit() else parse_numeral(written)
    if value is None:
        raise ValueError(f"{written!r} is no number")
    return int(value)
