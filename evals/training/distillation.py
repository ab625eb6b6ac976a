"""Texts with the vectors that the trained transformer gives them, for the static encoder to learn its order from.

A static table cannot hold what a transformer knows, but which of many texts a question is nearer to can be told of any
texts, not only of those that somebody paired (Hinton et al., Distilling the Knowledge in a Neural Network, 2015).
Questions are held against other questions above all: they are short, so that the transformer reads many, and the same
is asked in everyday and in official words.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from evals.training.contrastive_data import read_lines, training_pairs, unjudged
from evals.training.pairs import dropped
from evals.training.streams import Ids, Streams, make_streams
from kb.index.encoder import Encoder
from kb.index.vector_cache import VectorCache

OTHERS = 12_000  # articles that no question is about, half of stard and half of the laws
LONGEST = 200  # characters of a passage that is learned from
OPENING = 100  # characters of a passage that the teacher is shown: it reads long ones slowly
TAUGHT = 3584  # passages that it is shown
ASKED = 12_000  # questions whose neighbours are looked for
NEAREST = 30  # neighbours from which a batch draws
THE_SAME = 0.995  # cosine of texts that say the same; nothing is to be learned from which of them is nearer
_BLOCK = 256  # texts that are encoded, and questions that are compared, at once

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TaughtTexts:
    """Questions and passages; question i is answered by passage own[i], and many passages by nothing."""

    questions: list[str]
    passages: list[str]
    own: list[int]


@dataclass(frozen=True, slots=True)
class TaughtBatch:
    """Bags of questions and of other texts, with the teacher's cosines, shape (questions, others); a text beside itself
    has -1."""

    questions: list[Ids]
    others: list[Ids]
    cosines: Vectors


class TaughtBatches:
    """Draws batches endlessly, the same by the same generator, from texts that the teacher has encoded, questions
    first."""

    def __init__(self, texts: Streams, vectors: Vectors, questions: int, generator: Generator) -> None:
        self._texts, self._vectors = texts, vectors
        self._asked = generator.choice(questions, min(ASKED, questions), replace=False)
        self._near = neighbours(vectors, self._asked)

    def draw(self, generator: Generator, count: int, share: float) -> TaughtBatch:
        """Draw questions with two neighbours of each; about `share` of the terms of every text are dropped."""
        drawn = generator.choice(len(self._asked), min(count, len(self._asked)), replace=False)
        places = generator.integers(0, self._near.shape[1], (2, len(drawn)))
        asked, others = self._asked[drawn], np.unique(self._near[drawn, places])
        cosines = self._vectors[asked] @ self._vectors[others].T
        cosines[asked[:, None] == others[None, :]] = -1
        bags = [[dropped(self._texts.bag(int(row)), share, generator) for row in rows] for rows in (asked, others)]
        return TaughtBatch(bags[0], bags[1], cosines)


def neighbours(vectors: Vectors, asked: Rows) -> Rows:
    """Give the rows that are nearest to each of those `asked` and do not say the same, shape (asked, NEAREST) at
    most."""
    depth = min(NEAREST, len(vectors) - 1)
    found = np.empty((len(asked), depth), np.int64)
    for start in range(0, len(asked), _BLOCK):
        block = slice(start, start + _BLOCK)
        scores = vectors[asked[block]] @ vectors.T
        scores[scores > THE_SAME] = -1
        found[block] = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
    return found


def read_taught_batches(
    texts: TaughtTexts, work: Path, teacher: Encoder, vocabulary: dict[str, int], generator: Generator
) -> TaughtBatches:
    """Have the teacher encode what is not kept in `work` yet."""
    openings = [text[:OPENING] for text in texts.passages[:TAUGHT]]
    vectors = (
        kept_vectors(work / "questions", _Questions(teacher), texts.questions),
        kept_vectors(work / "passages", teacher, openings),
    )
    streams = make_streams([*texts.questions, *openings], vocabulary)
    return TaughtBatches(streams, np.concatenate(vectors), len(texts.questions), generator)


def read_taught_texts(benchmarks: Path) -> TaughtTexts:
    """Read what the transformer itself was trained on, and articles beside it; nothing under the name of a law that
    civic judges on."""
    pairs = training_pairs(benchmarks)
    random.Random(1).shuffle(pairs)
    places: dict[str, int] = {}
    own = [places.setdefault(pair.passage[:LONGEST], len(places)) for pair in pairs]
    for name, file in (("stard", "corpus.jsonl.gz"), ("laws", "articles.jsonl.gz")):
        rows = unjudged(read_lines(benchmarks / name / file), _law, benchmarks)
        for row in random.Random(2).sample(rows, min(OTHERS // 2, len(rows))):
            places.setdefault(f"{row['title']}\n{row['text']}"[:LONGEST], len(places))
    return TaughtTexts([pair.question for pair in pairs], list(places), own)


def _law(row: dict[str, Any]) -> str:
    return str(row["title"]).partition("第")[0]  # 中华人民共和国刑法第一条: stard's titles name the article


def kept_vectors(folder: Path, encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Encode what `folder` does not keep; it is kept block by block, so that a run that was stopped goes on from
    there."""
    cache = VectorCache(folder, encoder)
    found = [np.zeros((0, encoder.dimensions), np.float32)]
    for start in range(0, len(texts), _BLOCK):
        found.append(cache.encode(texts[start : start + _BLOCK], encoder))
        if start // _BLOCK % 16 == 0 and cache.computed:
            print(f"{folder.name}: {start + len(found[-1])} of {len(texts)}", flush=True)
    cache.close()
    return np.concatenate(found)


class _Questions:
    """The teacher as an encoder whose passages are questions: it reads them behind another prompt."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dimensions, self.checksum = encoder.name, encoder.dimensions, encoder.checksum
        self.encode_queries = self.encode_passages = encoder.encode_queries
