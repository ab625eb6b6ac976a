"""Measures the encoder, BM25 and their fusion on the labelled sets.

    python -m evals.training.measure --benchmarks ../shared/benchmarks [--model kb/models/static]

Long texts are encoded in overlapping windows and score as their best window does; an article of a law
is one unit and is encoded whole. This is a yardstick
for training; the figures of the product come from `kb eval`, through the served code path.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.training.bm25 import BM25
from evals.training.corpora import read_lines
from kb.index.encoder import Encoder, open_encoder

WINDOW, STRIDE = 60, 30
"""Characters of a window over a long text, about a sentence, and from one window to the next."""
WHOLE = ("stard",)
"""Sets whose passages are encoded whole."""
SETS = ("stard", "cmrc", "drcd", "ncp", "cail")
BLENDS = {"stard": 0.75, "cmrc": 0.2, "drcd": 0.2, "ncp": 0.2, "cail": 0.2}
"""Weight of the dense arm where both arms' standardised scores are mixed."""

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """A labelled set with the BM25 scores of its questions, shape (questions, passages)."""

    name: str
    titles: list[str]
    passages: list[str]
    questions: list[str]
    relevant: list[list[int]]
    lexical: Scores


def read_evaluation_set(folder: Path, split: str = "dev") -> EvaluationSet:
    """Read the answerable questions of a benchmark's split."""
    unanswerable = {line["query_id"] for line in read_lines(folder / "answers.jsonl") if not line["answerable"]}
    compressed = folder / "corpus.jsonl.gz"
    corpus = list(read_lines(compressed if compressed.exists() else folder / "corpus.jsonl"))
    rows = {line["_id"]: row for row, line in enumerate(corpus)}
    relevant: dict[str, list[int]] = {}
    for line in (folder / "qrels" / f"{split}.tsv").read_text("utf-8").splitlines()[1:]:
        question, passage, score = line.split("\t")
        if int(score) > 0 and question not in unanswerable:
            relevant.setdefault(question, []).append(rows[passage])
    texts = {line["_id"]: line["text"] for line in read_lines(folder / "queries.jsonl")}
    titles, passages = [line["title"] for line in corpus], [line["text"] for line in corpus]
    questions = [texts[question] for question in relevant]
    index = BM25([f"{title}\n{passage}" for title, passage in zip(titles, passages, strict=True)])
    return EvaluationSet(folder.name, titles, passages, questions, list(relevant.values()), index.scores(questions))


def dense_scores(encoder: Encoder, found: EvaluationSet) -> Scores:
    """Score all passages by their best window, shape (questions, passages)."""
    windows: list[str] = []
    firsts: list[int] = []
    for title, passage in zip(found.titles, found.passages, strict=True):
        firsts.append(len(windows))
        cut = found.name not in WHOLE and len(passage) > WINDOW * 1.5
        last = len(passage) - WINDOW // 2 if cut else 0
        for start in range(0, last + 1, STRIDE):
            piece = passage[start : start + WINDOW] if cut else passage
            windows.append(f"{title}\n{piece}")
    vectors = encoder.encode_passages(windows)
    questions = encoder.encode_queries(found.questions)
    scores = [
        np.maximum.reduceat(questions[start : start + 200] @ vectors.T, firsts, axis=1)
        for start in range(0, len(questions), 200)
    ]
    return np.concatenate(scores)


def standardised(scores: Scores, depth: int = 100) -> Scores:
    """Centre each question's scores on the mean of its best `depth` and divide by their deviation."""
    best = -np.partition(-scores, min(depth, scores.shape[1]) - 1, axis=1)[:, :depth]
    spread = best.std(axis=1, keepdims=True)
    return np.asarray((scores - best.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-6), np.float32)


def reciprocal_ranks(scores: Scores, constant: int = 60) -> Scores:
    """Give 1 / (constant + rank) (Cormack et al. 2009)."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    return (1 / (constant + ranks)).astype(np.float32)


def measure(scores: Scores, relevant: Sequence[Sequence[int]]) -> dict[str, float]:
    """Compute Success@1, R@10, R@100 and nDCG@10 with binary relevance, as means over questions."""
    depth = min(100, scores.shape[1])
    best = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
    order = np.take_along_axis(best, np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable"), 1)
    discounts = 1 / np.log2(np.arange(2, 12))
    success, recall10, recall100, gain = [], [], [], []
    for ranking, own in zip(order, relevant, strict=True):
        hits = np.isin(ranking, own)
        success.append(hits[0])
        recall10.append(hits[:10].sum() / len(own))
        recall100.append(hits.sum() / len(own))
        gain.append(discounts[np.flatnonzero(hits[:10])].sum() / discounts[: len(own)].sum())
    return {
        "Success@1": float(np.mean(success)),
        "R@10": float(np.mean(recall10)),
        "R@100": float(np.mean(recall100)),
        "nDCG@10": float(np.mean(gain)),
    }


def main() -> None:
    """Print a table a set."""
    parser = argparse.ArgumentParser(description="Measure an encoder on the labelled sets.")
    parser.add_argument("--benchmarks", type=Path, required=True)
    parser.add_argument("--model", default="static", help="as in KB_ENCODER")
    options = parser.parse_args()
    encoder = open_encoder(options.model)
    for name in SETS:
        print(*figures(encoder, read_evaluation_set(options.benchmarks / name)), sep="\n", flush=True)


def figures(encoder: Encoder, found: EvaluationSet) -> list[str]:
    """Give the rows of a table: BM25, dense, their reciprocal rank fusion and their weighted mixture."""
    dense, weight = dense_scores(encoder, found), BLENDS[found.name]
    arms = {
        "BM25": found.lexical,
        "dense": dense,
        "RRF": reciprocal_ranks(dense) + reciprocal_ranks(found.lexical),
        f"mixed {weight}": weight * standardised(dense) + (1 - weight) * standardised(found.lexical),
    }
    return [
        f"| {found.name} | {arm} | "
        + " | ".join(f"{value:.3f}" for value in measure(scores, found.relevant).values())
        + " |"
        for arm, scores in arms.items()
    ]


if __name__ == "__main__":
    main()
