"""Answers that were given: what is asked again on the same day of the same snapshot has the same answer.

Not `functools.lru_cache`, which cannot be asked whether it holds something.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date

from kb.types import Answer, Query


class AnswerMemory:
    """Holds the answers asked for last, `most` of them; thread-safe. A question that names no day is about the day on
    which it is asked: tomorrow it may have another answer."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[tuple[Query, date], Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, query: Query, day: date) -> Answer | None:
        """Give what was answered on a day."""
        with self._lock:
            answer = self._answers.get((query, day))
            if answer is not None:
                self._answers.move_to_end((query, day))
            return answer

    def keep(self, query: Query, day: date, answer: Answer) -> None:
        """Remember an answer, and forget the one that was asked for longest ago."""
        with self._lock:
            self._answers[query, day] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
