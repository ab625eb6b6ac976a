"""Two editions of a law side by side: which article of one is which of the other, and what of it changed.

Articles are renumbered from edition to edition, so they are paired by their words: first those that read alike, then
the most alike first, as long as half of what the lighter one says stands in the other, last those that stand alone
between the same two. What has no partner was deleted or added.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from kb.text.markers import article_of_label, read_marker
from kb.text.terms import bigrams
from kb.text.word_changes import reads_alike
from kb.types import Clause, Document

# The article that a clause lies in, by its id: `#a12.2`, in an annex `#annex1.a3`.
_ARTICLE = re.compile(r"#((?:annex[^.]*\.)?a\d+(?:-\d+)?)(?:\.|$)")
_ALIKE = 0.5  # share of its words that an article has in common with what it was before


@dataclass(frozen=True, slots=True)
class ComparedArticle:
    """An article with all its clauses, or another clause of the outline; `words` are without its number."""

    key: str
    label: str
    text: str
    words: str
    clauses: tuple[Clause, ...]

    @property
    def is_article(self) -> bool:
        """Say whether it bears a number of its own (第十二条)."""
        return _ARTICLE.search(self.clauses[0].clause_id) is not None


@dataclass(frozen=True, slots=True)
class ArticlePair:
    """An article before and after; one of them is None where it was added or deleted."""

    before: ComparedArticle | None
    after: ComparedArticle | None

    @property
    def is_same(self) -> bool:
        """Say whether the article stands in both and reads alike."""
        return self.before is not None and self.after is not None and reads_alike(self.before.words, self.after.words)


def articles_of(document: Document, clauses: Sequence[Clause]) -> list[ComparedArticle]:
    """Put the clauses of a document together to its articles; a clause outside of articles stands by itself."""
    found = []
    for key, together in groupby(clauses, key=_key):
        own = tuple(together)
        text = document.text[own[0].start : own[-1].end].strip()
        marker = read_marker(text, 0, len(text))
        label = article_of_label(own[0].label) if _ARTICLE.search(own[0].clause_id) else None
        words = text[marker.end :].strip() if marker else text
        found.append(ComparedArticle(key, label or own[0].label, text, words, own))
    return found


def compare(before: Sequence[ComparedArticle], after: Sequence[ComparedArticle]) -> list[ArticlePair]:
    """Pair the articles of two editions, in the order of the later one; what was deleted stands where it stood."""
    partner = _partners(before, after)
    pairs: list[ArticlePair] = []
    taken = set(partner.values())
    at = 0
    for n, article in enumerate(after):
        old = partner.get(n)
        if old is not None:
            pairs += [ArticlePair(gone, None) for i, gone in enumerate(before[at:old], at) if i not in taken]
            at = max(at, old + 1)
        pairs.append(ArticlePair(before[old] if old is not None else None, article))
    return pairs + [ArticlePair(gone, None) for i, gone in enumerate(before[at:], at) if i not in taken]


def counterpart(article: ComparedArticle, others: Sequence[ComparedArticle]) -> ComparedArticle | None:
    """Give the article of another edition that one was or became: the most alike, of equals the one of the same
    number."""
    likeness = _Likeness([article], others)
    alike = [other for other in others if other.is_article == article.is_article]
    scored = [(likeness.of(article, other), other.key == article.key, other) for other in alike]
    best = max(scored, key=lambda one: one[:2], default=None)
    return best[2] if best and best[0] >= _ALIKE else None


class _Likeness:
    """How alike articles of two editions are: the weight of the pairs of characters that both have, as a share of the
    lighter one's; what many articles of an edition say (公民、法人或者其他组织) weighs little."""

    def __init__(self, *editions: Iterable[ComparedArticle]) -> None:
        self._pairs: dict[int, frozenset[str]] = {}
        spread: Counter[str] = Counter()
        for articles in editions:
            pairs = {id(article): frozenset(bigrams(article.words)) for article in articles}
            spread |= Counter(pair for own in pairs.values() for pair in own)
            self._pairs |= pairs
        self._weights = {pair: 1 / count for pair, count in spread.items()}
        self._whole = {key: self._weight(pairs) for key, pairs in self._pairs.items()}

    def of(self, one: ComparedArticle, other: ComparedArticle) -> float:
        lighter = min(self._whole[id(one)], self._whole[id(other)])
        common = self._pairs[id(one)] & self._pairs[id(other)]
        return self._weight(common) / lighter if lighter else float(one.words == other.words)

    def _weight(self, pairs: Iterable[str]) -> float:
        return sum(map(self._weights.__getitem__, pairs))


def _partners(before: Sequence[ComparedArticle], after: Sequence[ComparedArticle]) -> dict[int, int]:
    """Give for each later article that has one the ordinal of its earlier one."""
    partner: dict[int, int] = {}
    same: dict[str, list[int]] = {}
    for i, old in enumerate(before):
        same.setdefault("".join(bigrams(old.words)), []).append(i)
    for n, new in enumerate(after):
        if old_ones := same.get("".join(bigrams(new.words))):
            partner[n] = old_ones.pop(0)
    taken = set(partner.values())
    likeness = _Likeness(before, after)
    scored = [
        (likeness.of(new, old), old.key == new.key, -abs(n - i), n, i)
        for n, new in enumerate(after)
        if n not in partner
        for i, old in enumerate(before)
        if i not in taken and old.is_article == new.is_article
    ]
    for alike, _, _, n, i in sorted(scored, reverse=True):
        if alike < _ALIKE:
            break
        if n not in partner and i not in taken:
            partner[n] = i
            taken.add(i)
    for n in range(len(after)):
        i = partner.get(n - 1, -1) + 1
        stands_between = n not in partner and i not in taken and partner.get(n + 1) == i + 1
        if stands_between and i < len(before) and before[i].is_article == after[n].is_article:
            partner[n] = i
            taken.add(i)
    return partner


def _key(clause: Clause) -> str:
    article = _ARTICLE.search(clause.clause_id)
    return article[1] if article else clause.clause_id.partition("#")[2]
