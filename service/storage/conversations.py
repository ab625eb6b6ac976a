"""Conversations: each belongs to the browser that began it, nobody else can read it, and it expires."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from kb.errors import NotFoundError
from service.storage.retention import KEPT_DAYS, oldest
from service.storage.rows import ConversationRow, FeedbackRow, TurnRow

_TITLE = 40  # characters, as many as the list beside the page shows
MOST_PREVIOUS = 10  # questions before the new one that may still be leant on
PENDING: dict[str, Any] = {
    "question": "", "status": "pending", "text": "", "statements": [], "citations": [], "refusal": None,
    "timing_ms": {"retrieve": 0.0, "read": 0.0, "total": 0.0}, "resolved_question": None, "suggestions": [],
}  # fmt: skip
"""What stands in a conversation for an answer that is not there yet, or never came because the service stopped."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its turns."""

    conversation_id: str
    title: str
    touched: float


def is_pending(answer: dict[str, Any]) -> bool:
    """Say whether an answer is not there yet."""
    return answer.get("status") == "pending"


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
        """Give a conversation with its answers in order and what was said of each (`feedback`); raise NotFoundError
        where the owner has none such."""
        with self._sessions() as session:
            row = _own(session, owner, conversation_id)
            turns = session.scalars(_in_order(conversation_id))
            said = select(FeedbackRow.answer_id, FeedbackRow.verdict).where(
                FeedbackRow.conversation_id == conversation_id
            )
            verdicts = {answer_id: {"feedback": verdict} for answer_id, verdict in session.execute(said)}
            answers = [
                json.loads(turn.answer) | {"answer_id": turn.answer_id} | verdicts.get(turn.answer_id, {})
                for turn in turns
            ]
            return _conversation(row), answers

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

    def ask(self, owner: str, conversation_id: str, question: str, within: dict[str, str]) -> str:
        """Keep a question before it is answered and give the id that its answer will have; the first question becomes
        the title."""
        answer_id = secrets.token_urlsafe(12)
        with self._sessions.begin() as session:
            row = _own(session, owner, conversation_id)
            row.title = row.title or " ".join(question.split())[:_TITLE]
            row.touched = time.time()
            text = _written(PENDING | {"question": question} | ({"within": within} if within else {}))
            session.add(TurnRow(answer_id=answer_id, conversation_id=conversation_id, question=question, answer=text))
        return answer_id

    def settle(self, answer_id: str, answer: dict[str, Any]) -> None:
        """Keep the answer to a question that was asked; nothing where its conversation was deleted meanwhile.

        The same question asked again at once replaces its answer, so that nothing is shown twice.
        """
        with self._sessions.begin() as session:
            turn = session.scalar(select(TurnRow).where(TurnRow.answer_id == answer_id))
            if turn is None:
                return
            turn.answer = _written(answer)
            for before in _same_before(session, turn):
                session.delete(before)

    def give_up(self, answer_id: str) -> None:
        """Forget a question that the service does not take; a conversation that has no other has no title either."""
        with self._sessions.begin() as session:
            turn = session.scalar(select(TurnRow).where(TurnRow.answer_id == answer_id))
            if turn is None:
                return
            conversation_id = turn.conversation_id
            session.delete(turn)
            session.flush()
            if session.scalar(_in_order(conversation_id).limit(1)) is None:
                empty = update(ConversationRow).where(ConversationRow.conversation_id == conversation_id)
                session.execute(empty.values(title=""))

    def add(self, owner: str, conversation_id: str, answer: dict[str, Any]) -> str:
        """Keep a question with its answer at once and give its id."""
        answer_id = self.ask(owner, conversation_id, str(answer["question"]), {})
        self.settle(answer_id, answer)
        return answer_id

    def answer(self, owner: str, answer_id: str) -> dict[str, Any]:
        """Give one answer of the owner; raise NotFoundError where there is none such."""
        with self._sessions() as session:
            turn = session.scalar(select(TurnRow).where(TurnRow.answer_id == answer_id))
            # That of somebody else is answered in the words for one that is not there.
            if turn is None or not _owns(session, owner, turn.conversation_id):
                raise NotFoundError.of("answer_unknown", answer_id=answer_id)
            answer: dict[str, Any] = json.loads(turn.answer)
            if is_pending(answer):
                raise NotFoundError.of("answer_unknown", answer_id=answer_id)
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
        """Delete a conversation with its turns and what was said of them; NotFoundError where it is not of this
        owner."""
        with self._sessions.begin() as session:
            session.execute(delete(FeedbackRow).where(FeedbackRow.conversation_id == conversation_id))
            session.delete(_own(session, owner, conversation_id))

    def count(self) -> int:
        """How many conversations are kept, of all owners."""
        with self._sessions() as session:
            return session.scalar(select(func.count()).select_from(ConversationRow)) or 0


def _own(session: Session, owner: str, conversation_id: str) -> ConversationRow:
    if not _owns(session, owner, conversation_id):
        raise NotFoundError.of("conversation_unknown", conversation_id=conversation_id)
    return session.get_one(ConversationRow, conversation_id)


def _owns(session: Session, owner: str, conversation_id: str) -> bool:
    row = session.get(ConversationRow, conversation_id)
    return row is not None and row.owner == owner and row.touched >= oldest(KEPT_DAYS)


def _written(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def _same_before(session: Session, turn: TurnRow) -> list[TurnRow]:
    """Give the turns right before one that ask the very same."""
    # `order_by(None)` drops the order that is there; SQLAlchemy would append to it.
    earlier = _in_order(turn.conversation_id).where(TurnRow.number < turn.number)
    rows = session.scalars(earlier.order_by(None).order_by(TurnRow.number.desc()).limit(MOST_PREVIOUS))
    return list(takewhile(lambda row: row.question == turn.question, rows))


def _in_order(conversation_id: str) -> Any:
    return select(TurnRow).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.number)


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(row.conversation_id, row.title, row.touched)
