"""The documents that a text names and that the one who asks may see; of the editions of a law the one that holds on the
day asked about."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from kb.editions import editions_of
from kb.index.records import Records
from kb.naming import Named, Register
from kb.retrieval import Retriever
from kb.text.names import normal_name
from kb.types import Query
from kb.visibility import day_of, in_force


class NamedDocuments:
    """Finds documents of one snapshot by their names."""

    def __init__(self, retriever: Retriever, records: Records, register: Register) -> None:
        self._retriever = retriever
        self._records = records
        self._register = register

    def find(self, query: Query, text: str) -> Named:
        """Find the documents that a text names and the one who asks may see."""
        return self._register.find(text, visible=partial(self._retriever.is_visible, query))

    def in_force(self, query: Query, named: Named) -> Named:
        """Give of the editions of each law that is named the one that holds on the day asked about, since a title does
        not tell which."""
        return replace(named, documents=tuple(dict.fromkeys(self._edition(n, query) for n in named.documents)))

    def ids(self, query: Query, text: str) -> list[str]:
        """Give the ids of the documents that a text names."""
        named = self.in_force(query, self.find(query, text))
        return [self._records.catalogue[ordinal].doc_id for ordinal in named.documents]

    def _edition(self, ordinal: int, query: Query) -> int:
        named, day = self._records.catalogue[ordinal], day_of(query)
        if in_force(named, day) or (named.doc_no and named.doc_no in query.text):
            return ordinal
        visible = [d for n, d in enumerate(self._records.catalogue) if self._retriever.is_visible(query, n)]
        title = normal_name(named.title)
        for edition in reversed(editions_of(named, visible)):
            other = self._records.ordinals[edition.doc_id]
            document = self._records.catalogue[other]
            if normal_name(document.title) == title and in_force(document, day):
                return other
        return ordinal
