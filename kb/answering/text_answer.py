"""The answer from the text of the documents: the sentences that answer, of what holds on the day asked about.

What has ended answers for its own time only; what takes its place answers instead, and both are told. Where two documents that hold in one
place contradict each other, neither is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kb.answering import refusals
from kb.answering.citing import Citer
from kb.answering.comparison import Comparison
from kb.answering.compose import choose, listed_together, state
from kb.answering.conflicts import contradicting
from kb.answering.deadline_answer import DeadlineAnswerer
from kb.answering.draft import Draft
from kb.answering.follow_up import Turn
from kb.answering.investigate import Investigator, joined
from kb.answering.nearest import Nearest
from kb.answering.outcome import Clock, answered, refused
from kb.answering.premises import contradicted
from kb.answering.question import Question
from kb.answering.rank import Rank
from kb.answering.reader import Candidate
from kb.answering.refusals import conflicting
from kb.answering.sides import compares
from kb.answering.specifics import region_of
from kb.answering.succession import Succession, day_of
from kb.answering.table_rows import header_of, rows_asked, tell_rows
from kb.answering.validity import validity
from kb.calendar import UNKNOWN_CALENDAR, WorkingCalendar
from kb.index.records import Records
from kb.naming import Named
from kb.types import Answer, Audience, Citation, Hit, Query, Statement
from kb.visibility import has_begun, in_force

_FOCUSED = 2  # statements in which the answer itself is looked for
_THREAD = 8  # passages of the document that the conversation is about
_BESIDE = 2  # sentences shown of what holds in the place of a document that has ended
_ENDED = 4  # passages of documents that have ended, which are read beside the others


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much likelier what is no longer in force must be than what is, in log-odds, for the question to be about
    that."""

    ended: float = 1.0


class TextAnswerer:
    """Answers from the texts of one snapshot; `may_have_ended` says for whom any document may have ended."""

    def __init__(
        self,
        investigator: Investigator,
        records: Records,
        citer: Citer,
        succession: Succession,
        comparison: Comparison,
        nearest: Nearest,
        rank: Rank,
        may_have_ended: Mapping[Audience, bool],
        thresholds: Thresholds = Thresholds(),
        calendar: WorkingCalendar = UNKNOWN_CALENDAR,
    ) -> None:
        self._investigator = investigator
        self._records = records
        self._citer = citer
        self._succession = succession
        self._may_have_ended = may_have_ended
        self._thresholds = thresholds
        self._document = investigator.document
        self._comparison = comparison
        self._nearest = nearest
        self._rank = rank
        self._deadlines = DeadlineAnswerer(investigator, succession, citer, calendar)

    def answer(self, turn: Turn, named: Named, hits: list[Hit], thread: list[str], clock: Clock) -> Answer:
        """Answer from what was found and read, or refuse; `thread` names the documents that the conversation is about."""
        query = turn.query
        due = self._deadlines.answer(turn, named, clock)
        if due is not None:
            return due
        if thread and not named.documents:
            hits = joined(hits, self._investigator.search(query, only=self._ordinals(thread), k=_THREAD))
        sides = self._comparison.sides(turn, named, hits, thread)
        if sides:
            likely = min(side.likely for side in sides)
            told = self._answer(turn, [side.best for side in sides if side.best], hits, likely, clock)
            draft = Draft(self._citer, told.statements, told.citations)
            table = self._comparison.tell_missing(draft, sides)
            return replace(answered(turn, draft, hits, likely, clock), table=table)
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
            local = None if named.documents else self._rank.for_place(turn, current[0])
            if local is not None:
                question, current, likely = local
            before = ended[0] if ended and ended[0].score > current[0].score else None
            return self._conflict(turn, question, current, hits, likely, clock) or self._answer(
                turn, self._compose(question, current), hits, likely, clock, before
            )
        refusal, near = self._nearest.refusal(turn, named, question, current, read, likely)
        quoted = self._citer.quote(near)
        return replace(refused(turn, refusal.kind, refusal.message, quoted, hits, clock), confidence=likely)

    def _deleted(self, ended: Candidate, turn: Turn, hits: list[Hit], clock: Clock) -> Answer | None:
        """Say that the article that would answer was deleted by a decision, where it was."""
        found = self._succession.deletion(ended.clause_id, turn.query)
        if found is None:
            return None
        decision, field = found
        draft = Draft(self._citer)
        label = self._investigator.clause(ended.clause_id).label
        words = f"《{self._document(ended.doc_id).title}》原{label}已由《{decision.title}》删去"
        draft.say(words, decision, [(field.start, field.end)])
        return answered(turn, draft, hits, 1.0, clock)

    def _in_place_of(self, ended: Candidate, turn: Turn, named: Named, hits: list[Hit], clock: Clock) -> Answer:
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
        return refused(turn, "expired", message, tuple(draft.citations), hits, clock)

    def _conflict(
        self, turn: Turn, question: Question, current: list[Candidate], hits: list[Hit], likely: float, clock: Clock
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
        return replace(refused(turn, "conflicting", message, citations, hits, clock), confidence=likely)

    def _answer(
        self,
        turn: Turn,
        chosen: list[Candidate],
        hits: list[Hit],
        likely: float,
        clock: Clock,
        before: Candidate | None = None,
    ) -> Answer:
        """Quote what was chosen; `before` is a sentence of a document that has ended, whose place the one quoted may
        have taken."""
        citations = self._citer.quote(chosen)
        if header_of(citations[0].clause_id):
            rows = rows_asked(turn.query.text, citations[0], self._citer, self._records)
            rows = citations if rows == citations[:1] else rows
            statements, citations = tell_rows(turn.query.text, rows, self._citer, self._records)
        else:
            statements, citations = self._stated(turn.query, citations)
        draft = Draft(self._citer, statements, citations)
        self._rank.tell_superior(draft, turn)
        self._succession.mark(draft, turn.query)
        after = self._succession.of(before.doc_id, turn.query) if before else []
        if before and any(document.doc_id == citations[0].doc_id for document in after):
            self._succession.tell(draft, self._document(before.doc_id), turn.query)
        return answered(turn, draft, hits, likely, clock)

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

    def _compose(self, question: Question, current: list[Candidate]) -> list[Candidate]:
        together = listed_together(question, current[0], current)
        return together or choose(question, current, self._text)

    def _has_begun(self, candidate: Candidate, query: Query) -> bool:
        return has_begun(self._document(candidate.doc_id), day_of(query))

    def _ordinals(self, doc_ids: list[str]) -> frozenset[int]:
        return frozenset(self._records.ordinals[doc_id] for doc_id in doc_ids)

    def _text(self, candidate: Candidate) -> str:
        return self._document(candidate.doc_id).text[candidate.start : candidate.end]
