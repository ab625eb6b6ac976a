"""Late meaning: the vectors of a large index's passages, made when a search comes across them, and kept.

A transformer needs hours for millions of passages. An index of that size is built with the static encoder, at once; its
candidates are compared with the question by the transformer, which after some questions has most of what is asked
about.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.index.encoder import Encoder
from kb.index.records import Records
from kb.index.vector_cache import VectorCache

CANDIDATES = 200
"""Passages that are compared for a question: they take some two seconds where none was met before."""


def encoded_text(context: str, text: str) -> str:
    """Give a passage as an encoder sees it: behind its title and headings."""
    return f"{context}\n{text}"


class LateMeaning:
    """Compares questions with passages of one snapshot; safe to share between threads."""

    def __init__(self, encoder: Encoder, records: Records, cache: Path) -> None:
        self._encoder = encoder
        self._records = records
        self._vectors = VectorCache(cache, encoder)

    def similarities(self, question: NDArray[np.float32], rows: Sequence[int]) -> list[tuple[int, float]]:
        """Give rows with the cosine of their passage and a question's vector, best first."""
        passages = self._records.passages(list(rows))
        texts = [encoded_text(p.context, self._records.document(p.doc_id).text[p.start : p.end]) for p in passages]
        cosines = self._vectors.encode(texts, self._encoder) @ question
        return sorted(zip(rows, cosines.tolist(), strict=True), key=lambda item: (-item[1], item[0]))

    def close(self) -> None:
        """Close the cache of its vectors; what was put in it stays."""
        self._vectors.close()
