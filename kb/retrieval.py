"""Retrieval: both arms over what the caller may see and what was in force, fused by score (`kb.fusion`).

Filters are applied before ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from itertools import chain, zip_longest
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from kb.fusion import Found, Fusion, gathered, mixed, pooled, standardized
from kb.home import Home
from kb.index.encoder import STATIC, Encoder, open_encoder
from kb.index.late_meaning import CANDIDATES, LateMeaning
from kb.index.lexical import LexicalIndex
from kb.index.reranker import Reranker
from kb.index.snapshot import Snapshot, check_encoder
from kb.index.term_weights import TermWeights
from kb.metadata import asks_about_document
from kb.text.lexicon import Translation
from kb.text.terms import bigrams, terms
from kb.types import Audience, Document, Hit, Passage, Query
from kb.visibility import begins, in_force, may_see
from kb.works import works_of


@dataclass(frozen=True, slots=True)
class Scope:
    """What a ranking ranges over: the documents that `audience` may see and that were in force on `day`,
    or, with `ended`, those that were not; `only` narrows it to documents by ordinal, in force or not; `within` to
    those that the question is confined to. What is about a document (its header, the notice on a digest) takes part only with `about`."""

    audience: Audience
    day: date
    ended: bool = False
    only: frozenset[int] | None = None
    about: bool = False
    within: frozenset[str] | None = None

    @classmethod
    def of(cls, query: Query, *, ended: bool = False, only: frozenset[int] | None = None) -> Scope:
        """Make the scope of a query on the day that it asks about, today where it names none; `only` are ordinals of documents."""
        return cls(
            query.audience, query.as_of or date.today(), ended, only, asks_about_document(query.text), query.within
        )

    def holds(self, ordinal: int, document: Document) -> bool:
        """Say whether a document, whose ordinal is given, may be found. Those that `only` names are found whether they hold on the day or
        not: somebody named them."""
        if not may_see(self.audience, document):
            return False
        if self.within is not None and document.doc_id not in self.within:
            return False
        if self.only is not None:
            return ordinal in self.only
        return in_force(document, self.day) != self.ended


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The standardised scores of what the arms found, by row; `coverage` is the share of a perfect lexical score that
    the best has. `rows` are those that take part."""

    rows: frozenset[int]
    lexical: dict[int, float]
    dense: dict[int, float]
    coverage: float


