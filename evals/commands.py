"""`kb eval`: what retrieval is worth on judged questions."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ingest.commands.options import JsonOption, print_json
from ingest.commands.progress import progress_on_terminal
from ingest.settings import read_settings
from kb.index.encoder import open_encoder


def evaluate(
    names: Annotated[list[str], typer.Argument(metavar="NAME|DIR...", help="BEIR folders, by name or path.")],
    split: Annotated[str, typer.Option(help="The split of the judgements.")] = "dev",
    json: JsonOption = False,
) -> None:
    """Measure retrieval on BEIR folders through the code path that is served."""
    from evals.datasets import find_dataset, read_dataset
    from evals.runs import evaluate_dataset

    datasets = [read_dataset(find_dataset(name), split) for name in names]
    encoder = open_encoder(read_settings().encoder)
    with progress_on_terminal() as progress:
        evaluations = [evaluate_dataset(dataset, encoder, progress) for dataset in datasets]
    if json:
        print_json([dataclasses.asdict(evaluation) for evaluation in evaluations])
        return
    table = Table("set", "split", "queries", "documents", *evaluations[0].measures, "median ms", "p99 ms")
    for e in evaluations:
        values = (f"{value:.4f}" for value in e.measures.values())
        table.add_row(
            e.name, e.split, str(e.queries), str(e.documents), *values, f"{e.median_ms:.1f}", f"{e.p99_ms:.1f}"
        )
    Console(width=140).print(table)
