"""POST /api/suggestions: what somebody who types may be about to ask.

Sent as a body and not in the address, which proxies log; nothing of it is kept.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from kb.text.fold import in_script, script_of
from kb.typeahead import LONGEST
from kb.types import Audience
from service.addresses import addressed
from service.contract import answers
from service.current_hints import CurrentHints
from service.identity import Caller
from service.library import Library
from service.routes import OpenLibrary
from service.schemas.answers import SuggestionsBody

router = APIRouter()
MOST = 6
"""Suggestions at once: what a phone shows above its keyboard."""


class Typed(BaseModel):
    """What stands in the question box."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str


@router.post("/api/suggestions", responses=answers(SuggestionsBody, 400, 413, 422, 503))
def suggestions(typed: Typed, request: Request, library: OpenLibrary, caller: Caller) -> Response:
    """Offer questions, benefits, titles and headings that hold what was typed, in its script; none for one character or
    for long texts."""
    if len(typed.text) > LONGEST:
        return JSONResponse({"suggestions": []})
    hints: CurrentHints = request.app.state.hints
    return JSONResponse({"suggestions": _offered(typed.text, hints, library, caller)})


def _offered(text: str, hints: CurrentHints, library: Library, caller: Audience) -> list[dict[str, Any]]:
    script = script_of(text)
    with library.use() as knowledge_base:
        found = hints.of(knowledge_base, caller).offer(text, MOST)
    told = [{"text": in_script(one.text, script), "kind": one.kind, "doc_id": one.doc_id} for one in found]
    return [addressed(one) if one["doc_id"] else one | {"url": None} for one in told]
