"""How the scores of the arms become one, for passages and for documents.

Each arm's scores are measured from its weakest candidate in units of their standard deviation, and added
with a weight per arm. How much the dense arm counts is decided by the question: the less of its weight the
best lexical match covers, the more. A question in the words of the documents is thus answered by its words,
a question in other words by its meaning. (Fusion by reciprocal rank, Cormack et al., SIGIR 2009, knows
nothing of this and lost three to thirty points of Success@1 to the lexical arm alone on four of five sets.)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Found = list[tuple[int, float]]
"""What an arm found, best first, with its scores."""


_GATHERED = 100  # documents among which the works gather: beyond it a rank adds less than .15


@dataclass(frozen=True, slots=True)
class Fusion:
    """How the arms are mixed; `depth` candidates of each are.

    The dense arm has the weight `least` where the best lexical match has at least the share `covered` of the score that
    a perfect one could have, `most` where it has at most `uncovered`, and between them in proportion; the lexical arm
    has the rest. `most` was chosen with the embedded encoder on the dev questions of civic and of the policies, `least`
    on these and on the brief ones of `short`, the others with the static one on the dev splits of stard, ncp, cmrc,
    drcd and cail.

    `document` is what the whole document's lexical score adds to each of its passages. A reranker, where one is
    configured, orders the first `reranked` anew.

    Where documents are ranked, each stands by the best score that an arm gave its passages. The document's own vector
    has the share `pooled_whole` of the dense arm, and its own lexical score adds up to `pooled_document`, as far as
    words count. Articles that are documents of their own are one passage each, whose words would count twice; the work
    that one belongs to adds up to `pooled_work` instead, by how many of its articles rank high. They are short and
    asked about in other words than theirs, also where some words agree: the dense arm weighs at least `pooled_article`
    there. Chosen on train questions of stard, with encoders that had not seen them.

    The words that the lexicon knows for everyday words of a question are searched for with the weight
    `translated`, or `translated_known` where the documents use the everyday word too; their vector is added to
    that of the question with the weight `translated_meaning`. Chosen on the dev half of the policy questions.
    """

    least: float = 0.25
    most: float = 0.85
    covered: float = 0.3
    uncovered: float = 0.1
    depth: int = 200
    document: float = 0.3
    reranked: int = 50
    pooled_whole: float = 0.7
    pooled_document: float = 1.0
    pooled_work: float = 0.6
    pooled_article: float = 0.65
    translated: float = 1.0
    translated_known: float = 0.3
    translated_meaning: float = 0.5

    def dense_weight(self, coverage: float) -> float:
        """Give the weight of the dense arm for passages, from 0 to 1."""
        return self._between(self.least, self.most, coverage)

    def pooled_dense_weight(self, coverage: float, *, articles: bool) -> float:
        """Give the weight of the dense arm for documents, from 0 to 1; `articles` where they are articles of works."""
        return self._between(min(self.pooled_article, self.most) if articles else self.least, self.most, coverage)

    def _between(self, least: float, most: float, coverage: float) -> float:
        share = (self.covered - coverage) / (self.covered - self.uncovered)
        return least + (most - least) * min(max(share, 0.0), 1.0)

    def words_count(self, coverage: float) -> float:
        """Say from 0 to 1 how far the words of a question are to be trusted beside its meaning."""
        return min(max((coverage - self.uncovered) / (self.covered - self.uncovered), 0.0), 1.0) ** 2


def mixed(parts: Iterable[tuple[float, Mapping[int, float]]]) -> dict[int, float]:
    """Add standardised scores, each part with its weight; what a part does not have counts as its weakest."""
    scores: dict[int, float] = {}
    for weight, part in parts:
        for key, score in part.items():
            scores[key] = scores.get(key, 0.0) + weight * score
    return scores


def standardized(found: Found) -> dict[int, float]:
    """Measure scores from the weakest in standard deviations."""
    if not found:
        return {}
    scores = np.asarray([score for _, score in found])
    scaled = (scores - scores.min()) / max(float(scores.std()), 1e-9)
    return dict(zip((key for key, _ in found), scaled.tolist(), strict=True))


def pooled(scores: Mapping[int, float], owners: Sequence[int]) -> dict[int, float]:
    """Give each document the best score of its passages; `owners` tells the document of a row."""
    best: dict[int, float] = {}
    for row, score in scores.items():
        owner = owners[row]
        best[owner] = max(best.get(owner, 0.0), score)
    return best


def gathered(scores: Mapping[int, float], works: Sequence[int]) -> dict[int, float]:
    """Say of each document how many of its work rank high: the root of the sum of 1 / log2(1 + rank) over the first
    hundred, the discount of nDCG."""
    ranked = sorted(scores, key=lambda ordinal: (-scores[ordinal], ordinal))[:_GATHERED]
    gains: dict[int, float] = {}
    for rank, ordinal in enumerate(ranked, start=1):
        gains[works[ordinal]] = gains.get(works[ordinal], 0.0) + 1 / math.log2(1 + rank)
    return {ordinal: math.sqrt(gains.get(works[ordinal], 0.0)) for ordinal in scores}
