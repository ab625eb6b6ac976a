"""The value of a number, an amount, a date or a place, read where it stands and by nothing but its own words.

The rules know a value by what is said around it (每月, 房租). Where the tagger takes a fact to be told and looks at a
spot (公公整九十了: an age, at 九十), what stands there is read by what the fact can be: an age is a number without
another unit, a rent an amount of money, a home the name of a place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from kb.eligibility.facts import Fact
from kb.eligibility.regions import Regions
from kb.eligibility.spoken_money import PER_HEAD
from kb.eligibility.spoken_rule import ABOVE, BELOW, DENIED, bounded
from kb.eligibility.spoken_rules import DATE, day_or_range, full_year, weeks_of_months, years_since
from kb.eligibility.spoken_text import SpokenText
from kb.eligibility.values import Excluded, Range, Value

LOOKED_AT = 0.1
"""How much of what the tagger looks at must lie on a value where several in the text could be the fact's."""
Match = re.Match[str]
Read = Callable[[Match, date], Value | None]
_DENIES = re.compile(r"(?:不[是在]|非)[^,]{0,2}$")
_CALENDAR = 1000  # a number of 年 from here on is a year of the calendar, below so many years


class PlacedValue(NamedTuple):
    """What text[start:end] may say for a fact."""

    value: Value
    start: int
    end: int


def read_where_told(
    spoken: SpokenText, fact: Fact, looked: Sequence[float], regions: Regions, as_of: date
) -> PlacedValue | None:
    """Give the value of a fact that is told, with its span in the original; `looked` says of every character of the
    original how much the tagger looked at it for the fact. None where nothing there can be the fact's, or it is open
    which of several."""
    weighed = []
    for one in values_in(spoken.text, fact, regions, as_of):
        start, end = spoken.span(one.start, one.end)
        weighed.append((sum(looked[start:end]), PlacedValue(one.value, start, end)))
    if not weighed:
        return None
    weight, placed = max(weighed, key=lambda one: one[0])
    return placed if weight >= LOOKED_AT or len(weighed) == 1 else None


def values_in(text: str, fact: Fact, regions: Regions, as_of: date) -> Iterator[PlacedValue]:
    """Give all that a text, its numbers in digits, can say for a fact."""
    if fact.type == "place":
        yield from _places(text, regions)
        return
    for pattern, read in _readers(fact):
        for match in pattern.finditer(text):
            value = read(match, as_of)
            if fact.fact_id == "household_income" and not PER_HEAD.search(text, text.rfind(",", 0, match.start()) + 1):
                continue
            if value is not None and _can_be(value, fact):
                yield PlacedValue(value, *match.span())


def _can_be(value: Value, fact: Fact) -> bool:
    bounds = (value.least, value.most) if isinstance(value, Range) else (value,)
    least, most = fact.least, fact.most
    return all(
        (least is None or one >= least) and (most is None or one <= most) for one in bounds if isinstance(one, int)
    )


def _places(text: str, regions: Regions) -> Iterator[PlacedValue]:
    """The last of places that stand together (四川达州), or where one is not."""
    for match in _named(regions).finditer(text):
        denied = DENIED.search(text, 0, match.start()) or _DENIES.search(text, 0, match.start())
        yield PlacedValue(Excluded((match["place"],)) if denied else match["place"], *match.span())


@cache
def _named(regions: Regions) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, regions.chains), key=len, reverse=True))
    return re.compile(rf"(?:(?:{names})[省市区县]?)*(?P<place>{names})")


def _age(match: Match, _as_of: date) -> Value:
    """An age in full years; 虚岁 counts one year or two more."""
    value = Range(int(match["n"]), int(match["to"])) if match["to"] else bounded(match, int(match["n"]))
    before = match.string[match.string.rfind(",", 0, match.start()) + 1 : match.end() + 1]
    return Range(value - 2, value - 1) if isinstance(value, int) and "虚" in before else value


def _months(match: Match, _as_of: date) -> Value:
    months = 12 * int(match["years"] or 0) + int(match["months"] or match["only"] or 0)
    months += 6 * bool(match["half"] or match["alone"])
    return Range(None, months - 1) if match["below"] else months


def _decade(match: Match, _as_of: date) -> Value:
    first = full_year(f"{match['tens']}0")
    return Range(first, first + 9)


def _amount(match: Match, _as_of: date) -> Value | None:
    """An amount of money; a small number without 元 is none."""
    value = int(float(match["n"]) * {"千": 1000, "万": 10000}.get(match["scale"] or "", 1))
    return bounded(match, value, 10 ** (len(str(value)) - 1)) if value >= 100 or match["unit"] else None


