"""Ages that somebody has not reached yet: 还有三个月就七十了 and 七十岁还差一个月 tell of one who is 69.

The age is the number less the time that is missing; the time itself tells nothing, so that no other rule may read what
lies in such words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kb.eligibility.spoken_rule import Found, Rule
from kb.eligibility.spoken_rules import OPENED
from kb.eligibility.values import Range, Value

_MISSING = (
    r"(?:(?P<half>半)个?|(?P<n>\d{1,3})(?:到\d+)?|好?几)多?个?(?P<unit>年|月|周岁?|星期|礼拜|天|日|岁)(?P<and_half>半)?"
)
_AGE = r"(?:(?P<age>\d{1,3}|百)周?岁(?P<and_a_half>半)?|(?P<months>\d{1,2})个月大?|(?P<small>半岁|周岁|月(?![底初份])))"
_BARE = r"(?P<bare>[2-9]\d|1[0-2]\d)"  # a smaller number without 岁 may count anything
_ENDS = r"(?=了|的|$|[,。!])"
_STILL = r"(?:还有|再[过有]|还要|就?还?差|过)(?:不到)?"
_NOT_YET = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_STILL}{_MISSING}(?:时间)?,?[^,\d]{{0,3}}?(?:才|就|刚好?|要|会|能|快)*[满到够是][^,\d]{{0,2}}(?:{_AGE}|{_BARE}{_ENDS})",
        rf"{_STILL}{_MISSING}(?:时间)?,?[^,\d]{{0,2}}(?:才|就|要)+(?:{_AGE}|{_BARE}{_ENDS})",
        rf"还?差{_MISSING}(?:{_AGE}|{_BARE}{_ENDS})",
        rf"(?:{_AGE}|{_BARE})(?:生日)?[^,\d]{{0,2}}(?:就差|还?差){_MISSING}",
        rf"(?:离|距离?)[^,\d]{{0,3}}(?:{_AGE}|{_BARE})(?:生日)?[^,\d]{{0,2}}(?:差|有){_MISSING}",
    )
)
_SMALL = {"半岁": 6, "周岁": 12, "月": 1}
_CHILDHOOD = 18


def _read(match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
    number = match["age"] or match["bare"]
    years = 100 if number == "百" else int(number or 0)
    if OPENED.search(text, 0, match.start()) and years <= _CHILDHOOD:
        months = 12 * years + 6 * bool(match["and_a_half"]) + int(match["months"] or _SMALL.get(match["small"], 0))
        yield Found("child_age_months", _less(months, match, 1))
    elif number:
        yield Found("age", _less(years, match, 12))


def _less(whole: int, match: re.Match[str], months: int) -> Value:
    """Take what is missing from a number of units of so many `months`; a part of one is one, since it is not full."""
    unit = match["unit"]
    if not match["n"] and not match["half"]:  # 几个月
        return whole - 1 if months > 1 and unit != "年" else Range(None, whole - 1)
    halves = 2 * int(match["n"] or 0) + bool(match["half"]) + bool(match["and_half"])
    missing = 6 * halves if unit in ("年", "岁", "周岁") else halves / 2 if unit == "月" else 0.5
    return max(whole - -int(-missing // months), 0)


def not_yet_in(text: str) -> list[tuple[Rule, re.Match[str]]]:
    """Give the places of a text, its numbers in digits, that tell of an age that is not reached, each with its rule."""
    return [
        (Rule(pattern, _read), match)
        for pattern in _NOT_YET
        for match in pattern.finditer(text)
        if any(_read(match, text, date.min))
    ]
