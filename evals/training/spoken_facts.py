"""Facts in what people say, as something to read: a question for a fact, with sentences of which some state it.

What does not state it is drawn from the sentences that look most like the question, and from any: a question for 独居 must tell 一个人住 from
一个人去 and from 邻居一个人住.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.training.contrastive_data import WRITTEN
from evals.training.reading_data import VERDICTS, Target
from kb.index.encoder import STATIC, open_encoder

QUESTIONS, WINDOWS = 2, 4  # of a step, and of a question
STATED = 0.75  # questions that one of the sentences beside them answers
ALIKE = 60  # sentences that look most like a question
FROM_ALIKE = 0.7  # of the sentences that state nothing of what is asked


@dataclass(frozen=True, slots=True)
class FactQuestion:
    """Asks in each of these `wordings` whether a fact has a value; `value` is None where the fact is yes or no itself."""

    fact_id: str
    value: str | None
    wordings: tuple[str, ...]


def read_questions(path: Path) -> Iterator[FactQuestion]:
    """Read a file of wordings by fact, and by value where there is a choice."""
    for fact_id, wordings in tomllib.loads(path.read_text("utf-8")).items():
        if isinstance(wordings, list):
            yield FactQuestion(fact_id, None, tuple(wordings))
        else:
            yield from (FactQuestion(fact_id, value, tuple(words)) for value, words in wordings.items())


def stated(facts: Mapping[str, Any], question: FactQuestion) -> set[str]:
    """Say what a sentence's facts, those of others told of in it included, answer to a question: yes, no, both or nothing."""
    answers = {answer for one in facts.get("people", ()) for answer in stated(one, question)}
    value = facts.get(question.fact_id)
    if isinstance(value, bool):
        answers.add("yes" if value else "no")
    elif isinstance(value, str):
        answers.add("yes" if value == question.value else "no")
    elif isinstance(value, dict) and "not" in value:
        denied = value["not"] if isinstance(value["not"], list) else [value["not"]]
        answers |= {"no"} if question.value in denied else set()
    return answers


class FactLessons:
    """Questions for facts with sentences beside them, every question that any sentence answers as often as the next."""

    def __init__(self, seed: int, folder: Path = WRITTEN) -> None:
        self._seed = seed
        told = tomllib.loads((folder / "spoken_facts.toml").read_text("utf-8"))
        self._sentences = list(told)
        self._questions = list(read_questions(folder / "fact_questions.toml"))
        self._answers = [
            {n: said for n, facts in enumerate(told.values()) if (said := stated(facts, question))}
            for question in self._questions
        ]
        encoder = open_encoder(STATIC)
        queries = encoder.encode_queries(["，".join(one.wordings) for one in self._questions])
        self._alike = [
            [n for n in np.argsort(-scores).tolist() if n not in answers][:ALIKE]
            for scores, answers in zip(queries @ encoder.encode_passages(self._sentences).T, self._answers, strict=True)
        ]
        self._answered = [n for n, answers in enumerate(self._answers) if answers]

    def batch(self, step: int) -> list[tuple[str, list[Target]]]:
        """Give what a step sees beside the questions to documents, the same for the same seed and step."""
        drawn = random.Random(f"{self._seed}-{step}-facts")
        return [self._group(drawn) for _ in range(QUESTIONS)]

    def _group(self, drawn: random.Random) -> tuple[str, list[Target]]:
        n = drawn.choice(self._answered)
        answers = self._answers[n]
        chosen: list[int] = []
        if drawn.random() < STATED:
            chosen = drawn.sample(sorted(answers), min(len(answers), drawn.choice((1, 1, 2))))
        while len(chosen) < WINDOWS:
            other = drawn.choice(self._alike[n] if drawn.random() < FROM_ALIKE else range(len(self._sentences)))
            if other not in answers and other not in chosen:
                chosen.append(other)
        windows = [
            Target("", self._sentences[one], one in answers, verdict=_verdict(answers.get(one))) for one in chosen
        ]
        return drawn.choice(self._questions[n].wordings), windows


def _verdict(said: set[str] | None) -> int | None:
    if said is None:
        return None
    return VERDICTS.index("depends" if len(said) > 1 else next(iter(said)))
