"""Runs a peer in its own environment: index a corpus, ask every query, write rankings and times as JSON.

This file needs nothing but the standard library; it is imported by the scripts beside it, not by the project.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

Search = Callable[[str, int], list[tuple[str, float]]]
"""Ranks for a query: (id, score), best first; an id may occur once for each of its chunks."""

Build = Callable[[list[tuple[str, str]]], Search]
"""Makes an index of (id, text)."""

DEPTH = 100  # As deep as the measures look.


def main(settings: dict[str, Build]) -> None:
    """Run the setting that is named: `peer_x.py SETTING CORPUS.jsonl QUERIES.jsonl OUT.json`."""
    setting, corpus, queries, out = sys.argv[1:5]
    texts = [(line["_id"], line["text"]) for line in _lines(corpus)]
    started = time.perf_counter()
    search = settings[setting](texts)
    indexed = time.perf_counter() - started
    asked = [(line["_id"], line["text"]) for line in _lines(queries)]
    search(asked[0][1], DEPTH)
    rankings, milliseconds = {}, []
    for query_id, text in asked:
        started = time.perf_counter()
        found = search(text, DEPTH)
        milliseconds.append((time.perf_counter() - started) * 1000)
        best: dict[str, float] = {}
        for target, score in found:
            best.setdefault(target, float(score))
        rankings[query_id] = list(best.items())
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"rankings": rankings, "ms": milliseconds, "index_s": indexed, "resident_mb": resident}
    Path(out).write_text(json.dumps(told), "utf-8")


def segment(text: str) -> str:
    """Cut Chinese into words with jieba, apart by blanks."""
    import jieba

    jieba.setLogLevel(60)
    return " ".join(word for word in jieba.cut(text) if word.strip())


def _lines(path: str) -> list[dict]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").split("\n") if line]
