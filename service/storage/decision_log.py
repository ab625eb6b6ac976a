"""Who decided what of which document, and when: uploaded, corrected, published, withdrawn, deleted.

The decisions of one document are counted. Whoever decides says which decision they last saw; where another one came
first they are told of it and nothing happens.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from kb.errors import ConflictError
from service.storage.audit import AuditEntry, append
from service.storage.rows import DecisionRow

Action = Literal[
    "uploaded", "corrected", "published", "confirmed", "withdrawn", "replaced", "deleted", "text_corrected"
]
SAID: dict[str, str] = {
    "uploaded": "上传", "corrected": "更正", "published": "发布", "confirmed": "确认为不公开", "withdrawn": "撤回",
    "replaced": "替换", "deleted": "删除", "text_corrected": "更正正文",
}  # fmt: skip
_CLOSED = ("withdrawn", "confirmed")  # After these nobody but staff sees the document.
_DECIDING = (*_CLOSED, "published", "replaced")  # After these somebody has decided; what was merely uploaded waits.


@dataclass(frozen=True, slots=True)
class Made:
    """A decision on a document; `job_id` names the job that carries it out."""

    version: int
    action: Action
    actor: str
    at: float
    details: dict[str, Any]
    job_id: str | None


class DecisionLog:
    """The record of decisions; rows are added and never changed."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def of(self, doc_id: str) -> list[Made]:
        """List the decisions on a document, latest first."""
        rows = select(DecisionRow).where(DecisionRow.doc_id == doc_id).order_by(DecisionRow.version.desc())
        with self._sessions() as session:
            return [_made(row) for row in session.scalars(rows)]

    def version(self, doc_id: str) -> int:
        """Count the decisions on a document."""
        counted = select(func.max(DecisionRow.version)).where(DecisionRow.doc_id == doc_id)
        with self._sessions() as session:
            return session.scalar(counted) or 0

    def make(
        self,
        doc_id: str,
        action: Action,
        actor: str,
        details: dict[str, Any],
        job_id: str | None = None,
        seen: int | None = None,
    ) -> None:
        """Note a decision of somebody who has `seen` that many before it (`None`: it stands whatever came before);
        raise ConflictError that says what came first."""
        try:
            with self._sessions.begin() as session:
                last = session.scalar(select(func.max(DecisionRow.version)).where(DecisionRow.doc_id == doc_id)) or 0
                if seen is not None and seen != last:
                    raise _conflict(self.of(doc_id))
                session.add(
                    DecisionRow(
                        doc_id=doc_id, version=last + 1, action=action, actor=actor, made=time.time(),
                        details=json.dumps(details, ensure_ascii=False), job_id=job_id,
                    )
                )  # fmt: skip
                append(session, AuditEntry(actor, action, subject=doc_id))
        except IntegrityError:
            raise _conflict(self.of(doc_id)) from None

    def latest(self, doc_ids: Iterable[str]) -> dict[str, Made]:
        """Give the latest decision on each of these documents that has one."""
        wanted = list(doc_ids)
        with self._sessions() as session:
            rows = session.scalars(_latest(DecisionRow.doc_id.in_(wanted)))
            return {row.doc_id: _made(row) for row in rows}

    def withdrawn(self) -> frozenset[str]:
        """Name the documents that were withdrawn and have not been published since, deleted or not: the public may not
        see them, whatever an index says that was built before."""
        with self._sessions() as session:
            rows = session.scalars(_latest(DecisionRow.action.in_(_DECIDING)))
            return frozenset(row.doc_id for row in rows if row.action in _CLOSED)

    def deleted(self) -> frozenset[str]:
        """Name the documents that were deleted and have not come back by the hand of staff."""
        with self._sessions() as session:
            rows = session.scalars(_latest(DecisionRow.number > 0))
            return frozenset(row.doc_id for row in rows if row.action == "deleted")


def _latest(among: Any) -> Any:
    counted = select(DecisionRow.doc_id, func.max(DecisionRow.version).label("version")).where(among)
    last = counted.group_by(DecisionRow.doc_id).subquery()
    return select(DecisionRow).join(
        last, (last.c.doc_id == DecisionRow.doc_id) & (last.c.version == DecisionRow.version)
    )


def _made(row: DecisionRow) -> Made:
    return Made(row.version, row.action, row.actor, row.made, json.loads(row.details), row.job_id)  # type: ignore[arg-type]


def _conflict(made: list[Made]) -> ConflictError:
    first = made[0]
    session = first.actor.removeprefix("staff:")  # of the token; an account is named itself
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(first.at))
    return ConflictError.of(
        "decided_before",
        actor=first.actor,
        who=f"工作人员（会话 {session}）" if session != first.actor else first.actor,
        when=when,
        action=first.action,
        done=SAID[first.action],
    )
