"""Which document a question names: by 文号, by the number of a proposal, by 索引号, by title.

A number that no document bears is as telling as one that does: a question about proposal 344 must not be
answered from proposal 343.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.text.fold import fold_text
from kb.text.names import normal_name
from kb.text.numerals import normalize_numbers
from kb.types import Audience, Document
from kb.visibility import may_see

_DOC_NO = re.compile(r"[一-鿿]{1,12}\s*[\[(]\s*(?:19|20)\d\d\s*[\])]\s*(?:第)?\d+号|公告\d{4}年第\d+号")
_PROPOSAL_NO = re.compile(r"(?:第|no\.?)?\s*(\d{1,5})\s*号?(?=(?:政协|人大|重点|市政协)?(?:提案|建议|答复|议案)|号)")
_NUMBER = re.compile(r"\d+")
_QUOTED = re.compile(r"<([^<>]{3,80})>")
_SHORTEST_TITLE = 6


@dataclass(frozen=True, slots=True)
class Named:
    """The ordinals of the documents that a question names, and the names that no document bears."""

    documents: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


class Register:
    """The names of the documents that an audience may see, ready for look-up: to it, no other document has a name."""

    def __init__(self, catalogue: Sequence[Document], audience: Audience = "staff") -> None:
        self._by_number: dict[str, list[int]] = {}
        self._by_proposal: dict[str, list[int]] = {}
        self._titles: list[tuple[str, int]] = []
        self._ids: list[str] = []
        for ordinal, document in enumerate(catalogue):
            self._ids.append(document.doc_id)
            if not may_see(audience, document):
                continue
            for number in (document.doc_no, document.index_no):
                if number:
                    self._by_number.setdefault(normal_name(number), []).append(ordinal)
            if document.proposal_no:
                number = _NUMBER.findall(normalize_numbers(fold_text(document.proposal_no)))[-1]
                self._by_proposal.setdefault(number, []).append(ordinal)
            titles = (document.title, document.short_title, *document.aliases)
            self._titles += [
                (normal_name(title), ordinal) for title in titles if title and len(title) >= _SHORTEST_TITLE
            ]
        self._titles.sort(key=lambda item: -len(item[0]))

    def find(self, question: str) -> Named:
        """Find the documents that a question names."""
        folded = normalize_numbers(fold_text(question))
        squeezed = normal_name(question)
        documents: dict[int, None] = {}
        unknown: list[str] = []
        for number, ordinals in self._by_number.items():
            if number in squeezed:
                documents.update(dict.fromkeys(ordinals))
        for match in _DOC_NO.finditer(folded):
            if not any(number in normal_name(match.group()) for number in self._by_number):
                unknown.append(match.group())
        rest = _DOC_NO.sub(" ", folded)
        if self._by_proposal and re.search(r"提案|答复|议案|建议", rest):
            for match in _PROPOSAL_NO.finditer(rest):
                ordinals = self._by_proposal.get(match[1], [])
                documents.update(dict.fromkeys(ordinals))
                if not ordinals:
                    unknown.append(f"第{match[1]}号")
        covered = squeezed
        for title, ordinal in self._titles:
            if title in covered:
                documents[ordinal] = None
                # A title inside a longer one that was named is not named itself.
                covered = covered.replace(title, "|")
        return Named(tuple(documents), tuple(dict.fromkeys(unknown)))

    def document_named(self, name: str) -> str | None:
        """Give the id of the one document that bears a title or a 文号; words before the 文号 do no harm.

        A title is also known without what frames it: 《…办公厅关于印发〈A〉的通知》 names A where A alone is known.
        """
        number = normal_name(name)
        for known, ordinals in self._by_number.items():
            if number.endswith(known) and len(ordinals) == 1:
                return self._ids[ordinals[0]]
        inner = re.search(r"<[^<>]+<([^<>]+)>", fold_text(name))
        for title in (number, normal_name(inner[1]) if inner else ""):
            bearers = {ordinal for known, ordinal in self._titles if known == title}
            if len(bearers) == 1:
                return self._ids[bearers.pop()]
        return None
