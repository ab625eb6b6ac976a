"""The home of an index in the folder of its snapshot: words by tantivy, vectors by FAISS, both mapped into memory.

Both know passages and documents by the numbers of the records, which are rows and ordinals here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from kb.fusion import Found
from kb.index.lexical import LexicalIndex, update_lexical, write_lexical
from kb.index.records import Numbers, Records
from kb.index.store import IndexedPart
from kb.index.vectors import Selection, VectorIndex, is_fit_for, update_vectors, write_vectors
from kb.scope import Scope, ScopedCatalogue
from kb.types import Audience
from kb.visibility import may_see

PASSAGES, WHOLE = "lexical", "documents"
"""The folders of the words of passages and of whole documents."""
_VECTORS = {PASSAGES: "vectors.faiss", WHOLE: "documents.faiss"}


def write_local(folder: Path, passages: IndexedPart, whole: IndexedPart | None) -> None:
    """Write the words and vectors of passages and, where they say more, of whole documents."""
    for name, part in ((PASSAGES, passages), (WHOLE, whole)):
        if part is not None:
            write_vectors(folder / _VECTORS[name], part.vectors, part.public_places(), searched=name == PASSAGES)
            write_lexical(folder / name, part.entries)
            if part.concealed:
                write_lexical(folder / _public(name), part.public_entries())


@dataclass(frozen=True, slots=True)
class LocalUpdate:
    """What is to become of the words and vectors of another snapshot: the numbers of `documents` and `passages` that
    are taken out, and the part that is added; `conceals` says whether anything is concealed from the public then."""

    documents: NDArray[np.int64]
    passages: NDArray[np.int64]
    conceals: bool


def update_local(
    folder: Path, base: Path, update: LocalUpdate, passages: IndexedPart, whole: IndexedPart | None
) -> None:
    """Write the words and vectors of another snapshot, the folder `base`, with an update; there are whole documents in
    both or in none."""
    removed = update.documents.tolist()
    for name, part, gone in ((PASSAGES, passages, update.passages), (WHOLE, whole, update.documents)):
        if part is None:
            continue
        update_vectors(folder / _VECTORS[name], base / _VECTORS[name], gone, part.vectors, part.first)
        update_lexical(folder / name, base / name, removed, part.entries)
        if update.conceals:
            apart = (
                base / _public(name)
            ).exists()  # else nothing was concealed so far, and the public's index is that of staff
            public = base / _public(name) if apart else base / name
            update_lexical(folder / _public(name), public, removed, part.public_entries(), shared=apart)


def can_take(base: Path, public_passages: int, public_documents: int) -> bool:
    """Say whether the vectors of a snapshot may be added to until they are so many."""
    counts = {PASSAGES: public_passages, WHOLE: public_documents}
    return all(
        is_fit_for(base / file, counts[name], searched=name == PASSAGES)
        for name, file in _VECTORS.items()
        if (base / file).exists()
    )


class LocalStore:
    """Opens `vectors.faiss`, `lexical` and, where documents are kept whole, `documents.faiss` and `documents`; each
    audience has a lexical index of its own."""

    def __init__(self, folder: Path, records: Records) -> None:
        self._owners = np.asarray(records.document_of_row, dtype=np.int64)
        self._passages, self._documents = records.passage_numbers, records.document_numbers
        self._catalogue = ScopedCatalogue(records.catalogue)
        passages_of = np.bincount(self._owners, minlength=len(records.catalogue))
        self._seen = {
            audience: int(passages_of[[may_see(audience, document) for document in records.catalogue]].sum())
            for audience in get_args(Audience)
        }
        self._vectors = VectorIndex(folder / _VECTORS[PASSAGES])
        self._words = _open_lexical(folder, PASSAGES)
        self._whole = _open_lexical(folder, WHOLE) if (folder / WHOLE).exists() else {}
        whole_vectors = folder / _VECTORS[WHOLE]
        self._whole_vectors = VectorIndex(whole_vectors) if whole_vectors.exists() else None
        self._allowed = lru_cache(maxsize=8)(self._allowed_passages)
        self._hidden = lru_cache(maxsize=8)(self._hidden_documents)

    @property
    def has_whole(self) -> bool:
        """Whether documents are kept whole too."""
        return bool(self._whole)

    def counts(self, audience: Audience) -> LexicalIndex:
        """Give the lexical index of an audience, which counts its terms."""
        return self._words[audience]

    def find_words(self, text: str, k: int, scope: Scope, also: Mapping[str, float]) -> Found:
        """Find the `k` best passages by words."""
        return _placed(self._words[scope.audience].search(text, k, self._hidden(scope), also), self._passages)

    def find_whole(self, text: str, k: int, scope: Scope, also: Mapping[str, float]) -> Found:
        """Find the `k` best whole documents by words."""
        if not self._whole:
            return []
        return _placed(self._whole[scope.audience].search(text, k, self._hidden(scope), also), self._documents)

    def find_meaning(self, vector: NDArray[np.float32], k: int, scope: Scope) -> Found:
        """Find the `k` passages nearest to a vector."""
        return _placed(self._vectors.search(vector, k, self._allowed(scope)), self._passages)

    def whole_similarities(self, vector: NDArray[np.float32], ordinals: Sequence[int]) -> NDArray[np.float32]:
        """Compare a vector with whole documents."""
        if self._whole_vectors is None or not ordinals:
            return np.zeros(len(ordinals), np.float32)
        return self._whole_vectors.similarities(vector, self._documents.of(ordinals))

    def close(self) -> None:
        """Nothing is held: what is mapped goes with the store."""

    def _hidden_documents(self, scope: Scope) -> list[int]:
        return sorted(self._documents.of(sorted(self._catalogue.hidden(scope))).tolist())

    def _allowed_passages(self, scope: Scope) -> Selection | None:
        hidden = self._catalogue.hidden(scope)
        if not hidden and len(self._vectors) == len(self._owners):
            return None  # nothing to be left out, and nothing left of what was taken out
        numbers = self._passages.all[~np.isin(self._owners, list(hidden))]
        return Selection(numbers, self._seen[scope.audience])


def _placed(found: Found, numbers: Numbers) -> Found:
    """Give what was found by number by its row or ordinal."""
    return [(numbers.place(number), score) for number, score in found]


def _public(name: str) -> str:
    return f"{name}-public"


def _open_lexical(folder: Path, name: str) -> dict[Audience, LexicalIndex]:
    staff = LexicalIndex(folder / name)
    public = folder / _public(name)
    return {"staff": staff, "public": LexicalIndex(public) if public.exists() else staff}
