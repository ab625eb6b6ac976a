"""Quotations that are rows of a table get their cells, so that a page shows a row as a row and under its headers."""

from __future__ import annotations

import re
from typing import Any

from kb.knowledge_base import KnowledgeBase
from service.table_rows import rows_of

_IN_TABLE = re.compile(r"[#.]t\d+(?:~\d+)?(?:\.|$)")


def with_rows(cited: dict[str, Any], knowledge_base: KnowledgeBase) -> dict[str, Any]:
    """Add `rows` to a citation whose clause is a part of a table, whole: cells of text, each with the columns that it
    fills and whether it names others."""
    if not _IN_TABLE.search(cited["clause_id"]):
        return cited
    document = knowledge_base.document(cited["doc_id"], "staff")
    clause = knowledge_base.clause(cited["clause_id"], "staff")
    found = rows_of(document, clause, knowledge_base.layout(cited["doc_id"], "staff").tables, (), None)
    if not found:
        return cited
    rows = [
        [
            {name: cell[name] for name in ("header", "columns")}
            | {"text": "".join(s["text"] for s in cell["segments"])}
            for cell in row
        ]
        for row in found["rows"]
    ]
    return cited | {"rows": rows}
