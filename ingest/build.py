"""Building a snapshot from documents."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from kb.index.lexical import write_lexical
from kb.index.manifest import SCHEMA, Counts, IndexConfiguration, Manifest, checksum, checksum_files
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
from kb.index.vector_cache import VectorCache
from kb.index.vectors import write_vectors
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
) -> Build:
    """Make a snapshot of `documents`, with the words of `lexicon` and the places of `home`, the one in use, unless it already is.

    From `late_from` characters on the passages get the vectors of the static encoder.

    The caller holds `index_lock`. Raises SnapshotError where the folder cannot be written, LexiconError
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
    )
    corpus = corpus_checksum(documents)
    unchanged = _unchanged(index_dir, configuration, corpus)
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
        _write(temporary, documents, clauses, passages, vectors, progress)
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
    remove_old(index_dir)
    return Build(name, changed=True, counts=manifest.counts, embedded=cache.computed, late=late is not None)


@contextmanager
def index_lock(index_dir: Path) -> Iterator[None]:
    """Hold the index folder for writing; raise SnapshotError where another process does, it is read-only, or what is written
    in the block finds no room."""
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(index_dir / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise SnapshotError.of("index_not_writable", file=index_dir, cause=error.strerror) from error
    try:
        _lock(descriptor, index_dir)
        for abandoned in (index_dir / "snapshots").glob(".*"):
            shutil.rmtree(abandoned)
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


def _unchanged(index_dir: Path, configuration: IndexConfiguration, corpus: str) -> tuple[str, Manifest] | None:
    try:
        name = current_name(index_dir)
        manifest = read_manifest(index_dir, name)
        if manifest.configuration != configuration or manifest.corpus != corpus:
            return None
        return name, verify(index_dir, name)
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


def _flags(values: Iterable[bool]) -> NDArray[np.bool_]:
    return np.fromiter(values, np.bool_)


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
) -> None:
    progress("writing", 0, 3)
    write_records(folder / "records.sqlite", documents, clauses, passages, citations_among(documents))
    progress("writing", 1, 3)
    hidden = {document.doc_id for document in documents if not may_see("public", document)}
    write_vectors(folder / "vectors.faiss", vectors, vectors[_flags(p.doc_id not in hidden for p in passages)])
    progress("writing", 2, 3)
    ordinals = {document.doc_id: ordinal for ordinal, document in enumerate(documents)}
    texts = {document.doc_id: document.text for document in documents}
    rows = [(row, ordinals[p.doc_id], p.context, texts[p.doc_id][p.start : p.end]) for row, p in enumerate(passages)]
    indexes = {"lexical": rows}
    if len(passages) > len(documents):  # else a document says no more than its passage
        whole = _of_documents(vectors, [ordinals[p.doc_id] for p in passages], len(documents))
        write_vectors(folder / "documents.faiss", whole, whole[_flags(d.doc_id not in hidden for d in documents)])
        indexes["documents"] = [(ordinals[d.doc_id], ordinals[d.doc_id], d.title, d.text) for d in documents]
    for name, entries in indexes.items():
        write_lexical(folder / name, entries)
        if hidden:
            concealed = {ordinals[doc_id] for doc_id in hidden}
            write_lexical(folder / f"{name}-public", [entry for entry in entries if entry[1] not in concealed])
    progress("writing", 3, 3)