class Retriever:
    """Ranks the passages of one open snapshot."""

    def __init__(
        self, snapshot: Snapshot, encoder: Encoder, fusion: Fusion = Fusion(), reranker: Reranker | None = None
    ) -> None:
        self._snapshot = snapshot
        self._reranker = reranker
        self.encoder = self._encoder = encoder
        self._late: LateMeaning | None = None
        configuration = snapshot.manifest.configuration
        if configuration.late:
            self._encoder = open_encoder(STATIC)
            check_encoder(snapshot.folder, configuration.encoder, self._encoder)
            self._late = LateMeaning(encoder, snapshot.records, snapshot.folder.parent.parent / "cache")
            self._late_vector_of = lru_cache(maxsize=64)(partial(self.meaning, encoder=encoder))
        self.term_weights = {audience: TermWeights(lexical) for audience, lexical in snapshot.lexical.items()}
        self._fusion = fusion
        works = works_of(document.title for document in snapshot.records.catalogue)
        self._works = works if len(set(works)) < len(works) else []
        self._owners = np.asarray(snapshot.records.document_of_row, dtype=np.int64)
        self.vector_of = lru_cache(maxsize=64)(self._vector_of)
        """Encodes a question with the encoder of the index, as `meaning` does."""
        self._has_whole = {audience: self._says_more_whole(audience) for audience in get_args(Audience)}
        self._first_day = {audience: self._first_day_of(audience) for audience in get_args(Audience)}
        self._hidden = lru_cache(maxsize=8)(self._hidden_documents)
        self._allowed = lru_cache(maxsize=8)(self._allowed_rows)

    def close(self) -> None:
        """Close what a large index compares late."""
        if self._late:
            self._late.close()

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
        """Give the `k` best documents with their scores, all of them where `k` is more than are found."""
        depth = max(self._fusion.depth, 2 * k)
        scope = Scope.of(query)
        while True:
            best: dict[int, float] = {}
            found = self._search(query.text, scope, depth)
            for row, score in self._rerank(query.text, self._rank_documents(found, query.text, scope)):
                best.setdefault(self._snapshot.records.document_of_row[row], score)
            if len(best) >= k or len(found.rows) < depth or depth >= len(self._owners):
                catalogue = self._snapshot.records.catalogue
                return [(catalogue[ordinal].doc_id, score) for ordinal, score in list(best.items())[:k]]
            depth *= 4

    def rank(self, text: str, scope: Scope, depth: int) -> Found:
        """Give (row, score) of everything that an arm found among its first `depth`, best first."""
        found = self._search(text, scope, depth)
        weight = self._fusion.dense_weight(found.coverage)
        scores = mixed([(1 - weight, found.lexical), (weight, found.dense)])
        standing = self._standing(text, scope, depth)
        owners = self._snapshot.records.document_of_row
        # Equal scores are ordered by row, so that a ranking can be repeated.
        return sorted(
            ((row, scores[row] + self._fusion.document * standing.get(owners[row], 0.0)) for row in found.rows),
            key=lambda item: (-item[1], item[0]),
        )

    def _search(self, text: str, scope: Scope, depth: int) -> _Candidates:
        lexical = self.search_lexical(text, scope, depth)
        best = lexical[0][1] if lexical else 0.0
        coverage = best / max(self.term_weights[scope.audience].perfect_score(text), best, 1e-9)
        words, meaning = standardized(lexical), standardized(self.search_dense(text, scope, depth, lexical))
        rows = words.keys() | meaning.keys()
        if not scope.about:
            rows -= self._snapshot.records.rows_about_documents
        return _Candidates(frozenset(rows), words, meaning, coverage)

    def _rank_documents(self, found: _Candidates, text: str, scope: Scope) -> Found:
        """Rank the documents of the candidates; give the row of the best passage of each."""
        fusion, owners = self._fusion, self._snapshot.records.document_of_row
        weight = fusion.pooled_dense_weight(found.coverage, articles=bool(self._works))
        passages = mixed([(1 - weight, found.lexical), (weight, found.dense)])
        passages = {row: passages[row] for row in found.rows}
        words, meaning = (
            pooled({row: arm[row] for row in found.rows if row in arm}, owners) for arm in (found.lexical, found.dense)
        )
        parts = [(1 - weight, words), (weight, meaning)]
        if self._snapshot.whole_vectors and self._has_whole[scope.audience]:
            whole = self._whole_meaning(text, sorted({owners[row] for row in found.rows}))
            parts[1:] = [(weight * (1 - fusion.pooled_whole), meaning), (weight * fusion.pooled_whole, whole)]
            standing = self._standing(text, scope, fusion.depth)
            light = fusion.pooled_document * fusion.words_count(found.coverage)
            parts.append((light, {ordinal: score for ordinal, score in standing.items() if ordinal in whole}))
        scores = mixed(parts)
        if self._works:
            together = gathered(scores, self._works)
            scores = mixed([(1.0, scores), (fusion.pooled_work, together)])
        best: dict[int, int] = {}
        for row in sorted(passages, key=lambda row: (-passages[row], row)):
            best.setdefault(owners[row], row)
        return sorted(((row, scores[owner]) for owner, row in best.items()), key=lambda item: (-item[1], item[0]))

    def _whole_meaning(self, text: str, ordinals: list[int]) -> dict[int, float]:
        """Compare a question with whole documents, by ordinal."""
        vectors = self._snapshot.whole_vectors
        if vectors is None or not ordinals:
            return {}
        return standardized(
            list(zip(ordinals, vectors.similarities(self.vector_of(text), ordinals).tolist(), strict=True))
        )

    def _rerank(self, text: str, ranked: Found) -> Found:
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
        """Say whether the one who asks may see a document at all, and asks within it."""
        document = self._snapshot.records.catalogue[ordinal]
        return may_see(query.audience, document) and query.reaches(document)

    def _standing(self, text: str, scope: Scope, depth: int) -> dict[int, float]:
        """Score whole documents by ordinal: a passage stands in its document's light."""
        if not self._has_whole[scope.audience]:
            return {}
        also = self._also(text, self._snapshot.lexical[scope.audience])
        found = self._snapshot.whole[scope.audience].search(text, depth, self._hidden(scope), also)
        return standardized(found)

    def search_lexical(self, text: str, scope: Scope, depth: int) -> Found:
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

    def search_dense(self, text: str, scope: Scope, depth: int, beside: Sequence[tuple[int, float]] = ()) -> Found:
        """Search the dense arm alone; in a large index, whose meaning is late, it compares the first of what the static
        encoder finds and, in turn, of what was found `beside` it."""
        found = self._snapshot.vectors.search(self.vector_of(text), depth, self._allowed(scope))
        if self._late is None:
            return found
        in_turn = chain.from_iterable(zip_longest(found, beside))
        rows = list(dict.fromkeys(item[0] for item in in_turn if item))[:CANDIDATES]
        return self._late.similarities(self._late_vector_of(text), rows)

    @property
    def home(self) -> Home:
        """The places and offices of where the documents are at home."""
        return self._snapshot.home

    def translate(self, text: str) -> list[Translation]:
        """Give what the lexicon knows of the words of a question."""
        return self._snapshot.lexicon.translate(text)

    def _vector_of(self, text: str) -> NDArray[np.float32]:
        return self.meaning(text, self._encoder)

    def meaning(self, text: str, encoder: Encoder) -> NDArray[np.float32]:
        """Encode a question, with what the lexicon says that its words mean; of length 1, or zero."""
        vector: NDArray[np.float32] = encoder.encode_queries([text])[0]
        official = [word for translation in self.translate(text) for word in translation.official]
        if official:
            meant = encoder.encode_queries([" ".join(dict.fromkeys(official))])[0]
            vector = vector + self._fusion.translated_meaning * meant
            vector /= max(float(np.linalg.norm(vector)), 1e-9)
        vector.flags.writeable = False
        return vector

    def _says_more_whole(self, audience: Audience) -> bool:
        """Say whether, of what an audience may see, some document has more than one passage; else whole documents say no more."""
        seen = {n for n, document in enumerate(self._snapshot.records.catalogue) if may_see(audience, document)}
        return bool(self._snapshot.whole) and sum(owner in seen for owner in self._owners.tolist()) > len(seen)

    def _first_day_of(self, audience: Audience) -> date | None:
        """Give the first day on which any document that an audience may see is known to have been there."""
        known = (begins(document) for document in self._snapshot.records.catalogue if may_see(audience, document))
        return min((day.first_day for day in known if day), default=None)

    def _hidden_documents(self, scope: Scope) -> frozenset[int]:
        """Number the documents that take no part. One without a date is there today, and is taken to have been there on any day on which anything
        with a date was; on an earlier one it would be the only witness, and nobody knows whether it was there."""
        first = self._first_day[scope.audience]
        too_early = first is not None and scope.day < min(first, date.today())
        return frozenset(
            ordinal
            for ordinal, document in enumerate(self._snapshot.records.catalogue)
            if not scope.holds(ordinal, document) or (too_early and scope.only is None and begins(document) is None)
        )

    def _allowed_rows(self, scope: Scope) -> NDArray[np.int64] | None:
        hidden = self._hidden(scope)
        return np.flatnonzero(~np.isin(self._owners, list(hidden))) if hidden else None
