"""`kb eval`: what retrieval is worth on judged questions."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ingest.commands.options import JsonOption, print_json
from ingest.commands.progress import progress_on_terminal
from ingest.settings import read_settings
from kb.index.encoder import open_encoder

if TYPE_CHECKING:
    from evals.runs import Evaluation


def evaluate(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME|DIR...", help="BEIR folders, by name or path; policy by default."),
    ] = None,
    split: Annotated[str, typer.Option(help="The split of the judgements.")] = "dev",
    json: JsonOption = False,
) -> None:
    """Measure retrieval on BEIR folders, and whole answers on the corpus's own questions, through the served code path."""
    from evals.datasets import find_dataset, has_corpus, read_dataset
    from evals.policy_runs import evaluate_policy
    from evals.runs import evaluate_dataset

    folders = [find_dataset(name) for name in names or ["policy"]]
    datasets = [read_dataset(folder, split) for folder in folders if has_corpus(folder)]
    encoder = open_encoder(read_settings().encoder)
    with progress_on_terminal() as progress:
        evaluations = [evaluate_dataset(dataset, encoder, progress) for dataset in datasets]
        policies = {
            folder.name: evaluate_policy(folder, split, encoder, progress)
            for folder in folders
            if not has_corpus(folder)
        }
    if json:
        print_json([dataclasses.asdict(evaluation) for evaluation in evaluations] or policies)
        return
    console = Console(width=140)
    if evaluations:
        console.print(_table(evaluations))
    for name, kinds in policies.items():
        table = Table(f"{name}, {split}", *next(iter(kinds.values())))
        for kind, measures in kinds.items():
            table.add_row(kind, *(f"{value:.3f}" for value in measures.values()))
        console.print(table)


def _table(evaluations: list[Evaluation]) -> Table:
    table = Table("set", "split", "queries", "documents", *evaluations[0].measures, "median ms", "p99 ms")
    for e in evaluations:
        values = (f"{value:.4f}" for value in e.measures.values())
        table.add_row(
            e.name, e.split, str(e.queries), str(e.documents), *values, f"{e.median_ms:.1f}", f"{e.p99_ms:.1f}"
        )
    return table
