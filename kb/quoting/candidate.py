"""A part of a document that may answer, as it was read."""

from __future__ import annotations

from dataclasses import dataclass

from kb.reading.reader import Reading
from kb.types import Hit, Verdict

_TOLD = 0.6
"""The probability, that the clause answers and that this is what it says, from which a verdict is told: on dev 15 of the 16 told are right, judged by
reading them; of those with less one in three is not, most of them of a clause that does not answer."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`score` is the log-odds that it answers; `spans` are the sentences of the document that belong to the answer, in
    order, with those that make them whole, and `likeliest` the one that does most; `short` is the minimal answer, where one stands out. `is_named_row` says
    that it is a row of a table which the question names by its cells."""

    hit: Hit
    reading: Reading
    score: float
    spans: tuple[tuple[int, int], ...]
    likeliest: tuple[int, int]
    short: tuple[int, int] | None
    is_named_row: bool = False

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

    def verdict(self, likely: float) -> Verdict | None:
        """What it says to a question for yes or no, where both that and that it answers, which has the probability `likely`, are sure enough."""
        said, told = self.reading.verdict
        return said if likely * told >= _TOLD else None
