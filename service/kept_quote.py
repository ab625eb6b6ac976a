"""What became of a quotation: where it stands now, or which words stand in its place since its document was changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kb.knowledge_base import KnowledgeBase
from kb.text.markers import read_marker
from kb.text.sentences import sentence_spans
from kb.text.terms import bigrams
from kb.text.word_changes import Piece, word_changes
from kb.types import Audience, Document

_ALIKE = 0.5  # share of a quotation's pairs of characters by which other words are taken to stand in its place


def quote_now(
    knowledge_base: KnowledgeBase, doc_id: str, quote: str, start: int, clause_id: str, audience: Audience
) -> dict[str, Any]:
    """Tell whether the text still holds a quotation (`kept`, with its span), what took its place (`changed`, both cut
    at what changed, and where), or that nothing like it is there (`gone`); raise NotFoundError where there is no such
    document."""
    document = knowledge_base.document(doc_id, audience)
    at = _nearest(document.text, quote, start)
    if at is not None:
        return _told("kept", at, at + len(quote), clause_id)
    clauses = knowledge_base.clauses(doc_id, audience)
    own = [clause for clause in clauses if clause.clause_id == clause_id]
    for among in (own, clauses):
        best = max(
            (
                (_likeness(quote, document, span), clause.clause_id, span)
                for clause in among
                for sentence in sentence_spans(document.text, clause.start, clause.end)
                for span in (sentence, _behind_number(document.text, sentence))
            ),
            key=lambda found: found[0],
            default=None,
        )
        if best and best[0] >= _ALIKE:
            _, clause_now, (first, last) = best
            before, now = word_changes(quote, document.text[first:last])
            return _told("changed", first, last, clause_now) | {"before": _cut(before), "now": _cut(now)}
    return _told("gone", None, None, None)


def _told(state: str, start: int | None, end: int | None, clause_id: str | None) -> dict[str, Any]:
    return {"state": state, "start": start, "end": end, "clause_id": clause_id, "before": [], "now": []}


def _nearest(text: str, quote: str, start: int) -> int | None:
    """Give the place of a quotation that is nearest to where it stood."""
    places = []
    at = text.find(quote)
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    return min(places, key=lambda place: abs(place - start), default=None)


def _likeness(quote: str, document: Document, span: tuple[int, int]) -> float:
    pairs = Counter(bigrams(quote))
    other = Counter(bigrams(document.text[slice(*span)]))
    return 2 * (pairs & other).total() / (pairs.total() + other.total() or 1)


def _behind_number(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Leave out the number that a sentence begins with, since many quotations do."""
    marker = read_marker(text, *span)
    start = marker.end if marker else span[0]
    while start < span[1] and text[start].isspace():
        start += 1
    return start, span[1]


def _cut(pieces: tuple[Piece, ...]) -> list[dict[str, Any]]:
    return [{"text": piece.text, "changed": piece.changed} for piece in pieces]
