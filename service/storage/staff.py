"""Who is staff: whoever brought the token that the service printed at its first start.

The token is shown once and exchanged for a session of some hours; only their checksums are stored.
"""

from __future__ import annotations

import hashlib
import secrets
import time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from service.storage.rows import SecretRow

SESSION_SECONDS = 12 * 3600  # a working day and its overtime


class Staff:
    """The staff token and the sessions opened with it."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def first_token(self) -> str | None:
        """Make the token where there is none yet and give it, this once."""
        with self._sessions.begin() as session:
            if session.scalar(select(SecretRow).where(SecretRow.kind == "token")):
                return None
            token = secrets.token_urlsafe(24)
            session.add(SecretRow(checksum=_checksum(token), kind="token"))
        return token

    def enter(self, token: str) -> str | None:
        """Exchange the token for the secret of a new session; `None` where it is not the token."""
        if not self.is_token(token):
            return None
        secret = secrets.token_urlsafe(24)
        now = time.time()
        with self._sessions.begin() as session:
            session.execute(delete(SecretRow).where(SecretRow.expires < now))
            session.add(SecretRow(checksum=_checksum(secret), kind="session", expires=now + SESSION_SECONDS))
        return secret

    def is_token(self, token: str) -> bool:
        """Whether this is the staff token."""
        return self._knows(token, "token")

    def is_staff(self, secret: str) -> bool:
        """Whether a secret is that of an open session."""
        return self._knows(secret, "session")

    def leave(self, secret: str) -> None:
        """End a session."""
        with self._sessions.begin() as session:
            session.execute(
                delete(SecretRow).where(SecretRow.checksum == _checksum(secret), SecretRow.kind == "session")
            )

    def _knows(self, secret: str, kind: str) -> bool:
        with self._sessions() as session:
            row = session.get(SecretRow, _checksum(secret))
        return row is not None and row.kind == kind and (row.expires is None or row.expires > time.time())


def session_name(secret: str) -> str:
    """Give a short name of a session, by which two sessions are told apart and none can be entered."""
    return _checksum(secret)[:8]


def _checksum(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
