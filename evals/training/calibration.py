"""Measures what the reader's log-odds mean, and from which probability on it should answer.

    python -m evals.training.calibration [--set DIR] [--reader kb/models/reader]

The questions are about texts that the reader was not trained on (the set `civic`): every question is searched for among all articles and
read, and the score of what would be answered is held against whether that says every required piece. A logistic curve (Platt 1999)
makes a probability of the score; the bar is where answering begins to cost less than refusing, a wrong answer costing three times as much as
the refusal of a question that could have been answered.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from evals.runs import INDEXES
from evals.text import squeezed
from ingest.beir import beir_documents
from ingest.build import Progress, build_index, index_lock
from ingest.commands.progress import progress_on_terminal
from ingest.jsonl import open_jsonl, string
from kb.answering.follow_up import Turn
from kb.answering.investigate import Investigator
from kb.index.encoder import MODELS_DIR, open_encoder
from kb.index.snapshot import open_snapshot
from kb.reading.reader import Reader
from kb.retrieval import Retriever
from kb.transformer.model import CONFIG
from kb.types import Query

WRONG = 3.0
"""What a wrong answer costs, where refusing what could have been answered costs 1."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The score of what would be answered, whether it would be right, and whether there is an answer at all."""

    score: float
    right: bool
    answerable: bool


def judge(folder: Path, reader: Reader, progress: Progress) -> list[Judged]:
    """Search and read every question of a set with `must_say`."""
    encoder = open_encoder()
    index_dir = INDEXES / f"{folder.resolve().name}-calibration"
    with index_lock(index_dir):
        build_index(index_dir, list(beir_documents(folder).values()), encoder, progress)
    snapshot = open_snapshot(index_dir, encoder)
    investigator = Investigator(Retriever(snapshot, encoder), snapshot.records, reader)
    questions = {
        string(place, line, "_id"): string(place, line, "text") for place, line in open_jsonl(folder, "queries")
    }
    judged = []
    answers = [line for _, line in open_jsonl(folder, "answers")]
    for number, line in enumerate(answers):
        progress("reading", number, len(answers))
        query = Query("", questions[line["query_id"]])
        turn = Turn(query, query.text, None, False)
        candidates = investigator.read(turn, investigator.search(query), strict=False)
        best = candidates[0]
        text = investigator.document(best.doc_id).text
        said = squeezed("".join(text[start:end] for start, end in best.spans))
        wanted = line.get("must_say", [])
        right = line["answerable"] and all(any(squeezed(one) in said for one in group) for group in wanted)
        judged.append(Judged(best.score, right, line["answerable"]))
    progress("reading", len(answers), len(answers))
    snapshot.close()
    return judged


def fit(judged: Sequence[Judged]) -> tuple[float, float]:
    """Fit slope and offset of the log-odds that an answer is right."""
    curve = LogisticRegression(C=1e3)
    curve.fit([[one.score] for one in judged], [one.right for one in judged])
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def cost(judged: Sequence[Judged], probabilities: Sequence[float], bar: float) -> float:
    """Reckon what a bar costs on average."""
    total = 0.0
    for one, probability in zip(judged, probabilities, strict=True):
        if probability >= bar:
            total += 0.0 if one.right else WRONG
        else:
            total += 1.0 if one.answerable else 0.0
    return total / len(judged)


def expected_error(judged: Sequence[Judged], probabilities: Sequence[float], bins: int = 10) -> float:
    """Give the expected calibration error (Guo 2017) over bins of equal count."""
    order = np.argsort(probabilities)
    error = 0.0
    for part in np.array_split(order, bins):
        told = float(np.mean([probabilities[n] for n in part]))
        true = float(np.mean([judged[n].right for n in part]))
        error += len(part) / len(judged) * abs(told - true)
    return error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, default=Path("../shared/benchmarks/civic"))
    parser.add_argument("--reader", type=Path, default=MODELS_DIR / "reader")
    options = parser.parse_args()
    with progress_on_terminal() as progress:
        judged = judge(options.set, Reader.open(options.reader), progress)
    slope, offset = fit(judged)
    probabilities = [1 / (1 + np.exp(-(slope * one.score + offset))) for one in judged]
    bars = np.arange(0.2, 0.91, 0.01)
    bar = float(min(bars, key=lambda one: cost(judged, probabilities, one)))
    path = options.reader / CONFIG
    config = json.loads(path.read_text("utf-8"))
    config["settings"] = {"slope": round(slope, 4), "offset": round(offset, 4), "enough": round(bar, 2)}
    path.write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", "utf-8")
    answered = [one for one, probability in zip(judged, probabilities, strict=True) if probability >= bar]
    answerable = [one for one in judged if one.answerable]
    print(f"slope {slope:.3f}, offset {offset:.3f}, bar {bar:.2f}: cost {cost(judged, probabilities, bar):.3f}")
    print(
        f"expected calibration error {expected_error(judged, probabilities):.3f}, fitted and measured on the same questions"
    )
    print(
        f"right at no bar {sum(one.right for one in judged) / len(answerable):.3f}; at the bar right"
        f" {sum(one.right for one in answered) / len(answerable):.3f}, answered {len(answered)} of {len(judged)}"
    )


if __name__ == "__main__":
    main()
