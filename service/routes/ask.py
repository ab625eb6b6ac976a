"""POST /api/ask: a question in, an answer with checked citations out, whole or as it comes.

The answer is made in a worker thread, so the event loop stays free, and goes out as the JSON that
`kb.presentation` wrote, without a second validation.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kb.errors import KnowledgeBaseError
from kb.presentation import answer_payload
from kb.types import Query
from service.errors import error_payload
from service.events import event
from service.library import Library
from service.routes import Shelf

GRACE_SECONDS = 0.05
"""A question that is refused within this time gets its HTTP status rather than an error event."""

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


class Question(BaseModel):
    """A question, the day it asks about (today by default) and how the answer should come.

    `conversation_id` names the conversation that the question belongs to.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    conversation_id: Annotated[str, Field(max_length=64)] | None = None
    as_of: Day | None = None
    stream: bool = False


@router.post("/api/ask")
async def ask(asked: Question, shelf: Shelf) -> Response:
    """Answer a question, or refuse with a reason and the nearest material."""
    query = Query(query_id="ask", text=asked.question, as_of=asked.as_of)
    if not asked.stream:
        return JSONResponse(await run_in_threadpool(_answer, shelf, query))
    answering = asyncio.create_task(run_in_threadpool(_answer, shelf, query))
    done, _ = await asyncio.wait({answering}, timeout=GRACE_SECONDS)
    if done:
        answering.result()  # raises what the question is refused for
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(answering), media_type="text/event-stream", headers=headers)


def _answer(library: Library, query: Query) -> dict[str, Any]:
    with library.use() as knowledge_base:
        return answer_payload(knowledge_base.ask(query), knowledge_base)


async def _events(answering: asyncio.Task[dict[str, Any]]) -> AsyncIterator[bytes]:
    """Give the answer in events; a statement never comes before the citations that it points at."""
    yield event("status", {"stage": "searching", "message": "正在查找依据"})
    try:
        answer = await answering
    except KnowledgeBaseError as error:
        yield event("error", error_payload(error)[1])
        return
    waiting = {citation["number"]: citation for citation in answer["citations"]}
    for statement in answer["statements"]:
        for number in statement["citations"]:
            if number in waiting:
                yield event("citation", waiting.pop(number))
        yield event("statement", statement)
    for citation in waiting.values():
        yield event("citation", citation)
    yield event("done", answer)
