"""Documents as the API tells them: metadata, and whole with relations, clauses and what each refers to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kb.errors import InputError
from kb.knowledge_base import KnowledgeBase
from kb.presentation import document_url
from kb.references import Link
from kb.text.dates import PartialDate
from kb.types import Audience, Clause, Document
from kb.visibility import status_on
from service.segments import segments
from service.table_rows import rows_of

_HEADING_END = "。；;：:!！ \t\r\n"


def metadata(document: Document) -> dict[str, Any]:
    """Everything about a document but its text, its clauses and where its file lay."""
    return {
        "doc_id": document.doc_id,
        "title": document.title,
        "short_title": document.short_title,
        "doc_no": document.doc_no,
        "index_no": document.index_no,
        "proposal_no": document.proposal_no,
        "issuers": list(document.issuers),
        "issued": _iso(document.issued),
        "effective": _iso(document.effective),
        "expires": _iso(document.expires),
        "amended": _iso(document.amended),
        "status": status_on(document, date.today()),
        "level": document.level,
        "region": document.region,
        "disclosure": document.disclosure,
        "kind": document.kind,
        "compiled_from": list(document.compiled_from),
        "is_consolidated": bool(document.consolidated_from),
        "topics": list(document.topics),
        "media_type": document.media_type,
        "certainty": document.certainty,
        "unread": sum(one.count for one in document.unread),
        "sha256": document.sha256,
        "url": document_url(document.doc_id),
    }


def details(
    document: Document, knowledge_base: KnowledgeBase, marked: tuple[int, int] | None, audience: Audience
) -> dict[str, Any]:
    """Metadata, header fields, relations and clauses; `marked` is the span of a quote.

    `pages` counts those that have a picture. Only relations and references to documents that this caller may see are told. Raises InputError
    for a span that is not in the text.
    """
    if marked is not None and not 0 <= marked[0] < marked[1] <= len(document.text):
        raise InputError.of("quote_outside_document", field="quote_start", start=marked[0], end=marked[1])
    links = knowledge_base.links(document.doc_id, audience)
    layout = knowledge_base.layout(document.doc_id, audience)
    return metadata(document) | {
        "length": len(document.text),
        "pages": len(layout.pages),
        "header": [{"name": f.name, "value": f.value, "start": f.start, "end": f.end} for f in document.header],
        "relations": [
            {"type": relation.type, "target": target.doc_id, "title": target.title, "url": document_url(target.doc_id)}
            for relation in knowledge_base.relations(document.doc_id, audience)
            for target in [knowledge_base.describe(relation.target)]
        ],
        "editions": [
            {
                "doc_id": edition.doc_id,
                "title": edition.title,
                "begins": _iso(edition.begins),
                "ends": _iso(edition.ends),
                "url": document_url(edition.doc_id),
            }
            for edition in knowledge_base.editions(document.doc_id, audience)
        ],
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
        "is_heading": bool(clause.headings) and text.strip(_HEADING_END) == clause.headings[-1].strip(_HEADING_END),
        "start": clause.start,
        "end": clause.end,
        "page": document.page_of(clause.start),
        "text": text,
        "segments": segments(document.text, clause.start, clause.end, links, marked),
    }


def _iso(day: PartialDate | None) -> str | None:
    return day.iso if day else None
