"""From a question to an answer or a refusal.

An answer is a list of statements, each a quotation of a document's own words, so that a citation holds
what it is cited for by construction. When nothing found covers what is asked, the answer is a refusal
that shows the nearest material.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kb.answering.compose import choose, rank_sources, sides, state
from kb.answering.metadata import FIELDS, fields_asked, look_up
from kb.answering.naming import Named, Register
from kb.answering.question import Question, understand
from kb.answering.reader import Candidate, Prepared, Weights, prepare, read
from kb.answering.specifics import Specifics, region_of, specifics_of
from kb.index.records import Records
from kb.index.term_weights import TermWeights
from kb.retrieval import Retriever
from kb.types import Answer, Citation, Clause, Document, Hit, Passage, Query, Refusal, RefusalKind, Statement, Timing
from kb.visibility import in_force

_MESSAGES: dict[RefusalKind, str] = {
    "no_evidence": "资料库中没有找到能回答这个问题的内容。",
    "weak_evidence": "资料库中没有找到足以回答这个问题的内容，下面是最接近的材料，请自行核对。",
    "expired": "现行有效的文件中没有找到答案；下面的内容来自已经失效的文件，不能作为现在的依据。",
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The strength from which evidence answers, and from which it is worth showing with a refusal; and how much
    better what is no longer in force must fit than what is, for the question to be about that. Chosen on the
    dev half of the policy questions: 0.45 refuses five of six questions that have no answer in the corpus."""

    enough: float = 0.45
    nearest: float = 0.15
    ended: float = 1.15
    passages: int = 12


