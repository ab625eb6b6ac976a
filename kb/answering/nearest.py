"""What is shown where the documents do not answer: the nearest material, and what it was looked for in.

The nearest material is looked for without regard to the document, place, day or number that the question names: that
nothing is found within such a limit does not mean that there is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.answering.refusals import Searched, not_found, not_stated
from kb.evidence.investigate import Investigator, joined
from kb.evidence.specifics import Specifics, specifics_of
from kb.index.records import Records
from kb.metadata import fields_without_answer
from kb.naming import Named
from kb.quoting.candidate import Candidate
from kb.types import Document, Hit, Query, Refusal, RefusalKind
from kb.visibility import day_of

_SHOWN = 3  # of what is nearest; more would read like an answer
_WEAK = 0.35
"""The share of what an answer needs from which the nearest evidence is called weak rather than none."""
_FAR = -1.64
"""What the reader must say of a clause, in calibrated log-odds, for it to be near to what is asked: with the reader of
4,900 steps 2 of 391 dev questions of civic and of the policies had their right clause below it."""
_ON_IT = 0.3
"""The share of the neighbouring characters of a question from which on a clause is on the same matter, though it may
not answer."""
_FOREIGN, _UNHEARD = -1.09, 0.7
"""Where the best that was read is below these log-odds, and so large a part of the pairs of characters of the question
is said nowhere, it may be about something else altogether."""


class Nearest:
    """Looks for the nearest material in one snapshot."""

    def __init__(self, investigator: Investigator, records: Records) -> None:
        self._investigator = investigator
        self._records = records

    def refusal(
        self, query: Query, named: Named, current: Sequence[Candidate], hits: list[Hit], likely: float
    ) -> tuple[Refusal, Sequence[Candidate]]:
        """Refuse a question whose best evidence, the first of `current`, answers it too unlikely; give what comes
        nearest."""
        documents = [self._records.catalogue[n] for n in named.documents]
        titles = tuple(document.title for document in documents)
        absent = fields_without_answer(query.text, documents) if documents else []
        if absent:
            return Refusal("no_evidence", not_stated(titles, absent)), ()
        beyond = self._beyond(query, named, current, hits)
        near = beyond or self._near(query, current)
        foreign = self._is_foreign(query, current) if current else not documents and self._is_elsewhere(query, near)
        on_it = bool(current) and self._investigator.covered(query, current[0]) >= _ON_IT
        weak = not (beyond or foreign) and (likely >= _WEAK * self._investigator.enough or on_it)
        kind: RefusalKind = "weak_evidence" if weak else "out_of_scope" if foreign else "no_evidence"
        pinned = self._limits(query, named, documents, near) if beyond or not current else ()
        searched = Searched(titles, query.within is not None, query.as_of, pinned)
        return Refusal(kind, not_found(kind, searched, near=bool(near), outside=bool(beyond))), near

    def _beyond(self, query: Query, named: Named, current: Sequence[Candidate], hits: list[Hit]) -> Sequence[Candidate]:
        """Give what comes nearest without regard to what the question pins down, where nothing that has regard to it
        reads as well."""
        if current and (named.documents or not self._pinned(query)):
            return ()
        found = self.find(query, named, hits)
        evidence = self._investigator.evidence
        return found if not current or (found and evidence(found[0]) > evidence(current[0])) else ()

    def _is_elsewhere(self, query: Query, near: Sequence[Candidate]) -> bool:
        """Say whether a question is about another place than the documents, or nothing is near to it."""
        return not near or not self._investigator.home[query.audience].issuperset(self._pinned(query).places)

    def _pinned(self, query: Query) -> Specifics:
        return specifics_of(query.text, self._investigator.places, query.told, day_of(query))

    def find(self, query: Query, named: Named, hits: list[Hit]) -> Sequence[Candidate]:
        """Give what comes nearest of all that may be seen, as far as anything is near."""
        search, read = self._investigator.search, self._investigator.read
        within = search(query, only=frozenset(named.documents)) if named.documents else []
        standing = joined(joined(hits, within), search(query))
        found = {
            (candidate.doc_id, candidate.spans): candidate
            for some in (standing, search(query, ended=True))
            for candidate in read(query, some, strict=False)
        }
        return self._near(query, sorted(found.values(), key=lambda candidate: -candidate.score))

    def _limits(
        self, query: Query, named: Named, documents: Sequence[Document], near: Sequence[Candidate]
    ) -> tuple[str, ...]:
        """Give the words that pin down what is asked and that what comes nearest does not speak of, those left out by
        which a document is called (第343号), and places that anything shown names."""
        places, home = self._investigator.places, self._investigator.home[query.audience]
        shown = places.places_in("\n".join(map(self._investigator.words, near)))
        return tuple(
            word
            for word in specifics_of(named.rest or query.text, places, query.told, day_of(query)).told
            if not any(specifics_of(word, places).held_by("", document, home) for document in documents)
            and not any(self._investigator.speaks_of(specifics_of(word, places), one, home) for one in near[:1])
            and word not in shown
        )

    def _is_foreign(self, query: Query, current: Sequence[Candidate]) -> bool:
        """Say whether nothing is said of what is asked. A word of the lexicon would make anything sound of this place
        (小程序, 数字化)."""
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
