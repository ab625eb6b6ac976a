"""POST /api/ask: a question in, an answer with checked citations out, whole or as it comes.

The answer goes out as the JSON that `kb.presentation` wrote, without a second validation.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field

from kb.errors import KnowledgeBaseError
from kb.types import Query
from service.answering import AnswerInProgress, Finish, answer_whole, begin_answer
from service.confinement import Confined, Limits, documents_within, told_confined
from service.contract import answers
from service.display import Display, Shown, displayed, displayed_answer
from service.error_responses import error_payload
from service.events import UNKEPT, event
from service.identity import Caller, Owner, Stored, give_owner, owner_name, owner_secret
from service.library import Library
from service.routes import OpenLibrary
from service.schemas.answers import AnswerBody
from service.storage import Storage

STREAMED = (
    'event: status\ndata: {"stage": "searching", "message": "正在查找依据", "conversation_id": null}\n\n'
    "event: citation\ndata: {...}\n\nevent: statement\ndata: {...}\n\nevent: answer\ndata: {...}\n\nevent: done\ndata: {...}\n\n"
)
"""With `stream`: a citation comes before the statement that points at it, `answer` brings the whole answer, `done` the same with what may be asked next,
`error` an error."""

NEW = "new"
"""Asked for in place of a conversation's id, begins one."""

Keep = Callable[[dict[str, Any]], dict[str, str]]
"""Stores an answer in its conversation and gives the ids of both."""

ASKED = answers(AnswerBody, 400, 404, 409, 413, 422, 503)
ASKED[200]["content"] = {"text/event-stream": {"schema": {"type": "string"}, "example": STREAMED}}
router = APIRouter()


class AskRequest(Confined):
    """A question, what it is confined to and how the answer should come.

    `conversation_id` names the conversation that the question belongs to, "new" begins one.
    """

    question: str
    conversation_id: Annotated[str, Field(max_length=64)] | None = None
    stream: bool = False


@router.post("/api/ask", responses=ASKED)
async def ask(
    asked: AskRequest,
    request: Request,
    library: OpenLibrary,
    stored: Stored,
    owner: Owner,
    caller: Caller,
    shown: Shown,
) -> Response:
    """Answer a question, or refuse with a reason and the nearest material; in a conversation, keep the answer."""
    query = Query(query_id="ask", text=asked.question, as_of=asked.as_of, audience=caller)
    within, limits = await run_in_threadpool(documents_within, library, asked, caller)
    query = replace(query, within=within)
    keep: Keep | None = None
    conversation, secret = asked.conversation_id, owner_secret(request)
    if conversation == NEW:
        owner = owner_name(secret, caller)
        conversation = (await run_in_threadpool(stored.conversations.begin, owner)).conversation_id
    elif conversation is not None:
        before = await run_in_threadpool(stored.conversations.previous, owner, conversation)
        query = replace(query, previous=tuple(text for text in before if text != asked.question))
    if conversation is not None:
        keep = partial(_keep, stored, owner, conversation)
    finish = partial(_kept, limits=limits, keep=keep)
    response: Response
    if asked.stream:
        response = await _stream(library, query, finish, {"conversation_id": conversation}, shown)
    else:
        answer = await run_in_threadpool(answer_whole, library, query, finish)
        response = JSONResponse(displayed_answer(answer, shown))
    if asked.conversation_id == NEW:
        give_owner(request, response, secret)
    return response


def _keep(stored: Storage, owner: str, conversation: str, answer: dict[str, Any]) -> dict[str, str]:
    return {"answer_id": stored.conversations.add(owner, conversation, answer), "conversation_id": conversation}


async def _stream(
    library: Library, query: Query, finish: Finish, place: dict[str, Any], shown: Display
) -> StreamingResponse:
    events = _events(await begin_answer(library, query, finish), place, shown)
    return StreamingResponse(events, media_type="text/event-stream", headers=UNKEPT)


def _kept(answer: dict[str, Any], limits: Limits, keep: Keep | None) -> dict[str, Any]:
    """Add what the question was confined to, and the ids under which the answer is kept."""
    answer = told_confined(answer, limits)
    return answer if keep is None else answer | keep(answer)


async def _events(answer: AnswerInProgress, place: dict[str, Any], shown: Display) -> AsyncIterator[bytes]:
    yield event("status", displayed({"stage": "searching", "message": "正在查找依据"}, shown) | place)
    try:
        async for name, data in answer.items():
            yield event(name, displayed_answer(data, shown) if name in ("answer", "done") else data)
    except KnowledgeBaseError as error:
        yield event("error", displayed(error_payload(error)[1], shown))
    finally:
        answer.stop()
