"""/api/documents/{doc_id}/comparison: two editions of a law side by side, as JSON and as a Word file."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from service.comparison_presentation import comparison
from service.contract import WORD, answers, gives
from service.identity import Asker, Caller, Stored
from service.routes import OpenLibrary
from service.schemas.editions import ComparisonBody
from service.storage.audit import AuditEntry

router = APIRouter()


Other = Annotated[
    str | None, Query(alias="with", max_length=200, description="另一个版本的 doc_id；不给出时为前一个版本")
]


@router.get("/api/documents/{doc_id}/comparison", responses=answers(ComparisonBody, 404, 422, 503))
def compared(library: OpenLibrary, caller: Caller, doc_id: str, other: Other = None) -> Response:
    """Compare two editions of one law, the earlier first, article by article with the words that changed."""
    with library.use() as knowledge_base:
        return JSONResponse(comparison(knowledge_base, doc_id, other, caller))


@router.get(
    "/api/documents/{doc_id}/comparison.docx",
    response_class=Response,
    responses=gives(WORD, "Word 文件", 404, 422, 503),
)
def exported(
    library: OpenLibrary,
    stored: Stored,
    caller: Caller,
    asker: Asker,
    doc_id: str,
    other: Other = None,
    only_changed: bool = False,
) -> Response:
    """Give the comparison as a Word file; `only_changed` leaves out what did not change."""
    from service.comparison_export import write_comparison  # python-docx takes a tenth of a second to import

    with library.use() as knowledge_base:
        told = comparison(knowledge_base, doc_id, other, caller)
    stored.audit.write(AuditEntry(asker, "exported", "comparison", told["after"]["doc_id"]))
    name = quote(f"{told['after']['title'][:40]}新旧条文对照.docx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(write_comparison(told, date.today(), only_changed=only_changed), media_type=WORD, headers=headers)