class Responder:
    """Answers questions from one snapshot."""

    def __init__(
        self, retriever: Retriever, records: Records, register: Register, thresholds: Thresholds = Thresholds()
    ) -> None:
        self._retriever = retriever
        self._records = records
        self._thresholds = thresholds
        self._weights = Weights()
        self._register = register
        self._home = frozenset(place for document in records.catalogue for place in region_of(document))
        self._document = lru_cache(maxsize=256)(records.document)
        self._clause = lru_cache(maxsize=4096)(records.clause)
        self._prepared = lru_cache(maxsize=2048)(self._prepare)

    def respond(self, query: Query) -> Answer:
        """Answer a query that is a question."""
        started = time.perf_counter()
        named = self._register.find(query.text)
        visible = tuple(n for n in named.documents if self._retriever.is_visible(query, n))
        if named.unknown:
            return _refuse(query, "no_evidence", _unknown_message(named), (), (), started, started)
        hits = self._retriever.retrieve(query, self._thresholds.passages, only=frozenset(visible) or None)
        retrieved = time.perf_counter()
        answer = self._from_header(query, visible, hits, started, retrieved)
        if answer is None:
            answer = self._from_text(query, hits, started, retrieved)
        return answer

    def _from_header(
        self, query: Query, visible: tuple[int, ...], hits: list[Hit], started: float, retrieved: float
    ) -> Answer | None:
        """Answer from the header of the document that is named, or of the best one found."""
        asked = fields_asked(query.text)
        if not asked:
            return None
        doc_ids = [self._records.catalogue[n].doc_id for n in visible] or [hit.passage.doc_id for hit in hits[:1]]
        statements: list[Statement] = []
        citations: list[Citation] = []
        for doc_id in doc_ids:
            document = self._document(doc_id)
            for datum in look_up(document, asked):
                citation = self._cite(document, datum.field.start, datum.field.end, len(citations) + 1)
                citations.append(citation)
                statements.append(Statement(f"{datum.label}：{citation.quote}。", (citation.number,)))
        if not statements:
            if not visible:
                return None
            message = f"这份文件没有载明{'、'.join(FIELDS[name][0] for name in asked)}。"
            return _refuse(query, "no_evidence", message, (), tuple(hits), started, retrieved)
        return Answer(query.text, tuple(statements), tuple(citations), tuple(hits), None, _timing(started, retrieved))

    def _from_text(self, query: Query, hits: list[Hit], started: float, retrieved: float) -> Answer:
        question = understand(query.text)
        candidates = self._read(question, query, hits)
        if all(self._is_in_force(c, query) for c in candidates):
            ended_hits = self._retriever.retrieve(query, self._thresholds.passages, ended=True)
            candidates += self._read(question, query, ended_hits)
        current = [c for c in candidates if self._is_in_force(c, query)]
        ended = [c for c in candidates if not self._is_in_force(c, query) and self._is_enough(c)]
        answers = bool(current) and self._is_enough(current[0])
        if ended and (not answers or ended[0].score > self._thresholds.ended * current[0].score):
            return self._refuse_with(query, "expired", ended[:1], hits, started, retrieved)
        if answers:
            compared = sides(query.text, [c for c in current if self._is_enough(c)], self._document)
            citations = self._quote(compared or choose(question, current, self._text))
            statements = state([(c.quote, self._document(c.doc_id)) for c in citations])
            return Answer(query.text, statements, citations, tuple(hits), None, _timing(started, retrieved))
        near = [c for c in current[:3] if c.strength >= self._thresholds.nearest]
        kind: RefusalKind = "weak_evidence" if near else "no_evidence"
        return self._refuse_with(query, kind, near, hits, started, retrieved)

    def _is_in_force(self, candidate: Candidate, query: Query) -> bool:
        return in_force(self._document(candidate.hit.passage.doc_id), query.as_of or date.today())

    def _read(self, question: Question, query: Query, hits: list[Hit]) -> list[Candidate]:
        """Score the sentences of the passages found that speak of what the question pins down."""
        weights = self._term_weights(query)
        candidates = read(question, hits, self._prepared, weights, self._retriever.encoder, self._weights)
        pinned = specifics_of(query.text)
        if pinned:
            candidates = [c for c in candidates if self._holds(pinned, c)]
        return rank_sources(candidates, self._document)

    def _prepare(self, passage: Passage) -> Prepared:
        return prepare(passage, self._document(passage.doc_id), self._retriever.encoder)

    def _holds(self, pinned: Specifics, candidate: Candidate) -> bool:
        passage = candidate.hit.passage
        document = self._document(passage.doc_id)
        clause = self._clause(passage.clause_id)
        return pinned.held_by(f"{passage.context}\n{document.text[clause.start : clause.end]}", document, self._home)

    def _term_weights(self, query: Query) -> TermWeights:
        return self._retriever.term_weights[query.audience]

    def _is_enough(self, best: Candidate) -> bool:
        return best.strength >= self._thresholds.enough

    def _text(self, candidate: Candidate) -> str:
        return self._document(candidate.hit.passage.doc_id).text[candidate.start : candidate.end]

    def _quote(self, candidates: list[Candidate]) -> tuple[Citation, ...]:
        return tuple(
            self._cite(self._document(c.hit.passage.doc_id), c.start, c.end, number, c.hit.passage.clause_id)
            for number, c in enumerate(candidates, start=1)
        )

    def _refuse_with(
        self,
        query: Query,
        kind: RefusalKind,
        near: list[Candidate],
        hits: list[Hit],
        started: float,
        retrieved: float,
    ) -> Answer:
        return _refuse(query, kind, _MESSAGES[kind], self._quote(near), tuple(hits), started, retrieved)

    def _cite(self, document: Document, start: int, end: int, number: int, clause_id: str | None = None) -> Citation:
        clause = self._clause(clause_id) if clause_id else self._clause_at(document.doc_id, start)
        return Citation(
            number=number,
            doc_id=document.doc_id,
            clause_id=clause.clause_id,
            label=clause.label,
            quote=document.text[start:end],
            start=start,
            end=end,
            page=document.page_of(start),
            sha256=document.sha256,
        )

    def _clause_at(self, doc_id: str, offset: int) -> Clause:
        return next(c for c in self._records.clauses(doc_id) if c.start <= offset < c.end)


def _unknown_message(named: Named) -> str:
    return f"资料库中没有编号为{'、'.join(named.unknown)}的文件，无法回答；请核对编号。"


def _refuse(
    query: Query,
    kind: RefusalKind,
    message: str,
    citations: tuple[Citation, ...],
    hits: tuple[Hit, ...],
    started: float,
    retrieved: float,
) -> Answer:
    return Answer(query.text, (), citations, hits, Refusal(kind, message), _timing(started, retrieved))


def _timing(started: float, retrieved: float) -> Timing:
    now = time.perf_counter()
    return Timing((retrieved - started) * 1000, (now - retrieved) * 1000, (now - started) * 1000)
