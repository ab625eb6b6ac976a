"""Dates as documents give them: a day, a month, or only a year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

# As front matter and the API write days; `\Z`, since `$` would let a line break through.
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")
# A year alone or a year with its month are days as far as a text tells them.
_CHINESE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?")

# 2031/3/8 17:50: headers write days with any of four marks and what else they like behind them.
_WRITTEN = re.compile(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
# 20310308, where the year is one of ours: a number of eight digits may be anything else.
_EIGHT_DIGITS = re.compile(r"\s*((?:19|20|21)\d\d)(\d\d)(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of reduced precision (ISO 8601: 2024, 2024-03, 2024-03-08)."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read an ISO or Chinese date; raise ValueError where it is none.

        >>> PartialDate.parse("2024-03"), PartialDate.parse("2024年10月17日").iso
        (PartialDate(year=2024, month=3, day=None), '2024-10-17')
        """
        match = _ISO.match(text.strip()) or _CHINESE.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a date: write 2024, 2024-03 or 2024-03-08")
        year, month, day = (int(part) if part else None for part in match.groups())
        parsed = cls(year or 0, month, day)
        try:
            date(parsed.year, parsed.month or 1, parsed.day or 1)
        except ValueError:
            raise ValueError(f"{text} is not a date: there is no such day") from None
        return parsed

    @classmethod
    def read(cls, written: str) -> PartialDate | None:
        """Read the day as headers of pages write it, with the time or the day of the week behind it; None where it is
        none.

        >>> [PartialDate.read(day).iso for day in ("2031/3/8", "2031.03.08 17:50", "20310308", "2031 年 3 月 8 日 星期六")]
        ['2031-03-08', '2031-03-08', '2031-03-08', '2031-03-08']
        """
        match = _WRITTEN.match(written) or _EIGHT_DIGITS.match(written)
        try:
            return cls.parse("-".join(part for part in match.groups() if part)) if match else cls.parse(written)
        except ValueError:
            return None

    @classmethod
    def misses(cls, written: str) -> bool:
        """Say whether something has the form of a day, and there is no such day.

        >>> [PartialDate.misses(day) for day in ("2024年2月30日", "2024/13/1 17:50", "2024-02-29", "自公布之日起")]
        [True, True, False, False]
        """
        forms = (_WRITTEN.match, _EIGHT_DIGITS.match, _ISO.match, _CHINESE.fullmatch)
        return cls.read(written) is None and any(form(written.strip()) for form in forms)

    @property
    def iso(self) -> str:
        """The date as ISO 8601 writes it, as far as it is known: 2024-03."""
        parts = (f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None))
        return "-".join(parts)

    @property
    def chinese(self) -> str:
        """The date in words of an official text: 2024年3月8日."""
        month = f"{self.month}月" if self.month else ""
        return f"{self.year}年{month}{self.day}日" if self.day else f"{self.year}年{month}"

    @property
    def first_day(self) -> date:
        """The first day that it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """The last day that it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def chinese_day(day: date) -> str:
    """Write a day as an office does.

    >>> chinese_day(date(2024, 3, 8))
    '2024年3月8日'
    """
    return f"{day.year}年{day.month}月{day.day}日"
