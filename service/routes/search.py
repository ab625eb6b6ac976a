"""GET /api/search: ranked passages, for whoever wants the material without an answer."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from kb.presentation import hit_payload
from kb.types import Query as SearchQuery
from service.addresses import addressed
from service.answer_queue import AnswerQueue
from service.contract import answers
from service.identity import Caller
from service.library import Library
from service.routes import OpenLibrary
from service.schemas.answers import HitsBody
from service.tracing import stage
from service.waiting import in_turn

router = APIRouter()


@router.get("/api/search", responses=answers(HitsBody, 422, 503))
async def search(
    request: Request, library: OpenLibrary, caller: Caller, q: str, k: Annotated[int, Query(ge=1, le=100)] = 10
) -> Response:
    """Give the `k` best passages for `q`, best first."""
    queue: AnswerQueue = request.app.state.search_queue
    query = SearchQuery(query_id="search", text=q, audience=caller)
    return JSONResponse(await in_turn(queue.enter(), partial(_found, library, query, k)))


def _found(library: Library, query: SearchQuery, k: int) -> dict[str, Any]:
    with library.use() as knowledge_base:
        with stage("retrieve"):
            hits = knowledge_base.search(query, k)
        with stage("compose"):
            return {"query": query.text, "hits": [addressed(hit_payload(hit, knowledge_base)) for hit in hits]}
