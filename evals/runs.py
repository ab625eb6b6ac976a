"""Running a set through the served code path: an index of its corpus, a ranking for each query."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from evals.datasets import Dataset
from evals.measures import DEPTH, measure
from ingest.beir import beir_documents
from ingest.build import Progress, build_index, index_lock
from kb.index.encoder import Encoder
from kb.knowledge_base import KnowledgeBase
from kb.types import Query

INDEXES = Path("build/eval")
"""Where the indexes of the sets are kept between runs; a set that did not change is not indexed again."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one set came to; times in milliseconds a query and seconds for the index."""

    name: str
    split: str
    queries: int
    documents: int
    measures: dict[str, float]
    median_ms: float
    p99_ms: float
    index_s: float


def evaluate_dataset(dataset: Dataset, encoder: Encoder, progress: Progress) -> Evaluation:
    """Index a set where needed, rank every query of the split and measure."""
    index_dir = INDEXES / dataset.name
    started = time.perf_counter()
    with index_lock(index_dir):
        documents = beir_documents(dataset.folder)
        build_index(index_dir, list(documents.values()), encoder, progress)
    index_s = time.perf_counter() - started
    knowledge_base = KnowledgeBase.open(index_dir, encoder)
    run: dict[str, list[tuple[str, float]]] = {}
    times: list[float] = []
    for n, (query_id, text) in enumerate(dataset.queries.items()):
        if n % 50 == 0:
            progress("searching", n, len(dataset.queries))
        before = time.perf_counter()
        run[query_id] = knowledge_base.search_documents(Query(query_id, text), DEPTH)
        times.append((time.perf_counter() - before) * 1000)
    progress("searching", len(dataset.queries), len(dataset.queries))
    knowledge_base.close()
    times.sort()
    return Evaluation(
        name=dataset.name,
        split=dataset.split,
        queries=len(dataset.queries),
        documents=len(documents),
        measures=measure(dataset.qrels, run),
        median_ms=times[len(times) // 2],
        p99_ms=times[min(len(times) - 1, len(times) * 99 // 100)],
        index_s=index_s,
    )
