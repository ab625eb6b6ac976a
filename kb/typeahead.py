"""What somebody may be about to write, offered from texts that are known before.

Two characters of Chinese say what a word of other scripts says, so texts are found by the pairs of characters that they
share with what was typed; one that holds it whole comes first. The order is settled by what was typed and the texts
alone, so that equal texts are offered equally to everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kb.text.fold import fold_text

OfferKind = Literal["question", "benefit", "document", "heading"]

LONGEST = 60
"""Characters beyond which a question is no longer begun but written."""

_SHARED = 0.75  # of the pairs that were typed a text has to hold
_LOOKED_AT = 200  # texts that share most; the rest would not be offered


@dataclass(frozen=True, slots=True)
class Offer:
    """A text to write in place of what was typed, and the document that it is of."""

    text: str
    kind: OfferKind
    doc_id: str | None = None


class Typeahead:
    """Offers texts; safe to use from several threads, since nothing in it changes.

    >>> known = Typeahead([Offer("《老年人优待办法》", "document", "a"), Offer("《养犬管理条例》", "document", "b")])
    >>> [offer.text for offer in known.offer("老人", 5)], [offer.text for offer in known.offer("老年人", 5)]
    ([], ['《老年人优待办法》'])
    """

    def __init__(self, offers: Sequence[Offer]) -> None:
        self._offers = tuple(offers)
        self._texts = [_letters(offer.text) for offer in self._offers]
        self._lengths = np.array([len(text) for text in self._texts], dtype=np.int32)
        holding: dict[str, list[int]] = {}
        for number, text in enumerate(self._texts):
            for pair in _pairs(text):
                holding.setdefault(pair, []).append(number)
        self._holding = {pair: np.array(numbers, dtype=np.int32) for pair, numbers in holding.items()}

    def offer(self, typed: str, most: int) -> list[Offer]:
        """Give up to `most` texts, the likeliest first; none for less than two characters, or for what is long
        already."""
        written = _letters(typed)
        pairs = _pairs(written)
        if not pairs or len(typed) > LONGEST:
            return []
        found: list[Offer] = []
        said = {written}
        for number in sorted(self._near(pairs), key=lambda number: self._order(number, written, pairs)):
            if self._texts[number] not in said:
                said.add(self._texts[number])
                found.append(self._offers[number])
        return found[:most]

    def _near(self, pairs: frozenset[str]) -> list[int]:
        """Give the texts that share enough pairs, of many those that share most and are shortest."""
        holding = [self._holding[pair] for pair in pairs if pair in self._holding]
        if not holding:
            return []
        counts: NDArray[np.int64] = np.bincount(np.concatenate(holding), minlength=len(self._offers))
        near = np.flatnonzero(counts >= _SHARED * len(pairs))
        best = np.lexsort((self._lengths[near], -counts[near]))[:_LOOKED_AT]
        return [int(number) for number in near[best]]

    def _order(self, number: int, written: str, pairs: frozenset[str]) -> tuple[object, ...]:
        text = self._texts[number]
        missing = sum(pair not in text for pair in pairs)
        return written not in text, not text.startswith(written), missing, len(text), text, number


def _letters(text: str) -> str:
    """Give a text folded, its letters and figures alone."""
    return "".join(character for character in fold_text(text) if character.isalnum())


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
