"""A part of a document that may answer, as it was read."""

from __future__ import annotations

from dataclasses import dataclass

from kb.reading.reader import Reading
from kb.types import Hit, Verdict

_SURE = 0.98
"""How sure the reader must be of yes or no for it to be told: where it was given the text that answers, .973 of 75 such
verdicts on leaflets unseen are right, of 61 from .95 on .869 (`evals/data/leaflets`, 2026-11-29, which this was chosen
on: its verdicts say nothing independent of it any more)."""
_ANSWERS = 0.6
"""The probability that the clause answers at all from which its verdict is told."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`question` is what it may answer, `score` the log-odds that it does; `spans` are the sentences of the document
    that belong to the answer, in order, with those that make them whole, and `likeliest` the one that does most;
    `short` is the minimal answer, where one stands out. `is_named_row` says that it is a row of a table which the
    question names by its cells. `item` is the one item that answers of a list that was made whole around it."""

    question: str
    hit: Hit
    reading: Reading
    score: float
    spans: tuple[tuple[int, int], ...]
    likeliest: tuple[int, int]
    short: tuple[int, int] | None
    is_named_row: bool = False
    item: tuple[int, int] | None = None

    @property
    def doc_id(self) -> str:
        """Name its document."""
        return self.hit.passage.doc_id

    @property
    def clause_id(self) -> str:
        """Name its clause."""
        return self.hit.passage.clause_id

    @property
    def start(self) -> int:
        """Give where its first span begins in the document."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Give where its last span ends in the document."""
        return self.spans[-1][1]

    @property
    def standing_out(self) -> tuple[int, int] | None:
        """Give the part that is the answer itself, None where all that is quoted is."""
        return self.short or self.item

    def verdict(self, likely: float) -> Verdict | None:
        """What it says to a question for yes or no, where both that and that it answers, which has the probability
        `likely`, are sure enough."""
        said, told = self.reading.verdict
        return said if told >= _SURE and likely >= _ANSWERS else None
