"""How alike an index answers whose words and vectors are in Milvus and one that keeps them itself: `python -m
evals.store_overlap SET ...`

Each set is indexed twice below a folder that is thrown away, the second time in Milvus Lite or at `--milvus`, and its
questions are searched for in both. What is as good as the last of the ten counts as found: of equal scores either home
may name others.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals.arms import Arm
from evals.datasets import find_dataset
from evals.judged import JudgedSet, read_judged
from evals.runs import index_corpus
from kb.errors import KnowledgeBaseError
from kb.index.encoder import EMBEDDED, STATIC, open_encoder
from kb.index.milvus_connection import MilvusAddress
from kb.knowledge_base import KnowledgeBase
from kb.types import Hit

SETS = ("policy", "short", "civic", "ncp", "cmrc", "drcd", "xquad", "cail")
"""The sets that are compared where none are named: all that Milvus Lite, which is written in Python, writes in
minutes."""

NEAREST = 10
_EQUAL = 1e-6  # scores that differ by less are equal
_PATIENCE = 60  # seconds for one search: what is compared is what is found, however busy the machine is


@dataclass(slots=True)
class HomeComparison:
    """What the questions of one set came to."""

    passages: int = 0
    overlaps: list[float] = field(default_factory=list)
    same_order: list[bool] = field(default_factory=list)
    seconds: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))


def overlap(local: Sequence[Hit], other: Sequence[Hit]) -> float:
    """Give the share of what one home found first that the other found, or that is as good as the last that the other
    found."""
    if not local:
        return float(not other)
    known, least = {hit.passage.passage_id for hit in local}, local[-1].score
    found = sum(hit.passage.passage_id in known or abs(hit.score - least) < _EQUAL for hit in other)
    return found / max(len(local), len(other))


def compare(judged: JudgedSet, encoder: str, questions: int, folder: Path, milvus: MilvusAddress) -> HomeComparison:
    """Index a set in both homes, and search for up to so many of its questions in both, evenly drawn."""
    opened = open_encoder(encoder)
    arm = Arm(judged.name, encoder=encoder)
    asked = judged.questions[:: max(1, -(-len(judged.questions) // questions))]
    compared = HomeComparison()
    with_local = index_corpus(judged, arm, opened, _silent, folder / "local").folder
    with_milvus = index_corpus(judged, arm, opened, _silent, folder / "milvus", milvus).folder
    local, other = KnowledgeBase.open(with_local, opened), KnowledgeBase.open(with_milvus, opened, milvus=milvus)
    compared.passages = local.snapshot.manifest.counts.passages
    try:
        for question in asked:
            found: list[list[Hit]] = []
            for home, seconds in zip((local, other), compared.seconds, strict=True):
                started = time.perf_counter()
                found.append(home.search(question.query, NEAREST))
                seconds.append(time.perf_counter() - started)
            compared.overlaps.append(overlap(*found))
            ids = [[hit.passage.passage_id for hit in hits] for hits in found]
            compared.same_order.append(ids[0] == ids[1])
    finally:
        local.close()
        other.close()
    return compared


def main() -> None:
    """Compare the homes on sets by name, and print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--encoder", default=STATIC, choices=(STATIC, EMBEDDED))
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--milvus", help="the address of a Milvus, instead of Milvus Lite")
    options = parser.parse_args()
    try:
        _print(options)
    except KnowledgeBaseError as error:
        parser.error(error.message)


def _print(options: argparse.Namespace) -> None:
    for name in options.sets:
        with tempfile.TemporaryDirectory() as folder:
            milvus = MilvusAddress(options.milvus or str(Path(folder) / "milvus.db"), seconds=_PATIENCE)
            judged = read_judged(find_dataset(name), options.split)
            compared = compare(judged, options.encoder, options.questions, Path(folder), milvus)
        local, other = (1000 * statistics.median(seconds) for seconds in compared.seconds)
        print(
            f"{name}: {compared.passages:,} passages, {len(compared.overlaps)} questions, overlap of the {NEAREST} best"
            f" {statistics.fmean(compared.overlaps):.4f}, in the same order {statistics.fmean(compared.same_order):.3f},"
            f" median {local:.0f} and {other:.0f} ms",
            flush=True,
        )


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody of the progress."""


if __name__ == "__main__":
    main()
