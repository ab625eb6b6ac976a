"""Tables: a grid of cells becomes lines, one a row, that each say all that the row says.

A merged cell stands in every place that it fills. Every cell knows the header cells that say what it is: those
above it in the header rows, and those to its left that name its row. The lines are the canonical text; how the
cells lie in them is the `Table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.layout import Cell, Table

_DATUM = re.compile(r"^[\W_]*[-+]?[\d,，.]+\s*(?:%|‰|[^\W\d]{0,4})[\W_]*$")
_BLANKS = re.compile(r"\s+")
MAX_CELLS = 500_000
"""Places that the merged cells of one table may fill."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell as its format has it: where it begins (from 0), how many rows and columns it fills."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    header: bool = False


def row_line(cells: Sequence[str], at: int = 0) -> tuple[str, list[tuple[int, int]]]:
    """Write the cells of a row on one line; give it and the span of each cell, counted from `at`.

    >>> row_line(["文号:", "", "成文日期:", "2024-10-17", ""])[0]
    '文号: | | 成文日期: | 2024-10-17 |'
    """
    line, spans = "", []
    for number, cell in enumerate(cells):
        if number:
            line += " |" if line else "|"
        if cell and line:
            line += " "
        spans.append((at + len(line), at + len(line) + len(cell)))
        line += cell
    return line, spans


def set_table(cells: Iterable[GridCell], at: int) -> tuple[str, Table]:
    """Write a table; `at` is the offset at which its text will stand. Raises ValueError where it is too large."""
    cells = [_clean(cell) for cell in cells]
    height = max((cell.row + cell.rows for cell in cells), default=0)
    width = max((cell.column + cell.columns for cell in cells), default=0)
    if height * width > MAX_CELLS:
        raise ValueError(f"a table has {height} rows and {width} columns, more than {MAX_CELLS:,} places")
    grid: list[list[GridCell | None]] = [[None] * width for _ in range(height)]
    for cell in cells:
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                grid[row][column] = grid[row][column] or cell
    headers = _header_rows(grid)
    lines: list[str] = []
    spans: list[list[tuple[int, int]]] = []
    start = at
    for places_of_row in grid:
        line, places = row_line([cell.text if cell else "" for cell in places_of_row], start)
        lines.append(line)
        spans.append(places)
        start += len(line) + 1
    kept = [
        Cell(row, column, *spans[row][column], _governing(grid, spans, headers, row, column))
        for row in range(height)
        for column in range(width)
        if spans[row][column][0] < spans[row][column][1]
    ]
    text = "\n".join(lines)
    return text, Table(at, at + len(text), headers, tuple(kept))


def _clean(cell: GridCell) -> GridCell:
    text = _BLANKS.sub(" ", cell.text).strip()
    return GridCell(cell.row, cell.column, text, max(cell.rows, 1), max(cell.columns, 1), cell.header)


def _header_rows(grid: list[list[GridCell | None]]) -> int:
    """Count the rows at the top that head columns: marked ones, else a first row without data and the rows that its
    merged cells reach into or stand over."""
    marked = 0
    while marked < len(grid) and all(cell is None or cell.header for cell in grid[marked]):
        marked += 1
    if marked:
        return min(marked, len(grid) - 1)
    rows = 0
    while rows < len(grid) - 1:
        filled = [cell for cell in grid[rows] if cell and cell.text]
        if len(filled) < 2 and len(grid[rows]) > 1 and rows:
            break
        if any(_DATUM.match(cell.text) for cell in filled):
            break
        rows += 1
        reaches = any(cell.row + cell.rows > rows for cell in filled)
        stands_over = any(cell.columns > 1 for cell in filled)
        if not reaches and not stands_over:
            break
    return rows


def _governing(
    grid: list[list[GridCell | None]], spans: list[list[tuple[int, int]]], headers: int, row: int, column: int
) -> tuple[tuple[int, int], ...]:
    own = grid[row][column]
    if row < headers:
        return ()
    found: dict[GridCell, tuple[int, int]] = {}
    for above in range(headers):
        cell = grid[above][column]
        if cell and cell.text and cell is not own:
            found.setdefault(cell, spans[above][column])
    for left in range(column):
        cell = grid[row][left]
        names = cell and (left == 0 or cell.header or cell.rows > 1) and not _DATUM.match(cell.text)
        if cell and cell.text and names and cell is not own:
            found.setdefault(cell, spans[row][left])
    return tuple(found.values())
