"""A record: the figures of one run, each question's part in them, and all that is needed to repeat it."""

from __future__ import annotations

import gzip
import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from evals.refusal_decisions import RefusalDecision, judge_refusals
from kb.errors import DatasetError

ROOT = Path(__file__).resolve().parent.parent
# Whose version may move a figure; a record says which they were.
_PACKAGES = ("faiss-cpu", "tantivy", "numpy", "ir-measures")
_FORMAT = 1  # Raised whenever older records could no longer be compared.


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    `ranked` are the targets found with their scores, `values` the measures that apply to it; `matched` holds,
    for the first target and the first relevant one, the words that it shares with the question.
    """

    query_id: str
    text: str
    kind: str
    answerable: bool
    ranked: tuple[tuple[str, float], ...]
    relevant: tuple[str, ...]
    values: dict[str, float]
    search_ms: float
    refusal: str | None = None
    answered: bool | None = None
    confidence: float = 0.0
    answer_ms: float | None = None
    read_ms: float | None = None
    said: str = ""
    matched: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def decision(self) -> RefusalDecision | None:
        """What was decided about answering, where the question was asked."""
        return None if self.answered is None else RefusalDecision(self.answerable, not self.answered, self.confidence)

    @property
    def measures(self) -> dict[str, float]:
        """Its `values`, and its part in the measures of refusals that are shares of questions."""
        return self.values | (judge_refusals([self.decision]) if self.decision else {})


@dataclass(frozen=True, slots=True)
class Record:
    """One run of one split: `conditions` say under what (configuration, checksums, versions), `costs` what it took
    (seconds to index, bytes of the index, resident megabytes)."""

    name: str
    split: str
    arm: str
    level: str
    conditions: dict[str, Any]
    costs: dict[str, float]
    outcomes: tuple[Outcome, ...]

    @property
    def title(self) -> str:
        """Name the set, the split and the arm."""
        return f"{self.name} {self.split} {self.arm}"

    def kinds(self) -> list[str]:
        """List the kinds of its questions."""
        return sorted({outcome.kind for outcome in self.outcomes})

    def summary(self, kind: str | None = None) -> dict[str, float]:
        """Average every measure over the questions that it applies to, of one kind or of all."""
        chosen = [outcome for outcome in self.outcomes if kind in (None, outcome.kind)]
        names = dict.fromkeys(name for outcome in chosen for name in outcome.values)
        means = {}
        for name in names:
            values = [outcome.values[name] for outcome in chosen if name in outcome.values]
            means[name] = sum(values) / len(values)
        decisions = [outcome.decision for outcome in chosen if outcome.decision is not None]
        return means | judge_refusals(decisions)

    def latencies(self) -> dict[str, float]:
        """Give the median and the 99th percentile of each stage in milliseconds."""
        stages = {
            "search": [outcome.search_ms for outcome in self.outcomes],
            "read": [outcome.read_ms for outcome in self.outcomes if outcome.read_ms is not None],
            "answer": [outcome.answer_ms for outcome in self.outcomes if outcome.answer_ms is not None],
        }
        return {
            f"{stage} {label}": percentile(times, share)
            for stage, times in stages.items()
            if times
            for label, share in (("median ms", 0.5), ("p99 ms", 0.99))
        }

    def save(self, path: Path) -> None:
        """Write the record as gzipped JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wt", encoding="utf-8") as file:
            json.dump({"format": _FORMAT} | asdict(self), file, ensure_ascii=False)

    @classmethod
    def load(cls, path: Path) -> Record:
        """Read a record; raise DatasetError where the file is none."""
        try:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                told = json.load(file)
            if told.pop("format") != _FORMAT:
                raise ValueError("it has another format; run the evaluation again")
            outcomes = [
                Outcome(**outcome | {
                    "ranked": tuple(map(tuple, outcome["ranked"])), "relevant": tuple(outcome["relevant"]),
                    "matched": {target: tuple(words) for target, words in outcome["matched"].items()},
                })
                for outcome in told.pop("outcomes")
            ]  # fmt: skip
            return cls(**told, outcomes=tuple(outcomes))
        except FileNotFoundError:
            raise DatasetError.of("record_missing", file=path, path=path) from None
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise DatasetError.of("record_broken", file=path, cause=error) from error


def percentile(times: Sequence[float], share: float) -> float:
    """Give the value below which a share of the times lies."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def versions() -> dict[str, str]:
    """Name what the figures depend on beside our own code."""
    return {package: version(package) for package in _PACKAGES} | {"python": platform.python_version()}


def checksum_of_files(paths: Sequence[Path]) -> str:
    """One checksum over the contents of files, in the order of their paths."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def checksum_of_code() -> str:
    """One checksum over the code and the weights that a figure depends on."""
    folders = [ROOT / package for package in ("kb", "ingest", "evals")]
    return checksum_of_files(
        [path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    )
