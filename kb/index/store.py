"""What search asks of the place where an index's words and vectors are kept: the snapshot's own folder
(`kb.index.local_store`), or Milvus (`kb.index.milvus_store`).

Both apply a scope before they rank, score words by the same BM25 and meaning by the inner product, and know rows and
ordinals as the records of the snapshot number them, so that the same fusion makes the same ranking of what they find.
Either counts for each audience only what it may see, so that what is hidden shows in no score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.fusion import Found
from kb.index.lexical import Entry
from kb.index.vector_file import VectorRows
from kb.scope import Scope
from kb.types import Audience


class Entries(Protocol):
    """Entries that are gone through as often as they are needed; they may be read from a file each time."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Entry]: ...


@dataclass(frozen=True, slots=True)
class IndexedPart:
    """What a home is given to keep: passages, or whole documents, with their vectors in the same order, and the numbers
    of the documents that are `concealed` from the public. Entries are numbered from `first` on, without a gap."""

    entries: Entries
    vectors: VectorRows
    concealed: frozenset[int]
    first: int = 0

    def public_entries(self) -> Iterator[Entry]:
        """Give the entries that the public may see."""
        return (entry for entry in self.entries if entry[1] not in self.concealed)

    def public_places(self) -> NDArray[np.int64] | None:
        """Give the places of those among all, by which their vectors are found; None where all are."""
        if not self.concealed:
            return None
        return np.flatnonzero(np.fromiter((entry[1] not in self.concealed for entry in self.entries), np.bool_))

    def public_count(self) -> int:
        """Count them."""
        places = self.public_places()
        return len(self.entries) if places is None else len(places)


class TermCounts(Protocol):
    """How many passages there are and how many of them hold a term, of those that an audience may see."""

    def __len__(self) -> int: ...

    def frequency(self, term: str) -> int:
        """Count the passages that hold a term."""


class Store(Protocol):
    """Finds rows of passages, or ordinals of whole documents, with their scores, best first; safe to use from several
    threads."""

    @property
    def has_whole(self) -> bool:
        """Whether documents are kept whole too; they are not where each has one passage."""

    def counts(self, audience: Audience) -> TermCounts:
        """Give the counts by which terms are weighed for an audience."""

    def find_words(self, text: str, k: int, scope: Scope, also: Mapping[str, float]) -> Found:
        """Find the `k` best passages by words; `also` gives the weights of terms that are searched for beside those of
        the text."""

    def find_whole(self, text: str, k: int, scope: Scope, also: Mapping[str, float]) -> Found:
        """Find the `k` best whole documents by words."""

    def find_meaning(self, vector: NDArray[np.float32], k: int, scope: Scope) -> Found:
        """Find the `k` passages nearest to a vector."""

    def whole_similarities(self, vector: NDArray[np.float32], ordinals: Sequence[int]) -> NDArray[np.float32]:
        """Compare a vector with whole documents."""

    def close(self) -> None:
        """Let go of files and connections."""
