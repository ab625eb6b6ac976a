"""GET /api/documents: the register, one document with its clauses, and its canonical text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from kb.errors import InputError
from kb.types import Level, Status
from service.catalogue import details, metadata
from service.identity import Caller
from service.register import Filters, facets, newest_first
from service.routes import Shelf

router = APIRouter()

Page = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=200)]
Year = Annotated[int | None, Query(ge=1900, le=2999)]
Offset = Annotated[int | None, Query(ge=0)]


@router.get("/api/documents")
def documents(
    shelf: Shelf,
    caller: Caller,
    topic: str | None = None,
    level: Level | None = None,
    status: Status | None = None,
    issuer: str | None = None,
    year: Year = None,
    q: str | None = None,
    page: Page = 1,
    page_size: PageSize = 20,
) -> Response:
    """List the documents that meet all filters, newest first, and what each further choice would leave."""
    with shelf.use() as knowledge_base:
        visible = knowledge_base.documents(caller)
    filters = Filters(q, topic, level, status, issuer, year)
    found = newest_first(filters.keep(visible))
    shown = found[(page - 1) * page_size : page * page_size]
    return JSONResponse(
        {
            "items": [metadata(one) for one in shown],
            "total": len(found),
            "page": page,
            "page_size": page_size,
            "facets": facets(visible, filters),
        }
    )


@router.get("/api/documents/{doc_id}")
def document(
    shelf: Shelf, caller: Caller, doc_id: str, quote_start: Offset = None, quote_end: Offset = None
) -> Response:
    """Tell one document; with the span of a quote, the segments of its clauses say which are part of it."""
    if (quote_start is None) != (quote_end is None):
        raise InputError("quote_start 和 quote_end 要一起给出。", field="quote_start")
    marked = (quote_start, quote_end) if quote_start is not None and quote_end is not None else None
    with shelf.use() as knowledge_base:
        return JSONResponse(details(knowledge_base.document(doc_id, caller), knowledge_base, marked, caller))


@router.get("/api/documents/{doc_id}/text")
def text(shelf: Shelf, caller: Caller, doc_id: str) -> Response:
    """Give the canonical text, character for character."""
    with shelf.use() as knowledge_base:
        found = knowledge_base.document(doc_id, caller)
    return Response(
        found.text.encode(),
        media_type="text/plain; charset=utf-8",
        headers={"ETag": f'"{found.sha256}"', "Cache-Control": "no-cache"},
    )
