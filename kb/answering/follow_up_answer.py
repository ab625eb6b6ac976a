"""A question in its conversation: its readings are tried until one finds something new.

What a question's form says is tried first (`follow_up.readings`). That an answer was given before shows that what is
new in the question was not looked for; that it says nothing of a topic that took the place of another shows that it is
about the old one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kb.answering import refusals
from kb.answering.inquiry import Clock
from kb.answering.named_documents import NamedDocuments
from kb.answering.pointed_answer import PointedAnswerer
from kb.evidence.investigate import Investigator
from kb.provenance import name_of
from kb.question.document_filter import topic_words
from kb.question.follow_up import Turn, about, points_back, readings, resolve, subject_of
from kb.text.fold import fold_text
from kb.text.places import Gazetteer
from kb.text.terms import bigrams
from kb.types import Answer, Audience, Query, Refusal


class FollowUpAnswerer:
    """Chooses what a question means by what its readings find: `respond` answers one reading, `answered` gives the
    answer to a question of the conversation, `topics` are the folded ones that an audience may see."""

    def __init__(
        self,
        investigator: Investigator,
        names: NamedDocuments,
        topics: Callable[[Audience], frozenset[str]],
        places: Gazetteer,
        respond: Callable[[Turn, Clock | None], Answer],
        answered: Callable[[Query], Answer],
    ) -> None:
        self._investigator = investigator
        self._names = names
        self._document = investigator.document
        self._topics = topics
        self._places = places
        self._respond = respond
        self._pointed = PointedAnswerer(self._document, respond, answered)

    def answer(self, query: Query, clock: Clock) -> Answer:
        """Answer one question, which may lean on those before it."""
        pointed = self._pointed.answer(query, clock)
        if pointed:
            return pointed
        query = self._pointed.spelled_out(query)
        meant, *others = readings(query, self._topics(query.audience), self._places)
        answer = self._respond(meant, clock)
        if meant.leans and not meant.is_joined and not answer.refusal and not self._speaks_of_new(answer, meant):
            said = refusals.not_found("no_evidence", refusals.Searched(), near=True, outside=False)
            answer = replace(
                answer,
                statements=(),
                refusal=Refusal("no_evidence", said),
                timing=clock.timing(),
                confidence=0.0,
                table=None,
            )
        doubted = meant.is_joined or meant.guessed
        unsure = answer.refusal is not None or (doubted and self._is_known(answer, meant))
        joined = next((one for one in (meant, *others) if one.is_joined), None)
        if unsure and doubted and joined is not None:
            inside = self._inside(joined, clock)
            if inside is not None and (answer.refusal or inside.confidence > answer.confidence):
                return inside
        alone = None
        for other in others if unsure else ():
            found = self._respond(other, clock)
            if found.refusal and not other.leans:
                alone = found
            if found.refusal is None and self._speaks_of(found, other, meant) and not self._is_known(found, other):
                stays = _documents(found) <= _documents(answer)
                if answer.refusal or stays or found.confidence > answer.confidence:
                    return found
        # 明天会不会下雨 was tried behind what was asked before, and is refused as it was put; 火星上能养鱼吗 is no matter of
        # these documents, whatever they say of what was asked before it.
        refused = answer.refusal or (alone and alone.refusal and alone.refusal.kind == "out_of_scope")
        if alone is not None and refused and not points_back(fold_text(query.text)):
            return alone
        return answer

    def whole(self, query: Query) -> Turn:
        """Make a question whole by its form."""
        return self._pointed.meant(query) or resolve(
            self._pointed.spelled_out(query), self._topics(query.audience), self._places
        )

    def thread(self, turn: Turn) -> list[str]:
        """Name the documents that the question before was about: those that it names, else the one that answers it."""
        if turn.earlier is None:
            return []
        named = self._names.ids(turn.query, turn.earlier)
        if named:
            return named
        before = replace(turn.query, text=turn.earlier)
        candidates = self._investigator.read(before, self._investigator.search(before))
        return [candidates[0].doc_id] if candidates else []

    def _speaks_of_new(self, answer: Answer, turn: Turn) -> bool:
        """Say whether something that answers names a topic that took the place of another: 公租房 says nothing of 蓝领公寓."""
        asked, before = fold_text(turn.query.text), fold_text(turn.earlier or "")
        new = [topic for topic in self._topics(turn.query.audience) if topic in asked and topic not in before]
        told = fold_text(answer.text)
        for doc_id in {citation.doc_id for citation in answer.citations}:
            told += topic_words(self._document(doc_id))
        return not new or any(topic in told for topic in new)

    def _speaks_of(self, answer: Answer, other: Turn, meant: Turn) -> bool:
        """Say whether what answers another reading than was meant is about what the question names: 民政局的电话 behind
        育儿补贴 is no number of another office."""
        subject = None if meant.leans or not other.leans else subject_of(meant.asked)
        pairs = bigrams(subject) if subject else ()
        told = fold_text(answer.text) + "".join(topic_words(self._document(one.doc_id)) for one in answer.citations)
        return self._speaks_of_new(answer, other) and 2 * sum(pair in told for pair in pairs) >= len(pairs)

    def _inside(self, turn: Turn, clock: Clock) -> Answer | None:
        """Answer what leans on a topic from the document that the topic was found in, where that says something new: 它
        often means what that document is about."""
        if self._investigator.unheard(replace(turn.query, text=turn.asked)) == 1:
            return None  # no document says any of it: the name of the document alone would be found again
        for doc_id in self.thread(turn):
            whole = replace(turn.query, text=about(name_of(self._document(doc_id)), turn.asked))
            found = self._respond(replace(turn, query=whole), clock)
            if found.refusal is None and not self._is_known(found, turn):
                return found
        return None

    def _is_known(self, answer: Answer, turn: Turn) -> bool:
        """Say whether the question before had this answer already, so that what is new was not looked for."""
        before = replace(turn.query, text=turn.earlier or "")
        known = self._respond(Turn.alone(before), None)
        return any(
            one.doc_id == other.doc_id and one.start < other.end and other.start < one.end
            for one in answer.citations[:1]
            for other in known.citations
        )


def _documents(answer: Answer) -> set[str]:
    return {citation.doc_id for citation in answer.citations}
