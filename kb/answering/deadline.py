"""The end of a period, reckoned: from a sentence with 自…之日起…日内 and the day on which it began, or with
会议召开…日前 and the day of the meeting.

The day of the event does not count; a period of months or years ends on the day of the same number; a last day that is
free moves to the next that is worked on (Civil Code, articles 201 to 203). What has to be done so long before an event
is counted back in the same way, but its last day does not move on: the time left would be shorter than the law wants.
届满前30日内 is a span that ends with the event. Working days are counted by the configured calendar of holidays; where
it does not tell, they are counted as calendar days, and the answer says so. A law may say of its own periods that they
are working days; a rule on the periods of the authority (行政机关实施行政许可的期限) says nothing of those that run for
others, such as the applicant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from kb.calendar import WorkingCalendar
from kb.text.fold import fold, fold_text
from kb.text.numerals import normalize_numbers
from kb.text.periods import PERIOD, Period, partial, read_period
from kb.text.sentences import sentence_spans
from kb.text.terms import bigrams
from kb.types import Document

# 自受理之日起十五日内: what the count begins with, how long, and whether the end is a last day (内) or a day before which (前).
_COUNTED = re.compile(
    rf"(?P<event>[^,;。:]{{0,60}}?)(?:之日|之时|次日|当日|时)?(?:起|之?后)(?:计算)?(?:的|,)?(?P<period>{PERIOD})(?:以|之)?(?P<end>内|前)?"
)
# 提前三十日, 届满三十日前: counted back from what comes. 第3日前 and 5月前 are a place and a date, no periods.
_COUNTED_BACK = re.compile(
    rf"(?P<event>[^,;。:]{{0,60}}?)(?:"
    rf"提前(?:至少|不少于)?(?<![月第\d])(?P<ahead>{PERIOD})"
    rf"|(?:的|之日|当日)?(?<![月第\d起后])(?P<by>{PERIOD})(?:以|之)?前(?![款条述项])"
    rf"|(?:之日)?(?:以|之)?前(?:的)?(?P<until>{PERIOD})(?P<within>以?内)?)"
)
_ANY = re.compile(PERIOD)
# 期满六十日前 counts from an end, which the question has to give; elsewhere the event is a beginning.
_EXPIRES = re.compile("(?:届满|期满|到期)$")
# What stands before 自 or 从 belongs to the sentence and not to the event.
_LEADS = re.compile(r"^.*(?:自|从|于|在)(?=[^自从于在])")
_STOP = re.compile("[;。]")  # A condition does not reach past these.
# A law may say once for all its periods that days are working days: 本法规定的期限以工作日计算.
_WORKING = re.compile(r'(?:期[限间]|时限|"[^"]{1,5}[日天]")[^。]{0,80}?(?:[以按]工作日计算|是指工作日)')
# Days of such a law that say for themselves how they are counted are left as they are.
_DAYS_NAMED = re.compile(r"(\d+)[日天]")
_AUTHORITY = "(?:(?:人民)?(?:法院|检察院|政府)|机关|机构|部门|街道办事处)"
_OF_AUTHORITY = re.compile(f"{_AUTHORITY}[^,;。]{{0,20}}期[限间]")
_ACTOR = re.compile(f"(?P<authority>{_AUTHORITY})|[人者员]|公民|组织|单位|企业|公司|一方")
_PREDICATE = re.compile("应|可以|必须|不得|需|自(?![然行治])|从(?!事)|[于在因对向将按依]|[收接]到")
_WEEKDAYS = "一二三四五六日"  # In the order of `date.weekday`.
_LONGEST = 100  # years of a period; more are the name of a year (2020年前)

Side = Literal["after", "before", "within"]
"""Whether a period begins with its event, ends so long before it, or is the time just before it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A period on one side of an event, as a sentence gives it, and the `rule` that it belongs to: who has to do what
    in it. `party` says that somebody has to who is no authority."""

    event: str
    period: Period
    rule: str
    side: Side = "after"
    party: bool = False

    def likeness(self, asked: frozenset[str]) -> float:
        """Give how alike the rule and a question are, from 0 to 1, by the pairs of characters that both have."""
        rule = frozenset(bigrams(self.rule))
        return 2 * len(asked & rule) / (len(asked) + len(rule) or 1)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The last day of a period, in Chinese how it was found, and the `first` day where what is asked may not be done
    before it."""

    last: date
    words: str
    first: date | None = None


def counted_in(sentence: str) -> Iterator[Counted]:
    """Give the periods of a sentence that are counted from an event.

    >>> [(c.event, c.period.count) for c in counted_in("职工应当自事故伤害发生之日起三十日内提出申请。")]
    [('事故伤害发生', 30)]
    >>> [(c.event, c.period.count, c.side) for c in counted_in("应当于会议召开15日以前通知，期满前一个月内续签。")]
    [('会议召开', 15, 'before'), ('期满', 1, 'within')]
    """
    normal = normalize_numbers(fold_text(sentence))
    if _ANY.search(normal) is None:
        return
    after, back = list(_COUNTED.finditer(normal)), list(_COUNTED_BACK.finditer(normal))
    for match in (*after, *back):
        written, side = _written(match)
        period = read_period(written)
        event = _LEADS.sub("", match["event"]) or (match.group() if side == "before" else "")
        if period is None or not event or (period.unit == "year" and period.count > _LONGEST):
            continue
        # 定期会议召开十五日前或者临时会议召开七日前通知: what follows is for both, the other's event for the other alone.
        end = match.end() + len(_STOP.split(normal[match.end() :])[0])
        others = sorted(other.span() for other in (*after, *back) if match.end() <= other.start() < end)
        rest = "".join(_between(normal, match.end(), end, others))
        yield Counted(event, period, match.group() + rest, side, _is_of_party(normal, match))


