"""The questions on time are whole, and what is right about an answer is judged as their README says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from evals.over_index import is_right
from evals.policy import PolicyQuestion, read_line, read_questions
from evals.trec import read_judgements
from kb.types import Answer, Citation, Refusal, Statement, Timing

FOLDER = Path(__file__).parent.parent / "evals" / "data" / "time"
FRESH = FOLDER.with_name("time_fresh")
SPOKEN = FOLDER.with_name("time_spoken")
ANSWERABLE = {
    "query_id": "q",
    "answerable": True,
    "must_say": [["三十日", "30日"]],
    "must_cite": [["law#a1", "law#a2"]],
}


def question(**answer: object) -> PolicyQuestion:
    return read_line("here", {"id": "q", "text": "几日？", "kind": "days"}, ANSWERABLE | answer)


def answer(text: str, clause_id: str = "law#a1") -> Answer:
    citation = Citation(1, "law", clause_id, "第一条", text, 0, len(text), None, "", "original")
    return Answer("几日？", (Statement(text, (1,)),), (citation,), (), None, Timing(0, 0, 0))


def refusal() -> Answer:
    return Answer("几日？", (), (), (), Refusal("no_evidence", "没有。"), Timing(0, 0, 0))


@pytest.mark.parametrize(("folder", "count"), [(FOLDER, 84), (FRESH, 72), (SPOKEN, 60)])
def test_every_question_has_its_day_and_its_judgement(folder: Path, count: int) -> None:
    questions = read_questions(folder)
    assert len(questions) == count
    assert all(isinstance(one.query.as_of, date) for one in questions)
    assert all(bool(one.answer.must_say) == one.answer.answerable for one in questions)
    judged = {line.query_id for line in read_judgements(folder / "qrels" / "time.tsv")}
    assert judged == {one.query.id for one in questions if one.answer.must_cite}


@pytest.mark.parametrize(
    ("made", "right"),
    [
        (lambda: answer("应当在30日内办结。"), True),
        (lambda: answer("应当在30日内办结。", "law#a9"), False),
        (lambda: answer("应当在20日内办结。"), False),
        (refusal, False),
    ],
)
def test_an_answer_is_right_where_all_is_said_and_cited(made: Callable[[], Answer], right: bool) -> None:
    assert is_right(question(), made()) is right


def test_a_refusal_is_right_for_its_reason_only() -> None:
    none = {"answerable": False, "must_say": [], "must_cite": []}
    assert is_right(question(**none, refusal="no_evidence"), refusal())
    assert not is_right(question(**none, refusal="expired"), refusal())
    assert not is_right(question(**none, refusal="no_evidence"), answer("应当在30日内办结。"))
