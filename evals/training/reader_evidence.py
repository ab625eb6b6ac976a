"""Learns when the best sentence answers, from the dev half of the project's own questions.

The target is whether the best sentence stands in a clause that holds the answer: a question that cannot be answered
and one whose answer was not found must both be refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from evals.policy import PolicyQuestion
from kb.answering.evidence import SIGNS, Evidence
from kb.answering.follow_up import resolve
from kb.answering.investigate import Investigator
from kb.answering.sides import sides_of
from kb.metadata import fields_asked

_STRENGTH = 0.1
_FOLDS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """The signs of a best sentence, whether the question can be answered, and whether the sentence does it."""

    signs: dict[str, float]
    answerable: bool
    right: bool


def judge_questions(questions: Sequence[PolicyQuestion], investigator: Investigator) -> list[Judged]:
    """Read every question that is answered from the text, and not side by side."""
    judged = []
    for question in questions:
        turn = resolve(question.as_query())
        if fields_asked(turn.query.text) or (question.answer.answerable and sides_of(turn.query.text)):
            continue
        understood, candidates = investigator.read(turn, investigator.search(turn.query))
        if candidates:
            right = candidates[0].clause_id in question.clauses
            signs = investigator.signs(understood, candidates, turn.query)
            judged.append(Judged(signs, question.answer.answerable, right))
    return judged


def fit_evidence(judged: Sequence[Judged], wrongly_refused: float) -> Evidence:
    """Fit the weights, and choose by cross-validation the probability that refuses so many of the answerable ones."""
    rows = np.array([[j.signs[name] for name in SIGNS] for j in judged])
    right = np.array([j.right for j in judged])
    answerable = np.array([j.answerable for j in judged])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=1000))
    held_out = cross_val_predict(model, rows, right, cv=_FOLDS, method="predict_proba")[:, 1]
    enough = float(np.quantile(held_out[answerable], wrongly_refused))
    model.fit(rows, right)
    weights = model[1].coef_[0] / model[0].scale_
    bias = float(model[1].intercept_[0] - (weights * model[0].mean_).sum())
    named = {name: round(float(weight), 4) for name, weight in zip(SIGNS, weights, strict=True)}
    return Evidence(named, round(bias, 4), round(enough, 3))
