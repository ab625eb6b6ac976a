"""The library that the service reads from: one open knowledge base, exchanged when a newer index appears.

A request borrows the edition that is open at that moment and keeps it to the end, so a rebuilt index never disturbs an
answer in progress. An edition is closed when it was replaced and its last reader has returned it. What was withdrawn is
public no more from the next look on, before the index is built anew without it. When a new snapshot cannot be opened,
the one before it goes on serving; when the one that is served is damaged, the last good one takes its place, without
what was withdrawn or deleted since. `problem` says why.
"""

from __future__ import annotations

import copy
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ingest.settings import Settings
from kb.errors import KnowledgeBaseError, SnapshotDamagedError, SnapshotMissingError
from kb.knowledge_base import KnowledgeBase
from service.snapshots import ServedSnapshots, Snapshots

RETRY_SECONDS = 30.0
"""How long a snapshot that could not be opened is left alone, unless CURRENT names another."""

logger = logging.getLogger("uvicorn.error")


class ServedIndex:
    """An open knowledge base, its readers, and whether it was replaced; `hidden` is public no more."""

    __slots__ = ("documents", "hidden", "knowledge_base", "name", "readers", "replaced")

    def __init__(self, knowledge_base: KnowledgeBase, hidden: frozenset[str]) -> None:
        self.knowledge_base = knowledge_base
        self.hidden = hidden
        self.name = knowledge_base.snapshot_name
        self.documents = len(knowledge_base.documents())
        self.readers = 0
        self.replaced = False


class Library:
    """Lend out the current knowledge base; thread-safe."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self.withdrawn: Callable[[], frozenset[str]] = frozenset
        """Names the documents that were withdrawn; set by the application, as `deleted` is."""
        self.deleted: Callable[[], frozenset[str]] = frozenset
        """Names those that were deleted, which an earlier snapshot may still hold."""
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._edition: ServedIndex | None = None
        self._failed: tuple[str, float] | None = None
        self.problem: KnowledgeBaseError | None = None

    @classmethod
    def of_index(cls, settings: Settings) -> Library:
        """Make the library of the index folder and encoder that `settings` name.

        Raises EncoderError or ModelError. The index itself is opened by `refresh`.
        """
        return cls(ServedSnapshots(settings))

    @property
    def edition(self) -> ServedIndex | None:
        """What is being served, `None` before the first snapshot was opened."""
        return self._edition

    @contextmanager
    def use(self) -> Iterator[KnowledgeBase]:
        """Borrow the current knowledge base; raises the SnapshotError that keeps it closed, SnapshotDamagedError where
        it breaks in use because its files were damaged."""
        with self._lock:
            edition = self._edition
            if edition is None:
                # A copy: one exception raised by two requests at once would mix their tracebacks.
                raise copy.copy(self.problem) or SnapshotMissingError.of("index_not_opened")
            edition.readers += 1
        try:
            yield edition.knowledge_base
        except KnowledgeBaseError:
            raise
        except Exception as error:
            if self._snapshots.broken(edition.name):
                raise SnapshotDamagedError.of("snapshot_broke_in_use", file=edition.name, cause=error) from error
            raise
        finally:
            with self._lock:
                edition.readers -= 1
                # Decided under the lock, closed outside it: closing waits for files.
                idle = edition.replaced and edition.readers == 0
            if idle:
                edition.knowledge_base.close()

    def refresh(self) -> None:
        """Open the snapshot that CURRENT names without what was withdrawn, unless that is what is served; one look at a
        time, so that whoever changed the index finds the change served when this returns."""
        with self._refreshing:
            served = self._edition
            harmed = served is not None and self._snapshots.harmed(served.name)
            name = ""
            try:
                name, withdrawn = self._snapshots.current(), self.withdrawn()
                if served is not None and not harmed and (served.name, served.hidden) == (name, withdrawn):
                    self.problem, self._failed = None, None
                elif harmed or self._due(name):
                    self._exchange(self._opened(name, withdrawn))
                    self.problem, self._failed = None, None
                elif served is not None and served.hidden != (hidden := withdrawn | self.deleted()):
                    self._exchange(self._opened(served.name, hidden))
            except KnowledgeBaseError as error:
                falls_back = harmed or (served is None and self._due(name))
                if self.problem is None or self.problem.message != error.message:
                    logger.warning("index: %s", error.message)
                self.problem = error  # first, so that nobody sees the older snapshot served without the reason
                if falls_back:
                    self._exchange(self._last_good())
                self._failed = (name, time.monotonic() + RETRY_SECONDS)

    def close(self) -> None:
        """Stop lending; the last reader closes the knowledge base."""
        self._exchange(None)

    def _due(self, name: str) -> bool:
        return self._failed is None or self._failed[0] != name or time.monotonic() >= self._failed[1]

    def _opened(self, name: str, hidden: frozenset[str]) -> ServedIndex:
        return ServedIndex(self._snapshots.open(name, hidden), hidden)

    def _last_good(self) -> ServedIndex | None:
        """Open the newest snapshot that is whole; `None` where there is none that this service can open."""
        name = self._snapshots.last_good()
        if name is None:
            return None
        try:
            return self._opened(name, self.withdrawn() | self.deleted())
        except KnowledgeBaseError as error:
            logger.warning("index: %s", error.message)
            return None

    def _exchange(self, edition: ServedIndex | None) -> None:
        with self._lock:
            previous, self._edition = self._edition, edition
            idle = previous is not None and previous.readers == 0
            if previous is not None:
                previous.replaced = True
        if previous is not None and idle:
            previous.knowledge_base.close()
