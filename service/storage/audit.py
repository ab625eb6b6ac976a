"""The audit record: who did what kind of thing, and when; entries are added, chained to those before them, and never
changed.

An entry holds ids alone: an account, a key or "public", the ids of documents; no question, no fact of a person, no name
that somebody typed who has no account. `append` works in the transaction of what it records, so that both are kept or
neither. Whoever appends holds the row of the head until the end of the transaction: writers of several processes stand
in line there, and the chain cannot fork.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from kb.errors import AuditError
from service.storage.audit_chain import DROPPED, GENESIS, Anchor, ChainEntry, problems
from service.storage.database import one_moment
from service.storage.rows import AuditHeadRow, AuditRow

PUBLIC = "public"
"""Who acts without a session or key."""

COMMAND = "command"
"""Who acts by the command line of the machine."""

_HEAD = "head"  # the name of the one row that knows the last entry


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What somebody did: `outcome` says how it went or by what means, `subject` is the id of what it was done to,
    `documents` those cited."""

    actor: str
    action: str
    outcome: str = ""
    subject: str = ""
    documents: tuple[str, ...] = ()
    at: float = field(default_factory=time.time)


def append(session: Session, *entries: AuditEntry) -> None:
    """Add entries to the chain as part of a transaction, and last in it: others wait for its end."""
    head = _hold_head(session)
    rows = []
    for entry in entries:
        documents = json.dumps(entry.documents, ensure_ascii=False)
        chained = ChainEntry(
            head.number + 1, round(entry.at, 3), entry.actor, entry.action, entry.outcome, entry.subject, documents, head.checksum
        )  # fmt: skip
        head = Anchor(chained.number, chained.sum())
        rows.append(asdict(replace(chained, checksum=head.checksum)))
    session.execute(insert(AuditRow), rows)
    session.execute(update(AuditHeadRow).values(number=head.number, checksum=head.checksum))


def drop_older(session: Session, oldest: float) -> None:
    """Drop the entries of before that time, as part of a transaction; an entry takes their place from which the chain
    can go on to be verified."""
    first_kept = select(func.min(AuditRow.number)).where(AuditRow.at >= oldest)
    last = select(AuditRow.number, AuditRow.checksum).order_by(AuditRow.number.desc()).limit(1)
    kept = session.scalar(first_kept)
    found = session.execute(last if kept is None else last.where(AuditRow.number < kept)).first()
    if found is None:
        return
    through = Anchor(*found)
    append(session, AuditEntry(COMMAND, DROPPED, "expired", str(through)))
    session.execute(delete(AuditRow).where(AuditRow.number <= through.number))


class AuditLog:
    """The audit record of one database."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def write(self, *entries: AuditEntry) -> None:
        """Add entries in a transaction of their own; raises SQLAlchemyError where they cannot be kept."""
        if entries:
            with self._sessions.begin() as session:
                append(session, *entries)

    def head(self) -> Anchor:
        """Give the last entry as an anchor, 0 where there is none."""
        with self._sessions() as session:
            row = session.get(AuditHeadRow, _HEAD)
            return Anchor(row.number, row.checksum) if row else Anchor(0)

    def verify(self, anchor: Anchor | None = None) -> tuple[Anchor, list[AuditError]]:
        """Give the last entry and list what is wrong with the record; InputError as `problems` raises it."""
        with self._at_one_moment() as (entries, head):
            return head or Anchor(0), list(problems(entries, head, anchor))

    def entries(self) -> Iterator[ChainEntry]:
        """Give all entries, oldest first, as they are at this moment."""
        with self._at_one_moment() as (entries, _):
            yield from entries

    @contextmanager
    def _at_one_moment(self) -> Iterator[tuple[Iterator[ChainEntry], Anchor | None]]:
        with one_moment(self._sessions.kw["bind"]) as connection:
            head = connection.execute(select(AuditHeadRow.number, AuditHeadRow.checksum)).first()
            rows = connection.execution_options(yield_per=1000).execute(
                select(AuditRow.__table__).order_by(AuditRow.number)
            )
            yield (ChainEntry(*row) for row in rows), Anchor(*head) if head else None


def _hold_head(session: Session) -> Anchor:
    """Read the last entry and keep others from appending until the transaction ends."""
    # An UPDATE comes first, since it takes the lock before it reads: SQLite would not let a reader become a writer
    # after somebody else wrote.
    held = update(AuditHeadRow).values(number=AuditHeadRow.number).returning(AuditHeadRow.number, AuditHeadRow.checksum)
    found = session.execute(held).first()
    if found is None:
        try:
            with session.begin_nested():
                session.execute(insert(AuditHeadRow).values(name=_HEAD, number=0, checksum=GENESIS))
        except IntegrityError:
            pass  # another process was first
        found = session.execute(held).one()
    return Anchor(*found)
