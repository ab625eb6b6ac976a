"""`kb eval`: sets by name, or one of the commands below it.

kb eval [NAME|DIR ...]      the figures of sets
kb eval run FILE            an experiment: arms side by side
kb eval compare A B         two records
kb eval gate                the figures against their baselines
kb eval score RUN NAME      a TREC run against the judgements of a set
kb eval adopt FILE          reviewed feedback becomes judged questions
kb eval pool RECORD ...     what several runs found and nobody has judged
kb eval negatives RECORD    what was ranked high and is not relevant
kb eval leakage NAME        questions of one split that stand nearly so in another
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from cli.eval.compare import compare_records
from cli.eval.experiment import run
from cli.eval.gate import gate
from cli.eval.judgements import adopt, leakage, negatives, pool
from cli.eval.score import score
from cli.eval.sets import sets

_DEFAULT = "sets"  # `kb eval ncp` is `kb eval sets ncp`.
_HELP = (
    "The figures of sets, by name or path, or one of the commands below. `kb eval NAME` is `kb eval sets NAME`, and"
    " `kb eval sets --help` tells its options: --split, --record, --report and others."
)


class _SetsByDefault(TyperGroup):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_SetsByDefault, add_completion=False, rich_markup_mode=None, help=_HELP)
app.command(_DEFAULT)(sets)
app.command("run")(run)
app.command("compare")(compare_records)
app.command("gate")(gate)
app.command("score")(score)
app.command("adopt")(adopt)
app.command("pool")(pool)
app.command("negatives")(negatives)
app.command("leakage")(leakage)
