"""The words that a catalogue has for its documents: issuers, places, kinds of paper, topics, as people write them.

Nothing here knows a city or an office by name: 市建委 is known because a document was issued by 杭州市城乡建设委员会.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.home import Home
from kb.question.asked_office import DEPARTMENT, HEAD, LEVEL_BEFORE, Office, is_body, may_be_office
from kb.text.fold import fold_text
from kb.text.names import normal_name
from kb.types import Document, Level

# Places as regions are written: 安徽省宣城市宣州区.
_PLACE = re.compile(r"([一-鿿]{2,}?)(?:特别行政区|自治区|街道|[省市区县镇乡])")
_TAIL = re.compile(r"\[?(?:\([^()]*\))+$")  # 〔试行〕, （2023年修订） behind a title.
# A notice that passes something on is known by the name of what it passes on.
_FRAMED = re.compile(r"(?:印发|转发)<?([^<>]+?)>?的通知$|附<([^<>]+)>")
_JOINS = frozenset("和与及、")  # No name begins with these, though 和 stands within some.
_ENDING = re.compile(r"特别行政区|自治区|街道|[省市区县镇乡](?!级)")
_STANDING = re.compile(r"常务委员会$")
_JOINED = re.compile(r"等(?:\d+)?(?:部门|单位)$")
_STATE = "中华人民共和国"
_WHOLE_STATE = frozenset(("国家", "全国"))
_LEGISLATOR = "人民代表大会"
_PLACE_LENGTH = 4
_LONGEST = 24  # characters that the name of an issuer, its places included, or of a kind has in a question
PAPERS = [
    "决议",
    "决定",
    "命令",
    "公报",
    "公告",
    "通告",
    "意见",
    "通知",
    "通报",
    "报告",
    "请示",
    "批复",
    "议案",
    "纪要",
    "法律",
    "条例",
    "规定",
    "办法",
    "细则",
    "规则",
    "规章",
    "规划",
    "计划",
    "方案",
    "指南",
    "标准",
    "规范",
    "要点",
    "建议",
    "答复",
    "复函",
]
"""The kinds of papers that there are, also those that the catalogue has none of (党政机关公文处理工作条例; 立法法)."""


class Vocabulary:
    """What a catalogue calls its documents, ready for look-up in folded questions without spaces and marks; the home
    gives further names of issuers and knows places that no document is for."""

    def __init__(self, catalogue: Sequence[Document], home: Home) -> None:
        self._home = home
        self.topics = home.topics
        self._places = {place for document in catalogue for place in places_of(document)}
        self._issuers: dict[str, frozenset[Office]] = {}
        for document in catalogue:
            for issuer in document.issuers:
                known = self._issuers.get(issuer, frozenset())
                self._issuers[issuer] = known | frozenset(self._offices(issuer, document))
        # Each office by the characters of its name, for what is said of it begins with one of them.
        self._bearing: dict[str, list[tuple[str, Office]]] = {}
        for issuer, called in self._issuers.items():
            for one in called:
                for char in set(one.name):
                    self._bearing.setdefault(char, []).append((issuer, one))
        offices: dict[str, frozenset[str]] = {}
        for issuer in self._issuers:
            office = home.office(issuer)
            offices[office] = offices.get(office, frozenset()) | {issuer}
        self._same = {issuer: offices[home.office(issuer)] for issuer in self._issuers}
        # What a document itself writes is found as any name is: 发展改革委 may be the nation's or another.
        written_names = {normal_name(issuer) for issuer in self._issuers}
        aliases = {normal_name(said): offices.get(office) for said, office in home.issuers.items()}
        self._aliases = {said: found for said, found in aliases.items() if found and said not in written_names}
        names = frozenset(office.name for said in self._issuers.values() for office in said)
        self._heads = frozenset(char for name in (*names, *self._aliases) for char in name[:HEAD]) - _JOINS
        self._names = frozenset(name for document in catalogue for name in names_of_paper(document))
        self._suffixes = frozenset(
            name[-n:] for name in self._names for n in range(2, _LONGEST) if name and not name[-n:].startswith("的")
        )
        self._whole_names = frozenset(
            name[length:].removeprefix(_STATE)
            for name in self._names
            for length, level, _ in self._governments_at(name, 0)
            if level is None
        ) - {*PAPERS}
        endings = {name[-2:] for name in self._names if re.fullmatch(r"[一-鿿]{2}", name[-2:])}
        self._kinds = frozenset((*PAPERS, *endings))
        self._regions = frozenset(filter(None, map(places_of, catalogue)))
        self.legislators = frozenset(issuer for issuer in self._issuers if _LEGISLATOR in issuer)

    def places_under(self, place: str) -> tuple[str, ...]:
        """Give a place that documents hold in, else the places in it that they hold in, else itself."""
        if any(region[-1] == place for region in self._regions):
            return (place,)
        return tuple(sorted({region[-1] for region in self._regions if place in region})) or (place,)

    def issuer_at(self, text: str, at: int) -> tuple[int, frozenset[str]] | None:
        """Give the end of the longest name of issuers that begins there, and those that it stands for."""
        begun = self._governments_at(text, at)
        if not any(text[at + length : at + length + 1] in self._heads for length, _, _ in begun):
            return None
        for end in range(min(len(text), at + _LONGEST), at + 1, -1):
            word = text[at:end]
            if word in self._aliases:
                return end, self._aliases[word]
            if not may_be_office(word) or text[end - 1 : end + 1] == DEPARTMENT:
                continue  # 民政部门 is no 民政部
            asked = [Office(word[length:], level, places) for length, level, places in begun]
            for fits in (Office.is_said, Office.is_part_of):
                found = frozenset(
                    issuer
                    for said in asked
                    for issuer, office in self._bearing.get(said.name[:1], ())
                    if fits(office, said)
                )
                if found:
                    return end, frozenset(same for issuer in found for same in self._same[issuer])
        return None

    def with_offices(self, issuers: frozenset[str]) -> frozenset[str]:
        """Give issuers and the offices through which they issue as well: 住房和城乡建设部办公厅."""
        named = [office for issuer in issuers for office in self._issuers[issuer]]
        parts = (
            issuer
            for issuer, offices in self._issuers.items()
            if any(office.is_part_of(whole) for office in offices for whole in named)
        )
        return issuers.union(parts)

    def is_name(self, kind: str) -> bool:
        """Say whether a kind is the whole name of a document, but for its place: 物业管理条例 of 杭州市物业管理条例."""
        return kind in self._whole_names

    def kind_at(self, text: str, at: int) -> int | None:
        """Give the end of the longest ending of a title (实施方案) or kind of paper that begins there."""
        for end in range(min(len(text), at + _LONGEST), at + 1, -1):
            word = text[at:end]
            if word in self._kinds or (word in self._suffixes and word[-2:] in self._kinds):
                return end
        return None

    def place_at(self, text: str, at: int) -> tuple[int, str] | None:
        """Give the end of a place that begins there, and its name without 省, 市 or 区."""
        for length in range(_PLACE_LENGTH, 1, -1):
            bare = text[at : at + length]
            ending = _ENDING.match(text, at + len(bare))
            end = ending.end() if ending else at + len(bare)
            if bare in self._places or bare in self._home.places.places_in(text[at:end]):
                return end, bare
        return None

    def _governments_at(self, text: str, at: int) -> list[tuple[int, Level | None, tuple[str, ...]]]:
        """Give the governments that a name may begin with: how many characters that takes, its level, and its places;
        none first. 市 alone is the city at home. A text that names one place behind another is read as far as a name
        reaches."""
        begun: list[tuple[int, Level | None, tuple[str, ...]]] = [(0, None, ())]
        for word, level in LEVEL_BEFORE.items():
            if text.startswith(word, at):
                own = {"provincial": self._home.province, "municipal": self._home.city}.get(level)
                begun.append((len(word), level, (own,) if own else ()))
        places: tuple[str, ...] = ()
        end, until = at, min(len(text), at + _LONGEST)
        while end < until and (place := self.place_at(text, end)):
            bare = end + len(place[1])
            places = (*places, place[1])
            begun += [(bare - at, None, places)]  # 市 belongs to what follows in 杭州市场监管局
            begun += [(place[0] - at, None, places)] if place[0] > bare else []
            end = place[0]
        return begun

    def _offices(self, issuer: str, document: Document) -> Iterator[Office]:
        """Give the office that an issuer of a document is; twice where it is a standing body, which people leave out."""
        whole = _JOINED.sub("", normal_name(issuer))
        if not is_body(whole):
            return  # 杭州市 is a place
        level = self._home.level_of(issuer) or document.level
        own = [begun for begun in self._governments_at(whole, 0) if begun[1] in (None, level)]
        length, _, places = max(own, key=lambda begun: begun[0])
        for name in dict.fromkeys((whole, _STANDING.sub("", whole))):
            yield Office(name[length:], level, places or places_of(document))


def places_of(document: Document) -> tuple[str, ...]:
    """Name where a document holds, widest first, without endings (安徽, 宣城, 宣州)."""
    region = re.split(r"[（(]", document.region or "")[0]
    return tuple(_PLACE.findall(region)) or ((region,) if region and region not in _WHOLE_STATE else ())


def names_of_paper(document: Document) -> Iterator[str]:
    """Give the folded title without brackets behind it, and the title that it frames (关于印发A的通知)."""
    title = fold_text(document.title)
    yield normal_name(_TAIL.sub("", title))
    for match in _FRAMED.finditer(title):
        yield normal_name(_TAIL.sub("", match[1] or match[2]))


def is_of_kind(document: Document, kind: str) -> bool:
    """Say whether a document is a paper of a kind, such as 条例 or 实施意见."""
    if kind.endswith(("答复", "复函")):
        return document.kind == "response" or document.proposal_no is not None
    kind = "法" if kind == "法律" else kind
    return any(name.endswith(kind) for name in names_of_paper(document))
