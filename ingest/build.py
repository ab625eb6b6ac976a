"""Building a snapshot from documents."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.base_index import BaseIndex
from ingest.index_files import IndexChange, write_change, write_whole
from ingest.outline import parse_outline
from ingest.passages import PASSAGE_LENGTH, cut_passages
from ingest.recording import RECORDS, PreparedBatch, record
from ingest.workers import IngestionWorkers, LocalWorkers
from kb.document_fields import document_fields
from kb.durable import rename, sync_tree
from kb.errors import IndexLockedError, SnapshotError, StoreError
from kb.home import FILE_NAME as HOME
from kb.home import Home
from kb.index.encoder import STATIC, Encoder, open_encoder
from kb.index.late_meaning import encoded_text
from kb.index.manifest import (
    SCHEMA,
    Counts,
    IndexConfiguration,
    Manifest,
    checksum,
    checksum_files,
)
from kb.index.milvus_collection import drop_collections, point_alias
from kb.index.milvus_connection import MilvusAddress
from kb.index.record_writing import RecordedPart
from kb.index.snapshot import (
    collection_of,
    current_name,
    identify,
    new_name,
    point_to,
    read_manifest,
    remove_old,
    snapshot_folder,
    snapshot_names,
    verify,
)
from kb.index.vector_cache import VectorCache
from kb.layout import layout_fields
from kb.relations import names_in
from kb.text.lexicon import FILE_NAME as LEXICON
from kb.text.lexicon import Lexicon
from kb.text.terms import ANALYZER
from kb.types import Clause, Document, Passage

LATE_FROM = 3_000_000
"""Characters of documents, some 40,000 passages, from which the transformer is left to question time: it would take ten
minutes on two cores. Where `KB_ENCODER` is `static` there is none."""
_BATCH = 500  # documents that are cut and encoded at once: bounds memory and moves the progress bar

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is."""


@dataclass(frozen=True, slots=True)
class Build:
    """What building came to; `changed` is false where the snapshot in use already holds all this, `late` true where the
    documents are so many that the encoder compares only the candidates of a question."""

    snapshot: str
    changed: bool
    counts: Counts
    embedded: int
    late: bool = False


