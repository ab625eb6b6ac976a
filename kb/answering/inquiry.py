"""A question on its way to an answer: what its conversation made of it, and what it names and finds, each looked up
when it is first needed and no more than once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Protocol

from kb.answering.named_documents import NamedDocuments
from kb.evidence.investigate import Investigator
from kb.evidence.specifics import specifics_of
from kb.naming import Named, without_names
from kb.question.comparing_question import unfound_titles
from kb.question.follow_up import Turn
from kb.quoting.draft import Draft
from kb.types import Answer, Citation, Hit, Query, Refusal, RefusalKind, Table, Timing
from kb.visibility import day_of


class Clock:
    """When the question came, and when its passages were found."""

    def __init__(self) -> None:
        self.started = self.found = time.perf_counter()

    def mark(self) -> None:
        """Note that searching ended and writing begins."""
        self.found = time.perf_counter()

    def timing(self) -> Timing:
        """Give what searching, writing and both took so far, in milliseconds."""
        now = time.perf_counter()
        return Timing((self.found - self.started) * 1000, (now - self.found) * 1000, (now - self.started) * 1000)


class Inquiry:
    """One question, made whole in its conversation, with what is known of it so far."""

    def __init__(self, turn: Turn, clock: Clock, desk: InquiryDesk) -> None:
        self.turn, self.clock, self._desk = turn, clock, desk
        self.query = turn.query
        self.text = turn.query.text
        self.day: date = day_of(turn.query)

    @cached_property
    def named(self) -> Named:
        """The documents that the question names and that may be seen."""
        named = self._desk.named(self.turn)
        return replace(named, marked=without_names(named.marked, self.unfound))

    @cached_property
    def unfound(self) -> tuple[str, ...]:
        """The titles that are to be compared and that no document bears."""
        return unfound_titles(self.text, self.find)

    def find(self, text: str) -> Named:
        """Find the documents that a text names and the one who asks may see."""
        return self._desk.names.find(self.query, text)

    @cached_property
    def hits(self) -> list[Hit]:
        """The passages that were found, in the documents that are named where there are any."""
        hits = self._desk.search(self.query, self.named)
        self.clock.mark()
        return hits

    @cached_property
    def thread(self) -> list[str]:
        """The documents that the conversation is about."""
        return self._desk.thread(self.turn)

    def answered(
        self, draft: Draft, hits: Sequence[Hit] = (), likely: float = 1.0, table: Table | None = None
    ) -> Answer:
        """Answer with what a draft holds; `hits` are the passages that a language model may write it anew from."""
        statements, citations = tuple(draft.statements), tuple(draft.citations)
        timing = self.clock.timing()
        return Answer(self.text, statements, citations, tuple(hits), None, timing, confidence=likely, table=table)

    def refused(
        self,
        kind: RefusalKind,
        message: str,
        citations: tuple[Citation, ...] = (),
        hits: Sequence[Hit] = (),
        likely: float = 0.0,
    ) -> Answer:
        """Refuse, with the nearest material."""
        refusal = Refusal(kind, message)
        return Answer(self.text, (), citations, tuple(hits), refusal, self.clock.timing(), confidence=likely)


class Answerer(Protocol):
    """Answers questions of one sort."""

    def answer(self, inquiry: Inquiry) -> Answer | None:
        """Answer or refuse; nothing where the question is of another sort."""
        ...


class InquiryDesk:
    """Looks things up in one snapshot for inquiries; `thread` names the documents that a conversation is about,
    `told_in` the words of a text that tell of a person."""

    def __init__(
        self,
        names: NamedDocuments,
        investigator: Investigator,
        thread: Callable[[Turn], list[str]],
        told_in: Callable[[str, date], tuple[str, ...]],
    ) -> None:
        self.names = names
        self._investigator = investigator
        self.thread = thread
        self._told_in = told_in

    def open(self, turn: Turn, clock: Clock | None = None) -> Inquiry:
        """Open the inquiry into a question."""
        query = turn.query
        if specifics_of(query.text, self._investigator.places, day=day_of(query)):
            query = replace(query, told=self._told_in(query.text, day_of(query)))
        return Inquiry(replace(turn, query=query), clock or Clock(), self)

    def search(self, query: Query, named: Named) -> list[Hit]:
        """Find passages of the documents that are named, else of all."""
        return self._investigator.search(query, only=frozenset(named.documents) or None)

    def named(self, turn: Turn) -> Named:
        """Find the documents that a question names; names in new words replace those in the words before."""
        find = self.names.find
        whole = find(turn.query, turn.query.text)
        before = find(turn.query, turn.earlier) if turn.earlier and turn.leans else Named()
        fresh = tuple(n for n in whole.documents if n not in before.documents)
        unknown = tuple(name for name in whole.unknown if name not in before.unknown)
        found = replace(whole, documents=fresh, unknown=unknown) if fresh or unknown else whole
        return self.names.in_force(turn.query, found)
