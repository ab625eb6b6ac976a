"""Two records of the same questions side by side: what changed, for which questions, and whether that is chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.record import Outcome, Record
from evals.refusal_decisions import LOWER_IS_BETTER
from evals.significance import Difference, compare_values, holm
from kb.errors import DatasetError

TESTED = (
    "nDCG@10",
    "Success@1",
    "Success@5",
    "R@100",
    "complete",
    "citation precision",
    "citation recall",
    "refusal recall",
    "wrongly refused",
    "ROUGE-L",
    "F1",
)
"""The measures that are tested, as far as both records have them; each is a mean over questions, which can be paired.
Refusal precision and AUC are none."""

_Pair = tuple[Outcome, Outcome]


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of two records, with p corrected for the number of measures tested."""

    measure: str
    first: float
    second: float
    difference: Difference
    corrected_p: float


@dataclass(frozen=True, slots=True)
class QuestionPair:
    """One question in both records; `gain` is by how much the second's measure is better than the first's."""

    first: Outcome
    second: Outcome
    gain: float


@dataclass(frozen=True, slots=True)
class RecordComparison:
    """All changes, those of the leading measure per kind of question, and the questions won and lost by it."""

    first: Record
    second: Record
    changes: tuple[Change, ...]
    by_kind: dict[str, Change]
    won: tuple[QuestionPair, ...]
    lost: tuple[QuestionPair, ...]


def compare(first: Record, second: Record, measure: str | None = None, seed: int = 0) -> RecordComparison:
    """Compare two records; raise DatasetError where they are not of the same questions.

    `measure` decides who won a question; by default the first of TESTED that both have.
    """
    pairs = _pair(first, second)
    shared = [name for name in TESTED if _both(pairs, name)]
    if not shared:
        raise DatasetError.of("comparison_without_measure", first=first.title, second=second.title)
    leading = measure or shared[0]
    if leading not in shared:
        raise DatasetError.of("measure_not_shared", measure=leading, options=shared)
    changes = _changes(pairs, shared, seed)
    kinds = sorted({one.kind for one, _ in pairs})
    by_kind: dict[str, Change] = {}
    for kind in kinds:
        of_kind = [pair for pair in pairs if pair[0].kind == kind]
        for change in _changes(of_kind, [leading], seed):
            by_kind[kind] = change
    corrected = holm({kind: change.difference.p for kind, change in by_kind.items()})
    better = -1 if leading in LOWER_IS_BETTER else 1
    gains = [
        QuestionPair(one, other, better * (other.measures[leading] - one.measures[leading]))
        for one, other in _both(pairs, leading)
    ]
    return RecordComparison(
        first=first,
        second=second,
        changes=changes,
        by_kind={
            kind: Change(c.measure, c.first, c.second, c.difference, corrected[kind]) for kind, c in by_kind.items()
        },
        won=tuple(sorted((pair for pair in gains if pair.gain > 0), key=lambda pair: -pair.gain)),
        lost=tuple(sorted((pair for pair in gains if pair.gain < 0), key=lambda pair: pair.gain)),
    )


def _pair(first: Record, second: Record) -> list[_Pair]:
    theirs = {outcome.query_id: outcome for outcome in second.outcomes}
    missing = [outcome.query_id for outcome in first.outcomes if outcome.query_id not in theirs]
    if (first.name, first.split) != (second.name, second.split):
        raise DatasetError.of("comparison_of_different_sets", first=first.title, second=second.title)
    if missing or len(theirs) != len(first.outcomes):
        example = missing[0] if missing else min(theirs.keys() - {o.query_id for o in first.outcomes})
        raise DatasetError.of("comparison_query_missing", query=example, first=first.title, second=second.title)
    if first.conditions.get("questions") != second.conditions.get("questions"):
        raise DatasetError.of("comparison_questions_changed", name=first.name)
    return [(outcome, theirs[outcome.query_id]) for outcome in first.outcomes]


def _both(pairs: Sequence[_Pair], name: str) -> list[_Pair]:
    """Give the pairs of which both have a measure."""
    return [(one, other) for one, other in pairs if name in one.measures and name in other.measures]


def _changes(pairs: Sequence[_Pair], names: Sequence[str], seed: int) -> tuple[Change, ...]:
    found: dict[str, tuple[list[float], list[float]]] = {}
    for name in names:
        if both := _both(pairs, name):
            found[name] = ([one.measures[name] for one, _ in both], [other.measures[name] for _, other in both])
    differences = {name: compare_values(one, other, seed) for name, (one, other) in found.items()}
    corrected = holm({name: difference.p for name, difference in differences.items()})
    return tuple(
        Change(name, sum(one) / len(one), sum(other) / len(other), differences[name], corrected[name])
        for name, (one, other) in found.items()
    )
