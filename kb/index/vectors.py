"""The dense arm: inner-product search over normalised passage vectors with FAISS.

How vectors are kept goes by their number. Few are kept whole and all compared. More are kept in half precision, which
loses nothing that counts, and all compared. Of very many, in half precision too, those are compared that lie in the
lists nearest to the question (an inverted file, Sivic and Zisserman, ICCV 2003): of HNSW, the other choice, nothing can
be taken out, and a filter goes on its way through the graph past all that it leaves out. Files are mapped into memory
and shared between processes.

A filter is applied before ranking. Where it lets little pass, more lists are compared in proportion, up to all of them,
so that as many passages are looked at as without it: however narrow it is, what passes is found.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.errors import SnapshotDamagedError
from kb.index.vector_file import VectorRows

EXACT_UP_TO = 20_000
"""Passages up to which vectors are kept whole and searched exactly."""

LISTED_FROM = 200_000
"""Passages from which vectors are put into lists; to compare all of fewer takes 9 ms at most, twice what their words
take."""

COMPARED = 1 / 8
"""The share of the lists that is compared with a question: of the ten nearest a thirty-second finds .986, an eighth
.994, all .998; of the two hundred nearest .970, .995 and 1.000 (a million passages, static encoder)."""

_HALF = faiss.ScalarQuantizer.QT_fp16  # 8 bits are half as large, and lose two hundredths of the ten nearest

_LISTS = 4
"""Times the square root of the number of vectors: as many as there are vectors in a list, within a factor of a few."""
_SAMPLE = 40  # vectors a list from which the lists are learned: FAISS warns of fewer than 39
_ROUNDS = 6  # of k-means; more move the centres by less than the sample does
_SEED = 23
_AT_ONCE = 20_000  # vectors that are added at once: 15 MB
_SLACK = 1.25  # how far the number of vectors may go past a limit before what was added to is written anew


def write_vectors(
    path: Path, vectors: VectorRows, public: NDArray[np.int64] | None = None, *, searched: bool = True
) -> None:
    """Write an index of `vectors`, shape (passages, dimensions), which bear the numbers 0, 1, 2, ...

    How they are kept is settled by the `public` ones alone, whose places are given where they are not all, so that what
    is hidden shows in no score. What is not `searched`, but only compared by number, is never put into lists.
    """
    dimensions = vectors.shape[1]
    count = len(vectors) if public is None else len(public)
    index: faiss.Index
    if count <= EXACT_UP_TO:
        index = faiss.IndexFlatIP(dimensions)
    elif count < LISTED_FROM or not searched:
        index = faiss.IndexScalarQuantizer(dimensions, _HALF, faiss.METRIC_INNER_PRODUCT)
    else:
        lists = _lists(count)
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dimensions), dimensions, lists, _HALF, faiss.METRIC_INNER_PRODUCT
        )
        index.by_residual = False  # half precision needs no smaller numbers than there are
        index.cp.niter, index.cp.spherical = _ROUNDS, True
        sample = np.sort(np.random.default_rng(_SEED).choice(count, min(_SAMPLE * lists, count), replace=False))
        index.train(vectors[sample if public is None else public[sample]])
    for _, some in _stretches(vectors):
        index.add(some)
    faiss.write_index(index, str(path))


def update_vectors(path: Path, base: Path, removed: NDArray[np.int64], added: VectorRows, first: int) -> None:
    """Write an index of what `base` holds, without the `removed` numbers and with what is `added`, numbered from
    `first` on.

    Where vectors lie in the order of their numbers, those that are removed stay in their places and have to be filtered
    out.
    """
    index = faiss.read_index(str(base))
    if isinstance(index, faiss.IndexIVF):
        index.remove_ids(faiss.IDSelectorBatch(removed))
    for at, some in _stretches(added):
        if isinstance(index, faiss.IndexIVF):
            index.add_with_ids(some, np.arange(first + at, first + at + len(some), dtype=np.int64))
        else:
            index.add(some)
    faiss.write_index(index, str(path))


def _stretches(vectors: VectorRows) -> Iterator[tuple[int, NDArray[np.float32]]]:
    for at in range(0, len(vectors), _AT_ONCE):
        yield at, vectors[at : at + _AT_ONCE]


def is_fit_for(base: Path, public: int, *, searched: bool = True) -> bool:
    """Say whether an index may be added to until it holds so many public vectors, or is to be written in another
    way."""
    index = faiss.read_index(str(base), faiss.IO_FLAG_MMAP_IFC)
    if isinstance(index, faiss.IndexIVF):
        return public * _SLACK >= LISTED_FROM and _lists(public) <= 2 * index.nlist
    if isinstance(index, faiss.IndexFlat):
        return public <= EXACT_UP_TO * _SLACK
    return public * _SLACK >= EXACT_UP_TO and (public <= LISTED_FROM * _SLACK or not searched)


def _lists(vectors: int) -> int:
    return int(2 ** round(math.log2(_LISTS * math.sqrt(vectors))))


class Selection:
    """The numbers that pass a filter, ready to be searched among by several threads; `of` is how many the one who
    searches may see at all, so that how narrow the filter is does not go by what is hidden."""

    def __init__(self, numbers: NDArray[np.int64], of: int) -> None:
        passes = np.zeros(int(numbers.max(initial=-1)) + 1, np.bool_)
        passes[numbers] = True
        self.count = len(numbers)
        self.widening = of / max(len(numbers), 1)
        self.selector = faiss.IDSelectorBitmap(np.packbits(passes, bitorder="little"))  # type: ignore[call-arg, arg-type]


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

    def similarities(self, vector: NDArray[np.float32], numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the cosine of each of `numbers`; of an index without lists."""
        kept = self._index.reconstruct_batch(numbers)
        return np.asarray(kept @ vector, np.float32)

    def search(
        self, vector: NDArray[np.float32], k: int, selection: Selection | None = None
    ) -> list[tuple[int, float]]:
        """Give the numbers of the `k` nearest with their cosines, best first, of those selected where any are."""
        count = len(self) if selection is None else selection.count
        if not vector.any() or not count:
            return []
        selector = selection.selector if selection else None
        if isinstance(self._index, faiss.IndexIVF):
            widening = selection.widening if selection else 1
            probes = math.ceil(self._index.nlist * min(COMPARED * widening, 1))
            parameters: faiss.SearchParameters = faiss.SearchParametersIVF(nprobe=probes, sel=selector)  # type: ignore[call-arg]
        else:
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, numbers = self._index.search(vector.reshape(1, -1), min(k, count), params=parameters)
        return [(int(number), float(score)) for number, score in zip(numbers[0], scores[0], strict=True) if number >= 0]
