"""Documents as the API tells them: metadata, and whole with relations, clauses and what each refers to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kb.document_fields import json_value
from kb.errors import InputError
from kb.home import Home
from kb.knowledge_base import KnowledgeBase
from kb.layout import Layout
from kb.provenance import title_of
from kb.relations import Link
from kb.types import Audience, Clause, Document
from kb.visibility import status_on
from service.addresses import document_url
from service.comparison_presentation import edition_told
from service.schemas.documents import MetadataBody
from service.segments import segments
from service.table_rows import rows_of

_HEADING_END = "。；;：:!！ \t\r\n"


def metadata(document: Document, home: Home) -> dict[str, Any]:
    """Give what `MetadataBody` declares of a document: its fields of that name, and what is made of them; offices and
    topics by the one name that the register has for them."""
    made = {
        "status": status_on(document, date.today()),
        "is_consolidated": bool(document.consolidated_from),
        "unread": sum(one.count for one in document.unread if one.kind != "furniture"),
        "corrected": sum(one.read is not None for one in document.by_hand),
        "url": document_url(document.doc_id),
        "title": title_of(document),
        "issuers": list(map(home.issuer_name, document.issuers)),
        "topics": list(home.topics.topics_of(document)),
    }
    return {
        name: made[name] if name in made else json_value(getattr(document, name)) for name in MetadataBody.model_fields
    }


def details(
    document: Document, knowledge_base: KnowledgeBase, marked: tuple[int, int] | None, audience: Audience
) -> dict[str, Any]:
    """Metadata, header fields, relations and clauses; `marked` is the span of a quote.

    `pages` counts those that have a picture. Only relations and references to documents that this caller may see are
    told. Raises InputError for a span that is not in the text.
    """
    if marked is not None and not 0 <= marked[0] < marked[1] <= len(document.text):
        raise InputError.of("quote_outside_document", field="quote_start", start=marked[0], end=marked[1])
    links = knowledge_base.links(document.doc_id, audience)
    layout = knowledge_base.layout(document.doc_id, audience)
    return metadata(document, knowledge_base.home) | {
        "length": len(document.text),
        "pages": len(layout.pages),
        "header": [{"name": f.name, "value": f.value, "start": f.start, "end": f.end} for f in document.header],
        "relations": [
            {
                "type": relation.type,
                "target": target.doc_id,
                "title": title_of(target),
                "url": document_url(target.doc_id),
            }
            for relation in knowledge_base.relations(document.doc_id, audience)
            for target in [knowledge_base.describe(relation.target)]
        ],
        "editions": [edition_told(edition) for edition in knowledge_base.editions(document.doc_id, audience)],
        "marked_pages": _marked_pages(document, layout, marked) if marked else [],
        "clauses": [
            _clause(document, clause, links, marked) | rows_of(document, clause, layout.tables, links, marked)
            for clause in knowledge_base.clauses(document.doc_id, audience)
        ],
    }


def _clause(
    document: Document, clause: Clause, links: Sequence[Link], marked: tuple[int, int] | None
) -> dict[str, Any]:
    text = document.text[clause.start : clause.end]
    return {
        "id": clause.clause_id,
        "label": clause.label,
        "headings": list(clause.headings),
        "is_heading": is_heading(document, clause),
        "start": clause.start,
        "end": clause.end,
        "page": document.page_of(clause.start),
        "text": text,
        "segments": segments(document, clause.start, clause.end, links, marked),
    }


def _marked_pages(document: Document, layout: Layout, marked: tuple[int, int]) -> list[dict[str, Any]]:
    """Name the pages that a quote stands on, and between which parts of their height, from 0 at the top."""
    found = []
    for page in layout.pages:
        boxes = page.marks(document.text, *marked)
        if boxes:
            top, bottom = min(box.y0 for box in boxes), max(box.y1 for box in boxes)
            found.append(
                {"number": page.number, "top": round(top / page.height, 4), "bottom": round(bottom / page.height, 4)}
            )
    return found


def is_heading(document: Document, clause: Clause) -> bool:
    """Say whether a clause is nothing but the heading that it stands under, whatever mark ends either."""
    text = document.text[clause.start : clause.end]
    return bool(clause.headings) and text.strip(_HEADING_END) == clause.headings[-1].strip(_HEADING_END)
