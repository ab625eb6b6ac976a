"""From a question to an answer or a refusal.

An answer is a list of statements, each a quotation of a document's own words, so that a citation holds
what it is cited for by construction. When nothing found covers what is asked, the answer is a refusal
that shows the nearest material.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache, partial
from typing import get_args

from kb.answering import refusals
from kb.answering.answer_memory import AnswerMemory
from kb.answering.articles import ArticleSearch
from kb.answering.candidate import Candidate
from kb.answering.changes import ChangeAnswerer
from kb.answering.citing import Citer
from kb.answering.comparison import Comparison, is_with_itself, unfound_titles
from kb.answering.deadline_question import deadline_asked
from kb.answering.draft import Draft
from kb.answering.follow_up import Turn
from kb.answering.follow_up_answer import FollowUpAnswerer
from kb.answering.header_search import HeaderSearch
from kb.answering.investigate import Investigator
from kb.answering.nearest import Nearest
from kb.answering.outcome import Clock, answered, refused
from kb.answering.rank import Rank
from kb.answering.refusals import UNCLEAR, unknown_name
from kb.answering.register_answer import RegisterAnswerer, none_found
from kb.answering.several_answers import together
from kb.answering.succession import Succession, day_of
from kb.answering.suggestions import about_document, beside, suggest
from kb.answering.text_answer import TextAnswerer
from kb.answering.validity import ENDED, ending
from kb.calendar import UNKNOWN_CALENDAR, WorkingCalendar
from kb.editions import editions_of
from kb.index.records import Records
from kb.metadata import fields_asked
from kb.naming import Named, Register, without_names
from kb.provenance import name_of
from kb.question.ambiguity import is_chinese, is_general, points_nowhere
from kb.question.impossible_day import impossible_day
from kb.question.register_question import RegisterReader
from kb.question.several import questions_in
from kb.question.small_talk import REPLIES, small_talk
from kb.question.vocabulary import Vocabulary
from kb.reading.reader import Reader
from kb.retrieval import Retriever
from kb.text.fold import Script, fold_text, script_of
from kb.text.names import normal_name
from kb.types import Answer, Audience, Citation, Hit, Query, Statement
from kb.visibility import has_begun, in_force, may_see

_REGISTER = 5_000  # documents up to which all are looked through
_READINGS = 3  # things that an unclear question may mean, which are shown
_NEXT = 3  # questions to ask next
_REWORDED = 2  # wordings shown beside a refusal, which would be answered
_REMEMBERED = 512  # answers, of some twenty kilobytes with the passages that were found for them


class Responder:
    """Answers questions from one snapshot."""

    def __init__(
        self,
        retriever: Retriever,
        records: Records,
        register: Register,
        reader: Reader,
        calendar: WorkingCalendar = UNKNOWN_CALENDAR,
    ) -> None:
        self._retriever = retriever
        self._records = records
        self._register = register
        self._investigator = Investigator(retriever, records, reader)
        self._document = self._investigator.document
        self._headers = HeaderSearch(self._investigator, records, retriever.home)
        self._nearest = Nearest(self._investigator, records)
        self._succession = Succession(records, self._document, retriever.is_visible)
        self._citer = Citer(records, register, self._investigator.document, self._investigator.clause)
        self._articles = ArticleSearch(records, self._document, retriever.is_visible, self._citer)
        self._changes = ChangeAnswerer(records, self._document, retriever.is_visible, self._citer, self._articles)
        self._rank = Rank(records, self._investigator, self._citer, retriever.is_visible)
        self._suggestions = lru_cache(maxsize=4096)(self._suggest)
        self._answers = AnswerMemory(_REMEMBERED)
        self._comparison = Comparison(self._investigator, records, self._citer)
        self._answerer = RegisterAnswerer(records, self._document, self._citer, retriever.home)
        self._reader_of_register = cache(self._open_register)
        self._follow_ups = FollowUpAnswerer(
            self._investigator, cache(self._topics_of), retriever.home.places, self._respond
        )
        self._visible = {
            audience: [document for document in records.catalogue if may_see(audience, document)]
            for audience in get_args(Audience)
        }
        may_have_ended = {
            audience: any(document.expires or document.status in ENDED for document in documents)
            for audience, documents in self._visible.items()
        }
        self._texts = TextAnswerer(
            self._investigator,
            records,
            self._citer,
            self._succession,
            self._comparison,
            self._nearest,
            self._rank,
            may_have_ended,
            calendar=calendar,
        )

    def respond(self, query: Query) -> Answer:
        """Answer a query: each of its questions by itself; small talk with a sentence and no search.

        A snapshot does not change, so that what was asked on the same day is remembered.
        """
        clock = Clock()
        query, today = replace(query, query_id=""), date.today()
        known = self._answers.get(query, today)
        if known is not None:
            return replace(known, timing=clock.timing())
        answer = self._answer(query)
        self._answers.keep(query, today, answer)
        return answer

    def remembers(self, query: Query) -> bool:
        """Say whether a query was answered today, so that it takes no time to answer it again."""
        return self._answers.get(replace(query, query_id=""), date.today()) is not None

    def _answer(self, query: Query) -> Answer:
        clock = Clock()
        talk = small_talk(query.text)
        if talk is not None:
            return Answer(query.text, (Statement(REPLIES[talk], ()),), (), (), None, clock.timing(), confidence=1.0)
        parts = questions_in(query.text)
        if len(parts) > 1:
            asked = [replace(query, text=part, previous=(*query.previous, *parts[:n])) for n, part in enumerate(parts)]
            return together(query.text, parts, [self._one(one, Clock()) for one in asked], clock.timing())
        return self._one(query, clock)

    def _one(self, query: Query, clock: Clock) -> Answer:
        """Answer one question, which may lean on those before it."""
        impossible = impossible_day(query.text, day_of(query))
        if impossible:
            turn = Turn(query, query.text, None, False)
            return refused(turn, "needs_clarification", refusals.no_such_day(impossible), (), [], clock)
        return self._follow_ups.answer(query, clock)

    def whole(self, query: Query) -> Query:
        """Give the query to search for: made whole by its form, as the answer to it reads it first."""
        return self._follow_ups.whole(query).query

    def _topics_of(self, audience: Audience) -> frozenset[str]:
        return frozenset(fold_text(topic) for document in self._visible[audience] for topic in document.topics)

    def suggest(self, answer: Answer, audience: Audience) -> tuple[str, ...]:
        """Give questions to ask next, beside a refusal about the nearest clauses; each is tried, which takes longer than the answer did,
        and remembered."""
        script = script_of(answer.question)
        places = list(dict.fromkeys((cited.doc_id, cited.clause_id) for cited in answer.citations))
        if answer.refusal is None:
            return self._suggestions(*places[0], True, script, audience) if places else ()
        found = (self._suggestions(*place, False, script, audience) for place in places)
        return tuple(dict.fromkeys(question for questions in found for question in questions))[:_REWORDED]

    def _suggest(
        self, doc_id: str, clause_id: str, go_on: bool, script: Script | None, audience: Audience
    ) -> tuple[str, ...]:
        """Make questions about a clause, or to `go_on` from it about those beside it and the document."""

        def can_answer(question: str) -> bool:
            query = Query("", question, audience=audience)
            found = self._respond(Turn(query, question, None, False), Clock())
            return found.refusal is None and any(cited.doc_id == doc_id for cited in found.citations)

        document, clauses = self._document(doc_id), self._records.clauses(doc_id)
        if not go_on:
            return suggest(document, [self._records.clause(clause_id)], script, can_answer, 1)
        found = suggest(document, beside(clauses, clause_id), script, can_answer, _NEXT - 1)
        return (*found, *about_document(document, script))[:_NEXT]

    def complete(self, query: Query, quoted: Answer, statements: list[Statement], citations: list[Citation]) -> Answer:
        """Give what a language model wrote in the place of the quotations of an answer the marks that those had, and behind it
        what that answer told in its own words; its table is cited under the numbers that its sources have now."""
        draft = Draft(self._citer, statements, citations)
        self._succession.mark(draft, query)
        for statement in quoted.statements:
            if statement.own:
                draft.carry(statement, quoted.citations)
        table = quoted.table
        if table is not None:
            of_number = {citation.number: citation for citation in quoted.citations}
            cited = tuple(tuple(draft.number_of(of_number[number]) for number in row) for row in table.citations)
            table = replace(table, citations=cited)
        return replace(quoted, statements=tuple(draft.statements), citations=tuple(draft.citations), table=table)

    def _respond(self, turn: Turn, clock: Clock) -> Answer:
        changed = self._changes.answer(
            turn, lambda: self._follow_ups.thread(turn), lambda part: self._respond(part, Clock()), clock
        )
        if changed:
            return changed
        article = self._from_article(turn, clock)
        if article:
            return article
        named = self._named(turn)
        unfound = unfound_titles(turn.query.text, self._find_in(turn.query))
        named = replace(named, marked=without_names(named.marked, unfound))
        superior = self._rank.answer(turn, named)
        if superior:
            return answered(turn, superior, [], 1.0, clock)
        listing = self._from_register(turn, clock)
        if listing is not None:
            return listing
        if named.unknown:
            # Read without the names, or what is near would tell the number of a withheld document from one that nobody gave.
            rest = replace(turn, query=replace(turn.query, text=named.rest))
            near = self._nearest.find(rest, named, []) if named.documents and named.rest else []
            return refused(turn, "no_evidence", unknown_name(named), self._citer.point_at(near), [], clock)
        if is_with_itself(turn.query.text, named):
            return refused(turn, "needs_clarification", refusals.WITH_ITSELF, (), [], clock)
        pointer = points_nowhere(turn.query.text) if turn.earlier is None and not named.documents else None
        if pointer:
            return refused(turn, "needs_clarification", refusals.points_nowhere(pointer), (), [], clock)
        if not is_chinese(turn.query.text, self._retriever.term_weights[turn.query.audience].heard):
            # What the reader says of another language is not to be relied on: shown is only what shares words with it.
            near = self._nearest.find(turn, named, []) if self._investigator.unheard(turn.query) < 1 else ()
            return refused(turn, "needs_clarification", refusals.NOT_CHINESE, self._citer.point_at(near), [], clock)
        hits = self._investigator.search(turn.query, only=frozenset(named.documents) or None)
        clock.mark()
        thread = self._follow_ups.thread(turn)
        if turn.earlier is None and not named.documents and is_general(turn.query.text):
            unclear = self._ask_back(turn, hits, clock)
            if unclear:
                return unclear
        answer = self._from_documents(turn, named, hits, thread, clock)
        if unfound and answer.refusal is None:
            return replace(answer, statements=(*answer.statements, Statement(refusals.left_out(unfound), (), own=True)))
        return answer

    def _from_documents(self, turn: Turn, named: Named, hits: list[Hit], thread: list[str], clock: Clock) -> Answer:
        compared = self._comparison.headers(turn.query.text, named)
        if compared is not None:
            return replace(answered(turn, compared[0], [], 1.0, clock), table=compared[1])
        if not named.documents and "status" in fields_asked(turn.query.text):
            gone = Draft(self._citer)
            self._succession.tell_repeal(gone, turn.query)
            if gone.statements:
                return answered(turn, gone, [], 1.0, clock)
        due = deadline_asked(turn.query.text, day_of(turn.query))  # its day is not one of a header
        answer = None if due else self._from_header(turn, named, hits, thread, clock)
        return answer or self._from_preamble(turn, named, self._texts.answer(turn, named, hits, thread, clock))

    def _find_in(self, query: Query) -> Callable[[str], Named]:
        """Find the documents that a text names and the one who asks may see."""
        return partial(self._register.find, visible=partial(self._retriever.is_visible, query))

    def _named(self, turn: Turn) -> Named:
        """Find the documents that are named and may be seen; names in new words replace those in the words before."""

        find = self._find_in(turn.query)
        whole = find(turn.query.text)
        before = find(turn.earlier) if turn.earlier and turn.leans else Named()
        fresh = tuple(n for n in whole.documents if n not in before.documents)
        unknown = tuple(name for name in whole.unknown if name not in before.unknown)
        found = Named(fresh, unknown, whole.marked) if fresh or unknown else whole
        return replace(found, documents=tuple(self._edition_meant(n, turn.query) for n in found.documents))

    def _edition_meant(self, ordinal: int, query: Query) -> int:
        """Give of the editions of one title the one that holds on the day asked about, since the title does not tell which."""
        named, day = self._records.catalogue[ordinal], day_of(query)
        if in_force(named, day) or (named.doc_no and named.doc_no in query.text):
            return ordinal
        visible = [d for n, d in enumerate(self._records.catalogue) if self._retriever.is_visible(query, n)]
        title = normal_name(named.title)
        for edition in reversed(editions_of(named, visible)):
            other = self._records.ordinals[edition.doc_id]
            document = self._records.catalogue[other]
            if normal_name(document.title) == title and in_force(document, day):
                return other
        return ordinal

    def _ask_back(self, turn: Turn, hits: list[Hit], clock: Clock) -> Answer | None:
        """Show what a question may mean that fits several documents; nothing where it can mean but one."""
        candidates = self._investigator.read(turn, hits)
        by_document: dict[str, Candidate] = {}
        for candidate in candidates:
            if self._is_in_force(candidate, turn.query):
                by_document.setdefault(candidate.doc_id, candidate)
        if len(by_document) < 2:
            return None
        citations = self._citer.point_at(list(by_document.values())[:_READINGS])
        return refused(turn, "needs_clarification", UNCLEAR, citations, hits, clock)

    def _from_register(self, turn: Turn, clock: Clock) -> Answer | None:
        """Answer a question for documents from the register of those that may be seen and had begun; None for any other."""
        query, day = turn.query, day_of(turn.query)
        documents = self._visible[query.audience]
        if len(documents) > _REGISTER:
            return None
        asked = self._reader_of_register(query.audience).read(query.text, self._find_in(query), day)
        if asked is None:
            return None
        there = [document for document in documents if query.reaches(document) and has_begun(document, day)]
        listing = self._answerer.answer(asked, there, day)
        clock.mark()
        if listing is None:
            related_to = [self._records.catalogue[n] for n in asked.related_to]
            return refused(turn, "no_evidence", none_found(asked, related_to), (), [], clock)
        told, cited = listing.statements, listing.citations
        return Answer(query.text, told, cited, (), None, clock.timing(), confidence=1.0, table=listing.table)

    def _open_register(self, audience: Audience) -> RegisterReader:
        """Learn the words of the documents that an audience may see: what is hidden must leave no trace."""
        documents = self._visible[audience]
        return RegisterReader(Vocabulary(documents, self._retriever.home), documents, self._retriever.translate)

    def _from_article(self, turn: Turn, clock: Clock) -> Answer | None:
        """Quote the article that is asked for by its number, or say why there is none."""
        found = self._articles.find(turn, lambda: self._follow_ups.thread(turn))
        if found is None:
            return None
        if found.refusal:
            return refused(turn, *found.refusal, found.citations, [], clock)
        draft = Draft(self._citer, found.statements, found.citations)
        self._succession.mark(draft, turn.query)
        return answered(turn, draft, [], 1.0, clock)

    def _from_header(self, turn: Turn, named: Named, hits: list[Hit], thread: list[str], clock: Clock) -> Answer | None:
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
        return answered(turn, draft, hits, 1.0, clock)

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

    def _is_in_force(self, candidate: Candidate, query: Query) -> bool:
        return in_force(self._document(candidate.doc_id), day_of(query))
