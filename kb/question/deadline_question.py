"""Questions for the day on which a period ends: 3月10日受伤，最迟哪天提出申请？9月20日开会，最迟哪天通知？

Such a question holds a day, on which something happens, and asks for another one, or whether another one is too late.
What it asks of the documents is the period: the same question without its days, with 多少日内 for the day asked for, or
with 最迟什么时候, which a rule that counts back from an event answers as well.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.text.fold import fold_text
from kb.text.near_years import YEAR, year_named
from kb.text.numerals import normalize_numbers

# 哪天, 几月几号: asked after a day and not after a length of time (多久), which the text itself answers.
_WHICH = r"(?:哪1?[天日]|何日|何时|什么时[候间]|几月几?[号日]?|几[号日])"
_LATEST = r"(?:最迟|最晚|至迟|不晚于|截止|截至|届满|到期|期满)"  # That a last day is meant.
# 最迟哪天前要申请: a day is asked for, as a limit.
_ASKS = re.compile(
    rf"{_LATEST}[^,;。?]{{0,12}}?{_WHICH}(?:之?前|以前)?|(?:应当?)?(?:在|于|到|至)?{_WHICH}(?:之前|以前|前|为止|截止|届满|到期|期满)|到{_WHICH}"
)
# 还来得及吗: asks whether a second day, which the question names, is too late.
_LATE = re.compile(
    r"(?:还|是否|是不是)?(?:来得及|晚了|迟了|超期|过期|逾期|超过(?:了)?(?:法定)?期限|过了期限)(?:了)?(?:吗|没有|没|么)?"
)
# The day from which to count; one with 以前 or 以后 behind it is a limit of the question itself.
_DAY = re.compile(
    rf"(?:(?:是|在|于|从|自|到)?{YEAR})?(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})[日号](?:那天|当天)?(?!以?[前后内])"
)
# Takes the place of the words for the day, so that the rest reads like the sentence that has the period.
_WHEN = "最迟什么时候"


@dataclass(frozen=True, slots=True)
class DeadlineAsked:
    """`start` is the day on which something happens, `by` another one of which it is asked whether it is too late;
    `question` asks for the period alone, `latest` for it on either side of the event."""

    start: date
    by: date | None
    question: str
    latest: str


def deadline_asked(question: str, day: date) -> DeadlineAsked | None:
    """Read a question for the end of a period, else give None; a day without a year is of that of the day before it in
    the question, the first of that of `day`.

    >>> deadline_asked("职工2025年3月10日受伤，单位最迟哪天要提出申请？", date(2026, 1, 1)).question
    '职工受伤,单位多少日内要提出申请?'
    >>> deadline_asked("今年4月7日受理的，应当在哪天之前办结？", date(2025, 6, 1)).start
    datetime.date(2025, 4, 7)
    >>> deadline_asked("2025年3月10日印发的是哪份文件？", date(2026, 1, 1)) is None
    True
    """
    folded = normalize_numbers(fold_text(question))
    days = list(_days(folded, day))
    rest = _DAY.sub("", folded)
    if not days:
        return None
    if _ASKS.search(rest):
        return DeadlineAsked(days[0], None, *(_ASKS.sub(words, rest, count=1) for words in ("多少日内", _WHEN)))
    if len(days) > 1 and _LATE.search(rest):
        return DeadlineAsked(
            days[0], days[1], *(_LATE.sub(f"要在{words}", rest, count=1) for words in ("多少日内", _WHEN))
        )
    return None


def _days(folded: str, day: date) -> Iterator[date]:
    told: int | None = None
    for match in _DAY.finditer(folded):
        told = year_named(match, day) or told
        year, month, number = told or day.year, int(match["month"]), int(match["day"])
        while told is None and (month, number) == (2, 29) and not calendar.isleap(year):
            year -= 1  # the last one that there was
        try:
            yield date(year, month, number)
        except ValueError:
            continue  # 2月30日 is no day
