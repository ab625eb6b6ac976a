"""The answer from the text of the documents: the sentences that answer, of what holds on the day asked about.

What has ended answers for its own time only; what takes its place answers instead, and both are told. Where two documents that hold in one
place contradict each other, neither is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.answering import refusals
from kb.answering.candidate import Candidate
from kb.answering.citing import Citer
from kb.answering.comparison import Comparison
from kb.answering.compose import state
from kb.answering.conflicts import contradicting
from kb.answering.deadline_answer import DeadlineAnswerer
from kb.answering.draft import Draft
from kb.answering.follow_up import Turn
from kb.answering.investigate import Investigator, joined
from kb.answering.nearest import Nearest
from kb.answering.opening import opening
from kb.answering.outcome import Clock, answered, refused
from kb.answering.rank import Rank
from kb.answering.refusals import conflicting
from kb.answering.sides import compares
from kb.answering.specifics import region_of
from kb.answering.succession import Succession, day_of
from kb.answering.table_answer import header_of, rows_asked, tell_rows
from kb.answering.validity import validity
from kb.calendar import UNKNOWN_CALENDAR, WorkingCalendar
from kb.index.records import Records
from kb.naming import Named
from kb.text.names import titled
from kb.text.terms import terms
from kb.types import Answer, Audience, Citation, Hit, Query, Statement
from kb.visibility import has_begun, in_force

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
        self._deadlines = DeadlineAnswerer(investigator, succession, citer, rank, calendar)

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
        by_number = named.documents and "号" in query.text and "号" not in named.rest and terms(named.rest)
        rest = named.rest if by_number else ""
        candidates = self._investigator.read(turn, hits, thread, rest=rest)
        read = hits
        if self._may_have_ended[query.audience]:
            read = joined(hits, self._investigator.search(query, ended=True, k=_ENDED))
            gone = self._investigator.read(turn, read[len(hits) :], thread, rest=rest)
            candidates = sorted([*candidates, *gone], key=lambda candidate: -candidate.score)
        if len(named.documents) > 1 and compares(query.text):
            candidates = []  # one of the documents alone is no comparison
        answering = {
            doc_id
            for doc_id in {candidate.doc_id for candidate in candidates}
            if self._succession.may_answer(self._document(doc_id), named, query)
        }
        current = [c for c in candidates if c.doc_id in answering]
        ended = [c for c in candidates if c.doc_id not in answering and self._has_begun(c, query)]
        other = contradicting(query.text, current, self._investigator.words)
        likely = self._investigator.probability([candidate for candidate in current if candidate is not other])
        enough = self._investigator.enough
        if ended and (not current or ended[0].score > current[0].score):
            deleted = self._deleted(ended[0], turn, hits, clock)
            if deleted:
                return deleted
        outdone = bool(ended) and (not current or ended[0].score > current[0].score + self._thresholds.ended)
        if outdone and self._investigator.probability(ended) >= enough:
            return self._in_place_of(ended[0], turn, named, hits, clock)
        if likely >= enough:
            local = None if named.documents else self._rank.for_place(turn, current[0])
            if local is not None:
                current, likely = local
                other = contradicting(query.text, current, self._investigator.words)
            before = ended[0] if ended and ended[0].score > current[0].score else None
            return self._conflict(turn, current[0], other, hits, likely, clock) or self._answer(
                turn, current[:1], hits, likely, clock, before
            )
        refusal, near = self._nearest.refusal(turn, named, current, read, likely)
        quoted = self._citer.point_at(near)
        return replace(refused(turn, refusal.kind, refusal.message, quoted, hits, clock), confidence=likely)

    def _deleted(self, ended: Candidate, turn: Turn, hits: list[Hit], clock: Clock) -> Answer | None:
        """Say that the article that would answer was deleted by a decision, where it was."""
        found = self._succession.deletion(ended.clause_id, turn.query)
        if found is None:
            return None
        decision, field = found
        draft = Draft(self._citer)
        label = self._investigator.clause(ended.clause_id).label
        words = f"{titled(self._document(ended.doc_id).title)}原{label}已由{titled(decision.title)}删去"
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
            candidates = self._investigator.read(Turn(beside, beside.text, None, False), found)
            likely = self._investigator.probability(candidates)
            if likely >= self._investigator.enough:
                return self._answer(turn, candidates[:1], found, likely, clock, ended)
            near += candidates[:_BESIDE]
        told = validity(document, day_of(query))
        draft = Draft(self._citer, (), self._citer.point_at(near))
        draft.say(told.words, document, told.spans)
        message = refusals.ended(document, told.words, after)
        return refused(turn, "expired", message, tuple(draft.citations), hits, clock)

    def _conflict(
        self, turn: Turn, best: Candidate, other: Candidate | None, hits: list[Hit], likely: float, clock: Clock
    ) -> Answer | None:
        """Refuse where two documents that hold in the same place say the same with different figures."""
        if other is None:
            return None
        documents = [self._document(candidate.doc_id) for candidate in (best, other)]
        regions = [region_of(document, self._investigator.places) for document in documents]
        if regions[0] != regions[1] or documents[0].level != documents[1].level:
            return None
        if not all(in_force(document, day_of(turn.query)) for document in documents):
            return None  # what has ended may say otherwise
        citations = self._citer.point_at([best, other])
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
        hits = joined(hits, (candidate.hit for candidate in chosen))  # it may have been found by a search of its own
        citations = self._citer.quote(chosen)
        if header_of(citations[0].clause_id):
            rows = rows_asked(turn.query.text, citations[0], self._citer, self._records)
            rows = citations if rows == citations[:1] else rows
            statements, citations = tell_rows(turn.query.text, rows, self._citer, self._records)
        else:
            statements, citations = self._stated(turn.query, chosen, citations, likely)
        draft = Draft(self._citer, statements, citations)
        self._rank.tell_superior(draft, turn)
        self._succession.mark(draft, turn.query)
        after = self._succession.of(before.doc_id, turn.query) if before else []
        if before and any(document.doc_id == citations[0].doc_id for document in after):
            self._succession.tell(draft, self._document(before.doc_id), turn.query)
        return answered(turn, draft, hits, likely, clock)

    def _stated(
        self, query: Query, chosen: Sequence[Candidate], citations: tuple[Citation, ...], likely: float
    ) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
        """Make statements of quotations, with the clause that a single one points at."""
        if len(citations) == 1:
            citations += self._citer.pointed_at(citations[0], query.audience)
        quotes = [(c, self._document(c.doc_id), _standing_out(c, chosen)) for c in citations]
        verdict = chosen[0].verdict(likely) if len(chosen) == 1 else None  # each side of a comparison has its own
        first, *rest = state(quotes, self._investigator.places, opening(query.text, citations[0].quote, verdict))
        return (replace(first, verdict=verdict), *rest), citations

    def _has_begun(self, candidate: Candidate, query: Query) -> bool:
        return has_begun(self._document(candidate.doc_id), day_of(query))

    def _ordinals(self, doc_ids: list[str]) -> frozenset[int]:
        return frozenset(self._records.ordinals[doc_id] for doc_id in doc_ids)


def _standing_out(citation: Citation, chosen: Sequence[Candidate]) -> tuple[int, int] | None:
    """Give the minimal answer of a candidate as a span of the quotation that holds it."""
    for candidate in chosen:
        if candidate.doc_id == citation.doc_id and candidate.short:
            start, end = candidate.short
            if citation.start <= start and end <= citation.end:
                return start - citation.start, end - citation.start
    return None
