"""The same document twice: in two formats, which is one document, or nearly the same, which is told.

Two files hold the same document where their words are the same: letters, digits and Han characters of the folded text,
in their order. The richer source is kept: read from text rather than by OCR, then the one that names more of its own
data (文号, issuers, dates ...), then the one with pages, then with tables, then the one whose path comes first; but
what is in the index from elsewhere stays. Near-duplicates are found by MinHash over shingles of words (Broder 1997) and
locality-sensitive hashing; they are told and never dropped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.text.fold import fold_text
from kb.types import Document

SIMILAR = 0.8
"""The share of common shingles (Jaccard) from which on two documents are told as near-duplicates."""

_SHINGLE = 5  # characters
_PERMUTATIONS = 64  # of a sketch; it only finds candidates, which are compared whole
_LEAST_WORDS = 20  # characters; of shorter texts many are alike by chance
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Two documents that are nearly the same, `similarity` the share of their shingles that they have in common."""

    one: str
    other: str
    similarity: float


def words_checksum(text: str) -> str | None:
    """Give one checksum over the words of a text; None where there are too few to tell texts by.

    >>> words_checksum("第一條　為了方便老年人就餐，制定本辦法，自公布之日起施行。") == words_checksum("第一条 为了方便老年人\\n就餐,制定本办法,自公布之日起施行")
    True
    """
    words = _words(text)
    return hashlib.sha256(words.encode()).hexdigest() if len(words) >= _LEAST_WORDS else None


def same_in_other_formats(
    documents: Sequence[Document],
    settled: Iterable[Document] = (),
    checksum_of: Callable[[Document], str | None] | None = None,
) -> dict[int, Document]:
    """Give, by their place in `documents`, those that another one holds in another format, and that one.

    What is `settled`, because it came from elsewhere before, holds its own; among the others it is the richest.
    `checksum_of` knows the checksums of words from earlier runs.
    """
    checksum_of = checksum_of or _checksum
    there = {checksum_of(document): document for document in settled}
    groups: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        checksum = checksum_of(document)
        if checksum is not None:
            groups.setdefault(checksum, []).append(number)
    held: dict[int, Document] = {}
    for checksum, numbers in groups.items():
        kept = there.get(checksum) or documents[min(numbers, key=lambda n: _poverty(documents[n]))]
        held |= {n: kept for n in numbers if documents[n].media_type != kept.media_type}
    return held


def near_duplicates(documents: Iterable[Document]) -> list[NearDuplicate]:
    """Give every document that is nearly the same as one before it (by id) with the one most alike, most alike
    first."""
    from datasketch import MinHash, MinHashLSH  # takes a second to import: only a report pays for it

    shingles = {d.doc_id: found for d in documents if (found := _shingles(d.text)).size >= _LEAST_WORDS}
    nearby = MinHashLSH(threshold=SIMILAR - 0.1, num_perm=_PERMUTATIONS)
    pairs: list[NearDuplicate] = []
    for doc_id in sorted(shingles):
        sketch = MinHash(num_perm=_PERMUTATIONS, hashfunc=int)
        sketch.update_batch(shingles[doc_id])
        alike = [(_jaccard(shingles[doc_id], shingles[other]), other) for other in sorted(nearby.query(sketch))]
        similarity, other = max(alike, default=(0.0, ""), key=lambda found: found[0])
        if similarity >= SIMILAR:
            pairs.append(NearDuplicate(other, doc_id, similarity))
        nearby.insert(doc_id, sketch)
    return sorted(pairs, key=lambda pair: (-pair.similarity, pair.one, pair.other))


def _checksum(document: Document) -> str | None:
    return words_checksum(document.text) if document.kind != "digest" else None


def _words(text: str) -> str:
    return _NOT_WORDS.sub("", fold_text(text)).lower()


def _poverty(document: Document) -> tuple[bool, int, bool, bool, str]:
    scanned = any(page.confidence is not None for page in document.layout.pages)
    data = (
        document.doc_no,
        document.index_no,
        document.issued,
        document.effective,
        document.expires,
        document.amended,
        document.level,
    )
    known = sum(bool(value) for value in (*data, document.issuers, document.topics, document.relations))
    return scanned, -known, not document.page_starts, not document.layout.tables, document.source


def _shingles(text: str) -> NDArray[np.uint64]:
    """Give the hashes of all runs of characters, each once, below 2^32."""
    points = np.frombuffer(_words(text).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if points.size < _SHINGLE:
        return np.zeros(0, dtype=np.uint64)
    hashes = np.zeros(points.size - _SHINGLE + 1, dtype=np.uint64)
    for offset in range(_SHINGLE):
        hashes = hashes * np.uint64(1_000_003) + points[offset : offset + hashes.size]
    hashes *= np.uint64(0x9E3779B97F4A7C15)  # spreads what is alike
    return np.unique(hashes >> np.uint64(32))


def _jaccard(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    common = np.intersect1d(one, other, assume_unique=True).size
    return float(common / (one.size + other.size - common))
