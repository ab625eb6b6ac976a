"""What a question pins down: years, ordinals and places. Evidence that speaks of another one is none.

Nothing misleads like a right-looking figure of the wrong year or the wrong city. A sentence may answer only
where everything that the question pins down stands in it, in its clause and headings, or is true of its
document, and where it does not itself speak of another year or place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from kb.evidence.matter import is_law
from kb.question.asked_place import asked_places
from kb.question.level import asks_the_nation
from kb.question.words import asks_figure
from kb.text.fold import fold_text
from kb.text.near_years import near_years
from kb.text.numerals import normalize_numbers
from kb.text.places import NATION, Gazetteer
from kb.types import Document
from kb.visibility import in_force

# A number of things adds up over places, so that the one of a wider place is none of its parts; 300元 or 70岁 hold in all
# of them. One alone is a part of a word more often (统一组织), and a limit (10人以下, 10人以上的) is a rule; 建成100个以上 is none.
_COUNTED = re.compile(
    r"(?<![\d.第])(?:\d{2,}|[2-9])(?:\.\d+)?[余多来]?(?:[万千百]?[余多]?[个家处所台座套幢栋户人名位批对组张项]|万)"
    r"(?!月|工作日|小时|以[下内]|以上[^\W\d])"
)
_AMOUNT = re.compile(  # what each gets, or how long; 2024年 and 3月5日 are neither
    r"\d[余多]?[百千万亿]?[余多]?元|(?<!\d)\d{1,2}(?:天|个?工作日|周?岁|年|个月|小时)|\d(?:%|折|倍)"
)
_RULE = re.compile("每|应|须|不得|可以|组成")  # What a rule counts is counted anew wherever and whenever it holds.
_LASTING = ("in_force", "trial")
"""States of a document that holds until it is said that it does not."""
# 2025年, 2021-2025; four digits without a sign behind them may be any number.
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年|-|~|至|到|底|初)")
# Years as a sentence speaks of them: 2021-2025年, 2023年起, 2025年底前, and one alone. One that only tells which things are
# meant (2000年底前建成的小区) or which edition (2016年修订) says nothing of when the sentence holds.
_SPAN = re.compile(
    r"(?<!\d)(?P<first>(?:19|20)\d\d)年?(?:\d+月(?:\d+日)?)?(?:-|~|至|到)(?P<last>(?:19|20)\d\d)"
    r"|(?<!\d)(?P<year>(?:19|20)\d\d)年(?>(?:\d+月(?:\d+日)?)?[初底末中]?"
    r"(?:(?P<since>起(?!草|的?(?:[1一]|\d+)个?[年月])|开始|以来|以后|之后|后(?!勤|期))|(?P<until>以前|之前|前(?!\d|期)|止))?)"
    r"(?!(?<=[后前])[一-鿿]{2,4}的|修订|修正|版)"
)
# When somebody was born or something was built tells whom or what a question is about, and not of which year. So many
# that were built in a year are a figure of it.
_SINCE_WHEN = r"(?:19|20)\d\d年(?:\d+月(?:\d+[日号])?)?[份底初]?(?:以?[前后]|之[前后])?[就才刚]?"
_OF_A_LIFE = re.compile(rf"{_SINCE_WHEN}(?:出?生(?!效|活|产|育)|毕业|入职|退休|结婚|离婚|参加工作|失业)")
_OF_A_BUILDING = re.compile(rf"{_SINCE_WHEN}(?:建成|竣工|交付|建造|盖)")
_FIRST = re.compile(r"首(?=[批条次号届年期轮个季])")  # 首批 is 第1批.
# Articles and paragraphs too: 第三条 pins down as much as 第三批. Letters of classes only where they stand alone, as in 甲类.
_ORDINAL = re.compile(r"第(\d+)([批条次号届年期轮章款项类季])|(?<![一-鿿a-z])[甲乙丙丁戊a-e][类级等档]")


@dataclass(frozen=True, slots=True)
class Specifics:
    """Years (2027), ordinals (第7批) and places (宁波, known to the `gazetteer`) of a question, in folded form; `lived`
    are places that are told of a person: what answers holds there and need not name them. `nation` says that the whole
    nation is asked about. `near` are years that it names as 去年 or 今年: what says no year may answer, since a rule that
    holds today need not, and what says another one does not. `figure` says that a number is asked for."""

    years: tuple[str, ...]
    ordinals: tuple[str, ...]
    places: tuple[str, ...]
    lived: tuple[str, ...] = field(default=(), repr=False)
    nation: bool = field(default=False, repr=False)
    near: tuple[str, ...] = field(default=(), repr=False)
    figure: bool = field(default=False, repr=False)
    gazetteer: Gazetteer = field(default=NATION, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.years or self.near or self.ordinals or self.places)

    @property
    def told(self) -> tuple[str, ...]:
        """What is pinned down, in words; of places that lie in each other the narrowest."""
        return (*self._asked, *(f"{year}年" for year in (*self.years, *self.near)), *self.ordinals)

    @property
    def _asked(self) -> tuple[str, ...]:
        narrowest = self.gazetteer.narrowest(frozenset(self.places))
        return tuple(place for place in self.places if place in narrowest)

    def left_out_of(self, question: str, evidence: str) -> str:
        """Leave out of a folded question the places and years that evidence which holds all that is pinned down leaves
        to its document to say.

        >>> pinned = specifics_of("2032年杭州的食堂补贴多少？")
        >>> pinned.left_out_of("2032年杭州的食堂补贴多少?", "食堂每餐补贴3元")
        '食堂补贴多少?'
        """
        told, named = normalized(evidence), self.gazetteer.places_in(evidence)
        for place in self.places:
            if place not in named:
                question = re.sub(rf"[在由]?{re.escape(place)}(?:省|市(?![民区])|自治区|区|县)?的?", "", question)
        for year in self.years:
            if year not in told:
                question = re.sub(rf"在?{year}年(?:度|[初底末]?(?:以[前后来]|[前起]|后(?!勤|期))?)的?", "", question)
        return question

    def held_by(self, evidence: str, document: Document, home: frozenset[str], *, is_row: bool = False) -> bool:
        """Say whether evidence (a sentence with its clause and headings) speaks of all that is pinned down.

        `home` are the places that the corpus is about; any other has to be named by the evidence, or lie where a law
        holds. What is for a part of a place says nothing of the whole. A row of a table that names places is about
        them: that of 杭州 is none for 宁波. (A sentence of a policy names many.) What is in force holds in every year
        since it began, to the end of its term, where the evidence names none.
        """
        told = normalized(evidence)
        about = _about(document)
        lasting = document.expires is not None or document.status in _LASTING or is_law(document)
        lasts = lasting and not _YEAR.search(told)
        spoken = list(_SPAN.finditer(told))
        if not all(
            year in told
            or year in about
            or (lasts and held_in(document, [year]))
            or any(one["since"] and one["year"] < year for one in spoken)
            for year in self.years
        ):
            return False
        if not all(ordinal in told or ordinal in about for ordinal in self.ordinals):
            return False
        if not self.places and not self.lived:
            return True
        region = self.gazetteer.narrowest(region_of(document, self.gazetteer))
        # The title of a district's paper names its city too, and is about the district.
        named = self.gazetteer.places_in(evidence.replace(document.title, "") if region else evidence)
        applies_to = self.gazetteer.applies_to
        return all(applies_to(region, place) for place in self.lived) and all(
            place in named
            or (
                (place in home or not home or is_law(document))
                and self._covers(region, place)
                and (not is_row or applies_to(named, place))
            )
            for place in self._asked
        )

    def gainsaid_by(
        self, sentence: str, minimal: str, before: str, headings: Iterable[str], document: Document
    ) -> bool:
        """Say whether a sentence, of which `minimal` answers, speaks of another year or place than the question, and no
        heading above it of that one: of other years, of other parts of the place that its document is for, or of a
        number of things in all of it where a part is asked for, of which what its paragraph says `before` it does not
        speak. A number of things is of the years that are named with it, in which its document was made, or of its
        term; where one is asked for and the minimal answer stands in another sentence, those of this one are such.
        """
        told, above = normalized(sentence), normalized(" ".join(headings))
        answer = normalized(minimal) or (told if self.figure else "")
        counted = bool(_COUNTED.search(answer)) and not _AMOUNT.search(answer) and not _RULE.search(told)
        return self._is_of_another_year(told, counted, before, above, document) or self._is_of_another_place(
            sentence, counted, before, above, document
        )

    def _is_of_another_year(self, told: str, counted: bool, before: str, above: str, document: Document) -> bool:
        spoken, years = list(_SPAN.finditer(told)), self.years or self.near
        if not years or not (spoken or counted):
            return False
        if not spoken and document.expires is not None and held_in(document, years):
            return False
        known = f"{told}\n{above}" if spoken else f"{told}\n{above}\n{normalized(before)}\n{_about(document)}"
        return not any(year in known or any(_spans(one, year, counted) for one in spoken) for year in years)

    def _is_of_another_place(self, sentence: str, counted: bool, before: str, above: str, document: Document) -> bool:
        region = self.gazetteer.narrowest(region_of(document, self.gazetteer))
        if not region and (self.nation or not document.region):
            return False
        chains, named = self.gazetteer.chains, self.gazetteer.places_in(sentence)
        others = [part for part in named if region and self._is_part(part, region)]
        known = named | self.gazetteer.places_in(above if named else f"{above}\n{before}")
        return any(
            self._is_part(place, region)
            and place not in known
            and (counted or (others and not any(part in chains[place] or place in chains[part] for part in others)))
            for place in self._asked
        )

    def _is_part(self, place: str, region: frozenset[str]) -> bool:
        """Say whether a place is a part of a region; all of it is a part of the nation."""
        return not region or any(name in self.gazetteer.chains[place][:-1] for name in region)

    def _covers(self, region: frozenset[str], place: str) -> bool:
        """Say whether what is for a region is for a place: that lies in it, or is what several parts are of (市本级)."""
        chains = self.gazetteer.chains
        return (
            not region
            or any(name in chains[place] for name in region)
            or (len(region) > 1 and all(place in chains[name] for name in region))
        )


def _spans(spoken: re.Match[str], year: str, counted: bool) -> bool:
    """Say whether a year is one that a sentence speaks of; what is `counted` from a year on is not known of the years
    behind it."""
    if spoken["first"]:
        return spoken["first"] <= year <= spoken["last"]
    before = spoken["since"] and not counted and spoken["year"] < year
    return bool(spoken["year"] == year or before or (spoken["until"] and year < spoken["year"]))


def _about(document: Document) -> str:
    """Give the names of a document and the years in which it was made, in which all that it says may have been so."""
    names = (document.title, document.short_title, document.doc_no, document.proposal_no, *document.aliases)
    made = (str(day.year) for day in (document.issued, document.amended) if day)
    return normalized(" ".join(name for name in (*names, *made) if name))


def held_in(document: Document, years: Iterable[str]) -> bool:
    """Say whether a document was in force in one of the years (2024)."""
    return any(in_force(document, date(int(year), month, day)) for year in years for month, day in ((1, 1), (12, 31)))


def region_of(document: Document, gazetteer: Gazetteer = NATION) -> frozenset[str]:
    """Name the places that a document is for: by its region, else by its title and issuers."""
    return gazetteer.places_in(document.region or " ".join((document.title, *document.issuers)))


@lru_cache(maxsize=2048)
def normalized(text: str) -> str:
    """Fold a text, with numbers in digits and 首批 as 第1批."""
    return _FIRST.sub("第1", normalize_numbers(fold_text(text)))


def specifics_of(
    question: str, gazetteer: Gazetteer = NATION, told: Iterable[str] = (), day: date | None = None
) -> Specifics:
    """Read what a question about a `day` pins down, with the places that the `gazetteer` knows; words in which
    something is `told` of a person tell where they live at most.

    >>> specifics_of("宁波二〇二七年第七批试点有多少个？")
    Specifics(years=('2027',), ordinals=('第7批',), places=('宁波',))
    >>> specifics_of("爷爷1937年生，住杭州，补助多少", told=("1937年生", "住杭州"))
    Specifics(years=(), ordinals=(), places=())
    """
    lived = frozenset[str]()
    for words in told:
        lived |= asked_places(words, gazetteer)
        question = question.replace(words, " ")
    folded, figure = normalized(question), asks_figure(question)
    timed = _OF_A_LIFE.sub(" ", folded)
    timed = timed if figure else _OF_A_BUILDING.sub(" ", timed)
    return Specifics(
        years=tuple(dict.fromkeys(_YEAR.findall(timed))),
        ordinals=tuple(dict.fromkeys(match.group() for match in _ORDINAL.finditer(folded))),
        places=tuple(sorted(asked_places(question, gazetteer))),
        lived=tuple(sorted(lived)),
        nation=asks_the_nation(question),
        near=near_years(question, day.year) if day else (),
        figure=figure,
        gazetteer=gazetteer,
    )
