"""What staff look at before a document is published: what was read of it, what was unsure, and what speaks against
it."""

from __future__ import annotations

from typing import Any

from ingest.decisions import CORRECTABLE
from ingest.disclosure import decide_disclosure
from ingest.personal_data import personal_data
from kb.document_fields import document_fields
from kb.eligibility.catalogue import Catalogue
from kb.knowledge_base import KnowledgeBase
from kb.layout import LOW_CONFIDENCE, Layout
from kb.text.names import normal_name
from kb.types import Document
from service.addresses import document_url
from service.storage.decision_log import Made

_AROUND = 12  # characters shown before and after a number that may be somebody's
_MOST = 50  # findings that are listed; more are counted


def review(
    document: Document, knowledge_base: KnowledgeBase, catalogue: Catalogue | None, made: list[Made]
) -> dict[str, Any]:
    """Tell everything that is to be confirmed of a document; `version` is what a decision has to bring."""
    layout = knowledge_base.layout(document.doc_id, "staff")
    fields = document_fields(document)
    findings = personal_data(document.text)
    stated = [one for one in document.header if one.name == "disclosure"]
    return {
        "doc_id": document.doc_id,
        "url": document_url(document.doc_id),
        "version": made[0].version if made else 0,
        "disclosure": document.disclosure,
        "stated": [one.value for one in stated],
        "read_as": decide_disclosure(stated, (), "unstated"),
        "fields": {name: fields[name] for name in CORRECTABLE},
        "marks": [
            {"kind": one.kind, "words": one.words, "place": one.place, "page": one.page} for one in document.marks
        ],
        "personal_data": {
            "count": len(findings),
            "shown": [_finding(document, one.kind, one.start, one.end) for one in findings[:_MOST]],
        },
        "unsure": _unsure(document, layout),
        "pages": len(layout.pages),
        "same_name": [
            {"doc_id": other.doc_id, "title": other.title, "kind": other.kind, "url": document_url(other.doc_id)}
            for other in _of_the_same_name(document, knowledge_base)
        ],
        "benefits": [one.title for one in catalogue.resting_on(document.doc_id)] if catalogue else [],
        "history": [{"action": one.action, "actor": one.actor, "at": one.at, "details": one.details} for one in made],
    }


def waiting(document: Document, made: Made | None) -> dict[str, Any]:
    """Tell a document of the list of those that wait to be published, with what was done with it last."""
    last = {"action": made.action, "actor": made.actor, "at": made.at} if made else None
    return {
        "doc_id": document.doc_id,
        "title": document.title,
        "marks": [one.words for one in document.marks],
        "last": last,
    }


def _finding(document: Document, kind: str, start: int, end: int) -> dict[str, Any]:
    text = document.text
    return {
        "kind": kind,
        "before": text[max(start - _AROUND, 0) : start],
        "words": text[start:end],
        "after": text[end : end + _AROUND],
        "page": document.page_of(start),
    }


def _unsure(document: Document, layout: Layout) -> dict[str, Any]:
    """Name the pages that OCR read with doubt and the tables that stand on one or whose header was not made out."""
    pages = [one.number for one in layout.pages if one.confidence is not None and one.confidence < LOW_CONFIDENCE]
    tables = [
        {"number": number, "page": page, "headless": table.header_rows == 0}
        for number, table in enumerate(layout.tables, start=1)
        for page in [document.page_of(table.start)]
        if table.header_rows == 0 or page in pages
    ]
    return {"pages": pages, "tables": tables}


def _of_the_same_name(document: Document, knowledge_base: KnowledgeBase) -> list[Document]:
    """List the documents that bear the 文号 or the title of this one, or a file name like its own."""
    names = {normal_name(name) for name in (document.title, document.doc_no) if name}
    stem = document.doc_id.rpartition("-")[0] if document.doc_id.rpartition("-")[2].isdigit() else document.doc_id
    return [
        other
        for other in knowledge_base.documents("staff")
        if other.doc_id != document.doc_id
        and (
            other.doc_id == stem
            or names & {normal_name(name) for name in (other.title, other.doc_no, other.short_title) if name}
        )
    ]
