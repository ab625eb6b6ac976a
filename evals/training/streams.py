"""Texts as streams of term numbers, from which any span becomes a bag of terms without new analysis.

A stream holds, for every symbol of a text, the number of its 1-gram and of the 2-gram that starts
there (-1 where the vocabulary has none, or where a pair would reach across punctuation). The terms
of the whole text are exactly those of `kb.text.terms.terms` that the vocabulary knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kb.text.terms import symbol_runs, terms

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Streams:
    """Text i owns the positions starts[i] to starts[i + 1] of `singles` and `pairs`.

    `breaks` is true at the first symbol of a run, which is where a sentence or a clause may be cut.
    """

    starts: NDArray[np.int64]
    singles: Ids
    pairs: Ids
    breaks: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def length(self, text: int) -> int:
        """Count the symbols of a text."""
        return int(self.starts[text + 1] - self.starts[text])

    def bag(self, text: int, first: int = 0, last: int | None = None) -> Ids:
        """Give the known terms of the symbols [first, last) of a text, with repetitions."""
        start = int(self.starts[text])
        end = int(self.starts[text + 1]) if last is None else start + last
        start += first
        found = np.concatenate((self.singles[start:end], self.pairs[start : max(start, end - 1)]))
        return found[found >= 0]

    def runs(self, text: int) -> NDArray[np.int64]:
        """Give where the runs of a text begin, counted from its first symbol, and where the last ends."""
        start, end = self.starts[text], self.starts[text + 1]
        return np.append(np.flatnonzero(self.breaks[start:end]), end - start)

    def span(self, text: int, first: int, last: int) -> Streams:
        """Give the symbols [first, last) of one text as streams of their own."""
        start, end = int(self.starts[text]) + first, int(self.starts[text]) + last
        pairs = self.pairs[start:end].copy()
        pairs[-1:] = -1
        return Streams(np.array([0, end - start]), self.singles[start:end], pairs, self.breaks[start:end])

    def select(self, texts: Sequence[int]) -> Streams:
        """Give some of the texts, in the order asked for."""
        return Streams.join([self.span(text, 0, self.length(text)) for text in texts])

    @classmethod
    def join(cls, parts: Sequence[Streams]) -> Streams:
        """Lay streams end to end."""
        lengths = np.concatenate([np.diff(part.starts) for part in parts])
        return cls(
            np.concatenate(([0], np.cumsum(lengths))),
            np.concatenate([part.singles for part in parts]),
            np.concatenate([part.pairs for part in parts]),
            np.concatenate([part.breaks for part in parts]),
        )


def make_streams(texts: Iterable[str], vocabulary: dict[str, int]) -> Streams:
    """Analyse `texts` once and for all."""
    starts, singles, pairs, breaks = [0], [], [], []
    for text in texts:
        for run in symbol_runs(text):
            singles += [vocabulary.get(symbol, -1) for symbol in run]
            pairs += [vocabulary.get(a + b, -1) for a, b in pairwise(run)]
            pairs.append(-1)
            breaks += [True] + [False] * (len(run) - 1)
        starts.append(len(singles))
    return Streams(np.array(starts), np.array(singles, np.int32), np.array(pairs, np.int32), np.array(breaks, np.bool_))


def count_terms(texts: Iterable[str]) -> Counter[str]:
    """Count in how many of `texts` each term occurs."""
    frequencies: Counter[str] = Counter()
    for text in texts:
        frequencies.update(set(terms(text)))
    return frequencies


def choose_vocabulary(counts: Sequence[tuple[Counter[str], int]], size: int) -> list[str]:
    """Choose up to `size` terms that are frequent enough somewhere.

    `counts` pairs the document frequencies of a collection with the least frequency that counts there;
    terms are ranked by the greatest ratio of the two, ties by the alphabet.
    """
    ratios: Counter[str] = Counter()
    for frequencies, least in counts:
        for term, frequency in frequencies.items():
            if frequency >= least:
                ratios[term] = max(ratios[term], round(1000 * frequency / least))
    ranked = sorted(ratios, key=lambda term: (-ratios[term], term))
    return sorted(ranked[:size])
