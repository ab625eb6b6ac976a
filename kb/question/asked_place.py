"""The places that a question asks about. Where somebody comes from is a fact about a person
(老娘户口在安徽，住我杭州家里), and asks for no rule of that place."""

from __future__ import annotations

import re

from kb.text.fold import fold_text
from kb.text.native_place import left, native, registered
from kb.text.places import Gazetteer

_NAMED = "\ue000"  # a character that no text has: each of a name's, while what stands around it is read
_PLACE = f"{_NAMED}+"  # with the wider one before it: 浙江杭州人
_ORIGIN = re.compile(f"{registered(_PLACE, _PLACE)}|{native(_PLACE, _PLACE)}|{left(_PLACE)}")
_STATED = re.compile(r"\s*的?(?:[,;.!?]|$)")  # 安徽户口, and not 安徽户口的老人, who may be asked about where they live


def asked_places(question: str, gazetteer: Gazetteer) -> frozenset[str]:
    """Name the places that a question asks about: all that it names, but for those that it only tells of a person.

    >>> from kb.text.places import NATION
    >>> sorted(asked_places("老娘户口在安徽，住我杭州家里，补贴有她的份吗", NATION))
    ['杭州']
    >>> asked_places("我公公是江苏户口，能领吗", NATION), asked_places("江苏户口的老人有什么补贴", NATION)
    (frozenset(), frozenset({'江苏'}))
    >>> asked_places("我从安徽来杭州住二十天，要登记吗", NATION)
    frozenset({'杭州'})
    >>> asked_places("我是浙江温州人，在杭州能领吗", NATION)
    frozenset({'杭州'})
    """
    folded = fold_text(question)
    told = [match.span() for match in _ORIGIN.finditer(gazetteer.masked(folded, _NAMED))]
    if not told:
        return gazetteer.places_in(question)
    rest = folded
    for start, end in reversed(told):
        rest = f"{rest[:start]} {rest[end:]}"
    return gazetteer.places_in(rest) or frozenset[str]().union(
        *(gazetteer.places_in(folded[start:end]) for start, end in told if not _STATED.match(folded, end))
    )
