"""How an answering ends: with statements or with a refusal, and with the time that it took."""

from __future__ import annotations

import time
from collections.abc import Sequence

from kb.answering.draft import Draft
from kb.answering.follow_up import Turn
from kb.types import Answer, Citation, Hit, Refusal, RefusalKind, Timing


class Clock:
    """When the question came, and when its passages were found."""

    def __init__(self) -> None:
        self.started = self.found = time.perf_counter()

    def mark(self) -> None:
        """Note that searching ended and writing begins."""
        self.found = time.perf_counter()

    def timing(self) -> Timing:
        """Give what searching, writing and both took so far, in milliseconds."""
        now = time.perf_counter()
        return Timing((self.found - self.started) * 1000, (now - self.found) * 1000, (now - self.started) * 1000)


def answered(turn: Turn, draft: Draft, hits: Sequence[Hit], likely: float, clock: Clock) -> Answer:
    """Answer with what a draft holds."""
    statements, citations = tuple(draft.statements), tuple(draft.citations)
    return Answer(turn.query.text, statements, citations, tuple(hits), None, clock.timing(), confidence=likely)


def refused(
    turn: Turn, kind: RefusalKind, message: str, citations: tuple[Citation, ...], hits: Sequence[Hit], clock: Clock
) -> Answer:
    """Refuse, with the nearest material."""
    return Answer(turn.query.text, (), citations, tuple(hits), Refusal(kind, message), clock.timing())
