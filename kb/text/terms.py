"""Terms: what both search arms see of a text.

A text is folded, its numbers are written in digits, and it becomes symbols: a Han character, a
number, a Latin word. Terms are the symbols and the pairs of neighbours (character 1-grams and
2-grams), which beat dictionary words in BM25 on every Chinese set that was measured. Pairs never
reach across punctuation.
"""

from __future__ import annotations

import re
from itertools import pairwise
from operator import add

from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers

ANALYZER = "fold+numbers+1gram+2gram/1"
"""Name and version of the analysis; a snapshot records it and is opened with no other."""

# Whole stretches of Han characters come out in one piece, since a call a character is what costs.
_SYMBOLS = re.compile(r"[^\W\d_a-z]+|\d+(?:\.\d+)?%?|[a-z]+|[^\w\s]|_")


def terms(text: str) -> list[str]:
    """Give the 1-gram and 2-gram terms of `text`, in order, with repetitions.

    >>> terms("滿六十周歲，可享")
    ['满', '60', '周', '岁', '可', '享', '满60', '60周', '周岁', '可享']
    """
    unigrams: list[str] = []
    bigrams: list[str] = []
    for run in symbol_runs(text):
        unigrams += run
        bigrams += map(add, run, run[1:])
    return unigrams + bigrams


def bigrams(text: str) -> list[str]:
    """Give the 2-gram terms of `text` alone, in order.

    >>> bigrams("小毛头")
    ['小毛', '毛头']
    """
    return [one + other for run in symbol_runs(text) for one, other in pairwise(run)]


def symbol_runs(text: str) -> list[list[str]]:
    """Give the symbols of `text`, cut at punctuation."""
    return normal_runs(normalize_numbers(fold_text(text)))


def normal_runs(normal: str) -> list[list[str]]:
    """Give the symbols of a text that is folded and has its numbers in digits already."""
    runs: list[list[str]] = []
    run: list[str] = []
    for piece in _SYMBOLS.findall(normal):
        first = piece[0]
        if first.isalnum():
            if first < "\x80" or first.isdecimal():
                run.append(piece)
            else:
                run += piece
        elif run:
            runs.append(run)
            run = []
    if run:
        runs.append(run)
    return runs
