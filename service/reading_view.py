"""What was read of a document, beside the picture of a page: its clauses there, its outline and header, and what wants
a look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ingest.certainty import Doubt, doubts_of
from ingest.text_corrections import TextCorrection
from kb.errors import NotFoundError
from kb.knowledge_base import KnowledgeBase
from kb.layout import PlacedTable
from kb.types import Clause, Document, HandWritten
from service.addresses import document_url
from service.document_presentation import is_heading
from service.page_picture import has_picture
from service.table_rows import rows_of

_AROUND = 10  # characters shown before and after a place
_LONGEST = 40  # characters of a place that are shown
_MOST = 500  # places that are listed
_ARTICLE = re.compile(r"#a(\d+)$")


def reading(
    document: Document, knowledge_base: KnowledgeBase, page: int, version: int, kept: Sequence[TextCorrection]
) -> dict[str, Any]:
    """Tell what was read; `version` is what a correction of the text has to bring, `kept` who made those that there
    are. Raise NotFoundError where the document has no such page. A document without pages has one."""
    layout = knowledge_base.layout(document.doc_id, "staff")
    starts = document.page_starts or (0,)
    if page > len(starts):
        raise NotFoundError.of("page_unknown", doc_id=document.doc_id, number=page, count=len(starts))
    clauses = knowledge_base.clauses(document.doc_id, "staff")
    doubts = sorted(
        [*doubts_of(document.text, document.page_starts, layout, document.by_hand), *_gaps(document, clauses)],
        key=lambda one: one.start,
    )
    start, end = starts[page - 1], starts[page] if page < len(starts) else len(document.text)
    drawn = next((one for one in layout.pages if one.number == page), None)
    return {
        "doc_id": document.doc_id,
        "title": document.title,
        "url": document_url(document.doc_id),
        "version": version,
        "certainty": document.certainty,
        "page": page,
        "pages": len(document.page_starts),
        "has_picture": drawn is not None and has_picture(document),
        "confidence": drawn.confidence if drawn else None,
        "unread": [
            {"kind": one.kind, "name": one.name, "page": one.page, "count": one.count} for one in document.unread
        ],
        "fields": [
            {"name": one.name, "value": one.value, "page": document.page_of(one.start)} for one in document.header
        ],
        "outline": [
            {"id": one.clause_id, "label": one.label, "depth": min(len(one.headings), 4),
             "words": _words(document, one.start, one.end), "page": document.page_of(one.start)}
            for one in clauses
            if is_heading(document, one)
        ],
        "doubts": [_told(document, one, clauses) for one in doubts[:_MOST]],
        "by_hand": [_by_hand(document, one, clauses, kept) for one in document.by_hand],
        "clauses": [
            _clause(document, one, max(one.start, start), min(one.end, end), doubts, layout.tables)
            for one in clauses
            if one.start < end and max(one.start, start) < one.end
        ],
    }  # fmt: skip


def _clause(
    document: Document, clause: Clause, start: int, end: int, doubts: Sequence[Doubt], tables: Sequence[PlacedTable]
) -> dict[str, Any]:
    """Tell the part of a clause that stands on a page, cut where something begins or ends to be doubtful."""
    there = [one for one in doubts if one.kind != "headless" and one.start < end and start < one.end]
    cuts = sorted({start, end, *(at for one in there for at in (one.start, one.end) if start < at < end)})
    segments = [
        {
            "text": document.text[first:last],
            "doubt": next((one.kind for one in there if one.start <= first < one.end), None),
        }
        for first, last in pairwise(cuts)
    ]
    told = {
        "id": clause.clause_id,
        "label": clause.label,
        "headings": list(clause.headings),
        "is_heading": is_heading(document, clause),
        "start": start,
        "text": document.text[start:end].rstrip(),
        "segments": segments,
    }
    return told | (rows_of(document, clause, tables, (), None) if start == clause.start else {})


def _by_hand(
    document: Document, one: HandWritten, clauses: Sequence[Clause], kept: Sequence[TextCorrection]
) -> dict[str, Any]:
    written = document.text[one.start : one.end]
    read = written if one.read is None else one.read
    made = next((correction for correction in kept if (correction.read, correction.written) == (read, written)), None)
    return {
        "start": one.start,
        "page": document.page_of(one.start),
        "clause_id": next((clause.clause_id for clause in clauses if clause.start <= one.start < clause.end), None),
        "read": read,
        "written": written,
        "by": made.by if made else None,
        "at": made.at if made else None,
    }


def _gaps(document: Document, clauses: Sequence[Clause]) -> list[Doubt]:
    """Give the articles whose number is not the next one: what stood between them may not have been read."""
    numbered = [
        (int(number[1]), clause)
        for clause in clauses
        if clause.label.endswith("条") and (number := _ARTICLE.search(clause.clause_id))
    ]
    return [
        Doubt("gap", document.page_of(clause.start), clause.start, min(clause.start + _AROUND, clause.end))
        for (before, _), (number, clause) in pairwise(numbered)
        if number > before + 1
    ]


def _told(document: Document, doubt: Doubt, clauses: Sequence[Clause]) -> dict[str, Any]:
    held = next((one.clause_id for one in clauses if one.start <= doubt.start < one.end), None)
    around = _AROUND if doubt.kind == "character" else 0
    words = (
        _words(document, max(doubt.start - around, 0), min(doubt.end + around, len(document.text)))
        if doubt.end > doubt.start
        else ""
    )
    return {
        "kind": doubt.kind,
        "page": doubt.page,
        "words": words,
        "start": doubt.start,
        "end": doubt.end,
        "clause_id": held,
    }


def _words(document: Document, start: int, end: int) -> str:
    words = " ".join(document.text[start:end].split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
