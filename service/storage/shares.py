"""Answers that staff share by a link; each is a copy, so it outlives its conversation, and is kept for a year."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from kb.errors import NotFoundError
from service.storage.audit import AuditEntry, append
from service.storage.retention import SHARED_DAYS, oldest
from service.storage.rows import ShareRow


@dataclass(frozen=True, slots=True)
class Share:
    """A shared answer, as `answer_payload` told it; `staff_only` where it cites what is not public."""

    share_id: str
    answer: dict[str, Any]
    staff_only: bool
    shared: float


class Shares:
    """One link an answer, until it is withdrawn."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def share(self, answer_id: str, answer: dict[str, Any], actor: str, *, staff_only: bool) -> str:
        """Keep a copy of an answer and give the id of its link; the same one where there is one already, with the
        answer as it is now."""
        with self._sessions.begin() as session:
            row = session.scalar(select(ShareRow).where(ShareRow.answer_id == answer_id))
            if row is None:
                row = ShareRow(share_id=secrets.token_urlsafe(12), answer_id=answer_id)
                session.add(row)
            row.answer = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
            row.staff_only = staff_only
            row.shared = time.time()
            cited = tuple(dict.fromkeys(citation["doc_id"] for citation in answer["citations"]))
            append(session, AuditEntry(actor, "shared", "staff_only" if staff_only else "", answer_id, cited))
            return row.share_id

    def open(self, share_id: str) -> Share:
        """Give a shared answer; raise NotFoundError where there is none, or it was withdrawn."""
        with self._sessions() as session:
            row = _shared(session, share_id)
            return Share(row.share_id, json.loads(row.answer), row.staff_only, row.shared)

    def withdraw(self, share_id: str, actor: str) -> None:
        """Let a link lead nowhere; raise NotFoundError as `open` does."""
        with self._sessions.begin() as session:
            row = _shared(session, share_id)
            session.delete(row)
            append(session, AuditEntry(actor, "share_withdrawn", subject=row.answer_id))


def no_share(share_id: str) -> NotFoundError:
    """Say that a link leads nowhere, which is all that the public hears of one that is for staff."""
    return NotFoundError.of("share_unknown", share_id=share_id)


def _shared(session: Session, share_id: str) -> ShareRow:
    row = session.get(ShareRow, share_id)
    if row is None or row.shared < oldest(SHARED_DAYS):
        raise no_share(share_id)
    return row
