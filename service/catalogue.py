"""Documents as the API tells them: metadata, clauses with their text, and the quote that was asked for.

Offsets count Python characters, which a browser cannot count, so whoever wants to show a quote in its
place names its span and gets every clause that it touches cut in three: before, quote, after. The
three joined are the clause's text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from kb.errors import InputError, NotFoundError
from kb.knowledge_base import KnowledgeBase
from kb.text.dates import PartialDate
from kb.text.fold import fold_text
from kb.types import Clause, Document

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
        "status": document.status,
        "level": document.level,
        "region": document.region,
        "disclosure": document.disclosure,
        "kind": document.kind,
        "topics": list(document.topics),
        "media_type": document.media_type,
        "sha256": document.sha256,
        "url": f"/documents/{quote(document.doc_id, safe='')}",
    }


def details(document: Document, knowledge_base: KnowledgeBase, marked: tuple[int, int] | None) -> dict[str, Any]:
    """Metadata, header fields, relations and clauses; `marked` is the span of a quote.

    Only relations to documents that this caller may see are told. Raises InputError for a span that
    is not in the text.
    """
    if marked is not None and not 0 <= marked[0] < marked[1] <= len(document.text):
        raise InputError(f"引文位置 {marked[0]}–{marked[1]} 不在这份文件内。", field="quote_start")
    return metadata(document) | {
        "length": len(document.text),
        "header": [{"name": f.name, "value": f.value, "start": f.start, "end": f.end} for f in document.header],
        "relations": [
            {"type": relation.type, "target": target.doc_id, "title": target.title, "url": metadata(target)["url"]}
            for relation in document.relations
            if (target := _visible(knowledge_base, relation.target)) is not None
        ],
        "clauses": [_clause(document, clause, marked) for clause in knowledge_base.clauses(document.doc_id)],
    }


def matching(
    documents: Iterable[Document],
    *,
    q: str | None,
    topic: str | None,
    level: str | None,
    status: str | None,
    issuer: str | None,
) -> list[Document]:
    """Keep the documents that meet every filter that is given; `q` and names in either script."""
    needles = fold_text(q or "").split()
    wanted_topic, wanted_issuer = fold_text(topic or ""), fold_text(issuer or "")
    return [
        document
        for document in documents
        if (level is None or document.level == level)
        and (status is None or document.status == status)
        and (not wanted_topic or any(fold_text(name) == wanted_topic for name in document.topics))
        and (not wanted_issuer or any(wanted_issuer in fold_text(name) for name in document.issuers))
        and (not needles or _mentions(document, needles))
    ]


def _mentions(document: Document, needles: list[str]) -> bool:
    names = (document.title, document.short_title, document.doc_no, document.index_no, document.proposal_no)
    haystack = fold_text("\n".join([*filter(None, names), *document.issuers, *document.topics]))
    return all(needle in haystack for needle in needles)


def _clause(document: Document, clause: Clause, marked: tuple[int, int] | None) -> dict[str, Any]:
    text = document.text[clause.start : clause.end]
    told: dict[str, Any] = {
        "id": clause.clause_id,
        "label": clause.label,
        "headings": list(clause.headings),
        "is_heading": bool(clause.headings) and text.strip(_HEADING_END) == clause.headings[-1].strip(_HEADING_END),
        "start": clause.start,
        "end": clause.end,
        "page": document.page_of(clause.start),
        "text": text,
    }
    if marked is not None and marked[0] < clause.end and clause.start < marked[1]:
        first, last = max(marked[0] - clause.start, 0), min(marked[1] - clause.start, len(text))
        told["marked"] = {"before": text[:first], "quote": text[first:last], "after": text[last:]}
    return told


def _visible(knowledge_base: KnowledgeBase, doc_id: str) -> Document | None:
    try:
        return knowledge_base.document(doc_id)
    except NotFoundError:
        return None


def _iso(day: PartialDate | None) -> str | None:
    return day.iso if day else None
