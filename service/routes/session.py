"""/api/session: who this browser is; staff exchange their password, or the token, for a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from kb.errors import InputError
from service.below import below, root_path
from service.contract import answers, empty
from service.identity import STAFF_COOKIE, Someone, Stored, begin_session, give_session
from service.rates import Guesses
from service.schemas.answers import SessionBody, SessionTimeBody
from service.storage.staff import Person

router = APIRouter()


Secret = Annotated[str, Field(max_length=200)]


class Entrance(BaseModel):
    """An account with its password, or the token of staff."""

    model_config = ConfigDict(extra="forbid", strict=True)

    token: Secret | None = None
    name: Annotated[str, Field(max_length=40)] | None = None
    password: Secret | None = None


class Redemption(BaseModel):
    """The secret of a one-time link, and the password that is to be set."""

    model_config = ConfigDict(extra="forbid", strict=True)

    link: Secret
    password: Secret


class PasswordChange(BaseModel):
    """The password of now, and the one to come."""

    model_config = ConfigDict(extra="forbid", strict=True)

    old: Secret
    password: Secret


def account_of(person: Someone) -> str:
    """Name the account of whoever asks, as a dependency of routes; refuse with 403 who has none."""
    if person is None or person.account is None:
        raise HTTPException(403)
    return person.account


@router.get("/api/session", responses=answers(SessionBody, 401, 429))
def session(person: Someone) -> Response:
    """Tell whether this browser, or the key that is sent, is that of staff, and whose it is."""
    return JSONResponse(_told(person))


@router.post("/api/session", responses=answers(SessionBody, 400, 401, 413, 422, 429))
def enter(asked: Entrance, request: Request, stored: Stored) -> Response:
    """Exchange name and password, or the staff token, for a session; 401 where they are wrong.

    The session that the browser had before ends. What this browser asked before becomes a matter of staff, too, and is
    closed with the session.
    """
    if asked.token is not None:
        token = asked.token.strip()
        return _opened(request, stored, lambda: stored.staff.enter(token))
    if asked.name is None or asked.password is None:
        raise InputError.of("entrance_incomplete", field="name")
    name, password = asked.name.strip(), asked.password
    return _opened(request, stored, lambda: stored.accounts.enter(name, password))


@router.post("/api/session/link", responses=answers(SessionBody, 400, 401, 413, 422, 429))
def redeem(asked: Redemption, request: Request, stored: Stored) -> Response:
    """Set the password of the account that a one-time link was made for, and open a session; 401 where the link was
    used or is too old."""
    return _opened(request, stored, lambda: stored.accounts.redeem(asked.link, asked.password))


@router.post("/api/session/password", responses=answers(SessionBody, 400, 401, 403, 413, 422, 429))
def change_password(
    asked: PasswordChange, request: Request, stored: Stored, account: Annotated[str, Depends(account_of)]
) -> Response:
    """Set another password; every other session of the account ends (staff with an account)."""
    return _opened(request, stored, lambda: stored.accounts.change_password(account, asked.old, asked.password))


def _opened(request: Request, stored: Stored, open_: Callable[[], str | None]) -> Response:
    """Give the session that `open_` gives the secret of; 401 where it gives none, 429 where that happened too often."""
    guesses: Guesses = request.app.state.guesses
    guesses.allow(request)
    try:
        secret = open_()
    except InputError:
        guesses.was_right(request)  # a password that may not be chosen is no guess
        raise
    if secret is None:
        raise HTTPException(401)
    guesses.was_right(request)
    response = JSONResponse(_told(stored.staff.person_of_session(secret)))
    begin_session(request, response, stored, secret)
    return response


def _told(person: Person | None) -> dict[str, str | None]:
    if person is None:
        return {"audience": "public", "account": None, "role": None}
    return {"audience": "staff", "account": person.account, "role": person.role}


@router.get("/api/session/time", responses=answers(SessionTimeBody, 403))
def time_left(request: Request, stored: Stored) -> Response:
    """Tell how long the session of this browser still is (staff); 403 where it has ended."""
    left = stored.staff.time_of_session(request.cookies.get(STAFF_COOKIE, ""))
    if left is None:
        raise HTTPException(403)
    return JSONResponse(asdict(left))


@router.post("/api/session/time", responses=answers(SessionTimeBody, 403))
def extend(request: Request, stored: Stored) -> Response:
    """Let the session of this browser last an hour from now, a day in all at the most (staff); 403 where it has
    ended."""
    secret = request.cookies.get(STAFF_COOKIE, "")
    left = stored.staff.extend(secret)
    if left is None:
        raise HTTPException(403)
    response = JSONResponse(asdict(left))
    give_session(request, response, secret, left.seconds_left)
    return response


@router.delete("/api/session", status_code=204, responses=empty())
def leave(request: Request, stored: Stored) -> Response:
    """End the session; the browser forgets what it kept of it."""
    stored.staff.leave(request.cookies.get(STAFF_COOKIE, ""))
    # Below a path the storage of this name is also that of the others there; the page itself clears what it kept.
    forgotten = '"cache"' if root_path() else '"cache", "storage"'
    response = Response(status_code=204, headers={"Clear-Site-Data": forgotten})
    response.delete_cookie(STAFF_COOKIE, path=below("/"))
    return response
