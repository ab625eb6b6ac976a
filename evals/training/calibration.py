"""Measures how reader and search together tell right answers from wrong ones, and from which probability on to answer.

    python -m evals.training.calibration [--set civic --set policy] [--reader kb/models/reader]

The questions are about texts that the reader was not trained on: each is searched for among all documents of its set
and read, and what would be answered is held against whether it says every required piece. Beside them every second
question that another set answers is asked, and is taken to be answered by nothing here: what people ask of the wrong
collection is farther away than any near miss that was written for one. A logistic curve (Platt 1999) over what the
reader says of the first, how far it is ahead of its rivals and how near the encoder holds it to the question makes a
probability, each set counting alike. The bar is one of those at which answers and refusals together cost as little as
can be, a wrong answer costing three times as much as the refusal of a question that could have been answered: the
reader's own where it is among them, else the middle one. Every figure is of questions that the curve at hand was not
fitted on (ten parts, each judged by a curve of the other nine).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from evals.arms import Arm
from evals.datasets import find_dataset
from evals.judged import ExpectedAnswer, JudgedSet, read_judged
from evals.normalisation import squeezed
from evals.runs import index_corpus
from ingest.bars import progress_on_terminal
from ingest.build import Progress
from kb.evidence.investigate import Investigator
from kb.index.encoder import MODELS_DIR, open_encoder
from kb.index.snapshot import open_snapshot
from kb.model_folder import CONFIG
from kb.quoting.candidate import Candidate
from kb.reading.confidence import Confidence
from kb.reading.reader import Reader
from kb.reading.rivals import Saying, lead_of
from kb.retrieval import Retriever
from kb.types import Query

WRONG = 3.0
"""What a wrong answer costs, where refusing what could have been answered costs 1."""
FOUND = (0.0, 0.5, 1.0, 1.5)
"""Weights of the search's score in the order of what was read: the one is taken that puts the right one first most
often."""
STRANGERS = 0.35
"""What the questions of the other sets count beside the set's own."""
ELSEWHERE = ("metadata", "comparison")
"""Kinds of questions that are not answered from one clause, but from headers and side by side."""
BARS = np.arange(0.2, 0.91, 0.01)
ALIKE = 0.01
"""Costs that are this near to the least are the same within what chance does to some 500 questions. So a bar that
stands is not moved among such bars, where it would only trade right answers for wrong ones at the price that is asked;
else the middle one is taken: the lowest, which was until 2026-11-30, cost more on 850 questions written blind, since of
what is little sure less is right among questions that nobody has worked with."""
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CandidateReading:
    """What may answer: what reader, search and encoder say of it, what its likeliest sentence says, and whether it says
    all that must be said."""

    reading: float
    search: float
    likeness: float
    saying: Saying
    right: bool


@dataclass(frozen=True, slots=True)
class QuestionReadings:
    """A question with what was read for it; `share` is what it counts among all, `stranger` says that it is another
    set's."""

    read: tuple[CandidateReading, ...]
    answerable: bool
    share: float
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """A confidence with what it came to: the probability of every question, told by a curve that had not seen it, and
    the share of `firsts` that are right, each set counting alike."""

    confidence: Confidence
    probabilities: Array
    right: NDArray[np.bool_]
    firsts: float
    cost: float


def says_all(said: str, expected: ExpectedAnswer) -> bool:
    """Say whether every required piece is said in one of its spellings."""
    told = squeezed(said)
    return all(any(squeezed(spelling) in told for spelling in piece) for piece in expected.pieces)


def asked_of(judged: JudgedSet) -> list[tuple[Query, ExpectedAnswer]]:
    """Give the questions of a set whose answers are given by pieces, those that lean on others left out."""
    return [
        (question.query, question.expected)
        for question in judged.questions
        if question.expected
        and question.kind not in ELSEWHERE
        and not question.query.previous
        and (question.expected.pieces or not question.expected.answerable)
    ]


def read_set(
    judged: JudgedSet, others: Sequence[JudgedSet], reader: Reader, progress: Progress
) -> list[QuestionReadings]:
    """Search and read every question of a set, and those of others that nothing here answers."""
    encoder = open_encoder()
    index = index_corpus(judged, Arm(), encoder, progress)
    snapshot = open_snapshot(index.folder, encoder)
    investigator = Investigator(Retriever(snapshot, encoder), snapshot.records, reader)
    own = asked_of(judged)
    strangers = [
        (query, ExpectedAnswer(answerable=False))
        for query, expected in [one for other in others for one in asked_of(other) if one[1].answerable][::2]
    ]
    questions = []

    def said(candidate: Candidate) -> str:
        text = investigator.document(candidate.doc_id).text
        return "\n".join(text[start:end] for start, end in candidate.spans)

    shares = [1 / len(own)] * len(own) + [STRANGERS / max(len(strangers), 1)] * len(strangers)
    for number, ((query, expected), share) in enumerate(zip(own + strangers, shares, strict=True)):
        progress(f"reading {judged.name}", number, len(shares))
        candidates = investigator.read(query, investigator.search(query))
        read = tuple(
            CandidateReading(
                c.reading.score,
                c.hit.score,
                investigator.likeness(c),
                investigator.saying(c),
                expected.answerable and says_all(said(c), expected),
            )
            for c in candidates
        )
        if read:
            questions.append(QuestionReadings(read, expected.answerable, share, number >= len(own)))
    progress(f"reading {judged.name}", len(shares), len(shares))
    snapshot.close()
    return questions


