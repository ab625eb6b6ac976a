"""/api/feedback: what people say of answers, and the queue that staff work through."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from service.identity import Owner, Stored, require_staff
from service.storage.feedback import Verdict

router = APIRouter()


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    answer_id: Annotated[str, Field(max_length=64)]
    verdict: Verdict
    comment: Annotated[str, Field(max_length=2000)] = ""


@router.post("/api/feedback")
def give(said: Said, owner: Owner, stored: Stored) -> Response:
    """Say that an answer of one's own conversation is right, wrong or incomplete."""
    answer = stored.conversations.answer(owner, said.answer_id)
    stored.feedback.give(said.answer_id, answer, said.verdict, said.comment.strip())
    return Response(status_code=204)


@router.get("/api/feedback", dependencies=[Depends(require_staff)])
def waiting(stored: Stored) -> Response:
    """List the feedback that nobody has settled (staff)."""
    return JSONResponse({"items": stored.feedback.waiting()})


@router.delete("/api/feedback/{answer_id}", dependencies=[Depends(require_staff)])
def settle(answer_id: str, stored: Stored) -> Response:
    """Take an item off the queue (staff)."""
    stored.feedback.settle(answer_id)
    return Response(status_code=204)