def _written(match: re.Match[str]) -> tuple[str, Side]:
    """Give the words of the period that was matched, and on which side of its event it lies."""
    if match.re is _COUNTED:
        return match["period"], "after"
    return match["ahead"] or match["by"] or match["until"], "within" if match["within"] else "before"


def _is_of_party(normal: str, match: re.Match[str]) -> bool:
    """Say whether the period of a rule runs for somebody who is no authority: by the subject next before it, else next
    behind it."""
    at = next(match.start(group) for group in ("period", "ahead", "by", "until") if match.groupdict().get(group))
    before = re.split("[;。:]", normal[:at])[-1].split(",")[::-1]
    behind = _STOP.split(normal[match.end() :])[0].split(",")
    subjects = (_ACTOR.search(_PREDICATE.split(clause)[0]) for clause in (*before, *behind))
    actor = next(filter(None, subjects), None)
    return actor is not None and actor["authority"] is None


def _between(text: str, start: int, end: int, left_out: list[tuple[int, int]]) -> Iterator[str]:
    """Give the parts of text[start:end] that lie outside the spans `left_out`, which are in order."""
    for first, last in left_out:
        yield text[start:first]
        start = max(start, last)
    yield text[start:end]


def period_for(question: str, sentence: str) -> Counted | None:
    """Give of the periods of a sentence the one whose rule has most in common with a question, the first of equals."""
    asked = frozenset(bigrams(question))
    return max(counted_in(sentence), key=lambda one: one.likeness(asked), default=None)


def working_days_rule(document: Document, counted: Counted) -> tuple[int, int] | None:
    """Give the span of the sentence by which a document counts such a period in working days, where it has one:
    本法规定的期限以工作日计算, 有关“五日”、“七日”的规定是指工作日. One on the periods of authorities is none for other parties."""
    if counted.period.unit != "day":
        return None
    folded = fold(document.text)
    for match in _WORKING.finditer(folded.text):
        start, end = folded.span(*match.span())
        start, end = next(((s, e) for s, e in sentence_spans(document.text) if s <= start < e), (start, end))
        rule = normalize_numbers(fold_text(document.text[start:end]))
        named = {int(n) for n in _DAYS_NAMED.findall(rule)}
        if (not named or counted.period.count in named) and not (counted.party and _OF_AUTHORITY.search(rule)):
            return start, end
    return None


def reckon_back(day: date, counted: Counted, calendar: WorkingCalendar) -> Reckoned:
    """Reckon the last day on which something may be done that has to be done before what happens on `day`.

    >>> from kb.calendar import UNKNOWN_CALENDAR
    >>> back = Counted("会议召开", Period(15, "day"), "会议召开十五日前通知", "before")
    >>> reckon_back(date(2025, 3, 26), back, UNKNOWN_CALENDAR).words
    '从2025年3月26日往前推15日，当日不计入，按自然日计算'
    """
    period = counted.period
    words = f"从{partial(day).chinese}往前推{_length(period)}，当日不计入"
    edge = period.before(day)
    if period.unit == "working_day":
        worked = calendar.after(day, -period.count)
        if calendar.knows(worked, day):
            edge, words = worked, f"{words}，按公布的放假安排只数工作日"
        else:
            words += f"；没有{_years(worked, day)}的放假安排，按自然日计算，扣除休息日后实际更早"
    elif period.unit == "day":
        words += "，按自然日计算"
    if counted.side == "within":
        last = day if _EXPIRES.search(counted.event) else day - timedelta(days=1)
        return Reckoned(last, f"{words}，{partial(edge).chinese}起可以办理", edge)
    known = calendar.knows(edge, edge)
    if not (calendar.is_working(edge) if known else edge.weekday() < 5):
        free = "休息日" if known else f"星期{_WEEKDAYS[edge.weekday()]}"
        words += f"；当天是{free}，顺延后就不足{_length(period)}，须在工作日办理的应当再提前"
    return Reckoned(edge, words)


def reckon(start: date, period: Period, calendar: WorkingCalendar) -> Reckoned:
    """Reckon the last day of a period that begins with something on `start`.

    >>> from kb.calendar import UNKNOWN_CALENDAR
    >>> reckon(date(2025, 3, 10), Period(30, "day"), UNKNOWN_CALENDAR).words
    '从2025年3月10日起算30日，当日不计入，按自然日计算'
    """
    began = f"从{partial(start).chinese}起算{_length(period)}，当日不计入"
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
    """Count a period in working days, whatever unit its text has: somebody asked for working days."""
    return replace(period, unit="working_day")


_UNITS = {"day": "日", "working_day": "个工作日", "month": "个月", "year": "年"}


def _length(period: Period) -> str:
    return f"{period.count}{_UNITS[period.unit]}"


def _years(first: date, last: date) -> str:
    return "、".join(f"{year}年" for year in range(first.year, last.year + 1))
