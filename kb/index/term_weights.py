"""How much a term says: its inverse document frequency in the index that is asked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from kb.index.lexical import K1, WEIGHTS, rarity
from kb.index.store import TermCounts
from kb.text.terms import terms


class TermWeights:
    """Weights of terms as BM25 has them."""

    def __init__(self, counts: TermCounts) -> None:
        self._counts = counts
        self._count = max(len(counts), 1)
        self.weight = lru_cache(maxsize=100_000)(self._weight)

    def _weight(self, term: str) -> float:
        return rarity(self._counts.frequency(term), self._count)

    def perfect_score(self, text: str) -> float:
        """Give the BM25 score that no passage can exceed: every term of `text` in endless repetition."""
        return (K1 + 1) * WEIGHTS["body"] * sum(self.weight(term) for term in terms(text))

    def coverage(self, wanted: Iterable[str], found: frozenset[str]) -> float:
        """Give the share of the weight of `wanted` that is in `found`, from 0 to 1."""
        weights = [(self.weight(term), term in found) for term in wanted]
        total = sum(weight for weight, _ in weights)
        return sum(weight for weight, there in weights if there) / total if total else 0.0

    def heard(self, term: str) -> bool:
        """Say whether any passage of the index holds a term."""
        return self._counts.frequency(term) > 0
