"""Experiments: small TOML files that say which sets are run and what varies from arm to arm.

    sets = ["policy", "cmrc"]
    split = "dev"

    [arms.lexical]
    fusion = { least = 0.0, most = 0.0 }

    [arms.short]
    passage_length = 300

The arm `served` is always run beside them. A record is kept under a key of everything that it depends on (arm,
questions, corpus, code and weights), so only what changed is run again.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from evals.arms import SERVED, Arm
from evals.datasets import find_dataset
from evals.judged import read_judged
from evals.record import Record, checksum_of_code
from evals.runs import checksum_of_corpus, checksum_of_questions, evaluate
from ingest.build import Progress
from kb.errors import DatasetError, ModelError
from kb.model_folder import CONFIG, checksum

CACHE = Path("build/eval/records")  # Records by the checksum of their configuration: an experiment is run once.


@dataclass(frozen=True, slots=True)
class Experiment:
    """The sets, the split and the arms; `answers` says whether questions are answered, not only searched."""

    sets: tuple[str, ...]
    split: str
    arms: tuple[Arm, ...]
    answers: bool


def read_experiment(path: Path) -> Experiment:
    """Read an experiment; raise DatasetError naming file, value and remedy."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DatasetError.of("file_missing", file=path) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DatasetError.of("experiment_unreadable", file=path, cause=error) from error
    unknown = told.keys() - {"sets", "split", "arms", "answers"}
    if unknown:
        raise DatasetError.of("experiment_key_unknown", file=path, key=min(unknown))
    sets, arms = told.get("sets"), told.get("arms")
    if not isinstance(sets, list) or not sets or not isinstance(arms, dict) or not arms:
        raise DatasetError.of("experiment_without_arms", file=path, example='sets = ["policy"]')
    read = tuple(Arm.read(name, table, path) for name, table in arms.items())
    return Experiment(tuple(sets), str(told.get("split", "dev")), (Arm(SERVED), *read), bool(told.get("answers", True)))


def run_experiment(experiment: Experiment, progress: Progress) -> list[list[Record]]:
    """Give per set the records of all arms, the served one first."""
    return [
        [evaluate_cached(name, experiment.split, arm, progress, answers=experiment.answers) for arm in experiment.arms]
        for name in experiment.sets
    ]


def evaluate_cached(name: str, split: str, arm: Arm, progress: Progress, *, answers: bool = True) -> Record:
    """Evaluate a set, or give the record that is kept of exactly this."""
    folder = find_dataset(name)
    path = CACHE / f"{folder.resolve().name}-{split}-{arm.name}-{_key(folder, split, arm, answers)}.json.gz"
    if path.exists():
        return Record.load(path)
    record = evaluate(read_judged(folder, split), arm, progress, answers=answers)
    record.save(path)
    return record


def _key(folder: Path, split: str, arm: Arm, answers: bool) -> str:
    # the settings of a reader hold the checksums of its files
    reader = checksum(Path(arm.reader) / CONFIG, ModelError) if arm.reader else ""
    checksums = (checksum_of_questions(folder), checksum_of_corpus(folder, arm), checksum_of_code(), reader)
    parts = (checksums, split, arm.conditions(), answers)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
