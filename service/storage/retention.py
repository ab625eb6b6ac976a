"""What is kept no longer: conversations with their feedback, shared answers, jobs that have ended, and entries of the
audit record.

What is past its time is not shown any more, by the clock of the machine. It is deleted by a clock of the database's
own, which runs only while the service does and never ahead of the machine's: a clock that jumps months ahead deletes
nothing for good.
"""

from __future__ import annotations

import time

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, sessionmaker

from service.storage.audit import drop_older
from service.storage.rows import ClockRow, ConversationRow, FeedbackRow, JobRow, ShareRow, TurnRow

KEPT_DAYS = 90
"""How long a conversation is kept after its last question, feedback after it was given, and a job after it ended."""

SHARED_DAYS = 365
"""How long the link to a shared answer leads there."""

_PAUSE = 3600.0  # seconds between two looks
_CATCHING_UP = 2.0  # times as fast as the time that passes, where the clock of the database is behind
_DAY = 86_400


def oldest(days: int, now: float | None = None) -> float:
    """Give the time before which what is kept for so many days has expired."""
    return (time.time() if now is None else now) - days * _DAY


class Retention:
    """Deletes what has expired, entries of the audit record after `audit_days` (0: never); one process of the service
    does so."""

    def __init__(self, sessions: sessionmaker[Session], audit_days: int = 0) -> None:
        self._sessions = sessions
        self._audit_days = audit_days
        self._looked = time.monotonic()
        self._due = self._looked

    def look(self) -> None:
        """Delete what has expired, where it is time to look again."""
        now = time.monotonic()
        if now >= self._due:
            passed, self._looked, self._due = now - self._looked, now, now + _PAUSE
            self.delete_expired(passed)

    def delete_expired(self, passed: float) -> None:
        """Delete what has expired; since the last time `passed` seconds have gone by in truth."""
        with self._sessions.begin() as session:
            now = _advance(session, passed)
            expired = ConversationRow.touched < oldest(KEPT_DAYS, now)
            answers = select(TurnRow.answer_id).join(
                ConversationRow, ConversationRow.conversation_id == TurnRow.conversation_id
            )
            old = or_(FeedbackRow.given < oldest(KEPT_DAYS, now), FeedbackRow.answer_id.in_(answers.where(expired)))
            session.execute(delete(FeedbackRow).where(old))
            session.execute(delete(ConversationRow).where(expired))
            session.execute(delete(ShareRow).where(ShareRow.shared < oldest(SHARED_DAYS, now)))
            ended = JobRow.state.in_(("done", "failed"))
            session.execute(delete(JobRow).where(ended, JobRow.touched < oldest(KEPT_DAYS, now)))
            if self._audit_days:
                drop_older(session, oldest(self._audit_days, now))


def _advance(session: Session, passed: float) -> float:
    """Move the clock of the database on and read it."""
    now = time.time()
    clock = session.get(ClockRow, "retention")
    if clock is None:
        session.add(ClockRow(name="retention", reading=now))
        return now
    clock.reading = max(clock.reading, min(now, clock.reading + passed * _CATCHING_UP))
    return clock.reading
