"""The home of an index in the folder of its snapshot: words by tantivy, vectors by FAISS, both mapped into memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.fusion import Found
from kb.index.lexical import LexicalIndex, write_lexical
from kb.index.records import Records
from kb.index.store import IndexedPart
from kb.index.vectors import VectorIndex, write_vectors
from kb.scope import Scope, ScopedCatalogue
from kb.types import Audience


def write_local(folder: Path, passages: IndexedPart, whole: IndexedPart | None) -> None:
    """Write the words and vectors of passages and, where they say more, of whole documents."""
    for part, words, vectors in ((passages, "lexical", "vectors.faiss"), (whole, "documents", "documents.faiss")):
        if part is not None:
            write_vectors(folder / vectors, part.vectors, part.public_vectors())
            write_lexical(folder / words, part.entries)
            if part.concealed:
                write_lexical(folder / f"{words}-public", part.public_entries())


class LocalStore:
    """Opens `vectors.faiss`, `lexical` and, where documents are kept whole, `documents.faiss` and `documents`; each audience has a
    lexical index of its own."""

    def __init__(self, folder: Path, records: Records) -> None:
        self._owners = np.asarray(records.document_of_row, dtype=np.int64)
        self._catalogue = ScopedCatalogue(records.catalogue)
        self._vectors = VectorIndex(folder / "vectors.faiss")
        self._words = _open_lexical(folder, "lexical")
        self._whole = _open_lexical(folder, "documents") if (folder / "documents").exists() else {}
        whole_vectors = folder / "documents.faiss"
        self._whole_vectors = VectorIndex(whole_vectors) if whole_vectors.exists() else None
        self._allowed = lru_cache(maxsize=8)(self._allowed_rows)

    @property
    def has_whole(self) -> bool:
        """Whether documents are kept whole too."""
        return bool(self._whole)

    def counts(self, audience: Audience) -> LexicalIndex:
        """Give the lexical index of an audience, which counts its terms."""
        return self._words[audience]

    def find_words(self, text: str, k: int, scope: Scope, also: Mapping[str, float]) -> Found:
        """Find the `k` best passages by words."""
        return self._words[scope.audience].search(text, k, self._catalogue.hidden(scope), also)

    def find_whole(self, text: str, k: int, scope: Scope, also: Mapping[str, float]) -> Found:
        """Find the `k` best whole documents by words."""
        if not self._whole:
            return []
        return self._whole[scope.audience].search(text, k, self._catalogue.hidden(scope), also)

    def find_meaning(self, vector: NDArray[np.float32], k: int, scope: Scope) -> Found:
        """Find the `k` passages nearest to a vector."""
        return self._vectors.search(vector, k, self._allowed(scope))

    def whole_similarities(self, vector: NDArray[np.float32], ordinals: Sequence[int]) -> NDArray[np.float32]:
        """Compare a vector with whole documents."""
        if self._whole_vectors is None or not ordinals:
            return np.zeros(len(ordinals), np.float32)
        return self._whole_vectors.similarities(vector, ordinals)

    def close(self) -> None:
        """Nothing is held: what is mapped goes with the store."""

    def _allowed_rows(self, scope: Scope) -> NDArray[np.int64] | None:
        hidden = self._catalogue.hidden(scope)
        return np.flatnonzero(~np.isin(self._owners, list(hidden))) if hidden else None


def _open_lexical(folder: Path, name: str) -> dict[Audience, LexicalIndex]:
    staff = LexicalIndex(folder / name)
    public = folder / f"{name}-public"
    return {"staff": staff, "public": LexicalIndex(public) if public.exists() else staff}
