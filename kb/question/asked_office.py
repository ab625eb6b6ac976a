"""The office that an issuer's name or words of a question name: the government that it is of, and what it is called there.

市民政局 is that of the home's city and 宣州区民政局 that of another place, though both are called 民政局; so what stands
before the name has to be the issuer's own place or level. Nothing here knows an office by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.text.names import BODY_ENDS
from kb.types import Level

LEVEL_BEFORE: dict[str, Level] = {
    "国家": "national",
    "省": "provincial",
    "市": "municipal",
    "区": "district",
    "县": "district",
}
"""What stands before the name of an office for the level that it is of (市民政局)."""
DEPARTMENT = "部门"
"""民政部门 is any office for 民政, whatever it is called."""

HEAD = 3
"""Characters of a name among which an abbreviation of it begins."""
_SHORTEST = 2
_BODY = re.compile(r"(?:委员会|代表大会|办公[厅室]|人民政府|总局|[部局厅委署院会联])$")
_BODIES = re.compile(r"(?:委员会|人民政府|[部局厅署]).")  # more than one office
# 发改委和建委 are two offices, 住房和城乡建设部 is one.
_TWO = re.compile(rf"[{''.join(sorted(BODY_ENDS))}](?:以?及|[和与跟、])")
_LEVEL_ALONE = re.compile(r"^[省市区县]")
_OWN_OFFICE = re.compile(r"办公[厅室]$")


@dataclass(frozen=True, slots=True)
class Office:
    """An office by its `name` there, the level of government, and the places that it is of, widest first; None and
    nothing where words do not tell."""

    name: str
    level: Level | None = None
    places: tuple[str, ...] = ()

    def is_said(self, said: Office) -> bool:
        """Say whether words name this office."""
        return self._is_of(said) and _is_called(said.name, self.name)

    def is_part_of(self, said: Office) -> bool:
        """Say whether this office is a part of the one that words name: 国务院办公厅 of 国务院."""
        own = _OWN_OFFICE.sub("", self.name)
        whole = _BODY.search(said.name) is not None and said.name in self.name
        return self._is_of(said) and (whole or (own != self.name and _is_called(said.name, own)))

    def _is_of(self, said: Office) -> bool:
        """Say whether the government that words name, where they name one, is that of this office; of one whose place
        nobody knows its level tells."""
        unknown = not self.places and self.level != "national"
        same = not said.places or unknown or said.places[-1:] == self.places[-1:]
        return same and said.level in (None, self.level)


def may_be_office(word: str) -> bool:
    """Say whether a word may be the name of one office."""
    return (word[-1] in BODY_ENDS or word.endswith(DEPARTMENT)) and _TWO.search(word) is None


def is_body(name: str) -> bool:
    """Say whether a name ends as those of offices do; 杭州市 is a place."""
    return _BODY.search(name) is not None


def _is_called(word: str, full: str) -> bool:
    """Say whether a word is a name, or either is a short form of the other; 民政部门 is all for 民政."""
    if len(word) < _SHORTEST:
        return False
    if word.endswith(DEPARTMENT):
        field = word.removesuffix(DEPARTMENT)
        return len(field) >= _SHORTEST and field[0] == full[0] and _is_short_for(field, full)
    if word == full or abbreviates(word, full):
        return True
    return word[0] == full[0] and not _BODIES.search(word) and abbreviates(full, word)


def abbreviates(word: str, full: str) -> bool:
    """Say whether a word begins near the head of a name, keeps its order and ends in its last word.

    >>> abbreviates("建委", "城乡建设委员会"), abbreviates("政府", "人民政府办公厅"), abbreviates("卫健委", "卫生健康委")
    (True, False, True)
    """
    body = _BODY.search(full)
    if body is None or word[-1] not in body[0] or (len(word) == _SHORTEST and _LEVEL_ALONE.match(word)):
        return False  # 市委 stands for no office
    if "政府" in full and "府" not in word:
        return False  # 民政厅 is no 人民政府办公厅
    return _is_short_for(word, full)


def _is_short_for(word: str, full: str) -> bool:
    rest = iter(full)
    return word[:1] in full[:HEAD] and all(char in rest for char in word)
