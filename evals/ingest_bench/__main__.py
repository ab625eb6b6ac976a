"""`make bench-ingest`: what the readers make of files whose text is known, beside the marks to reach."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from evals.ingest_bench import (
    cases,
    job,
    law_days,
    marks,
    office,
    outlines,
    paged_samples,
    printed_laws,
    printed_tables,
)


def main() -> None:
    """Measure and print."""
    table = Table("what", "mark", "measured")
    for part in (outlines, cases, law_days, office, paged_samples, printed_laws, printed_tables, marks, job):
        for row in part.rows():
            table.add_row(row.what, row.mark, row.measured)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
