"""The answer from the text of the documents: the sentences that answer, of what holds on the day asked about.

What has ended answers for its own time only; what takes its place answers instead, and both are told. Where two
documents that hold in one place contradict each other, neither is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from kb.answering import refusals
from kb.answering.articles import ArticleAnswerer, AskedOfArticles
from kb.answering.comparison import Comparison
from kb.answering.header_search import HeaderSearch
from kb.answering.inquiry import Inquiry
from kb.answering.nearest import Nearest
from kb.answering.rank import Rank
from kb.evidence.conflicts import contradicting
from kb.evidence.investigate import Investigator, joined
from kb.evidence.specifics import region_of
from kb.evidence.succession import Succession
from kb.index.records import Records
from kb.question.asked_place import asked_places
from kb.question.comparing_question import compares
from kb.question.words import content_of
from kb.quoting.candidate import Candidate
from kb.quoting.citing import Citer
from kb.quoting.compose import state
from kb.quoting.draft import Draft
from kb.quoting.header_span import header_span
from kb.quoting.opening import opening
from kb.quoting.table_answer import header_of, rows_asked, tell_rows
from kb.quoting.validity import validity
from kb.text.names import titled
from kb.text.sentences import opens_list
from kb.text.terms import terms
from kb.types import Answer, Audience, Citation, Hit, Query, Statement
from kb.visibility import ENDED, has_begun, in_force, may_see

_THREAD = 8  # passages of the document that the conversation is about
_WHOLE = 2_000  # passages: more than any document has that is cited by its articles
_BESIDE = 2  # sentences shown of what holds in the place of a document that has ended
_ENDED_AHEAD = 1.0
"""How much likelier what is no longer in force must be than what is, in log-odds, for the question to be about that."""


class TextAnswerer:
    """Answers from the texts of one snapshot."""

    def __init__(
        self,
        investigator: Investigator,
        records: Records,
        citer: Citer,
        succession: Succession,
        comparison: Comparison,
        nearest: Nearest,
        rank: Rank,
        headers: HeaderSearch,
        articles: ArticleAnswerer,
    ) -> None:
        self._investigator = investigator
        self._records = records
        self._citer = citer
        self._succession = succession
        self._document = investigator.document
        self._comparison = comparison
        self._nearest = nearest
        self._rank = rank
        self._headers = headers
        self._articles = articles
        self._may_have_ended = cache(self._may_have_ended_for)

    def answer(self, inquiry: Inquiry) -> Answer:
        """Answer from what was found and read, or refuse; where a digest says that the very thing asked for could not
        be established, and what was found does not speak of it, that is the answer."""
        asked = self._articles.asked_of(inquiry)
        answer = (self._from_articles(inquiry, asked) if asked else None) or self._from_sentences(inquiry)
        if asked and answer.refusal and answer.refusal.kind in ("no_evidence", "weak_evidence", "out_of_scope"):
            return self._shown(inquiry, asked, answer)
        near = [cited.doc_id for cited in answer.citations] + [hit.passage.doc_id for hit in answer.hits]
        doc_ids = [self._records.catalogue[n].doc_id for n in inquiry.named.documents] or near[:1]
        datum = self._headers.not_established(inquiry.query, doc_ids[0]) if doc_ids else None
        if datum is None or any(datum.field.name in citation.quote for citation in answer.citations):
            return answer
        draft = Draft(self._citer)
        draft.tell(f"{datum.label}：", datum.document, datum.field)
        return inquiry.answered(draft, answer.hits)

    def _from_articles(self, inquiry: Inquiry, asked: AskedOfArticles) -> Answer | None:
        """Answer from the articles that a question names; nothing where they do not answer: what follows from an article
        may be told in another one."""
        if not self._succession.may_answer(asked.document, inquiry.named, inquiry.query):
            return None
        clause_ids = {clause.clause_id for clause in asked.clauses}
        found = self._investigator.search(inquiry.query, only=self._ordinals([asked.document.doc_id]), k=_WHOLE)
        hits = [hit for hit in found if hit.passage.clause_id in clause_ids]
        candidates = self._investigator.read(replace(inquiry.query, text=asked.words), hits)
        likely = self._investigator.probability(candidates)
        return self._told(inquiry, candidates[0], hits, likely) if likely >= self._investigator.enough else None

    def _shown(self, inquiry: Inquiry, asked: AskedOfArticles, refused: Answer) -> Answer:
        """Refuse with the words of the articles that a question names."""
        document = asked.document
        message = refusals.not_in_articles(document, asked.called)
        citations = self._citer.cite_clauses(document, asked.clauses)
        return inquiry.refused("no_evidence", message, citations, refused.hits, refused.confidence)

    def _from_sentences(self, inquiry: Inquiry) -> Answer:
        query, named, hits, thread = inquiry.query, inquiry.named, inquiry.hits, inquiry.thread
        if thread and not named.documents:
            hits = joined(hits, self._investigator.search(query, only=self._ordinals(thread), k=_THREAD))
        sides = self._comparison.sides(inquiry, hits)
        if sides:
            likely = min(side.likely for side in sides)
            draft = self._draft(query, [side.best for side in sides if side.best], likely)
            table = self._comparison.tell_missing(draft, sides)
            return inquiry.answered(draft, hits, likely, table)
        by_number = named.documents and "号" in query.text and "号" not in named.rest and terms(named.rest)
        rest = named.rest if by_number else ""
        candidates = self._investigator.read(query, hits, thread, rest=rest)
        read = hits
        if self._may_have_ended(query.audience):
            only = frozenset(named.documents) or None
            read = joined(hits, self._investigator.search(query, ended=True, only=only))
            gone = self._investigator.read(query, read[len(hits) :], thread, rest=rest)
            candidates = sorted([*candidates, *gone], key=lambda candidate: -candidate.score)
        if len(named.documents) > 1 and compares(query.text):
            candidates = []  # one of the documents alone is no comparison
        answering = {
            doc_id
            for doc_id in {candidate.doc_id for candidate in candidates}
            if self._succession.may_answer(self._document(doc_id), named, query)
        }
        current = [c for c in candidates if c.doc_id in answering]
        ended = [
            c for c in candidates if c.doc_id not in answering and has_begun(self._document(c.doc_id), inquiry.day)
        ]
        other = contradicting(query.text, current, self._investigator.words)
        likely = self._investigator.probability([candidate for candidate in current if candidate is not other])
        enough = self._investigator.enough
        if ended and (not current or ended[0].score > current[0].score):
            deleted = self._deleted(inquiry, ended[0], hits)
            if deleted:
                return deleted
        outdone = bool(ended) and (not current or ended[0].score > current[0].score + _ENDED_AHEAD)
        if outdone and self._investigator.probability(ended) >= enough:
            return self._in_place_of(inquiry, ended[0], hits)
        if likely >= enough:
            local = None if named.documents else self._rank.for_place(query, current[0])
            if local is not None:
                current, likely = local
                other = contradicting(query.text, current, self._investigator.words)
            if other is not None and self._conflict(current[0], other, inquiry.day):
                return self._undecided(inquiry, current[0], other, hits, likely)
            before = ended[0] if ended and ended[0].score > current[0].score else None
            return self._one_sided(inquiry, self._told(inquiry, current[0], hits, likely, before))
        refusal, near = self._nearest.refusal(query, named, current, read, likely)
        return inquiry.refused(refusal.kind, refusal.message, self._citer.point_at(near), hits, likely)

    def _deleted(self, inquiry: Inquiry, ended: Candidate, hits: list[Hit]) -> Answer | None:
        """Say that the article that would answer was deleted by a decision, where it was."""
        found = self._succession.deletion(ended.clause_id, inquiry.query)
        if found is None:
            return None
        decision, field = found
        draft = Draft(self._citer)
        label = self._investigator.clause(ended.clause_id).label
        words = f"{titled(self._document(ended.doc_id).title)}原{label}已由{titled(decision.title)}删去"
        draft.say(words, decision, [(field.start, field.end)])
        return inquiry.answered(draft, hits)

    def _in_place_of(self, inquiry: Inquiry, ended: Candidate, hits: list[Hit]) -> Answer:
        """Answer from what holds in the place of a document that has ended; refuse where that says nothing of it."""
        query, named, document = inquiry.query, inquiry.named, self._document(ended.doc_id)
        after = self._succession.of(ended.doc_id, query)
        near = [ended]
        if after:
            beside = replace(query, text=named.rest) if named.documents and named.rest else query
            found = self._investigator.search(beside, only=self._ordinals([other.doc_id for other in after]))
            candidates = self._investigator.read(beside, found)
            likely = self._investigator.probability(candidates)
            if likely >= self._investigator.enough:
                return self._told(inquiry, candidates[0], found, likely, ended)
            near += candidates[:_BESIDE]
        told = validity(document, inquiry.day)
        draft = Draft(self._citer, (), self._citer.point_at(near))
        start, end = header_span(document, self._records)
        # One line that shows the whole header; a field alone (2025年12月31日) says nothing.
        is_header = told.spans and all(start <= field and rest <= end for field, rest in told.spans)
        draft.say(told.words, document, [(start, end)] if is_header else told.spans)
        return inquiry.refused("expired", refusals.ended(document, told.words, after), tuple(draft.citations), hits)

    def _conflict(self, best: Candidate, other: Candidate, day: date) -> bool:
        """Say whether two documents that say the same with different figures hold in the same place: what has ended, or
        holds elsewhere, may say otherwise."""
        documents = [self._document(candidate.doc_id) for candidate in (best, other)]
        regions = [region_of(document, self._investigator.places) for document in documents]
        alike = regions[0] == regions[1] and documents[0].level == documents[1].level
        return alike and all(in_force(document, day) for document in documents)

    def _undecided(self, inquiry: Inquiry, best: Candidate, other: Candidate, hits: list[Hit], likely: float) -> Answer:
        """Refuse where two documents contradict each other."""
        citations = self._citer.point_at([best, other])
        documents = [self._document(candidate.doc_id) for candidate in (best, other)]
        message = refusals.conflicting(list(zip(documents, citations, strict=True)))
        return inquiry.refused("conflicting", message, citations, hits, likely)

    def _told(
        self, inquiry: Inquiry, chosen: Candidate, hits: list[Hit], likely: float, before: Candidate | None = None
    ) -> Answer:
        """Quote what was chosen; `before` is a sentence of a document that has ended, whose place the one quoted may
        have taken."""
        query = inquiry.query
        draft = self._draft(query, [chosen], likely)
        after = self._succession.of(before.doc_id, query) if before else []
        if before and any(document.doc_id == draft.citations[0].doc_id for document in after):
            self._succession.tell(draft, self._document(before.doc_id), query)
        hits = joined(hits, [chosen.hit])  # it may have been found by a search of its own
        return inquiry.answered(draft, hits, likely)

    def _one_sided(self, inquiry: Inquiry, answer: Answer) -> Answer:
        """Say what an answer to a comparison does not speak of."""
        missing = self._comparison.unmentioned(inquiry, answer.citations)
        if not missing:
            return answer
        return replace(answer, statements=(*answer.statements, Statement(refusals.one_sided(missing), (), own=True)))

    def _draft(self, query: Query, chosen: list[Candidate], likely: float) -> Draft:
        """Quote what was chosen, with what the law above says and what has ended."""
        citations = self._citer.quote(chosen)
        if header_of(citations[0].clause_id):
            rows = rows_asked(query.text, citations[0], self._citer, self._records)
            rows = citations if rows == citations[:1] else rows
            statements, citations = tell_rows(query.text, rows, self._citer, self._records)
        else:
            statements, citations = self._stated(query, chosen, citations, likely)
        draft = Draft(self._citer, statements, citations)
        self._rank.tell_superior(draft, query)
        self._succession.mark(draft, query)
        return draft

    def _may_have_ended_for(self, audience: Audience) -> bool:
        """Say whether any document that an audience may see may have ended: where none may, none is looked for."""
        seen = (document for document in self._records.catalogue if may_see(audience, document))
        return any(document.expires or document.status in ENDED for document in seen)

    def _stated(
        self, query: Query, chosen: Sequence[Candidate], citations: tuple[Citation, ...], likely: float
    ) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
        """Make statements of quotations, with the clause that a single one points at."""
        if len(citations) == 1:
            citations += self._citer.pointed_at(citations[0], query.audience, frozenset(content_of(query.text)))
        quotes = [(c, self._document(c.doc_id), _standing_out(c, chosen)) for c in citations]
        # Each side of a comparison has its own, and so has each item of a list: of what is so in one case of several
        # (有下列情形之一的) nobody can say that it is.
        alone = len(chosen) == 1 and not opens_list(citations[0].quote)
        verdict = chosen[0].verdict(likely) if alone else None
        places = self._investigator.places
        asked = places.narrowest(asked_places(query.text, places))
        first, *rest = state(quotes, places, opening(query.text, citations[0].quote, verdict), asked)
        return (replace(first, verdict=verdict), *rest), citations

    def _ordinals(self, doc_ids: list[str]) -> frozenset[int]:
        return frozenset(self._records.ordinals[doc_id] for doc_id in doc_ids)


def _standing_out(citation: Citation, chosen: Sequence[Candidate]) -> tuple[int, int] | None:
    """Give the part of a candidate that is the answer itself as a span of the quotation that holds it."""
    for candidate in chosen:
        if candidate.doc_id == citation.doc_id and candidate.standing_out:
            start, end = candidate.standing_out
            if citation.start <= start and end <= citation.end:
                return start - citation.start, end - citation.start
    return None
