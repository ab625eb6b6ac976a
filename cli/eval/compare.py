"""`kb eval compare A B`: two records of the same questions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.eval.output import ReportOption, told, write_report
from cli.options import JsonOption, print_json
from evals.record import Record
from evals.record_comparison import QuestionPair, compare
from evals.report.figure_tables import FigureTable, change_table, kind_change_table
from evals.report.terminal import print_tables

_SHOWN = 10  # questions that were won, and as many that were lost


def compare_records(
    first: Annotated[Path, typer.Argument(metavar="A", help="A record, as `kb eval NAME --record FILE` keeps it.")],
    second: Annotated[Path, typer.Argument(metavar="B")],
    by: Annotated[str | None, typer.Option(help="The measure that decides who won a question.")] = None,
    json: JsonOption = False,
    report: ReportOption = None,
) -> None:
    """Say what changed from A to B, for which questions, and whether that is chance."""
    comparison = compare(Record.load(first), Record.load(second), by)
    if report:
        write_report(report, (comparison.first, comparison.second), (comparison,))
    if json:
        print_json(told((), (comparison,))["comparisons"][0])
        return
    won, lost = _pairs("Won", comparison.won), _pairs("Lost", comparison.lost)
    print_tables([change_table(comparison), kind_change_table(comparison), won, lost])


def _pairs(title: str, pairs: tuple[QuestionPair, ...]) -> FigureTable:
    rows = [
        (
            f"{pair.gain:+.3f}",
            pair.first.query_id,
            pair.first.text[:40],
            _first(pair.first.ranked),
            _first(pair.second.ranked),
        )
        for pair in pairs[:_SHOWN]
    ]
    return FigureTable(
        f"{title}: {len(pairs)} questions", ("gain", "id", "question", "first of A", "first of B"), tuple(rows)
    )


def _first(ranked: tuple[tuple[str, float], ...]) -> str:
    return ranked[0][0] if ranked else "–"
