"""The reader as the last word on the order of passages, where `KB_RERANKER=reader` asks for it.

It is left off by default: an answer is read from whole parts of an outline anyway, and to read fifty passages for every
search takes a second.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from kb.index.reranker import Reranker, open_reranker
from kb.reading.reader import ClauseText, Reader

NAME = "reader"
_LEAST = -100.0  # the log-odds of a passage without a word, which nothing can be read in


class ReaderReranker:
    """Scores passages by the log-odds that they answer."""

    name = NAME

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """Read passages, each behind the title of its document in its first line."""
        clauses = []
        for passage in passages:
            title, _, text = passage.partition("\n")
            clauses.append(ClauseText(title, text))
        return [
            reading.score if math.isfinite(reading.score) else _LEAST
            for reading in self._reader.read(question, clauses)
        ]


def reranker_named(name: str, reader: Callable[[], Reader] = Reader.open) -> Reranker | None:
    """Open what a setting names: the reader, a CrossEncoder by name or folder, or nothing; raise RerankerError or
    ModelError."""
    if not name:
        return None
    return ReaderReranker(reader()) if name == NAME else open_reranker(name)
