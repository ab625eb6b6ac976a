"""Is the best sentence evidence at all? A small logistic model over signs that do not depend on search scores.

Most telling are the rare words of the question that nothing near the sentence holds, and how sure the reader is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kb.answering.features import FEATURES
from kb.answering.question import Question
from kb.answering.reader import Candidate
from kb.answering.sentences import Prepared
from kb.index.term_weights import TermWeights

_SIGNS = ("own", "context", "passage", "meaning", "passage meaning", "unheard", "pairs", "near", "wording")
_COLUMNS = [FEATURES.index(name) for name in _SIGNS]
SIGNS = (*_SIGNS, "score", "rarest", "rare", "document", "agreement", "wrong kind", "content", "margin")
"""What is weighed, by name."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Weights by sign, and the probability from which a sentence answers."""

    weights: dict[str, float] = field(default_factory=dict)
    bias: float = 0.0
    enough: float = 0.5

    def probability(self, signs: dict[str, float]) -> float:
        """Give the probability that the question can be answered from the sentence."""
        total = self.bias + sum(weight * signs[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(min(total, 50.0), -50.0)))


def signs_of(
    question: Question,
    candidates: Sequence[Candidate],
    prepared: Prepared,
    document_terms: frozenset[str],
    agreement: int,
    term_weights: TermWeights,
) -> dict[str, float]:
    """Read the signs of the best candidate, the first; `prepared` is its passage, `agreement` says whether its
    document is of the level of government asked about."""
    best = candidates[0]
    held = prepared.context.union(*(sentence.terms for sentence in prepared.sentences))
    pairs = sorted((term for term in question.content if len(term) > 1), key=term_weights.weight, reverse=True)
    rarest = pairs[: max(len(pairs) // 3, 1)]
    others = [c.score for c in candidates if c.clause_id != best.clause_id]
    return {
        **dict(zip(_SIGNS, best.features[_COLUMNS].tolist(), strict=True)),
        "score": best.score,
        "rarest": float(np.mean([term in held for term in rarest])) if rarest else 0.0,
        "rare": term_weights.coverage(rarest, held),
        "document": term_weights.coverage(question.content, held | document_terms),
        "agreement": float(agreement),
        "wrong kind": float(_misses_kind(question, best)),
        "content": math.log(len(question.content) + 1),
        "margin": min(best.score - max(others, default=best.score - 3), 3.0),
    }


def _misses_kind(question: Question, candidate: Candidate) -> bool:
    """Say whether a number is asked for and the sentence has none, or none with the unit."""
    sentence = candidate.sentence
    if question.kind == "quantity":
        return not (sentence.numbers - question.numbers) and "全部" not in sentence.plain
    if question.kind == "time" and question.asked_units:
        return not sentence.measures & set("年月日天号")
    return False
