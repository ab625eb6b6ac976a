"""`make bench-scale`: what an index of many passages costs, over articles of laws repeated with variations.

Building runs in processes of their own, so that the memory told is that of one that only searches.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from ingest.bars import Bars
from ingest.ingestion import IngestionSettings, ingest, writing
from kb.errors import DatasetError
from kb.index.encoder import STATIC, open_encoder
from kb.index.late_meaning import encoded_text
from kb.index.vector_cache import VectorCache
from kb.knowledge_base import KnowledgeBase
from kb.scope import Scope
from kb.types import Document, Query

LAWS = Path("../shared/benchmarks/laws/articles.jsonl.gz")
QUESTIONS = 400  # the slowest hundredth of them is four
NEAREST = 10
_EQUAL = 1e-5  # cosines that differ by less are those of the same words
_AT_ONCE = 20_000  # passages whose vectors are compared at once
_ARTICLES = 20  # articles that make a document
_PLACES = ("东湖市", "清溪市", "南浦市", "北原市", "西陵市", "青川县", "平江县", "云岭州")


def main() -> None:
    """Build, add documents, search, compare with an exact search, and print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--passages", type=int, default=250_000)
    wanted = parser.parse_args().passages
    if not LAWS.exists():
        raise DatasetError.of("jsonl_missing", file=LAWS)
    table = Table("what", "measured")
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        steps: list[tuple[str, Callable[[Path, int], int], int]] = [
            ("build, nothing cached", build, wanted),
            ("adding a document, all others looked through for the first time", add, 1),
            ("adding another document", add, 2),
        ]
        for what, step, number in steps:
            with ProcessPoolExecutor(1, get_context("spawn")) as process:
                cost = process.submit(_cost_of, step, index, number).result()
            table.add_row(what, cost)
        for row in measure(index):
            table.add_row(*row)
    Console(width=110).print(table)


def articles() -> Iterator[tuple[str, str]]:
    """Give titles and texts of articles without end: those of the file, then again as other places have them."""
    for again in count():
        with gzip.open(LAWS, "rt", encoding="utf-8") as lines:
            for n, line in enumerate(lines):
                article = json.loads(line)
                place = _PLACES[(n + again) % len(_PLACES)] if again else ""
                yield f"{place}{article['title']}", f"{place}{article['text']}" if again else article["text"]


