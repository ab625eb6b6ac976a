"""/api/session: who this browser is; staff exchange their token for a session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from service.identity import STAFF_COOKIE, Caller, Stored, give_session

router = APIRouter()


class Token(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    token: Annotated[str, Field(max_length=200)]


@router.get("/api/session")
def session(caller: Caller) -> Response:
    """Tell whether this browser is staff."""
    return JSONResponse({"audience": caller})


@router.post("/api/session")
def enter(asked: Token, request: Request, stored: Stored) -> Response:
    """Exchange the staff token for a session; 401 where it is not the token."""
    secret = stored.staff.enter(asked.token.strip())
    if secret is None:
        raise HTTPException(401)
    response = JSONResponse({"audience": "staff"})
    give_session(request, response, secret)
    return response


@router.delete("/api/session")
def leave(request: Request, stored: Stored) -> Response:
    """End the session."""
    stored.staff.leave(request.cookies.get(STAFF_COOKIE, ""))
    response = Response(status_code=204)
    response.delete_cookie(STAFF_COOKIE)
    return response
