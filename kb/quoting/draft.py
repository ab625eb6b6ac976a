"""An answer while it is written: statements, and the citations that hold them, numbered as they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb.metadata import told
from kb.quoting.citing import Citer
from kb.types import Citation, Document, HeaderField, Statement


class Draft:
    """Takes what was quoted already, and what is added to it."""

    def __init__(self, citer: Citer, statements: Iterable[Statement] = (), citations: Iterable[Citation] = ()) -> None:
        self._citer = citer
        self.statements = list(statements)
        self.citations = list(citations)

    def tell(self, lead: str, document: Document, field: HeaderField) -> None:
        """Add a statement that gives a field of a header, which stands out, behind `lead`."""
        numbers = self._cite(document, [(field.start, field.end)])
        words = told(document, field)
        quoted = document.text[field.start : field.end]
        at = words.find(quoted)
        focus = (len(lead) + at, len(lead) + at + len(quoted)) if quoted and at >= 0 else None
        self.statements.append(Statement(f"{lead}{words}。", numbers, focus, own=True))

    def say(self, words: str, document: Document, spans: Sequence[tuple[int, int]]) -> None:
        """Add a statement in words of our own, held by spans of a document."""
        self.statements.append(Statement(f"{words}。", self._cite(document, spans), own=True))

    def carry(self, statement: Statement, citations: Iterable[Citation]) -> None:
        """Take over a statement of another answer with those of its citations that it names."""
        first = len(self.citations) + 1
        named = [citation for citation in citations if citation.number in statement.citations]
        self.citations += [replace(citation, number=number) for number, citation in enumerate(named, first)]
        self.statements.append(replace(statement, citations=tuple(range(first, first + len(named)))))

    def number_of(self, citation: Citation) -> int:
        """Give the number under which this answer cites what a citation of another answer does; it is taken over where
        none quotes it yet."""
        for own in self.citations:
            if own.clause_id == citation.clause_id and own.start <= citation.start and citation.end <= own.end:
                return own.number
        self.citations.append(replace(citation, number=len(self.citations) + 1))
        return len(self.citations)

    def remark(
        self,
        words: str,
        document: Document,
        spans: Sequence[tuple[int, int]],
        source: Document | None = None,
        only: int | None = None,
    ) -> None:
        """Put words behind every statement that quotes a document, or the one with the citation `only`, held by spans
        of it or of the `source` that says so."""
        own = {citation.number for citation in self.citations if citation.doc_id == document.doc_id}
        own &= {only} if only is not None else own
        more = self._cite(source or document, spans)
        self.statements = [
            replace(said, text=f"{said.text}（{words}）", citations=said.citations + more)
            if own.intersection(said.citations)
            else said
            for said in self.statements
        ]

    def _cite(self, document: Document, spans: Sequence[tuple[int, int]]) -> tuple[int, ...]:
        first = len(self.citations) + 1
        self.citations += [self._citer.cite(document, *span, number) for number, span in enumerate(spans, first)]
        return tuple(range(first, first + len(spans)))
