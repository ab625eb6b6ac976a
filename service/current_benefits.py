"""The benefits that the service judges, read again when the index changes, so that every quote is checked against it."""

from __future__ import annotations

import threading
import weakref
from pathlib import Path

from kb.eligibility.catalogue import Catalogue
from kb.errors import BenefitError, HomeError, ServiceError
from kb.knowledge_base import KnowledgeBase


class CurrentBenefits:
    """Keep one catalogue, for the edition that is served."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._read: tuple[weakref.ref[KnowledgeBase], Catalogue] | None = None

    def of(self, knowledge_base: KnowledgeBase) -> Catalogue:
        """Give the catalogue checked against this knowledge base, without what rests on documents that are not there for the
        public; raises ServiceError where a rule is wrong."""
        with self._lock:
            if self._read is None or self._read[0]() is not knowledge_base:
                try:
                    self._read = (
                        weakref.ref(knowledge_base),
                        Catalogue.open(self._folder, knowledge_base, set_aside=True),
                    )
                except (BenefitError, HomeError) as error:
                    raise ServiceError(error.place, error.sentence, error.values) from error
            return self._read[1]
