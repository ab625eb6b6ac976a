"""Which document a question names: by 文号, by the number of a proposal, by 索引号, by title.

A number that no document bears is as telling as one that does: a question about proposal 344 must not be
answered from proposal 343. A document that the one who asks may not see bears no name: its number and its title
are looked up like those of a document that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kb.editions import core_title
from kb.law_names import LAW, NOT_GOING_ON, is_of_place, laws_called, place_before
from kb.text.fold import fold_text
from kb.text.names import BODY_ENDS, normal_name, shortens
from kb.text.numerals import normalize_numbers
from kb.text.places import NATION
from kb.text.references import LEADING
from kb.types import Document

# 杭政办函〔2024〕11号, 公告2023年第5号; brackets are folded.
_DOC_NO = re.compile(r"[一-鿿]{1,12}\s*[\[(]\s*(?:19|20)\d\d\s*[\])]\s*(?:第)?\d+号|公告\d{4}年第\d+号")
# 343号提案, 第343号答复, No.343号.
_PROPOSAL_NO = re.compile(r"(?:第|no\.?)?\s*(\d{1,5})\s*号?(?=(?:政协|人大|重点|市政协)?(?:提案|建议|答复|议案)|号)")
_NUMBER = re.compile(r"\d+")
_OF_A_PLACE = frozenset("京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇藏陕秦甘陇青宁新港澳台").union(
    name[0] for name in NATION.chains
) - frozenset(LEADING)
"""The letters by which the offices of a place put its name before the number of a ministry's kind (浙教基, 杭教基);
those of districts are not known."""
_BRACKET = re.compile(r"（[^（）]*）$")  # A title with something in brackets behind it is known without it as well.
_INNER = re.compile(r"<[^<>]+<([^<>]+)>")  # 《…办公厅关于印发〈A〉的通知》
_SHORTEST_TITLE = 6  # characters; shorter ones stand in texts by chance
_SHORTEST_LAW = 4  # of 法 and 条例, which nothing else ends in

NAME = "|"
"""Stands where a document is named."""


@dataclass(frozen=True, slots=True)
class Named:
    """The ordinals of the documents that a question names, the numbers that no document bears, the question with `NAME`
    in the place of each name, and the laws that it speaks of and that no document is (`unheld`). Those of the documents
    that it names by a short form of their title are `shortened`: which one was found is to be said."""

    documents: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()
    marked: str = ""
    unheld: tuple[str, ...] = ()
    shortened: frozenset[int] = frozenset()

    @property
    def rest(self) -> str:
        """What the question says beside the names."""
        return self.marked.replace(NAME, " ").strip()


@dataclass(frozen=True, slots=True)
class Names:
    """What documents bear, as names are compared: numbers (文号, 索引号) and titles."""

    numbers: frozenset[str]
    titles: frozenset[str]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Names:
        """Collect the names of documents."""
        numbers: set[str] = set()
        titles: set[str] = set()
        for document in documents:
            numbers.update(_numbers(document))
            titles.update(_titles(document))
        return cls(frozenset(numbers), frozenset(titles))

    def among(self, names: Iterable[tuple[int, str]]) -> list[int]:
        """Give those of `names`, each with its number, that one of these documents may be meant by."""
        lengths = {len(number) for number in self.numbers}
        found = []
        for place, name in names:
            said, inner = _forms(name)
            by_number = any(said[-n:] in self.numbers and _ends_in(said, said[-n:]) for n in lengths)
            if by_number or said in self.titles or inner in self.titles:
                found.append(place)
        return found


def without_names(marked: str, titles: Iterable[str]) -> str:
    """Put `NAME` in the place of further titles, which no document bears."""
    for title in titles:
        marked = marked.replace(normal_name(title), NAME)
    return marked


class Register:
    """The names of all documents, ready for look-up."""

    def __init__(self, catalogue: Sequence[Document]) -> None:
        self._by_number: dict[str, list[int]] = {}
        self._by_proposal: dict[str, list[int]] = {}
        self._titles: list[tuple[str, int]] = []
        self._ids: list[str] = []
        self._cores: list[str] = []  # titles by which editions of one law are known
        for ordinal, document in enumerate(catalogue):
            for number in _numbers(document):
                self._by_number.setdefault(number, []).append(ordinal)
            self._ids.append(document.doc_id)
            self._cores.append(core_title(document.title))
            for number in _NUMBER.findall(normalize_numbers(fold_text(document.proposal_no or "")))[-1:]:
                self._by_proposal.setdefault(number, []).append(ordinal)
            self._titles += [(title, ordinal) for title in _titles(document)]
        self._order = {number: place for place, number in enumerate(self._by_number)}
        self._lengths = sorted({len(number) for number in self._by_number})
        self._by_title: dict[str, list[int]] = {}
        for title, ordinal in self._titles:
            self._by_title.setdefault(title, []).append(ordinal)
        self._of_proposals = [ordinal for ordinals in self._by_proposal.values() for ordinal in ordinals]
        self._titles.sort(key=lambda item: -len(item[0]))
        self._of_the_nation = {
            n for n, one in enumerate(catalogue) if one.level in (None, "national") and not one.region
        }
        self._laws = [(title, ordinal) for title, ordinal in self._titles if LAW.search(title)]

    def find(self, question: str, visible: Callable[[int], bool] = lambda ordinal: True) -> Named:
        """Find the documents that a question names, among those whose ordinals are `visible`."""
        folded = normalize_numbers(fold_text(question))
        squeezed = normal_name(question)
        documents: dict[int, None] = {}
        unknown: list[str] = []
        told: list[str] = []
        ends: set[int] = set()
        for number, ordinals in self._by_number.items():
            seen = list(filter(visible, ordinals)) if number in squeezed else []
            places = _ends_of(number, folded) if seen else []
            if places:
                documents.update(dict.fromkeys(seen))
                told.append(number)
                ends.update(places)
        for match in _DOC_NO.finditer(folded):
            if match.end() in ends:
                continue
            name = normal_name(match.group())
            whole = [ordinals for number, ordinals in self._by_number.items() if _is_without_issuer(number, name)]
            bearers = [ordinal for ordinals in whole for ordinal in ordinals if visible(ordinal)]
            documents.update(dict.fromkeys(bearers))
            told.append(name)
            if not bearers:
                unknown.append(match.group())
        covered = squeezed
        for name in sorted(told, key=len, reverse=True):  # 教基〔2020〕1号 is within 浙教基〔2020〕1号
            covered = covered.replace(name, NAME)
        rest = _DOC_NO.sub(" ", folded)
        if re.search(r"提案|答复|议案|建议", rest) and any(map(visible, self._of_proposals)):
            for match in _PROPOSAL_NO.finditer(rest):
                ordinals = [n for n in self._by_proposal.get(match[1], []) if visible(n)]
                documents.update(dict.fromkeys(ordinals))
                if not ordinals:
                    unknown.append(f"第{match[1]}号")
        unheld: list[str] = []
        shortened: set[int] = set()
        for title, ordinal in self._titles:
            if title not in covered or not visible(ordinal):
                continue
            named = re.search(re.escape(title) + (NOT_GOING_ON if title.endswith("法") else ""), covered)
            if named is None:
                continue
            place = place_before(covered, named.start()) if title.endswith("条例") else ""
            local = [n for known, n in self._laws if place and visible(n) and is_of_place(title, place, known)]
            documents[local[0] if local else ordinal] = None
            if place and not local and ordinal in self._of_the_nation:
                unheld.append(place + title)
            # A title inside a longer one that was named is not named itself.
            covered = covered.replace(title, NAME)
        for name, says in list(laws_called(covered)):
            meant: dict[str, int] = {}  # of the editions of one law the first, as for a title
            for known, ordinal in self._laws:
                if visible(ordinal) and shortens(name, known):
                    meant.setdefault(self._cores[ordinal], ordinal)
            if len(meant) == 1:
                documents.update(dict.fromkeys(meant.values()))
                shortened.update(meant.values())
                covered = covered.replace(name, NAME)
            elif says and not meant:
                unheld.append(name)
        found = tuple(documents), tuple(dict.fromkeys(unknown)), covered, tuple(dict.fromkeys(unheld))
        return Named(*found, frozenset(shortened))

    def document_named(self, name: str, visible: Callable[[str], bool] = lambda doc_id: True) -> str | None:
        """Give the id of the one document that bears a title or a 文号, among those whose ids are `visible`; words
        that lead up to the 文号 do no harm.

        A title is also known without what frames it: 《…办公厅关于印发〈A〉的通知》 names A where A alone is known.
        """
        said, inner = _forms(name)
        ends = {said[-length:] for length in self._lengths} & self._by_number.keys()
        for number in sorted((end for end in ends if _ends_in(said, end)), key=self._order.__getitem__):
            seen = [self._ids[n] for n in self._by_number[number] if visible(self._ids[n])]
            if len(seen) == 1:
                return seen[0]
        for title in (said, inner):
            bearers = {self._ids[ordinal] for ordinal in self._by_title.get(title, ())}
            seen = [doc_id for doc_id in bearers if visible(doc_id)]
            if len(seen) == 1:
                return seen[0]
        return None


def _ends_of(number: str, folded: str) -> list[int]:
    """Give where a number, as it is compared, ends in a folded text that tells it from where it begins."""
    kept = [place for place, char in enumerate(folded) if normal_name(char)]
    squeezed = "".join(folded[place] for place in kept)
    found = re.finditer(re.escape(number), squeezed)
    return [kept[m.end() - 1] + 1 for m in found if _may_begin(number, folded[: kept[m.start()]])]


def _ends_in(name: str, number: str) -> bool:
    """Say whether a name ends in a number that begins there.

    >>> _ends_in("根据教基20201号", "教基20201号"), _ends_in("浙教基20201号", "教基20201号")
    (True, False)
    """
    return name.endswith(number) and _may_begin(number, name.removesuffix(number))


def _is_without_issuer(number: str, name: str) -> bool:
    """Say whether a name is a number without the office before it: 公告2019年第76号 of 国家税务总局公告2019年第76号."""
    return number.endswith(name) and number.removesuffix(name)[-1:] in BODY_ENDS


def _may_begin(number: str, before: str) -> bool:
    """Say whether a number may begin behind what stands before it, or goes on from there (浙 before 教基〔2020〕1号).

    It goes on where the letter of a place stands before it. No list exhausts the words that can stand there otherwise
    (转发, 我想知道).
    """
    last = before[-1:]
    if last.isascii():  # nothing, a mark, or the digit of a longer number
        return not (number[0].isascii() and last.isalnum())
    return number[0].isascii() or last not in _OF_A_PLACE


def _numbers(document: Document) -> list[str]:
    return [normal_name(number) for number in (document.doc_no, document.index_no) if number]


def _titles(document: Document) -> list[str]:
    bare = _BRACKET.sub("", document.title)  # people leave （试行） and （2021—2025年） out
    titles = dict.fromkeys((document.title, bare, document.short_title, *document.aliases))
    names = dict.fromkeys(normal_name(title) for title in titles if title and len(title) >= _SHORTEST_TITLE)
    core = core_title(document.title)  # 社会保险法, which bears the name of the state
    if LAW.search(core) and len(core) >= _SHORTEST_LAW:
        names[core] = None
    return list(names)


def _forms(name: str) -> tuple[str, str]:
    """Give a name as it is compared, and the title within it without what frames it; empty where there is none."""
    inner = _INNER.search(fold_text(name))
    return normal_name(name), normal_name(inner[1]) if inner else ""
