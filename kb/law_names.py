"""Laws by the names that people use: 社保法 for 社会保险法, 浙江工伤保险条例, and 劳动法 where no document is that law.

A law is made out where its name ends and where what leads up to it ends (按照, 请问); that a law is not held is said only
of what the question itself treats as one (劳动法规定, 民法典对 …).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.text.names import shortens
from kb.text.places import NATION

LAW = re.compile(r"(?:法典?|条例)$")
"""What the name of a law ends in."""
NOT_GOING_ON = r"(?![律院官定人医庭学理治]|规(?!定)|实施(?:办法|条例|细则))"
"""Stands behind 法 where the word ends there: 社会保险法规定 names a law, 社会保险法律 none."""

_ENDS = re.compile(rf"法典|法{NOT_GOING_ON}(?!典)|条例(?!外)")
_RUN = re.compile(r"[一-鿿]+$")
_LEADS = re.compile(
    r"请问|想?问1?下?|知道|了解|告诉我?|帮我|查1?下?|按照?|根据|依据|依照|遵照|违反|看看?|以及|[和与跟在的从]|现行|最新|新版|我国|国家"
)
_SHORTEST = 3  # characters: 民法典, 劳动法
# 办法, 看法 and 合法 are no laws, and 该条例, 有关法 point or name none.
_NO_LAW = re.compile(
    r"[办方做看想说用书语手算司执立违依无合非普枪药疗打写读唱技章文句战兵历]法$|^[这那该本此某哪几各]|什么|哪|所有|有关|相关|其他|任何|地方"
)
_SAYS = re.compile(
    r"(?:里面?|中|上)?的?(?:是|都|有|到底|究竟|具体)*(?:怎么|怎样|如何|咋)?(?:规定|说|写|要求)|里|中|对|关于"
    r"|第\d+[条章编]"
)
_PLACE_BEFORE = re.compile(rf"(?:{NATION.pattern})的?$")


def laws_called(marked: str) -> Iterator[tuple[str, bool]]:
    """Give the names of laws in the rest of a question as it is compared, each with whether the question treats it as a
    law that says something.

    >>> list(laws_called("请问劳动法规定几天?")), list(laws_called("复议法答复几天?")), list(laws_called("用什么办法规定?"))
    ([('劳动法', True)], [('复议法', False)], [])
    """
    for match in _ENDS.finditer(marked):
        run = _RUN.search(marked[: match.end()])
        name = _LEADS.split(run.group())[-1] if run else ""
        if len(name) >= _SHORTEST and not _NO_LAW.search(name) and not LAW.fullmatch(name):
            yield name, _SAYS.match(marked, match.end()) is not None


def place_before(marked: str, at: int) -> str:
    """Give the name of a place that stands right before a title, as it is written; empty where none does."""
    match = _PLACE_BEFORE.search(marked[:at])
    return match.group().removesuffix("的") if match else ""


def is_of_place(title: str, place: str, known: str) -> bool:
    """Say whether a title is that of a place: 杭州物业管理条例 shortens 杭州市物业管理条例."""
    return known != title and known.startswith(place[:2]) and shortens(place + title, known)
