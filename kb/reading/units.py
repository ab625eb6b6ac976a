"""Units: what is read together, the largest part of an outline around a passage that fits one window.

A passage may be one item of a list, and an item alone answers nothing: it is read with what it is an item of, as far as
that is short; else behind the sentence that opens the clause above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.reading.reader import ClauseText
from kb.reading.windows import LEAD, WINDOW, cut_windows
from kb.text.markers import read_marker
from kb.text.sentences import opens_list, sentence_spans
from kb.types import Clause, Document, Passage

HEADER = "#header"
"""How the clause is named that a document's header is."""
ARTICLE = 4 * WINDOW
"""Characters up to which a document that is one list behind a sentence is read as the article of a law, not as an
outline."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A span of a document that is read at once; `lead` is the sentence above it that its items depend on, or empty;
    `told` what is read in the place of its words where these are no sentence, as the cells of a row."""

    doc_id: str
    start: int
    end: int
    headings: tuple[str, ...]
    lead: str
    told: str = ""

    def as_read(self, document: Document) -> ClauseText:
        """Give the unit as the reader sees it: behind the short title of its document, its headings and its lead."""
        parts = dict.fromkeys((document.short_title or document.title, *self.headings, self.lead))
        return ClauseText("\n".join(part for part in parts if part), self.told or document.text[self.start : self.end])


def unit_of(passage: Passage, document: Document, clauses: Sequence[Clause], length: int = WINDOW) -> Unit:
    """Give the unit around a passage; `clauses` are those of its document, in order."""
    place = next(n for n, clause in enumerate(clauses) if clause.clause_id == passage.clause_id)
    first, last = _section(document.text, clauses, place, length)
    headings: tuple[str, ...] = ()
    while first < last and is_heading(document.text, clauses[first].start, clauses[first].end):
        headings = clauses[first].headings  # shown as such, and no part of an answer
        first += 1
    opening = clauses[first]
    start, end, lead = opening.start, clauses[last].end, ""
    if end - start > length:
        window = next(w for w in cut_windows(document.text, start, end, length) if passage.start < w.end)
        start, end = window.start, window.end
        lead = document.text[slice(*window.lead)] if window.lead else ""
    marker = read_marker(document.text, start, end) if start == opening.start else None
    headings = headings or opening.headings[:-1]
    label = opening.label.rsplit("（", 1)[0] if marker and opening.label.startswith("第") else ""
    start = marker.end if marker else start
    line = document.text.find("\n", start, end)
    if start <= opening.end and line > 0 and is_heading(document.text, start, line):
        headings, start = (*headings, document.text[start:line].strip()), line + 1
    return Unit(
        document.doc_id,
        start,
        end,
        tuple(h for h in (*headings, label) if h),
        lead or _lead_above(document.text, clauses, first),
    )


def _section(text: str, clauses: Sequence[Clause], place: int, length: int) -> tuple[int, int]:
    """Give the first and last number of the clauses that are read together: the largest part of the outline around
    `place` that fits, and beyond that as far as a clause above is no heading but opens a list (…如下：), without which
    its items say nothing."""
    root = clauses[place].clause_id
    found = _subtree(clauses, place, root) or (place, place)
    while (parent := _parent(root)) and (span := _subtree(clauses, place, parent)):
        if _length(clauses, span) > length and not opens_list(text, clauses[span[0]].start, clauses[span[0]].end):
            return found
        root, found = parent, span
    # Above the header stands the title, which the context holds anyway.
    header = max((n for n, clause in enumerate(clauses) if clause.clause_id.endswith(HEADER)), default=-1)
    body = range(header + 1, len(clauses))
    if not body or any(_has_heading(text, clauses[n]) for n in body):
        return found  # sections, each on a matter of its own
    whole = (body[0], body[-1])
    if place not in body or any(_parent(clauses[n].clause_id) for n in body):
        return found
    longest = ARTICLE if opens_list(text, clauses[body[0]].start, clauses[body[0]].end) else length
    return whole if _length(clauses, whole) <= longest else found


def _length(clauses: Sequence[Clause], span: tuple[int, int]) -> int:
    return clauses[span[1]].end - clauses[span[0]].start


def _has_heading(text: str, clause: Clause) -> bool:
    line = text.find("\n", clause.start, clause.end)
    return line > 0 and bool(text[line : clause.end].strip()) and is_heading(text, clause.start, line)


def is_heading(text: str, start: int, end: int) -> bool:
    """Say whether text[start:end] is no sentence."""
    return not re.search(r"[。；：！？;:!?]", text[start:end])


def _lead_above(text: str, clauses: Sequence[Clause], first: int) -> str:
    """Give the sentence that opens the clause above, where it is short."""
    parent = _parent(clauses[first].clause_id)
    above = next((clause for clause in clauses if parent and clause.clause_id == parent), None)
    if above is None:
        return ""
    start, end = next(iter(sentence_spans(text, above.start, above.end)), (0, 0))
    return text[start:end] if end - start <= LEAD else ""


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
