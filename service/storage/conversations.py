"""Conversations: each belongs to the browser that began it, nobody else can read it, and it expires."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from kb.errors import NotFoundError
from service.storage.retention import KEPT_DAYS, oldest
from service.storage.rows import ConversationRow, FeedbackRow, TurnRow

_TITLE = 40  # characters, as many as the list beside the page shows
MOST_PREVIOUS = 10  # questions before the new one that may still be leant on


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its turns."""

    conversation_id: str
    title: str
    touched: float


def owner_checksum(secret: str) -> str:
    """What is stored of an owner's cookie."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Conversations:
    """The conversations of all owners; every call names the owner, by checksum."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def begin(self, owner: str) -> Conversation:
        """Begin an empty conversation."""
        row = ConversationRow(conversation_id=secrets.token_urlsafe(12), owner=owner, title="", touched=time.time())
        with self._sessions.begin() as session:
            session.add(row)
        return _conversation(row)

    def knows(self, *owners: str) -> bool:
        """Say whether one of these owners has a conversation."""
        found = select(ConversationRow.conversation_id).where(ConversationRow.owner.in_(owners)).limit(1)
        with self._sessions() as session:
            return session.scalar(found) is not None

    def of_owner(self, owner: str, words: str = "") -> list[Conversation]:
        """List the conversations with a question in them, latest first; `words` occur in a title or a question."""
        kept = ConversationRow.touched >= oldest(KEPT_DAYS)
        found = select(ConversationRow).where(ConversationRow.owner == owner, ConversationRow.title != "", kept)
        if words:
            asked = select(TurnRow.conversation_id).where(TurnRow.question.contains(words, autoescape=True))
            # `autoescape`, since % and _ are characters that people look for.
            titled = ConversationRow.title.contains(words, autoescape=True)
            found = found.where(or_(titled, ConversationRow.conversation_id.in_(asked)))
        with self._sessions() as session:
            rows = session.scalars(found.order_by(ConversationRow.touched.desc()).limit(200))
            return [_conversation(row) for row in rows]

    def turns(self, owner: str, conversation_id: str) -> tuple[Conversation, list[dict[str, Any]]]:
        """Give a conversation with its answers in order; raise NotFoundError where the owner has none such."""
        with self._sessions() as session:
            row = _own(session, owner, conversation_id)
            turns = session.scalars(_in_order(conversation_id))
            return _conversation(row), [json.loads(turn.answer) | {"answer_id": turn.answer_id} for turn in turns]

    def previous(self, owner: str, conversation_id: str) -> tuple[str, ...]:
        """Give the last questions of a conversation, oldest first; raise NotFoundError as `turns` does."""
        with self._sessions() as session:
            _own(session, owner, conversation_id)
            latest = (
                select(TurnRow.question)
                .where(TurnRow.conversation_id == conversation_id)
                .order_by(TurnRow.number.desc())
                .limit(MOST_PREVIOUS)
            )
            return tuple(reversed(session.scalars(latest).all()))

    def add(self, owner: str, conversation_id: str, answer: dict[str, Any]) -> str:
        """Keep an answer and give its id; the first question becomes the title.

        The same question asked again at once replaces its answer, so that nothing is shown twice.
        """
        answer_id = secrets.token_urlsafe(12)
        question = str(answer["question"])
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        with self._sessions.begin() as session:
            row = _own(session, owner, conversation_id)
            row.title = row.title or " ".join(question.split())[:_TITLE]
            row.touched = time.time()
            # `order_by(None)` drops the order that is there; SQLAlchemy would append to it.
            last = session.scalar(_in_order(conversation_id).order_by(None).order_by(TurnRow.number.desc()).limit(1))
            if last is not None and last.question == question:
                session.delete(last)
            session.add(TurnRow(answer_id=answer_id, conversation_id=conversation_id, question=question, answer=text))
        return answer_id

    def answer(self, owner: str, answer_id: str) -> dict[str, Any]:
        """Give one answer of the owner; raise NotFoundError where there is none such."""
        with self._sessions() as session:
            turn = session.scalar(select(TurnRow).where(TurnRow.answer_id == answer_id))
            if turn is None:
                raise NotFoundError.of("answer_unknown", answer_id=answer_id)
            _own(session, owner, turn.conversation_id)
            answer: dict[str, Any] = json.loads(turn.answer)
            return answer

    def hand_over(self, owner: str, other: str) -> None:
        """Let another owner have every conversation of an owner."""
        with self._sessions.begin() as session:
            session.execute(update(ConversationRow).where(ConversationRow.owner == owner).values(owner=other))

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """Give a conversation another title; NotFoundError where it is not of this owner."""
        with self._sessions.begin() as session:
            _own(session, owner, conversation_id).title = title[:_TITLE]

    def remove(self, owner: str, conversation_id: str) -> None:
        """Delete a conversation with its turns and what was said of them; NotFoundError where it is not of this owner."""
        with self._sessions.begin() as session:
            session.execute(delete(FeedbackRow).where(FeedbackRow.conversation_id == conversation_id))
            session.delete(_own(session, owner, conversation_id))

    def count(self) -> int:
        """How many conversations are kept, of all owners."""
        with self._sessions() as session:
            return session.scalar(select(func.count()).select_from(ConversationRow)) or 0


def _own(session: Session, owner: str, conversation_id: str) -> ConversationRow:
    row = session.get(ConversationRow, conversation_id)
    if row is None or row.owner != owner or row.touched < oldest(KEPT_DAYS):
        raise NotFoundError.of("conversation_unknown", conversation_id=conversation_id)
    return row


def _in_order(conversation_id: str) -> Any:
    return select(TurnRow).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.number)


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(row.conversation_id, row.title, row.touched)
