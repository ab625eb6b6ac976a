"""What somebody types in answer to one question about a fact: 没有, 68, 是杭州户口, 不知道.

A reply is short and asks nothing; whatever is neither is no reply, so that a new question is answered as one. What the
reply tells of other facts is taken too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kb.eligibility.facts import Fact, FactBook
from kb.eligibility.readings import FactReading
from kb.eligibility.sentence import read_sentence
from kb.eligibility.spoken_text import SpokenText
from kb.eligibility.values import as_json
from kb.errors import FactError
from kb.text.fold import fold_text

_LONGEST = 30  # characters; who writes more tells a story
_ASKING = re.compile(r"[?？吗呢]|[怎咋谁哪]|为什么|什么|多少|如何|是否|几[个点时天]|(\w)不\1")
_AROUND = re.compile(
    r"^(?:我们?|他们?|她们?|您|那|就|应该|今年|目前|现在|都|已经|刚|才|大概)+|[了的啊呀吧哦嗯，,。.!！\s]+$"
)
_LEFT_OPEN = re.compile(
    r"(?:[也还真]|我|都)*(?:不知道|不清楚|不晓得|不确定|不记得|记不[清得]|忘了?|不想[说讲答]|不方便[说讲]?|说不[清好准]|没数|跳过|不详)(?:楚)?"
)
_YES = re.compile(r"(?:是|是的|对|对的|有|有的|嗯+|好|符合|属于|可以|办[过了]|做过|要|yes|y)+", re.IGNORECASE)
_NO = re.compile(
    r"(?:[也还都从]|来)*(?:不是|没有过?|没|否|不|无|不对|不属于|不符合|没办过?|没做过|都?不是|都?没有|不要|不用|no|n)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?P<n>\d+(?:\.\d+)?)(?P<scale>[千万])?(?:多|左右)?(?:周?岁|个?月|年|个|元|块钱?|人|口人?|层|周|孩|天)?"
)
_DAY = re.compile(r"(?P<year>\d{4})[年./-](?P<month>\d{1,2})[月./-](?P<day>\d{1,2})[日号]?(?:生|出生)?")
_PLACE = re.compile(r"^(?:户口|户籍|住|家|人|在|是|到|于)+|(?:户口|户籍|人|这边|那边|那里)+$")


@dataclass(frozen=True, slots=True)
class Reply:
    """Facts that were told, or nothing of them where the question was left open."""

    facts: Mapping[str, Any]
    is_left_open: bool = False


def may_reply(text: str) -> bool:
    """Say whether a text can be a reply: it is short and asks nothing.

    >>> may_reply("他68了"), may_reply("公租房也可以申請嗎")
    (True, False)
    """
    return len(text) <= _LONGEST and _ASKING.search(fold_text(text)) is None


def read_reply(text: str, fact: Fact, suggested: Any, book: FactBook, as_of: date) -> Reply | None:
    """Read a reply to the question for `fact`, of which `suggested` was read with doubt; None where the text is no
    reply.

    Raises FactError for what the fact cannot be: somebody is not 900 years old.
    """
    plain = SpokenText.of(text.strip(), book.regions).text
    if not may_reply(text):
        return None
    bare = _bare(plain)
    if _LEFT_OPEN.fullmatch(bare):
        return Reply({}, is_left_open=True)
    value = _value(bare, fact, suggested, book, as_of)
    if value is not None:  # the whole text is the answer
        book.profile(dict((value,)), as_of)
        return Reply(dict((value,)))
    told = {one.fact_id: as_json(one.value) for one in read_sentence(text, book, as_of) if _is_told(one)}
    return Reply(told) if told else None


def _is_told(reading: FactReading) -> bool:
    return reading.certain and reading.fact_id != "sex"


def _bare(text: str) -> str:
    """Leave out what surrounds the answer itself.

    >>> _bare("他68了。"), _bare("嗯，是的"), _bare("我没有")
    ('68', '嗯，是', '没有')
    """
    before = ""
    while text != before:
        before, text = text, _AROUND.sub("", text)
    return text


def _value(bare: str, fact: Fact, suggested: Any, book: FactBook, as_of: date) -> tuple[str, Any] | None:
    """Give the fact and the value that a bare answer means."""
    agreed, denied = _YES.fullmatch(re.sub("[,，]", "", bare)), _NO.fullmatch(bare)
    if suggested is not None and agreed:
        return fact.fact_id, suggested
    if suggested is not None and denied and fact.type in ("place", "choice"):
        return fact.fact_id, {"not": [suggested]}
    if denied and fact.none:
        return fact.fact_id, {"none": True}
    if fact.type == "yes_no":
        return (fact.fact_id, bool(agreed)) if agreed or denied else None
    if fact.type == "choice":
        meant = [name for name, words in fact.choices if bare == words or (len(bare) > 1 and bare in words)]
        if not meant and denied and "none" in dict(fact.choices):
            meant = ["none"]
        return (fact.fact_id, meant[0]) if len(meant) == 1 else None
    if fact.type == "place":
        return _place(_PLACE.sub("", bare), fact, book, as_of)
    if fact.type == "date":
        return _date(bare, fact, book)
    number = _NUMBER.fullmatch(bare)
    return (fact.fact_id, _count(number)) if number else None


def _place(name: str, fact: Fact, book: FactBook, as_of: date) -> tuple[str, Any] | None:
    try:
        book.profile({fact.fact_id: name}, as_of)
    except FactError:
        return None  # a word that is no place is no reply
    return fact.fact_id, name


def _date(bare: str, fact: Fact, book: FactBook) -> tuple[str, Any] | None:
    """A day, or how many years one has where they are counted from it."""
    if day := _DAY.fullmatch(bare):
        return fact.fact_id, f"{int(day['year']):04}-{int(day['month']):02}-{int(day['day']):02}"
    years = next(
        (one for one in book.counted_from.get(fact.fact_id, ()) if one.counted and one.counted.unit == "years"), None
    )
    number = _NUMBER.fullmatch(bare)
    return (years.fact_id, _count(number)) if years and number else None


def _count(match: re.Match[str]) -> int:
    return int(Decimal(match["n"]) * {"千": 1000, "万": 10000}.get(match["scale"] or "", 1))
