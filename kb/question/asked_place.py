"""The places that a question asks about. Where somebody comes from is a fact about a person
(老娘户口在安徽，住我杭州家里), and asks for no rule of that place."""

from __future__ import annotations

import re
from functools import lru_cache

from kb.text.fold import fold_text
from kb.text.native_place import left, native, registered
from kb.text.places import Gazetteer

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
    """
    folded = fold_text(question)
    origin = _origin(gazetteer.pattern)
    told = list(origin.finditer(folded))
    if not told:
        return gazetteer.places_in(question)
    others = gazetteer.places_in(origin.sub(" ", folded))
    return others or frozenset[str]().union(
        *(gazetteer.places_in(m[0]) for m in told if not _STATED.match(folded, m.end()))
    )


@lru_cache(maxsize=8)
def _origin(name: str) -> re.Pattern[str]:
    place = f"(?:{name})"
    return re.compile(f"{registered(place, place)}|{native(place, place)}|{left(place)}")
