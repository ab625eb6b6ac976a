"""/api/answers: one kept answer of this browser, as a record to be printed and as a Word file."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from kb.types import Audience
from service.closing import closed, hides
from service.contract import WORD, answers, gives
from service.display import Display, Shown, traditional
from service.identity import Asker, Caller, Owner, Stored
from service.library import Library
from service.routes import OpenLibrary
from service.schemas.answer_record import AnswerRecordBody
from service.storage import Storage
from service.storage.audit import AuditEntry

router = APIRouter()


@router.get("/api/answers/{answer_id}/record", responses=answers(AnswerRecordBody, 404, 422, 503))
def answer_record(
    answer_id: str, owner: Owner, stored: Stored, library: OpenLibrary, caller: Caller, shown: Shown
) -> Response:
    """Tell one answer of one's own with all that belongs on paper, as far as what it cites may still be seen."""
    return JSONResponse(_record(answer_id, owner, stored, library, caller, shown))


@router.get(
    "/api/answers/{answer_id}/export.docx",
    response_class=Response,
    responses=gives(WORD, "Word 文件", 404, 422, 503),
)
def exported_answer(
    answer_id: str, owner: Owner, stored: Stored, library: OpenLibrary, caller: Caller, asker: Asker
) -> Response:
    """Give the record of one answer as a Word file."""
    from service.answer_record import write_record  # python-docx takes a tenth of a second to import

    told = _record(answer_id, owner, stored, library, caller, "zh-CN")
    stored.audit.write(AuditEntry(asker, "exported", "answer"))
    name = quote(f"{told['question'][:40]}（本条）.docx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(write_record(told, date.today()), media_type=WORD, headers=headers)


def _record(
    answer_id: str, owner: str, stored: Storage, library: Library, caller: Audience, shown: Display
) -> dict[str, Any]:
    from service.answer_record import record

    answer = stored.conversations.answer(owner, answer_id)
    with library.use() as knowledge_base:
        if hides(answer, knowledge_base, stored.decisions, caller):
            answer = closed(answer)
        return record(answer, knowledge_base, traditional if shown == "zh-Hant" else str)
