"""Follow-ups: a question that leans on those before it, made whole.

那2027年呢？ asks what the question before asked, of another year. The words of the earlier question that the new
one does not replace are put in front of it. Pressure (你错了) asks nothing new: the question before stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kb.text.fold import fold_text
from kb.text.places import places_in
from kb.types import Query

_LEANS = re.compile(
    r"^(那|那么|那个|它|其|他们|她们|他|她|这|该|上述|还有|另外|此外|再|如果是|换成|要是|同时|是从|主要|一共|总共|除此|除了这|然后|接着|具体)"
    r"|呢[?]?$|它|这(个|些|份|项|条|里)|那(个|些|份|项|里)|上面|刚才|前面|替他们|给他们|[,，](呢|又)[?]?$"
)
_PRESSURE = re.compile(
    r"^[\W]*(你|您)?(说|答|回答|讲)?的?(真的?|都|是|完全)?(错|不对|不正确|搞错|弄错|答错|说错|有误|胡说|瞎说|乱说|骗)|^[\W]*(真的|确定|当真)(吗|么|\?|$)"
    r"|(你|您)(确定|肯定)(吗|么|\?|$)|^[\W]*(我不信|不可能|不是吧|再(想想|查查|看看|确认)|重新(回答|查))"
)
_WHY = re.compile(r"^[\W]*(那)?(为什么|为何|为啥|原因)(呢|是什么)?\W*$")
_REASON = re.compile(r"为什么|为何|为啥|原因")
_ASKS = re.compile(r"(是|有)?(多少|几|哪些|哪|什么时候|什么|谁|怎么|如何|吗|呢)[^,。]{0,12}[?]?$")
_SHORT = 10  # characters up to which a question after another is taken to lean on it
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


def resolve(query: Query) -> Turn:
    """Read a question in the light of those before it.

    >>> resolve(Query("", "那2027年呢？", previous=("到2025年要开展多少个试点？",))).query.text
    '到2027年要开展多少个试点？'
    >>> resolve(Query("", "社区食堂平时对哪些人开放？", previous=("托育机构谁来管？",))).query.text
    '社区食堂平时对哪些人开放？'
    >>> resolve(Query("", "你错了", previous=("托育机构谁来管？",))).query.text
    '托育机构谁来管？'
    """
    alone = replace(query, previous=())
    if not query.previous:
        return Turn(alone, query.text, None, False)
    earlier = _last_whole(query.previous)
    folded = fold_text(query.text).strip()
    if _PRESSURE.search(folded):
        return Turn(replace(alone, text=earlier), earlier, None, False)
    if _WHY.match(folded):
        whole = (
            earlier
            if _REASON.search(fold_text(earlier))
            else f"为什么{_ASKS.sub('', fold_text(earlier).rstrip('?。'))}？"
        )
        return Turn(replace(alone, text=whole), query.text, earlier, False)
    if len(query.text) > _SHORT and not _LEANS.search(folded):
        return Turn(alone, query.text, earlier, False)
    return Turn(replace(alone, text=_merged(earlier, query.text, folded)), query.text, earlier, True)


def make_whole(query: Query) -> Query:
    """Give the query to search for."""
    return resolve(query).query


def _last_whole(previous: tuple[str, ...]) -> str:
    whole = previous[0]
    for text in previous[1:]:
        whole = make_whole(Query("", text, previous=(whole,))).text
    return whole


def _merged(earlier: str, text: str, folded: str) -> str:
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
    return (_YEAR.sub("", earlier) if new else earlier) + text
