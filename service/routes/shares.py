"""/api/shared: answers that staff share by a link, for whoever may see every document that they cite."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Response
from fastapi.responses import JSONResponse

from kb.types import Audience
from service.display import Shown, displayed_answer
from service.identity import Caller, Owner, Stored, require_staff
from service.library import Library
from service.routes import Shelf

router = APIRouter()

_SHOWN = ("question", "resolved_question", "status", "text", "statements", "citations", "refusal", "within")
"""What of an answer is for its reader; the rest belongs to the conversation."""


@router.post("/api/answers/{answer_id}/share", status_code=201, dependencies=[Depends(require_staff)])
def share(answer_id: str, owner: Owner, stored: Stored, shelf: Shelf) -> Response:
    """Make a link to one answer of one's own conversations (staff)."""
    answer = stored.conversations.answer(owner, answer_id)
    staff_only = _cites_hidden(answer, shelf, "public")
    told = {name: answer[name] for name in _SHOWN if name in answer}
    share_id = stored.shares.share(answer_id, told, staff_only=staff_only)
    return JSONResponse({"id": share_id, "url": f"/a/{share_id}", "staff_only": staff_only}, 201)


@router.get("/api/shared/{share_id}")
def shared(share_id: str, stored: Stored, shelf: Shelf, caller: Caller, shown: Shown) -> Response:
    """Tell a shared answer; 403 for the public where a document that it cites is not public."""
    found = stored.shares.open(share_id)
    if (found.staff_only and caller != "staff") or _cites_hidden(found.answer, shelf, caller):
        raise HTTPException(403)
    answer = displayed_answer(found.answer, shown)
    return JSONResponse({"answer": answer, "shared": found.shared, "staff_only": found.staff_only})


@router.delete("/api/shared/{share_id}", dependencies=[Depends(require_staff)])
def withdraw(share_id: str, stored: Stored) -> Response:
    """Withdraw a link (staff)."""
    stored.shares.withdraw(share_id)
    return Response(status_code=204)


def _cites_hidden(answer: dict[str, Any], library: Library, audience: Audience) -> bool:
    """Say whether an answer cites a document that there is, but not for this audience."""
    with library.use() as knowledge_base:
        seen, there = ({document.doc_id for document in knowledge_base.documents(one)} for one in (audience, "staff"))
    return any(citation["doc_id"] in there - seen for citation in answer["citations"])