def fit(questions: Sequence[QuestionReadings], found: float, standing: float) -> Fit:
    """Fit the curve for one weight of the search's score in the order, and choose the bar; `standing` is the reader's
    own."""
    order = Confidence(found=found)
    rows, right = [], []
    for question in questions:
        ordered = sorted(question.read, key=lambda one: -order.order(one.reading, one.search))
        lead = lead_of([(order.order(one.reading, one.search), one.saying) for one in ordered])
        rows.append((ordered[0].reading, lead, ordered[0].likeness))
        right.append(ordered[0].right)
    features, truth = np.asarray(rows), np.asarray(right)
    shares = np.asarray([question.share for question in questions])
    curve = LogisticRegression(C=1000)
    weights = shares * len(shares) / shares.sum()
    probabilities: Array = cross_val_predict(
        curve, features, truth, cv=10, method="predict_proba", params={"sample_weight": weights}
    )[:, 1]
    answerable = np.asarray([question.answerable for question in questions])
    own = shares * np.asarray([not question.stranger for question in questions])  # a stranger may be answered after all
    costs = [
        float(own @ np.where(probabilities >= bar, np.where(truth, 0.0, WRONG), answerable)) / own.sum() for bar in BARS
    ]
    curve.fit(features, truth, weights)
    reading, lead, likeness = (round(float(weight), 4) for weight in curve.coef_[0])
    alike = [n for n, cost in enumerate(costs) if cost <= min(costs) + ALIKE]
    own_bar = int(np.abs(BARS - standing).argmin())
    best_bar = own_bar if own_bar in alike else alike[len(alike) // 2]
    confidence = Confidence(
        found=found,
        reading=reading,
        lead=lead,
        likeness=likeness,
        offset=round(float(curve.intercept_[0]), 4),
        enough=round(float(BARS[best_bar]), 2),
    )
    return Fit(confidence, probabilities, truth, float(own @ truth) / own.sum(), costs[best_bar])


def expected_error(probabilities: Array, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Give the expected calibration error (Guo 2017) over bins of equal count.

    >>> expected_error(np.array([0.0, 1.0]), np.array([False, True]), bins=2)
    0.0
    """
    parts = np.array_split(np.argsort(probabilities), bins)
    errors = [len(part) * abs(float(probabilities[part].mean()) - float(right[part].mean())) for part in parts]
    return sum(errors) / len(probabilities)


def main() -> None:
    """Fit on the dev questions of the sets and write what fits best into the reader's config.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", action="append", dest="sets", help="sets by name, of which the dev questions count")
    parser.add_argument("--reader", type=Path, default=MODELS_DIR / "reader")
    options = parser.parse_args()
    reader = Reader.open(options.reader)
    names = options.sets or ["civic", "policy"]
    with progress_on_terminal() as progress:
        judged = [read_judged(find_dataset(name), "dev") for name in names]
        sets = [read_set(one, [other for other in judged if other is not one], reader, progress) for one in judged]
    questions = [question for one in sets for question in one]
    best = max((fit(questions, found, reader.confidence.enough) for found in FOUND), key=lambda one: one.firsts)
    path = options.reader / CONFIG
    config = json.loads(path.read_text("utf-8"))
    config["settings"] = best.confidence.model_dump()
    path.write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", "utf-8")
    print(f"{best.confidence!r}: cost {best.cost:.3f}")
    begin = 0
    for name, one in zip(names, sets, strict=True):
        told = range(begin, begin + len(one))
        begin += len(one)
        own = np.asarray([n for n, question in zip(told, one, strict=True) if not question.stranger])
        likely, right = best.probabilities[own], best.right[own]
        answerable = sum(question.answerable for question in one)
        answered = likely >= best.confidence.enough
        strangers = [n for n, question in zip(told, one, strict=True) if question.stranger]
        print(
            f"{name}: first is right {right.sum() / answerable:.3f}; at the bar right {(right & answered).sum() / answerable:.3f},"
            f" wrong {(~right & answered).mean():.3f}, answered {answered.sum()} of {len(own)};"
            f" expected calibration error {expected_error(likely, right):.3f};"
            f" of {len(strangers)} questions of other sets answered {sum(best.probabilities[strangers] >= best.confidence.enough)}"
        )


if __name__ == "__main__":
    main()
