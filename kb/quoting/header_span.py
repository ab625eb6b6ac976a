"""The part of a document that says what it is, as one span to cite."""

from __future__ import annotations

from kb.index.records import Records
from kb.text.sentences import sentence_spans
from kb.types import Document

HEADER_FIELDS = ("title", "doc_no", "issuer", "issued", "status", "expires")


def header_span(document: Document, records: Records) -> tuple[int, int]:
    """Give the span of the header from its first to its last common field, within one clause; the first sentence where there is
    none."""
    fields = sorted((f for f in document.header if f.name in HEADER_FIELDS), key=lambda field: field.start)
    if not fields:
        spans = sentence_spans(records.document(document.doc_id).text)
        return spans[0] if spans else (0, 0)
    first = fields[0].start
    clause = next(c for c in records.clauses(document.doc_id) if c.start <= first < c.end)
    return first, max(field.end for field in fields if field.end <= clause.end)
