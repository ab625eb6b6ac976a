"""`kb eval run FILE`: the arms of an experiment side by side, each against what is served."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.eval.output import ReportOption, told, write_report
from cli.options import JsonOption, print_json
from evals.experiments import read_experiment, run_experiment
from evals.record_comparison import compare
from evals.report.figure_tables import change_table, summary_table
from evals.report.terminal import print_tables
from evals.system_check import check_system
from ingest.bars import progress_on_terminal
from kb.index.encoder import open_encoder


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml")], json: JsonOption = False, report: ReportOption = None
) -> None:
    """Run an experiment; what did not change since the last time is not run again."""
    experiment = read_experiment(file)
    check_system(open_encoder())
    with progress_on_terminal() as progress:
        by_set = run_experiment(experiment, progress)
    records = [record for arms in by_set for record in arms]
    comparisons = [compare(arms[0], other) for arms in by_set for other in arms[1:]]
    if report:
        write_report(report, records, comparisons)
    if json:
        print_json(told(records, comparisons))
    else:
        print_tables([summary_table(records), *map(change_table, comparisons)])
