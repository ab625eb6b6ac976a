"""What is shown where the documents do not answer: the nearest material, and what it was looked for in.

The nearest material is looked for without regard to the document, place, day or number that the question names: that
nothing is found within such a limit does not mean that there is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.answering.refusals import Searched, not_found, not_stated
from kb.evidence.investigate import Investigator, joined
from kb.evidence.specifics import specifics_of
from kb.index.records import Records
from kb.metadata import fields_without_answer
from kb.naming import Named
from kb.quoting.candidate import Candidate
from kb.types import Document, Hit, Query, Refusal, RefusalKind

_SHOWN = 3  # of what is nearest; more would read like an answer
_WEAK = 0.35
"""The share of what an answer needs from which the nearest evidence is called weak rather than none."""
_FAR = -1.64
"""What the reader must say of a clause, in calibrated log-odds, for it to be near to what is asked: with the reader of 4,900 steps 2 of 391 dev questions of
civic and of the policies had their right clause below it."""
_ON_IT = 0.3
"""The share of the neighbouring characters of a question from which on a clause is on the same matter, though it may not answer."""
_FOREIGN, _UNHEARD = -1.09, 0.7
"""Where the best that was read is below these log-odds, and so large a part of the pairs of characters of the question is said nowhere, it may be
about something else altogether."""


class Nearest:
    """Looks for the nearest material in one snapshot."""

    def __init__(self, investigator: Investigator, records: Records) -> None:
        self._investigator = investigator
        self._records = records

    def refusal(
        self, query: Query, named: Named, current: Sequence[Candidate], hits: list[Hit], likely: float
    ) -> tuple[Refusal, Sequence[Candidate]]:
        """Refuse a question whose best evidence, the first of `current`, answers it too unlikely; give what comes nearest."""
        foreign = self._is_foreign(query, current) if current else not named.documents
        on_it = bool(current) and self._investigator.covered(query, current[0]) >= _ON_IT
        weak = (likely >= _WEAK * self._investigator.enough or on_it) and not foreign
        kind: RefusalKind = "weak_evidence" if weak else "out_of_scope" if foreign else "no_evidence"
        documents = [self._records.catalogue[n] for n in named.documents]
        titles = tuple(document.title for document in documents)
        absent = fields_without_answer(query.text, documents) if documents else []
        if absent:
            return Refusal("no_evidence", not_stated(titles, absent)), ()
        near = self._near(query, current) if current else self.find(query, named, hits)
        pinned = () if current else self._limits(query, named, documents)
        searched = Searched(titles, query.within is not None, query.as_of, pinned)
        return Refusal(kind, not_found(kind, searched, near=bool(near), outside=not current)), near

    def find(self, query: Query, named: Named, hits: list[Hit]) -> Sequence[Candidate]:
        """Give what comes nearest of all that may be seen, as far as anything is near."""
        for more in (
            self._investigator.search(query, only=frozenset(named.documents)) if named.documents else [],
            self._investigator.search(query),
            self._investigator.search(query, ended=True),
        ):
            hits = joined(hits, more)
        candidates = self._investigator.read(query, hits, strict=False)
        return self._near(query, candidates)

    def _limits(self, query: Query, named: Named, documents: Sequence[Document]) -> tuple[str, ...]:
        """Give the words that pin down what is asked, those left out by which a document is called (第343号)."""
        places, home = self._investigator.places, self._investigator.home[query.audience]
        return tuple(
            word
            for word in specifics_of(named.rest or query.text, places, query.told).told
            if not any(specifics_of(word, places).held_by("", document, home) for document in documents)
        )

    def _is_foreign(self, query: Query, current: Sequence[Candidate]) -> bool:
        """Say whether nothing is said of what is asked. A word of the lexicon would make anything sound of this place (小程序, 数字化)."""
        if self._investigator.unheard(query) < _UNHEARD:
            return False
        plainly = self._investigator.read_plainly(query, current)
        return all(self._investigator.evidence(candidate) < _FOREIGN for candidate in plainly)

    def _near(self, query: Query, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Leave out what neither reads like an answer nor is on what is asked about."""
        return [
            candidate
            for candidate in candidates[:_SHOWN]
            if self._investigator.evidence(candidate) >= _FAR or self._investigator.covered(query, candidate) >= _ON_IT
        ]
