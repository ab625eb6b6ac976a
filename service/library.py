"""The library that the service reads from: one open knowledge base, exchanged when a newer index appears.

A request borrows the edition that is open at that moment and keeps it to the end, so a rebuilt index
never disturbs an answer in progress. An edition is closed when it was replaced and its last reader
has returned it. What was withdrawn is public no more from the next look on, before the index is built anew without it. When a new snapshot cannot be opened, the one before it goes on serving and `problem`
says why.
"""

from __future__ import annotations

import copy
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.settings import Settings
from kb.errors import KnowledgeBaseError, SnapshotMissingError
from kb.index.encoder import open_encoder
from kb.index.snapshot import current_name
from kb.knowledge_base import KnowledgeBase

RETRY_SECONDS = 30.0
"""How long a snapshot that could not be opened is left alone, unless CURRENT names another."""

logger = logging.getLogger("uvicorn.error")


class ServedIndex:
    """An open knowledge base, its readers, and whether it was replaced."""

    __slots__ = ("documents", "knowledge_base", "name", "readers", "replaced", "withdrawn")

    def __init__(self, knowledge_base: KnowledgeBase, withdrawn: frozenset[str]) -> None:
        self.knowledge_base = knowledge_base
        self.withdrawn = withdrawn
        self.name = knowledge_base.snapshot_name
        self.documents = len(knowledge_base.documents())
        self.readers = 0
        self.replaced = False


class Library:
    """Lend out the current knowledge base; thread-safe."""

    def __init__(self, current: Callable[[], str], open_current: Callable[[frozenset[str]], KnowledgeBase]) -> None:
        self._current = current
        self._open_current = open_current
        self.withdrawn: Callable[[], frozenset[str]] = frozenset
        """Names the documents that were withdrawn; set by the application."""
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
        encoder = open_encoder(settings.encoder)
        model, reranker, reader = settings.language_model(), settings.open_reranker(), settings.open_reader()
        calendar = settings.calendar()
        index_dir = Path(settings.index_dir)
        return cls(
            lambda: current_name(index_dir),
            lambda withdrawn: KnowledgeBase.open(
                index_dir,
                encoder,
                model,
                reranker=reranker,
                withdrawn=withdrawn,
                reader=reader,
                calendar=calendar,
            ),
        )

    @property
    def edition(self) -> ServedIndex | None:
        """What is being served, `None` before the first snapshot was opened."""
        return self._edition

    @contextmanager
    def use(self) -> Iterator[KnowledgeBase]:
        """Borrow the current knowledge base; raises the SnapshotError that keeps it closed."""
        with self._lock:
            edition = self._edition
            if edition is None:
                # A copy: one exception raised by two requests at once would mix their tracebacks.
                raise copy.copy(self.problem) or SnapshotMissingError.of("index_not_opened")
            edition.readers += 1
        try:
            yield edition.knowledge_base
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
            name = ""
            try:
                name, withdrawn = self._current(), self.withdrawn()
                served = self._edition
                if served is not None and (served.name, served.withdrawn) == (name, withdrawn):
                    self.problem, self._failed = None, None
                # A snapshot that failed is tried again after a while, another one at once.
                elif self._failed is None or self._failed[0] != name or time.monotonic() >= self._failed[1]:
                    self._exchange(ServedIndex(self._open_current(withdrawn), withdrawn))
                    self.problem, self._failed = None, None
            except KnowledgeBaseError as error:
                # Said once, not at every look.
                if self.problem is None or self.problem.message != error.message:
                    logger.warning("index: %s", error.message)
                self.problem = error
                self._failed = (name, time.monotonic() + RETRY_SECONDS)

    def close(self) -> None:
        """Stop lending; the last reader closes the knowledge base."""
        self._exchange(None)

    def _exchange(self, edition: ServedIndex | None) -> None:
        with self._lock:
            previous, self._edition = self._edition, edition
            idle = previous is not None and previous.readers == 0
            if previous is not None:
                previous.replaced = True
        if previous is not None and idle:
            previous.knowledge_base.close()
