"""A report as Markdown: the same tables."""

from __future__ import annotations

from collections.abc import Sequence

from evals.record import Record
from evals.record_comparison import RecordComparison
from evals.report.figure_tables import FigureTable, change_table, kind_change_table, kind_table, summary_table


def markdown(records: Sequence[Record], comparisons: Sequence[RecordComparison] = ()) -> str:
    """Write tables of figures as Markdown."""
    tables: list[FigureTable | None] = [summary_table(records), *(kind_table(record) for record in records)]
    for comparison in comparisons:
        tables += [change_table(comparison), kind_change_table(comparison)]
    return "# Evaluation\n\n" + "\n".join(_table(table) for table in tables if table is not None)


def _table(table: FigureTable) -> str:
    lines = [table.head, tuple("---" for _ in table.head), *table.rows]
    return f"## {table.title}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)
