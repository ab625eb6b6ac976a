"""The dense arm: inner-product search over normalised passage vectors with FAISS.

Small indexes are exact. Larger ones keep eight bits a dimension, which loses about one hundredth of
the neighbours and is five times faster. Files are mapped into memory and shared between processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.errors import SnapshotDamagedError

EXACT_UP_TO = 20_000
"""Passages up to which vectors are kept whole and searched exactly."""


def write_vectors(path: Path, vectors: NDArray[np.float32], public: NDArray[np.float32] | None = None) -> None:
    """Write an index of `vectors`, shape (passages, dimensions); the number of a vector is its row.

    How exactly they are kept is settled by the `public` ones alone, so that what is hidden shows in no score.
    """
    dimensions = vectors.shape[1]
    public = vectors if public is None else public
    if len(public) <= EXACT_UP_TO:
        index: faiss.Index = faiss.IndexFlatIP(dimensions)
    else:
        index = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        index.train(public)
    index.add(vectors)
    faiss.write_index(index, str(path))


class VectorIndex:
    """Opens a vector index; searching is thread-safe."""

    def __init__(self, path: Path) -> None:
        try:
            self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise SnapshotDamagedError.of("vectors_broken", file=path) from error
        faiss.omp_set_num_threads(1)

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def similarities(self, vector: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
        """Give the cosine of each of `rows`."""
        kept = self._index.reconstruct_batch(np.asarray(rows, np.int64))
        return np.asarray(kept @ vector, np.float32)

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Give the `k` nearest rows with their cosines, best first, of the `allowed` rows where given."""
        if not vector.any() or not len(self):
            return []
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
        scores, rows = self._index.search(vector.reshape(1, -1), min(k, len(self)), params=parameters)
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]
