"""Retrieval: both arms over what the caller may see and what was in force, fused by score.

Each arm's scores are measured from its weakest candidate in units of their standard deviation, and added
with a weight per arm. How much the dense arm counts is decided by the question: the less of its weight the
best lexical match covers, the more. A question in the words of the documents is thus answered by its words,
a question in other words by its meaning. (Fusion by reciprocal rank, Cormack et al., SIGIR 2009, knows
nothing of this and lost three to thirty points of Success@1 to the lexical arm alone on four of five sets.)
Filters are applied before ranking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kb.answering.metadata import asks_about_document
from kb.index.encoder import Encoder
from kb.index.lexical import LexicalIndex
from kb.index.reranker import Reranker
from kb.index.snapshot import Snapshot
from kb.index.term_weights import TermWeights
from kb.text.lexicon import Translation
from kb.text.terms import bigrams, terms
from kb.types import Audience, Document, Hit, Passage, Query
from kb.visibility import in_force, may_see


@dataclass(frozen=True, slots=True)
class Fusion:
    """How the arms are mixed; `depth` candidates of each are.

    The dense arm has the weight `least` where the best lexical match has at least the share `covered` of the
    score that a perfect one could have, `most` where it has at most `uncovered`, and between them in
    proportion; the lexical arm has the rest. Chosen on the dev splits of stard, ncp, cmrc, drcd and cail.

    `document` is what the whole document's lexical score adds to each of its passages, `document_pooled` what it adds
    where documents are ranked. A reranker, where one is configured, orders the first `reranked` anew.

    The words that the lexicon knows for everyday words of a question are searched for with the weight
    `translated`, or `translated_known` where the documents use the everyday word too; their vector is added to
    that of the question with the weight `translated_meaning`. Chosen on the dev half of the policy questions.
    """

    least: float = 0.1
    most: float = 0.65
    covered: float = 0.3
    uncovered: float = 0.1
    depth: int = 200
    document: float = 0.3
    document_pooled: float = 1.0
    reranked: int = 50
    translated: float = 1.0
    translated_known: float = 0.3
    translated_meaning: float = 0.5

    def dense_weight(self, coverage: float) -> float:
        """Give the weight of the dense arm, from 0 to 1."""
        share = (self.covered - coverage) / (self.covered - self.uncovered)
        return self.least + (self.most - self.least) * min(max(share, 0.0), 1.0)

    def words_count(self, dense: float) -> float:
        """Say from 0 to 1 how far the words of a question are to be trusted beside a dense arm of weight `dense`."""
        return min(max((self.most - dense) / max(self.most - self.least, 1e-9), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a ranking ranges over: the documents that `audience` may see and that were in force on `day`,
    or, with `ended`, those that were not; `only` narrows it to documents by ordinal, in force or not. What is
    about a document (its header, the notice on a digest) takes part only with `about`."""

    audience: Audience
    day: date
    ended: bool = False
    only: frozenset[int] | None = None
    about: bool = False

    @classmethod
    def of(cls, query: Query, *, ended: bool = False, only: frozenset[int] | None = None) -> Scope:
        return cls(query.audience, query.as_of or date.today(), ended, only, asks_about_document(query.text))

    def holds(self, ordinal: int, document: Document) -> bool:
        if not may_see(self.audience, document):
            return False
        if self.only is not None:
            return ordinal in self.only
        return in_force(document, self.day) != self.ended


