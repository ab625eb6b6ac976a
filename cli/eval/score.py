"""`kb eval score RUN NAME`: a TREC run, of whatever system, against the judgements of a set."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.eval.output import SplitOption
from cli.options import JsonOption, print_json
from evals.datasets import find_dataset
from evals.judged import read_judged
from evals.measures import NAMES, measure
from evals.report.figure_tables import FigureTable
from evals.report.terminal import print_tables
from evals.trec import read_run
from kb.errors import DatasetError


def score(
    run: Annotated[Path, typer.Argument(metavar="RUN")],
    name: Annotated[str, typer.Argument(metavar="NAME|DIR")],
    split: SplitOption = "dev",
    json: JsonOption = False,
) -> None:
    """Measure a TREC run."""
    judged = read_judged(find_dataset(name), split)
    targets = {q.query.query_id: q.targets for q in judged.questions if q.targets}
    read = read_run(run, targets)
    for places, words in (
        (read.extra, f"queries of the run are not judged in split {split} and are left out"),
        (read.missing, "judged queries are not in the run and count zero"),
        (read.ties, "scores equal the one above; the order of the file counts"),
    ):
        if places:
            print(f"kb: {run}: {len(places)} {words}, the first is {places[0]}", file=sys.stderr)
    ranked = [target for ranking in read.rankings.values() for target, _ in ranking]
    known = {target: None for relevant in targets.values() for target in relevant}
    if ranked and known.keys().isdisjoint(ranked):
        raise DatasetError.of("run_of_other_ids", file=run, ranked=ranked[0], judged=next(iter(known)))
    values = measure(targets, read.rankings)
    means = {measure_: sum(found[measure_] for found in values.values()) / len(values) for measure_ in NAMES}
    if json:
        print_json(means)
    else:
        row = (run.name, str(len(values)), *(f"{value:.4f}" for value in means.values()))
        print_tables([FigureTable(judged.name, ("run", "queries", *means), (row,))])
