"""The tables of the service, in SQLite or PostgreSQL.

Nothing that opens a door is stored as it is: owners, tokens and sessions are kept as SHA-256 sums.
Times are seconds since 1970, so that both databases compare them alike.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class StoredRow(DeclarativeBase):
    """What all tables share."""


class ConversationRow(StoredRow):
    """A conversation and who began it."""

    __tablename__ = "conversations"
    __table_args__ = (Index("conversations_of_owner", "owner", "touched"),)

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(80), default="")
    touched: Mapped[float] = mapped_column(Float)


class TurnRow(StoredRow):
    """A question of a conversation with its answer."""

    __tablename__ = "turns"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    answer_id: Mapped[str] = mapped_column(String(32), unique=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.conversation_id", ondelete="CASCADE"), index=True
    )
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)


class FeedbackRow(StoredRow):
    """Feedback with a copy of what it is about, which may have been asked again since; it goes with its
    conversation."""

    __tablename__ = "feedback"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    answer_id: Mapped[str] = mapped_column(String(32), unique=True)
    verdict: Mapped[str] = mapped_column(String(16))
    comment: Mapped[str] = mapped_column(Text, default="")
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    given: Mapped[float] = mapped_column(Float)
    conversation_id: Mapped[str | None] = mapped_column(String(32), default=None)
    settled: Mapped[float | None] = mapped_column(Float, default=None)


class JudgedRow(StoredRow):
    """A question that staff made of feedback, as the line of JSON that `kb eval adopt` reads."""

    __tablename__ = "judged"

    answer_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    line: Mapped[str] = mapped_column(Text)
    judged: Mapped[float] = mapped_column(Float)


class ShareRow(StoredRow):
    """An answer that a link leads to; a copy, since conversations end."""

    __tablename__ = "shares"

    share_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    answer_id: Mapped[str] = mapped_column(String(32), unique=True)
    answer: Mapped[str] = mapped_column(Text)
    staff_only: Mapped[bool] = mapped_column(Boolean)
    shared: Mapped[float] = mapped_column(Float)


class AccountRow(StoredRow):
    """Somebody who works with the service; `password` is an argon2id hash, empty until it is set."""

    __tablename__ = "accounts"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    password: Mapped[str] = mapped_column(Text)
    disabled: Mapped[bool] = mapped_column(Boolean)
    made: Mapped[float] = mapped_column(Float)


class SecretRow(StoredRow):
    """What opens a door, by its `kind`: the staff token and the keys of programs, which never expire, sessions,
    one-time links. `account` is whose it is, none for the token and sessions that were opened with it."""

    __tablename__ = "secrets"

    checksum: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    expires: Mapped[float | None] = mapped_column(Float, default=None)
    account: Mapped[str | None] = mapped_column(String(40), default=None)
    label: Mapped[str | None] = mapped_column(String(80), default=None)


class ClockRow(StoredRow):
    """A clock that runs only while the service does."""

    __tablename__ = "clocks"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    reading: Mapped[float] = mapped_column(Float)


class DecisionRow(StoredRow):
    """What somebody did with a document, one row each; `version` counts those on one document, so that of two who
    decide at once the second is refused. `actor` says who (a session of staff), `details` is JSON."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("doc_id", "version"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    doc_id: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(80))
    made: Mapped[float] = mapped_column(Float)
    details: Mapped[str] = mapped_column(Text, default="{}")
    job_id: Mapped[str | None] = mapped_column(String(32), default=None)


class AuditRow(StoredRow):
    """An entry of the audit record (`service.storage.audit`); added, never changed. `documents` is a JSON list of
    ids."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[float] = mapped_column(Float, index=True)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(200))
    documents: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    checksum: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(StoredRow):
    """The last entry of the audit record, by which a missing end is found; whoever adds one holds this row."""

    __tablename__ = "audit_head"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    checksum: Mapped[str] = mapped_column(String(64))


class JobRow(StoredRow):
    """A change of the index, as `change` (JSON): who wants it, how far it is, how often it was begun, and what it came
    to."""

    __tablename__ = "jobs"

    job_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    action: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    step: Mapped[str] = mapped_column(String(40), default="")
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    report: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    touched: Mapped[float] = mapped_column(Float)
    queued: Mapped[float] = mapped_column(Float, server_default="0")
    change: Mapped[str] = mapped_column(Text, server_default="")
    begun: Mapped[int] = mapped_column(Integer, server_default="0")
