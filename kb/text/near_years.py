"""Years as people say them: 去年, 今年, 明年. Which they are depends on the day that is asked about."""

from __future__ import annotations

import re
from datetime import date

NEAR_YEARS = {"前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1}
"""How far each is from the year of the day."""

# Where the characters are not of other words: 目前年龄, 三年前年满, 过去年均, 至今年满, 证明年龄. 本年 is too often (基本年限),
# and 今年62 tells how old somebody is.
_NEAR = re.compile(
    r"(?<![年大此之以目当生提])前年(?![龄满])|(?<!过)去年(?!均)|(?<![如至当现])今年(?![龄满]|[刚已经都快才有虚周岁,，]{0,3}[\d二三四五六七八九十])|(?<![证说])明年(?![龄度])"
)


YEAR = r"(?:(?P<year>(?:19|20)\d\d)年|(?P<near>今年|去年|明年))"
"""The year of a day as a question names it, as a pattern of folded text with numbers in digits."""


def year_named(match: re.Match[str], today: date) -> int | None:
    """Give the year that `YEAR` found, where a match has one."""
    groups = match.groupdict()
    if groups.get("near"):
        return today.year + NEAR_YEARS[groups["near"]]
    return int(groups["year"]) if groups.get("year") else None


def near_years(text: str, year: int) -> tuple[str, ...]:
    """Give the years that a text, said in `year`, names so, each once.

    >>> near_years("去年和前年各改造了多少个小区", 2026), near_years("目前年满60周岁的凭证明年龄的证件，我今年六十二", 2026)
    (('2025', '2024'), ())
    """
    return tuple(dict.fromkeys(str(year + NEAR_YEARS[match.group()]) for match in _NEAR.finditer(text)))
