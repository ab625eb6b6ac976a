"""GET /api/audit.csv: the record of who did what, for administrators."""

from __future__ import annotations

from itertools import chain

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from service.audit_export import COLUMNS, csv_lines
from service.contract import gives
from service.identity import Actor, Stored, require_administrator

router = APIRouter()

_BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheet programs know that it is UTF-8


@router.get(
    "/api/audit.csv",
    response_class=StreamingResponse,
    dependencies=[Depends(require_administrator)],
    responses=gives("text/csv", "审计记录，每行一条", 403, 503, example=",".join(COLUMNS) + "\r\n"),
)
def audit(stored: Stored, actor: Actor) -> StreamingResponse:
    """Give the audit record as CSV (administrators)."""
    lines = csv_lines(stored.audit, actor)
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    # The first line is made before the response begins, so that what keeps the record from being read is told by a
    # status.
    told = chain((_BYTE_ORDER_MARK + next(lines),), lines)
    return StreamingResponse(told, media_type="text/csv; charset=utf-8", headers=headers)
