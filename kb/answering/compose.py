"""From scored sentences to statements: the direct answer first, then what supports it, each a quotation.

No sentence is glued from two. A sentence of a document that is on trial, planned or only a draft says so
behind it, and where the sentences come from documents of different regions each says for where it holds, so
that what differs stands side by side and is not blended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.answering.question import Question
from kb.answering.reader import Candidate
from kb.text.fold import fold_text
from kb.text.places import places_in
from kb.types import Document, Level, Statement, Status

_STATUS_REMARKS: dict[Status, str] = {
    "trial": "（试行文件）",
    "planned": "（计划出台，尚未印发）",
    "draft": "（征求意见稿）",
    "unknown": "",
}
_COMMENTARY = 0.95
_COMPARES = re.compile(r"分别|各(是|要|列|有|为|定|几|多少)|区别|差别|不同|不一样|相比|对比|比较|都(是|要)?多少")
_LEVEL_WORDS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("national", re.compile(r"国家|国办|国务院|全国|[一-鿿]部门|部委")),
    ("provincial", re.compile(r"浙江|省里|全省|省(的|定|级)")),
    ("municipal", re.compile(r"杭州|市里|全市|市(的|定|级)")),
)
_MANY = frozenset(("list", "manner"))


@dataclass(frozen=True, slots=True)
class Composition:
    """How much is said: further sentences need this part of the best score, more where a list is asked for
    and they stand in the same clause."""

    support: float = 0.93
    support_in_clause: float = 0.6
    statements: int = 2
    statements_of_list: int = 5


def rank_sources(candidates: Sequence[Candidate], document_of: Callable[[str], Document]) -> list[Candidate]:
    """Order candidates so that a response to a proposal, which is commentary, never outranks an equal policy."""

    def standing(candidate: Candidate) -> float:
        document = document_of(candidate.hit.passage.doc_id)
        return candidate.score * (_COMMENTARY if document.proposal_no else 1.0)

    return sorted(candidates, key=lambda c: -standing(c))


def sides(question: str, candidates: Sequence[Candidate], document_of: Callable[[str], Document]) -> list[Candidate]:
    """Give the best sentence of each side where a question compares levels of government; else nothing."""
    folded = fold_text(question)
    if not _COMPARES.search(folded):
        return []
    levels = [level for level, words in _LEVEL_WORDS if words.search(folded)]
    found = []
    for level in levels:
        of_level = (c for c in candidates if document_of(c.hit.passage.doc_id).level == level)
        best = next(of_level, None)
        if best is not None:
            found.append(best)
    return found if len(found) > 1 else []


def choose(
    question: Question,
    candidates: Sequence[Candidate],
    text_of: Callable[[Candidate], str],
    composition: Composition = Composition(),
) -> list[Candidate]:
    """Take the best sentence and what supports it: nearly as good, and saying something else."""
    best = candidates[0]
    many = question.kind in _MANY
    chosen, said = [best], {text_of(best)}
    most = composition.statements_of_list if many else composition.statements
    for candidate in candidates[1:]:
        together = many and candidate.hit.passage.clause_id == best.hit.passage.clause_id
        needed = composition.support_in_clause if together else composition.support
        if len(chosen) < most and candidate.score >= needed * best.score and text_of(candidate) not in said:
            said.add(text_of(candidate))
            chosen.append(candidate)
    return chosen


def state(quotes: Sequence[tuple[str, Document]]) -> tuple[Statement, ...]:
    """Make a statement of each quotation, citing it by its number from 1."""
    regions = {frozenset(places_in(document.region or "")) for _, document in quotes}
    return tuple(
        Statement(quote + _remark(document, len(regions) > 1), (number,))
        for number, (quote, document) in enumerate(quotes, start=1)
    )


def _remark(document: Document, regions_differ: bool) -> str:
    region = f"（{document.region}）" if regions_differ and document.region else ""
    return _STATUS_REMARKS.get(document.status, "") + region
