"""Who is asking: browsers tell it by two cookies that scripts cannot read, programs by the staff token.

The cookies, one for the owner of conversations and one for staff, stay with this site (SameSite) and travel over HTTPS
alone where the page came over HTTPS. Programs (`/v1`, `/mcp`) send the token as `Authorization: Bearer`, and no cookie
counts there, so that no page of another site can ask in the name of staff.

What FastAPI asks of them are coroutines, since it runs every plain function in a thread of its own, which costs more
than these do; only who has a secret is looked up in a thread.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

from kb.errors import ForbiddenError
from kb.types import Audience
from service.below import below
from service.rates import Guesses, PersonRate
from service.storage import Storage
from service.storage.audit import PUBLIC, AuditEntry
from service.storage.conversations import owner_checksum
from service.storage.retention import KEPT_DAYS
from service.storage.staff import SESSION_SECONDS, Person

# A random name for a browser, by which its conversations are found; it says nothing of a person.
OWNER_COOKIE = "kb_owner"
STAFF_COOKIE = "kb_staff"


async def storage_of(request: Request) -> Storage:
    """Give the storage of the application that serves `request`."""
    storage: Storage = request.app.state.storage
    return storage


Stored = Annotated[Storage, Depends(storage_of)]


async def person_of(request: Request, stored: Stored) -> Person | None:
    """Say who asks: by a key (`Authorization: Bearer KEY`), 401 where it is none, or by an open session; `None` is the
    public."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        person = await run_in_threadpool(stored.staff.person_of_key, key.strip())
        if person is None:
            guesses: Guesses = request.app.state.guesses
            guesses.allow(request)
            await run_in_threadpool(stored.audit.write, AuditEntry(PUBLIC, "login_failed", "key"))
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        return _counted(request, person)
    secret = request.cookies.get(STAFF_COOKIE)
    person = await run_in_threadpool(stored.staff.person_of_session, secret) if secret else None
    return _counted(request, person)


Someone = Annotated[Person | None, Depends(person_of)]


async def audience_of(person: Someone) -> Audience:
    """Staff are those with a key or an open session; everybody else is the public."""
    return "public" if person is None else "staff"


Caller = Annotated[Audience, Depends(audience_of)]


async def asker_of(person: Someone) -> str:
    """Name who asks, as the audit record tells it."""
    return PUBLIC if person is None else person.actor


Asker = Annotated[str, Depends(asker_of)]


async def bearer_of(request: Request, stored: Stored) -> Person | None:
    """Say for whom a program asks: by the staff token or the key of an account; clients that have to send some key may
    send any, and are the public."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return _counted(request, await run_in_threadpool(stored.staff.person_of_key, token.strip()))


def _counted(request: Request, person: Person | None) -> Person | None:
    """Give who asks, where they have not asked too often; the public is counted by address alone."""
    if person is not None:
        rate: PersonRate = request.app.state.person_rate
        rate.allow(person.actor)
    return person


Bearer = Annotated[Person | None, Depends(bearer_of)]


async def owner_of(request: Request, caller: Caller) -> str:
    """Give the checksum that conversations of this browser are kept under; one without a cookie owns none.

    What staff ask is kept apart and opens to a session of staff alone: when that ends, the browser owns it no more.
    """
    return owner_name(request.cookies.get(OWNER_COOKIE, ""), caller)


def owner_name(secret: str, caller: Audience) -> str:
    """Give the owner that a browser with this secret is to a caller."""
    return owner_checksum(secret if caller == "public" else f"{caller} {secret}")


async def actor_of(person: Someone) -> str:
    """Name who acts, as decisions are kept under it: the account, with the key where a program acts, or the session
    where it was opened with the token."""
    if person is None:
        raise HTTPException(403)
    return person.actor


Owner = Annotated[str, Depends(owner_of)]
Actor = Annotated[str, Depends(actor_of)]


async def require_staff(caller: Caller) -> None:
    """Refuse everybody but staff with 403."""
    if caller != "staff":
        raise HTTPException(403)


async def require_editor(person: Someone) -> None:
    """Refuse everybody but editors and administrators with 403; staff are told why."""
    if person is None:
        raise HTTPException(403)
    if not person.may("editor"):
        raise ForbiddenError.of("role_too_low", name=person.name)


async def require_administrator(person: Someone) -> None:
    """Refuse everybody but administrators with 403; staff are told why."""
    if person is None:
        raise HTTPException(403)
    if not person.may("administrator"):
        raise ForbiddenError.of("administrators_only", name=person.name)


def owner_secret(request: Request, stored: Storage) -> str:
    """Give the owner's secret; a new one where there is none, or one that this service never gave out."""
    secret = request.cookies.get(OWNER_COOKIE)
    if secret and stored.conversations.knows(owner_name(secret, "public"), owner_name(secret, "staff")):
        return secret
    return secrets.token_urlsafe(32)


def give_owner(request: Request, response: Response, secret: str) -> None:
    """Hand out or renew the owner's cookie."""
    _set(request, response, OWNER_COOKIE, secret, KEPT_DAYS * 86400)


def give_session(request: Request, response: Response, secret: str, seconds: int = SESSION_SECONDS) -> None:
    """Hand out the cookie of a staff session, or renew it."""
    _set(request, response, STAFF_COOKIE, secret, seconds)


def begin_session(request: Request, response: Response, stored: Storage, secret: str) -> None:
    """Hand out a new session: the one that the browser had before ends, and what it asked before becomes a matter of
    staff."""
    stored.staff.leave(request.cookies.get(STAFF_COOKIE, ""))
    mine = request.cookies.get(OWNER_COOKIE)
    if mine:
        stored.conversations.hand_over(owner_name(mine, "public"), owner_name(mine, "staff"))
    give_session(request, response, secret)


def _set(request: Request, response: Response, name: str, secret: str, seconds: int) -> None:
    # Over plain HTTP, as on a test machine, a secure cookie would never come back.
    secure = request.url.scheme == "https"
    path = below("/")  # what else lies on this name is not told who asks here
    response.set_cookie(name, secret, max_age=seconds, path=path, secure=secure, httponly=True, samesite="lax")