class Retriever:
    """Ranks the passages of one open snapshot."""

    def __init__(
        self, snapshot: Snapshot, encoder: Encoder, fusion: Fusion = Fusion(), reranker: Reranker | None = None
    ) -> None:
        self._snapshot = snapshot
        self._reranker = reranker
        self.encoder = encoder
        self.term_weights = {audience: TermWeights(lexical) for audience, lexical in snapshot.lexical.items()}
        self._fusion = fusion
        self._owners = np.asarray(snapshot.records.document_of_row, dtype=np.int64)
        self._hidden = lru_cache(maxsize=8)(self._hidden_documents)
        self._allowed = lru_cache(maxsize=8)(self._allowed_rows)

    def retrieve(self, query: Query, k: int, *, ended: bool = False, only: frozenset[int] | None = None) -> list[Hit]:
        """Give the `k` best passages; with `ended` those of documents that are no longer in force, with `only`
        those of the documents named."""
        scope = Scope.of(query, ended=ended, only=only)
        fused = self._rerank(query.text, self.rank(query.text, scope, max(k, self._fusion.depth)))[:k]
        passages = self._snapshot.records.passages([row for row, _ in fused])
        return [
            Hit(passage, score, rank)
            for rank, (passage, (_, score)) in enumerate(zip(passages, fused, strict=True), start=1)
        ]

    def retrieve_documents(self, query: Query, k: int) -> list[tuple[str, float]]:
        """Give the `k` best documents, each with the score of its best passage."""
        depth = max(self._fusion.depth, 2 * k)
        while True:
            best: dict[int, float] = {}
            ranked = self.rank(query.text, Scope.of(query), depth, self._fusion.document_pooled)
            ranked = self._rerank(query.text, ranked)
            for row, score in ranked:
                best.setdefault(self._snapshot.records.document_of_row[row], score)
            if len(best) >= k or len(ranked) < depth or depth >= len(self._owners):
                catalogue = self._snapshot.records.catalogue
                return [(catalogue[ordinal].doc_id, score) for ordinal, score in list(best.items())[:k]]
            depth *= 4

    def rank(self, text: str, scope: Scope, depth: int, document: float | None = None) -> list[tuple[int, float]]:
        """Give (row, score) of everything that an arm found among its first `depth`, best first; `document` is what
        the whole document counts where documents are ranked, as far as the words of the question are trusted at all."""
        lexical = self.search_lexical(text, scope, depth)
        dense = self.search_dense(text, scope, depth)
        best = lexical[0][1] if lexical else 0.0
        coverage = best / max(self.term_weights[scope.audience].perfect_score(text), best, 1e-9)
        weight = self._fusion.dense_weight(coverage)
        scores: dict[int, float] = {}
        for share, found in ((1 - weight, lexical), (weight, dense)):
            for row, score in zip((row for row, _ in found), _standardized(found), strict=True):
                scores[row] = scores.get(row, 0.0) + share * score
        standing = self._standing(text, scope, depth)
        light = self._fusion.document if document is None else document
        if document is not None:
            light *= self._fusion.words_count(weight) ** 2
        for row in scores:
            scores[row] += light * standing.get(self._snapshot.records.document_of_row[row], 0.0)
        if not scope.about:
            for row in self._snapshot.records.rows_about_documents & scores.keys():
                del scores[row]
        # Equal scores are ordered by row, so that a ranking can be repeated.
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))

    def _rerank(self, text: str, ranked: list[tuple[int, float]]) -> list[tuple[int, float]]:
        """Put the first `reranked` in the order of the reranker, if there is one; the rest follow as they were."""
        if self._reranker is None or not ranked:
            return ranked
        first, rest = ranked[: self._fusion.reranked], ranked[self._fusion.reranked :]
        passages = self._snapshot.records.passages([row for row, _ in first])
        scores = self._reranker.score(text, [f"{p.context}\n{self._text(p)}" for p in passages])
        ordered = sorted(zip((row for row, _ in first), scores, strict=True), key=lambda item: (-item[1], item[0]))
        lowest = ordered[-1][1]
        highest = rest[0][1] if rest else 0.0
        return ordered + [(row, lowest - 1 + score - highest) for row, score in rest]

    def _text(self, passage: Passage) -> str:
        return self._snapshot.records.document(passage.doc_id).text[passage.start : passage.end]

    def is_visible(self, query: Query, ordinal: int) -> bool:
        """Say whether the one who asks may see a document at all."""
        return may_see(query.audience, self._snapshot.records.catalogue[ordinal])

    def _standing(self, text: str, scope: Scope, depth: int) -> dict[int, float]:
        """Score whole documents by ordinal: a passage stands in its document's light."""
        if not self._snapshot.whole:
            return {}
        also = self._also(text, self._snapshot.lexical[scope.audience])
        found = self._snapshot.whole[scope.audience].search(text, depth, self._hidden(scope), also)
        return dict(zip((ordinal for ordinal, _ in found), _standardized(found), strict=True))

    def search_lexical(self, text: str, scope: Scope, depth: int) -> list[tuple[int, float]]:
        """Search the lexical arm alone."""
        lexical = self._snapshot.lexical[scope.audience]
        return lexical.search(text, depth, self._hidden(scope), self._also(text, lexical))

    def _also(self, text: str, lexical: LexicalIndex) -> dict[str, float]:
        """Weigh the words that the lexicon knows for everyday words of the question."""
        also: dict[str, float] = {}
        for translation in self.translate(text):
            known = all(lexical.frequency(pair) for pair in bigrams(translation.said))
            weight = self._fusion.translated_known if known else self._fusion.translated
            for term in {term for official in translation.official for term in terms(official)}:
                also[term] = max(also.get(term, 0.0), weight)
        return also

    def search_dense(self, text: str, scope: Scope, depth: int) -> list[tuple[int, float]]:
        """Search the dense arm alone."""
        vector = self.vector_of(text)
        return self._snapshot.vectors.search(vector, depth, self._allowed(scope))

    def translate(self, text: str) -> list[Translation]:
        """Give what the lexicon knows of the words of a question."""
        return self._snapshot.lexicon.translate(text)

    def vector_of(self, text: str) -> NDArray[np.float32]:
        """Encode a question, with what the lexicon says that its words mean."""
        vector: NDArray[np.float32] = self.encoder.encode_queries([text])[0]
        official = [word for translation in self.translate(text) for word in translation.official]
        if official:
            meant = self.encoder.encode_queries([" ".join(dict.fromkeys(official))])[0]
            vector = vector + self._fusion.translated_meaning * meant
            vector /= max(float(np.linalg.norm(vector)), 1e-9)
        return vector

    def _hidden_documents(self, scope: Scope) -> frozenset[int]:
        return frozenset(
            ordinal
            for ordinal, document in enumerate(self._snapshot.records.catalogue)
            if not scope.holds(ordinal, document)
        )

    def _allowed_rows(self, scope: Scope) -> NDArray[np.int64] | None:
        hidden = self._hidden(scope)
        return np.flatnonzero(~np.isin(self._owners, list(hidden))) if hidden else None


def _standardized(found: list[tuple[int, float]]) -> list[float]:
    """Measure scores from the weakest in standard deviations."""
    if not found:
        return []
    scores = np.asarray([score for _, score in found])
    standardized: list[float] = ((scores - scores.min()) / max(float(scores.std()), 1e-9)).tolist()
    return standardized
