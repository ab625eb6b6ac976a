"""The home of an index in Milvus (`kb.index.milvus_collection`); the records and the counts of terms stay in the
snapshot's folder.

Each arm is searched by itself, since the engine's own fusion gives no scores of the arms: `kb.fusion` mixes them as it
does those of the local home. Among equal scores the engine chooses which are the last of `k`; above 20,000 public
passages it finds neighbours by HNSW, which misses a few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from kb.fusion import Found
from kb.index.lexical import wanted_terms
from kb.index.manifest import EncoderIdentity
from kb.index.milvus_collection import (
    LINKS_TRIED,
    PASSAGES,
    WHOLE,
    CollectionRows,
    add_to_collection,
    check_collection,
    may_add,
    meaning_field,
    words_field,
    write_collection,
)
from kb.index.milvus_connection import MilvusAddress, MilvusConnection
from kb.index.records import Records
from kb.index.sparse_words import FILE_NAME as TERMS
from kb.index.sparse_words import (
    Lengths,
    SparseLexicon,
    SparseTerms,
    StatisticsChange,
    WordStatistics,
    drift,
    update_terms,
    write_terms,
)
from kb.index.store import IndexedPart
from kb.index.vectors import EXACT_UP_TO
from kb.scope import Scope, ScopedCatalogue
from kb.types import Audience, Document

MOST = 16_384
"""The most that Milvus gives for one search."""


MOST_DRIFT = 0.02
"""How far the average length of a field may be from that which vectors are measured by; scores differ by less."""


Parts = Mapping[str, IndexedPart]
"""Passages and, where they say more, whole documents, by partition."""


def write_to_milvus(
    address: MilvusAddress,
    snapshot: str,
    folder: Path,
    encoder: EncoderIdentity,
    documents: Sequence[Document],
    parts: Parts,
) -> None:
    """Write the words and vectors of `parts` into a collection of the snapshot, and the counts of their terms into its
    folder."""
    counted: dict[tuple[str, Audience], WordStatistics] = {}
    for name, part in parts.items():
        counted[name, "staff"] = WordStatistics.of(part.entries)
        if part.concealed:
            counted[name, "public"] = WordStatistics.of(part.public_entries())
    numbers = write_terms(folder / TERMS, {lexicon_name(*key): statistics for key, statistics in counted.items()})
    measures = {key: statistics.averages for key, statistics in counted.items()}
    rows = CollectionRows(encoder, dict(enumerate(documents)), parts, measures, numbers)
    write_collection(address, snapshot, rows)


@dataclass(frozen=True, slots=True)
class MilvusUpdate:
    """What is to become of the words and vectors of another snapshot, the folder `base`, whose rows are in a
    collection: the parts that are taken out, without vectors, and those that are added. `documents` are the added ones
    by number, `first` is the least number of them; `public` counts the public passages before and after; `conceals`
    says whether anything is concealed from the public then."""

    base: Path
    collection: str
    encoder: EncoderIdentity
    removed: Parts
    added: Parts
    documents: Mapping[int, Document]
    first: int
    public: tuple[int, int]
    conceals: bool

    def is_possible(self, address: MilvusAddress) -> bool:
        """Say whether the collection may be added to: it is there, nobody else has added to it, and it suits what is
        there then. Raises StoreError where Milvus cannot be reached."""
        before, after = (count <= EXACT_UP_TO for count in self.public)
        has_whole = _knows(self.base, WHOLE)
        if before != after or has_whole != (WHOLE in self.added):
            return False
        return drift(self.base / TERMS, self._changes()) <= MOST_DRIFT and may_add(
            address, self.collection, self.encoder, self.first
        )

    def write(self, address: MilvusAddress, folder: Path) -> None:
        """Add the rows, and write the counts of terms into the folder of the snapshot that sees them."""
        changes = self._changes()
        numbers, measured = update_terms(folder / TERMS, self.base / TERMS, changes)
        measures: dict[tuple[str, Audience], Lengths] = {
            (name, audience): measured[lexicon_name(name, audience)]
            for name in self.added
            for audience in get_args(Audience)
            if lexicon_name(name, audience) in measured
        }
        if any(len(part.entries) for part in self.added.values()):
            rows = CollectionRows(self.encoder, self.documents, self.added, measures, numbers)
            add_to_collection(address, self.collection, rows)

    def _changes(self) -> dict[str, StatisticsChange]:
        """Count what changes in each lexicon. The public has one of its own as soon as anything is concealed, and from
        then on."""
        changes: dict[str, StatisticsChange] = {}
        for name, added in self.added.items():
            removed = self.removed[name]
            changes[lexicon_name(name, "staff")] = StatisticsChange(
                WordStatistics.of(removed.entries), WordStatistics.of(added.entries)
            )
            public = lexicon_name(name, "public")
            apart = _knows(self.base, public)
            if apart or self.conceals:
                changes[public] = StatisticsChange(
                    WordStatistics.of(removed.public_entries()),
                    WordStatistics.of(added.public_entries()),
                    None if apart else lexicon_name(name, "staff"),
                )
        # What begins as a copy is copied before that is changed.
        return dict(sorted(changes.items(), key=lambda change: change[1].beginning is None))


def _knows(folder: Path, lexicon: str) -> bool:
    with closing(SparseTerms(folder / TERMS)) as known:
        return lexicon in known.entries


class MilvusStore:
    """Opens the `collection` that a snapshot's rows are in, named after the snapshot that it was written for; raises
    StoreError where it cannot be reached or is another."""

    def __init__(
        self, address: MilvusAddress, collection: str, folder: Path, records: Records, encoder: EncoderIdentity
    ) -> None:
        self._terms = SparseTerms(folder / TERMS)
        names = self._terms.entries.keys()
        apart = lexicon_name(PASSAGES, "public") in names
        self._lexica: dict[tuple[str, Audience], SparseLexicon] = {}
        for part in (PASSAGES, WHOLE):
            if part in names:
                staff = SparseLexicon(self._terms, lexicon_name(part, "staff"))
                public = SparseLexicon(self._terms, lexicon_name(part, "public")) if apart else staff
                self._lexica |= {(part, "staff"): staff, (part, "public"): public}
        self._meaning = meaning_field(encoder)
        self._name = address.collection(collection)
        self._catalogue = ScopedCatalogue(records.catalogue)
        self._ordinals = records.ordinals
        self._passages, self._documents = records.passage_numbers, records.document_numbers
        numbering = records.numbering
        self._next = numbering.document if numbering else len(records.catalogue)
        gone = np.setdiff1d(np.arange(self._next), self._documents.all)
        withdrawn = self._documents.of(sorted(records.withdrawn_ordinals))
        self._left_out: dict[Audience, list[int]] = {
            "staff": gone.tolist(),
            "public": np.union1d(gone, withdrawn).tolist(),
        }
        try:
            self._connection = MilvusConnection(address)
            fields = check_collection(self._connection, collection, encoder)
            self._connection.load(self._name)  # nothing where it is loaded already
        except BaseException:
            self._terms.close()
            raise
        # Where nothing was concealed when the collection was written, its one field of words knows of nothing
        # concealed.
        self._field: dict[Audience, str] = {
            "staff": words_field("staff"),
            "public": words_field("public" if words_field("public") in fields else "staff"),
        }

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
        return self._find_words(WHOLE, text, k, scope, also)

    def find_meaning(self, vector: NDArray[np.float32], k: int, scope: Scope) -> Found:
        """Find the `k` passages nearest to a vector."""
        if not vector.any():
            return []
        return self._search(PASSAGES, self._meaning, vector, k, scope, {"ef": max(LINKS_TRIED, min(k, MOST))})

    def whole_similarities(self, vector: NDArray[np.float32], ordinals: Sequence[int]) -> NDArray[np.float32]:
        """Compare a vector with whole documents."""
        if not ordinals or not self.has_whole:
            return np.zeros(len(ordinals), np.float32)
        ids = (-1 - self._documents.of(ordinals)).tolist()
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
        passages = part == PASSAGES
        hits = [
            (
                self._passages.place(hit["id"]) if passages else self._documents.place(-1 - hit["id"]),
                float(hit["distance"]),
            )
            for hit in found
        ]
        # Words that a passage does not hold give it nothing; a nearest neighbour may lie anywhere.
        if field != self._meaning:
            hits = [hit for hit in hits if hit[1] > 0]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def _condition(self, scope: Scope) -> str | None:
        """Write a scope as a condition on the fields; `None` where nothing can meet it."""
        conditions = [f"document < {self._next}"]  # later snapshots may have added to the collection
        if left_out := self._left_out[scope.audience]:
            conditions.append(f"document not in {left_out}")
        if scope.audience == "public":
            conditions.append("public == true")
        if scope.within is not None:
            named = sorted(self._ordinals[doc_id] for doc_id in scope.within if doc_id in self._ordinals)
            if not named:
                return None
            conditions.append(f"document in {self._documents.of(named).tolist()}")
        if scope.only is not None:
            if not scope.only:
                return None
            conditions.append(f"document in {self._documents.of(sorted(scope.only)).tolist()}")
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
