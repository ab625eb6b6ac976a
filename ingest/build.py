"""Building a snapshot from documents."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.outline import parse_outline
from ingest.passages import PASSAGE_LENGTH, cut_passages
from kb.document_fields import document_fields
from kb.durable import rename, sync_tree
from kb.errors import IndexLockedError, SnapshotError
from kb.home import FILE_NAME as HOME
from kb.home import Home
from kb.index.encoder import STATIC, Encoder, open_encoder
from kb.index.late_meaning import encoded_text
from kb.index.local_store import write_local
from kb.index.manifest import (
    SCHEMA,
    Counts,
    EncoderIdentity,
    IndexConfiguration,
    Manifest,
    checksum,
    checksum_files,
)
from kb.index.milvus_collection import drop_collections, point_alias
from kb.index.milvus_connection import MilvusAddress
from kb.index.milvus_store import write_to_milvus
from kb.index.records import write_records
from kb.index.snapshot import (
    current_name,
    identify,
    new_name,
    point_to,
    read_manifest,
    remove_old,
    snapshot_folder,
    verify,
)
from kb.index.store import IndexedPart
from kb.index.vector_cache import VectorCache
from kb.layout import layout_fields
from kb.relations import citations_among
from kb.text.lexicon import FILE_NAME as LEXICON
from kb.text.lexicon import Lexicon
from kb.text.terms import ANALYZER
from kb.types import Clause, Document, Passage
from kb.visibility import may_see

LATE_FROM = 3_000_000
"""Characters of documents, some 40,000 passages, from which the transformer is left to question time: it would take ten minutes
on two cores. Where `KB_ENCODER` is `static` there is none."""
_BATCH = 500  # documents that are encoded at once: bounds memory and moves the progress bar

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
) -> Build:
    """Make a snapshot of `documents`, with the words of `lexicon` and the places of `home`, the one in use, unless it already is.

    From `late_from` characters on the passages get the vectors of the static encoder. With `milvus` words and vectors are kept there.

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
    corpus = corpus_checksum(documents)
    unchanged = _unchanged(index_dir, configuration, corpus, milvus)
    if unchanged is not None:
        return Build(unchanged[0], changed=False, counts=unchanged[1].counts, embedded=0, late=late is not None)
    cache = VectorCache(index_dir / "cache", encoder)
    try:
        clauses, passages, vectors = _cut_and_encode(documents, encoder, cache, progress, passage_length)
    finally:
        cache.close()
    created = datetime.now(UTC)
    name = new_name(index_dir, created, corpus)
    temporary = snapshot_folder(index_dir, f".{name}")
    temporary.mkdir(parents=True)
    try:
        _write(temporary, documents, clauses, passages, vectors, progress, configuration.encoder, milvus, name)
        if lexicon is not None:
            shutil.copyfile(lexicon, temporary / LEXICON)
        if home is not None:
            shutil.copyfile(home, temporary / HOME)
        manifest = Manifest(
            schema_version=SCHEMA,
            created=created.isoformat(timespec="seconds"),
            configuration=configuration,
            corpus=corpus,
            counts=Counts(documents=len(documents), clauses=len(clauses), passages=len(passages)),
            files=checksum_files(temporary),
        )
        (temporary / "manifest.json").write_text(manifest.model_dump_json(indent=2) + "\n", "utf-8")
        sync_tree(temporary)
        rename(temporary, snapshot_folder(index_dir, name))
    except (ValueError, RuntimeError) as error:  # what tantivy and faiss raise where they cannot write
        shutil.rmtree(temporary, ignore_errors=True)
        raise SnapshotError.of("index_not_written", file=index_dir, cause=error) from error
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    point_to(index_dir, name)
    if milvus:
        point_alias(milvus, name, configuration.encoder)
    old = remove_old(index_dir)
    if milvus:
        drop_collections(milvus, old)
    return Build(name, changed=True, counts=manifest.counts, embedded=cache.computed, late=late is not None)


@contextmanager
def index_lock(index_dir: Path, milvus: MilvusAddress | None = None) -> Iterator[None]:
    """Hold the index folder for writing, and remove what a run that was cut off left there and in `milvus`; raise SnapshotError where another process does, it is read-only, or what is written
    in the block finds no room."""
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


def corpus_checksum(documents: Sequence[Document]) -> str:
    """One checksum over everything that is known about the documents, their texts included."""
    digest = hashlib.sha256()
    for document in documents:
        fields = document_fields(document) | layout_fields(document.layout)
        digest.update(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


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
            point_alias(milvus, name, configuration.encoder)  # again, where a run was cut off between CURRENT and it
        return name, manifest
    except SnapshotError:
        return None  # missing, damaged or of another version: it is built anew


def _cut_and_encode(
    documents: Sequence[Document], encoder: Encoder, cache: VectorCache, progress: Progress, passage_length: int
) -> tuple[list[Clause], list[Passage], NDArray[np.float32]]:
    """Give clauses, passages and their vectors, in the order of the documents; only what the cache lacks is encoded."""
    clauses: list[Clause] = []
    passages: list[Passage] = []
    vectors = [np.zeros((0, encoder.dimensions), dtype=np.float32)]
    for at in range(0, len(documents), _BATCH):
        progress("indexing", at, len(documents))
        texts: list[str] = []
        for document in documents[at : at + _BATCH]:
            text = document.text
            own = parse_outline(document.doc_id, text, document.header_blocks, document.layout.tables)
            cut = cut_passages(document.title, text, own, passage_length)
            clauses += own
            passages += cut
            texts += [encoded_text(passage.context, text[passage.start : passage.end]) for passage in cut]
        vectors.append(cache.encode(texts, encoder))
    progress("indexing", len(documents), len(documents))
    return clauses, passages, np.concatenate(vectors)


def _of_documents(vectors: NDArray[np.float32], owners: Sequence[int], count: int) -> NDArray[np.float32]:
    """Give the direction of the sum of each document's passage vectors, by ordinal."""
    sums = np.zeros((count, vectors.shape[1]), np.float32)
    np.add.at(sums, owners, vectors)
    directions: NDArray[np.float32] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return directions


def _write(
    folder: Path,
    documents: Sequence[Document],
    clauses: Sequence[Clause],
    passages: Sequence[Passage],
    vectors: NDArray[np.float32],
    progress: Progress,
    encoder: EncoderIdentity,
    milvus: MilvusAddress | None,
    name: str,
) -> None:
    progress("writing", 0, 2)
    write_records(folder / "records.sqlite", documents, clauses, passages, citations_among(documents))
    progress("writing", 1, 2)
    concealed = frozenset(n for n, document in enumerate(documents) if not may_see("public", document))
    ordinals = {document.doc_id: ordinal for ordinal, document in enumerate(documents)}
    owners = [ordinals[p.doc_id] for p in passages]
    texts = (documents[owner].text[p.start : p.end] for owner, p in zip(owners, passages, strict=True))
    entries = [
        (row, owner, p.context, text) for row, (owner, p, text) in enumerate(zip(owners, passages, texts, strict=True))
    ]
    part, whole = IndexedPart(entries, vectors, concealed), None
    if len(passages) > len(documents):  # else a document says no more than its passage
        whole = IndexedPart(
            [(n, n, document.title, document.text) for n, document in enumerate(documents)],
            _of_documents(vectors, owners, len(documents)),
            concealed,
        )
    if milvus:
        write_to_milvus(milvus, name, folder, encoder, documents, part, whole)
    else:
        write_local(folder, part, whole)
    progress("writing", 2, 2)
