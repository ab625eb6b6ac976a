"""Documents that contradict each other: the same sentence with another figure.

What stands in the place of another word (乙类 for 甲类) makes it a sentence about something else; what is only added
does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from kb.question.words import asks_figure
from kb.quoting.candidate import Candidate
from kb.text.numerals import in_digits

# A figure with the character of what it counts, so that 3元 and 3天 are no conflict.
_FIGURE = re.compile(r"\d+(?:\.\d+)?[%万亿]?[^\W\d]?")
_HAN = re.compile(r"[一-鿿a-z]")  # Punctuation and digits are left out where two sentences are compared by their words.
_ALIKE = 0.75
"""The share of the words of each, figures apart, that the other has too."""
_WEAKER = 1.5
"""How much weaker the other may be, in log-odds."""


def contradicting(
    question: str, candidates: Sequence[Candidate], text_of: Callable[[Candidate], str]
) -> Candidate | None:
    """Give the sentence of another document that says what the best one says, with another figure."""
    if not candidates or not asks_figure(question):
        return None
    best = candidates[0]
    for other in candidates[1:]:
        if other.score < best.score - _WEAKER:
            break
        if other.doc_id != best.doc_id and _differ_in_figures(in_digits(text_of(best)), in_digits(text_of(other))):
            return other
    return None


def _differ_in_figures(one: str, other: str) -> bool:
    if set(_FIGURE.findall(one)) == set(_FIGURE.findall(other)):
        return False
    units = [{figure.lstrip("0123456789.") for figure in _FIGURE.findall(text)} for text in (one, other)]
    bare = [_FIGURE.sub("|", text) for text in (one, other)]
    words = [_pairs(text) for text in bare]
    shared = len(words[0] & words[1])
    alike = units[0] == units[1] != set() and shared >= _ALIKE * max(len(words[0]), len(words[1]), 1)
    return alike and not _replaces_a_word(*bare)


def _replaces_a_word(one: str, other: str) -> bool:
    changes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return any(
        kind == "replace" and _HAN.search(one[a:b]) is not None and _HAN.search(other[c:d]) is not None
        for kind, a, b, c, d in changes
    )


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[n : n + 2] for n in range(len(text) - 1) if text[n : n + 2].isalnum())
