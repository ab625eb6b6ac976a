"""POST /api/ask: a question in, an answer with checked citations out, whole or as it comes.

The answer is made in a worker thread, so the event loop stays free, and goes out as the JSON that
`kb.presentation` wrote, without a second validation.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.requests import ClientDisconnect

from kb.errors import ConflictError, KnowledgeBaseError
from kb.knowledge_base import KnowledgeBase, Step
from kb.presentation import answer_payload, citation_payload, statement_payload
from kb.types import Answer, Audience, Level, Query
from service.addresses import addressed
from service.answer_queue import QueuePlace
from service.contract import answers
from service.display import Display, Shown, displayed, displayed_answer
from service.error_responses import error_payload
from service.events import event
from service.identity import Caller, Owner, Stored, give_owner, owner_name, owner_secret
from service.library import Library
from service.metrics import Metrics
from service.register import Filters
from service.routes import OpenLibrary, answer_queue_of
from service.schemas.answers import AnswerBody
from service.storage import Storage
from service.waiting import in_turn, while_there

GRACE_SECONDS = 0.05
"""A question that is refused within this time gets its HTTP status rather than an error event."""

LOOK_SECONDS = 0.3
"""How often somebody who waits is told their place, where it has changed."""

STREAMED = (
    'event: status\ndata: {"stage": "searching", "message": "正在查找依据", "conversation_id": null}\n\n'
    "event: citation\ndata: {...}\n\nevent: statement\ndata: {...}\n\nevent: answer\ndata: {...}\n\nevent: done\ndata: {...}\n\n"
)
"""With `stream`: while others come first, `status` tells the `place` in the queue; a citation comes before the statement that points at it, `answer` brings the whole answer, `done` the same with what may be asked next,
`error` an error."""

NEW = "new"
"""Asked for in place of a conversation's id, begins one."""

Keep = Callable[[dict[str, Any]], dict[str, str]]
"""Stores an answer in its conversation and gives the ids of both."""

Limits = dict[str, str]
"""The filters that a question was asked under, by name; `title` is that of the one document."""

Told = tuple[str, dict[str, Any]]
ToldQueue = asyncio.Queue[Told | None]
ASKED = answers(AnswerBody, 400, 404, 409, 413, 422, 503)
ASKED[200]["content"] = {"text/event-stream": {"schema": {"type": "string"}, "example": STREAMED}}
router = APIRouter()


def parse_day(value: object) -> object:
    """Read YYYY-MM-DD, and nothing else, as a date."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError(f"“{value[:40]}”不是日期，请写成 2024-03-08 的样子")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"没有 {value} 这一天") from None


Day = Annotated[date, BeforeValidator(parse_day)]


class AskRequest(BaseModel):
    """A question, the day it asks about (today by default) and how the answer should come.

    `conversation_id` names the conversation that the question belongs to, "new" begins one; `doc_id`, `topic` and `level` say which
    documents may answer.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    conversation_id: Annotated[str, Field(max_length=64)] | None = None
    as_of: Day | None = None
    doc_id: Annotated[str, Field(max_length=200)] | None = None
    topic: Annotated[str, Field(max_length=100)] | None = None
    level: Level | None = None
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
    turn = answer_queue_of(request).enter()
    try:
        return await _answered(turn, asked, request, library, stored, owner, caller, shown)
    except BaseException:
        turn.leave()
        raise


async def _answered(
    turn: QueuePlace,
    asked: AskRequest,
    request: Request,
    library: Library,
    stored: Storage,
    owner: str,
    caller: Audience,
    shown: Display,
) -> Response:
    query = Query(query_id="ask", text=asked.question, as_of=asked.as_of, audience=caller)
    within, limits = await run_in_threadpool(_within, library, asked, caller)
    query = replace(query, within=within)
    keep: Keep | None = None
    conversation, secret = asked.conversation_id, ""
    if conversation == NEW:
        secret = await run_in_threadpool(owner_secret, request, stored)
        owner = owner_name(secret, caller)
        conversation = (await run_in_threadpool(stored.conversations.begin, owner)).conversation_id
    elif conversation is not None:
        before = await run_in_threadpool(stored.conversations.previous, owner, conversation)
        query = replace(query, previous=tuple(text for text in before if text != asked.question))
    if conversation is not None:
        keep = partial(_keep, stored, owner, conversation)
    metrics: Metrics = request.app.state.metrics
    keep = partial(_counted, metrics, keep)
    response: Response
    if asked.stream:
        response = await _stream(turn, library, query, limits, keep, {"conversation_id": conversation}, shown)
    else:
        stopped = threading.Event()
        work = partial(_answer, library, query, limits, keep, stopped)
        answer = await while_there(request, in_turn(turn, work), stopped.set)
        response = JSONResponse(displayed_answer(answer, shown))
    if asked.conversation_id == NEW:
        give_owner(request, response, secret)
    return response


def _keep(stored: Storage, owner: str, conversation: str, answer: dict[str, Any]) -> dict[str, str]:
    return {"answer_id": stored.conversations.add(owner, conversation, answer), "conversation_id": conversation}


def _counted(metrics: Metrics, keep: Keep | None, answer: dict[str, Any]) -> dict[str, str]:
    metrics.answered(answer)
    return keep(answer) if keep else {}