def _last_such_day(match: Match, as_of: date) -> Value | None:
    """A day without its year is the last such day."""
    try:
        day = date(as_of.year, int(match["month"]), int(match["day"]))
        return day if day <= as_of else day.replace(year=as_of.year - 1)
    except ValueError:
        return None


def _count(match: Match, _as_of: date) -> Value:
    return bounded(match, int(match["n"]))


def _tens(match: Match, _as_of: date) -> Value:
    return bounded(match, 10 * int(match["n"]))


def _weeks_in_days(match: Match, _as_of: date) -> Value:
    return Range(7 * int(match["n"]), 7 * int(match["n"]) + 6)


def _first(_match: Match, _as_of: date) -> Value:
    return 1


_OTHER_UNIT = r"[\d年月元块个后%.千万层楼天周口人平点号米室栋幢]"
_YEAR_SAID = r"(?<!\d)(?P<year>(?:19|20)\d\d|[03-9]\d(?=年))"
_BY_UNIT: dict[str, tuple[tuple[str, Read], ...]] = {
    "周岁": (
        (rf"{BELOW}{ABOVE}(?<![\d.第])(?P<n>\d{{1,3}})(?:到(?P<to>\d{{1,3}}))?(?P<more>多|好几|几|出头)?(?:周?岁|(?!{_OTHER_UNIT}))", _age),
    ),
    "个月": (
        (rf"{BELOW}(?:(?P<years>\d{{1,2}})(?:周?岁|年)(?P<half>半)?(?:[零又]?(?P<months>\d{{1,2}})个月)?|(?P<only>\d{{1,3}})个半?月|(?P<alone>半)(?:年|周?岁))", _months),
    ),
    "年": (
        (rf"{BELOW}(?<!\d)(?P<n>[12]?\d)年(?!级|代)", _count),
        (_YEAR_SAID, lambda match, as_of: years_since(full_year(match["year"]), as_of)),
    ),
    "周": ((r"(?<!\d)(?P<n>\d{1,2})周(?!岁)", _count), (r"(?<!\d)(?P<n>\d)个半?月", lambda match, _: weeks_of_months(int(match["n"])))),
    "天": ((r"(?<!\d)(?P<n>\d{1,3})天", _count), (r"(?<!\d)(?P<n>\d)个?(?:周|星期|礼拜)(?!岁)", _weeks_in_days)),
    "孩": ((r"第?(?<!\d)(?P<n>\d)(?:胎|孩|宝|个)", _count), (r"老(?P<n>[2-9])", _count), (r"头[1一]?[胎个]|老大|第一个", _first)),
    "人": ((r"(?<!\d)(?P<n>\d{1,2})(?:口|个?人)", _count),),
    "层": ((r"(?<!\d)(?P<n>\d{1,2})层", _count),),
    "%": ((r"百分之(?P<n>\d{1,3})(?P<more>多|几)?", _count), (r"(?<!\d)(?P<n>\d{1,3})%", _count), (r"(?<!\d)(?P<n>\d)成(?P<more>多|几)?", _tens)),
}  # fmt: skip
_CALENDAR_YEARS: tuple[tuple[str, Read], ...] = (
    (_YEAR_SAID, lambda match, _: full_year(match["year"])),
    (r"(?P<tens>\d)(?:0年代|几年)", _decade),
)
_MONEY: tuple[tuple[str, Read], ...] = (
    (rf"{BELOW}{ABOVE}(?<![\d.])(?P<n>\d+(?:\.\d+)?)(?P<scale>千|万)?(?P<more>多|几)?(?:(?P<unit>元|块)|(?!{_OTHER_UNIT}|岁))", _amount),
)  # fmt: skip
_DATES: tuple[tuple[str, Read], ...] = (
    (rf"(?<!\d){DATE}", day_or_range),
    (r"(?<!\d)(?P<year>[03-9]\d)年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?)?", day_or_range),
    (r"(?<!\d)(?P<year>[12]\d)年(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?", day_or_range),
    (r"(?<![\d年])(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?", _last_such_day),
)


@cache
def _readers(fact: Fact) -> tuple[tuple[re.Pattern[str], Read], ...]:
    if fact.type == "number":
        named = _CALENDAR_YEARS if fact.unit == "年" and (fact.least or 0) >= _CALENDAR else _BY_UNIT.get(fact.unit, ())
    else:
        named = {"money": _MONEY, "date": _DATES}.get(fact.type, ())
    return tuple((re.compile(pattern), read) for pattern, read in named)
