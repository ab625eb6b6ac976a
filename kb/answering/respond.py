"""From a question to an answer or a refusal.

An answer is a list of statements, each a quotation of a document's own words, so that a citation holds
what it is cited for by construction. When nothing found covers what is asked, the answer is a refusal
that shows the nearest material.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from typing import get_args

from kb.answering import refusals
from kb.answering.articles import ArticleSearch
from kb.answering.candidate import Candidate
from kb.answering.citing import Citer
from kb.answering.comparison import Comparison
from kb.answering.compose import state
from kb.answering.conflicts import contradicting
from kb.answering.draft import Draft
from kb.answering.follow_up import Turn, choice_in, resolve
from kb.answering.header_search import HeaderSearch
from kb.answering.investigate import Investigator, joined
from kb.answering.nearest import Nearest
from kb.answering.premises import contradicted
from kb.answering.refusals import UNCLEAR, conflicting, unknown_name
from kb.answering.register_answer import RegisterAnswerer, none_found
from kb.answering.several_answers import together
from kb.answering.sides import compares
from kb.answering.specifics import region_of
from kb.answering.succession import Succession, day_of
from kb.answering.suggestions import suggest
from kb.answering.table_rows import header_of, rows_asked, tell_rows
from kb.answering.validity import ENDED, ending, validity
from kb.index.records import Records
from kb.naming import Named, Register
from kb.provenance import name_of
from kb.question.ambiguity import is_general, points_nowhere
from kb.question.language import is_chinese
from kb.question.register_question import RegisterReader
from kb.question.several import questions_in
from kb.question.small_talk import REPLIES, small_talk
from kb.question.vocabulary import Vocabulary
from kb.reading.reader import Reader
from kb.retrieval import Retriever
from kb.text.fold import fold_text
from kb.types import Answer, Audience, Citation, Hit, Query, Refusal, RefusalKind, Statement, Timing
from kb.visibility import has_begun, in_force, may_see

_REGISTER = 5_000  # documents up to which all are looked through
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
        reader: Reader,
        thresholds: Thresholds = Thresholds(),
    ) -> None:
        self._retriever = retriever
        self._records = records
        self._register = register
        self._thresholds = thresholds
        self._investigator = Investigator(retriever, records, reader)
        self._document = self._investigator.document
        self._headers = HeaderSearch(self._investigator, records)
        self._nearest = Nearest(self._investigator, records)
        self._succession = Succession(records, self._document, retriever.is_visible)
        self._citer = Citer(records, register, self._investigator.document, self._investigator.clause)
        self._articles = ArticleSearch(records, self._document, retriever.is_visible, self._citer)
        self._suggestions = lru_cache(maxsize=4096)(self._suggest)
        self._comparison = Comparison(self._investigator, records, self._citer)
        self._answerer = RegisterAnswerer(records, self._document, self._citer)
        self._reader_of_register = cache(self._open_register)
        self._topics = cache(self._topics_of)
        self._visible = {
            audience: [document for document in records.catalogue if may_see(audience, document)]
            for audience in get_args(Audience)
        }
        self._may_have_ended = {
            audience: any(document.expires or document.status in ENDED for document in documents)
            for audience, documents in self._visible.items()
        }

    def respond(self, query: Query) -> Answer:
        """Answer a query: each of its questions by itself; small talk with a sentence and no search."""
        clock = _Clock()
        talk = small_talk(query.text)
        if talk is not None:
            return Answer(query.text, (Statement(REPLIES[talk], ()),), (), (), None, clock.timing(), confidence=1.0)
        parts = questions_in(query.text)
        if len(parts) > 1:
            asked = [replace(query, text=part, previous=(*query.previous, *parts[:n])) for n, part in enumerate(parts)]
            return together(query.text, parts, [self._one(one, _Clock()) for one in asked], clock.timing())
        return self._one(query, clock)

    def _one(self, query: Query, clock: _Clock) -> Answer:
        """Answer one question, which may lean on those before it."""
        chosen = self._chosen(query, clock)
        return chosen or self._respond(resolve(query, self._topics(query.audience)), clock)

    def _chosen(self, query: Query, clock: _Clock) -> Answer | None:
        """Answer the question before from the document that was chosen (第二个) of those it was asked back about."""
        choice = choice_in(query.text) if query.previous else None
        if choice is None:
            return None
        before = resolve(replace(query, text=query.previous[-1], previous=query.previous[:-1]))
        back = self._respond(before, clock)
        if back.refusal is None or back.refusal.kind != "needs_clarification" or choice > len(back.citations):
            return None
        meant = back.citations[choice - 1]
        within = replace(before.query, within=frozenset((meant.doc_id,)))
        answer = self._respond(replace(before, query=within), clock)
        if answer.refusal is None:
            return answer
        quoted = (replace(meant, number=1),)
        return replace(back, statements=(Statement(meant.quote, (1,)),), citations=quoted, refusal=None)

    def _topics_of(self, audience: Audience) -> frozenset[str]:
        return frozenset(fold_text(topic) for document in self._visible[audience] for topic in document.topics)

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
        article = self._from_article(turn, clock)
        if article:
            return article
        listing = self._from_register(turn, clock)
        if listing is not None:
            return listing
        named = self._named(turn)
        if named.unknown:
            near = self._nearest.find(turn, named, []) if named.documents else []
            return self._refuse(turn, "no_evidence", unknown_name(named), self._citer.point_at(near), [], clock)
        pointer = points_nowhere(turn.query.text) if turn.earlier is None and not named.documents else None
        if pointer:
            return self._refuse(turn, "needs_clarification", refusals.points_nowhere(pointer), (), [], clock)
        if not is_chinese(turn.query.text, self._retriever.term_weights[turn.query.audience].heard):
            shown = self._citer.point_at(self._nearest.find(turn, named, []))
            return self._refuse(turn, "needs_clarification", refusals.NOT_CHINESE, shown, [], clock)
        hits = self._investigator.search(turn.query, only=frozenset(named.documents) or None)
        clock.mark()
        thread = self._thread(turn)
        if turn.earlier is None and not named.documents and is_general(turn.query.text):
            unclear = self._ask_back(turn, hits, clock)
            if unclear:
                return unclear
        compared = self._comparison.headers(turn.query.text, named)
        if compared is not None:
            return replace(self._finished(turn, compared[0], [], 1.0, clock), table=compared[1])
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
        return Named(fresh, unknown, whole.marked) if fresh or unknown else whole

    def _ask_back(self, turn: Turn, hits: list[Hit], clock: _Clock) -> Answer | None:
        """Show what a question may mean that fits several documents; nothing where it can mean but one."""
        candidates = self._investigator.read(turn, hits)
        by_document: dict[str, Candidate] = {}
        for candidate in candidates:
            if self._is_in_force(candidate, turn.query):
                by_document.setdefault(candidate.doc_id, candidate)
        if len(by_document) < 2:
            return None
        citations = self._citer.point_at(list(by_document.values())[:_READINGS])
        return self._refuse(turn, "needs_clarification", UNCLEAR, citations, hits, clock)

    def _from_register(self, turn: Turn, clock: _Clock) -> Answer | None:
        """Answer a question for documents from the register of those that may be seen and had begun; None for any other."""
        query, day = turn.query, day_of(turn.query)
        documents = self._visible[query.audience]
        if len(documents) > _REGISTER:
            return None
        asked = self._reader_of_register(query.audience).read(
            query.text, lambda text: self._register.find(text, partial(self._retriever.is_visible, query)), day
        )
        if asked is None:
            return None
        there = [document for document in documents if query.reaches(document) and has_begun(document, day)]
        listing = self._answerer.answer(asked, there, day)
        clock.mark()
        if listing is None:
            related_to = [self._records.catalogue[n] for n in asked.related_to]
            return self._refuse(turn, "no_evidence", none_found(asked, related_to), (), [], clock)
        told, cited = listing.statements, listing.citations
        return Answer(query.text, told, cited, (), None, clock.timing(), confidence=1.0, table=listing.table)

    def _open_register(self, audience: Audience) -> RegisterReader:
        """Learn the words of the documents that an audience may see: what is hidden must leave no trace."""
        documents = self._visible[audience]
        return RegisterReader(Vocabulary(documents), documents, self._retriever.translate)

    def _thread(self, turn: Turn) -> list[str]:
        """Name the documents that the question before was about."""
        if turn.earlier is None:
            return []
        before = replace(turn.query, text=turn.earlier)
        candidates = self._investigator.read(Turn(before, turn.earlier, None, False), self._investigator.search(before))
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
        for document, labels, span in found.unstated:
            draft.say(f"{name_of(document)}的文件信息中未载明{'、'.join(labels)}", document, (span,))
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
        sides = self._comparison.sides(turn, named, hits, thread)
        if sides:
            likely = min(side.likely for side in sides)
            told = self._answer(turn, [side.best for side in sides if side.best], hits, likely, clock)
            draft = Draft(self._citer, told.statements, told.citations)
            table = self._comparison.tell_missing(draft, sides)
            return replace(self._finished(turn, draft, hits, likely, clock), table=table)
        read = (
            joined(hits, self._investigator.search(query, ended=True, k=_ENDED))
            if self._may_have_ended[query.audience]
            else hits
        )
        candidates = self._investigator.read(turn, read, thread)
        if len(named.documents) > 1 and compares(query.text):
            candidates = []  # one of the documents alone is no comparison
        answering = {
            doc_id
            for doc_id in {candidate.doc_id for candidate in candidates}
            if self._succession.may_answer(self._document(doc_id), named, query)
        }
        current = [c for c in candidates if c.doc_id in answering]
        ended = [c for c in candidates if c.doc_id not in answering and self._has_begun(c, query)]
        likely = self._investigator.probability(current)
        enough = self._investigator.enough
        if ended and (not current or ended[0].score > current[0].score):
            deleted = self._deleted(ended[0], turn, hits, clock)
            if deleted:
                return deleted
        outdone = bool(ended) and (not current or ended[0].score > current[0].score + self._thresholds.ended)
        if outdone and self._investigator.probability(ended) >= enough:
            return self._in_place_of(ended[0], turn, named, hits, clock)
        if likely >= enough:
            before = ended[0] if ended and ended[0].score > current[0].score else None
            return self._conflict(turn, current, hits, likely, clock) or self._answer(
                turn, current[:1], hits, likely, clock, before
            )
        refusal, near = self._nearest.refusal(turn, named, current, read, likely)
        refused = self._refuse(turn, refusal.kind, refusal.message, self._citer.point_at(near), hits, clock)
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
            candidates = self._investigator.read(Turn(beside, beside.text, None, False), found)
            likely = self._investigator.probability(candidates)
            if likely >= self._investigator.enough:
                return self._answer(turn, candidates[:1], found, likely, clock, ended)
            near += candidates[:_BESIDE]
        told = validity(document, day_of(query))
        draft = Draft(self._citer, (), self._citer.point_at(near))
        draft.say(told.words, document, told.spans)
        message = refusals.ended(document, told.words, after)
        return self._refuse(turn, "expired", message, tuple(draft.citations), hits, clock)

    def _conflict(
        self, turn: Turn, current: list[Candidate], hits: list[Hit], likely: float, clock: _Clock
    ) -> Answer | None:
        """Refuse where two documents that hold in the same place say the same with different figures."""
        other = contradicting(turn.query.text, current, self._text)
        if other is None:
            return None
        documents = [self._document(candidate.doc_id) for candidate in (current[0], other)]
        if region_of(documents[0]) != region_of(documents[1]) or documents[0].level != documents[1].level:
            return None
        if not all(in_force(document, day_of(turn.query)) for document in documents):
            return None  # what has ended may say otherwise
        citations = self._citer.point_at([current[0], other])
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
            rows = rows_asked(turn.query.text, citations[0], self._citer, self._records)
            rows = citations if rows == citations[:1] else rows
            statements, citations = tell_rows(turn.query.text, rows, self._citer, self._records)
        else:
            statements, citations = self._stated(turn.query, chosen, citations)
        draft = Draft(self._citer, statements, citations)
        self._succession.mark(draft, turn.query)
        after = self._succession.of(before.doc_id, turn.query) if before else []
        if before and any(document.doc_id == citations[0].doc_id for document in after):
            self._succession.tell(draft, self._document(before.doc_id), turn.query)
        return self._finished(turn, draft, hits, likely, clock)

    def _stated(
        self, query: Query, chosen: Sequence[Candidate], citations: tuple[Citation, ...]
    ) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
        """Make statements of quotations, with the clause that a single one points at."""
        if len(citations) == 1:
            citations += self._citer.pointed_at(citations[0], query.audience)
        quotes = [(c, self._document(c.doc_id), _standing_out(c, chosen)) for c in citations]
        first, *rest = state(quotes, contradicted(query.text, citations[0].quote))
        verdict = chosen[0].verdict if len(chosen) == 1 else None  # each side of a comparison has its own
        return (replace(first, verdict=verdict), *rest), citations

    def _finished(self, turn: Turn, draft: Draft, hits: list[Hit], likely: float, clock: _Clock) -> Answer:
        statements, citations = tuple(draft.statements), tuple(draft.citations)
        return Answer(turn.query.text, statements, citations, tuple(hits), None, clock.timing(), confidence=likely)

    def _is_in_force(self, candidate: Candidate, query: Query) -> bool:
        return in_force(self._document(candidate.doc_id), day_of(query))

    def _has_begun(self, candidate: Candidate, query: Query) -> bool:
        return has_begun(self._document(candidate.doc_id), day_of(query))

    def _ordinals(self, doc_ids: list[str]) -> frozenset[int]:
        return frozenset(self._records.ordinals[doc_id] for doc_id in doc_ids)

    def _text(self, candidate: Candidate) -> str:
        return self._document(candidate.doc_id).text[slice(*candidate.likeliest)]

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


def _standing_out(citation: Citation, chosen: Sequence[Candidate]) -> tuple[int, int] | None:
    """Give the minimal answer of a candidate as a span of the quotation that holds it."""
    for candidate in chosen:
        if candidate.doc_id == citation.doc_id and candidate.short:
            start, end = candidate.short
            if citation.start <= start and end <= citation.end:
                return start - citation.start, end - citation.start
    return None
