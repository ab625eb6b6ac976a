"""From a question to an answer or a refusal.

An answer is a list of statements, each a quotation of a document's own words, so that a citation holds
what it is cited for by construction. When nothing found covers what is asked, the answer is a refusal
that shows the nearest material.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import get_args

from kb.answering import refusals
from kb.answering.ambiguity import is_general, points_nowhere
from kb.answering.articles import ArticleSearch
from kb.answering.census import Census, census_asked, empty, take, tell
from kb.answering.citing import Citer
from kb.answering.comparison import Comparison
from kb.answering.compose import choose, listed_together, state
from kb.answering.conflicts import contradicting
from kb.answering.draft import Draft
from kb.answering.follow_up import Turn, resolve
from kb.answering.header_search import HeaderSearch
from kb.answering.investigate import Investigator, joined
from kb.answering.model import ReaderModel
from kb.answering.naming import Named, Register
from kb.answering.nearest import Nearest
from kb.answering.premises import contradicted
from kb.answering.question import Question
from kb.answering.reader import Candidate
from kb.answering.refusals import UNCLEAR, conflicting, unknown_name
from kb.answering.sides import compares
from kb.answering.specifics import region_of
from kb.answering.succession import Succession, day_of
from kb.answering.suggestions import suggest
from kb.answering.table_rows import header_of, tell_rows
from kb.answering.validity import ENDED, ending, validity
from kb.index.records import Records
from kb.retrieval import Retriever
from kb.types import Answer, Audience, Citation, Document, Hit, Query, Refusal, RefusalKind, Statement, Timing
from kb.visibility import has_begun, in_force, may_see

_CENSUS = 2_000  # documents up to which all are looked through
_FOCUSED = 2  # statements in which the answer itself is looked for
_READINGS = 3  # things that an unclear question may mean, which are shown
_THREAD = 8  # passages of the document that the conversation is about
_BESIDE = 2  # sentences shown of what holds in the place of a document that has ended
_ENDED = 4  # passages of documents that have ended, which are read beside the others


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much likelier what is no longer in force must be than what is, in log-odds, for the question to be about
    that."""

    ended: float = 1.0


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
        self._headers = HeaderSearch(self._investigator, records)
        self._comparison = Comparison(self._investigator)
        self._nearest = Nearest(self._investigator, records)
        self._succession = Succession(records, self._document, retriever.is_visible)
        self._citer = Citer(records, register, self._investigator.document, self._investigator.clause)
        self._articles = ArticleSearch(records, self._document, retriever.is_visible, self._citer)
        self._suggestions = lru_cache(maxsize=4096)(self._suggest)
        self._visible = {
            audience: [document for document in records.catalogue if may_see(audience, document)]
            for audience in get_args(Audience)
        }
        self._may_have_ended = {
            audience: any(document.expires or document.status in ENDED for document in documents)
            for audience, documents in self._visible.items()
        }

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
        if census is not None and len(self._visible[turn.query.audience]) <= _CENSUS:
            return self._from_census(census, turn, clock)
        article = self._from_article(turn, clock)
        if article:
            return article
        named = self._named(turn)
        if named.unknown:
            near = self._nearest.find(turn, named, []) if named.documents else []
            return self._refuse(turn, "no_evidence", unknown_name(named), self._citer.quote(near), [], clock)
        pointer = points_nowhere(turn.query.text) if turn.earlier is None and not named.documents else None
        if pointer:
            return self._refuse(turn, "needs_clarification", refusals.points_nowhere(pointer), (), [], clock)
        hits = self._investigator.search(turn.query, only=frozenset(named.documents) or None)
        clock.mark()
        thread = self._thread(turn)
        if turn.earlier is None and not named.documents and is_general(turn.query.text):
            unclear = self._ask_back(turn, hits, clock)
            if unclear:
                return unclear
        answer = self._from_header(turn, named, hits, thread, clock)
        return answer or self._from_preamble(turn, named, self._from_text(turn, named, hits, thread, clock))

    def _named(self, turn: Turn) -> Named:
        """Find the documents that are named and may be seen; names in new words replace those in the words before."""

        def visible(ordinal: int) -> bool:
            return self._retriever.is_visible(turn.query, ordinal)

        whole = self._register.find(turn.query.text, visible)
        before = self._register.find(turn.earlier, visible) if turn.earlier and turn.leans else Named()
        fresh = tuple(n for n in whole.documents if n not in before.documents)
        unknown = tuple(name for name in whole.unknown if name not in before.unknown)
        return Named(fresh, unknown, whole.rest) if fresh or unknown else whole

    def _ask_back(self, turn: Turn, hits: list[Hit], clock: _Clock) -> Answer | None:
        """Show what a question may mean that fits several documents; nothing where it can mean but one."""
        _, candidates = self._investigator.read(turn, hits)
        by_document: dict[str, Candidate] = {}
        for candidate in candidates:
            if self._is_in_force(candidate, turn.query):
                by_document.setdefault(candidate.doc_id, candidate)
        if len(by_document) < 2:
            return None
        citations = self._citer.quote(list(by_document.values())[:_READINGS])
        return self._refuse(turn, "needs_clarification", UNCLEAR, citations, hits, clock)

    def _from_census(self, census: Census, turn: Turn, clock: _Clock) -> Answer:
        """List the documents that a question asks for, all of them."""
        query, day = turn.query, day_of(turn.query)
        documents = (self._document(document.doc_id) for document in self._records.catalogue)

        def belongs(document: Document) -> bool:
            if not (may_see(query.audience, document) and query.reaches(document) and has_begun(document, day)):
                return False
            return in_force(document, day) != census.ended

        found = take(census, documents, belongs, day)
        clock.mark()
        if not found:
            return self._refuse(turn, "no_evidence", empty(census), (), [], clock)
        statements, citations = tell(census, found, self._citer.cite)
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

    def _from_article(self, turn: Turn, clock: _Clock) -> Answer | None:
        """Quote the article that is asked for by its number, or say why there is none."""
        found = self._articles.find(turn, lambda: self._thread(turn))
        if found is None:
            return None
        if found.refusal:
            return self._refuse(turn, *found.refusal, found.citations, [], clock)
        draft = Draft(self._citer, found.statements, found.citations)
        self._succession.mark(draft, turn.query)
        return self._finished(turn, draft, [], 1.0, clock)

    def _from_header(
        self, turn: Turn, named: Named, hits: list[Hit], thread: list[str], clock: _Clock
    ) -> Answer | None:
        """Answer from the header of the document that is named, or of the best one found; of each side of a
        comparison. Of what has ended it is told that it has, and what holds in its place."""
        found = self._headers.find(turn, named.documents, hits, thread)
        if found is None:
            return None
        draft = Draft(self._citer)
        for datum in found.data:
            draft.tell(f"{datum.whose}{datum.label}：", datum.document, datum.field)
        for document in found.documents:
            if found.validity or ending(document, day_of(turn.query)):
                self._succession.tell(draft, document, turn.query)
        return self._finished(turn, draft, hits, 1.0, clock)

    def _from_preamble(self, turn: Turn, named: Named, answer: Answer) -> Answer:
        """Say that the very thing asked for could not be established where a digest says so and the answer found does
        not speak of it."""
        near = [citation.doc_id for citation in answer.citations] + [hit.passage.doc_id for hit in answer.hits]
        doc_ids = [self._records.catalogue[n].doc_id for n in named.documents] or near[:1]
        datum = self._headers.not_established(turn.query, doc_ids[0]) if doc_ids else None
        if datum is None or any(datum.field.name in citation.quote for citation in answer.citations):
            return answer
        draft = Draft(self._citer)
        draft.tell(f"{datum.label}：", datum.document, datum.field)
        statements, citations = tuple(draft.statements), tuple(draft.citations)
        return replace(answer, statements=statements, citations=citations, refusal=None, confidence=1.0)

    def _from_text(self, turn: Turn, named: Named, hits: list[Hit], thread: list[str], clock: _Clock) -> Answer:
        query = turn.query
        if thread and not named.documents:
            hits = joined(hits, self._investigator.search(query, only=self._ordinals(thread), k=_THREAD))
        sides = self._comparison.sides(turn, named.documents, named.rest, hits, thread)
        if sides:
            return self._answer(turn, [side for side, _ in sides], hits, min(likely for _, likely in sides), clock)
        read = (
            joined(hits, self._investigator.search(query, ended=True, k=_ENDED))
            if self._may_have_ended[query.audience]
            else hits
        )
        question, candidates = self._investigator.read(turn, read, thread)
        if len(named.documents) > 1 and compares(query.text):
            candidates = []  # one of the documents alone is no comparison
        answering = {
            doc_id
            for doc_id in {candidate.doc_id for candidate in candidates}
            if self._succession.may_answer(self._document(doc_id), named, query)
        }
        current = [c for c in candidates if c.doc_id in answering]
        ended = [c for c in candidates if c.doc_id not in answering and self._has_begun(c, query)]
        likely = self._investigator.probability(question, current, query) if current else 0.0
        enough = self._investigator.enough
        if ended and (not current or ended[0].score > current[0].score):
            deleted = self._deleted(ended[0], turn, hits, clock)
            if deleted:
                return deleted
        outdone = bool(ended) and (not current or ended[0].score > current[0].score + self._thresholds.ended)
        if outdone and self._investigator.probability(question, ended, query) >= enough:
            return self._in_place_of(ended[0], turn, named, hits, clock)
        if likely >= enough:
            before = ended[0] if ended and ended[0].score > current[0].score else None
            return self._conflict(turn, question, current, hits, likely, clock) or self._answer(
                turn, self._compose(question, current), hits, likely, clock, before
            )
        refusal, near = self._nearest.refusal(turn, named, question, current, read, likely)
        refused = self._refuse(turn, refusal.kind, refusal.message, self._citer.quote(near), hits, clock)
        return replace(refused, confidence=likely)

    def _deleted(self, ended: Candidate, turn: Turn, hits: list[Hit], clock: _Clock) -> Answer | None:
        """Say that the article that would answer was deleted by a decision, where it was."""
        found = self._succession.deletion(ended.clause_id, turn.query)
        if found is None:
            return None
        decision, field = found
        draft = Draft(self._citer)
        label = self._investigator.clause(ended.clause_id).label
        words = f"《{self._document(ended.doc_id).title}》原{label}已由《{decision.title}》删去"
        draft.say(words, decision, [(field.start, field.end)])
        return self._finished(turn, draft, hits, 1.0, clock)

    def _in_place_of(self, ended: Candidate, turn: Turn, named: Named, hits: list[Hit], clock: _Clock) -> Answer:
        """Answer from what holds in the place of a document that has ended; refuse where that says nothing of it."""
        query, document = turn.query, self._document(ended.doc_id)
        after = self._succession.of(ended.doc_id, query)
        near = [ended]
        if after:
            beside = replace(query, text=named.rest) if named.documents and named.rest else query
            found = self._investigator.search(beside, only=self._ordinals([other.doc_id for other in after]))
            question, candidates = self._investigator.read(Turn(beside, beside.text, None, False), found)
            likely = self._investigator.probability(question, candidates, beside) if candidates else 0.0
            if likely >= self._investigator.enough:
                return self._answer(turn, self._compose(question, candidates), found, likely, clock, ended)
            near += candidates[:_BESIDE]
        told = validity(document, day_of(query))
        draft = Draft(self._citer, (), self._citer.quote(near))
        draft.say(told.words, document, told.spans)
        message = refusals.ended(document, told.words, after)
        return self._refuse(turn, "expired", message, tuple(draft.citations), hits, clock)

    def _conflict(
        self, turn: Turn, question: Question, current: list[Candidate], hits: list[Hit], likely: float, clock: _Clock
    ) -> Answer | None:
        """Refuse where two documents that hold in the same place say the same with different figures."""
        other = contradicting(question, current)
        if other is None:
            return None
        documents = [self._document(candidate.doc_id) for candidate in (current[0], other)]
        if region_of(documents[0]) != region_of(documents[1]) or documents[0].level != documents[1].level:
            return None
        if not all(in_force(document, day_of(turn.query)) for document in documents):
            return None  # what has ended may say otherwise
        citations = self._citer.quote([current[0], other])
        message = conflicting(list(zip(documents, citations, strict=True)))
        return replace(self._refuse(turn, "conflicting", message, citations, hits, clock), confidence=likely)

    def _answer(
        self,
        turn: Turn,
        chosen: list[Candidate],
        hits: list[Hit],
        likely: float,
        clock: _Clock,
        before: Candidate | None = None,
    ) -> Answer:
        """Quote what was chosen; `before` is a sentence of a document that has ended, whose place the one quoted may
        have taken."""
        citations = self._citer.quote(chosen)
        if header_of(citations[0].clause_id):
            statements, citations = tell_rows(turn.query.text, citations, self._citer, self._records)
        else:
            statements, citations = self._stated(turn.query, citations)
        draft = Draft(self._citer, statements, citations)
        self._succession.mark(draft, turn.query)
        after = self._succession.of(before.doc_id, turn.query) if before else []
        if before and any(document.doc_id == citations[0].doc_id for document in after):
            self._succession.tell(draft, self._document(before.doc_id), turn.query)
        return self._finished(turn, draft, hits, likely, clock)

    def _stated(
        self, query: Query, citations: tuple[Citation, ...]
    ) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
        """Make statements of quotations, with the clause that a single one points at."""
        if len(citations) == 1:
            citations += self._citer.pointed_at(citations[0], query.audience)
        focuses = [self._investigator.focus(query.text, citation.quote) for citation in citations[:_FOCUSED]]
        focuses += [None] * (len(citations) - len(focuses))
        quotes = [(c, self._document(c.doc_id), focus) for c, focus in zip(citations, focuses, strict=True)]
        return state(quotes, contradicted(query.text, citations[0].quote)), citations

    def _finished(self, turn: Turn, draft: Draft, hits: list[Hit], likely: float, clock: _Clock) -> Answer:
        statements, citations = tuple(draft.statements), tuple(draft.citations)
        return Answer(turn.query.text, statements, citations, tuple(hits), None, clock.timing(), confidence=likely)

    def _compose(self, question: Question, current: list[Candidate]) -> list[Candidate]:
        together = listed_together(question, current[0], current)
        return together or choose(question, current, self._text)

    def _is_in_force(self, candidate: Candidate, query: Query) -> bool:
        return in_force(self._document(candidate.doc_id), day_of(query))

    def _has_begun(self, candidate: Candidate, query: Query) -> bool:
        return has_begun(self._document(candidate.doc_id), day_of(query))

    def _ordinals(self, doc_ids: list[str]) -> frozenset[int]:
        return frozenset(self._records.ordinals[doc_id] for doc_id in doc_ids)

    def _text(self, candidate: Candidate) -> str:
        return self._document(candidate.doc_id).text[candidate.start : candidate.end]

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
