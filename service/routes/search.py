"""GET /api/search: ranked passages, for whoever wants the material without an answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from kb.presentation import hit_payload
from kb.types import Query as SearchQuery
from service.addresses import addressed
from service.contract import answers
from service.identity import Caller
from service.routes import OpenLibrary
from service.schemas.answers import HitsBody

router = APIRouter()


@router.get("/api/search", responses=answers(HitsBody, 422, 503))
def search(library: OpenLibrary, caller: Caller, q: str, k: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
    """Give the `k` best passages for `q`, best first."""
    with library.use() as knowledge_base:
        hits = knowledge_base.search(SearchQuery(query_id="search", text=q, audience=caller), k)
        return JSONResponse({"query": q, "hits": [addressed(hit_payload(hit, knowledge_base)) for hit in hits]})
