"""Contrastive loss over a batch (InfoNCE, van den Oord et al. 2018), in both directions.

It is sentence-transformers' MultipleNegativesRankingLoss with two differences that matter for laws:
passages that all but repeat a question's own passage are no negatives (statutes copy each other), and
only some pairs bring hard negatives of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from evals.training.pairs import BagPair
from kb.index.sentence_transformers_module import pack_bags

SCALE = 20.0
"""Inverse temperature."""
TEACHER_SCALE = 33.0
"""Inverse temperature of a teacher's cosines; it was trained with 50, and tells more of what is not first when it is
softer."""
ALIKE = 0.9
"""Cosine from which two passages say the same."""


def batch_features(pairs: Sequence[BagPair]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Pack the queries and, behind the passages in the same order, all hard negatives."""
    pairs = [pair for pair in pairs if len(pair.query) and len(pair.passage)]
    passages = [pair.passage for pair in pairs]
    negatives = [negative for pair in pairs for negative in pair.negatives if len(negative)]
    return pack_bags([pair.query for pair in pairs]), pack_bags(passages + negatives)


def contrastive_loss(queries: Tensor, passages: Tensor) -> Tensor:
    """Give the loss of normalised embeddings; passage i < len(queries) answers query i, the rest none."""
    count = len(queries)
    own = torch.arange(count)
    with torch.no_grad():
        alike = passages[:count] @ passages.T > ALIKE
        alike[own, own] = False
    scores = (queries @ passages.T * SCALE).masked_fill(alike, -np.inf)
    forward = functional.cross_entropy(scores, own)
    backward = functional.cross_entropy(scores[:, :count].T, own)
    return (forward + backward) / 2


def taught_loss(questions: Tensor, others: Tensor, cosines: Tensor) -> Tensor:
    """Give the cross entropy of the odds that normalised embeddings give the other texts, for each question, with those
    by a teacher's `cosines`, shape (questions, others); -1 is a question beside itself."""
    same = cosines <= -1
    odds = torch.softmax((cosines * TEACHER_SCALE).masked_fill(same, -np.inf), dim=1)
    return functional.cross_entropy((questions @ others.T * SCALE).masked_fill(same, -1e4), odds)
