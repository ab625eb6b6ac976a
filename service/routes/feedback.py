"""/api/feedback: what people say of answers, and the queue that staff work through."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from kb.errors import InputError, NotFoundError
from kb.knowledge_base import KnowledgeBase
from kb.types import RefusalKind
from service.contract import answers, empty, gives
from service.display import Shown, displayed_answer
from service.identity import Actor, Owner, Stored, require_staff
from service.routes import OpenLibrary
from service.schemas.answers import FeedbackBody
from service.storage.audit import AuditEntry
from service.storage.feedback import Verdict

router = APIRouter()

JUDGED = '{"question": "…", "kind": "feedback", "answerable": true, "must_say": [["34项"]], "must_cite": [["hz-2024-343#1.1"]]}\n'


class Said(BaseModel):
    """What somebody says of an answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    answer_id: Annotated[str, Field(max_length=64)]
    verdict: Verdict
    comment: Annotated[str, Field(max_length=2000)] = ""


Piece = Annotated[str, Field(min_length=1, max_length=200)]


class Expected(BaseModel):
    """What a right answer says and the clauses that hold it, or how it must be refused."""

    model_config = ConfigDict(extra="forbid", strict=True)

    must_say: Annotated[list[Piece], Field(max_length=20)] = []
    must_cite: Annotated[list[Piece], Field(max_length=20)] = []
    refusal: RefusalKind | None = None


@router.post("/api/feedback", status_code=204, responses=empty(400, 404, 413, 422))
def give(said: Said, owner: Owner, stored: Stored) -> Response:
    """Say that an answer of one's own conversation is right, wrong or incomplete."""
    answer = stored.conversations.answer(owner, said.answer_id)
    stored.feedback.give(said.answer_id, answer, said.verdict, said.comment.strip())
    return Response(status_code=204)


@router.get("/api/feedback", dependencies=[Depends(require_staff)], responses=answers(FeedbackBody, 403))
def waiting(stored: Stored, shown: Shown) -> Response:
    """List the feedback that nobody has settled (staff)."""
    items = [item | {"answer": displayed_answer(item["answer"], shown)} for item in stored.feedback.waiting()]
    return JSONResponse({"items": items})


@router.delete(
    "/api/feedback/{answer_id}",
    status_code=204,
    dependencies=[Depends(require_staff)],
    responses=empty(403, 404, 422),
)
def settle(answer_id: str, stored: Stored) -> Response:
    """Take an item off the queue (staff)."""
    stored.feedback.settle(answer_id)
    return Response(status_code=204)


@router.post(
    "/api/feedback/{answer_id}/question",
    status_code=204,
    dependencies=[Depends(require_staff)],
    responses=empty(400, 403, 404, 413, 422, 503),
)
def judge(answer_id: str, expected: Expected, stored: Stored, library: OpenLibrary) -> Response:
    """Make an item of the queue a judged question (staff)."""
    if expected.refusal is not None:
        if expected.must_say or expected.must_cite:
            raise InputError.of("judged_refusal_with_pieces", field="refusal")
        stored.feedback.judge(answer_id, {"answerable": False, "refusal": expected.refusal})
        return Response(status_code=204)
    with library.use() as knowledge_base:
        _check(expected, knowledge_base)
    say, cite = ([[piece] for piece in pieces] for pieces in (expected.must_say, expected.must_cite))
    stored.feedback.judge(answer_id, {"answerable": True, "must_say": say, "must_cite": cite})
    return Response(status_code=204)


@router.get(
    "/api/judged.jsonl",
    response_class=Response,
    dependencies=[Depends(require_staff)],
    responses=gives("application/jsonl", "每行一个评测问题", 403, example=JUDGED),
)
def judged(stored: Stored, actor: Actor) -> Response:
    """Give the judged questions as the file that `kb eval adopt` reads (staff)."""
    stored.audit.write(AuditEntry(actor, "exported", "judged"))
    lines = "".join(f"{line}\n" for line in stored.feedback.judged())
    headers = {"Content-Disposition": 'attachment; filename="judged.jsonl"'}
    return Response(lines, media_type="application/jsonl; charset=utf-8", headers=headers)


def _check(expected: Expected, knowledge_base: KnowledgeBase) -> None:
    """Hold what must be said against the clauses that must be cited."""
    if not expected.must_say or not expected.must_cite:
        raise InputError.of("judged_pieces_missing", field="must_say")
    said = ""
    for clause_id in expected.must_cite:
        try:
            clause = knowledge_base.clause(clause_id, "staff")
        except NotFoundError:
            raise InputError.of("judged_clause_unknown", field="must_cite", clause_id=clause_id) from None
        said += knowledge_base.document(clause.doc_id, "staff").text[clause.start : clause.end] + "\n"
    missing = next((piece for piece in expected.must_say if piece not in said), None)
    if missing is not None:
        raise InputError.of("judged_piece_not_in_clauses", field="must_say", piece=missing)
