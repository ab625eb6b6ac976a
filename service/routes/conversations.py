"""/api/conversations: those of this browser, to list, open, rename and delete."""

from __future__ import annotations

from datetime import date
from functools import lru_cache, partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from kb.types import Audience
from service.closing import changes, closed, hides
from service.contract import WORD, answers, empty, gives
from service.display import Shown, displayed_answer
from service.identity import Asker, Caller, Owner, Stored, give_owner, owner_name, owner_secret
from service.library import Library
from service.routes import OpenLibrary
from service.schemas.answers import ConversationBody, ConversationsBody, OpenedConversationBody
from service.storage import Storage
from service.storage.audit import AuditEntry
from service.storage.conversations import Conversation

router = APIRouter()


Words = Annotated[str, Query(max_length=100)]


class Title(BaseModel):
    """A new title of a conversation."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Annotated[str, Field(min_length=1, max_length=200)]


@router.post("/api/conversations", status_code=201, responses=answers(ConversationBody, status=201))
def begin(request: Request, stored: Stored, caller: Caller) -> Response:
    """Begin a conversation; the browser gets a cookie that makes it its own."""
    secret = owner_secret(request, stored)
    response = JSONResponse(_payload(stored.conversations.begin(owner_name(secret, caller))), 201)
    give_owner(request, response, secret)
    return response


@router.get("/api/conversations", responses=answers(ConversationsBody, 422))
def conversations(owner: Owner, stored: Stored, q: Words = "") -> Response:
    """List the conversations of this browser, latest first."""
    return JSONResponse({"items": [_payload(one) for one in stored.conversations.of_owner(owner, q.strip())]})


@router.get("/api/conversations/{conversation_id}", responses=answers(OpenedConversationBody, 404, 422, 503))
def conversation(
    conversation_id: str, owner: Owner, stored: Stored, library: OpenLibrary, caller: Caller, shown: Shown
) -> Response:
    """Tell a conversation with all its answers, as far as what they cite may still be seen."""
    found, turns = _opened(conversation_id, owner, stored, library, caller)
    return JSONResponse(_payload(found) | {"turns": [displayed_answer(turn, shown) for turn in turns]})


@router.get(
    "/api/conversations/{conversation_id}/export.docx",
    response_class=Response,
    responses=gives(WORD, "Word 文件", 404, 422, 503),
)
def export(
    conversation_id: str, owner: Owner, stored: Stored, library: OpenLibrary, caller: Caller, asker: Asker
) -> Response:
    """Give a conversation as a Word file."""
    from service.conversation_export import write_docx  # python-docx takes a tenth of a second to import

    found, turns = _opened(conversation_id, owner, stored, library, caller)
    stored.audit.write(AuditEntry(asker, "exported", "conversation"))
    name = quote(f"{found.title[:40] or '对话'}.docx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(write_docx(found.title, turns, date.today()), media_type=WORD, headers=headers)


@router.patch("/api/conversations/{conversation_id}", status_code=204, responses=empty(400, 404, 413, 422))
def rename(conversation_id: str, asked: Title, owner: Owner, stored: Stored) -> Response:
    """Give a conversation another title."""
    stored.conversations.rename(owner, conversation_id, asked.title.strip() or asked.title)
    return Response(status_code=204)


@router.delete("/api/conversations/{conversation_id}", status_code=204, responses=empty(404, 422))
def remove(conversation_id: str, owner: Owner, stored: Stored) -> Response:
    """Delete a conversation with its answers."""
    stored.conversations.remove(owner, conversation_id)
    return Response(status_code=204)


def _opened(
    conversation_id: str, owner: str, stored: Storage, library: Library, caller: Audience
) -> tuple[Conversation, list[dict[str, Any]]]:
    found, turns = stored.conversations.turns(owner, conversation_id)
    with library.use() as knowledge_base:
        read = lru_cache(maxsize=64)(partial(knowledge_base.document, audience="staff"))  # many turns cite one document
        return found, [
            closed(turn)
            if hides(turn, knowledge_base, stored.decisions, caller)
            else turn | {"changes": changes(turn, {}, knowledge_base, stored.decisions, read)}
            for turn in turns
        ]


def _payload(conversation: Conversation) -> dict[str, Any]:
    return {"id": conversation.conversation_id, "title": conversation.title, "touched": conversation.touched}
