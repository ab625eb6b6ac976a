"""From a question to an answer or a refusal.

An answer is a list of statements, each a quotation of a document's own words, so that a citation holds
what it is cited for by construction. When nothing found covers what is asked, the answer is a refusal
that shows the nearest material.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from kb.answering.metadata import fields_asked, look_up
from kb.answering.naming import Named, Register
from kb.answering.question import Question, understand
from kb.answering.reader import Candidate, Weights, read
from kb.index.records import Records
from kb.index.term_weights import TermWeights
from kb.retrieval import Retriever
from kb.types import Answer, Citation, Clause, Document, Hit, Query, Refusal, RefusalKind, Statement, Timing

_MESSAGES: dict[RefusalKind, str] = {
    "no_evidence": "资料库中没有找到能回答这个问题的内容。",
    "weak_evidence": "资料库中没有找到足以回答这个问题的内容，下面是最接近的材料，请自行核对。",
    "expired": "现行有效的文件中没有找到答案；下面的内容来自已经失效的文件，不能作为现在的依据。",
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When evidence is enough: the share of the question's weight that the best sentence, its headings and
    its title must cover, or the nearness in meaning that stands in for it."""

    coverage: float = 0.45
    meaning: float = 0.62
    nearest: float = 0.25
    passages: int = 12
    statements: int = 3


class Responder:
    """Answers questions from one snapshot."""

    def __init__(self, retriever: Retriever, records: Records, thresholds: Thresholds = Thresholds()) -> None:
        self._retriever = retriever
        self._records = records
        self._thresholds = thresholds
        self._weights = Weights()
        self._register = Register(records.catalogue)
        self._document = lru_cache(maxsize=256)(records.document)

    def respond(self, query: Query) -> Answer:
        """Answer a query that is a question."""
        started = time.perf_counter()
        named = self._register.find(query.text)
        visible = tuple(n for n in named.documents if self._retriever.is_visible(query, n))
        if named.unknown and not visible:
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
            return None
        return Answer(query.text, tuple(statements), tuple(citations), tuple(hits), None, _timing(started, retrieved))

    def _from_text(self, query: Query, hits: list[Hit], started: float, retrieved: float) -> Answer:
        question = understand(query.text)
        candidates = self._read(question, query, hits)
        if candidates and self._is_enough(candidates[0]):
            chosen = self._choose(candidates)
            statements, citations = self._quote(chosen)
            return Answer(query.text, statements, citations, tuple(hits), None, _timing(started, retrieved))
        ended = self._retriever.retrieve(query, self._thresholds.passages, ended=True)
        earlier = self._read(question, query, ended)
        if earlier and self._is_enough(earlier[0]):
            return self._refuse_with(query, "expired", earlier[:1], ended, started, retrieved)
        near = [c for c in candidates[:3] if c.coverage >= self._thresholds.nearest]
        kind: RefusalKind = "weak_evidence" if near else "no_evidence"
        return self._refuse_with(query, kind, near, hits, started, retrieved)

    def _read(self, question: Question, query: Query, hits: list[Hit]) -> list[Candidate]:
        weights = self._term_weights(query)
        return read(question, hits, self._document, weights, self._retriever.encoder, self._weights)

    def _term_weights(self, query: Query) -> TermWeights:
        return self._retriever.term_weights[query.audience]

    def _is_enough(self, best: Candidate) -> bool:
        return best.coverage >= self._thresholds.coverage or best.meaning >= self._thresholds.meaning

    def _choose(self, candidates: list[Candidate]) -> list[Candidate]:
        """Take the best sentence and what supports it: nearly as good, and saying something else."""
        chosen = [candidates[0]]
        said = {self._text(candidates[0])}
        for candidate in candidates[1:]:
            if len(chosen) == self._thresholds.statements or candidate.score < self._weights.support * chosen[0].score:
                break
            if self._text(candidate) not in said:
                said.add(self._text(candidate))
                chosen.append(candidate)
        return chosen

    def _text(self, candidate: Candidate) -> str:
        return self._document(candidate.hit.passage.doc_id).text[candidate.start : candidate.end]

    def _quote(self, candidates: list[Candidate]) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
        citations = tuple(
            self._cite(self._document(c.hit.passage.doc_id), c.start, c.end, number, c.hit.passage.clause_id)
            for number, c in enumerate(candidates, start=1)
        )
        return tuple(Statement(c.quote, (c.number,)) for c in citations), citations

    def _refuse_with(
        self,
        query: Query,
        kind: RefusalKind,
        near: list[Candidate],
        hits: list[Hit],
        started: float,
        retrieved: float,
    ) -> Answer:
        _, citations = self._quote(near)
        return _refuse(query, kind, _MESSAGES[kind], citations, tuple(hits), started, retrieved)

    def _cite(self, document: Document, start: int, end: int, number: int, clause_id: str | None = None) -> Citation:
        clause = self._records.clause(clause_id) if clause_id else self._clause_at(document.doc_id, start)
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
    return f"资料库中没有{'、'.join(named.unknown)}文件，无法回答；请核对编号。"


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
