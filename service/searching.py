"""Searches, and what was told: a snapshot does not change, so that what is searched again on the same day is told at
once.

For the edition of the index that is served, and for the public and for staff apart: what was withdrawn goes with its
edition. Kept is the body of the response, which takes a third of the memory of the values in it.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date

from fastapi.responses import JSONResponse

from kb.knowledge_base import KnowledgeBase
from kb.presentation import hit_payload
from kb.types import Audience, Query
from service.addresses import addressed
from service.library import Library
from service.tracing import stage

REMEMBERED = 256
"""Searches, of some eight kilobytes for ten passages and at the most a hundred passages each."""


@dataclass(frozen=True, slots=True)
class Search:
    """The `k` best passages for a text, as somebody may see them on a day below a path of a proxy."""

    text: str
    k: int
    audience: Audience
    day: date
    root_path: str


class Searches:
    """Searches the edition that `library` serves; thread-safe."""

    def __init__(self, library: Library, remembered: int = REMEMBERED) -> None:
        self._library = library
        self._most = remembered
        self._lock = threading.Lock()
        self._edition: weakref.ref[KnowledgeBase] | None = None
        self._told: OrderedDict[Search, bytes] = OrderedDict()

    def remembered(self, search: Search) -> bytes | None:
        """Give the body that a search was answered with, where it is known; raise the SnapshotError that keeps the
        index closed."""
        with self._library.use() as knowledge_base, self._lock:
            told = self._of(knowledge_base)
            if search in told:
                told.move_to_end(search)
            return told.get(search)

    def answer(self, search: Search) -> bytes:
        """Search and give the body to answer with, and remember it; raise QuestionError where the text is none."""
        with self._library.use() as knowledge_base:
            with stage("retrieve"):
                hits = knowledge_base.search(Query("search", search.text, audience=search.audience), search.k)
            with stage("compose"):
                found = [addressed(hit_payload(hit, knowledge_base)) for hit in hits]
                body = bytes(JSONResponse({"query": search.text, "hits": found}).body)
            with self._lock:
                told = self._of(knowledge_base)
                told[search] = body
                while len(told) > self._most:
                    told.popitem(last=False)
            return body

    def _of(self, knowledge_base: KnowledgeBase) -> OrderedDict[Search, bytes]:
        """Give what is remembered of an edition, which is nothing where another one was served before."""
        if self._edition is None or self._edition() is not knowledge_base:
            self._edition, self._told = weakref.ref(knowledge_base), OrderedDict()
        return self._told
