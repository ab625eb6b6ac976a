"""Laws of different rank on one matter: which holds for a place, and which stands above it.

Two laws are on one matter where the one's subject, its title without the place and the kind of law, holds the other's
(杭州市学前教育促进条例, 浙江省学前教育条例, 学前教育法). A law stands above another on its matter that is of a wider
place. For a place its own law answers, as far as it says anything; where the law above says it with other figures, both
are told, neither is weighed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, lru_cache

from kb.answering.inquiry import Inquiry
from kb.evidence.investigate import Investigator
from kb.evidence.matter import is_law, on_one_matter, subject_of, without_places
from kb.evidence.specifics import region_of
from kb.index.records import Records
from kb.provenance import name_of
from kb.question.asked_place import asked_places
from kb.question.level import asks_the_nation
from kb.quoting.candidate import Candidate
from kb.quoting.citing import Citer
from kb.quoting.draft import Draft
from kb.quoting.header_span import title_span
from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers
from kb.text.references import find_references
from kb.text.sentences import sentence_spans
from kb.text.terms import bigrams
from kb.types import Answer, Document, Query, Statement
from kb.visibility import day_of, in_force

# Asked for by kind; 上级部门 asks for an office.
_SUPERIOR = re.compile(r"上位法|上级(?:的)?(?:法律|法规|规定)|上一级(?:的)?(?:法律|法规|规定)")
_READ = 5  # sentences of the law above, among which the one like the local rule is looked for
_ALIKE = 1 / 3  # from which two sentences are taken for one rule
_FIGURE = re.compile(r"\d+(?:\.\d+)?%?")


class Rank:
    """Knows which laws of one snapshot stand above which; `is_visible` says of a query and an ordinal whether the
    document may be seen."""

    def __init__(
        self,
        records: Records,
        investigator: Investigator,
        citer: Citer,
        is_visible: Callable[[Query, int], bool],
    ) -> None:
        self._records = records
        self._investigator = investigator
        self._citer = citer
        self._is_visible = is_visible
        self._matter = lru_cache(maxsize=1024)(self._on_one_matter)

    def superiors(self, document: Document, query: Query) -> list[Document]:
        """Give the laws above one that hold on the day asked about and may be seen, the nearest first."""
        place = self._place_of(document)
        above = [other for other in self._laws(document, query) if _is_wider(self._place_of(other), place)]
        return sorted(above, key=lambda other: (-len(self._place_of(other)), other.title))

    def for_place(self, query: Query, best: Candidate) -> tuple[list[Candidate], float] | None:
        """Give what the narrowest law of the place that a question names says, where another law was found to answer;
        nothing where it says nothing or is itself the one found."""
        places = self._investigator.places
        named = [places.chains[place] for place in asked_places(query.text, places)]
        if not named or asks_the_nation(query.text):
            return None
        found = self._investigator.document(best.doc_id)
        own = self._place_of(found)
        laws = [
            other
            for other in self._laws(found, query)
            if (place := self._place_of(other))
            and len(place) > len(own)
            and any(c[: len(place)] == place for c in named)
        ]
        works = self._works(sorted(laws, key=lambda law: (-len(self._place_of(law)), law.title)))
        return next((read for work in works if (read := self._read(query, work)) is not None), None)

    def tell_superior(self, draft: Draft, query: Query) -> None:
        """Say behind an answer from a local law what the nearest law above says to the same question in like words with
        other figures."""
        if not draft.citations:
            return
        cited = draft.citations[0]
        local = self._investigator.document(cited.doc_id)
        for work in self._works(self.superiors(local, query)) if self._place_of(local) else ():
            read = self._read(query, work)
            if read is None:
                continue
            best = max(read[0][:_READ], key=lambda one: self._likeness(one, cited.quote))
            if self._likeness(best, cited.quote) < _ALIKE:
                return
            citation = replace(self._citer.point_at([best])[0], number=len(draft.citations) + 1)
            if _figures(citation.quote) - _figures(cited.quote):
                draft.citations.append(citation)
                law = self._investigator.document(best.doc_id)
                words = f"上位法{name_of(law)}{citation.label}规定：{citation.quote}"
                draft.statements.append(Statement(words, (citation.number,), own=True))
            return

    def answer(self, inquiry: Inquiry) -> Answer | None:
        """Answer a question for the laws above the one that it names; nothing where it asks for none, or none is
        here."""
        named = inquiry.named.documents
        if not _SUPERIOR.search(fold_text(inquiry.text)) or len(named) != 1:
            return None
        document = self._investigator.document(self._records.catalogue[named[0]].doc_id)
        if not is_law(document):
            return None
        draft = Draft(self._citer)
        for law in self.superiors(document, inquiry.query):
            whole = self._investigator.document(law.doc_id)
            draft.say(f"同一事项的上位法有{name_of(whole)}", whole, (title_span(whole),))
        basis = _basis(document)
        if basis:
            draft.say(
                f"{name_of(document)}写明：{document.text[slice(*basis)].strip().rstrip('。')}", document, (basis,)
            )
        return inquiry.answered(draft) if draft.statements else None

    def _place_of(self, document: Document) -> tuple[str, ...]:
        """Give the place that a law is for as a chain, widest first; empty for the whole state."""
        places = self._investigator.places
        return max((places.chains[place] for place in region_of(document, places)), key=len, default=())

    def _works(self, laws: Iterable[Document]) -> list[list[Document]]:
        """Put together the laws of one place and subject: in some collections every article is a document of its
        own."""
        works: dict[tuple[tuple[str, ...], str], list[Document]] = {}
        for law in laws:
            key = self._place_of(law), self._subjects[self._records.ordinals[law.doc_id]]
            works.setdefault(key, []).append(law)
        return list(works.values())

    def _read(self, query: Query, work: Iterable[Document]) -> tuple[list[Candidate], float] | None:
        """Read the laws of one place and subject for a question; nothing where none answers."""
        text = without_places(query.text, self._investigator.places)
        query = replace(query, text=text)
        hits = self._investigator.search(query, only=frozenset(self._records.ordinals[law.doc_id] for law in work))
        candidates = self._investigator.read(query, hits)
        likely = self._investigator.probability(candidates)
        return (candidates, likely) if likely >= self._investigator.enough else None

    def _likeness(self, candidate: Candidate, quote: str) -> float:
        """Give how alike a sentence is to a quotation, from 0 to 1, by the pairs of characters that both have."""
        one, other = Counter(bigrams(self._investigator.words(candidate))), Counter(bigrams(quote))
        return 2 * (one & other).total() / (one.total() + other.total() or 1)

    def _laws(self, document: Document, query: Query) -> list[Document]:
        """Give the other laws on the matter of one that hold on the day asked about and may be seen."""
        day = day_of(query)
        return [
            self._records.catalogue[ordinal]
            for ordinal in self._matter(document.doc_id)
            if self._is_visible(query, ordinal) and in_force(self._records.catalogue[ordinal], day)
        ]

    def _on_one_matter(self, doc_id: str) -> tuple[int, ...]:
        own = self._records.ordinals[doc_id]
        subject = subject_of(self._records.catalogue[own].title, self._investigator.places)
        if subject is None:
            return ()
        return tuple(n for n, other in self._subjects.items() if n != own and on_one_matter(subject, other))

    @cached_property
    def _subjects(self) -> dict[int, str]:
        """The subjects of all laws; of a large index made when a law first answers."""
        places = self._investigator.places
        subjects = ((n, subject_of(document.title, places)) for n, document in enumerate(self._records.catalogue))
        return {n: subject for n, subject in subjects if subject is not None}


def _is_wider(place: tuple[str, ...], than: tuple[str, ...]) -> bool:
    return len(place) < len(than) and than[: len(place)] == place


def _figures(text: str) -> frozenset[str]:
    """Give the figures of a text; numbers of articles are none."""
    normal = normalize_numbers(fold_text(text))
    return frozenset(_FIGURE.findall(re.sub(r"第\d+(?:-\d+)?[条款项章节]", "", normal)))


def _basis(document: Document) -> tuple[int, int] | None:
    """Give the span of the sentence in which a law names what it rests on (根据《…》…，制定本条例)."""
    for start, end in sentence_spans(document.text):
        sentence = document.text[start:end]
        if "制定本" in sentence and any(reference.name for reference in find_references(sentence)):
            return start, end
    return None
