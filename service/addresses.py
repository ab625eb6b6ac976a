"""The addresses of documents and clauses, as the one who asks has to write them. The library knows no page, so what it
tells gets them here."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from service.below import below


def document_url(doc_id: str) -> str:
    """Give the address of the page of a document.

    >>> document_url("停车办法")
    '/documents/%E5%81%9C%E8%BD%A6%E5%8A%9E%E6%B3%95'
    """
    return below(f"/documents/{quote(doc_id, safe='')}")


def clause_url(doc_id: str, clause_id: str) -> str:
    """Give the address of a clause on the page of its document."""
    return f"{document_url(doc_id)}#{quote(clause_id)}"


def addressed(told: Any) -> Any:
    """Give what is told with a `url` beside every `doc_id` in it, however deep: of the clause where one is named, else
    of the document.

    >>> addressed({"benefits": [{"source": {"doc_id": "a"}}, {"doc_id": "a", "clause_id": "a#1.2"}]})
    {'benefits': [{'source': {'doc_id': 'a', 'url': '/documents/a'}}, {'doc_id': 'a', 'clause_id': 'a#1.2', 'url': '/documents/a#a%231.2'}]}
    """
    if isinstance(told, list):
        return [addressed(one) for one in told]
    if not isinstance(told, dict):
        return told
    found = {name: addressed(value) for name, value in told.items()}
    if "doc_id" in told:
        clause_id = told.get("clause_id")
        found["url"] = clause_url(told["doc_id"], clause_id) if clause_id else document_url(told["doc_id"])
    return found
