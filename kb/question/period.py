"""Times that a question limits documents to: 2024年, 2023年3月, 2018年到2020年, 2021年以来, 去年, 近三年."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from kb.text.dates import PartialDate
from kb.text.near_years import NEAR_YEARS

_POINT = (
    r"(?:(?:19|20)\d\d年?(?:\d{1,2}月)?|今年|本年|去年|前年)"  # A year, with its month or not, or as people say it.
)
# What limits dates in a question about the register: 2024年, 2023到2025年, 今年上半年, 2024年以前.
PERIOD = re.compile(
    rf"(?P<first>{_POINT})(?:度|份)?(?:(?P<half>[上下])半年|(?:第?(?P<quarter>[1-4])季度))?(?:初|底|末)?"
    rf"(?:(?:到|至|-|~)(?P<last>{_POINT})(?:初|底|末)?(?:之间|期间)?|(?P<before>(?:以|之)?前)|(?P<after>(?:以|之)?后|(?:以来|至今|起|开始)))?"
    r"|(?:最?近)(?P<years>\d{1,2})年"  # 近2027年 is no number of years
)
# One end of a period.
_READ = re.compile(r"(?:(?P<year>\d{4})|(?P<relative>[今本去前]年))年?(?:(?P<month>\d{1,2})月)?")


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """Days from `first` to `last`, both in it; None where it is open. `words` are those of the question."""

    first: date | None
    last: date | None
    words: str

    def holds(self, day: PartialDate | None) -> bool:
        """Say whether a date, as far as it is known, lies in the period as a whole."""
        return (
            day is not None
            and (self.first is None or self.first <= day.first_day)
            and (self.last is None or day.last_day <= self.last)
        )


def read_period(match: re.Match[str], today: date) -> AskedPeriod | None:
    """Read what `PERIOD` found; None where there is no such month.

    以前 leaves the time named out, 以后 begins with it.

    >>> read_period(PERIOD.match("2021年下半年"), date(2026, 1, 1))
    AskedPeriod(first=datetime.date(2021, 7, 1), last=datetime.date(2021, 12, 31), words='2021年下半年')
    >>> read_period(PERIOD.match("近3年"), date(2026, 5, 1)).first
    datetime.date(2024, 1, 1)
    >>> PERIOD.match("近2027年") is None
    True
    """
    words = match[0]
    if match["years"]:
        return AskedPeriod(date(today.year - int(match["years"]) + 1, 1, 1), today, words)
    try:
        first, last = _days(match["first"], today), _days(match["last"] or match["first"], today)
    except (ValueError, calendar.IllegalMonthError):
        return None
    if match["before"]:
        return AskedPeriod(None, date.fromordinal(first[0].toordinal() - 1), words)
    if match["after"]:
        return AskedPeriod(first[0], None, words)
    start, length = (int(match["quarter"] or 0) - 1) * 3 + 1, 3
    if match["half"]:
        start, length = (1 if match["half"] == "上" else 7), 6
    if match["half"] or match["quarter"]:
        end = PartialDate(first[0].year, start + length - 1).last_day
        return AskedPeriod(date(first[0].year, start, 1), end, words)
    return AskedPeriod(first[0], last[1], words)


def _days(point: str, today: date) -> tuple[date, date]:
    match = _READ.match(point)
    if match is None:
        raise ValueError(point)
    year = int(match["year"]) if match["year"] else today.year + NEAR_YEARS[match["relative"]]
    day = PartialDate(year, int(match["month"]) if match["month"] else None)
    return day.first_day, day.last_day
