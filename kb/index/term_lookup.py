"""From texts to rows of a term table, a whole batch in a few array operations.

Gives for every text exactly the known terms of `kb.text.terms.terms`. The batch is folded as one
text; symbols become numbers, and a pair of symbols is found by its combined number in a sorted list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
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
_BMP = 0x10000  # code points below this are looked up in a table, the rare ones above it in a dictionary


@dataclass(frozen=True, slots=True)
class Bags:
    """Rows of the terms of a batch: text i has rows[bounds[i]:bounds[i + 1]], 1-grams and 2-grams apart."""

    singles: Rows
    single_bounds: Rows
    pairs: Rows
    pair_bounds: Rows

    def rows(self, text: int) -> Rows:
        """Give the rows of one text, with repetitions."""
        singles = self.singles[self.single_bounds[text] : self.single_bounds[text + 1]]
        return np.concatenate((singles, self.pairs[self.pair_bounds[text] : self.pair_bounds[text + 1]]))


class TermLookup:
    """Finds the rows of terms; `rows` maps each known term to its row."""

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
        order = np.argsort(keys)
        # One entry behind the last, so that a search never falls off the end.
        self._pair_keys = np.append(np.array(keys, np.int64)[order], np.iinfo(np.int64).max)
        self._pair_rows = np.append(np.array(pair_rows, np.int64)[order], -1)
        self._single_rows = np.full(len(self._symbols) + 1, -1, np.int64)
        for number, row in singles:
            self._single_rows[number] = row
        self._symbol_of_point = np.full(_BMP, -1, np.int64)
        for symbol, number in self._symbols.items():
            if len(symbol) == 1 and ord(symbol) < _BMP:
                self._symbol_of_point[ord(symbol)] = number
        points = [chr(point) for point in range(_BMP)]
        self._kinds = np.where(
            [*map(str.isalnum, points)], _SYMBOL, np.where([*map(str.isspace, points)], _SPACE, _BREAK)
        )

    def bags(self, texts: Sequence[str]) -> Bags:
        """Look up the terms of `texts`."""
        joined = _SEPARATOR.join(text.replace(_SEPARATOR, "。") for text in texts)
        normal = normalize_numbers(fold_text(joined))
        points = np.frombuffer(normal.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
        kinds, symbols = self._classify(points)
        owners = np.cumsum(points == ord(_SEPARATOR))

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
        symbols, owners, solid = symbols[kept], owners[kept], kinds[kept] == _SYMBOL
        singles = np.where(solid, self._single_rows[symbols], -1)
        left, right = symbols[:-1], symbols[1:]
        keys = np.where(solid[:-1] & solid[1:] & (left >= 0) & (right >= 0), (left << 32) + right, -1)
        places = np.searchsorted(self._pair_keys, keys)
        pairs = np.where(self._pair_keys[places] == keys, self._pair_rows[places], -1)
        if len(ascii_symbols) > 1:
            self._look_up_ascii_pairs(ascii_symbols, kept, solid, pairs)
        found, pair_found = singles >= 0, pairs >= 0
        numbers = np.arange(len(texts) + 1)
        return Bags(
            singles[found],
            np.searchsorted(owners[found], numbers),
            pairs[pair_found],
            np.searchsorted(owners[:-1][pair_found], numbers),
        )

    def _classify(self, points: Rows) -> tuple[Rows, Rows]:
        inside = np.minimum(points, _BMP - 1)
        kinds, symbols = self._kinds[inside], self._symbol_of_point[inside]
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


def _kind(char: str) -> int:
    if char.isalnum():
        return _SYMBOL
    return _SPACE if char.isspace() else _BREAK
