"""The snapshots of the index folder as the service sees them: which is in use, whether one was harmed since, which is
the last good one."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ingest.settings import Settings
from kb.eligibility.fact_tagger import shipped_tagger
from kb.errors import SnapshotError
from kb.index.encoder import open_encoder
from kb.index.snapshot import current_name, last_good, snapshot_folder, verify
from kb.knowledge_base import KnowledgeBase

LOOK_SECONDS = 30.0
"""How long a snapshot that was found whole is not read again, unless one of its files looks otherwise."""

_Stamp = frozenset[tuple[str, int, int, int]]


class Snapshots(Protocol):
    """What the library asks of an index folder."""

    def current(self) -> str:
        """Name the snapshot in use; raise SnapshotError where none is."""

    def open(self, name: str, hidden: frozenset[str]) -> KnowledgeBase:
        """Open a snapshot in which the documents `hidden` are not public; raise KnowledgeBaseError."""

    def harmed(self, name: str) -> bool:
        """Say whether files of a snapshot that was opened are not what they were."""

    def broken(self, name: str) -> bool:
        """Say the same, where something broke that reads it."""

    def last_good(self) -> str | None:
        """Name the newest snapshot that is whole."""


class ServedSnapshots:
    """Those of the index folder that `settings` name; raises EncoderError or ModelError."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._index = Path(settings.index_dir)
        self._encoder = open_encoder(settings.encoder)
        self._model, self._reranker = settings.language_model(), settings.open_reranker()
        self._reader, self._calendar = settings.open_reader(), settings.calendar()
        shipped_tagger()  # what is damaged is told at the start, and not at the first sentence
        self._milvus = settings.milvus()
        self._benefits = settings.benefits_dir
        self._lock = threading.Lock()
        self._whole: dict[str, tuple[_Stamp, float]] = {}
        """How the files of a snapshot looked when it was last read whole, and when that was."""

    def current(self) -> str:
        """Name the snapshot in use."""
        return current_name(self._index)

    def open(self, name: str, hidden: frozenset[str]) -> KnowledgeBase:
        """Open a snapshot, having read it whole."""
        stamp = self._stamp(name)
        knowledge_base = KnowledgeBase.open(
            self._index,
            self._encoder,
            self._model,
            reranker=self._reranker,
            withdrawn=hidden,
            reader=self._reader,
            calendar=self._calendar,
            snapshot_name=name,
            milvus=self._milvus,
            benefits=self._benefits,
        )
        with self._lock:
            self._whole = {name: (stamp, time.monotonic())}
        return knowledge_base

    def harmed(self, name: str) -> bool:
        """Read the snapshot again where one of its files looks otherwise than when it was opened."""
        with self._lock:
            stamp = self._stamp(name)
            if stamp == self._whole.get(name, (None, 0.0))[0]:
                return False
            try:
                verify(self._index, name)
            except SnapshotError:
                return True
            self._whole[name] = (stamp, time.monotonic())
            return False

    def broken(self, name: str) -> bool:
        """Read the snapshot again, but not more often than every `LOOK_SECONDS`."""
        with self._lock:
            if name in self._whole and time.monotonic() >= self._whole[name][1] + LOOK_SECONDS:
                del self._whole[name]
        return self.harmed(name)

    def last_good(self) -> str | None:
        """Name the newest snapshot that is whole."""
        return last_good(self._index)

    def _stamp(self, name: str) -> _Stamp:
        found: set[tuple[str, int, int, int]] = set()
        for path in snapshot_folder(self._index, name).rglob("*"):
            with suppress(FileNotFoundError):  # gone since it was listed
                one = path.stat()
                if path.is_file() and not path.name.startswith("."):
                    found.add((str(path), one.st_ino, one.st_size, one.st_mtime_ns))
        return frozenset(found)
