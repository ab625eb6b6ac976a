"""`python -m evals.over_index FOLDER INDEX`: the answers to a folder of judged questions over an index that is there.

For questions about texts that a set may not bring with it, such as those of `evals/data/time`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from evals.answer_measures import judge
from evals.judged import ExpectedAnswer
from evals.policy import PolicyQuestion, read_questions
from kb.index.encoder import open_encoder
from kb.index.snapshot import current_name, read_manifest
from kb.knowledge_base import KnowledgeBase
from kb.types import Answer


def is_right(question: PolicyQuestion, answer: Answer) -> bool:
    """Say whether all is said and one of the clauses cited, or refused for the reason expected."""
    wanted = question.answer
    if answer.refusal is not None or not wanted.answerable:
        return answer.refusal is not None and answer.refusal.kind == wanted.refusal
    expected = ExpectedAnswer(True, None, wanted.must_say, tuple(map(frozenset, wanted.must_cite)))
    values = judge(answer, [citation.clause_id for citation in answer.citations], expected)
    return values["complete"] == 1.0 and values.get("citation recall", 1.0) > 0


def missed(questions: Sequence[PolicyQuestion], knowledge_base: KnowledgeBase) -> dict[str, Answer]:
    """Give the answers that are not right, by the id of their question."""
    answers = ((question, knowledge_base.ask(question.as_query())) for question in questions)
    return {question.query.id: answer for question, answer in answers if not is_right(question, answer)}


def main() -> None:
    """Print what is not right, and how many are, by kind."""
    folder, index = (Path(argument) for argument in sys.argv[1:])
    questions = read_questions(folder)
    built = read_manifest(index, current_name(index)).configuration
    encoder = open_encoder((built.late or built.encoder).name)
    wrong = missed(questions, KnowledgeBase.open(index, encoder))
    right, asked = Counter[str](), Counter[str]()
    for question in questions:
        kind, answer = question.query.kind, wrong.get(question.query.id)
        asked[kind] += 1
        right[kind] += answer is None
        if answer is not None:
            said = answer.refusal.message if answer.refusal else answer.text
            print(f"{question.query.id} {question.query.text} -> {said[:120]}")
    for kind, count in asked.items():
        print(f"{kind}: {right[kind]} of {count}")
    print(f"all: {right.total()} of {asked.total()}")


if __name__ == "__main__":
    main()
