"""Which level of government a question is about: what the nation requires is not answered by what a city does."""

from __future__ import annotations

import re

from kb.home import Home
from kb.ministries import MINISTRY
from kb.text.fold import fold_text
from kb.types import Document, Level

_NATIONAL = re.compile(r"国家|国办|国务院|全国|中央|(?<!几)(?<!多)个?部门的?(?:通知|意见|方案)|部委|国标")
_PROVINCIAL = re.compile(r"省里|全省|省(?:的|定|级|政府|发改|办)")
_MUNICIPAL = re.compile(r"市里|全市|市(?:的|定|级|政府|发改|建委|办)")

_HERE: dict[Level, re.Pattern[str]] = {
    "provincial": re.compile(r"省里的?|[我本]省的?"),
    "municipal": re.compile(r"市里的?|[我本]市的?"),
}
"""Words for the level of government alone, which say nothing of the matter."""


def without_level(question: str, document: Document) -> str:
    """Leave out of a folded question the words for the level of government that a document is of."""
    words = _HERE.get(document.level) if document.level else None
    return words.sub("", question) if words else question


def asks_the_nation(question: str) -> bool:
    """Say whether a question speaks of the nation's government.

    >>> asks_the_nation("财政部怎么规定"), asks_the_nation("找财政部门要"), asks_the_nation("公司的研发部")
    (True, False, False)
    """
    folded = fold_text(question)
    return any(pattern.search(folded) for pattern in (_NATIONAL, MINISTRY))


def levels_asked(question: str, home: Home) -> frozenset[Level]:
    """Name the levels of government that a question speaks of; the province and the city of the home are levels by
    their names.

    >>> sorted(levels_asked("国家和市里分别要求多大？", Home()))
    ['municipal', 'national']
    """
    folded = fold_text(question)
    levels: set[Level] = {"national"} if asks_the_nation(folded) else set()
    if _PROVINCIAL.search(folded) or (home.province and home.province in folded):
        levels.add("provincial")
    if _MUNICIPAL.search(folded) or (home.city and home.city in folded):
        levels.add("municipal")
    return frozenset(levels)


def agreement(levels: frozenset[Level], document: Document) -> int:
    """Say whether a document is of a level asked about: 1 yes, -1 no, 0 where no level is asked or known."""
    if not levels or document.level is None:
        return 0
    return 1 if document.level in levels else -1
