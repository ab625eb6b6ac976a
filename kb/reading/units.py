"""Units: what is read together, the largest part of an outline around a passage that fits one window.

A passage may be one item of a list, and an item alone answers nothing: it is read with what it is an item of, as far as that is
short; else behind the sentence that opens the clause above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.reading.reader import ClauseText
from kb.reading.windows import LEAD, WINDOW
from kb.text.markers import read_marker
from kb.text.sentences import sentence_spans
from kb.types import Clause, Document, Passage


@dataclass(frozen=True, slots=True)
class Unit:
    """A span of a document that is read at once; `lead` is the sentence above it that its items depend on, or empty."""

    doc_id: str
    start: int
    end: int
    headings: tuple[str, ...]
    lead: str

    def as_read(self, document: Document) -> ClauseText:
        """Give the unit as the reader sees it: behind the short title of its document, its headings and its lead."""
        parts = (document.short_title or document.title, *self.headings, self.lead)
        return ClauseText("\n".join(part for part in parts if part), document.text[self.start : self.end])


def unit_of(passage: Passage, document: Document, clauses: Sequence[Clause], length: int = WINDOW) -> Unit:
    """Give the unit around a passage; `clauses` are those of its document, in order."""
    place = next(n for n, clause in enumerate(clauses) if clause.clause_id == passage.clause_id)
    first = last = place
    root = passage.clause_id
    while (parent := _parent(root)) and (span := _subtree(clauses, place, parent)):
        if clauses[span[1]].end - clauses[span[0]].start > length:
            break
        root, (first, last) = parent, span
    if first == last:
        start, end = passage.start, passage.end
    else:
        start, end = clauses[first].start, clauses[last].end
    opening = clauses[first]
    marker = read_marker(document.text, start, end) if start == opening.start else None
    headings = opening.headings[:-1] if opening.headings else ()
    label = opening.label.rsplit("（", 1)[0] if marker else ""
    lead = ""
    above = next((c for c in clauses if parent and c.clause_id == parent), None)
    if above is not None:
        begin, stop = next(iter(sentence_spans(document.text, above.start, above.end)), (0, 0))
        lead = document.text[begin:stop] if 0 < stop - begin <= LEAD else ""
    return Unit(document.doc_id, marker.end if marker else start, end, tuple(h for h in (*headings, label) if h), lead)


def _parent(clause_id: str) -> str:
    """Name the clause above, or nothing at the top of a document's outline.

    >>> _parent("hz-2024-embedded-plan#3.2.1"), _parent("hz-2024-embedded-plan#3")
    ('hz-2024-embedded-plan#3.2', '')
    """
    above, _, last = clause_id.rpartition(".")
    return above if "#" in above and last else ""


def _subtree(clauses: Sequence[Clause], place: int, root: str) -> tuple[int, int] | None:
    """Give the first and last number of the clauses of a part of the outline around `place`."""

    def inside(n: int) -> bool:
        return clauses[n].clause_id == root or clauses[n].clause_id.startswith(f"{root}.")

    first = last = place
    while first > 0 and inside(first - 1):
        first -= 1
    while last + 1 < len(clauses) and inside(last + 1):
        last += 1
    return (first, last) if first < last else None
