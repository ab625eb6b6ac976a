"""`kb eval gate`: the figures held against `evals/baselines.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.arms import Arm
from evals.datasets import find_dataset
from evals.gate import BASELINES, Verdict, hold, write
from evals.report.figure_tables import FigureTable
from evals.report.terminal import print_tables
from evals.splits import evaluate_splits
from evals.system_check import check_system
from ingest.bars import progress_on_terminal
from kb.errors import DatasetError
from kb.index.encoder import open_encoder

SPLITS = ("dev", "test")  # `held` is kept for the end: a gate that ran on it would be tuned to.


def gate(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME|DIR...", help="policy by default.")] = None,
    write_baselines: Annotated[bool, typer.Option("--write", help="Make today's figures the baselines.")] = False,
    baselines: Annotated[Path, typer.Option(help="The file of the baselines.")] = BASELINES,
) -> None:
    """Fail where a figure fell by more than its noise since its baseline."""
    folders = [find_dataset(name) for name in names or ["policy"]]
    check_system(open_encoder())
    with progress_on_terminal() as progress:
        records = [record for folder in folders for record in evaluate_splits(folder, _splits(folder), Arm(), progress)]
    if write_baselines:
        write(records, baselines)
        print(f"{baselines} written; review the difference")
        return
    verdicts = hold(records, baselines)
    print_tables([_table(verdicts)])
    fallen = [verdict for verdict in verdicts if not verdict.passed]
    if fallen:
        worst = max(fallen, key=lambda verdict: verdict.loss)
        raise DatasetError.of(
            "figures_fell",
            count=len(fallen),
            measure=worst.measure,
            title=worst.title,
            found=worst.found,
            expected=worst.expected,
            noise=worst.noise,
        )


def _splits(folder: Path) -> list[str]:
    found = [split for split in SPLITS if (folder / "qrels" / f"{split}.tsv").exists()]
    if not found:
        raise DatasetError.of("split_not_gated", file=folder / "qrels", splits=SPLITS)
    return found


def _table(verdicts: list[Verdict]) -> FigureTable:
    rows = [
        (v.title, v.measure, f"{v.expected:.4f}", f"{v.found:.4f}", f"{v.noise:.4f}", "" if v.passed else "fell")
        for v in verdicts
    ]
    return FigureTable("Gate", ("set", "measure", "expected", "found", "noise", ""), tuple(rows))
