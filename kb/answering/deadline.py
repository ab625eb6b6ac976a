"""The end of a period, reckoned: from a sentence with 自…之日起…日内 and the day on which it began.

The day of the event does not count; a period of months or years ends on the day of the same number; a last day that is free
moves to the next that is worked on (Civil Code, articles 201 to 203). Working days are counted by the configured calendar of
holidays; where it does not tell, they are counted as calendar days, and the answer says so. A law may say of its own periods
that they are working days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from kb.calendar import WorkingCalendar
from kb.text.fold import fold, fold_text
from kb.text.numerals import normalize_numbers
from kb.text.periods import PERIOD, Period, partial, read_period
from kb.text.sentences import sentence_spans
from kb.text.terms import bigrams
from kb.types import Document

_COUNTED = re.compile(
    rf"(?P<event>[^,;。:]*?)(?:之日|之时|次日|当日|时)?(?:起|之?后)(?:计算)?(?:的|,)?(?P<period>{PERIOD})(?:以|之)?(?P<end>内|前)?"
)
_LEADS = re.compile(r"^.*(?:自|从|于|在)(?=[^自从于在])")
_STOP = re.compile("[;。]")
_WORKING = re.compile(r'(?:期[限间]|时限|"[^"]{1,5}[日天]")[^。]{0,80}?(?:[以按]工作日计算|是指工作日)')
_DAYS_NAMED = re.compile(r"(\d+)[日天]")
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Counted:
    """A period that begins with an event, as a sentence gives it, and the `rule` that it belongs to: who has to do what in it."""

    event: str
    period: Period
    rule: str

    def likeness(self, asked: frozenset[str]) -> float:
        """Give how alike the rule and a question are, from 0 to 1, by the pairs of characters that both have."""
        rule = frozenset(bigrams(self.rule))
        return 2 * len(asked & rule) / (len(asked) + len(rule) or 1)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The last day of a period, and in Chinese how it was found."""

    last: date
    words: str


def counted_in(sentence: str) -> Iterator[Counted]:
    """Give the periods of a sentence that begin with an event.

    >>> [(c.event, c.period.count) for c in counted_in("职工应当自事故伤害发生之日起三十日内提出申请。")]
    [('事故伤害发生', 30)]
    """
    normal = normalize_numbers(fold_text(sentence))
    for match in _COUNTED.finditer(normal):
        period = read_period(match["period"])
        event = _LEADS.sub("", match["event"])
        if period is not None and event:
            yield Counted(event, period, normal[match.start() : match.end()] + _STOP.split(normal[match.end() :])[0])


def period_for(question: str, sentence: str) -> Counted | None:
    """Give of the periods of a sentence the one whose rule has most in common with a question, the first of equals."""
    asked = frozenset(bigrams(question))
    return max(counted_in(sentence), key=lambda one: one.likeness(asked), default=None)


def working_days_rule(document: Document, period: Period) -> tuple[int, int] | None:
    """Give the span of the sentence by which a document counts such a period in working days, where it has one:
    本法规定的期限以工作日计算, 有关“五日”、“七日”的规定是指工作日."""
    if period.unit != "day":
        return None
    folded = fold(document.text)
    for match in _WORKING.finditer(folded.text):
        named = {int(n) for n in _DAYS_NAMED.findall(normalize_numbers(match.group()))}
        if not named or period.count in named:
            start, end = folded.span(*match.span())
            spans = sentence_spans(document.text)
            return next(((s, e) for s, e in spans if s <= start < e), (start, end))
    return None


def reckon(start: date, period: Period, calendar: WorkingCalendar) -> Reckoned:
    """Reckon the last day of a period that begins with something on `start`.

    >>> from kb.calendar import UNKNOWN_CALENDAR
    >>> reckon(date(2025, 3, 10), Period(30, "day"), UNKNOWN_CALENDAR).words
    '从2025年3月10日起算30日，当日不计入，按自然日计算'
    """
    length = f"{period.count}{_UNITS[period.unit]}"
    began = f"从{partial(start).chinese}起算{length}，当日不计入"
    last = period.after(start)
    if period.unit == "working_day":
        counted = calendar.after(start, period.count)
        if calendar.knows(start, counted):
            return Reckoned(counted, f"{began}，按公布的放假安排只数工作日")
        return Reckoned(last, f"{began}；没有{_years(start, counted)}的放假安排，按自然日计算，扣除休息日后实际更晚")
    words = f"{began}，{'按自然日计算' if period.unit == 'day' else '到期之日为最后一日'}"
    if calendar.knows(last, last) and not calendar.is_working(last):
        moved = calendar.first_working_from(last)
        return Reckoned(moved, f"{words}；{partial(last).chinese}是休息日，顺延到其后第一个工作日")
    if last.weekday() > 4 and not calendar.knows(last, last):
        words += f"；当天是星期{_WEEKDAYS[last.weekday()]}，最后一日是法定休假日的，以休假结束的次日为最后一日"
    return Reckoned(last, words)


def in_working_days(period: Period) -> Period:
    return replace(period, unit="working_day")


_UNITS = {"day": "日", "working_day": "个工作日", "month": "个月", "year": "年"}


def _years(first: date, last: date) -> str:
    return "、".join(f"{year}年" for year in range(first.year, last.year + 1))