def build_index(
    index_dir: Path,
    documents: Sequence[Document],
    encoder: Encoder,
    progress: Progress,
    lexicon: Path | None = None,
    passage_length: int = PASSAGE_LENGTH,
    late_from: int = LATE_FROM,
    home: Path | None = None,
    milvus: MilvusAddress | None = None,
    base: BaseIndex | None = None,
    workers: IngestionWorkers | None = None,
) -> Build:
    """Make a snapshot of `documents`, with the words of `lexicon` and the places of `home`, the one in use, unless it
    already is.

    Where `base`, the snapshot in use, holds nearly the same, only what differs is made (`ingest.index_files`); else all
    is.

    From `late_from` characters on the passages get the vectors of the static encoder. With `milvus` words and vectors
    are kept there. `workers` encode; where none are given, this machine does.

    The caller holds `index_lock`. Raises SnapshotError where the folder or Milvus cannot be written, LexiconError
    where the lexicon, HomeError where the home cannot be used.
    """
    if lexicon is not None:
        Lexicon.read(lexicon)
    if home is not None:
        Home.read(home)
    documents = sorted(documents, key=lambda document: document.doc_id)
    late = None
    if encoder.name != STATIC and sum(len(document.text) for document in documents) >= late_from:
        late, encoder = identify(encoder), open_encoder(STATIC)
    configuration = IndexConfiguration(
        analyzer=ANALYZER,
        passage_length=passage_length,
        encoder=identify(encoder),
        lexicon=checksum(lexicon).sha256 if lexicon else "",
        home=checksum(home).sha256 if home else "",
        late=late,
        store="milvus" if milvus else "local",
    )
    checksums = _checksums(documents, base)
    corpus = hashlib.sha256(b"".join(checksums[document.doc_id] for document in documents)).hexdigest()
    unchanged = _unchanged(index_dir, configuration, corpus, milvus)
    if unchanged is not None:
        return Build(unchanged[0], changed=False, counts=unchanged[1].counts, embedded=0, late=late is not None)
    change = IndexChange.between(base, configuration, documents, checksums) if base else None
    cache = VectorCache(index_dir / "cache", encoder)
    created = datetime.now(UTC)
    name = new_name(index_dir, created, corpus)
    temporary = snapshot_folder(index_dir, f".{name}")
    temporary.mkdir(parents=True)
    try:
        with closing(cache):
            preparing = _Preparing(workers or LocalWorkers(), encoder, cache, progress, passage_length, checksums)
            counts, change = _write(temporary, name, documents, change, preparing, configuration, milvus)
        if lexicon is not None:
            shutil.copyfile(lexicon, temporary / LEXICON)
        if home is not None:
            shutil.copyfile(home, temporary / HOME)
        manifest = Manifest(
            schema_version=SCHEMA,
            created=created.isoformat(timespec="seconds"),
            configuration=configuration,
            corpus=corpus,
            counts=counts,
            files=checksum_files(temporary, change.base.folder, change.base.manifest.files)
            if change
            else checksum_files(temporary),
            collection=change.collection if change and milvus else None,
        )
        (temporary / "manifest.json").write_text(manifest.model_dump_json(indent=2) + "\n", "utf-8")
        sync_tree(temporary)
        rename(temporary, snapshot_folder(index_dir, name))
    except StoreError:  # which has left nothing in Milvus
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    except BaseException:
        _take_back(temporary, name, milvus)
        raise
    point_to(index_dir, name)
    if milvus:
        point_alias(milvus, manifest.collection or name, configuration.encoder)
    needed = _collections(index_dir)
    remove_old(index_dir)
    if milvus:
        drop_collections(milvus, sorted(needed - _collections(index_dir)))
    return Build(name, changed=True, counts=manifest.counts, embedded=cache.computed, late=late is not None)


def _write(
    folder: Path,
    name: str,
    documents: Sequence[Document],
    change: IndexChange | None,
    preparing: _Preparing,
    configuration: IndexConfiguration,
    milvus: MilvusAddress | None,
) -> tuple[Counts, IndexChange | None]:
    """Write records, words and vectors of a snapshot; give the counts, and the change where it was one that is worth
    it."""
    dimensions, progress = preparing.encoder.dimensions, preparing.progress
    if change:
        with record(folder, change.fresh, preparing.batches(change.fresh), dimensions, change.records()) as recorded:
            if change.is_worth_it(recorded, milvus):
                with _writing_files(folder, progress):
                    write_change(recorded, change, milvus)
                return recorded.counts, change
        (folder / RECORDS).unlink()
    with record(folder, documents, preparing.batches(documents), dimensions) as recorded:
        with _writing_files(folder, progress):
            write_whole(recorded, name, configuration.encoder, milvus)
        return recorded.counts, None


@contextmanager
def _writing_files(folder: Path, progress: Progress) -> Iterator[None]:
    """Tell of the writing of words and vectors; raise SnapshotError where tantivy or faiss cannot, with what they
    say."""
    progress("writing", 0, 1)
    try:
        yield
    except (ValueError, RuntimeError) as error:
        raise SnapshotError.of("index_not_written", file=folder.parent.parent, cause=error) from error
    progress("writing", 1, 1)


