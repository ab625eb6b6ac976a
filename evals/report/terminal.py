"""Tables on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table as TerminalTable

from evals.report.figure_tables import FigureTable


def print_tables(tables: Sequence[FigureTable | None]) -> None:
    """Print tables; one that has many columns is turned on its side."""
    console = Console(width=150)
    for table in tables:
        if table is None:
            continue
        head, rows = table.head, table.rows
        if len(head) > 12 and len(rows) <= 6:
            head, rows = (
                (table.head[0], *(row[0] for row in rows)),
                tuple((name, *(row[n] for row in rows)) for n, name in enumerate(table.head) if n),
            )
        drawn = TerminalTable(*head, title=table.title, title_justify="left")
        for row in rows:
            drawn.add_row(*row)
        console.print(drawn)
