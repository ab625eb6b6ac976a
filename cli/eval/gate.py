"""`kb eval gate`: the figures held against `evals/baselines.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args

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

GatedSplit = Literal["dev", "test"]  # `held` is kept for the end: a gate that ran on it would be tuned to.
SPLITS = get_args(GatedSplit)


def gate(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME|DIR...", help="policy by default.")] = None,
    split: Annotated[GatedSplit | None, typer.Option(help="One of the splits; both by default.")] = None,
    write_baselines: Annotated[bool, typer.Option("--write", help="Make today's figures the baselines.")] = False,
    baselines: Annotated[Path, typer.Option(help="The file of the baselines.")] = BASELINES,
) -> None:
    """Fail where a figure fell by more than its noise since its baseline."""
    folders = [find_dataset(name) for name in names or ["policy"]]
    wanted = [split] if split else SPLITS
    if write_baselines and split:
        raise typer.BadParameter("the baselines are of all splits: leave it out with --write", param_hint="--split")
    check_system(open_encoder())
    with progress_on_terminal() as progress:
        records = [
            record for folder in folders for record in evaluate_splits(folder, _splits(folder, wanted), Arm(), progress)
        ]
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


def _splits(folder: Path, wanted: Sequence[str]) -> list[str]:
    found = [split for split in wanted if (folder / "qrels" / f"{split}.tsv").exists()]
    if not found:
        raise DatasetError.of("split_not_gated", file=folder / "qrels", splits=wanted)
    return found


def _table(verdicts: list[Verdict]) -> FigureTable:
    rows = [
        (v.title, v.measure, f"{v.expected:.4f}", f"{v.found:.4f}", f"{v.noise:.4f}", "" if v.passed else "fell")
        for v in verdicts
    ]
    return FigureTable("Gate", ("set", "measure", "expected", "found", "noise", ""), tuple(rows))
