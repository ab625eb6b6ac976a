"""The rules that read where somebody lives, works and is registered; made for the places of a home.

An area is known by its name and as one says it (杭州市区, 杭州主城区); who is not of the city by the city's short name (非杭户籍).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kb.eligibility.regions import Regions
from kb.eligibility.spoken_rule import DENIED, Found, Read, Rule
from kb.eligibility.spoken_rules import CHILD, OPENED
from kb.eligibility.values import Excluded
from kb.text.native_place import native, registered

_ENDING = "(?:省|市|区|县|镇|乡|街道)?"
_AROUND = 5  # places that another lies in, one behind the other; more are a list, of which each is tried
_URBAN = "市区"  # An area ends in it; people say 主城区 and 城区 for it.


def place_rules(regions: Regions) -> tuple[Rule, ...]:
    """Give the rules, the narrow before the wide.

    >>> rules = place_rules(Regions({"宁湖": ("宁湖",), "宁湖市区": ("宁湖", "宁湖市区")}, "宁湖", ("宁湖市区",)))
    >>> text = "住在宁湖主城区"
    >>> [found.value for rule in rules if (match := rule.pattern.search(text)) for found in rule.read(match, text, date.today())]
    ['宁湖市区']
    """
    return _Places(regions).rules()


class _Places:
    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self._areas = {area: re.compile(_said_of(area)) for area in regions.areas}
        said = [pattern.pattern for pattern in self._areas.values()]
        self._names = "|".join((*said, *sorted(regions.chains, key=len, reverse=True)))

    def rules(self) -> tuple[Rule, ...]:
        # 四川达州, 西湖区翠苑街道: the last of them is meant.
        place, before, other = (
            f"(?:(?:{self._names}){_ENDING}){{0,{_AROUND}}}(?P<{name}>{self._names}){_ENDING}"
            for name in ("place", "before", "other")
        )
        found: list[tuple[str, Read]] = [
            (rf"(?:不是|非){place}(?:户口|户籍|籍|人)|(?:户口|户籍)不在{other}", self._not_hukou),
            (registered(place, before), self._hukou_of),
            (rf"(?:落户|(?:户口|户籍)迁[来到]){place}", self._hukou),
            (rf"(?<=,)在{place}$", self._hukou_instead),
            (rf"{native(place, before)}|(?:是|来自){other}的$", self._origin),
            (rf"(?:住在?|现[居住]|居住[在于]|(?<!一)家[住在]|人在|租在|坐标|搬[到来去]|定居|常住){place}", self._home),
            (rf"在{place}(?:农村|城里)?(?:租|打工|生活|居住|住|养老|带[娃孩孙外])", self._home),
            (rf"在{place}老家", self._home),
            (rf"{place}居民|{before}的$", self._home_alone),
        ]
        if city := self._regions.city:
            found.insert(1, (rf"非{city[0]}(?:{city[1:]})?(?:户籍|户口)", self._not_of_the_city))
            found.append((r"外[地省市](?:的?(?:户口|户籍|籍)|(?P<hint>的$|来的|人(?!口)))", self._from_elsewhere))
            found.append((rf"在{place}[^,住租]{{0,8}}(?:工作|上班|做工|当[^,]{{1,6}})(?:$|,)", self._works))
        return tuple(Rule(re.compile(pattern), read) for pattern, read in found)

    def _named(self, match: re.Match[str]) -> str:
        place = next(
            name for group, name in match.groupdict().items() if name and group in ("place", "before", "other")
        )
        return next((area for area, said in self._areas.items() if said.fullmatch(place)), place)

    def _not_hukou(self, match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
        yield Found("hukou", Excluded((self._named(match),)))

    def _not_of_the_city(self, _match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
        yield Found("hukou", Excluded((str(self._regions.city),)))

    def _from_elsewhere(self, match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
        """外地户口 is none of the city; who is 外地人 may have come to have one."""
        if not DENIED.search(text, 0, match.start()):
            yield Found("hukou", Excluded((str(self._regions.city),)), certain=match["hint"] is None)

    def _hukou(self, match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
        """The 户口 told right after a child's birth is the child's."""
        opened = OPENED.search(text[: match.start()]) is not None or re.search(CHILD, match[0]) is not None
        yield Found("child_hukou" if opened and "户" in match[0] else "hukou", self._named(match))

    def _hukou_of(self, match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
        """The same, where the place stands before or behind the word 户口."""
        opened = OPENED.search(text[: match.start()]) is not None and "户" in match[0]
        denied = DENIED.search(text, 0, match.start()) is not None  # 没有杭州户口
        place = self._named(match)
        yield Found("child_hukou" if opened else "hukou", Excluded((place,)) if denied else place)

    def _hukou_instead(self, match: re.Match[str], text: str, as_of: date) -> Iterator[Found]:
        if re.search("(?:户口|户籍)不在[^,]+,$", text[: match.start()]):
            yield from self._hukou(match, text, as_of)

    def _origin(self, match: re.Match[str], text: str, as_of: date) -> Iterator[Found]:
        """Where somebody comes from suggests the 户口 and no more."""
        for one in self._hukou_of(match, text, as_of):
            yield Found("hukou", one.value, certain=False)

    def _home(self, match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
        yield Found("home", self._named(match))

    def _home_alone(self, match: re.Match[str], text: str, as_of: date) -> Iterator[Found]:
        """A place alone (拱墅的) is where one lives, unless the clause says that it is something else."""
        clause = text[text.rfind(",", 0, match.start()) + 1 : match.start()]
        if not re.search("户口|户籍|老家|是|来自|迁", clause):
            yield from self._home(match, text, as_of)

    def _works(self, match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
        yield Found("works_in_city", self._regions.city in self._regions.chains[self._named(match)])


def _said_of(area: str) -> str:
    return f"{area}|{area.removesuffix(_URBAN)}主?城区" if area.endswith(_URBAN) else area
