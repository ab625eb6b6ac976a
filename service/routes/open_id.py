"""/api/session/open-id: a browser is sent to the office's provider of logins, and comes back from there with a session
of staff."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse

from kb.errors import LoginError, ProviderError
from service.below import below
from service.contract import answers, sends_on
from service.error_responses import NAVIGATED
from service.identity import Stored, begin_session
from service.open_id_login import ATTEMPT_SECONDS, RETURN, Attempt, OpenIdLogin, Page
from service.rates import Guesses
from service.schemas.answers import EntrancesBody
from service.storage.audit import PUBLIC, AuditEntry

COOKIE = "kb_login"
_MEANS = "open_id"

router = APIRouter()
logger = logging.getLogger("uvicorn.error")


async def _configured(request: Request) -> OpenIdLogin:
    login: OpenIdLogin | None = request.app.state.open_id
    if login is None:
        raise HTTPException(404)
    return login


Login = Annotated[OpenIdLogin, Depends(_configured)]
Told = Annotated[str, Query(max_length=4096)]


@router.get("/api/session/entrances", responses=answers(EntrancesBody))
async def entrances(request: Request) -> Response:
    """Tell by what staff may enter beside password and token."""
    login: OpenIdLogin | None = request.app.state.open_id
    return JSONResponse({"open_id": login.label if login is not None else None})


@router.get(
    NAVIGATED,
    status_code=303,
    response_class=RedirectResponse,
    responses=sends_on("去统一身份认证服务登录", 404, 422, 503),
)
async def begin(request: Request, login: Login, back: Page = "/staff") -> Response:
    """Send a browser to the provider of OpenID Connect; `back` is the page that it comes back to in the end. 404 where
    none is configured."""
    attempt = Attempt.begin(back)
    response = RedirectResponse(await login.address(attempt), 303)
    response.set_cookie(
        COOKIE,
        attempt.cookie(),
        max_age=ATTEMPT_SECONDS,
        path=below(NAVIGATED),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",  # the provider leads back to us, by a link as it were
    )
    return response


@router.get(
    RETURN,
    status_code=303,
    response_class=RedirectResponse,
    responses=sends_on("已登录，回到原来的页面", 401, 404, 422, 429, 503),
)
async def return_(
    request: Request, login: Login, stored: Stored, code: Told = "", state: Told = "", error: Told = ""
) -> Response:
    """Take a browser back from the provider and open the session of the account that it names; 401 where there is none
    that is open.

    Everything else is as with a password: the session of before ends, and what this browser asked becomes a matter of
    staff.
    """
    attempt = Attempt.read(request.cookies.get(COOKIE, ""))
    if attempt is None or not attempt.began(state) or not (code or error):
        raise LoginError.of("login_state", address=login.public_url)
    if error:
        raise LoginError.of("login_denied", cause=error[:80])
    name = await _named(request, login, stored, code, attempt)
    secret = await run_in_threadpool(stored.accounts.admit, name, _MEANS)
    if secret is None:
        raise LoginError.of("login_no_account", name=name[:80], claim=login.claim)
    response = RedirectResponse(below(attempt.back), 303)
    await run_in_threadpool(begin_session, request, response, stored, secret)
    response.delete_cookie(COOKIE, path=below(NAVIGATED))
    return response


async def _named(request: Request, login: OpenIdLogin, stored: Stored, code: str, attempt: Attempt) -> str:
    """Ask the provider whom this code names; one that names nobody counts as a wrong password does."""
    guesses: Guesses = request.app.state.guesses
    guesses.allow(request)
    try:
        name = await login.name(code, attempt)
    except ProviderError:
        guesses.was_right(request)  # nobody can help it
        raise
    except LoginError as error:
        logger.warning("%s: %s", error.code, error.message)  # which check failed is for whoever runs the service
        await run_in_threadpool(stored.audit.write, AuditEntry(PUBLIC, "login_failed", _MEANS))
        raise
    guesses.was_right(request)
    return name
