"""`kb eval adopt | pool | negatives | leakage`: questions and judgements that grow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import print_json_line
from evals.arms import Arm
from evals.datasets import find_dataset
from evals.judged import read_judged
from evals.record import Record
from evals.report.figure_tables import FigureTable
from evals.report.terminal import print_tables
from evals.runs import index_corpus
from ingest.bars import progress_on_terminal
from kb.errors import DatasetError
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase

Records = Annotated[list[Path], typer.Argument(metavar="RECORD...")]


def adopt(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="Reviewed feedback, a question a line.")],
    name: Annotated[str, typer.Option(help="The set that the questions are added to.")] = "policy",
) -> None:
    """Add reviewed feedback to the judged questions; all of it or, where a line is wrong, none."""
    from evals.judgements import adopt as adopt_into

    folder, encoder = find_dataset(name), open_encoder()
    with progress_on_terminal() as progress:
        index = index_corpus(read_judged(folder, "dev"), Arm(), encoder, progress)
    knowledge_base = KnowledgeBase.open(index.folder, encoder)
    for query_id in adopt_into(file, folder, knowledge_base):
        print(query_id)


def pool(records: Records, depth: Annotated[int, typer.Option(help="How deep each ranking is read.")] = 10) -> None:
    """Print what the runs found and nobody has judged, as JSON lines."""
    from evals.judgements import pool as pool_of

    for line in pool_of([Record.load(path) for path in records], depth):
        print_json_line(line)


def negatives(
    record: Annotated[Path, typer.Argument(metavar="RECORD")],
    count: Annotated[int, typer.Option(help="Negatives a question.")] = 5,
) -> None:
    """Print hard negatives for training, as JSON lines."""
    from evals.judgements import hard_negatives

    for line in hard_negatives(Record.load(record), count):
        print_json_line(line)


def leakage(name: Annotated[str, typer.Argument(metavar="NAME|DIR")]) -> None:
    """Name the questions of one split that stand nearly so in another; fail where there are any."""
    from evals.judgements import leaks

    found = leaks(find_dataset(name))
    if found:
        rows = tuple((leak.first, leak.second, f"{leak.likeness:.3f}") for leak in found)
        print_tables([FigureTable("Leaks", ("question", "nearly", "likeness"), rows)])
        raise DatasetError.of("splits_leak", name=name, count=len(found))
    print(f"{name}: no question of one split stands nearly so in another")
