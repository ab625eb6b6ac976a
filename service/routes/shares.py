"""/api/shared: answers that staff share by a link, for whoever may see every document that they cite."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from service.below import below
from service.closing import changes, hides, texts_of
from service.contract import answers, empty
from service.display import Shown, displayed_answer
from service.identity import Actor, Caller, Owner, Stored, require_staff
from service.routes import OpenLibrary
from service.schemas.answers import ShareBody, SharedBody
from service.storage.shares import no_share

router = APIRouter()

_SHOWN = ("question", "resolved_question", "status", "text", "statements", "citations", "refusal", "within")
"""What of an answer is for its reader; the rest belongs to the conversation."""


@router.post(
    "/api/answers/{answer_id}/share",
    status_code=201,
    dependencies=[Depends(require_staff)],
    responses=answers(ShareBody, 403, 404, 422, 503, status=201),
)
def share(answer_id: str, owner: Owner, stored: Stored, library: OpenLibrary, actor: Actor) -> Response:
    """Make a link to one answer of one's own conversations (staff)."""
    answer = stored.conversations.answer(owner, answer_id)
    with library.use() as knowledge_base:
        staff_only = hides(answer, knowledge_base, stored.decisions, "public")
        told = {name: answer[name] for name in _SHOWN if name in answer}
        told |= {"texts": texts_of(answer, knowledge_base)}
    share_id = stored.shares.share(answer_id, told, actor, staff_only=staff_only)
    return JSONResponse({"id": share_id, "url": below(f"/a/{share_id}"), "staff_only": staff_only}, 201)


@router.get("/api/shared/{share_id}", responses=answers(SharedBody, 404, 422, 503))
def shared(share_id: str, stored: Stored, library: OpenLibrary, caller: Caller, shown: Shown) -> Response:
    """Tell a shared answer and what has happened since to the documents that it cites.

    To the public, an answer that was never for them is as none at all, and one whose document was withdrawn is told
    without its words.
    """
    found = stored.shares.open(share_id)
    if found.staff_only and caller != "staff":
        raise no_share(share_id)
    texts = found.answer.pop("texts", {})
    told = {"shared": found.shared, "staff_only": found.staff_only}
    with library.use() as knowledge_base:
        if hides(found.answer, knowledge_base, stored.decisions, caller):
            return JSONResponse(
                told | {"answer": None, "changes": [{"change": "withdrawn", "title": None, "url": None}]}
            )
        happened = changes(
            found.answer, texts, knowledge_base, stored.decisions, partial(knowledge_base.document, audience="staff")
        )
    return JSONResponse(told | {"answer": displayed_answer(found.answer, shown), "changes": happened})


@router.delete(
    "/api/shared/{share_id}",
    status_code=204,
    dependencies=[Depends(require_staff)],
    responses=empty(403, 404, 422),
)
def withdraw(share_id: str, stored: Stored, actor: Actor) -> Response:
    """Withdraw a link (staff)."""
    stored.shares.withdraw(share_id, actor)
    return Response(status_code=204)
