"""Boosted trees on plain arrays: what a trained model says of a row of features, without the library that trained it.

All trees are walked at once, level by level. An inner node sends a row to its left child where the feature is at
most the threshold; leaves are numbered from -1 downwards and hold the values that are summed. (Gradient boosting:
Friedman, 2001.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.answering.features import Matrix


@dataclass(frozen=True, slots=True)
class Trees:
    """Nodes and leaves of all trees, one behind another; `roots` and `first_leaves` say where a tree begins.

    `left` and `right` are positions in these arrays, or -1 - n for leaf n; so is the root of a tree of one leaf.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    values: NDArray[np.float32]

    def predict(self, rows: Matrix) -> NDArray[np.float64]:
        """Give the sum of the trees' values for every row."""
        totals = np.zeros(len(rows))
        if not len(rows):
            return totals
        row = np.repeat(np.arange(len(rows)), len(self.roots))
        node = np.tile(self.roots, len(rows))
        active = np.flatnonzero(node >= 0)
        while len(active):
            at = node[active]
            goes_left = rows[row[active], self.feature[at]] <= self.threshold[at]
            node[active] = np.where(goes_left, self.left[at], self.right[at])
            active = active[node[active] >= 0]
        totals += self.values[-1 - node].reshape(len(rows), -1).sum(axis=1, dtype=np.float64)
        return totals
