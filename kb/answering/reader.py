"""The reader: which sentences of the passages that were found answer the question.

The features of every sentence are weighed by boosted trees that were trained on questions with known answers
(`evals.training.reader`); what comes out is the log-odds that the sentence holds the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.answering.features import features
from kb.answering.question import Question
from kb.answering.sentences import Prepared, Sentence
from kb.answering.trees import Trees
from kb.index.term_weights import TermWeights
from kb.types import Hit, Passage


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: the log-odds that it does, and what speaks for it (`FEATURES`)."""

    hit: Hit
    sentence: Sentence
    score: float
    features: NDArray[np.float32]

    @property
    def doc_id(self) -> str:
        return self.hit.passage.doc_id

    @property
    def clause_id(self) -> str:
        return self.hit.passage.clause_id

    @property
    def start(self) -> int:
        return self.sentence.start

    @property
    def end(self) -> int:
        return self.sentence.end


def read(
    question: Question,
    hits: Sequence[Hit],
    prepared_of: Callable[[Passage], Prepared],
    term_weights: TermWeights,
    target: NDArray[np.float32],
    ranker: Trees,
) -> list[Candidate]:
    """Score every sentence of the passages found, in their order; `target` is the question's vector."""
    passages = [prepared_of(hit.passage) for hit in hits]
    rows = features(question, passages, term_weights, target)
    scores = ranker.predict(rows).tolist()
    owners = [(hit, s) for hit, prepared in zip(hits, passages, strict=True) for s in prepared.sentences]
    return [
        Candidate(hit, sentence, score, row) for (hit, sentence), score, row in zip(owners, scores, rows, strict=True)
    ]
