"""Pairs of a query and the passage that answers it, drawn endlessly and reproducibly.

Labelled questions are few, so most pairs are made from the passages themselves: a clause stands for
a question about the rest of its article (inverse cloze, Lee et al. 2019), a handful of fragments for
a question in keywords, the title of a law beside a fragment for a question that names it. Terms are
dropped at random, so that no single term decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from evals.training.streams import Ids, Streams


@dataclass(frozen=True, slots=True)
class BagPair:
    """A query, the passage it should find and passages it should not, as bags of term numbers."""

    query: Ids
    passage: Ids
    negatives: tuple[Ids, ...] = ()


class PairSource(Protocol):
    """A source of pairs; the same generator gives the same pairs."""

    def draw(self, generator: Generator, count: int) -> list[BagPair]:
        """Draw up to `count` pairs; fewer where the source has fewer."""


def dropped(bag: Ids, share: float, generator: Generator) -> Ids:
    """Drop about `share` of the terms, but never all of them."""
    kept = bag[generator.random(len(bag)) >= share]
    return kept if len(kept) else bag


def best_window(passages: Streams, row: int, question: Ids, window: int) -> tuple[int, int]:
    """Find the `window` symbols of a passage that share most terms with the question."""
    length = passages.length(row)
    if length <= window:
        return 0, length
    start = int(passages.starts[row])
    shared = np.isin(passages.pairs[start : start + length], question) * 2.0
    shared += np.isin(passages.singles[start : start + length], question)
    sums = np.concatenate(([0.0], np.cumsum(shared)))
    first = int(np.argmax(sums[window:] - sums[:-window]))
    return first, first + window


class Cloze:
    """Self-supervision over passages. Neighbours in the order given are likely of one law.

    `titles` (one stream a passage) are joined to the passage half of the time.
    """

    def __init__(
        self, passages: Streams, titles: Streams, *, cluster: int = 4, shortest: int = 16, window: int = 100
    ) -> None:
        self._passages = passages
        self._titles = titles
        self._cluster, self._window = cluster, window
        self._usable = np.array([i for i in range(len(passages)) if passages.length(i) >= shortest])

    def draw(self, generator: Generator, count: int) -> list[BagPair]:
        """Draw passages in clusters of neighbours, and cut a query out of each."""
        # Neighbouring articles in one batch are each other's hard negatives.
        heads = generator.integers(0, len(self._usable), -(-count // self._cluster))
        spread = generator.integers(0, 40, (len(heads), self._cluster))
        rows = self._usable[np.unique((heads[:, None] + spread) % len(self._usable))]
        return [self._pair(int(row), generator) for row in rows[:count]]

    def _pair(self, row: int, generator: Generator) -> BagPair:
        runs = self._passages.runs(row)
        if runs[-1] > self._window:  # a stretch of a long passage
            start = int(generator.integers(0, len(runs) - 1))
            runs = runs[start:][runs[start:] <= runs[start] + self._window]
            if len(runs) < 2:
                runs = np.array([runs[0], runs[0] + self._window])
        origin, length = int(runs[0]), int(runs[-1])
        kind = generator.random()
        if kind < 0.5:  # one clause, or two or three in a row
            first = int(generator.integers(0, len(runs) - 1))
            last = min(first + int(generator.integers(1, 4)), len(runs) - 1)
            start, end = int(runs[first]), int(runs[last])
            if end - start > 40:
                start = int(generator.integers(start, end - 39))
                end = start + int(generator.integers(8, 40))
            query = self._passages.bag(row, start, end)
            rest = np.concatenate((self._passages.bag(row, origin, start), self._passages.bag(row, end, length)))
            # The clause stays in the passage now and then, so that shared words go on counting.
            passage = self._passages.bag(row, origin, length) if len(rest) < 16 or generator.random() < 0.4 else rest
        else:  # fragments from anywhere
            pieces = []
            for _ in range(int(generator.integers(2, 5))):
                size = int(generator.integers(2, 9))
                start = int(generator.integers(origin, max(origin + 1, length - size)))
                pieces.append(self._passages.bag(row, start, min(start + size, length)))
            query = np.concatenate(pieces)
            passage = self._passages.bag(row, origin, length)
        title = self._titles.bag(row)
        if generator.random() < 0.25:
            query = np.concatenate((title, query))
        if generator.random() < 0.5:
            passage = np.concatenate((title, passage))
        return BagPair(dropped(query, 0.2, generator), dropped(passage, 0.2, generator))


class Labelled:
    """Questions with their passages and the passages that BM25 mistook for them."""

    def __init__(
        self,
        questions: Streams,
        passages: Streams,
        titles: Streams,
        relevant: Sequence[Sequence[int]],
        negatives: Sequence[NDArray[np.int64]],
        *,
        hard: int = 1,
        window: int = 100,
        drop: float = 0.2,
    ) -> None:
        self._questions, self._passages, self._titles = questions, passages, titles
        self._relevant, self._negatives = relevant, negatives
        self._hard, self._window, self._drop = hard, window, drop

    def draw(self, generator: Generator, count: int) -> list[BagPair]:
        """Draw questions without repetition, each with one of its passages and `hard` negatives."""
        rows = generator.choice(len(self._questions), min(count, len(self._questions)), replace=False)
        return [self._pair(int(row), generator) for row in rows]

    def _pair(self, row: int, generator: Generator) -> BagPair:
        question = self._questions.bag(row)
        relevant = self._relevant[row]
        passage = self._bag(int(relevant[int(generator.integers(0, len(relevant)))]), question, generator)
        chosen = generator.choice(self._negatives[row], self._hard, replace=False) if self._hard else ()
        negatives = tuple(self._bag(int(negative), question, generator) for negative in chosen)
        return BagPair(dropped(question, self._drop, generator), passage, negatives)

    def _bag(self, row: int, question: Ids, generator: Generator) -> Ids:
        first, last = best_window(self._passages, row, question, self._window)
        bag = self._passages.bag(row, first, last)
        if generator.random() < 0.7:
            bag = np.concatenate((self._titles.bag(row), bag))
        return dropped(bag, self._drop, generator)


class Rewritten:
    """Queries that were made from passages in advance; passage rows[i] answers query i."""

    def __init__(
        self, queries: Streams, rows: Sequence[int], passages: Streams, titles: Streams, *, window: int = 100
    ) -> None:
        self._queries, self._rows = queries, rows
        self._passages, self._titles, self._window = passages, titles, window

    def draw(self, generator: Generator, count: int) -> list[BagPair]:
        """Draw rewritten sentences, with repetition: there are far more than are drawn."""
        return [self._pair(int(number), generator) for number in generator.integers(0, len(self._queries), count)]

    def _pair(self, number: int, generator: Generator) -> BagPair:
        query, row = self._queries.bag(number), self._rows[number]
        passage = self._passages.bag(row, *best_window(self._passages, row, query, self._window))
        if generator.random() < 0.5:
            passage = np.concatenate((self._titles.bag(row), passage))
        return BagPair(dropped(query, 0.2, generator), dropped(passage, 0.2, generator))


class Mixture:
    """Draws a fixed number of pairs from each of several sources."""

    def __init__(self, sources: Sequence[tuple[PairSource, int]]) -> None:
        self._sources = sources

    def draw(self, generator: Generator) -> list[BagPair]:
        """Draw one batch: from every source the number that it was given."""
        return [pair for source, count in self._sources for pair in source.draw(generator, count)]
