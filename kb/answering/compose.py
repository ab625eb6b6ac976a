"""From ranked sentences to statements: the direct answer first, then what it needs to be complete, each a quotation.

No sentence is glued from two. A sentence of a document that is on trial, planned or only a draft says so
behind it, and where the sentences come from documents of different regions each says for where it holds, so
that what differs stands side by side and is not blended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.answering.question import Question
from kb.answering.reader import Candidate
from kb.text.places import places_in
from kb.types import Citation, Document, Statement, Status

_STATUS_REMARKS: dict[Status, str] = {
    "trial": "（试行文件）",
    "planned": "（文件计划出台，尚未印发）",
    "draft": "（征求意见稿）",
    "unknown": "",
}
_MANY = frozenset(("list", "manner"))


@dataclass(frozen=True, slots=True)
class Composition:
    """How much is said: a further sentence of the clause that answers may be so much weaker than the best, in
    log-odds, and there are at most so many statements. A sentence that lists `items` things is a list by itself."""

    supports: float = 0.9
    supports_list: float = 1.2
    statements: int = 2
    statements_of_list: int = 4
    items: int = 3


def choose(
    question: Question,
    candidates: Sequence[Candidate],
    text_of: Callable[[Candidate], str],
    composition: Composition = Composition(),
) -> list[Candidate]:
    """Take the best sentence and what its own clause adds to it, saying nothing twice."""
    best = candidates[0]
    many = question.kind in _MANY and best.sentence.items < composition.items
    most = composition.statements_of_list if many else composition.statements
    weakest = best.score - (composition.supports_list if many else composition.supports)
    chosen, said = [best], {text_of(best)}
    for candidate in candidates[1:]:
        fits = candidate.clause_id == best.clause_id and candidate.score >= weakest
        if fits and len(chosen) < most and text_of(candidate) not in said:
            said.add(text_of(candidate))
            chosen.append(candidate)
    return chosen


def listed_together(question: Question, best: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Give the best sentence of each clause of the list that the best one stands in, where the list has as many
    clauses as the question says it has items; else nothing."""
    if question.items is None or question.items > 12 or best.sentence.items == question.items:
        return []
    parent = best.clause_id.rpartition(".")[0]
    items: dict[str, Candidate] = {}
    for candidate in candidates:
        if parent and candidate.clause_id.rpartition(".")[0] == parent:
            items.setdefault(candidate.clause_id, candidate)
    return sorted(items.values(), key=lambda c: c.start) if len(items) == question.items else []


def state(
    quotes: Sequence[tuple[Citation, Document, tuple[int, int] | None]], figure: str | None = None
) -> tuple[Statement, ...]:
    """Make a statement of each quotation and what stands out in it, citing it by its number from 1; the first says
    before it that the document gives `figure` where the question took another for granted."""
    lead = f"与问题中的说法不同，文件中写的是{figure}：" if figure else ""
    regions = {frozenset(places_in(document.region or "")) for _, document, _ in quotes}
    return tuple(
        _statement(lead if number == 1 else "", cited.quote, _remark(cited, document, len(regions) > 1), number, focus)
        for number, (cited, document, focus) in enumerate(quotes, start=1)
    )


def _statement(lead: str, quote: str, remark: str, number: int, focus: tuple[int, int] | None) -> Statement:
    shifted = (focus[0] + len(lead), focus[1] + len(lead)) if focus else None
    return Statement(lead + quote + remark, (number,), shifted)


def _remark(cited: Citation, document: Document, regions_differ: bool) -> str:
    """Background is no rule of the document, so the document's validity is not its own."""
    region = f"（{document.region}）" if regions_differ and document.region else ""
    standing = "（背景情况）" if cited.source == "background" else _STATUS_REMARKS.get(document.status, "")
    return standing + region
