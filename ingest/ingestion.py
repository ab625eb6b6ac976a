"""Ingestion as one function: files and folders become the snapshot that an index uses.

Whoever changes an index holds its folder from the moment it looks at what is indexed to the moment it has noted what it
did, so that no other change comes between; `writing` sees to that for ingestion, for the decisions of staff and for
evals.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ingest.base_index import BaseIndex
from ingest.beir import beir_documents
from ingest.build import Build, Progress, build_index, index_lock
from ingest.collection import Collection, collect_files, find_home, find_lexicon, merge
from ingest.decisions import Decisions
from ingest.deletions import Deletions
from ingest.passages import PASSAGE_LENGTH
from ingest.reading_cache import ReadingCache
from ingest.reading_job import ReadingJob
from ingest.reading_pool import ReadingLimits, Watcher
from ingest.text_corrections import TextCorrections
from ingest.text_findings import TextFindings
from ingest.workers import IngestionWorkers
from kb.errors import SnapshotError
from kb.home import Home
from kb.index.encoder import Encoder
from kb.index.milvus_connection import MilvusAddress
from kb.types import Disclosure, Document


class IngestionProgress(Watcher, Protocol):
    """Is told which file is read, and how much of each step is done; `ingest.bars.Bars` draws it or keeps silent."""

    def move(self, step: str, done: int, total: int) -> None:
        """Is told how far a step is."""


@dataclass(frozen=True, slots=True)
class IngestionSettings:
    """How to ingest. `unstated` is the disclosure of documents that state none; `fresh` begins a new index, `restore`
    takes back what staff deleted; with `beir` the paths are BEIR folders, whose ids are kept; `limits` bound the
    reading; words and vectors are kept in `milvus` where one is given, else in the index folder; `workers` read and
    encode, this machine where none are given."""

    encoder: Encoder
    unstated: Disclosure = "unstated"
    fresh: bool = False
    restore: bool = False
    beir: bool = False
    limits: ReadingLimits | None = None
    milvus: MilvusAddress | None = None
    workers: IngestionWorkers | None = None


@dataclass(frozen=True, slots=True)
class IngestionReport:
    """What an ingestion came to; `build` is `None` where no document could be read, and the index is as it was."""

    collection: Collection
    build: Build | None
    seconds: float


class IndexWriter:
    """Writes the next snapshot of an index folder that nobody else writes to; made by `writing`."""

    def __init__(
        self,
        index: Path,
        encoder: Encoder,
        progress: Progress,
        milvus: MilvusAddress | None,
        workers: IngestionWorkers | None = None,
    ) -> None:
        self._index = index
        self._milvus = milvus
        self._workers = workers
        self._encoder = encoder
        self._progress = progress
        self._base: BaseIndex | None = None

    def indexed(self) -> dict[str, Document]:
        """Give the documents of the snapshot in use; raise SnapshotError where it cannot be read."""
        base = self._open()
        return dict(base.documents) if base else {}

    def _open(self) -> BaseIndex | None:
        self._base = self._base or BaseIndex.open(self._index)
        return self._base

    def close(self) -> None:
        """Close the snapshot that was in use."""
        if self._base:
            self._base.close()
        self._base = None

    def write(
        self,
        documents: Iterable[Document],
        lexicon: Path | None = None,
        passage_length: int = PASSAGE_LENGTH,
        home: Path | None = None,
        fresh: bool = False,
    ) -> Build:
        """Make the index hold these documents and no other; `fresh` begins anew, whatever it holds so far."""
        base = None
        if not fresh:
            with suppress(SnapshotError):  # a damaged one is written anew, unless somebody has to know what is in it
                base = self._open()
        try:
            return build_index(
                self._index,
                list(documents),
                self._encoder,
                self._progress,
                lexicon,
                passage_length,
                home=home,
                milvus=self._milvus,
                base=base,
                workers=self._workers,
            )
        finally:
            self.close()


@contextmanager
def writing(
    index: Path,
    encoder: Encoder,
    progress: Progress,
    milvus: MilvusAddress | None = None,
    workers: IngestionWorkers | None = None,
) -> Iterator[IndexWriter]:
    """Hold an index folder, whose words and vectors may be kept in `milvus`, while the block runs; raise SnapshotError
    where another process does."""
    with index_lock(index, milvus), closing(IndexWriter(index, encoder, progress, milvus, workers)) as writer:
        yield writer


def ingest(
    paths: Sequence[Path], index: Path, settings: IngestionSettings, progress: IngestionProgress
) -> IngestionReport:
    """Read files and folders and make the index hold what they hold, beside what it has from elsewhere.

    A file that cannot be read is told in the report and costs nothing but itself. Raises DatasetError for a BEIR folder
    that cannot be used, SnapshotError for an index that cannot be read or written.
    """
    started = time.perf_counter()
    with writing(index, settings.encoder, progress.move, settings.milvus, settings.workers) as writer:
        indexed = {} if settings.fresh else writer.indexed()
        if settings.beir:
            read = {doc_id: document for path in paths for doc_id, document in beir_documents(path).items()}
            with TextFindings(index / "cache") as findings:
                collection = merge(Collection(), paths, read, indexed, findings)
        else:
            collection = _read(paths, index, settings, progress, indexed)
        build = None
        if collection.documents:
            given = [] if settings.beir else paths
            lexicon, home = (find(given, index, settings.fresh) for find in (find_lexicon, find_home))
            build = writer.write(collection.documents.values(), lexicon, home=home, fresh=settings.fresh)
            Deletions(index).forget(collection.documents.values())
    return IngestionReport(collection, build, time.perf_counter() - started)


def _read(
    paths: Sequence[Path],
    index: Path,
    settings: IngestionSettings,
    progress: IngestionProgress,
    indexed: dict[str, Document],
) -> Collection:
    deleted = frozenset() if settings.restore else Deletions(index).texts
    with ReadingCache(index / "cache") as cache, TextFindings(index / "cache") as findings:
        job = ReadingJob(settings.limits, cache, progress, settings.workers)
        home = Home.of(find_home(paths, index, settings.fresh))
        return collect_files(
            paths,
            indexed,
            progress.move,
            job,
            deleted,
            settings.unstated,
            Decisions(index),
            home,
            TextCorrections(index),
            findings,
        )
