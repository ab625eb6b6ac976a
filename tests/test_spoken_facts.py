"""Sentences with facts to learn reading from: they say what a question asks, and none of them is judged by."""

from __future__ import annotations

import tomllib

import pytest
from indexing import ROOT

from evals.eligibility_bench import SENTENCES
from evals.training.contrastive_data import WRITTEN
from evals.training.reading_data import VERDICTS
from evals.training.spoken_facts import FactLessons, FactQuestion, read_questions, stated
from kb.eligibility.facts import FILE_NAME, FactBook
from kb.text.fold import fold_text

TOLD = tomllib.loads((WRITTEN / "spoken_facts.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("facts", "fact_id", "value", "answers"),
    [
        ({"lives_alone": True}, "lives_alone", None, {"yes"}),
        ({"lives_alone": False}, "lives_alone", None, {"no"}),
        ({"lives_alone": True}, "disabled", None, set()),
        ({"employment": "retired"}, "employment", "retired", {"yes"}),
        ({"employment": "retired"}, "employment", "student", {"no"}),
        ({"hardship": {"not": "minimum"}}, "hardship", "minimum", {"no"}),
        ({"hardship": {"not": "minimum"}}, "hardship", "destitute", set()),
        ({"people": [{"who": "mother", "disabled": True}]}, "disabled", None, {"yes"}),
        ({"disabled": False, "people": [{"who": "mother", "disabled": True}]}, "disabled", None, {"yes", "no"}),
    ],
)
def test_facts_answer_questions_for_them(facts: dict, fact_id: str, value: str | None, answers: set[str]) -> None:  # type: ignore[type-arg]
    assert stated(facts, FactQuestion(fact_id, value, ("问",))) == answers


def test_every_fact_that_is_no_number_place_or_date_has_its_questions() -> None:
    book = FactBook.read(ROOT / "corpus" / "benefits" / FILE_NAME)
    asked = {(one.fact_id, one.value) for one in read_questions(WRITTEN / "fact_questions.toml")}
    wanted: set[tuple[str, str | None]] = {(one.fact_id, None) for one in book if one.type == "yes_no"}
    wanted |= {(one.fact_id, value) for one in book if one.type == "choice" for value, _ in one.choices}
    assert asked == wanted


def test_what_stands_beside_a_question_is_said_to_answer_it_where_its_facts_do() -> None:
    questions = {words: one for one in read_questions(WRITTEN / "fact_questions.toml") for words in one.wordings}
    lessons = FactLessons(seed=1)
    drawn = [group for step in range(100) for group in lessons.batch(step)]
    for question, windows in drawn:
        for window in windows:
            answers = stated(TOLD[window.text], questions[question])
            assert window.answers == bool(answers)
            said = None if window.verdict is None else {"depends": {"yes", "no"}}.get(VERDICTS[window.verdict])
            assert answers == (set() if window.verdict is None else said or {VERDICTS[window.verdict]})
    assert len({question for question, _ in drawn}) > 60
    assert lessons.batch(7) == FactLessons(seed=1).batch(7) != FactLessons(seed=2).batch(7)


def test_no_sentence_that_is_judged_by_is_learned_from() -> None:
    judged = {
        fold_text(sentence) for path in SENTENCES.glob("*.toml") for sentence in tomllib.loads(path.read_text("utf-8"))
    }
    assert not judged & {fold_text(sentence) for sentence in TOLD}
