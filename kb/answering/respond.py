"""From a question to an answer or a refusal.

An answer is a list of statements, each a quotation of a document's own words, so that a citation holds
what it is cited for by construction. When nothing found covers what is asked, the answer is a refusal
that shows the nearest material.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from kb.answering.census import Census, census_asked, take, tell
from kb.answering.compose import choose, listed_together, state
from kb.answering.follow_up import Turn, resolve
from kb.answering.investigate import Investigator
from kb.answering.metadata import fields_asked, look_up
from kb.answering.model import ReaderModel
from kb.answering.naming import Named, Register
from kb.answering.question import Question
from kb.answering.reader import Candidate
from kb.answering.sentences import behind_marker
from kb.answering.sides import sides_of
from kb.answering.standing import agreement, levels_asked
from kb.answering.suggestions import suggest
from kb.index.records import Records
from kb.references import Link, links_in
from kb.retrieval import Retriever
from kb.text.sentences import sentence_spans
from kb.types import Answer, Audience, Citation, Clause, Document, Hit, Query, Refusal, RefusalKind, Statement, Timing
from kb.visibility import has_begun, in_force, may_see

_MESSAGES: dict[RefusalKind, str] = {
    "no_evidence": "资料库中没有找到能回答这个问题的内容。",
    "out_of_scope": "这个问题不在资料库的范围内，资料库里没有相关的文件。",
    "weak_evidence": "资料库中没有找到足以回答这个问题的内容，下面是最接近的材料，请自行核对。",
    "expired": "现行有效的文件中没有找到答案；下面的内容来自已经失效的文件，不能作为现在的依据。",
}

_ASKS_BASIS = re.compile(r"依据|根据|[按依据]照|上位|上级")
_LIKELY = 5  # passages among which the document of the right level is looked for
_CENSUS = 2_000  # documents up to which all are looked through
_FOCUSED = 2  # statements in which the answer itself is looked for
_THREAD = 8  # passages of the document that the conversation is about
_ENDED = 4  # passages of documents that have ended, which are read beside the others


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The share of what an answer needs from which evidence is shown with a refusal; how much likelier what is no
    longer in force must be than what is, in log-odds, for the question to be about that; and how much weaker, as
    a share, a side of a comparison may be than what answers alone."""

    nearest: float = 0.35
    ended: float = 1.0
    side: float = 0.6


class _Clock:
    """When the question came, and when its passages were found."""

    def __init__(self) -> None:
        self.started = self.found = time.perf_counter()

    def mark(self) -> None:
        self.found = time.perf_counter()

    def timing(self) -> Timing:
        now = time.perf_counter()
        return Timing((self.found - self.started) * 1000, (now - self.found) * 1000, (now - self.started) * 1000)


