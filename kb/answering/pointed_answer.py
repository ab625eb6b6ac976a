"""Questions that point into the answer before: 第二份是什么时候施行的, 上面第一条是哪个文件说的.

The document that is meant is asked, and no other is searched: where there is none of that number, that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kb.answering.inquiry import Clock
from kb.provenance import name_of, title_of
from kb.question.article_question import spoken_of
from kb.question.follow_up import Turn, about
from kb.question.pointed import Pointed, pointed_in
from kb.question.small_talk import small_talk
from kb.text.names import titled
from kb.text.numerals import to_chinese
from kb.types import Answer, Citation, Document, Query, Refusal, Statement

_BACK = 8  # questions before among which the answer is looked for that something points into
_WHAT = "讲什么？"  # What a document is asked where only it is pointed at.


class PointedAnswerer:
    """Answers what points: `respond` answers one reading of a question, `answered` gives the answer to a question of
    the conversation."""

    def __init__(
        self,
        document: Callable[[str], Document],
        respond: Callable[[Turn, Clock | None], Answer],
        answered: Callable[[Query], Answer],
    ) -> None:
        self._document = document
        self._respond = respond
        self._answered = answered

    def answer(self, query: Query, clock: Clock) -> Answer | None:
        """Answer from what a question points at; nothing where it does not point."""
        pointed = pointed_in(query.text)
        back = self._before(query, pointed) if pointed else None
        if pointed is None or back is None:
            return None
        before, told, listed = back
        meant = listed if pointed.number is None else _counted(listed, pointed.number)
        if not meant:
            return _nothing(told, _missing(pointed, len(listed)), clock)
        if pointed.source:
            return self._sources(told, meant, clock)
        if told.refusal is not None and told.refusal.kind == "needs_clarification" and not pointed.rest:
            return self._chosen(before, told, meant[0][0], clock)
        return self._respond(self._asked(query, meant[0][0], pointed.rest), clock)

    def spelled_out(self, query: Query) -> Query:
        """Name in the questions before the documents that they only pointed at, so that what follows leans on those."""
        previous: list[str] = []
        for n, text in enumerate(query.previous):
            meant = self.meant(replace(query, text=text, previous=query.previous[:n]))
            previous.append(meant.query.text if meant else text)
        return replace(query, previous=tuple(previous))

    def meant(self, query: Query) -> Turn | None:
        """Give the question that is put to the document that one points at."""
        pointed = pointed_in(query.text)
        if pointed is None or pointed.number is None:
            return None
        back = self._before(query, pointed)
        meant = _counted(back[2], pointed.number) if back else []
        return self._asked(query, meant[0][0], pointed.rest) if meant else None

    def _before(self, query: Query, pointed: Pointed) -> tuple[Query, Answer, Sequence[tuple[Citation, ...]]] | None:
        """Give the question whose answer is pointed into, with that answer and what it lists: the last one, for what
        is counted the last that lists several things."""
        if pointed.counter == "条" and spoken_of("".join(query.previous)):
            return None  # 第十条 behind 第九条 is an article
        last: tuple[Query, Answer, Sequence[tuple[Citation, ...]]] | None = None
        for n in range(len(query.previous) - 1, max(len(query.previous) - _BACK, 0) - 1, -1):
            text = query.previous[n]
            if small_talk(text) is not None or pointed_in(text) is not None:
                continue
            before = replace(query, text=text, previous=query.previous[:n])
            told = self._answered(before)
            listed = _listed(told, pointed)
            if listed is None:
                return last  # 第二个 may be anything
            last = last or (before, told, listed)
            if pointed.number is None or len(listed) > 1:
                return before, told, listed
        return last

    def _asked(self, query: Query, citation: Citation, rest: str) -> Turn:
        text = about(name_of(self._document(citation.doc_id)), rest.lstrip("的") or _WHAT)
        return Turn.alone(replace(query, text=text, previous=(), within=frozenset((citation.doc_id,))))

    def _sources(self, told: Answer, meant: Sequence[tuple[Citation, ...]], clock: Clock) -> Answer:
        """Quote once more what is meant, each behind the name of its document."""
        citations = tuple(dict.fromkeys(citation for cited in meant for citation in cited))
        numbered = tuple(replace(citation, number=number) for number, citation in enumerate(citations, 1))
        statements = tuple(
            Statement(f"{titled(title_of(self._document(one.doc_id)))}{one.label}：{one.quote}", (one.number,))
            for one in numbered
        )
        return replace(
            told,
            statements=statements,
            citations=numbered,
            refusal=None,
            table=None,
            timing=clock.timing(),
            confidence=1.0,
        )

    def _chosen(self, before: Query, told: Answer, meant: Citation, clock: Clock) -> Answer:
        """Answer the question before, which was asked back, from the document that was chosen."""
        answer = self._respond(
            Turn.alone(replace(before, text=told.question, previous=(), within=frozenset((meant.doc_id,)))), clock
        )
        if answer.refusal is None:
            return answer
        quoted = (replace(meant, number=1),)
        return replace(told, statements=(Statement(meant.quote, (1,)),), citations=quoted, refusal=None)


def _listed(told: Answer, pointed: Pointed) -> Sequence[tuple[Citation, ...]] | None:
    """Give what an answer tells, each thing with its citations; nothing where the words may point at something else."""
    of_number = {citation.number: citation for citation in told.citations}
    rows = [tuple(of_number[number] for number in row) for row in told.table.citations] if told.table else []
    if told.refusal is not None:
        rows = [(citation,) for citation in told.citations]
    if rows and all(len({citation.doc_id for citation in row}) == 1 for row in rows):
        return rows
    if not pointed.surely:
        return None
    if pointed.papers:
        rows = [(citation,) for citation in told.citations]
        return [row for n, row in enumerate(rows) if row[0].doc_id not in {one.doc_id for (one, *_) in rows[:n]}]
    return [
        tuple(of_number[number] for number in statement.citations)
        for statement in told.statements
        if statement.citations and not statement.own
    ]


def _counted(listed: Sequence[tuple[Citation, ...]], number: int) -> Sequence[tuple[Citation, ...]]:
    at = number - 1 if number > 0 else len(listed) + number
    return listed[at : at + 1] if at >= 0 else []


def _missing(pointed: Pointed, listed: int) -> str:
    if pointed.number is None or not listed:
        return "上面的回答没有引用文件；请写明事项或文件名称后再问。"
    counter = pointed.counter or "项"
    from_end = "" if pointed.number > 0 else "倒数"
    which = f"{from_end}第{to_chinese(abs(pointed.number))}{counter}"
    return f"上面的回答只列出{to_chinese(listed)}{counter}，没有{which}；请核对后再问，或者写明事项、文件名称。"


def _nothing(told: Answer, message: str, clock: Clock) -> Answer:
    refusal = Refusal("needs_clarification", message)
    return Answer(told.question, (), (), (), refusal, clock.timing())