def _take_back(temporary: Path, name: str, milvus: MilvusAddress | None) -> None:
    """Remove what was written of a snapshot; where Milvus cannot be reached its folder stays, by which the next run
    knows of its collection."""
    with suppress(StoreError):
        if milvus:
            drop_collections(milvus, [name])
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def index_lock(index_dir: Path, milvus: MilvusAddress | None = None) -> Iterator[None]:
    """Hold the index folder for writing, and remove what a run that was cut off left there and in `milvus`; raise
    SnapshotError where another process does, it is read-only, or what is written in the block finds no room."""
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(index_dir / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise SnapshotError.of("index_not_writable", file=index_dir, cause=error.strerror) from error
    try:
        _lock(descriptor, index_dir)
        abandoned = list((index_dir / "snapshots").glob(".*"))
        if milvus:
            drop_collections(milvus, [folder.name.removeprefix(".") for folder in abandoned])
        for folder in abandoned:
            shutil.rmtree(folder)
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise SnapshotError.of("index_not_written", file=index_dir, cause=error) from error
    finally:
        os.close(descriptor)


def _lock(descriptor: int, index_dir: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise IndexLockedError.of("index_locked", file=index_dir) from None


def _collections(index_dir: Path) -> set[str]:
    """Give the snapshots whose collections in Milvus are needed by any that is there."""
    return {collection_of(index_dir, name) for name in snapshot_names(index_dir)}


def _checksums(documents: Sequence[Document], base: BaseIndex | None) -> dict[str, bytes]:
    """Give one checksum over everything that is known about each document, its text included."""
    known = base.records.checksums() if base else {}
    same = {d.doc_id for d in documents if base and d.doc_id in known and base.documents[d.doc_id] == d}
    return {d.doc_id: known[d.doc_id] if d.doc_id in same else _checksum(d) for d in documents}


def _checksum(document: Document) -> bytes:
    fields = document_fields(document) | layout_fields(document.layout)  # with the checksum of its text
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()).digest()


def _unchanged(
    index_dir: Path, configuration: IndexConfiguration, corpus: str, milvus: MilvusAddress | None
) -> tuple[str, Manifest] | None:
    try:
        name = current_name(index_dir)
        manifest = read_manifest(index_dir, name)
        if manifest.configuration != configuration or manifest.corpus != corpus:
            return None
        verify(index_dir, name)
        if milvus:
            # Again, where a run was cut off between CURRENT and it.
            point_alias(milvus, manifest.collection or name, configuration.encoder)
        return name, manifest
    except SnapshotError:
        return None  # missing, damaged or of another version: it is built anew


@dataclass(frozen=True, slots=True)
class _Preparing:
    """Cuts documents into clauses and passages, and makes the vectors of these; what the cache has is not encoded
    again."""

    workers: IngestionWorkers
    encoder: Encoder
    cache: VectorCache
    progress: Progress
    passage_length: int
    checksums: Mapping[str, bytes]

    def batches(self, documents: Sequence[Document]) -> Iterator[PreparedBatch]:
        """Prepare documents in their order, some hundreds at a time."""
        cut: deque[RecordedPart] = deque()  # what is being encoded: workers take batches ahead
        texts = self._cut(documents, cut)
        for vectors in self.cache.encode_batches(texts, lambda missing: self.workers.encode(missing, self.encoder)):
            yield PreparedBatch(cut.popleft(), vectors)
        self.progress("indexing", len(documents), len(documents))

    def _cut(self, documents: Sequence[Document], cut: deque[RecordedPart]) -> Iterator[Sequence[str]]:
        """Give what is encoded of the documents in batches, and add what they are recorded as to `cut`."""
        for at in range(0, len(documents), _BATCH):
            self.progress("indexing", at, len(documents))
            batch = documents[at : at + _BATCH]
            clauses: list[Clause] = []
            passages: list[Passage] = []
            texts: list[str] = []
            for document in batch:
                text = document.text
                own = parse_outline(document.doc_id, text, document.header_blocks, document.layout.tables)
                pieces = cut_passages(document.title, text, own, self.passage_length)
                clauses += own
                passages += pieces
                texts += [encoded_text(passage.context, text[passage.start : passage.end]) for passage in pieces]
            names = {document.doc_id: names_in(document.text) for document in batch}
            sums = {document.doc_id: self.checksums[document.doc_id] for document in batch}
            cut.append(RecordedPart(batch, clauses, passages, names, sums))
            yield texts
