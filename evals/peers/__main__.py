"""`python -m evals.peers`: every peer and this project on the same texts and questions, one after another on this
machine.

A peer runs in a process of its own from `build/peers/<name>`, which `make peers` fills from `requirements/<name>.txt`.
The policy questions are asked over the clauses of the corpus, with their headings, which spares the peers the outline.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.arms import Arm
from evals.datasets import find_dataset, has_corpus
from evals.judged import JudgedSet, read_judged
from evals.measures import measure
from evals.record import Record, percentile
from evals.report.figure_tables import FigureTable
from evals.report.terminal import print_tables
from evals.runs import index_corpus, measure_index
from evals.significance import compare_values
from ingest.beir import beir_documents
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase

FOLDER = Path(__file__).parent
ENVIRONMENTS = Path("build/peers")
# `tutorial` is what its first page shows, `words` the best that it does without a download. Chroma has no lexical
# search.
PEERS = {
    "llama_index": ("tutorial", "words"),
    "langchain": ("tutorial", "words"),
    "haystack": ("tutorial", "words"),
    "chroma": ("tutorial",),
    "txtai": ("tutorial", "words"),
}
OURS = "this project"
SHOWN = ("Success@1", "R@10", "nDCG@10")  # Found at all, found among ten, found in the right order.


@dataclass(frozen=True, slots=True)
class Result:
    """What one system made of one set; `values` are its measures per query."""

    system: str
    values: dict[str, dict[str, float]]
    index_s: float
    median_ms: float
    resident_mb: float

    def mean(self, name: str) -> float:
        """Give the mean of a measure over all questions."""
        return sum(values[name] for values in self.values.values()) / len(self.values)


def main() -> None:
    """Run all peers on the sets that are named and print a table a set."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("sets", nargs="*", default=["policy"])
    parser.add_argument("--out", type=Path, default=Path("build/eval/peers.json"))
    options = parser.parse_args()
    told = {}
    for name in options.sets:
        results = run_set(read_judged(find_dataset(name), "dev"))
        told[name] = [_told(result, results[0]) for result in results]
        print_tables([_table(name, told[name])])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def run_set(judged: JudgedSet) -> list[Result]:
    """Run this project and every peer on one set, this project first."""
    folder = ENVIRONMENTS / "sets" / judged.name
    folder.mkdir(parents=True, exist_ok=True)
    asked = [question for question in judged.questions if question.targets and not question.query.previous]
    _write(folder / "queries.jsonl", [(question.query.query_id, question.query.text) for question in asked])
    _write(folder / "corpus.jsonl", _texts(judged))
    targets = {question.query.query_id: question.targets for question in asked}
    results = [_ours(judged, targets.keys())]
    for peer, settings in PEERS.items():
        for setting in settings:
            results.append(_peer(peer, setting, folder, targets))
    return results


def _texts(judged: JudgedSet) -> list[tuple[str, str]]:
    if has_corpus(judged.folder):
        return [(d.doc_id, f"{d.title}\n{d.text}".strip()) for d in beir_documents(judged.folder).values()]
    index = index_corpus(judged, Arm(), open_encoder(), _silent)
    knowledge_base = KnowledgeBase.open(index.folder, open_encoder())
    texts = []
    for known in knowledge_base.documents():
        document = knowledge_base.document(known.doc_id)
        for clause in knowledge_base.clauses(document.doc_id):
            headings = "\n".join((document.title, *clause.headings))
            texts.append((clause.clause_id, f"{headings}\n{document.text[clause.start : clause.end]}"))
    knowledge_base.close()
    return texts


def _ours(judged: JudgedSet, asked: Collection[str]) -> Result:
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        record = process.submit(_measure_fresh, judged).result()
    outcomes = [outcome for outcome in record.outcomes if outcome.query_id in asked]
    times = [outcome.search_ms for outcome in outcomes]
    values = {outcome.query_id: outcome.values for outcome in outcomes}
    return Result(OURS, values, record.costs["index s"], percentile(times, 0.5), record.costs["peak resident MB"])


def _measure_fresh(judged: JudgedSet) -> Record:
    """Build an index that was not there before: time and memory are of one process, as those of a peer are."""
    with TemporaryDirectory(prefix="kb-peers-", ignore_cleanup_errors=True) as root:
        index = index_corpus(judged, Arm(), open_encoder(), _silent, Path(root))
        return measure_index(judged, Arm(), index, _silent, answers=False)


def _silent(step: str, done: int, total: int) -> None:
    """Report no progress: the tables are the output."""


def _peer(peer: str, setting: str, folder: Path, targets: Mapping[str, Mapping[str, int]]) -> Result:
    python = ENVIRONMENTS / peer / "bin" / "python"
    if not python.exists():
        sys.exit(f"{python}: there is no environment for {peer}; run `make peers`")
    out = folder / f"{peer}-{setting}.json"
    command = [python, FOLDER / f"peer_{peer}.py", setting, folder / "corpus.jsonl", folder / "queries.jsonl", out]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    found = json.loads(out.read_text("utf-8"))
    values = measure(targets, {query: [tuple(hit) for hit in ranked] for query, ranked in found["rankings"].items()})
    return Result(f"{peer}, {setting}", values, found["index_s"], percentile(found["ms"], 0.5), found["resident_mb"])


def _told(result: Result, ours: Result) -> dict[str, float | str]:
    queries = sorted(ours.values)
    theirs = [result.values[query]["nDCG@10"] for query in queries]
    difference = compare_values(theirs, [ours.values[query]["nDCG@10"] for query in queries])
    return {
        "system": result.system,
        **{name: result.mean(name) for name in SHOWN},
        "behind": difference.mean,
        "p": difference.p,
        "index s": result.index_s,
        "median ms": result.median_ms,
        "resident MB": result.resident_mb,
    }


def _table(name: str, told: Sequence[dict[str, float | str]]) -> FigureTable:
    head = tuple(told[0])
    rows = [tuple(value if isinstance(value, str) else f"{value:.4g}" for value in line.values()) for line in told]
    return FigureTable(name, head, tuple(rows))


def _write(path: Path, texts: Sequence[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"_id": i, "text": text}, ensure_ascii=False) + "\n" for i, text in texts)


if __name__ == "__main__":
    main()