async def _stream(
    turn: QueuePlace,
    library: Library,
    query: Query,
    limits: Limits,
    keep: Keep | None,
    place: dict[str, Any],
    shown: Display,
) -> StreamingResponse:
    told: ToldQueue = asyncio.Queue()
    stopped = threading.Event()
    work = partial(_tell, library, query, limits, keep, asyncio.get_running_loop(), told, stopped)
    answering = asyncio.create_task(in_turn(turn, work))
    first = asyncio.create_task(told.get())
    done, _ = await asyncio.wait({first}, timeout=GRACE_SECONDS)
    if done and first.result() is None:
        await answering  # raises what the question is refused for
    # nginx would hold events back until its buffer is full.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = _events(turn, first, told, answering, stopped, place, shown)
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


def _within(library: Library, asked: AskRequest, caller: Audience) -> tuple[frozenset[str] | None, Limits]:
    """Name the documents that may answer, and how the answer tells of it; raise NotFoundError for one that this caller
    may not see."""
    given = {"as_of": asked.as_of and asked.as_of.isoformat(), "level": asked.level, "topic": asked.topic}
    limits = {name: value for name, value in given.items() if value}
    if asked.doc_id is None and asked.topic is None and asked.level is None:
        return None, limits
    with library.use() as knowledge_base:
        if asked.doc_id is None:
            documents = knowledge_base.documents(caller)
        else:
            documents = [knowledge_base.document(asked.doc_id, caller)]
            limits |= {"doc_id": asked.doc_id, "title": documents[0].title}
    kept = Filters(topic=asked.topic, level=asked.level).keep(documents)
    return frozenset(document.doc_id for document in kept), limits


def _answer(
    library: Library, query: Query, limits: Limits, keep: Keep | None, stopped: threading.Event
) -> dict[str, Any]:
    """Answer, and once more where a document was withdrawn while it was being answered from; give up where nobody waits."""
    while True:
        with library.use() as knowledge_base:
            steps = knowledge_base.answer(query)
            answer = next(step for step in steps if isinstance(step, Answer) or stopped.is_set())
            told = addressed(answer_payload(answer, knowledge_base)) if isinstance(answer, Answer) else {}
        if not isinstance(answer, Answer):
            raise ClientDisconnect
        if _stands(library, answer, query.audience):
            return _kept(told, limits, keep)


def _stands(library: Library, answer: Answer, audience: Audience) -> bool:
    """Say whether what an answer cites may still be seen, now that it is whole."""
    with library.use() as knowledge_base:
        return all(knowledge_base.shows(citation.doc_id, audience) for citation in answer.citations)


def _kept(answer: dict[str, Any], limits: Limits, keep: Keep | None) -> dict[str, Any]:
    """Add what the question was confined to, and the ids under which the answer is kept."""
    if limits:
        answer = answer | {"within": limits}
    return answer if keep is None else answer | keep(answer)


def _tell(
    library: Library,
    query: Query,
    limits: Limits,
    keep: Keep | None,
    loop: asyncio.AbstractEventLoop,
    told: ToldQueue,
    stopped: threading.Event,
) -> None:
    """Answer in a worker thread and hand every event to the event loop as it comes; `None` is the end."""
    try:
        with library.use() as knowledge_base:
            for step in knowledge_base.answer(query):
                if isinstance(step, Answer) and not _stands(library, step, query.audience):
                    raise ConflictError.of("withdrawn_while_answering")
                for event_told in _told(step, knowledge_base, query.audience, limits, keep):
                    loop.call_soon_threadsafe(told.put_nowait, event_told)
                    # Whoever asked has gone; what was kept of the answer stays.
                    if stopped.is_set():
                        return
    finally:
        loop.call_soon_threadsafe(told.put_nowait, None)


def _told(
    step: Step | Answer, knowledge_base: KnowledgeBase, audience: Audience, limits: Limits, keep: Keep | None
) -> Iterator[Told]:
    """A statement never comes before the citations that it points at; what a refusal shows comes before its end.

    The whole answer comes twice: as soon as it is there, and at the end with what may be asked next, which takes longer to find.
    """
    if isinstance(step, Answer):
        for citation in step.citations if step.refusal else ():
            yield "citation", addressed(citation_payload(citation, knowledge_base))
        whole = _kept(addressed(answer_payload(step, knowledge_base)), limits, keep)
        yield "answer", whole
        yield "done", whole | {"suggestions": list(knowledge_base.suggest(step, audience).suggestions)}
        return
    for citation in step.citations:
        yield "citation", addressed(citation_payload(citation, knowledge_base))
    yield "statement", statement_payload(step.statement)


async def _events(
    turn: QueuePlace,
    first: asyncio.Task[Told | None],
    told: ToldQueue,
    answering: asyncio.Task[None],
    stopped: threading.Event,
    place: dict[str, Any],
    shown: Display,
) -> AsyncIterator[bytes]:
    try:
        number = 0
        while not first.done() and turn.place:
            if turn.place != number:
                number = turn.place
                told_place = {"stage": "waiting", "place": number, "message": f"排在第 {number} 位，请稍候"}
                yield event("status", displayed(told_place, shown) | place)
            await asyncio.wait({first}, timeout=LOOK_SECONDS)
        yield event("status", displayed({"stage": "searching", "message": "正在查找依据"}, shown) | place)
        item = await first
        while item is not None:
            name, data = item
            yield event(name, displayed_answer(data, shown) if name in ("answer", "done") else data)
            item = await told.get()
        await answering
    except KnowledgeBaseError as error:
        yield event("error", displayed(error_payload(error)[1], shown))
    finally:
        stopped.set()
        if turn.place:  # nobody waits for it any more
            answering.cancel()
