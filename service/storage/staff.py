"""Who is staff: whoever brought the token that the service printed at its first start, or entered with an account.

Token and password are exchanged for a session of some hours; of what opens a door only checksums are stored. The secret
of a session begins with the second in which it was opened: since the checksum is of all of it, that is as sure as the
secret, and says how far the session may be extended.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from service.storage.audit import PUBLIC, AuditEntry, append
from service.storage.rows import AccountRow, SecretRow

KEY_NAME = 12
"""How many characters of its checksum name an API key."""

SESSION_SECONDS = 12 * 3600  # a working day and its overtime
EXTENSION_SECONDS = 3600
LONGEST_SESSION_SECONDS = (
    24 * 3600
)  # beyond the ten extensions and the 20 hours that WCAG 2.2.1 names; then one enters again

_BEGUN = "."  # behind the second in which a session was opened; no other part of a secret has one

Role = Literal["staff", "editor", "administrator"]
# Staff upload and see what is not public; editors publish, withdraw, correct and delete; administrators see what the
# service counts. Each may do what those before may.
ROLES: tuple[Role, ...] = ("staff", "editor", "administrator")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with the service; `name` is that of the account, or of the session where it was opened with
    the token, `key_id` that of the key by which a program acts for them."""

    name: str
    role: Role
    account: str | None
    key_id: str | None = field(default=None, compare=False)

    @property
    def actor(self) -> str:
        """Who is told to have acted, and by which key."""
        return f"{self.name} key:{self.key_id}" if self.key_id else self.name

    def may(self, role: Role) -> bool:
        """Whether they may do what takes this role."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class SessionTime:
    """How long a session still is, in whole seconds, and whether it can be made longer before its end."""

    seconds_left: int
    may_extend: bool


class Staff:
    """The staff token, and the sessions and keys that people act with."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def first_token(self) -> str | None:
        """Make the token where there is none yet and give it, this once."""
        with self._sessions.begin() as session:
            if session.scalar(select(SecretRow).where(SecretRow.kind == "token")):
                return None
            token = secrets.token_urlsafe(24)
            session.add(SecretRow(checksum=checksum_of(token), kind="token"))
        return token

    def enter(self, token: str) -> str | None:
        """Exchange the token for the secret of a new session; `None` where it is not the token."""
        known = self._person(token, "token") is not None
        with self._sessions.begin() as session:
            secret = open_session(session, None) if known else None
            if secret is None:
                append(session, AuditEntry(PUBLIC, "login_failed", "token"))
            else:
                append(session, AuditEntry(f"staff:{session_name(secret)}", "login", "token"))
        return secret

    def person_of_session(self, secret: str) -> Person | None:
        """Say whose session has this secret."""
        return self._person(secret, "session")

    def person_of_key(self, key: str) -> Person | None:
        """Say for whom an API key acts; the token is a key of an administrator."""
        return self._person(key, "key") or self._person(key, "token")

    def time_of_session(self, secret: str) -> SessionTime | None:
        """Say how long a session still is; `None` where it is none any more."""
        with self._sessions() as session:
            row = _open_row(session, secret)
            return None if row is None else _time_left(row, secret)

    def extend(self, secret: str) -> SessionTime | None:
        """Let a session last an hour from now where that is later than its end, but no longer than a day in all; `None`
        where it is none any more."""
        with self._sessions.begin() as session:
            row = _open_row(session, secret)
            if row is None or row.expires is None:
                return None
            latest = min(time.time() + EXTENSION_SECONDS, _last_end(secret))
            if latest > row.expires:
                row.expires = latest
                append(session, AuditEntry(row.account or f"staff:{session_name(secret)}", "session_extended"))
            return _time_left(row, secret)

    def leave(self, secret: str) -> None:
        """End a session."""
        with self._sessions.begin() as session:
            session.execute(
                delete(SecretRow).where(SecretRow.checksum == checksum_of(secret), SecretRow.kind == "session")
            )

    def _person(self, secret: str, kind: str) -> Person | None:
        with self._sessions() as session:
            row = session.get(SecretRow, checksum_of(secret))
            if row is None or row.kind != kind or (row.expires is not None and row.expires <= time.time()):
                return None
            if row.account is None:
                return Person(f"staff:{session_name(secret)}", "administrator", None)
            account = session.get(AccountRow, row.account)
            if account is None or account.disabled:
                return None
            return Person(account.name, account.role, account.name, key_name(secret) if kind == "key" else None)  # type: ignore[arg-type]


def open_session(session: Session, account: str | None) -> str:
    """Open a session for an account, or for whoever has the token, and give its secret; those that have ended are
    forgotten."""
    now = time.time()
    secret = f"{int(now)}{_BEGUN}{secrets.token_urlsafe(24)}"
    session.execute(delete(SecretRow).where(SecretRow.expires < now))
    session.add(SecretRow(checksum=checksum_of(secret), kind="session", account=account, expires=now + SESSION_SECONDS))
    return secret


def _open_row(session: Session, secret: str) -> SecretRow | None:
    row = session.get(SecretRow, checksum_of(secret))
    return row if row is not None and row.kind == "session" and (row.expires or 0) > time.time() else None


def _time_left(row: SecretRow, secret: str) -> SessionTime:
    ends = row.expires or 0.0
    return SessionTime(max(0, int(ends - time.time())), ends < _last_end(secret))


def _last_end(secret: str) -> float:
    """When a session ends at the latest; one of before sessions could be extended cannot be."""
    begun, told, _ = secret.partition(_BEGUN)
    return int(begun) + LONGEST_SESSION_SECONDS if told else 0.0


def session_name(secret: str) -> str:
    """Give a short name of a session, by which two sessions are told apart and none can be entered."""
    return checksum_of(secret)[:8]


def key_name(key: str) -> str:
    """Give the name of an API key, by which it is listed and revoked."""
    return checksum_of(key)[:KEY_NAME]


def checksum_of(secret: str) -> str:
    """What is stored of a secret that nobody could guess."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
