"""Judged questions of any set in one form: what is asked, what is relevant, what a right answer says.

A BEIR folder judges documents, the corpus's own questions judge clauses; answers.jsonl adds what must be
said or that nothing can be.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from evals.datasets import has_corpus, read_answers, read_dataset
from evals.policy import read_questions
from evals.trec import read_judgements
from kb.errors import DatasetError
from kb.types import Query

TargetLevel = Literal["document", "clause"]


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """What a right answer is: refused, or saying every piece in one of its spellings and citing each group once.

    `texts` are whole answers for comparing character by character; a set has pieces and groups, or texts. `verdict` is
    the answer to a question for yes or no. Small talk is answered by a sentence that cites nothing.
    """

    answerable: bool
    refusal: str | None = None
    pieces: tuple[tuple[str, ...], ...] = ()
    groups: tuple[frozenset[str], ...] = ()
    texts: tuple[str, ...] = ()
    verdict: str | None = None
    small_talk: bool = False


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question with the relevance of each target; `expected` is `None` where the set judges rankings alone."""

    query: Query
    kind: str
    targets: Mapping[str, int]
    expected: ExpectedAnswer | None = None


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """One split of a set."""

    name: str
    split: str
    folder: Path
    level: TargetLevel
    questions: tuple[JudgedQuestion, ...] = field(repr=False)


def read_judged(folder: Path, split: str) -> JudgedSet:
    """Read a split; raise DatasetError naming file and line for what is inconsistent, or where it is empty."""
    return _from_beir(folder, split) if has_corpus(folder) else _from_policy(folder, split)


def _from_beir(folder: Path, split: str) -> JudgedSet:
    dataset = read_dataset(folder, split)
    targets: dict[str, dict[str, int]] = {query_id: {} for query_id in dataset.queries}
    for qrel in dataset.qrels:
        targets[qrel.query_id][qrel.target_id] = qrel.relevance
    answers = read_answers(folder)
    questions = []
    for query_id, text in dataset.queries.items():
        expected = None
        if query_id in answers:
            written = answers[query_id]
            relevant = frozenset(target for target, relevance in targets[query_id].items() if relevance > 0)
            groups = [frozenset((document,)) for document in written.documents] or [relevant]
            expected = ExpectedAnswer(
                written.answerable,
                pieces=written.pieces,
                groups=tuple(group for group in groups if group and written.answerable),
                texts=() if written.pieces else written.texts,
                verdict=written.verdict,
            )
        answerable = expected is None or expected.answerable
        kind = dataset.kinds.get(query_id, "all" if answerable else "unanswerable")
        judged = targets[query_id] if answerable else {}
        questions.append(JudgedQuestion(Query(query_id, text), kind, judged, expected))
    return JudgedSet(dataset.name, split, folder, "document", tuple(questions))


def _check_judgements(folder: Path, clauses: Mapping[str, Collection[str]]) -> None:
    """Hold the judgements of a set over the project's own documents against `must_cite`, which judges there; raise
    DatasetError where they say otherwise."""
    for path in sorted((folder / "qrels").glob("*.tsv")):
        for line in read_judgements(path):
            if line.query_id not in clauses:
                raise DatasetError.of("query_unknown", place=line.place, query=line.query_id)
            if line.target_id not in clauses[line.query_id]:
                raise DatasetError.of("target_not_cited", place=line.place, query=line.query_id, target=line.target_id)


def _from_policy(folder: Path, split: str) -> JudgedSet:
    questions = []
    splits = [path.stem for path in (folder / "qrels").glob("*.tsv")]
    written = read_questions(folder)
    _check_judgements(folder, {question.query.id: question.clauses for question in written})
    for question in written:
        if split != (splits[0] if len(splits) == 1 else question.split):
            continue
        answer = question.answer
        expected = ExpectedAnswer(
            answer.answerable,
            answer.refusal,
            answer.must_say,
            tuple(map(frozenset, answer.must_cite)),
            verdict=answer.verdict,
            small_talk=answer.small_talk,
        )
        kind = (question.query.spoken_as or question.query.kind) if answer.answerable else "unanswerable"
        targets = dict.fromkeys(sorted(question.clauses), 1) if answer.answerable else {}
        questions.append(JudgedQuestion(question.as_query(), kind, targets, expected))
    if not questions:
        raise DatasetError.of("split_without_questions", file=folder, split=split, splits=sorted(splits))
    return JudgedSet(folder.resolve().name, split, folder, "clause", tuple(questions))
