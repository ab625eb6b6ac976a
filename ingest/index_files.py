"""The files of a snapshot, written whole or as a change of the snapshot before.

A change copies the records, links what did not change of the words, and adds to the vectors: it costs what is added,
and the reading and copying of files. It finds the same as an index that is written whole: what was taken out is found
and counted by nobody, though it lies in the files of words and vectors until the next snapshot that is written whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.base_index import BaseIndex
from ingest.recording import RECORDS, RecordChange, Recorded
from kb.index.lexical import Entry
from kb.index.local_store import WHOLE, LocalUpdate, can_take, update_local, write_local
from kb.index.manifest import EncoderIdentity, IndexConfiguration
from kb.index.milvus_collection import PASSAGES as PASSAGE_ROWS
from kb.index.milvus_collection import WHOLE as WHOLE_ROWS
from kb.index.milvus_connection import MilvusAddress
from kb.index.milvus_store import MilvusUpdate, write_to_milvus
from kb.index.store import IndexedPart
from kb.types import Document
from kb.visibility import may_see

CHANGED_FROM = 5_000
"""Passages from which an index is changed: fewer are written whole in some seconds, and then nothing is left of what is
gone."""

MOST_CHANGED = 0.1
"""The share of documents up to which they are worth a change: more are written whole in not much more time."""

MOST_WASTE = 0.1
"""What may lie in the files of what was taken out, as a share of what is there: searching passes over it."""


@dataclass(frozen=True, slots=True)
class IndexChange:
    """What makes another index of one: documents that are `fresh`, and the ids of those that go, earlier texts of the
    fresh ones included. `documents` are all that there are then."""

    base: BaseIndex
    fresh: Sequence[Document]
    gone: frozenset[str]
    documents: Sequence[Document]

    @classmethod
    def between(
        cls,
        base: BaseIndex,
        configuration: IndexConfiguration,
        documents: Sequence[Document],
        checksums: Mapping[str, bytes],
    ) -> IndexChange | None:
        """Find what changes, by the checksums of all documents; None where an index is to be written whole."""
        aside = {"lexicon": "", "home": ""}  # files beside the index, which shape nothing in it
        before = base.manifest.configuration
        same = before.model_copy(update=aside) == configuration.model_copy(update=aside)
        if not same or base.manifest.counts.passages < CHANGED_FROM:
            return None
        known = base.records.checksums()
        fresh = [document for document in documents if known.get(document.doc_id) != checksums[document.doc_id]]
        gone = (known.keys() - checksums.keys()) | (known.keys() & {document.doc_id for document in fresh})
        if not known or len(fresh) + len(gone) > MOST_CHANGED * len(documents):
            return None
        # What was public and is hidden now must leave no trace in a score: the mean length of BM25 would still know of
        # it.
        if any(d.doc_id in known and may_see("public", base.documents[d.doc_id]) > may_see("public", d) for d in fresh):
            return None
        return cls(base, fresh, frozenset(gone), documents)

    @property
    def collection(self) -> str:
        """The snapshot whose collection in Milvus holds the rows."""
        return self.base.manifest.collection or self.base.folder.name

    def records(self) -> RecordChange:
        """Give what becomes of the records."""
        gone = [self.base.documents[doc_id] for doc_id in sorted(self.gone)]
        return RecordChange(self.base.folder / RECORDS, gone, self.documents)

    def is_worth_it(self, recorded: Recorded, milvus: MilvusAddress | None) -> bool:
        """Say whether the files of the index, or its collection in `milvus`, may be added to: not too much of them is
        waste, and they suit as many passages. Raises StoreError where Milvus cannot be reached."""
        passages, documents = recorded.counts.passages, recorded.counts.documents
        waste, waste_of_documents = recorded.following.passage - passages, recorded.following.document - documents
        if waste > MOST_WASTE * passages or waste_of_documents > MOST_WASTE * documents:
            return False
        if milvus:
            return self.milvus_update(recorded).is_possible(milvus)
        if (passages > documents) != (self.base.folder / WHOLE).exists():
            return False
        public = sum(may_see("public", document) for document in self.documents)
        return can_take(self.base.folder, self._public_passages_then(recorded), public)

    def milvus_update(self, recorded: Recorded) -> MilvusUpdate:
        """Say what becomes of the rows in Milvus."""
        base = self.base
        concealed = _concealed(self.documents)
        says_more = recorded.counts.passages > recorded.counts.documents
        return MilvusUpdate(
            base=base.folder,
            collection=self.collection,
            encoder=base.manifest.configuration.encoder,
            removed=_by_partition(self._gone_parts(), says_more),
            added=_by_partition(recorded.indexed(concealed), says_more),
            documents=dict(enumerate(recorded.added, recorded.first.document)),
            first=recorded.first.document,
            public=(self._passages_of(_public(base.documents.values())), self._public_passages_then(recorded)),
            conceals=bool(concealed),
        )

    def _gone_parts(self) -> tuple[IndexedPart, IndexedPart]:
        """Give what goes of passages and of whole documents, as it was indexed but for the vectors."""
        records = self.base.records
        ordinals = sorted(records.ordinals[doc_id] for doc_id in self.gone)
        numbers = dict(zip(ordinals, records.document_numbers.of(ordinals).tolist(), strict=True))
        documents = {numbers[ordinal]: self.base.documents[records.catalogue[ordinal].doc_id] for ordinal in ordinals}
        rows = np.flatnonzero(np.isin(records.document_of_row, ordinals)).tolist()
        passages: list[Entry] = []
        for row, passage in zip(rows, records.passages(rows), strict=True):
            owner = numbers[records.document_of_row[row]]
            text = documents[owner].text[passage.start : passage.end]
            passages.append((int(records.passage_numbers.all[row]), owner, passage.context, text))
        whole: list[Entry] = [(number, number, d.title, d.text) for number, d in documents.items()]
        concealed = frozenset(number for number, d in documents.items() if not may_see("public", d))
        none = np.zeros((0, 0), np.float32)
        return IndexedPart(passages, none, concealed), IndexedPart(whole, none, concealed)

    def _public_passages_then(self, recorded: Recorded) -> int:
        public = _public(self.documents)
        new = recorded.passages_of[[document.doc_id in public for document in recorded.added]]
        return self._passages_of(public - {document.doc_id for document in recorded.added}) + int(new.sum())

    def _passages_of(self, doc_ids: frozenset[str]) -> int:
        ordinals = [self.base.records.ordinals[doc_id] for doc_id in doc_ids]
        owners = np.bincount(self.base.records.document_of_row, minlength=len(self.base.records.catalogue))
        return int(owners[ordinals].sum())


def write_whole(recorded: Recorded, name: str, encoder: EncoderIdentity, milvus: MilvusAddress | None) -> None:
    """Write words and vectors of the snapshot `name` beside its records, or into `milvus` where one is given."""
    passages, whole = recorded.indexed(_concealed(recorded.added))
    says_more = len(passages.entries) > len(whole.entries)  # else a document says no more than its passage
    if milvus:
        parts = _by_partition((passages, whole), says_more)
        write_to_milvus(milvus, name, recorded.folder, encoder, recorded.added, parts)
    else:
        write_local(recorded.folder, passages, whole if says_more else None)


def write_change(recorded: Recorded, change: IndexChange, milvus: MilvusAddress | None) -> None:
    """Write words and vectors of a snapshot beside its records as a change of those of the one before, or add to its
    collection in `milvus` where one is given."""
    base = change.base
    if milvus:
        change.milvus_update(recorded).write(milvus, recorded.folder)
        return
    concealed = _concealed(change.documents)
    passages, whole = recorded.indexed(concealed)
    ordinals = sorted(base.records.ordinals[doc_id] for doc_id in change.gone)
    removed = LocalUpdate(
        base.records.document_numbers.of(ordinals),
        base.records.passage_numbers.all[np.isin(base.records.document_of_row, ordinals)],
        conceals=bool(concealed),
    )
    says_more = whole if (base.folder / WHOLE).exists() else None
    update_local(recorded.folder, base.folder, removed, passages, says_more)


def _by_partition(parts: tuple[IndexedPart, IndexedPart], says_more: bool) -> dict[str, IndexedPart]:
    """Give passages and, where they say more, whole documents by their partition in Milvus."""
    passages, whole = parts
    return {PASSAGE_ROWS: passages} | ({WHOLE_ROWS: whole} if says_more else {})


def _public(documents: Iterable[Document]) -> frozenset[str]:
    return frozenset(document.doc_id for document in documents if may_see("public", document))


def _concealed(documents: Sequence[Document]) -> frozenset[str]:
    return frozenset(document.doc_id for document in documents if not may_see("public", document))
