"""The words that a catalogue has for its documents: issuers, places, kinds of paper, topics, as people write them.

Nothing here knows a city or an office by name: 市建委 is known because a document was issued by 杭州市城乡建设委员会.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.home import Home
from kb.text.fold import fold_text
from kb.text.names import BODY_ENDS, normal_name
from kb.types import Document

# Places as regions are written: 安徽省宣城市宣州区.
_PLACE = re.compile(r"([一-鿿]{2,}?)(?:特别行政区|自治区|街道|[省市区县镇乡])")
_TAIL = re.compile(r"\[?(?:\([^()]*\))+$")  # 〔试行〕, （2023年修订） behind a title.
# A notice that passes something on is known by the name of what it passes on.
_FRAMED = re.compile(r"(?:印发|转发)<?([^<>]+?)>?的通知$|附<([^<>]+)>")
_JOINS = frozenset("和与及、")  # No name begins with these, though 和 stands within some.
_BODIES = re.compile(r"(?:委员会|人民政府|[部局厅署]).")  # more than one office
_ENDING = re.compile(r"特别行政区|自治区|街道|[省市区县镇乡](?!级)")
_BODY = re.compile(r"(?:委员会|代表大会|办公[厅室]|人民政府|总局|[部局厅委署院会联])$")
_STANDING = re.compile(r"常务委员会$")
_OFFICE_OF = re.compile(r"^[省市区县]")
_JOINED = re.compile(r"等(?:\d+)?(?:部门|单位)$")
_NATION = "国家"
_WHOLE_STATE = frozenset((_NATION, "全国"))
_LEGISLATOR = "人民代表大会"
_PLACE_LENGTH = 4
_HEAD = 3  # characters of a name among which an abbreviation begins
_SHORTEST = 2
_LONGEST = 24  # characters that the name of an issuer or of a kind has in a question
_PAPERS = [
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
        self._issuers: dict[str, frozenset[str]] = {}
        places: set[str] = set()
        for document in catalogue:
            for issuer in document.issuers:
                known = self._issuers.get(issuer, frozenset())
                self._issuers[issuer] = known | frozenset(_spellings(issuer, document))
            places.update(places_of(document))
        offices: dict[str, frozenset[str]] = {}
        for issuer in self._issuers:
            office = home.office(issuer)
            offices[office] = offices.get(office, frozenset()) | {issuer}
        self._same = {issuer: offices[home.office(issuer)] for issuer in self._issuers}
        # What a document itself writes is found as any name is: 发展改革委 may be the nation's or another.
        written_names = {normal_name(issuer) for issuer in self._issuers}
        aliases = {normal_name(said): offices.get(office) for said, office in home.issuers.items()}
        self._aliases = {said: found for said, found in aliases.items() if found and said not in written_names}
        written = (*(full for names in self._issuers.values() for full in names), *self._aliases)
        self._heads = frozenset(char for full in written for char in full[:_HEAD] if char not in _JOINS)
        self._names = frozenset(name for document in catalogue for name in names_of_paper(document))
        self._suffixes = frozenset(
            name[-n:] for name in self._names for n in range(2, _LONGEST) if name and not name[-n:].startswith("的")
        )
        endings = {name[-2:] for name in self._names if re.fullmatch(r"[一-鿿]{2}", name[-2:])}
        self._kinds = frozenset((*_PAPERS, *endings))
        self._places = places
        self._known = home.places
        self._regions = frozenset(filter(None, map(places_of, catalogue)))
        self.legislators = frozenset(issuer for issuer in self._issuers if _LEGISLATOR in issuer)

    def places_under(self, place: str) -> tuple[str, ...]:
        """Give a place that documents hold in, else the places in it that they hold in, else itself."""
        if any(region[-1] == place for region in self._regions):
            return (place,)
        return tuple(sorted({region[-1] for region in self._regions if place in region})) or (place,)

    def issuer_at(self, text: str, at: int) -> tuple[int, frozenset[str]] | None:
        """Give the end of the longest name of issuers that begins there, and those that it stands for."""
        if text[at] not in self._heads:
            return None
        for end in range(min(len(text), at + _LONGEST), at + 1, -1):
            word = text[at:end]
            if word in self._aliases:
                return end, self._aliases[word]
            if word[-1] not in BODY_ENDS:
                continue
            for fits in (_stands_for, _is_part_of):
                found = frozenset(i for i, names in self._issuers.items() if any(fits(word, full) for full in names))
                if found:
                    return end, frozenset(same for issuer in found for same in self._same[issuer])
        return None

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
            if bare in self._places or bare in self._known.places_in(bare):
                ending = _ENDING.match(text, at + len(bare))
                return (ending.end() if ending else at + len(bare)), bare
        return None


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


def _spellings(issuer: str, document: Document) -> Iterator[str]:
    """Give the names of an issuer: with and without its place, that it is the nation's, that it is a standing body."""
    whole = _JOINED.sub("", normal_name(issuer))
    if not _BODY.search(whole):
        return  # 杭州市 is a place
    places = places_of(document)
    for name in dict.fromkeys((whole, _STANDING.sub("", whole))):
        yield name
        if document.level == "national":
            yield name.removeprefix(_NATION)
            yield _NATION + name.removeprefix(_NATION)
        for place in places:
            yield name.removeprefix(place)
            yield _OFFICE_OF.sub("", name.removeprefix(place))
            yield place + name.removeprefix(place)


def _is_part_of(word: str, full: str) -> bool:
    """Say whether a word is a part of a name that names an office itself: 国务院 in 国务院办公厅."""
    return word in full and _BODY.search(word) is not None


def _stands_for(word: str, full: str) -> bool:
    """Say whether a word is a name, or either is a short form of the other."""
    return word == full or _abbreviates(word, full) or (not _BODIES.search(word) and _abbreviates(full, word))


def _abbreviates(word: str, full: str) -> bool:
    """Say whether a word begins near the head of a name, keeps its order and ends in its last word.

    >>> _abbreviates("建委", "城乡建设委员会"), _abbreviates("省政府", "省人民政府办公厅"), _abbreviates("卫健委", "卫生健康委")
    (True, False, True)
    """
    body = _BODY.search(full)
    if body is None or word[-1] not in body[0] or word[0] not in full[:_HEAD]:
        return False
    if len(word) == _SHORTEST and _OFFICE_OF.match(word):
        return False  # 市委 stands for no office
    rest = iter(full)
    return all(char in rest for char in word)
