"""The corpus's own questions: what a right answer says, which clauses hold it, and what must be refused.

    queries.jsonl        _id, text, kind, and where they apply register (lay, staff), previous (earlier questions), as_of
    answers.jsonl        query_id, answerable, refusal, near_miss, must_say, must_cite, verdict, small_talk
    qrels/<split>.tsv    the clauses that hold an answer

`must_say` lists pieces, each with alternative spellings; `must_cite` lists groups of clauses, of which a complete
answer cites one each. `small_talk` says that a sentence without any citation is the right answer. The split of a
question is decided by a hash of its id, unless the set has only one; ids of one conversation (`pronoun-01/2`) share
what stands before the slash, and with it the split.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.normalisation import squeezed
from ingest.jsonl import open_jsonl
from kb.errors import DatasetError, Location, NotFoundError
from kb.knowledge_base import KnowledgeBase
from kb.text.terms import terms
from kb.types import Query, RefusalKind

WRITTEN = date(2026, 11, 23)
"""The day that the questions are about unless they name another: figures must not change with the calendar."""

NEAR_DUPLICATE = 0.8
"""Share of common terms (Jaccard) from which two questions count as one."""


class _JsonLine(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QueryLine(_JsonLine):
    """A line of queries.jsonl: what is asked, in which words and of which day."""

    id: str
    text: str
    kind: str
    spoken_as: str = Field("", alias="register")  # pydantic has a method of that name
    previous: tuple[str, ...] = ()
    as_of: date | None = None


class AnswerLine(_JsonLine):
    """A line of answers.jsonl: what an answer has to say and to cite, or that it must be refused."""

    query_id: str
    answerable: bool
    refusal: RefusalKind | None = None
    near_miss: bool = False
    must_say: tuple[tuple[str, ...], ...] = ()
    must_cite: tuple[tuple[str, ...], ...] = ()
    verdict: Literal["yes", "no", "depends"] | None = None
    small_talk: bool = False


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """A judged question and where its two lines were written."""

    query: QueryLine
    answer: AnswerLine
    place: Location
    answer_place: Location

    @property
    def split(self) -> str:
        """Name the half that it belongs to."""
        return split_of(self.query.id)

    @property
    def clauses(self) -> frozenset[str]:
        """Every clause that holds a piece of the answer."""
        return frozenset(clause for group in self.answer.must_cite for clause in group)

    def as_query(self) -> Query:
        """Give it as the service is asked; where it names no day, of the day on which the questions were written."""
        return Query(self.query.id, self.query.text, self.query.as_of or WRITTEN, previous=self.query.previous)


def split_of(query_id: str) -> str:
    """Half of the questions are for choosing (dev), half for reporting (test)."""
    return "test" if hashlib.sha256(query_id.partition("/")[0].encode()).digest()[0] % 2 else "dev"


def read_questions(folder: Path) -> list[PolicyQuestion]:
    """Read all questions; raise DatasetError naming file and line for what is malformed."""
    answers: dict[str, tuple[AnswerLine, Location]] = {}
    for place, line in open_jsonl(folder, "answers"):
        answer = _validated(AnswerLine, place, line)
        if answer.query_id in answers:
            raise DatasetError.of("query_answered_twice", place=place, query=answer.query_id)
        answers[answer.query_id] = answer, place
    questions: dict[str, PolicyQuestion] = {}
    for place, line in open_jsonl(folder, "queries"):
        query = _validated(QueryLine, place, {("id" if key == "_id" else key): value for key, value in line.items()})
        if query.id in questions:
            raise DatasetError.of("query_twice", place=place, query=query.id)
        if query.id not in answers:
            raise DatasetError.of("query_unanswered", place=place, query=query.id)
        answer, answer_place = answers.pop(query.id)
        questions[query.id] = PolicyQuestion(query, answer, place, answer_place)
    for query_id, (_, answer_place) in answers.items():
        raise DatasetError.of("answer_without_query", place=answer_place, query=query_id)
    return list(questions.values())


def read_line(place: Location, query: dict[str, Any], answer: dict[str, Any]) -> PolicyQuestion:
    """Make one question of its two lines; raise DatasetError with the place for what is malformed."""
    return PolicyQuestion(_validated(QueryLine, place, query), _validated(AnswerLine, place, answer), place, place)


def check_questions(questions: Sequence[PolicyQuestion], knowledge_base: KnowledgeBase) -> list[DatasetError]:
    """Hold the questions against the corpus and each other; give what is wrong."""
    problems: list[DatasetError] = []
    for question in questions:
        problems += _problems(question, knowledge_base)
    for first, second in _near_duplicates(questions):
        ids = (second.query.id, first.query.id)
        problems.append(DatasetError.of("question_near_another", place=second.place, query=ids[0], other=ids[1]))
    return problems


def _near_duplicates(questions: Sequence[PolicyQuestion]) -> list[tuple[PolicyQuestion, PolicyQuestion]]:
    bags = [frozenset(terms(" ".join(_said(q.query)))) for q in questions]
    columns = {term: n for n, term in enumerate(sorted(frozenset().union(*bags)))}
    holds = np.zeros((len(bags), len(columns)), np.float32)
    for row, bag in enumerate(bags):
        holds[row, [columns[term] for term in bag]] = 1
    common = holds @ holds.T
    sizes = holds.sum(axis=1)
    alike = common >= NEAR_DUPLICATE * (sizes[:, None] + sizes - common)
    pairs = [(questions[first], questions[second]) for first, second in np.argwhere(np.triu(alike, 1))]
    went_on = {question.query.previous for question in questions}
    return [
        (first, second)
        for first, second in pairs
        if not _continues(first.query, second.query) and not {_said(first.query), _said(second.query)} <= went_on
    ]


def _said(query: QueryLine) -> tuple[str, ...]:
    """Give the turns up to a query. Two conversations may begin alike: what counts is where they go."""
    return (*query.previous, query.text)


def _continues(earlier: QueryLine, later: QueryLine) -> bool:
    """Say whether a turn of a conversation stands behind another one of it, so that it holds its words."""
    said = _said(earlier)
    return later.previous[: len(said)] == said


def _problems(question: PolicyQuestion, knowledge_base: KnowledgeBase) -> list[DatasetError]:
    answer = question.answer
    said = ""
    problems: list[DatasetError] = []

    def wrong(sentence: str, **values: Any) -> None:
        problems.append(DatasetError.of(sentence, place=question.answer_place, **values))

    for clause_id in sorted(question.clauses):
        try:
            clause = knowledge_base.clause(clause_id)
        except NotFoundError:
            wrong("question_clause_missing", clause_id=clause_id)
        else:
            document = knowledge_base.document(clause.doc_id)
            said += squeezed(document.text[clause.start : clause.end]) + "\n"
    for piece in answer.must_say:
        if not problems and not any(squeezed(spelling) in said for spelling in piece):
            wrong("question_piece_missing", shown=" / ".join(piece))
    if answer.small_talk:
        if not answer.answerable or answer.must_say or answer.must_cite:
            wrong("question_small_talk")
    elif answer.answerable and not (answer.must_say and answer.must_cite):
        wrong("question_without_pieces")
    if answer.answerable == bool(answer.refusal):
        wrong("question_refusal")
    return problems


def _validated(model: type[Any], place: Location, line: dict[str, Any]) -> Any:
    try:
        return model.model_validate(line)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise DatasetError.of("line_invalid", place=place, key=key, cause=first["msg"]) from None
