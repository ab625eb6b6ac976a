"""POST /api/ask: a question in, an answer with checked citations out, whole or as it comes.

The answer goes out as the JSON that `kb.presentation` wrote, without a second validation.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field

from kb.question.words import check_question
from kb.types import Audience, Known, Query
from service.answer_queue import QueuePlace
from service.answering import AnswerInProgress, answer_whole, begin_answer
from service.confinement import Confined, Limits, documents_within, told_confined
from service.contract import EVENT, answers
from service.display import Display, DisplayedPieces, Shown, displayed, displayed_answer
from service.earlier_questions import leant_on
from service.error_responses import stream_error
from service.events import UNKEPT, event
from service.identity import Asker, Caller, Owner, Stored, give_owner, owner_name, owner_secret
from service.library import Library
from service.routes import Noted, OpenLibrary, answer_noted, answer_queue_of
from service.schemas.answers import AnswerBody
from service.schemas.body import Body
from service.storage import Storage
from service.waiting import Forget, in_turn, or_forgotten, while_there

STREAMED = (
    'event: status\ndata: {"stage": "searching", "message": "正在查找依据", "conversation_id": null}\n\n'
    "event: citation\ndata: {...}\n\nevent: statement\ndata: {...}\n\nevent: answer\ndata: {...}\n\nevent: done\ndata: {...}\n\n"
)
"""With `stream`: while others come first, `status` tells the `place` in the queue; a citation comes before the
statement that points at it, `answer` brings the whole answer, `done` the same with what may be asked next, `error` an
error."""

NEW = "new"
"""Asked for in place of a conversation's id, begins one."""

Keep = Callable[[dict[str, Any]], dict[str, str]]
"""Stores an answer in its conversation and gives what it is kept with: both ids, when it was given, and of which day
the index was."""

ASKED = answers(AnswerBody, 400, 404, 409, 413, 422, 503)
ASKED[200]["content"] = {"text/event-stream": {"schema": EVENT, "example": STREAMED}}
router = APIRouter()


class KnownBefore(Body):
    """What was chosen of the verdict before: its `chosen` and `skipped`."""

    facts: dict[str, Any] = Field(default_factory=dict)
    skipped: list[str] = Field(default_factory=list)


class AskRequest(Confined):
    """A question, what it is confined to and how the answer should come.

    `conversation_id` names the conversation that the question belongs to, "new" begins one. `facts` are answers to what
    an answer with a verdict asked next (`eligibility.question`), `skipped` the questions that were left open; both go
    with the question to the benefit that it is about, and nowhere else. In a conversation the answer may be typed
    instead (68, 没有, 不知道); `before` then tells what was chosen otherwise than by typing since the question was
    asked.
    """

    question: str
    conversation_id: Annotated[str, Field(max_length=64)] | None = None
    stream: bool = False
    facts: dict[str, Any] = Field(default_factory=dict)
    skipped: list[str] = Field(default_factory=list)
    before: KnownBefore | None = None


@router.post("/api/ask", responses=ASKED)
async def ask(
    asked: AskRequest,
    request: Request,
    library: OpenLibrary,
    stored: Stored,
    owner: Owner,
    caller: Caller,
    asker: Asker,
    shown: Shown,
) -> Response:
    """Answer a question, or refuse with a reason and the nearest material; in a conversation, keep the answer."""
    check_question(asked.question)  # before it waits its turn: a stream that has begun can say no status
    queue = answer_queue_of(request)
    turn = queue.pass_by() if _is_known(asked, library, caller) else queue.enter()
    try:
        return await _answered(turn, asked, request, library, stored, owner, caller, asker, shown)
    except BaseException:
        turn.leave()
        raise


def _is_known(asked: AskRequest, library: Library, caller: Audience) -> bool:
    """Say whether the whole answer is remembered. A stream ends with suggestions, which may take long all the same."""
    confined = (asked.doc_id, asked.topic, asked.level) != (None, None, None)
    if asked.stream or confined or asked.conversation_id not in (None, NEW):
        return False
    with library.use() as knowledge_base:
        return knowledge_base.remembers(_query(asked, caller))


