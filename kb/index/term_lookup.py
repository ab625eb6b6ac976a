"""From texts to rows of a term table, a whole batch in a few array operations.

Gives for every text exactly the known terms of `kb.text.terms.terms`. The batch is folded as one text; symbols become
numbers, and a pair of symbols is found by its combined number in a hash table, with linear probing (Knuth, The Art of
Computer Programming, vol. 3, 6.4): a search in a sorted list takes as long as all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers
from kb.text.terms import normal_runs

Rows = NDArray[np.int64]

_SEPARATOR = "\ue000"  # a private character, which folding leaves alone and which ends a run
# Written so that the search for a first character is a search for one of a set, which is fast.
_NUMBER = re.compile(r"[0-9][0-9]*(?:\.[0-9]+)?%?")
_WORD = re.compile(r"[a-z][a-z]*")
_SPACE, _BREAK, _SYMBOL = 0, 1, 2
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: the upper bits of its products are well mixed
_SPARSE = 8  # places a pair in the hash table, so that nearly all are found, or not found, at the first place
_NONE = -1
_BMP = 0x10000  # code points below this are looked up in a table, the rare ones above it in a dictionary


@dataclass(frozen=True, slots=True)
class Bags:
    """Rows of the terms of a batch, with repetitions: text i has rows[bounds[i]:bounds[i + 1]]."""

    rows: Rows
    bounds: Rows

    def of(self, text: int) -> Rows:
        """Give the rows of one text."""
        return self.rows[self.bounds[text] : self.bounds[text + 1]]


class PairTable:
    """Finds numbers from 0 up by keys from 0 up, many at once. Safe to share between threads.

    >>> PairTable(np.array([7, 5]), np.array([0, 1])).find(np.array([5, 6, -1, 7])).tolist()
    [1, -1, -1, 0]
    """

    def __init__(self, keys: Rows, rows: Rows) -> None:
        bits = max(1, (_SPARSE * len(keys) - 1).bit_length())
        self._shift, self._last = np.uint64(64 - bits), (1 << bits) - 1
        self._keys = np.full(1 << bits, _NONE, np.int64)
        self._rows = np.full(1 << bits, _NONE, np.int64)
        left, places = np.arange(len(keys)), self._first_places(keys)
        while len(left):
            free = self._keys[places] == _NONE
            self._keys[places[free]] = keys[left[free]]  # where several want one place, the last one written has it
            settled = self._keys[places] == keys[left]
            self._rows[places[settled]] = rows[left[settled]]
            left, places = left[~settled], (places[~settled] + 1) & self._last

    def find(self, keys: Rows) -> Rows:
        """Give the row of each key, -1 for those that are not there."""
        places = self._first_places(keys)
        kept = self._keys.take(places)
        rows = np.where(kept == keys, self._rows.take(places), _NONE)
        left = np.flatnonzero((kept != keys) & (kept != _NONE))
        places = places[left]
        while len(left):
            places = (places + 1) & self._last
            kept, wanted = self._keys[places], keys[left]
            found = kept == wanted
            rows[left[found]] = self._rows[places[found]]
            further = ~found & (kept != _NONE)
            left, places = left[further], places[further]
        return rows

    def _first_places(self, keys: Rows) -> Rows:
        return ((keys.view(np.uint64) * _SPREAD) >> self._shift).view(np.int64)


class TermLookup:
    """Finds the rows of terms; `rows` maps each known term to its row. Safe to share between threads."""

    def __init__(self, rows: dict[str, int]) -> None:
        self._rows = rows
        self._symbols: dict[str, int] = {}
        singles: list[tuple[int, int]] = []
        keys, pair_rows = [], []
        for term, row in rows.items():
            parts = _symbols_of(term)
            numbers = [self._symbols.setdefault(part, len(self._symbols)) for part in parts]
            if len(numbers) == 1:
                singles.append((numbers[0], row))
            elif len(numbers) == 2:
                keys.append((numbers[0] << 32) + numbers[1])
                pair_rows.append(row)
        self._pairs = PairTable(np.array(keys, np.int64), np.array(pair_rows, np.int64))
        self._single_rows = np.full(len(self._symbols) + 1, -1, np.int64)
        for number, row in singles:
            self._single_rows[number] = row
        self._symbol_of_point = np.full(_BMP, -1, np.int64)
        for symbol, number in self._symbols.items():
            if len(symbol) == 1 and ord(symbol) < _BMP:
                self._symbol_of_point[ord(symbol)] = number

    def bags(self, texts: Sequence[str]) -> Bags:
        """Look up the terms of `texts`."""
        joined = _SEPARATOR.join(text.replace(_SEPARATOR, "。") for text in texts)
        normal = normalize_numbers(fold_text(joined))
        points = np.frombuffer(normal.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
        kinds, symbols = self._classify(points)

        # Numbers and Latin words are one symbol each: it stands at their first character, the others go.
        matches = [*_NUMBER.finditer(normal), *_WORD.finditer(normal)]
        ascii_symbols = sorted((match.start(), match.end(), match[0]) for match in matches)
        if ascii_symbols:
            starts, ends = np.array([m[0] for m in ascii_symbols]), np.array([m[1] for m in ascii_symbols])
            inner = np.zeros(len(points) + 1, np.int64)
            np.add.at(inner, starts + 1, 1)
            np.add.at(inner, ends, -1)
            kinds[np.cumsum(inner)[:-1] > 0] = _SPACE
            kinds[starts] = _SYMBOL
            symbols[starts] = [self._symbols.get(m[2], -1) for m in ascii_symbols]

        kept = np.flatnonzero(kinds != _SPACE)
        symbols, solid = symbols[kept], kinds[kept] == _SYMBOL
        singles = np.where(solid, self._single_rows[symbols], -1)
        left, right = symbols[:-1], symbols[1:]
        keys = np.where(solid[:-1] & solid[1:] & (left >= 0) & (right >= 0), (left << 32) + right, -1)
        pairs = self._pairs.find(keys)
        if len(ascii_symbols) > 1:
            self._look_up_ascii_pairs(ascii_symbols, kept, solid, pairs)
        rows = np.empty(2 * len(kept), np.int64)  # a symbol's own and, behind it, that of the pair that it begins
        rows[::2], rows[1:-1:2], rows[-1:] = singles, pairs, _NONE
        found = np.flatnonzero(rows >= 0)
        ends = np.flatnonzero(points[kept] == ord(_SEPARATOR))
        return Bags(rows[found], np.concatenate(([0], np.searchsorted(found, 2 * ends), [len(found)])))

    def _classify(self, points: Rows) -> tuple[Rows, Rows]:
        inside = np.minimum(points, _BMP - 1)
        kinds, symbols = _kinds()[inside], self._symbol_of_point[inside]
        for position in np.flatnonzero(points >= _BMP).tolist():
            char = chr(points[position])
            kinds[position], symbols[position] = _kind(char), self._symbols.get(char, -1)
        return kinds, symbols

    def _look_up_ascii_pairs(
        self, found: Sequence[tuple[int, int, str]], kept: Rows, solid: NDArray[np.bool_], pairs: Rows
    ) -> None:
        # "a" beside "b" makes the same term as the word "ab": such pairs are looked up by their spelling.
        places = np.searchsorted(kept, [start for start, _, _ in found]).tolist()
        for (place, (_, _, one)), (after, (_, _, other)) in pairwise(zip(places, found, strict=True)):
            if after == place + 1 and solid[place] and solid[after]:
                pairs[place] = self._rows.get(one + other, -1)


def _symbols_of(term: str) -> list[str]:
    if len(term) <= 2 and term.isalpha() and term[0] >= "\x80" and term[-1] >= "\x80":
        return list(term)  # one or two Han characters, as most terms are
    return [part for run in normal_runs(term) for part in run]


@cache
def _kinds() -> Rows:
    return np.array([_kind(chr(point)) for point in range(_BMP)], np.int64)


def _kind(char: str) -> int:
    if char.isalnum():
        return _SYMBOL
    return _SPACE if char.isspace() else _BREAK
