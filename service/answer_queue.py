"""The queue before the answers: so many are worked on at once, the others wait for their turn in the order in which they came.

Whoever would wait too long is told at once to come back, so that those who are served are served in time, however many come.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from types import TracebackType
from typing import Self

from kb.errors import BusyError
from kb.processors import processors

_SMOOTHING = 0.1  # how much the last answer counts in the mean of how long one takes
_FIRST_SECONDS = 0.2  # that an answer is taken to need before there was one


class AnswerQueue:
    """Gives turns in the event loop of one process; `at_once` of 0 is one a processor."""

    def __init__(self, at_once: int, longest_wait: float) -> None:
        self.at_once = at_once or processors()
        self._longest_wait = longest_wait
        self._seconds = _FIRST_SECONDS
        self._waiting: deque[Turn] = deque()
        self.working = 0

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def enter(self) -> Turn:
        """Queue up; raise BusyError where it would take too long. One round more than are worked on may always wait, since a
        language model takes long for every answer."""
        expected = (len(self._waiting) + 1) * self._seconds / self.at_once
        if self.working >= self.at_once and len(self._waiting) >= self.at_once and expected > self._longest_wait:
            raise BusyError.of("answers_too_many", seconds=expected)
        turn = Turn(self)
        self._waiting.append(turn)
        self._call()
        return turn

    def place_of(self, turn: Turn) -> int:
        """How many come before this turn is over the threshold, counted from 1; 0 where it has begun."""
        return self._waiting.index(turn) + 1 if turn in self._waiting else 0

    def _leave(self, turn: Turn) -> None:
        if turn in self._waiting:
            self._waiting.remove(turn)
            return
        self._seconds += _SMOOTHING * (time.monotonic() - turn.began - self._seconds)
        self.working -= 1
        self._call()

    def _call(self) -> None:
        while self._waiting and self.working < self.at_once:
            turn = self._waiting.popleft()
            self.working += 1
            turn.began = time.monotonic()
            turn.called.set()


class Turn:
    """A place in the queue; within `async with` it is one's turn. Left without that by `leave`."""

    def __init__(self, queue: AnswerQueue) -> None:
        self._queue = queue
        self._left = False
        self.called = asyncio.Event()
        self.began = 0.0

    @property
    def place(self) -> int:
        """How many steps it is to one's turn; 0 where it is or was."""
        return self._queue.place_of(self)

    def leave(self) -> None:
        """Give the place or the turn back; a second time it is nothing."""
        if not self._left:
            self._left = True
            self._queue._leave(self)

    async def __aenter__(self) -> Self:
        try:
            await self.called.wait()
        except BaseException:
            self.leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