class Responder:
    """Answers questions from one snapshot."""

    def __init__(
        self,
        retriever: Retriever,
        records: Records,
        register: Register,
        model: ReaderModel,
        thresholds: Thresholds = Thresholds(),
    ) -> None:
        self._retriever = retriever
        self._records = records
        self._register = register
        self._thresholds = thresholds
        self._investigator = Investigator(retriever, records, model)
        self._document = self._investigator.document
        self._links = lru_cache(maxsize=1024)(self._links_of)
        self._suggestions = lru_cache(maxsize=4096)(self._suggest)
        self._may_have_ended = any(
            document.expires or document.status in ("expired", "repealed", "superseded")
            for document in records.catalogue
        )

    def respond(self, query: Query) -> Answer:
        """Answer a query that is a question."""
        clock = _Clock()
        turn = resolve(query)
        return self._respond(turn, clock)

    def suggest(self, answer: Answer, audience: Audience) -> tuple[str, ...]:
        """Give questions to ask next; each is tried, which takes longer than the answer did, and remembered."""
        if answer.refusal is not None or not answer.citations:
            return ()
        cited = answer.citations[0]
        return self._suggestions(cited.doc_id, cited.clause_id, audience)

    def _suggest(self, doc_id: str, clause_id: str, audience: Audience) -> tuple[str, ...]:
        def can_answer(question: str) -> bool:
            query = Query("", question, audience=audience)
            return self._respond(Turn(query, question, None, False), _Clock()).refusal is None

        return suggest(self._document(doc_id), self._records.clauses(doc_id), clause_id, can_answer)

    def _respond(self, turn: Turn, clock: _Clock) -> Answer:
        census = census_asked(turn.query.text)
        if census is not None and len(self._records.catalogue) <= _CENSUS:
            return self._from_census(census, turn, clock)
        named = self._register.find(turn.query.text)
        visible = tuple(n for n in named.documents if self._retriever.is_visible(turn.query, n))
        if named.unknown:
            return self._refuse(turn, "no_evidence", _unknown_message(named), (), [], clock)
        hits = self._investigator.search(turn.query, only=frozenset(visible) or None)
        clock.mark()
        thread = self._thread(turn)
        answer = self._from_header(turn, visible, hits, thread, clock)
        return answer or self._from_text(turn, hits, thread, clock)

    def _from_census(self, census: Census, turn: Turn, clock: _Clock) -> Answer:
        """List the documents that a question asks for, all of them."""
        query, day = turn.query, turn.query.as_of or date.today()
        documents = (self._document(document.doc_id) for document in self._records.catalogue)
        found = take(census, documents, lambda d: may_see(query.audience, d) and in_force(d, day), day)
        clock.mark()
        if not found:
            return self._refuse(turn, "no_evidence", _MESSAGES["no_evidence"], (), [], clock)
        statements, citations = tell(census, found, self._cite)
        return Answer(query.text, statements, citations, (), None, clock.timing(), confidence=1.0)

    def _thread(self, turn: Turn) -> list[str]:
        """Name the documents that the question before was about."""
        if turn.earlier is None:
            return []
        before = replace(turn.query, text=turn.earlier)
        _, candidates = self._investigator.read(
            Turn(before, turn.earlier, None, False), self._investigator.search(before)
        )
        return [candidates[0].doc_id] if candidates else []

    def _from_header(
        self, turn: Turn, visible: tuple[int, ...], hits: list[Hit], thread: list[str], clock: _Clock
    ) -> Answer | None:
        """Answer from the header of the document that is named, or of the best one found; of each side of a
        comparison."""
        asked = fields_asked(turn.query.text)
        if not asked or _ASKS_BASIS.search(turn.query.text):
            return None
        doc_ids = [self._records.catalogue[n].doc_id for n in visible]
        if len(doc_ids) < 2:
            doc_ids = (
                self._documents_of_sides(turn) or doc_ids or (turn.leans and thread) or self._likeliest(turn, hits)
            )
        found = [(document, datum) for document in map(self._document, doc_ids) for datum in look_up(document, asked)]
        if not found:
            return None
        citations = tuple(
            self._cite(document, datum.field.start, datum.field.end, number)
            for number, (document, datum) in enumerate(found, start=1)
        )
        day = turn.query.as_of or date.today()
        if not any(in_force(document, day) for document, _ in found):
            return self._refuse(turn, "expired", _MESSAGES["expired"], citations, hits, clock)
        statements = tuple(
            _tell(f"{self._whose(document, doc_ids)}{datum.label}：", citation)
            for (document, datum), citation in zip(found, citations, strict=True)
        )
        return Answer(turn.query.text, statements, citations, tuple(hits), None, clock.timing(), confidence=1.0)

    def _documents_of_sides(self, turn: Turn) -> list[str]:
        sides = [replace(turn.query, text=text) for text in sides_of(turn.query.text)]
        found = [self._likeliest(Turn(side, side.text, None, False), self._investigator.search(side)) for side in sides]
        doc_ids = list(dict.fromkeys(doc_id for side in found for doc_id in side))
        return doc_ids if len(doc_ids) > 1 else []

    def _likeliest(self, turn: Turn, hits: list[Hit]) -> list[str]:
        """Name the document whose passages match best, of the level of government that is asked about where one is."""
        levels = levels_asked(turn.query.text)
        ranked = sorted(hits[:_LIKELY], key=lambda hit: (-agreement(levels, self._describe(hit)), hit.rank))
        return [hit.passage.doc_id for hit in ranked[:1]]

    def _describe(self, hit: Hit) -> Document:
        return self._records.catalogue[self._records.ordinals[hit.passage.doc_id]]

    def _whose(self, document: Document, doc_ids: list[str]) -> str:
        """Name the document where there are several."""
        return f"《{document.short_title or document.title}》" if len(doc_ids) > 1 else ""

    def _from_text(self, turn: Turn, hits: list[Hit], thread: list[str], clock: _Clock) -> Answer:
        query = turn.query
        if thread:
            hits = _joined(hits, self._investigator.search(query, only=self._ordinals(thread), k=_THREAD))
        sides = self._sides(turn, hits, thread)
        if sides:
            return self._answer(turn, [side for side, _ in sides], hits, min(likely for _, likely in sides), clock)
        read = _joined(hits, self._investigator.search(query, ended=True, k=_ENDED)) if self._may_have_ended else hits
        question, candidates = self._investigator.read(turn, read, thread)
        current = [c for c in candidates if self._is_in_force(c, query)]
        ended = [c for c in candidates if not self._is_in_force(c, query) and self._has_begun(c, query)]
        likely = self._investigator.probability(question, current, query) if current else 0.0
        enough = self._investigator.enough
        outdone = bool(ended) and (not current or ended[0].score > current[0].score + self._thresholds.ended)
        if outdone and self._investigator.probability(question, ended, query) >= enough:
            return self._refuse(turn, "expired", _MESSAGES["expired"], self._quote(ended[:1]), hits, clock)
        if likely >= enough:
            return self._answer(turn, self._compose(question, current), hits, likely, clock)
        foreign = self._investigator.is_foreign(question, current, query)
        near = current[:3] if likely >= self._thresholds.nearest * enough and not foreign else []
        kind: RefusalKind = "weak_evidence" if near else "out_of_scope" if foreign else "no_evidence"
        refused = self._refuse(turn, kind, _MESSAGES[kind], self._quote(near), hits, clock)
        return replace(refused, confidence=likely)

    def _answer(self, turn: Turn, chosen: list[Candidate], hits: list[Hit], likely: float, clock: _Clock) -> Answer:
        citations = self._quote(chosen)
        if len(citations) == 1:
            citations += self._pointed_at(citations[0], turn.query.audience)
        focuses = [self._investigator.focus(turn.query.text, citation.quote) for citation in citations[:_FOCUSED]]
        focuses += [None] * (len(citations) - len(focuses))
        statements = state(
            [(c.quote, self._document(c.doc_id), focus) for c, focus in zip(citations, focuses, strict=True)]
        )
        return Answer(turn.query.text, statements, citations, tuple(hits), None, clock.timing(), confidence=likely)

    def _pointed_at(self, citation: Citation, audience: Audience) -> tuple[Citation, ...]:
        """Quote the clause that a quotation refers to (依照第十二条), where it names one that may be seen."""
        document = self._document(citation.doc_id)
        links = [
            link
            for link in self._links(document.doc_id, audience)
            if citation.start <= link.start < citation.end and link.clause_id not in (None, citation.clause_id)
        ]
        if not links or links[0].clause_id is None:
            return ()
        clause = self._investigator.clause(links[0].clause_id)
        target = self._document(clause.doc_id)
        start, end = sentence_spans(target.text, clause.start, clause.end)[0]
        start = behind_marker(target.text, start, end)
        return (self._cite(target, start, end, citation.number + 1, clause.clause_id),) if start < end else ()

    def _links_of(self, doc_id: str, audience: Audience) -> list[Link]:
        def clauses_of(target: str) -> frozenset[str] | None:
            seen = may_see(audience, self._records.catalogue[self._records.ordinals[target]])
            return frozenset(clause.clause_id for clause in self._records.clauses(target)) if seen else None

        return links_in(self._document(doc_id), self._register, clauses_of)

    def _compose(self, question: Question, current: list[Candidate]) -> list[Candidate]:
        together = listed_together(question, current[0], current)
        return together or choose(question, current, self._text)

    def _sides(self, turn: Turn, hits: list[Hit], thread: list[str]) -> list[tuple[Candidate, float]]:
        """Give the best sentence and its probability for each side of a comparison; nothing where one has none, or both the same."""
        found: list[tuple[Candidate, float]] = []
        for text in sides_of(turn.query.text):
            side = replace(turn.query, text=text)
            side_hits = _joined(self._investigator.search(side), hits)
            question, candidates = self._investigator.read(Turn(side, text, None, False), side_hits, thread)
            current = [c for c in candidates if self._is_in_force(c, side)]
            likely = self._investigator.probability(question, current, side) if current else 0.0
            if likely < self._thresholds.side * self._investigator.enough:
                return []
            found.append((current[0], likely))
        apart = {self._text(candidate) for candidate, _ in found}
        return found if len(apart) == len(found) else []

    def _is_in_force(self, candidate: Candidate, query: Query) -> bool:
        return in_force(self._document(candidate.doc_id), query.as_of or date.today())

    def _has_begun(self, candidate: Candidate, query: Query) -> bool:
        return has_begun(self._document(candidate.doc_id), query.as_of or date.today())

    def _ordinals(self, doc_ids: list[str]) -> frozenset[int]:
        return frozenset(self._records.ordinals[doc_id] for doc_id in doc_ids)

    def _text(self, candidate: Candidate) -> str:
        return self._document(candidate.doc_id).text[candidate.start : candidate.end]

    def _quote(self, candidates: list[Candidate]) -> tuple[Citation, ...]:
        return tuple(
            self._cite(self._document(c.doc_id), c.start, c.end, number, c.clause_id)
            for number, c in enumerate(candidates, start=1)
        )

    def _refuse(
        self,
        turn: Turn,
        kind: RefusalKind,
        message: str,
        citations: tuple[Citation, ...],
        hits: list[Hit],
        clock: _Clock,
    ) -> Answer:
        return Answer(turn.query.text, (), citations, tuple(hits), Refusal(kind, message), clock.timing())

    def _cite(self, document: Document, start: int, end: int, number: int, clause_id: str | None = None) -> Citation:
        clause = self._investigator.clause(clause_id) if clause_id else self._clause_at(document.doc_id, start)
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


def _joined(hits: list[Hit], more: list[Hit]) -> list[Hit]:
    """Put further passages behind those found, ranked on."""
    known = {hit.passage.passage_id for hit in hits}
    fresh = [hit for hit in more if hit.passage.passage_id not in known]
    return [*hits, *(replace(hit, rank=len(hits) + n) for n, hit in enumerate(fresh, start=1))]


def _tell(lead: str, citation: Citation) -> Statement:
    end = len(lead) + len(citation.quote)
    return Statement(f"{lead}{citation.quote}。", (citation.number,), (len(lead), end))


def _unknown_message(named: Named) -> str:
    return f"资料库中没有编号为{'、'.join(named.unknown)}的文件，无法回答；请核对编号。"
