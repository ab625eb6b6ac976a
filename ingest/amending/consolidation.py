"""The text of a law after an amending decision: operations applied to its articles, each with where it comes from.

Places are numbered as in the text before the decision; what is inserted bears the number that it gets. All operations
fit or none is applied: one that is not understood, names an absent place or words that do not stand there is told, and
the text stays as it was. Everything outside the articles that are changed stays character for character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.amending.article import read_article, usual_separator
from ingest.amending.operations import Operation
from ingest.amending.revision import DoesNotFit, Revision
from kb.types import Clause

# `#a12-1` is 第十二条之一.
_ARTICLE_ID = re.compile(r"#a(\d+)(?:-(\d+))?(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Unfit:
    """An operation that was not applied, and why."""

    operation: Operation
    reason: str


@dataclass(frozen=True, slots=True)
class Consolidation:
    """The text after the decision and the spans that it changed; the text before and no spans where something is
    `unfit`."""

    text: str
    changed: tuple[tuple[int, int], ...]
    unfit: tuple[Unfit, ...]
    deleted: tuple[str, ...] = ()


def consolidate(text: str, clauses: Sequence[Clause], operations: Iterable[Operation]) -> Consolidation:
    """Apply the operations of one decision to a text with its outline."""
    pieces = _pieces(text, clauses)
    original = [piece if isinstance(piece, str) else text[piece[0] : piece[1]] for piece in pieces]
    numbers = {n: piece[2] for n, piece in enumerate(pieces) if not isinstance(piece, str)}
    separator = usual_separator(original[n] for n in numbers) or "\n"
    articles = {n: read_article(original[n], number, separator) for n, number in numbers.items()}
    order = [articles.get(n, original[n]) for n in range(len(pieces))]
    before = {id(article): original[n] for n, article in articles.items()}
    revision = Revision(order, separator)
    unfit: list[Unfit] = []
    for operation in sorted(operations, key=lambda one: one.action in ("insert_article", "renumber")):
        try:
            revision.apply(operation)
        except DoesNotFit as error:
            unfit.append(Unfit(operation, str(error)))
    if not unfit:
        try:
            revision.settle()
        except DoesNotFit as error:
            unfit.append(Unfit(revision.last, str(error)))
    if unfit:
        return Consolidation(text, (), tuple(unfit))
    written: list[str] = []
    changed: list[tuple[int, int]] = []
    at = 0
    for piece in revision.pieces:
        words = piece if isinstance(piece, str) else piece.text() if piece.changed else before[id(piece)]
        if not isinstance(piece, str) and piece.changed:
            changed.append((at, at + len(words)))
        written.append(words)
        at += len(words)
    return Consolidation("".join(written), tuple(changed), (), tuple(revision.deleted))


def _pieces(text: str, clauses: Sequence[Clause]) -> list[str | tuple[int, int, tuple[int, int]]]:
    """Cut a text into what stands between articles and the articles, with their numbers."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for clause in clauses:
        match = _ARTICLE_ID.search(clause.clause_id)
        if match and "~" not in clause.clause_id and "annex" not in clause.clause_id:
            number = (int(match[1]), int(match[2] or 0))
            start, end = spans.get(number, (clause.start, clause.end))
            spans[number] = (min(start, clause.start), max(end, clause.end))
    pieces: list[str | tuple[int, int, tuple[int, int]]] = []
    at = 0
    for number, (start, end) in sorted(spans.items(), key=lambda one: one[1]):
        end = start + len(text[start:end].rstrip())
        pieces += [text[at:start], (start, end, number)]
        at = end
    return [*pieces, text[at:]]
