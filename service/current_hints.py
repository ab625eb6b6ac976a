"""What the question box offers while somebody types: welcome questions, benefits, titles and headings of what the one
who types may see.

Never what other people asked: their words are theirs. Made anew for every edition of the index, for the public and for
staff apart, of the documents that these may see and no others, so that the hidden leaves no trace, in time neither.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from typing import get_args

from kb.errors import ServiceError
from kb.knowledge_base import KnowledgeBase
from kb.provenance import name_of
from kb.text.markers import read_marker
from kb.typeahead import Offer, Typeahead
from kb.types import Audience, Document
from service.current_benefits import current_benefits
from service.frame import welcome_questions
from service.library import Library

_WITH_HEADINGS = 2000  # documents; of more, as in a collection of laws, the titles alone are offered
_SHORTEST = 4  # characters of a heading that says something by itself


class CurrentHints:
    """Keep what is offered for the edition that is served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[weakref.ref[KnowledgeBase], dict[Audience, Typeahead]] | None = None

    def of(self, knowledge_base: KnowledgeBase, audience: Audience) -> Typeahead:
        """Give what is offered to an audience, made when it is first asked for."""
        with self._lock:
            if self._made is None or self._made[0]() is not knowledge_base:
                made = {one: Typeahead(list(self._offers(knowledge_base, one))) for one in get_args(Audience)}
                self._made = (weakref.ref(knowledge_base), made)
            return self._made[1][audience]

    def prepare(self, library: Library) -> None:
        """Make it for the edition that is served before anybody types."""
        if library.edition is not None:
            with library.use() as knowledge_base:
                self.of(knowledge_base, "public")

    def _offers(self, knowledge_base: KnowledgeBase, audience: Audience) -> Iterator[Offer]:
        yield from (Offer(question, "question") for question in welcome_questions())
        try:
            benefits = current_benefits(knowledge_base).benefits
        except ServiceError:
            benefits = ()  # the page of benefits says what is wrong with them
        yield from (Offer(f"{benefit.title}有什么条件？", "benefit", benefit.source) for benefit in benefits)
        documents = knowledge_base.documents(audience)
        yield from (Offer(name_of(document), "document", document.doc_id) for document in documents)
        if len(documents) <= _WITH_HEADINGS:
            for document in documents:
                yield from _headings(document, knowledge_base, audience)


def _headings(document: Document, knowledge_base: KnowledgeBase, audience: Audience) -> Iterator[Offer]:
    clauses = knowledge_base.clauses(document.doc_id, audience)
    for heading in dict.fromkeys(heading for clause in clauses for heading in clause.headings):
        marker = read_marker(heading, 0, len(heading))
        said = heading[marker.end :].strip() if marker else heading.strip()
        if len(said) >= _SHORTEST:
            yield Offer(f"{name_of(document)}的{said}", "heading", document.doc_id)
