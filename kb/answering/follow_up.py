"""Follow-ups: a question that leans on those before it, made whole.

那2027年呢？ asks what the question before asked, of another year; 蓝领公寓呢？ the same of another thing. The words of the earlier question that
the new one does not replace are put in front of it. A correction (不是，我问的是…) takes the place of what it corrects. Small talk
asks nothing, so that nothing leans on it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from kb.question.small_talk import small_talk
from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers
from kb.text.places import places_in
from kb.types import Query

_LEANS = re.compile(
    r"^(那|那么|那个|它|其|他们|她们|他|她|这|该|上述|还有|另外|此外|再|如果是|换成|要是|同时|是从|主要|一共|总共|除此|除了这|然后|接着|具体)"
    r"|呢[?]?$|它|这(个|些|份|项|条|里)|那(个|些|份|项|里)|上面|刚才|前面|替他们|给他们|[,，](呢|又)[?]?$"
)
_CORRECTION = re.compile(
    r"^[\W]*(?:(?:不是|不对|错了|你错了|搞错了|弄错了)[,.!\s]*)?(?:我|我们)(?:问|说|指|想问|要问|想知道)的?(?:是|的是)[\W]*"
)
_WHY = re.compile(r"^[\W]*(那)?(为什么|为何|为啥|原因)(呢|是什么)?\W*$")
_REASON = re.compile(r"为什么|为何|为啥|原因")
_ASKS = re.compile(r"(是|有)?(多少|几|哪些|哪|什么时候|什么|谁|怎么|如何|吗|呢)[^,。]{0,12}[?]?$")
_SHORT = 10  # characters up to which a question after another is taken to lean on it
_CHOICE = re.compile(r"(?:我?(?:问|说|要|选|指)的?是?|就)?第([1-9])[个条项种份]?(?:吧|呢|的)?")
_BACK = 2  # questions before, with each of which a new one may be joined
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_LEAD = re.compile(r"^(那么?|那个)?(要是|如果是|换成|换了)?")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question in its conversation: `query` is made whole, `asked` are the words that are new, `earlier` the
    question before, where there is one; `leans` says that the new words are nothing without it."""

    query: Query
    asked: str
    earlier: str | None
    leans: bool


def resolve(query: Query, topics: Collection[str] = ()) -> Turn:
    """Read a question in the light of those before it; one of the folded `topics` in the new words takes the place of one
    before.

    >>> resolve(Query("", "那2027年呢？", previous=("到2025年要开展多少个试点？",))).query.text
    '到2027年要开展多少个试点？'
    >>> resolve(Query("", "社区食堂平时对哪些人开放？", previous=("托育机构谁来管？",))).query.text
    '社区食堂平时对哪些人开放？'
    >>> resolve(Query("", "蓝领公寓呢？", previous=("公租房怎么申请？",)), ("公租房", "蓝领公寓")).query.text
    '蓝领公寓怎么申请？'
    >>> resolve(Query("", "不是，我问的是托育机构由谁管", previous=("社区食堂由谁管？",))).query.text
    '托育机构由谁管'
    """
    alone = replace(query, previous=())
    previous = tuple(text for text in query.previous if small_talk(text) is None)
    if not previous:
        return Turn(alone, query.text, None, False)
    earlier = _last_whole(previous, topics)
    folded = fold_text(query.text).strip()
    corrected = _CORRECTION.sub("", folded)
    if corrected != folded and (_ASKS.search(corrected) or len(corrected) > _SHORT):
        return Turn(replace(alone, text=corrected), corrected, None, False)
    folded = corrected
    if _WHY.match(folded):
        whole = (
            earlier
            if _REASON.search(fold_text(earlier))
            else f"为什么{_ASKS.sub('', fold_text(earlier).rstrip('?。'))}？"
        )
        return Turn(replace(alone, text=whole), query.text, earlier, False)
    complete = len(query.text) > _SHORT or (
        _ASKS.search(folded) is not None and any(topic in folded for topic in topics)
    )
    if complete and not _LEANS.search(folded):
        return Turn(alone, query.text, earlier, False)
    return Turn(replace(alone, text=_merged(earlier, query.text, folded, topics)), query.text, earlier, True)


def readings(query: Query, topics: Collection[str] = ()) -> list[Turn]:
    """Give what a question may mean in its conversation: first what its form says, then alone, then joined with the questions before,
    the last one first. Which of them is meant is seen by what they find.

    >>> before = ("公租房的收入标准是多少？", "社区食堂平时对哪些人开放？")
    >>> [turn.query.text for turn in readings(Query("", "申请材料要交到哪个窗口？", previous=before))]
    ['申请材料要交到哪个窗口？', '社区食堂平时对哪些人开放？申请材料要交到哪个窗口？', '公租房的收入标准是多少？申请材料要交到哪个窗口？']
    """
    first = resolve(query, topics)
    if first.earlier is None:
        return [first]
    alone = replace(query, previous=())
    folded = fold_text(query.text).strip()
    others = [Turn(alone, query.text, first.earlier, False)]
    previous = tuple(text for text in query.previous if small_talk(text) is None)
    for n in range(len(previous), max(len(previous) - _BACK, 0), -1):
        before = _last_whole(previous[:n], topics)
        others.append(Turn(replace(alone, text=_merged(before, query.text, folded, topics)), query.text, before, True))
    turns: dict[str, Turn] = {}
    for turn in (first, *others):
        turns.setdefault(turn.query.text, turn)
    return list(turns.values())


def choice_in(text: str) -> int | None:
    """Give the number of what is chosen of several.

    >>> choice_in("第二个"), choice_in("我问的是第一条。"), choice_in("第二条怎么规定？")
    (2, 1, None)
    """
    match = _CHOICE.fullmatch(normalize_numbers(fold_text(text)).strip(" ?!。,"))
    return int(match[1]) if match else None


def make_whole(query: Query) -> Query:
    """Give the query to search for."""
    return resolve(query).query


def _last_whole(previous: tuple[str, ...], topics: Collection[str]) -> str:
    whole = previous[0]
    for text in previous[1:]:
        whole = resolve(Query("", text, previous=(whole,)), topics).query.text
    return whole


def _merged(earlier: str, text: str, folded: str, topics: Collection[str]) -> str:
    """Put a new year or place where the earlier question had one; else say one question behind the other."""
    rest = _LEAD.sub("", folded).strip("呢?,。 ")
    old, new = _YEAR.findall(fold_text(earlier)), _YEAR.findall(rest)
    if len(old) == 1 and new and _YEAR.sub("", rest).strip("到在底年的") == "":
        return earlier.replace(old[0].rstrip("年"), new[0].rstrip("年"))
    place = places_in(rest)
    if len(place) == 1 and len(rest) <= 4:
        before = [name for name in places_in(earlier) if name in earlier]
        if len(before) == 1:
            return earlier.replace(before[0], next(iter(place)))
    if rest in topics:
        before = [topic for topic in topics if topic in fold_text(earlier)]
        if before:
            return fold_text(earlier).replace(max(before, key=len), rest).replace("?", "？")
    return (_YEAR.sub("", earlier) if new else earlier) + text
