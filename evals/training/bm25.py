"""BM25 (Robertson and Zaragoza 2009) over terms, as sparse matrices: for hard negatives and as a yardstick."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kb.text.terms import terms


class BM25:
    """Scores every passage for a question: idf(t) · tf·(k1 + 1) / (tf + k1·(1 - b + b·length/mean))."""

    def __init__(self, passages: Sequence[str], *, k1: float = 1.2, b: float = 0.75) -> None:
        self._vocabulary: dict[str, int] = {}
        columns, counts, bounds, lengths = [], [], [0], []
        for passage in passages:
            found = Counter(terms(passage))
            columns += [self._vocabulary.setdefault(term, len(self._vocabulary)) for term in found]
            counts += list(found.values())
            bounds.append(len(columns))
            lengths.append(found.total())
        frequency = np.array(counts, np.float32)
        length = np.repeat(np.array(lengths, np.float32), np.diff(bounds))
        holding = np.bincount(columns, minlength=len(self._vocabulary))
        idf = np.log(1 + (len(passages) - holding + 0.5) / (holding + 0.5)).astype(np.float32)
        weights = frequency * (k1 + 1) / (frequency + k1 * (1 - b + b * length / np.mean(lengths)))
        weights *= idf[np.array(columns)]
        shape = (len(passages), len(self._vocabulary))
        self._matrix = sparse.csr_matrix((weights, np.array(columns, np.int32), np.array(bounds)), shape).T.tocsr()

    def scores(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Score all passages, shape (questions, passages)."""
        rows, columns = [], []
        for row, question in enumerate(questions):
            known = [self._vocabulary[term] for term in terms(question) if term in self._vocabulary]
            rows += [row] * len(known)
            columns += known
        shape = (len(questions), self._matrix.shape[0])
        queries = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape)
        return np.asarray((queries @ self._matrix).toarray(), np.float32)


def hard_negatives(
    index: BM25, questions: Sequence[str], relevant: Sequence[Sequence[int]], *, depth: int = 40, skip: int = 0
) -> list[NDArray[np.int64]]:
    """Give the `depth` best passages of each question, behind the first `skip`, that are not relevant."""
    found = []
    for start in range(0, len(questions), 64):
        scores = index.scores(questions[start : start + 64])
        for row, own in zip(scores, relevant[start : start + 64], strict=True):
            row[list(own)] = -1
            best = np.argpartition(-row, depth + skip)[: depth + skip]
            found.append(best[np.argsort(-row[best], kind="stable")][skip:].astype(np.int64))
    return found
