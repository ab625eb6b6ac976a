"""What a ranking ranges over: said by who asks, the day and the documents named, and applied before ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import get_args

from kb.metadata import asks_about_document
from kb.types import Audience, Document, Query
from kb.visibility import begins, day_of, in_force, may_see


@dataclass(frozen=True, slots=True)
class Scope:
    """What a ranking ranges over: the documents that `audience` may see and that were in force on `day`, or, with
    `ended`, those that were not; `only` narrows it to documents by ordinal, in force or not; `within` to those that the
    question is confined to. What is about a document (its header, the notice on a digest) takes part only with
    `about`."""

    audience: Audience
    day: date
    ended: bool = False
    only: frozenset[int] | None = None
    about: bool = False
    within: frozenset[str] | None = None

    @classmethod
    def of(cls, query: Query, *, ended: bool = False, only: frozenset[int] | None = None) -> Scope:
        """Make the scope of a query on the day that it asks about, today where it names none; `only` are ordinals of
        documents."""
        return cls(query.audience, day_of(query), ended, only, asks_about_document(query.text), query.within)

    def holds(self, ordinal: int, document: Document) -> bool:
        """Say whether a document, whose ordinal is given, may be found. Those that `only` names are found whether they
        hold on the day or not: somebody named them."""
        if not may_see(self.audience, document):
            return False
        if self.within is not None and document.doc_id not in self.within:
            return False
        if self.only is not None:
            return ordinal in self.only
        return in_force(document, self.day) != self.ended


class ScopedCatalogue:
    """Applies scopes to the documents of a snapshot, which are given in order of their ordinal."""

    def __init__(self, catalogue: Sequence[Document]) -> None:
        self._catalogue = catalogue
        self._first_day = {audience: self._first_day_of(audience) for audience in get_args(Audience)}
        self.hidden = lru_cache(maxsize=8)(self._hidden)
        """Numbers the documents that take no part in a scope."""

    def dated_only(self, scope: Scope) -> bool:
        """Say whether documents without a date take no part. One is there today, and is taken to have been there on any
        day on which anything with a date was; on an earlier one it would be the only witness, and nobody knows whether
        it was there."""
        first = self._first_day[scope.audience]
        return scope.only is None and first is not None and scope.day < min(first, date.today())

    def _first_day_of(self, audience: Audience) -> date | None:
        """Give the first day on which any document that an audience may see is known to have been there."""
        known = (begins(document) for document in self._catalogue if may_see(audience, document))
        return min((day.first_day for day in known if day), default=None)

    def _hidden(self, scope: Scope) -> frozenset[int]:
        dated_only = self.dated_only(scope)
        return frozenset(
            ordinal
            for ordinal, document in enumerate(self._catalogue)
            if not scope.holds(ordinal, document) or (dated_only and begins(document) is None)
        )
