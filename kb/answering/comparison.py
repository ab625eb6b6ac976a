"""Comparisons: each side is answered by itself, from its own best sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.answering.follow_up import Turn
from kb.answering.investigate import Investigator, joined
from kb.answering.reader import Candidate
from kb.answering.sides import compares, sides_of
from kb.answering.succession import day_of
from kb.types import Hit
from kb.visibility import in_force

_WEAKER = 0.6
"""How weak, as a share of what answers alone, a side of a comparison may be."""


class Comparison:
    """Answers the sides of a question that compares."""

    def __init__(self, investigator: Investigator) -> None:
        self._investigator = investigator

    def sides(
        self, turn: Turn, named: Sequence[int], rest: str, hits: list[Hit], thread: list[str]
    ) -> list[tuple[Candidate, float]]:
        """Give the best sentence and its probability for each side; nothing where one has none, or both the same. The
        documents that are named (`rest` is what the question says beside their names) are the sides themselves."""
        scopes: list[tuple[str, frozenset[int] | None]] = [(text, None) for text in sides_of(turn.query.text)]
        if len(named) > 1 and compares(turn.query.text):
            scopes = [(rest or turn.query.text, frozenset((ordinal,))) for ordinal in named]
        found: list[tuple[Candidate, float]] = []
        for text, only in scopes:
            side = replace(turn.query, text=text)
            side_hits = joined(self._investigator.search(side, only=only), [] if only else hits)
            question, candidates = self._investigator.read(Turn(side, text, None, False), side_hits, thread)
            current = [c for c in candidates if in_force(self._investigator.document(c.doc_id), day_of(side))]
            likely = self._investigator.probability(question, current, side) if current else 0.0
            if likely < self._investigator.enough * (1 if only else _WEAKER):
                return []
            found.append((current[0], likely))
        said = {self._investigator.document(one.doc_id).text[one.start : one.end] for one, _ in found}
        return found if len(said) == len(found) else []
