"""The home of an index in Milvus (`kb.index.milvus_collection`); the records and the counts of terms stay in the snapshot's folder.

Each arm is searched by itself, since the engine's own fusion gives no scores of the arms: `kb.fusion` mixes them as it does those of
the local home. Among equal scores the engine chooses which are the last of `k`; above 20,000 public passages it finds neighbours by
HNSW, which misses a few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.fusion import Found
from kb.index.lexical import wanted_terms
from kb.index.manifest import EncoderIdentity
from kb.index.milvus_collection import (
    LINKS_TRIED,
    PASSAGES,
    WHOLE,
    check_collection,
    meaning_field,
    words_field,
    write_collection,
)
from kb.index.milvus_connection import WRITING, MilvusAddress, MilvusConnection
from kb.index.records import Records
from kb.index.sparse_words import FILE_NAME as TERMS
from kb.index.sparse_words import SparseLexicon, SparseTerms, WordStatistics, write_terms
from kb.index.store import IndexedPart
from kb.scope import Scope, ScopedCatalogue
from kb.types import Audience, Document

MOST = 16_384
"""The most that Milvus gives for one search."""


def write_to_milvus(
    address: MilvusAddress,
    snapshot: str,
    folder: Path,
    encoder: EncoderIdentity,
    documents: Sequence[Document],
    passages: IndexedPart,
    whole: IndexedPart | None,
) -> None:
    """Write the words and vectors of passages and, where they say more, of whole documents into a collection of the snapshot, and
    the counts of their terms into its folder."""
    parts = {PASSAGES: passages} | ({WHOLE: whole} if whole else {})
    counted: dict[str, dict[Audience, WordStatistics]] = {}
    for name, part in parts.items():
        counted[name] = {"staff": WordStatistics.of(part.entries)}
        if part.concealed:
            counted[name]["public"] = WordStatistics.of(part.public_entries())
    lexica = {lexicon_name(name, audience): one for name, by in counted.items() for audience, one in by.items()}
    numbers = write_terms(folder / TERMS, lexica)
    write_collection(address, snapshot, encoder, documents, parts, counted, numbers)


class MilvusStore:
    """Opens the collection of a snapshot; raises StoreError where it cannot be reached or is not the snapshot's."""

    def __init__(
        self, address: MilvusAddress, snapshot: str, folder: Path, records: Records, encoder: EncoderIdentity
    ) -> None:
        self._terms = SparseTerms(folder / TERMS)
        names = self._terms.entries.keys()
        apart = lexicon_name(PASSAGES, "public") in names
        self._field: dict[Audience, str] = {
            "staff": words_field("staff"),
            "public": words_field("public" if apart else "staff"),
        }
        self._lexica: dict[tuple[str, Audience], SparseLexicon] = {}
        for part in (PASSAGES, WHOLE):
            if part in names:
                staff = SparseLexicon(self._terms, lexicon_name(part, "staff"))
                public = SparseLexicon(self._terms, lexicon_name(part, "public")) if apart else staff
                self._lexica |= {(part, "staff"): staff, (part, "public"): public}
        self._meaning = meaning_field(encoder)
        self._name = address.collection(snapshot)
        self._catalogue = ScopedCatalogue(records.catalogue)
        self._ordinals = records.ordinals
        self._withdrawn = sorted(records.withdrawn_ordinals)
        try:
            self._connection = MilvusConnection(address)
            check_collection(self._connection, snapshot, encoder)
            # Nothing where it is loaded already; an engine that was started again may not have done it.
            self._connection.call("load_collection", self._name, patience=WRITING)
        except BaseException:
            self._terms.close()
            raise

    @property
    def has_whole(self) -> bool:
        """Whether documents are kept whole too."""
        return (WHOLE, "staff") in self._lexica

    def counts(self, audience: Audience) -> SparseLexicon:
        """Give the counts by which terms are weighed for an audience."""
        return self._lexica[PASSAGES, audience]

    def find_words(self, text: str, k: int, scope: Scope, also: Mapping[str, float]) -> Found:
        """Find the `k` best passages by words."""
        return self._find_words(PASSAGES, text, k, scope, also)

    def find_whole(self, text: str, k: int, scope: Scope, also: Mapping[str, float]) -> Found:
        """Find the `k` best whole documents by words."""
        if not self.has_whole:
            return []
        return [(-1 - row, score) for row, score in self._find_words(WHOLE, text, k, scope, also)]

    def find_meaning(self, vector: NDArray[np.float32], k: int, scope: Scope) -> Found:
        """Find the `k` passages nearest to a vector."""
        if not vector.any():
            return []
        return self._search(PASSAGES, self._meaning, vector, k, scope, {"ef": max(LINKS_TRIED, min(k, MOST))})

    def whole_similarities(self, vector: NDArray[np.float32], ordinals: Sequence[int]) -> NDArray[np.float32]:
        """Compare a vector with whole documents."""
        if not ordinals or not self.has_whole:
            return np.zeros(len(ordinals), np.float32)
        ids = [-1 - ordinal for ordinal in ordinals]
        found = self._connection.call("query", self._name, ids=ids, output_fields=[self._meaning])
        kept = {row["id"]: row[self._meaning] for row in found}
        return np.asarray([kept[one] for one in ids], np.float32) @ vector

    def close(self) -> None:
        """Close the connection and the terms."""
        self._connection.close()
        self._terms.close()

    def _find_words(self, part: str, text: str, k: int, scope: Scope, also: Mapping[str, float]) -> Found:
        vector = self._lexica[part, scope.audience].vector(wanted_terms(text, also))
        return self._search(part, self._field[scope.audience], vector, k, scope, {}) if vector else []

    def _search(
        self, part: str, field: str, vector: object, k: int, scope: Scope, parameters: Mapping[str, object]
    ) -> Found:
        condition = self._condition(scope)
        if condition is None:
            return []
        found = self._connection.call(
            "search",
            self._name,
            data=[vector],
            anns_field=field,
            limit=min(k, MOST),
            filter=condition,
            output_fields=["id"],
            search_params={"metric_type": "IP", "params": dict(parameters)},
            partition_names=[part],
        )[0]
        hits = [(int(hit["id"]), float(hit["distance"])) for hit in found]
        # Words that a passage does not hold give it nothing; a nearest neighbour may lie anywhere.
        if field != self._meaning:
            hits = [hit for hit in hits if hit[1] > 0]
        return sorted(hits, key=lambda hit: (-hit[1], abs(hit[0])))

    def _condition(self, scope: Scope) -> str | None:
        """Write a scope as a condition on the fields; `None` where nothing can meet it."""
        conditions = []
        if scope.audience == "public":
            conditions.append("public == true")
            if self._withdrawn:
                conditions.append(f"document not in {self._withdrawn}")
        if scope.within is not None:
            named = sorted(self._ordinals[doc_id] for doc_id in scope.within if doc_id in self._ordinals)
            if not named:
                return None
            conditions.append(f"document in {named}")
        if scope.only is not None:
            if not scope.only:
                return None
            conditions.append(f"document in {sorted(scope.only)}")
        else:
            day = scope.day.toordinal()
            conditions.append(
                f"(begins > {day} or ends < {day})" if scope.ended else f"begins <= {day} and ends >= {day}"
            )
            if self._catalogue.dated_only(scope):
                conditions.append("begins > 0")
        return " and ".join(conditions)


def lexicon_name(part: str, audience: Audience) -> str:
    """Name the counts of a part's terms for an audience."""
    return part if audience == "staff" else f"{part}-public"
