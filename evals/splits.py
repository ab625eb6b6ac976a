"""Splits measured side by side: one index, one process a split, because a question is answered on one core."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from evals.arms import Arm
from evals.judged import JudgedSet, read_judged
from evals.record import Record
from evals.runs import BuiltIndex, index_corpus, measure_index
from ingest.build import Progress
from kb.index.encoder import open_encoder


def evaluate_splits(folder: Path, splits: Sequence[str], arm: Arm, progress: Progress) -> list[Record]:
    """Measure splits of one set, in the order given; raise DatasetError as `evaluate` does."""
    judged = [read_judged(folder, split) for split in splits]
    index = index_corpus(judged[0], arm, open_encoder(arm.encoder), progress)
    with ProcessPoolExecutor(len(judged), get_context("spawn")) as processes:
        running = [processes.submit(_measure, one, arm, index) for one in judged]
        records = []
        for done, future in enumerate(running):
            progress("splits", done, len(running))
            records.append(future.result())
        progress("splits", len(running), len(running))
    return records


def _measure(judged: JudgedSet, arm: Arm, index: BuiltIndex) -> Record:
    return measure_index(judged, arm, index, lambda step, done, total: None)