def documents(passages: int) -> Iterator[Document]:
    """Make documents of some twenty articles, until they hold about `passages`, most of which are one article."""
    source = islice(articles(), passages)
    for number in range(-(-passages // _ARTICLES)):
        batch = list(islice(source, _ARTICLES))
        lines = (f"第{n}条　{' '.join(text.split())}" for n, (_, text) in enumerate(batch, start=1))
        text = f"{batch[0][0]}\n" + "\n".join(lines)
        yield Document(
            doc_id=f"law{number:07}",
            title=batch[0][0],
            disclosure="public",
            source=f"law{number:07}.txt",
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            text=text,
        )


def build(index: Path, passages: int) -> int:
    """Build an index; give the number of passages embedded."""
    with writing(index, open_encoder(STATIC), lambda step, done, total: None) as writer:
        return writer.write(documents(passages)).embedded


def add(index: Path, number: int) -> int:
    """Ingest one file of twenty articles as `kb ingest` does; give the number of passages embedded."""
    (document,) = documents(_ARTICLES)
    path = index.parent / f"added{number}.txt"
    lines = (
        f"第{n}条　新增的规定，编号{number}：{line}" for n, line in enumerate(document.text.split("\n")[1:], start=1)
    )
    path.write_text(f"新增文件第{number}号\n" + "\n".join(lines), "utf-8")
    ingested = ingest([path], index, IngestionSettings(open_encoder(STATIC), unstated="public"), Bars())
    return ingested.build.embedded if ingested.build else 0


def _cost_of(step: Callable[[Path, int], int], index: Path, number: int) -> str:
    """Take a step in this process, and tell what it took; of a machine that is shared, the seconds of its processors
    say more."""
    started = time.perf_counter()
    embedded = step(index, number)
    used = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (
        f"{time.perf_counter() - started:.1f} s ({used:.1f} s of a processor), {embedded:,} passages embedded,"
        f" {_memory('VmHWM'):.0f} MB at most"
    )


def measure(index: Path) -> Iterator[tuple[str, str]]:
    """Give the rows of the table for an index that is there."""
    encoder = open_encoder(STATIC)
    started = time.perf_counter()
    knowledge_base = KnowledgeBase.open(index, encoder)
    yield "opening", f"{time.perf_counter() - started:.1f} s"
    manifest = knowledge_base.snapshot.manifest
    yield "passages", f"{manifest.counts.passages:,}"
    for name in sorted({Path(file).parts[0] for file in manifest.files}):
        size = sum(file.bytes for path, file in manifest.files.items() if Path(path).parts[0] == name)
        yield f"size of {name}", f"{size / 1e6:.0f} MB"
    questions = list(_questions(knowledge_base, QUESTIONS))
    knowledge_base.search(questions[0])  # lets the first search of the day read the dates of all documents
    for what, clock in (("search", time.perf_counter), ("the same, of a processor", time.process_time)):
        seconds = []
        for question in questions:
            started = clock()
            knowledge_base.search(question)
            seconds.append(clock() - started)
        ordered = sorted(seconds)
        figures = f"{1e3 * statistics.median(ordered):.1f} / {1e3 * ordered[len(ordered) * 99 // 100]:.1f} ms"
        yield f"{what}, median / p99", figures
    anonymous, mapped = _memory("RssAnon"), _memory("RssFile")
    yield "resident after it, of its own / mapped", f"{anonymous:.0f} / {mapped:.0f} MB"
    retriever, scope = knowledge_base.retriever, Scope.of(Query("", ""))
    vectors = [retriever.vector_of(question) for question in questions]
    found = [[row for row, _ in retriever.search_dense(question, scope, NEAREST)] for question in questions]
    recalls = _recalls(knowledge_base, index, np.stack(vectors), found)
    yield f"recall@{NEAREST} of the dense arm", f"{statistics.fmean(recalls):.4f}"
    knowledge_base.close()


def _questions(knowledge_base: KnowledgeBase, many: int) -> Iterator[str]:
    """Cut stretches out of passages, as long as a question is."""
    chance = random.Random(23)
    records = knowledge_base.snapshot.records
    for row in chance.sample(range(len(records.document_of_row)), many):
        passage = records.passages([row])[0]
        text = records.document(passage.doc_id).text[passage.start : passage.end]
        start = chance.randrange(max(len(text) - 20, 1))
        yield text[start : start + 20] or "。"


def _recalls(
    knowledge_base: KnowledgeBase, index: Path, questions: NDArray[np.float32], found: Sequence[Sequence[int]]
) -> list[float]:
    """Give, for each question, how many of the rows that were found are among its nearest by the vectors as the encoder
    gave them.

    What is as near as the last of them is among them, as in ANN-Benchmarks (Aumüller 2020): of passages with the same
    words, and there are hundreds that hold nothing but the name of a law, no search can tell which an exact one would
    have named.
    """
    encoder, records = open_encoder(STATIC), knowledge_base.snapshot.records
    cache = VectorCache(index / "cache", encoder)
    nearest = np.full((len(questions), NEAREST), -np.inf, np.float32)
    rows_found = np.asarray([[*rows, *[-1] * (NEAREST - len(rows))] for rows in found])
    cosines = np.full(rows_found.shape, -np.inf, np.float32)  # of what was found
    count = len(records.document_of_row)
    for at in range(0, count, _AT_ONCE):
        rows = range(at, min(at + _AT_ONCE, count))
        texts: list[str] = []
        text_of: dict[str, str] = {}
        for passage in records.passages(rows):
            text_of = text_of if passage.doc_id in text_of else {passage.doc_id: records.document(passage.doc_id).text}
            texts.append(encoded_text(passage.context, text_of[passage.doc_id][passage.start : passage.end]))
        scores = questions @ cache.encode(texts, encoder).T
        question, place = np.nonzero((rows_found >= rows.start) & (rows_found < rows.stop))
        cosines[question, place] = scores[question, rows_found[question, place] - at]
        nearest = np.partition(np.concatenate([nearest, scores], axis=1), -NEAREST, axis=1)[:, -NEAREST:]
    cache.close()
    near_enough = cosines >= nearest.min(1, keepdims=True) - _EQUAL
    return [float(share) for share in near_enough.mean(axis=1)]


def _memory(name: str) -> float:
    """Read a figure of this process from the kernel, in MB."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


if __name__ == "__main__":
    main()
