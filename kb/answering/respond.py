"""From a question to an answer or a refusal.

An answer is a list of statements, each a quotation of a document's own words, so that a citation holds
what it is cited for by construction. When nothing found covers what is asked, the answer is a refusal
that shows the nearest material.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from kb.answering import refusals
from kb.answering.answer_memory import AnswerMemory
from kb.answering.articles import ArticleAnswerer
from kb.answering.changes import ChangeAnswerer
from kb.answering.comparison import Comparison
from kb.answering.deadline_answer import DeadlineAnswerer
from kb.answering.follow_up_answer import FollowUpAnswerer
from kb.answering.header_answer import HeaderAnswerer
from kb.answering.header_search import HeaderSearch
from kb.answering.inquiry import Answerer, Clock, Inquiry, InquiryDesk
from kb.answering.named_documents import NamedDocuments
from kb.answering.nearest import Nearest
from kb.answering.outline_answer import OutlineAnswerer
from kb.answering.rank import Rank
from kb.answering.register_answer import RegisterAnswerer
from kb.answering.register_list import RegisterList
from kb.answering.several_answers import adds, together
from kb.answering.suggestions import Suggester
from kb.answering.text_answer import TextAnswerer
from kb.answering.unclear import UnclearAnswerer
from kb.calendar import UNKNOWN_CALENDAR, WorkingCalendar
from kb.evidence.investigate import Investigator
from kb.evidence.succession import Succession
from kb.index.records import Records
from kb.naming import Register
from kb.provenance import title_of
from kb.question.follow_up import Turn
from kb.question.impossible_day import impossible_day
from kb.question.several import MOST, asked_in_turn, questions_in
from kb.question.small_talk import REPLIES, small_talk
from kb.quoting.citing import Citer
from kb.quoting.draft import Draft
from kb.reading.reader import Reader
from kb.retrieval import Retriever
from kb.text.fold import fold_text
from kb.types import Answer, Audience, Citation, Query, Statement
from kb.visibility import day_of, may_see

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
        told_in: Callable[[str, date], tuple[str, ...]] = lambda text, day: (),
    ) -> None:
        self._records = records
        self._answers = AnswerMemory(_REMEMBERED)
        investigator = Investigator(retriever, records, reader)
        self._document = document = investigator.document
        is_visible = retriever.is_visible
        self._citer = citer = Citer(records, register, document, investigator.clause)
        self._succession = succession = Succession(records, document, is_visible)
        names = NamedDocuments(retriever, records, register)
        self._follow_ups = FollowUpAnswerer(
            investigator, names, cache(self._topics_of), retriever.home.places, self._respond, self.respond
        )
        self._desk = InquiryDesk(names, investigator, self._follow_ups.thread, told_in)
        nearest = Nearest(investigator, records)
        rank = Rank(records, investigator, citer, is_visible)
        comparison = Comparison(investigator, records, citer, retriever.home)
        headers = HeaderSearch(investigator, records, retriever.home)
        articles = ArticleAnswerer(records, document, is_visible, citer, succession)
        self._answerers: tuple[Answerer, ...] = (
            ChangeAnswerer(records, document, is_visible, citer, articles, self._respond),
            articles,
            OutlineAnswerer(records, document, citer),
            rank,
            RegisterAnswerer(retriever, records, RegisterList(records, document, citer, retriever.home)),
            UnclearAnswerer(retriever, investigator, nearest, citer),
            comparison,
            DeadlineAnswerer(investigator, succession, citer, rank, calendar),
            HeaderAnswerer(headers, succession, citer),
        )
        """Those of one sort of question each, in the order in which they are asked: what is looked up comes before what
        is searched for."""
        self._texts = TextAnswerer(
            investigator, records, citer, succession, comparison, nearest, rank, headers, articles
        )
        self._suggester = Suggester(records, document, self._respond)

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

    def whole(self, query: Query) -> Query:
        """Give the query to search for: made whole by its form, as the answer to it reads it first."""
        return self._follow_ups.whole(query).query

    def asked_again(self, query: Query) -> Query:
        """Give the earlier question that a query asks again of another thing or person; the query as it is where it
        asks for something of its own."""
        turn = self._follow_ups.whole(query)
        return turn.query if turn.leans and not turn.is_joined else query

    def suggest(self, answer: Answer, audience: Audience) -> tuple[str, ...]:
        """Give questions to ask next."""
        return self._suggester.suggest(answer, audience)

    def complete(self, query: Query, quoted: Answer, statements: list[Statement], citations: list[Citation]) -> Answer:
        """Give what a language model wrote in the place of the quotations of an answer the marks that those had, and
        behind it what that answer told in its own words; its table is cited under the numbers that its sources have
        now."""
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

    def _answer(self, query: Query) -> Answer:
        clock = Clock()
        talk = small_talk(query.text, any(small_talk(text) is None for text in query.previous))
        if talk is not None:
            return Answer(query.text, (Statement(REPLIES[talk], ()),), (), (), None, clock.timing(), confidence=1.0)
        parts = questions_in(query.text)
        if len(parts) > 1:
            return together(query.text, parts[:MOST], self._each(query, parts), clock.timing(), parts[MOST:])
        whole = self._one(query, clock)
        parts = asked_in_turn(query.text)
        if whole.refusal is not None or len(parts) == 1:
            return whole
        each = self._each(query, parts)
        return together(query.text, parts[:MOST], each, clock.timing(), parts[MOST:]) if adds(each, whole) else whole

    def _each(self, query: Query, parts: Sequence[str]) -> list[Answer]:
        """Answer as many of several questions as are answered at once, each after those before it."""
        asked = parts[:MOST]
        each = (replace(query, text=part, previous=(*query.previous, *asked[:n])) for n, part in enumerate(asked))
        return [self._one(one, Clock()) for one in each]

    def _one(self, query: Query, clock: Clock) -> Answer:
        """Answer one question, which may lean on those before it."""
        impossible = impossible_day(query.text, day_of(query))
        if impossible:
            inquiry = self._desk.open(Turn.alone(query), clock)
            return inquiry.refused("needs_clarification", refusals.no_such_day(impossible))
        return self._follow_ups.answer(query, clock)

    def _respond(self, turn: Turn, clock: Clock | None = None) -> Answer:
        """Answer one reading of a question."""
        inquiry = self._desk.open(turn, clock)
        answers = (answerer.answer(inquiry) for answerer in self._answerers)
        answer = next(filter(None, answers), None) or self._texts.answer(inquiry)
        if inquiry.unfound and answer.refusal is None:
            left_out = Statement(refusals.left_out(inquiry.unfound), (), own=True)
            return replace(answer, statements=(*answer.statements, left_out))
        return self._with_unheld(inquiry, answer)

    def _with_unheld(self, inquiry: Inquiry, answer: Answer) -> Answer:
        """Say first of an answer or a refusal that a law which the question speaks of is not among the documents."""
        said = answer.refusal.message if answer.refusal else answer.text
        names = [name for name in inquiry.named.unheld if f"“{name}”" not in said]
        if not names or not (answer.citations or answer.refusal):
            return answer
        titles = dict.fromkeys(title_of(self._document(c.doc_id)) for c in answer.citations if c.source != "background")
        if answer.refusal:
            message = refusals.not_held(names, ()) + answer.refusal.message
            return replace(answer, refusal=replace(answer.refusal, message=message))
        first = Statement(refusals.not_held(names, list(titles)), (), own=True)
        return replace(answer, statements=(first, *answer.statements))

    def _topics_of(self, audience: Audience) -> frozenset[str]:
        seen = (document for document in self._records.catalogue if may_see(audience, document))
        return frozenset(fold_text(topic) for document in seen for topic in document.topics)
