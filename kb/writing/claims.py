"""What a sentence pins down, so that it can be held against the words that it is said to come from.

Everything is compared in folded form with numbers in digits, so a statement in simplified script may rest
on a text in traditional script, and 六十周岁 on 60岁.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kb.text.places import Gazetteer

# 多, 余, 左右 between number and unit are left to the writer.
_QUANTITY = re.compile(r"(?P<value>\d+(?:\.\d+)?%?)(?:多|余|左右|来)?(?P<unit>[一-鿿]?)")
# 不超过 is no 超过: the lookbehinds take the negated words out.
_LEAST_BEFORE = re.compile(
    r"(?:不少于|不低于|不小于|至少|超过|高于|多于|大于|满)(?<!不满)(?<!未满)(?<!不超过)(?<!不高于)(?<!不多于)(?<!不大于)$"
)
# The same for 不低于, which is a least.
_MOST_BEFORE = re.compile(
    r"(?:不超过|不高于|不多于|不大于|最多|至多|最高|低于|少于|小于|不满|未满)(?<!不低于)(?<!不少于)(?<!不小于)$"
)
_LEAST_BEHIND = re.compile(r"[一-鿿]{0,3}?(?:及|\(含\))?以上")  # 60周岁（含）以上: up to three characters of unit.
_MOST_BEHIND = re.compile(r"[一-鿿]{0,3}?(?:及|\(含\))?(?:以下|以内|之内)")  # 3层及以下
_UNITS = {"周": "岁", "块": "元"}  # 60周岁 is 60岁
_UNITLESS = frozenset("的和与及或以至到、是为在等不由向按,。;:")
_QUOTED = re.compile(r'<([^<>]{2,80})>|"([^"]{2,80})"')
_OFFICE = re.compile(r"[一-鿿]{2,10}?(?:局|委员会|委|厅|街道办事处|街道|法院|公司|大学|研究院|办公室)(?![一-鿿]?长)")
_NEGATION = re.compile(
    r"不(?!仅|但|断|同|限|少于|低于|小于|高于|超过|多于|大于|得不|动产|足)|未(?!来|成年)|没有|无(?!障碍|论|忧|偿|人机)|禁止|除外"
)
_COMPARES = re.compile(r"(不)?(低于|少于|小于|高于|超过|多于|大于)")
_SEGMENT = re.compile(r"[,。;:!?\n]+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it stands, the first character of what it counts, and whether it is the least or the most."""

    value: str
    unit: str
    bound: Literal["", "least", "most"] = ""

    def agrees_with(self, told: Quantity) -> bool:
        """Say whether `told` allows to say this: unit and bound may be left out, not changed."""
        return self.value == told.value and self.unit in ("", told.unit) and self.bound in ("", told.bound)


def quantities(plain_text: str) -> list[Quantity]:
    """Read every number of a plain text, in its order.

    >>> [(q.value, q.unit) for q in quantities("到2027年,60周岁以上享受14500套中的70%。")]
    [('2027', '年'), ('60', '岁'), ('14500', '套'), ('70%', '')]
    >>> [q.bound for q in quantities("不少于150平方米，不超过3层，60岁以上，5人")]
    ['least', 'most', 'least', '']
    """
    found = []
    for match in _QUANTITY.finditer(plain_text):
        unit = _UNITS.get(match["unit"], match["unit"])
        unit = "" if unit in _UNITLESS or match["value"].endswith("%") else unit
        found.append(Quantity(match["value"], unit, _bound(plain_text, match.start(), match.end("value"))))
    return found


def _bound(text: str, start: int, end: int) -> Literal["", "least", "most"]:
    before = text[max(start - 4, 0) : start]
    if _LEAST_BEFORE.search(before) or _LEAST_BEHIND.match(text, end):
        return "least"
    if _MOST_BEFORE.search(before) or _MOST_BEHIND.match(text, end):
        return "most"
    return ""


def quotations(plain_text: str) -> list[str]:
    """Read what stands between quotation marks or title brackets."""
    return [title or quoted for title, quoted in _QUOTED.findall(plain_text)]


def names(plain_text: str, places: Gazetteer) -> set[str]:
    """Read the names of offices, and of the places that are known."""
    return set(places.places_in(plain_text) | {match.group() for match in _OFFICE.finditer(plain_text)})


def segments(plain_text: str) -> list[str]:
    """Cut a plain text at its punctuation."""
    return [segment for segment in _SEGMENT.split(plain_text) if segment.strip()]


def negates(segment: str) -> bool:
    """Say whether a segment denies, forbids or excludes something."""
    return bool(_NEGATION.search(segment))


def direction(segment: str) -> str:
    """Say whether a segment compares upwards or downwards, "" where it compares nothing.

    >>> direction("租金不低于市场价"), direction("租金低于市场价"), direction("租金由双方商定")
    ('least', 'most', '')
    """
    match = _COMPARES.search(segment)
    if match is None:
        return ""
    below = match[2] in ("低于", "少于", "小于")
    return "least" if below == bool(match[1]) else "most"
