"""The gate: expected values in a checked-in file, and a failure where one falls by more than its noise.

    [policy.dev]
    questions = "5f1c…"    checksums of what the values were measured on
    corpus = "8999…"
    [policy.dev.values]
    "Success@5" = 0.914
    [policy.dev.noise]
    "Success@5" = 0.006

The noise of a measure is what two questions in the set are worth: the system is deterministic, and only the
last digits of floating-point sums differ between machines.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.record import Record
from evals.refusal_decisions import LOWER_IS_BETTER
from kb.errors import DatasetError

BASELINES = Path("evals/baselines.toml")
# What a change is judged by; measures that follow from these are left out.
GATED = (
    "Success@1", "Success@5", "nDCG@10", "complete", "citation precision", "citation recall", "refusal precision",
    "refusal recall", "wrongly refused", "AUC", "ROUGE-L",
)  # fmt: skip
_QUESTIONS_OF_NOISE = 2  # A figure may move by what so many questions are worth: other processors round otherwise.


@dataclass(frozen=True, slots=True)
class Verdict:
    """One measure held against its baseline."""

    title: str
    measure: str
    expected: float
    noise: float
    found: float

    @property
    def loss(self) -> float:
        """How far the value is worse than expected; negative where it is better."""
        sign = -1 if self.measure in LOWER_IS_BETTER else 1
        return sign * (self.expected - self.found)

    @property
    def passed(self) -> bool:
        """Whether nothing fell below its baseline."""
        return self.loss <= self.noise


def hold(records: Sequence[Record], path: Path = BASELINES) -> list[Verdict]:
    """Hold records against the baselines; raise DatasetError where a set or its corpus changed since."""
    baselines = _read(path)
    verdicts = []
    for record in records:
        baseline = baselines.get(record.name, {}).get(record.split)
        if baseline is None:
            raise DatasetError.of("baseline_missing", file=path, name=record.name, split=record.split)
        for what in ("questions", "corpus"):
            if baseline.get(what) != record.conditions[what]:
                raise DatasetError.of(
                    "baseline_outdated",
                    file=path,
                    name=record.name,
                    split=record.split,
                    what=what,
                    before=str(baseline.get(what))[:8],
                    now=record.conditions[what][:8],
                )
        summary = record.summary()
        for measure, expected in baseline["values"].items():
            if measure not in summary:
                raise DatasetError.of(
                    "baseline_not_measured", file=path, name=record.name, split=record.split, measure=measure
                )
            noise = baseline["noise"].get(measure, 0.0)
            verdicts.append(Verdict(f"{record.name} {record.split}", measure, expected, noise, summary[measure]))
    return verdicts


def write(records: Sequence[Record], path: Path = BASELINES) -> None:
    """Make the figures of the records the baselines of their sets; those of other sets stay."""
    baselines = _read(path) if path.exists() else {}
    for record in records:
        baselines.setdefault(record.name, {})[record.split] = _baseline(record)
    lines = [
        "# Expected figures; `kb eval gate` fails when one falls by more than its noise. Written by `kb eval gate --write`."
    ]
    for name in sorted(baselines):
        for split in sorted(baselines[name]):
            baseline = baselines[name][split]
            lines += [
                "",
                f"[{name}.{split}]",
                f'questions = "{baseline["questions"]}"',
                f'corpus = "{baseline["corpus"]}"',
            ]
            for table in ("values", "noise"):
                lines += ["", f"[{name}.{split}.{table}]"]
                lines += [f'"{measure}" = {value:.4f}' for measure, value in baseline[table].items()]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _baseline(record: Record) -> dict[str, Any]:
    summary = record.summary()
    values = {measure: summary[measure] for measure in GATED if measure in summary}
    unanswerable = sum(not outcome.answerable for outcome in record.outcomes)
    answerable = len(record.outcomes) - unanswerable
    few = {"refusal recall": unanswerable, "refusal precision": unanswerable, "AUC": unanswerable}
    noise = {measure: _QUESTIONS_OF_NOISE / max(1, few.get(measure, answerable)) for measure in values}
    return {
        "questions": record.conditions["questions"],
        "corpus": record.conditions["corpus"],
        "values": values,
        "noise": noise,
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DatasetError.of("baselines_missing", file=path) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DatasetError.of("baselines_broken", file=path, cause=error) from error
