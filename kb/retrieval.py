"""Retrieval: both arms over what the caller may see and what was in force, fused by score (`kb.fusion`).

Filters are applied before ranking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, zip_longest
from typing import ParamSpec, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from kb.fusion import Found, Fusion, gathered, mixed, pooled, standardized
from kb.home import Home
from kb.index.encoder import STATIC, Encoder, open_encoder
from kb.index.late_meaning import CANDIDATES, LateMeaning
from kb.index.reranker import Reranker
from kb.index.snapshot import Snapshot, check_encoder
from kb.index.term_weights import TermWeights
from kb.processors import processors
from kb.scope import Scope
from kb.text.fold import fold_text
from kb.text.lexicon import Translation
from kb.text.numerals import normalize_numbers
from kb.text.terms import bigrams, terms
from kb.types import Audience, Hit, Passage, Query
from kb.visibility import may_see
from kb.works import works_of

SIDE_BY_SIDE_FROM = 200_000
"""Passages from which words, meaning and whole documents are searched side by side: with fewer, to begin it costs what
it saves."""

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


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
            self._late = LateMeaning(encoder, snapshot.records, snapshot.cache)
            self._late_vector_of = lru_cache(maxsize=64)(partial(self.meaning, encoder=encoder))
        self._store = snapshot.store
        self.term_weights = {audience: TermWeights(self._store.counts(audience)) for audience in get_args(Audience)}
        self._fusion = fusion
        works = works_of(document.title for document in snapshot.records.catalogue)
        self._works = works if len(set(works)) < len(works) else []
        self._owners = np.asarray(snapshot.records.document_of_row, dtype=np.int64)
        large = len(self._owners) >= SIDE_BY_SIDE_FROM
        self._threads = ThreadPoolExecutor(processors(), thread_name_prefix="search") if large else None
        self.vector_of = lru_cache(maxsize=64)(self._vector_of)
        """Encodes a question with the encoder of the index, as `meaning` does."""
        self._has_whole = {audience: self._says_more_whole(audience) for audience in get_args(Audience)}

    def close(self) -> None:
        """Close what a large index needs beside its snapshot."""
        if self._threads:
            self._threads.shutdown()
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
        whole = self._beside(self._standing, text, scope, depth)
        found = self._search(text, scope, depth)
        weight = self._fusion.dense_weight(found.coverage)
        scores = mixed([(1 - weight, found.lexical), (weight, found.dense)])
        standing = whole()
        owners = self._snapshot.records.document_of_row
        # Equal scores are ordered by row, so that a ranking can be repeated.
        return sorted(
            ((row, scores[row] + self._fusion.document * standing.get(owners[row], 0.0)) for row in found.rows),
            key=lambda item: (-item[1], item[0]),
        )

    def _search(self, text: str, scope: Scope, depth: int) -> _Candidates:
        by_words = self._beside(self.search_lexical, text, scope, depth)
        near = self._store.find_meaning(self.vector_of(text), depth, scope)
        lexical = by_words()
        best = lexical[0][1] if lexical else 0.0
        coverage = best / max(self.term_weights[scope.audience].perfect_score(text), best, 1e-9)
        words, meaning = standardized(lexical), standardized(self._compared(text, near, lexical))
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
        if self._has_whole[scope.audience]:
            whole = self._whole_meaning(text, sorted({owners[row] for row in found.rows}))
            parts[1:] = [(weight * (1 - fusion.pooled_whole), meaning), (weight * fusion.pooled_whole, whole)]
            if not self._works:
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
        cosines = self._store.whole_similarities(self.vector_of(text), ordinals)
        return standardized(list(zip(ordinals, cosines.tolist(), strict=True)))

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
        return standardized(self._store.find_whole(text, depth, scope, self._also(text, scope.audience)))

    def search_lexical(self, text: str, scope: Scope, depth: int) -> Found:
        """Search the lexical arm alone."""
        return self._store.find_words(text, depth, scope, self._also(text, scope.audience))

    def _also(self, text: str, audience: Audience) -> dict[str, float]:
        """Weigh the words that the lexicon knows for everyday words of the question."""
        counts = self._store.counts(audience)
        also: dict[str, float] = {}
        for translation in self.translate(text):
            known = all(counts.frequency(pair) for pair in bigrams(translation.said))
            weight = self._fusion.translated_known if known else self._fusion.translated
            for term in {term for official in translation.official for term in terms(official)}:
                also[term] = max(also.get(term, 0.0), weight)
        return also

    def search_dense(self, text: str, scope: Scope, depth: int) -> Found:
        """Search the dense arm alone."""
        return self._compared(text, self._store.find_meaning(self.vector_of(text), depth, scope), ())

    def _beside(
        self, work: Callable[_Arguments, _Result], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> Callable[[], _Result]:
        """Give what does some work, or, in a large index, what waits for it: it has begun on another processor."""
        if self._threads is None:
            return partial(work, *arguments, **named)
        return self._threads.submit(work, *arguments, **named).result

    def _compared(self, text: str, found: Found, beside: Sequence[tuple[int, float]]) -> Found:
        """In a large index, whose meaning is late, compare the first of what the static encoder `found` and, in turn,
        of what was found `beside` it; else leave it as it is."""
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
        """Encode a question, its script, widths and numerals made one, with what the lexicon says that its words mean;
        of length 1, or zero."""
        vector: NDArray[np.float32] = encoder.encode_queries([normalize_numbers(fold_text(text))])[0]
        official = [word for translation in self.translate(text) for word in translation.official]
        if official:
            meant = encoder.encode_queries([" ".join(dict.fromkeys(official))])[0]
            vector = vector + self._fusion.translated_meaning * meant
            vector /= max(float(np.linalg.norm(vector)), 1e-9)
        vector.flags.writeable = False
        return vector

    def _says_more_whole(self, audience: Audience) -> bool:
        """Say whether, of what an audience may see, some document has more than one passage; else whole documents say
        no more."""
        seen = {n for n, document in enumerate(self._snapshot.records.catalogue) if may_see(audience, document)}
        return self._store.has_whole and sum(owner in seen for owner in self._owners.tolist()) > len(seen)
