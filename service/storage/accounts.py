"""The people who work with the service, their passwords, and the keys of programs that act for them.

Of a password an argon2id hash is stored, of everything else that opens a door its SHA-256 sum: sessions, one-time
links, API keys. Each role may do what those before it may.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from kb.errors import InputError, NotFoundError
from service.storage.audit import COMMAND, PUBLIC, AuditEntry, append
from service.storage.rows import AccountRow, SecretRow
from service.storage.staff import KEY_NAME, Role, checksum_of, key_name, open_session

LINK_SECONDS = 48 * 3600
"""How long a one-time link may be used: over a weekend it is asked for again."""

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_NAME = re.compile(r"[\w.-]{1,40}")
# The least that OWASP recommends for argon2id: 19 MiB, two passes; several who enter at once stay within the memory of
# a small machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is listed; `ready` where its password is set."""

    name: str
    role: Role
    disabled: bool
    ready: bool


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret; `key_id` names it where it is revoked."""

    key_id: str
    account: str
    label: str


class Accounts:
    """The accounts of one database."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def add(self, name: str, role: Role) -> str:
        """Make an account and give the secret of the one-time link by which its password is set; raise InputError where
        the name cannot be used or is taken."""
        if not _NAME.fullmatch(name):
            raise InputError.of("account_name_unusable", name=name)
        if name in (PUBLIC, COMMAND):
            raise InputError.of("account_name_reserved", name=name)
        with self._sessions.begin() as session:
            if session.get(AccountRow, name) is not None:
                raise InputError.of("account_there", name=name)
            session.add(AccountRow(name=name, role=role, password="", disabled=False, made=time.time()))
            link = _new_link(session, name)
            append(session, AuditEntry(COMMAND, "account_added", role, name))
            return link

    def all(self) -> list[Account]:
        """List the accounts by name."""
        with self._sessions() as session:
            return [
                Account(row.name, row.role, row.disabled, bool(row.password))  # type: ignore[arg-type]
                for row in session.scalars(select(AccountRow).order_by(AccountRow.name))
            ]

    def give_role(self, name: str, role: Role) -> None:
        """Let an account do more or less, from the next request on; raise NotFoundError where there is none."""
        with self._sessions.begin() as session:
            _account(session, name).role = role
            append(session, AuditEntry(COMMAND, "role_given", role, name))

    def disable(self, name: str) -> None:
        """Close an account with its sessions, links and keys; raise NotFoundError where there is none."""
        with self._sessions.begin() as session:
            _account(session, name).disabled = True
            session.execute(delete(SecretRow).where(SecretRow.account == name))
            append(session, AuditEntry(COMMAND, "account_disabled", subject=name))

    def enable(self, name: str) -> None:
        """Open an account again; raise NotFoundError where there is none."""
        with self._sessions.begin() as session:
            _account(session, name).disabled = False
            append(session, AuditEntry(COMMAND, "account_enabled", subject=name))

    def new_link(self, name: str) -> str:
        """Give the secret of a one-time link for a password that was lost; an earlier link is void. Raise NotFoundError
        where there is no such account."""
        with self._sessions.begin() as session:
            _account(session, name)
            link = _new_link(session, name)
            append(session, AuditEntry(COMMAND, "link_made", subject=name))
            return link

    def enter(self, name: str, password: str) -> str | None:
        """Exchange a password for the secret of a new session; `None` where either is wrong, after the same time."""
        with self._sessions() as session:
            row = session.get(AccountRow, name)
            known = row.password if row is not None and not row.disabled else ""
        if not _fits(known or _nobodys(), password) or not known:
            # What is no account may be a password in the wrong field, so it is not noted.
            self._note(AuditEntry(PUBLIC, "login_failed", "password", name if row is not None else ""))
            return None
        with self._sessions.begin() as session:
            if _HASHER.check_needs_rehash(known):
                _account(session, name).password = _HASHER.hash(password)
            return _entered(session, name, "login", "password")

    def admit(self, name: str, means: str) -> str | None:
        """Give the secret of a new session to whom a provider of logins has verified to be of this name; `None` where
        there is no such account, or it is disabled."""
        with self._sessions.begin() as session:
            row = session.get(AccountRow, name) if _NAME.fullmatch(name) else None
            if row is None or row.disabled:
                append(session, AuditEntry(PUBLIC, "login_failed", means, "" if row is None else name))
                return None
            return _entered(session, name, "login", means)

    def redeem(self, link: str, password: str) -> str | None:
        """Set the password of the account that a one-time link is for and give a session; `None` where the link is none
        any more. Raises InputError for a password that is too short, and leaves the link as it is."""
        _check(password)
        with self._sessions.begin() as session:
            row = session.get(SecretRow, checksum_of(link))
            name = row.account if row is not None and row.kind == "link" and (row.expires or 0) > time.time() else None
            if name is None or _account(session, name).disabled:
                append(session, AuditEntry(PUBLIC, "login_failed", "link", name or ""))
                return None
            _set_password(session, name, password)
            return _entered(session, name, "password_changed", "link")

    def change_password(self, name: str, old: str, new: str) -> str | None:
        """Set another password and give a new session; all others end. `None` where the old one is wrong, InputError
        where the new one is too short."""
        _check(new)
        with self._sessions() as session:
            known = _account(session, name).password
        if not known or not _fits(known, old):
            self._note(AuditEntry(name, "login_failed", "password", name))
            return None
        with self._sessions.begin() as session:
            _set_password(session, name, new)
            return _entered(session, name, "password_changed", "password")

    def new_key(self, name: str, label: str) -> str:
        """Make an API key that acts for an account and give it, this once; raise NotFoundError where there is no such
        account."""
        key = f"kb_{secrets.token_urlsafe(32)}"
        with self._sessions.begin() as session:
            _account(session, name)
            session.add(SecretRow(checksum=checksum_of(key), kind="key", account=name, label=label[:80]))
            append(session, AuditEntry(COMMAND, "key_made", key_name(key), name))
        return key

    def api_keys(self) -> list[ApiKey]:
        """List the API keys."""
        rows = select(SecretRow).where(SecretRow.kind == "key").order_by(SecretRow.account, SecretRow.checksum)
        with self._sessions() as session:
            return [
                ApiKey(row.checksum[:KEY_NAME], row.account or "", row.label or "") for row in session.scalars(rows)
            ]

    def revoke(self, key_id: str) -> None:
        """Let a key open nothing any more; raise NotFoundError where there is none."""
        found = select(SecretRow).where(SecretRow.kind == "key", SecretRow.checksum.startswith(key_id, autoescape=True))
        with self._sessions.begin() as session:
            rows = session.scalars(found).all()
            if len(key_id) < KEY_NAME or len(rows) != 1:
                raise NotFoundError.of("key_unknown", key_id=key_id)
            session.delete(rows[0])
            append(session, AuditEntry(COMMAND, "key_revoked", key_id[:KEY_NAME], rows[0].account or ""))

    def _note(self, entry: AuditEntry) -> None:
        with self._sessions.begin() as session:
            append(session, entry)


def _account(session: Session, name: str) -> AccountRow:
    row = session.get(AccountRow, name)
    if row is None:
        raise NotFoundError.of("account_unknown", name=name)
    return row


def _new_link(session: Session, name: str) -> str:
    secret = secrets.token_urlsafe(24)
    session.execute(delete(SecretRow).where(SecretRow.kind == "link", SecretRow.account == name))
    expires = time.time() + LINK_SECONDS
    session.add(SecretRow(checksum=checksum_of(secret), kind="link", account=name, expires=expires))
    return secret


def _entered(session: Session, name: str, action: str, means: str) -> str:
    """Open a session for an account and note by what means."""
    secret = open_session(session, name)
    append(session, AuditEntry(name, action, means, name))
    return secret


def _set_password(session: Session, name: str, password: str) -> None:
    _account(session, name).password = _HASHER.hash(password)
    session.execute(delete(SecretRow).where(SecretRow.kind.in_(("session", "link")), SecretRow.account == name))


def _check(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InputError.of("password_length", field="password", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)


def _fits(known: str, password: str) -> bool:
    try:
        return _HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash to compare with where there is no account, so that a name that is none takes as long as one that is."""
    return _HASHER.hash(secrets.token_urlsafe(24))
