"""Two editions of a law side by side: which article of one is which of the other, and what of it changed.

Articles are renumbered from edition to edition, so they are paired by their words: first those that read alike, then the most
alike first, as long as most of the shorter one's pairs of characters stand in the other. What has no partner was deleted or added.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from kb.text.markers import read_marker
from kb.text.terms import bigrams
from kb.text.word_changes import reads_alike
from kb.types import Clause, Document

_ARTICLE = re.compile(r"#((?:annex[^.]*\.)?a\d+(?:-\d+)?)(?:\.|$)")
_ALIKE = 0.5  # share of the pairs of characters that two wordings of one article have in common


@dataclass(frozen=True, slots=True)
class Article:
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
class Pair:
    """An article before and after; one of them is None where it was added or deleted."""

    before: Article | None
    after: Article | None

    @property
    def is_same(self) -> bool:
        return self.before is not None and self.after is not None and reads_alike(self.before.words, self.after.words)


def articles_of(document: Document, clauses: Sequence[Clause]) -> list[Article]:
    """Put the clauses of a document together to its articles; a clause outside of articles stands by itself."""
    found = []
    for key, together in groupby(clauses, key=_key):
        own = tuple(together)
        text = document.text[own[0].start : own[-1].end].strip()
        marker = read_marker(text, 0, len(text))
        label = (
            re.match(r"[^第]*第[^条]+条(?:之[一-十]+)?", own[0].label) if _ARTICLE.search(own[0].clause_id) else None
        )
        words = text[marker.end :].strip() if marker else text
        found.append(Article(key, label[0] if label else own[0].label, text, words, own))
    return found


def compare(before: Sequence[Article], after: Sequence[Article]) -> list[Pair]:
    """Pair the articles of two editions, in the order of the later one; what was deleted stands where it stood."""
    partner = _partners(before, after)
    pairs: list[Pair] = []
    taken = set(partner.values())
    at = 0
    for n, article in enumerate(after):
        old = partner.get(n)
        if old is not None:
            pairs += [Pair(gone, None) for i, gone in enumerate(before[at:old], at) if i not in taken]
            at = max(at, old + 1)
        pairs.append(Pair(before[old] if old is not None else None, article))
    return pairs + [Pair(gone, None) for i, gone in enumerate(before[at:], at) if i not in taken]


def counterpart(article: Article, others: Sequence[Article]) -> Article | None:
    """Give the article of another edition that one was or became: the one of the same number where they are alike, else the
    most alike."""
    bag = Counter(bigrams(article.words))
    scored = [(_alike(bag, Counter(bigrams(other.words))), other.key == article.key, other) for other in others]
    best = max(scored, key=lambda one: (one[0] >= _ALIKE and one[1], one[0]), default=None)
    return best[2] if best and best[0] >= _ALIKE else None


def _partners(before: Sequence[Article], after: Sequence[Article]) -> dict[int, int]:
    """Give for each later article that has one the ordinal of its earlier one."""
    partner: dict[int, int] = {}
    same: dict[str, list[int]] = {}
    for i, old in enumerate(before):
        same.setdefault("".join(bigrams(old.words)), []).append(i)
    for n, new in enumerate(after):
        if old_ones := same.get("".join(bigrams(new.words))):
            partner[n] = old_ones.pop(0)
    taken = set(partner.values())
    bags = {i: Counter(bigrams(old.words)) for i, old in enumerate(before) if i not in taken}
    scored = []
    for n, new in enumerate(after):
        if n in partner:
            continue
        bag = Counter(bigrams(new.words))
        scored += [(_alike(bag, bags[i]), before[i].key == new.key, -abs(n - i), n, i) for i in bags]
    for likeness, _, _, n, i in sorted(scored, reverse=True):
        if likeness < _ALIKE:
            break
        if n not in partner and i not in taken:
            partner[n] = i
            taken.add(i)
    return partner


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """Give the share of the shorter wording's pairs of characters that the other has too."""
    shorter = min(one.total(), other.total())
    return (one & other).total() / shorter if shorter else float(one == other)


def _key(clause: Clause) -> str:
    article = _ARTICLE.search(clause.clause_id)
    return article[1] if article else clause.clause_id.partition("#")[2]
