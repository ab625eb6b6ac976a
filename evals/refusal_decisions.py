"""Refusals as decisions: how many are right, how many are missed, and how well confidence tells the two apart.

precision           share of the refusals that are of unanswerable questions
recall              share of the unanswerable questions that are refused
wrongly refused     share of the answerable questions that are refused
AUC                 the chance that an answerable question gets more confidence than an unanswerable one, ties
                    half (Hanley and McNeil, 1982); it does not depend on where the threshold lies
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LOWER_IS_BETTER = frozenset(("wrongly refused",))
"""Every other measure is the better the higher it is."""

_POINTS = 50  # of a curve that is drawn; no figure depends on it


@dataclass(frozen=True, slots=True)
class RefusalDecision:
    """Whether a question can be answered, whether it was refused, and how confident the answer was."""

    answerable: bool
    refused: bool
    confidence: float


def judge_refusals(decisions: Sequence[RefusalDecision]) -> dict[str, float]:
    """Give the measures of the heading; those that nothing can be said about are left out."""
    refused = [d for d in decisions if d.refused]
    answerable = [d for d in decisions if d.answerable]
    unanswerable = [d for d in decisions if not d.answerable]
    values: dict[str, float] = {}
    if refused and unanswerable:
        values["refusal precision"] = sum(not d.answerable for d in refused) / len(refused)
    if unanswerable:
        values["refusal recall"] = sum(d.refused for d in unanswerable) / len(unanswerable)
    if answerable:
        values["wrongly refused"] = sum(d.refused for d in answerable) / len(answerable)
    if answerable and unanswerable:
        values["AUC"] = auc([d.confidence for d in answerable], [d.confidence for d in unanswerable])
    return values


def auc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Give the area under the curve.

    >>> auc([3, 2], [1, 2])
    0.875
    """
    ours, theirs = np.asarray(higher, float), np.sort(np.asarray(lower, float))
    below = np.searchsorted(theirs, ours, "left")
    equal = np.searchsorted(theirs, ours, "right") - below
    return float((below + equal / 2).mean() / len(theirs))


def curve(decisions: Sequence[RefusalDecision]) -> list[tuple[float, float, float]]:
    """Give (threshold, recall of unanswerable, share of answerable refused) as the threshold of confidence rises."""
    levels: list[float] = (
        np.quantile([d.confidence for d in decisions], np.linspace(0, 1, _POINTS)).tolist() if decisions else []
    )
    found = []
    for level in levels:
        below = [d for d in decisions if d.confidence < level]
        wrong = sum(d.answerable for d in below)
        found.append((level, (len(below) - wrong) / max(1, sum(not d.answerable for d in decisions)),
                      wrong / max(1, sum(d.answerable for d in decisions))))  # fmt: skip
    return found
