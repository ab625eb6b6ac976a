"""Days in a question that no calendar has: 2031年2月30日, 4月31日, 13月5日.

Such a day is named, for whatever else were answered would be about another day. A day without a year is of that of the
day before it in the question; where none tells, it is a day if any year has it. A month by itself has to be written as
one of a year (2031年13月, 13月份, 13月底), since 13月 may be an age.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

from kb.text.fold import fold_text
from kb.text.near_years import YEAR, year_named
from kb.text.numerals import normalize_numbers

_WRITTEN = (
    re.compile(rf"{YEAR}?(?<![\d.第满个])(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})(?:日|号(?![楼院线文]))"),
    re.compile(rf"(?<!\d){YEAR}(?P<month>\d{{1,2}})月(?!\d{{1,2}}[日号])"),
    re.compile(r"(?<![\d第满个])(?P<month>\d{1,2})月(?:份|[底初末]|[上中下]旬)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)([-/])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)"),
)


def impossible_day(question: str, today: date) -> str | None:
    """Say of the first day that does not exist why it does not; nothing where every day does.

    >>> impossible_day("2031年2月30日受理的，哪天之前办结？", date(2026, 11, 20))
    '2031年2月只有28天，没有2月30日'
    >>> impossible_day("今年2月29日交的", date(2026, 11, 20)), impossible_day("2月29日交的", date(2026, 11, 20))
    ('2026年2月只有28天，没有2月29日', None)
    """
    folded = normalize_numbers(fold_text(question))
    told: int | None = None
    for match in sorted((m for form in _WRITTEN for m in form.finditer(folded)), key=lambda one: one.start()):
        told = year_named(match, today) or told
        day = match.groupdict().get("day")
        why = _why_none(told, int(match["month"]), int(day) if day else None)
        if why:
            return why
    return None


def _why_none(year: int | None, month: int, day: int | None) -> str | None:
    """Say why a month has no such day, or a year no such month; without a year, why none has."""
    if month > 12:
        return f"一年只有12个月，没有{month}月"
    if month == 0:
        return "月份从1月算起，没有0月"
    if day == 0:
        return f"日期从1日算起，没有{month}月0日"
    longest = 29 if month == 2 and year is None else calendar.monthrange(year or 1, month)[1]
    if day is None or day <= longest:
        return None
    name = f"{year}年" if year else ""
    return f"{name}{month}月{'最多' if longest == 29 and year is None else '只有'}{longest}天，没有{month}月{day}日"
