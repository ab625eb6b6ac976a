"""The rows of a table as its clause shows them: cell by cell, headers told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.layout import PlacedTable
from kb.relations import Link
from kb.types import Clause, Document
from service.segments import segments


def rows_of(
    document: Document,
    clause: Clause,
    tables: Sequence[PlacedTable],
    links: Sequence[Link],
    marked: tuple[int, int] | None,
) -> dict[str, Any]:
    """Give `rows` of cells where a clause is a part of a table, else nothing; a cell has `header` and `segments`.

    A merged cell is there once with the columns that it fills, as `columns`.
    """
    table = next((table for table in tables if table.start <= clause.start and clause.end <= table.end), None)
    if table is None:
        return {}
    width = 1 + max(cell.column for cell in table.cells)
    held = [cell for cell in table.cells if clause.start <= cell.start and cell.end <= clause.end]
    governing = {span for cell in table.cells for span in cell.headers}
    rows = []
    for number in sorted({cell.row for cell in held}):
        by_column = {cell.column: cell for cell in held if cell.row == number}
        row: list[dict[str, Any]] = []
        for column in range(width):
            cell = by_column.get(column)
            text = document.text[cell.start : cell.end] if cell else ""
            before = by_column.get(column - 1)
            is_head = number < table.header_rows
            if is_head and before and text and text == document.text[before.start : before.end]:
                row[-1]["columns"] += 1
                continue
            header = is_head or (cell is not None and (cell.start, cell.end) in governing)
            pieces = segments(document, cell.start, cell.end, links, marked) if cell else []
            row.append({"header": header, "columns": 1, "segments": pieces})
        rows.append(row)
    return {"rows": rows}
