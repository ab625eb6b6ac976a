"""Recording documents on the way to a snapshot: a few hundred at a time are cut, encoded and written down, so that
memory does not go by how many there are. What is indexed afterwards, words and vectors, is read from what was
written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.index.manifest import Counts
from kb.index.record_writing import Numbering, RecordedPart, RecordWriter
from kb.index.recorded_entries import RecordedDocuments, RecordedPassages
from kb.index.store import IndexedPart
from kb.index.vector_file import VectorFile
from kb.naming import Names
from kb.relations import citations_among
from kb.types import Document

RECORDS = "records.sqlite"


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """Some documents as they are recorded, with the vectors of their passages."""

    records: RecordedPart
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RecordChange:
    """What makes other records of those of a snapshot, the file `base`: the documents that go, and all that there are
    then."""

    base: Path
    gone: Sequence[Document]
    documents: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Records that lie in `folder`, and the vectors of the documents that were added, which bear the numbers from
    `first` up to `following`: of their passages, `passages_of` each, and of each whole. `counts` are those of all that
    the records hold."""

    folder: Path
    added: Sequence[Document]
    first: Numbering
    following: Numbering
    counts: Counts
    passages_of: NDArray[np.int64]
    vectors: VectorFile
    directions: VectorFile

    def indexed(self, concealed: frozenset[str]) -> tuple[IndexedPart, IndexedPart]:
        """Give what is searched of the passages and of the whole documents that were added; `concealed` are ids."""
        hidden = frozenset(n for n, d in enumerate(self.added, self.first.document) if d.doc_id in concealed)
        path, first, end = self.folder / RECORDS, self.first, self.following
        return (
            IndexedPart(RecordedPassages(path, first.passage, end.passage), self.vectors, hidden, first.passage),
            IndexedPart(RecordedDocuments(path, first.document, end.document), self.directions, hidden, first.document),
        )


@contextmanager
def record(
    folder: Path,
    added: Sequence[Document],
    batches: Iterable[PreparedBatch],
    dimensions: int,
    change: RecordChange | None = None,
) -> Iterator[Recorded]:
    """Write `batches`, which are made of the documents `added` in their order, into a records file in `folder`: a new
    one, or with a `change` one made of another. The vectors are at hand while the block runs."""
    with VectorFile(folder, dimensions) as vectors, VectorFile(folder, dimensions) as directions:
        passages_of: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        with RecordWriter(folder / RECORDS, change.base if change else None) as records:
            first = records.numbering
            if change:
                records.remove(document.doc_id for document in change.gone)
            for batch in batches:
                records.add(batch.records)
                owners = _owners(batch.records)
                vectors.add(batch.vectors)
                directions.add(_directions(batch.vectors, owners, len(batch.records.documents)))
                passages_of.append(np.bincount(owners, minlength=len(batch.records.documents)))
            named: dict[str, list[str]] = {}
            if change:  # whoever names a document that came, changed or went may mean another one now
                named = records.namings(Names.of((*added, *change.gone)).among(records.names()))
            naming = chain(named.items(), records.namings_from(first.document))
            records.cite(named, citations_among(change.documents if change else added, naming))
            following, counts = records.numbering, records.counts()
        yield Recorded(folder, added, first, following, counts, np.concatenate(passages_of), vectors, directions)


def _owners(part: RecordedPart) -> NDArray[np.int64]:
    """Give the place of each passage's document."""
    places = {document.doc_id: place for place, document in enumerate(part.documents)}
    return np.asarray([places[passage.doc_id] for passage in part.passages], np.int64)


def _directions(vectors: NDArray[np.float32], owners: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """Give the direction of the sum of each document's passage vectors, in their order."""
    sums = np.zeros((count, vectors.shape[1]), np.float32)
    np.add.at(sums, owners, vectors)
    directions: NDArray[np.float32] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return directions
