"""A part of a document that may answer, as it was read."""

from __future__ import annotations

from dataclasses import dataclass

from kb.reading.reader import Reading, Verdict
from kb.types import Hit


@dataclass(frozen=True, slots=True)
class Candidate:
    """`score` is the log-odds that it answers; `spans` are the sentences of the document that belong to the answer, in
    order, and `likeliest` the one that does most; `short` is the minimal answer, where one stands out."""

    hit: Hit
    reading: Reading
    score: float
    spans: tuple[tuple[int, int], ...]
    likeliest: tuple[int, int]
    short: tuple[int, int] | None

    @property
    def doc_id(self) -> str:
        return self.hit.passage.doc_id

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]

    @property
    def verdict(self) -> tuple[Verdict | None, float]:
        return self.reading.verdict
