"""/api/session: who this browser is; staff exchange their token for a session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from service.contract import answers, empty
from service.identity import OWNER_COOKIE, STAFF_COOKIE, Caller, Stored, give_session, owner_name
from service.rates import Guesses
from service.schemas.answers import SessionBody

router = APIRouter()


class Token(BaseModel):
    """The token of staff."""

    model_config = ConfigDict(extra="forbid", strict=True)

    token: Annotated[str, Field(max_length=200)]


@router.get("/api/session", responses=answers(SessionBody))
def session(caller: Caller) -> Response:
    """Tell whether this browser is staff."""
    return JSONResponse({"audience": caller})


@router.post("/api/session", responses=answers(SessionBody, 400, 401, 413, 422, 429))
def enter(asked: Token, request: Request, stored: Stored) -> Response:
    """Exchange the staff token for a session; 401 where it is not the token.

    The session that the browser had before ends. What this browser asked before becomes a matter of staff, too, and is closed with the session.
    """
    guesses: Guesses = request.app.state.guesses
    guesses.allow(request)
    secret = stored.staff.enter(asked.token.strip())
    if secret is None:
        raise HTTPException(401)
    guesses.was_right(request)
    stored.staff.leave(request.cookies.get(STAFF_COOKIE, ""))
    mine = request.cookies.get(OWNER_COOKIE)
    if mine:
        stored.conversations.hand_over(owner_name(mine, "public"), owner_name(mine, "staff"))
    response = JSONResponse({"audience": "staff"})
    give_session(request, response, secret)
    return response


@router.delete("/api/session", status_code=204, responses=empty())
def leave(request: Request, stored: Stored) -> Response:
    """End the session; the browser forgets what it kept of it."""
    stored.staff.leave(request.cookies.get(STAFF_COOKIE, ""))
    response = Response(status_code=204, headers={"Clear-Site-Data": '"cache", "storage"'})
    response.delete_cookie(STAFF_COOKIE)
    return response
