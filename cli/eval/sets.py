"""`kb eval NAME ...`: the figures of sets through the served code path."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.eval.output import ReportOption, SplitOption, told, write_report
from cli.options import JsonOption, print_json
from evals.arms import Arm
from evals.datasets import find_dataset
from evals.judged import read_judged
from evals.report.figure_tables import kind_table, summary_table
from evals.report.terminal import print_tables
from evals.runs import evaluate
from evals.system_check import check_system
from evals.trec import write_run
from ingest.bars import progress_on_terminal
from ingest.settings import read_settings
from kb.errors import SettingError
from kb.index.encoder import open_encoder


def sets(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME|DIR...", help="BEIR folders, by name or path; policy by default."),
    ] = None,
    split: SplitOption = "dev",
    answers: Annotated[bool, typer.Option(help="Answer the questions too, not only search.")] = True,
    json: JsonOption = False,
    report: ReportOption = None,
    record: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Keep the record of one set for `kb eval compare`.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the rankings of one set as a TREC run.")
    ] = None,
) -> None:
    """Measure rankings, and answers where a set says what is right, through the served code path."""
    folders = [find_dataset(name) for name in names or ["policy"]]
    if (record or run) and len(folders) > 1:
        raise SettingError.of("record_of_several")
    settings = read_settings()
    arm = Arm(encoder=settings.encoder, reranker=settings.reranker, reader=settings.reader_folder())
    judged = [read_judged(folder, split) for folder in folders]
    check_system(open_encoder(arm.encoder))
    with progress_on_terminal() as progress:
        records = [evaluate(one, arm, progress, answers=answers) for one in judged]
    if record:
        records[0].save(record)
    if run:
        write_run(run, {outcome.query_id: outcome.ranked for outcome in records[0].outcomes}, arm.name)
    if report:
        write_report(report, records)
    if json:
        print_json(told(records)["records"])
    else:
        print_tables([summary_table(records), *map(kind_table, records)])