def _query(asked: AskRequest, caller: Audience) -> Query:
    before = None if asked.before is None else Known(asked.before.facts, tuple(asked.before.skipped))
    return Query(
        "ask", asked.question, asked.as_of, caller, facts=asked.facts, skipped=tuple(asked.skipped), before=before
    )


async def _answered(
    turn: QueuePlace,
    asked: AskRequest,
    request: Request,
    library: Library,
    stored: Storage,
    owner: str,
    caller: Audience,
    asker: str,
    shown: Display,
) -> Response:
    query = _query(asked, caller)
    within, limits = await run_in_threadpool(documents_within, library, asked, caller)
    query = replace(query, within=within)
    keep: Keep | None = None
    forget: Forget | None = None
    conversation, secret = asked.conversation_id, ""
    if conversation == NEW:
        secret = await run_in_threadpool(owner_secret, request, stored)
        owner = owner_name(secret, caller)
        conversation = (await run_in_threadpool(stored.conversations.begin, owner)).conversation_id
    elif conversation is not None:
        before = await run_in_threadpool(stored.conversations.previous, owner, conversation)
        query = replace(query, previous=leant_on(asked.question, before))
    if conversation is not None:
        # The question is kept before it is answered, and its answer whether or not the browser still waits for it.
        answer_id = await run_in_threadpool(stored.conversations.ask, owner, conversation, asked.question, limits)
        keep = partial(_keep, stored, library, answer_id, conversation)
        forget = partial(stored.conversations.give_up, answer_id)
    finish = partial(_kept, limits=limits, noted=answer_noted(request, asker), keep=keep)
    response: Response
    if asked.stream:
        answering = await begin_answer(turn, library, query, finish, forget)
        pieces = DisplayedPieces(asked.question, shown)
        events = _events(answering, {"conversation_id": conversation}, pieces)
        response = StreamingResponse(events, media_type="text/event-stream", headers=UNKEPT)
    else:
        stopped = threading.Event()
        work = in_turn(turn, partial(answer_whole, library, query, finish, stopped))
        answer = await (or_forgotten(work, forget) if forget else while_there(request, work, stopped.set))
        response = JSONResponse(displayed_answer(answer, shown))
    if asked.conversation_id == NEW:
        give_owner(request, response, secret)
    return response


def _keep(
    stored: Storage, library: Library, answer_id: str, conversation: str, answer: dict[str, Any]
) -> dict[str, str]:
    with library.use() as knowledge_base:
        indexed = knowledge_base.indexed.isoformat()
    dated = {"answered": datetime.now().astimezone().isoformat(timespec="seconds"), "indexed": indexed}
    stored.conversations.settle(answer_id, answer | dated)
    return {"answer_id": answer_id, "conversation_id": conversation} | dated


def _kept(answer: dict[str, Any], limits: Limits, noted: Noted, keep: Keep | None) -> dict[str, Any]:
    """Note the answer, add what the question was confined to, and the ids under which it is kept."""
    noted(answer)
    answer = told_confined(answer, limits)
    return answer if keep is None else answer | keep(answer)


async def _events(answer: AnswerInProgress, place: dict[str, Any], pieces: DisplayedPieces) -> AsyncIterator[bytes]:
    shown = pieces.display
    try:
        async for number in answer.places():
            told_place = {"stage": "waiting", "place": number, "message": f"排在第 {number} 位，请稍候"}
            yield event("status", displayed(told_place, shown) | place)
        yield event("status", displayed({"stage": "searching", "message": "正在查找依据"}, shown) | place)
        async for name, data in answer.items():
            yield event(name, pieces.shown(name, data))
    except Exception as error:
        yield event("error", displayed(stream_error(error)[1], shown))
    finally:
        answer.stop()
