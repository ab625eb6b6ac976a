"""Passages: pieces of one clause, small enough to rank and large enough to understand.

A passage never crosses a clause. A clause that fits is one passage; a longer one is cut between
sentences. The context that is indexed with it, and never shown, is the title of the document and the
headings above. A heading without text of its own is context for its children and no passage.
"""

from __future__ import annotations

from kb.text.sentences import sentence_spans
from kb.types import Clause, Passage

PASSAGE_LENGTH = 600
"""Characters that a passage may have; a single longer sentence is cut at this length."""


def cut_passages(title: str, text: str, clauses: list[Clause], length: int = PASSAGE_LENGTH) -> list[Passage]:
    """Cut every clause of a document into passages, in the order of the text."""
    passages: list[Passage] = []
    for number, clause in enumerate(clauses):
        following = clauses[number + 1] if number + 1 < len(clauses) else None
        if _is_heading(text, clause, following):
            continue
        context = "\n".join((title, *clause.headings))
        for n, (start, end) in enumerate(_pieces(text, clause, length), 1):
            passages.append(Passage(f"{clause.clause_id}/{n}", clause.clause_id, clause.doc_id, start, end, context))
    return passages


def _is_heading(text: str, clause: Clause, following: Clause | None) -> bool:
    if not clause.headings or following is None:
        return False
    is_parent = len(following.headings) > len(clause.headings)
    return is_parent and _words(text[clause.start : clause.end]) == _words(clause.headings[-1])


def _words(heading: str) -> str:
    return " ".join(heading.split()).rstrip("。：:")


def _pieces(text: str, clause: Clause, length: int) -> list[tuple[int, int]]:
    if clause.end - clause.start <= length:
        return [(clause.start, clause.end)]
    pieces: list[tuple[int, int]] = []
    for start, end in sentence_spans(text, clause.start, clause.end):
        for at in range(start, end, length):
            stop = min(at + length, end)
            if pieces and stop - pieces[-1][0] <= length:
                pieces[-1] = (pieces[-1][0], stop)
            else:
                pieces.append((at, stop))
    return pieces
