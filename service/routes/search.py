"""GET /api/search: ranked passages, for whoever wants the material without an answer."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service.answer_queue import AnswerQueue
from service.below import root_path
from service.contract import answers
from service.identity import Caller
from service.schemas.answers import HitsBody
from service.searching import Search, Searches
from service.waiting import in_turn

router = APIRouter()


@router.get("/api/search", responses=answers(HitsBody, 422, 503))
async def search(request: Request, caller: Caller, q: str, k: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
    """Give the `k` best passages for `q`, best first."""
    queue: AnswerQueue = request.app.state.search_queue
    searches: Searches = request.app.state.searches
    wanted = Search(q, k, caller, date.today(), root_path())
    body = searches.remembered(wanted) or await in_turn(queue.enter(), partial(searches.answer, wanted))
    return Response(body, media_type="application/json")
