"""Citations: a span of a document with everything that it takes to find and check it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from kb.index.records import Records, clause_at
from kb.naming import Register
from kb.provenance import label_of, provenance_of
from kb.quoting.candidate import Candidate
from kb.quoting.whole import list_at, made_whole, without_fragments
from kb.relations import Link, links_in
from kb.text.markers import read_marker
from kb.text.sentences import sentence_spans
from kb.text.terms import terms
from kb.types import Audience, Citation, Clause, Document
from kb.visibility import may_see


def cite(document: Document, clause: Clause, start: int, end: int, number: int) -> Citation:
    """Cite document.text[start:end], which stands in `clause`."""
    return Citation(
        number=number,
        doc_id=document.doc_id,
        clause_id=clause.clause_id,
        label=label_of(document, clause),
        quote=document.text[start:end],
        start=start,
        end=end,
        page=document.page_of(start),
        sha256=document.sha256,
        source=provenance_of(document, clause),
    )


class Citer:
    """Cites spans of the documents of one snapshot."""

    def __init__(
        self,
        records: Records,
        register: Register,
        document: Callable[[str], Document],
        clause: Callable[[str], Clause],
    ) -> None:
        self._records = records
        self._register = register
        self._document = document
        self._clause = clause
        self._links = lru_cache(maxsize=1024)(self._links_of)

    def cite(self, document: Document, start: int, end: int, number: int, clause_id: str | None = None) -> Citation:
        """Cite document.text[start:end]; the clause is looked up where it is not known."""
        clause = self._clause(clause_id) if clause_id else self._clause_at(document.doc_id, start)
        return cite(document, clause, start, end, number)

    def cite_clauses(self, document: Document, clauses: Sequence[Clause]) -> tuple[Citation, ...]:
        """Cite clauses whole, numbered in their order."""
        text = document.text
        ends = [clause.start + len(text[clause.start : clause.end].rstrip()) for clause in clauses]
        return tuple(
            self.cite(document, clause.start, end, number, clause.clause_id)
            for number, (clause, end) in enumerate(zip(clauses, ends, strict=True), start=1)
        )

    def quote(self, candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
        """Cite the sentences of candidates, numbered from 1; those that follow each other in one clause together."""
        citations: list[Citation] = []
        for candidate in candidates:
            document = self._document(candidate.doc_id)
            for clause, start, end in self._parts(document, candidate.spans):
                citations.append(cite(document, clause, start, end, len(citations) + 1))
        return tuple(citations)

    def point_at(self, candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
        """Cite the likeliest sentence of each candidate, for what is shown and does not answer."""
        spans = [without_fragments(self._document(one.doc_id).text, one.likeliest) for one in candidates]
        return self.quote([replace(one, spans=(span,)) for one, span in zip(candidates, spans, strict=True)])

    def _parts(self, document: Document, spans: Sequence[tuple[int, int]]) -> list[tuple[Clause, int, int]]:
        """Join the sentences of one clause between which nothing stands; a part that stands alone begins behind its
        outline marker."""
        parts: list[tuple[Clause, int, int]] = []
        for start, end in spans:
            clause = self._clause_at(document.doc_id, start)
            if parts and parts[-1][0] == clause and not document.text[parts[-1][2] : start].strip():
                parts[-1] = (clause, parts[-1][1], end)
            else:
                parts.append((clause, start, end))
        numbered = _numbered(document.text, [(start, end) for _, start, end in parts])
        return [
            (clause, start if keeps else behind_marker(document.text, start, end), end)
            for (clause, start, end), keeps in zip(parts, numbered, strict=True)
        ]

    def pointed_at(self, citation: Citation, audience: Audience, asked: AbstractSet[str]) -> tuple[Citation, ...]:
        """Quote the clause that a quotation refers to (依照第十二条), where it names one that may be seen; of several
        (违反第十条、第十一条) the one that says most of the terms that are `asked`."""
        clauses = [
            self._clause(link.clause_id)
            for link in self._links(citation.doc_id, audience)
            if citation.start <= link.start < citation.end and link.clause_id not in (None, citation.clause_id)
        ]

        def shared(doc_id: str, start: int, end: int) -> int:
            return len(asked & frozenset(terms(self._document(doc_id).text[start:end])))

        clause = max(clauses, key=lambda one: shared(one.doc_id, one.start, one.end), default=None)
        if clause is None:
            return ()
        target = self._document(clause.doc_id)
        sentences = sentence_spans(target.text, clause.start, clause.end)
        if not sentences:
            return ()
        own = max(sentences, key=lambda span: shared(target.doc_id, *span))
        spans = made_whole(target.text, (own,))
        part = list_at(target.text, clause.start)
        if part and part[0] < clause.start:  # one item, behind the words that open its list
            spans = (sentence_spans(target.text, *part)[0], own)
        if target.text[spans[-1][1] - 1] in "：:":
            return ()  # A list too long to be told whole, of which the opening words say nothing.
        return tuple(
            cite(target, clause, start, end, citation.number + n)
            for n, (clause, start, end) in enumerate(self._parts(target, spans), start=1)
            if start < end
        )

    def _links_of(self, doc_id: str, audience: Audience) -> list[Link]:
        def clauses_of(target: str) -> list[Clause] | None:
            seen = may_see(audience, self._records.catalogue[self._records.ordinals[target]])
            return self._records.clauses(target) if seen else None

        return links_in(self._document(doc_id), self._register, clauses_of)

    def _clause_at(self, doc_id: str, offset: int) -> Clause:
        return clause_at(self._records.clauses(doc_id), offset)


def _numbered(text: str, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """Tell of each span whether its outline marker belongs to what is quoted: it counts on from its neighbour, or says
    which item of a list it is whose opening words (…的：) are quoted too. The marker of a span that is neither numbers
    what is not shown.

    >>> text = "1.甲。\\n2.乙。\\n3.丙：\\n（1）丁；\\n（2）戊。"
    >>> _numbered(text, [(0, 4), (5, 9)]), _numbered(text, [(0, 4), (10, 14)]), _numbered(text, [(10, 14), (21, 26)])
    ([True, True], [False, False], [False, True])
    """
    follows = [not text[before[1] : after[0]].strip() for before, after in pairwise(spans)]
    opened = [any(text[end - 1] in "：:" for _, end in spans[:n]) for n in range(len(spans))]
    return [any(follows[max(n - 1, 0) : n + 1]) or opened[n] for n in range(len(spans))]


def behind_marker(text: str, start: int, end: int) -> int:
    """Give where a sentence begins behind the outline marker of its line, where it has one."""
    begins_line = start == 0 or text[start - 1] == "\n"
    marker = read_marker(text, start, end) if begins_line else None
    position = marker.end if marker else start
    while position < end and text[position].isspace():
        position += 1
    return position
