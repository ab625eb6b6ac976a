"""The benefits that the service judges, read again when the index changes, so that every quote is checked against it."""

from __future__ import annotations

import threading
from pathlib import Path

from kb.eligibility.catalogue import Catalogue
from kb.errors import BenefitError, ServiceError
from kb.knowledge_base import KnowledgeBase


class Benefits:
    """Keep one catalogue, for the snapshot that is served."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._read: tuple[str, Catalogue] | None = None

    def of(self, knowledge_base: KnowledgeBase) -> Catalogue:
        """Give the catalogue checked against this knowledge base; raises ServiceError where a rule is wrong."""
        name = knowledge_base.snapshot_name
        with self._lock:
            if self._read is None or self._read[0] != name:
                try:
                    self._read = name, Catalogue.open(self._folder, knowledge_base)
                except BenefitError as error:
                    raise ServiceError(error.message) from error
            return self._read[1]
