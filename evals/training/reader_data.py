"""What the reader learns from: the sentences found for a question, and which of them hold its answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.reader import open_reading_index
from evals.reading import AnsweredQuestion, Span, answer_spans, read_answered
from kb.answering.features import FEATURES, Matrix, features
from kb.answering.question import understand
from kb.answering.sentences import prepare
from kb.index.encoder import Encoder
from kb.retrieval import Retriever
from kb.types import Hit, Query

_FOUND, _IN_DOCUMENT = 16, 40
_KEPT_STRONG, _KEPT_RANDOM = 14, 10
_PARTLY = 0.5


@dataclass(frozen=True, slots=True)
class Group:
    """The sentences found for one question: their features, and whether each holds the answer."""

    rows: Matrix
    right: NDArray[np.float32]


def groups(folder: Path, split: str, encoder: Encoder, seed: int) -> Iterator[Group]:
    """Give for every question the sentences of its own document, and those that a search of the whole set finds.

    Of the sentences that hold no answer the most alike and a few at random are kept.
    """
    snapshot = open_reading_index(folder, encoder, _silent)
    retriever = Retriever(snapshot, encoder)
    document = lru_cache(maxsize=512)(snapshot.records.document)
    prepared = lru_cache(maxsize=20_000)(lambda passage: prepare(passage, document(passage.doc_id), encoder))
    chance = np.random.default_rng(seed)
    for question in read_answered(folder, split):
        spans = {doc_id: answer_spans(document(doc_id), question.answers) for doc_id in question.documents}
        for hits in _found(question, spans, retriever, snapshot.records.ordinals):
            target = encoder.encode_queries([question.text])[0]
            passages = [prepared(hit.passage) for hit in hits]
            rows = features(understand(question.text), passages, retriever.term_weights["public"], target)
            right = np.array(
                [
                    _right((sentence.start, sentence.end), spans.get(hit.passage.doc_id, []))
                    for hit, passage in zip(hits, passages, strict=True)
                    for sentence in passage.sentences
                ],
                np.float32,
            )
            if right.any():
                kept = _kept(rows, right, chance)
                yield Group(rows[kept], right[kept])
    snapshot.close()


def _found(
    question: AnsweredQuestion, spans: dict[str, list[Span]], retriever: Retriever, ordinals: dict[str, int]
) -> Iterator[list[Hit]]:
    query = Query(question.query_id, question.text)
    yield retriever.retrieve(query, _FOUND)
    holding = next((doc_id for doc_id in question.documents if spans[doc_id]), None)
    if holding is not None:
        yield retriever.retrieve(query, _IN_DOCUMENT, only=frozenset([ordinals[holding]]))


def _right(sentence: Span, spans: list[Span]) -> float:
    """Say whether a sentence holds an answer, is a part of one, or has the better half of one."""
    for start, end in spans:
        common = min(sentence[1], end) - max(sentence[0], start)
        if common > 0 and common >= min(_PARTLY * (end - start), sentence[1] - sentence[0] - 1):
            return 1.0
    return 0.0


def _kept(rows: Matrix, right: NDArray[np.float32], chance: np.random.Generator) -> NDArray[Any]:
    if len(right) <= _KEPT_STRONG + _KEPT_RANDOM + 12:
        return np.arange(len(right))
    alike = rows[:, [FEATURES.index(name) for name in ("own", "meaning", "passage")]].sum(axis=1)
    strong = np.argsort(-alike)[:_KEPT_STRONG]
    return np.unique(
        np.concatenate((np.flatnonzero(right), strong, chance.choice(len(right), _KEPT_RANDOM, replace=False)))
    )


def _silent(step: str, done: int, total: int) -> None:
    """Training prints its own progress."""
