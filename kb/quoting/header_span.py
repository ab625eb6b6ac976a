"""The parts of a document that say what it is, to cite: its header as one span, its title."""

from __future__ import annotations

from kb.index.records import Records, clause_at
from kb.text.sentences import sentence_spans
from kb.types import Document

HEADER_FIELDS = ("title", "doc_no", "issuer", "issued", "status", "expires")


def header_span(document: Document, records: Records) -> tuple[int, int]:
    """Give the span of the header from its first to its last common field, within one clause; the first sentence where
    there is none."""
    fields = sorted((f for f in document.header if f.name in HEADER_FIELDS), key=lambda field: field.start)
    if not fields:
        return _first_sentence(records.document(document.doc_id).text)
    first = fields[0].start
    clause = clause_at(records.clauses(document.doc_id), first)
    return first, max(field.end for field in fields if field.end <= clause.end)


def title_span(document: Document) -> tuple[int, int]:
    """Give the span of the title in the text of a document, else of the first sentence: a title may be broken over
    lines there."""
    at = document.text.find(document.title)
    return (at, at + len(document.title)) if at >= 0 else _first_sentence(document.text)


def _first_sentence(text: str) -> tuple[int, int]:
    spans = sentence_spans(text)
    return spans[0] if spans else (0, 0)
