"""What people say of answers, and the queue that staff work through."""

from __future__ import annotations

import json
import time
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from kb.errors import NotFoundError
from service.storage.retention import KEPT_DAYS, oldest
from service.storage.rows import FeedbackRow, JudgedRow, TurnRow

Verdict = Literal["up", "down", "incomplete"]


class Feedback:
    """One verdict an answer; a later one replaces it and puts it into the queue again."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def give(self, answer_id: str, answer: dict[str, Any], verdict: Verdict, comment: str) -> None:
        """Keep a verdict on an answer."""
        with self._sessions.begin() as session:
            row = session.scalar(select(FeedbackRow).where(FeedbackRow.answer_id == answer_id))
            if row is None:
                kept_in = select(TurnRow.conversation_id).where(TurnRow.answer_id == answer_id)
                row = FeedbackRow(
                    answer_id=answer_id,
                    conversation_id=session.scalar(kept_in),
                    question=answer["question"],
                    answer=json.dumps(answer, ensure_ascii=False, separators=(",", ":")),
                )
                session.add(row)
            row.verdict, row.comment, row.given, row.settled = verdict, comment, time.time(), None

    def waiting(self) -> list[dict[str, Any]]:
        """List what nobody has settled yet, latest first."""
        waiting = FeedbackRow.settled.is_(None), FeedbackRow.given >= oldest(KEPT_DAYS)
        open_ = select(FeedbackRow).where(*waiting).order_by(FeedbackRow.given.desc()).limit(200)
        with self._sessions() as session:
            return [
                {
                    "answer_id": row.answer_id,
                    "verdict": row.verdict,
                    "comment": row.comment,
                    "given": row.given,
                    "answer": json.loads(row.answer),
                }
                for row in session.scalars(open_)
            ]

    def settle(self, answer_id: str) -> None:
        """Take an item off the queue; raise NotFoundError where there is none."""
        with self._sessions.begin() as session:
            _given(session, answer_id).settled = time.time()

    def judge(self, answer_id: str, expected: dict[str, Any]) -> None:
        """Make an item a judged question and take it off the queue; raise NotFoundError where there is none.

        `expected` holds `answerable` and what `kb eval adopt` reads beside it. A follow-up is kept as it was
        understood.
        """
        with self._sessions.begin() as session:
            row = _given(session, answer_id)
            question = json.loads(row.answer).get("resolved_question") or row.question
            line = {
                "question": question,
                "kind": "feedback",
                **expected,
                "verdict": row.verdict,
                "comment": row.comment,
            }
            text = json.dumps(line, ensure_ascii=False)
            session.merge(JudgedRow(answer_id=answer_id, line=text, judged=time.time()))
            row.settled = time.time()

    def judged(self) -> list[str]:
        """Give the judged questions, a line of JSON each, oldest first."""
        with self._sessions() as session:
            return list(session.scalars(select(JudgedRow.line).order_by(JudgedRow.judged)))


def _given(session: Session, answer_id: str) -> FeedbackRow:
    row = session.scalar(select(FeedbackRow).where(FeedbackRow.answer_id == answer_id))
    if row is None:
        raise NotFoundError.of("feedback_unknown", answer_id=answer_id)
    return row
