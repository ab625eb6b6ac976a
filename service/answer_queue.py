"""The queue before the answers: so many are worked on at once, the others wait for their turn in the order in which
they came.

Whoever would wait too long is told at once to come back, so that those who are served are served in time, however many
come; so are the last in the queue where the answers before them take longer than was expected when they came.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from types import TracebackType
from typing import Self

from kb.errors import BusyError
from kb.processors import processors
from service.tracing import stage

_RISING, _FALLING = 0.5, 0.05
"""How much an answer that took longer, or less long, than expected counts: what is remembered takes a thousandth."""
_LENIENCE = 1.5  # how much longer than the longest wait somebody who was let in may come to wait
_FIRST_SECONDS = 0.2  # that an answer is taken to need before there was one


class AnswerQueue:
    """Gives turns in the event loop of one process; `at_once` of 0 is one a processor."""

    def __init__(self, at_once: int, longest_wait: float) -> None:
        self.at_once = at_once or processors()
        self._longest_wait = longest_wait
        self._seconds = _FIRST_SECONDS
        self._waiting: deque[QueuePlace] = deque()
        self.working = 0

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def enter(self) -> QueuePlace:
        """Queue up; raise BusyError where it would take too long. One round more than are worked on may always wait,
        since a language model takes long for every answer."""
        expected = (len(self._waiting) + 1) * self._seconds / self.at_once
        if self.working >= self.at_once and len(self._waiting) >= self.at_once and expected > self._longest_wait:
            raise BusyError.of("answers_too_many", seconds=expected)
        turn = QueuePlace(self)
        self._waiting.append(turn)
        self._call()
        return turn

    def pass_by(self) -> QueuePlace:
        """Give a turn at once that is not counted: for an answer that is known and takes no time."""
        turn = QueuePlace(self, counted=False)
        turn.called.set()
        return turn

    def place_of(self, turn: QueuePlace) -> int:
        """Give which of those who wait this turn is, counted from 1; 0 where it has begun."""
        return self._waiting.index(turn) + 1 if turn in self._waiting else 0

    def _leave(self, turn: QueuePlace) -> None:
        if turn in self._waiting:
            self._waiting.remove(turn)
            return
        longer = time.monotonic() - turn.began - self._seconds
        self._seconds += (_RISING if longer > 0 else _FALLING) * longer
        self.working -= 1
        self._call()
        while len(self._waiting) > self.at_once:
            expected = len(self._waiting) * self._seconds / self.at_once
            if expected <= _LENIENCE * self._longest_wait:
                break
            last = self._waiting.pop()
            last.refused = BusyError.of("answers_too_many", seconds=expected)
            last.called.set()

    def _call(self) -> None:
        while self._waiting and self.working < self.at_once:
            turn = self._waiting.popleft()
            self.working += 1
            turn.began = time.monotonic()
            turn.called.set()


class QueuePlace:
    """A place in the queue; within `async with` it is one's turn, or BusyError where it never comes to be. Left without
    that by `leave`."""

    def __init__(self, queue: AnswerQueue, *, counted: bool = True) -> None:
        self._queue = queue
        self._left = not counted
        self.refused: BusyError | None = None
        """Set, before `called`, where it would take too long after all."""
        self.called = asyncio.Event()
        self.began = 0.0

    @property
    def place(self) -> int:
        """How many steps it is to one's turn; 0 where it is or was."""
        return self._queue.place_of(self)

    def leave(self) -> None:
        """Give the place or the turn back; a second time it is nothing."""
        if not self._left and self.refused is None:
            self._left = True
            self._queue._leave(self)

    async def __aenter__(self) -> Self:
        try:
            with stage("queue"):
                await self.called.wait()
        except BaseException:
            self.leave()
            raise
        if self.refused is not None:
            raise self.refused
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
