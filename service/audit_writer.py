"""Answers on their way into the audit record: written in batches by a thread of its own, so that no answer waits for
the disk.

What cannot be written is kept and tried again, and is told: by `problem` in `/readyz`, in the log and in the metrics.
Where as many wait as are held, nothing more is answered. What people decide and change is not written here but in the
transaction that does it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from kb.errors import KnowledgeBaseError, ServiceError
from service.storage.audit import AuditEntry, AuditLog

MOST_WAITING = 10_000
"""Entries that wait while the database takes nothing; a kill loses them."""

_AT_ONCE = 500
_GATHERING = 0.05  # seconds for which entries are gathered, so that many share one sync of the disk
_PATIENCE = 1.0  # seconds after which is tried again what could not be written
_ANCHOR_SECONDS = 3600.0  # between two lines of the log that tell the last entry
logger = logging.getLogger("kb.audit")


class AuditWriter:
    """Writes the answers of one process; thread-safe, stopped by `close`."""

    def __init__(self, log: AuditLog, most_waiting: int = MOST_WAITING, patience: float = _PATIENCE) -> None:
        self._log = log
        self._most, self._patience = most_waiting, patience
        self._waiting: deque[AuditEntry] = deque()
        self._news, self._closing = threading.Event(), threading.Event()
        self._anchor_due = 0.0
        self.problem: KnowledgeBaseError | None = None
        """Why nothing can be written now, where that is so."""
        self._thread = threading.Thread(target=self._work, name="audit", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many entries are still to be written."""
        return len(self._waiting)

    def answered(self, actor: str, answer: dict[str, Any]) -> None:
        """Note that somebody was given an answer: how it went and what it cites; raise ServiceError where too many wait
        to be written."""
        if len(self._waiting) >= self._most:
            raise self.problem or ServiceError.of("audit_not_written", cause=f"{self._most} entries wait")
        refusal = answer.get("refusal")
        cited = tuple(dict.fromkeys(citation["doc_id"] for citation in answer["citations"]))
        self._waiting.append(AuditEntry(actor, "asked", refusal["kind"] if refusal else "answered", documents=cited))
        self._news.set()

    def close(self) -> None:
        """Write what waits, and stop."""
        self._closing.set()
        self._news.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._closing.is_set():
            self._tell_anchor()
            if self._news.wait(_ANCHOR_SECONDS):
                self._closing.wait(_GATHERING if self.problem is None else self._patience)
                self._news.clear()
                self._write()
        self._write()
        if self._waiting:
            logger.error("%d entries of the audit record were not written and are lost", len(self._waiting))

    def _write(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting[place] for place in range(min(_AT_ONCE, len(self._waiting)))]
                self._log.write(*batch)
                for _ in batch:
                    self._waiting.popleft()
            self.problem = None
        except (SQLAlchemyError, OSError) as error:  # a full disk, a database that restarts: it is tried again
            cause = str(error.__cause__ or error).split("\n")[0]
            if self.problem is None:
                logger.error("the audit record cannot be written (%s); it is tried again", cause)
            self.problem = ServiceError.of("audit_not_written", cause=cause)
            self._news.set()

    def _tell_anchor(self) -> None:
        """Log the last entry: a record that is cut off later is held against it."""
        if time.monotonic() < self._anchor_due:
            return
        self._anchor_due = time.monotonic() + _ANCHOR_SECONDS
        try:
            logger.info("audit anchor %s", self._log.head())
        except (SQLAlchemyError, OSError):
            logger.exception("the audit record cannot be read")
