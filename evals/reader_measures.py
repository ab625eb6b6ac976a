"""How well the reader reads, given the right document: does the sentence that it puts first hold the answer, and is
the span that it finds the answer?

    python -m evals.reader_measures [SET ...]        dev splits of ncp, cmrc and drcd
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.answer_measures import exact_match, f1
from evals.answer_spans import answer_spans, holds, read_answered
from evals.datasets import find_dataset
from evals.runs import INDEXES
from ingest.bars import progress_on_terminal
from ingest.beir import beir_documents
from ingest.build import Progress, build_index, index_lock
from kb.errors import DatasetError
from kb.evidence.investigate import Investigator, Weighing
from kb.index.encoder import STATIC, Encoder, open_encoder
from kb.index.snapshot import Snapshot, open_snapshot
from kb.reading.reader import Reader
from kb.retrieval import Retriever
from kb.types import Query

SETS = ("ncp", "cmrc", "drcd")
# What was reached when the reader was embedded (docs/answers.md), to see what a change costs.
MARKS = {"ncp": "0.70", "cmrc": "0.93", "drcd": "0.94, 0.60, 0.80"}
_PASSAGES = 60  # Of the right document: what search would have found of it is not what is measured.


@dataclass(frozen=True, slots=True)
class JudgedReading:
    """Shares of the questions: the first sentence holds the answer; its span is the answer, or how far it is."""

    questions: int
    sentence: float
    exact: float
    f1: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("sets", nargs="*", default=SETS)
    table = Table("set", "questions", "sentence holds the answer", "span exact", "span F1", "marks")
    with progress_on_terminal() as progress:
        for name in parser.parse_args().sets:
            try:
                folder = find_dataset(name)
            except DatasetError:
                table.add_row(name, "", "not here", "", "", MARKS.get(name, ""))
                continue
            reading = measure_reading(folder, "dev", open_encoder(STATIC), Reader.open(), progress)
            figures = (f"{value:.3f}" for value in (reading.sentence, reading.exact, reading.f1))
            table.add_row(name, str(reading.questions), *figures, MARKS.get(name, ""))
    Console(width=110).print(table)


def measure_reading(folder: Path, split: str, encoder: Encoder, reader: Reader, progress: Progress) -> JudgedReading:
    """Read the right document of every question of a split."""
    snapshot = open_reading_index(folder, encoder, progress)
    # Of the words the likeliest are measured, whether they would be shown as the answer itself or not.
    weighing = Weighing(units=_PASSAGES, first=_PASSAGES, stands_out=0.0)
    investigator = Investigator(Retriever(snapshot, encoder), snapshot.records, reader, weighing)
    document = lru_cache(maxsize=512)(snapshot.records.document)
    ordinals = snapshot.records.ordinals
    held: list[bool] = []
    exact: list[float] = []
    near: list[float] = []
    questions = [question for question in read_answered(folder, split) if question.answers and question.documents]
    for number, question in enumerate(questions):
        progress("reading", number, len(questions))
        holding = (d for d in question.documents if answer_spans(document(d), question.answers))
        right = next(holding, question.documents[0])
        query = Query(question.query_id, question.text)
        hits = investigator.search(query, only=frozenset([ordinals[right]]), k=_PASSAGES)
        candidates = investigator.read(query, hits)
        text = document(right).text
        start, end = candidates[0].likeliest if candidates else (0, 0)
        sentence = text[start:end]
        found = text[slice(*candidates[0].short)] if candidates and candidates[0].short else ""
        held.append(bool(sentence) and holds(sentence, question.answers))
        exact.append(exact_match(found, question.answers))
        near.append(f1(found, question.answers))
    progress("reading", len(questions), len(questions))
    snapshot.close()
    count = max(len(questions), 1)
    return JudgedReading(len(questions), sum(held) / count, sum(exact) / count, sum(near) / count)


def open_reading_index(folder: Path, encoder: Encoder, progress: Progress) -> Snapshot:
    """Index a reading set where it changed, and open it."""
    index_dir = INDEXES / f"{folder.resolve().name}-reading"
    with index_lock(index_dir):
        build_index(index_dir, list(beir_documents(folder).values()), encoder, progress)
    return open_snapshot(index_dir, encoder)


if __name__ == "__main__":
    main()
