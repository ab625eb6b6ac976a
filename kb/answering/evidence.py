"""Is the best sentence evidence at all? A small logistic model over signs that do not depend on search scores.

Most telling are the words of the question that nothing near the sentence holds, those that the whole corpus
never says, and how sure the reader is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kb.answering.features import FEATURES
from kb.answering.question import Question
from kb.answering.reader import Candidate
from kb.answering.sentences import Prepared
from kb.index.term_weights import TermWeights
from kb.text.terms import symbol_runs

_SIGNS = ("own", "context", "passage", "meaning", "passage meaning", "unheard", "pairs", "near", "wording")
_COLUMNS = [FEATURES.index(name) for name in _SIGNS]
SIGNS = (
    *_SIGNS, "score", "document", "agreement", "wrong kind", "new words", "longest new word", "missing", "longest missing",
)  # fmt: skip
"""What is weighed, by name."""

_COVERED_LITTLE, _MOSTLY_NEW = 0.2, 0.5


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


def is_foreign(signs: dict[str, float]) -> bool:
    """Say whether a question is about something else altogether: most of its words the corpus never says, and
    nothing found covers the rest. Chosen on the dev half of the policy questions."""
    return signs["passage"] < _COVERED_LITTLE and signs["new words"] > _MOSTLY_NEW


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
    known = frozenset(term for said, _ in question.meant for term in said)
    translated = frozenset(
        term for said, wordings in question.meant for term in said if any(wording <= held for wording in wordings)
    )
    held |= translated
    new, longest_new = _uncovered(question.runs, lambda term: term in known or term_weights.heard(term))
    missing, longest_missing = _uncovered(question.runs, lambda term: term in held or term in document_terms)
    return {
        **dict(zip(_SIGNS, best.features[_COLUMNS].tolist(), strict=True)),
        "score": best.score,
        "document": term_weights.coverage(question.content, held | document_terms),
        "agreement": float(agreement),
        "wrong kind": float(_misses_kind(question, best)),
        "new words": new,
        "longest new word": longest_new,
        "missing": missing,
        "longest missing": longest_missing,
    }


def _uncovered(runs: Sequence[str], known: Callable[[str], bool]) -> tuple[float, float]:
    """Give the share of the characters of a question that stand in no known pair of neighbours, and the length of
    the longest stretch of them, at most four. A word that is nowhere leaves a stretch, two words that only do not
    stand side by side leave none."""
    total = bare = longest = 0
    for run in symbol_runs(" ".join(runs).replace(" ", "，")):
        pairs = [known(one + other) for one, other in pairwise(run)]
        stretch = 0
        for position in range(len(run)):
            covered = any(pairs[max(position - 1, 0) : position + 1]) if pairs else known(run[0])
            stretch = 0 if covered else stretch + 1
            longest = max(longest, stretch)
            bare += not covered
            total += 1
    return bare / max(total, 1), float(min(longest, 4))


def _misses_kind(question: Question, candidate: Candidate) -> bool:
    """Say whether a number is asked for and the sentence has none, or none with the unit."""
    sentence = candidate.sentence
    if question.kind == "quantity":
        return not (sentence.numbers - question.numbers) and "全部" not in sentence.plain
    if question.kind == "time" and question.asked_units:
        return not sentence.measures & set("年月日天号")
    return False
