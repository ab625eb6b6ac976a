"""Tables: a grid of cells becomes lines, one a row, that each say all that the row says.

A merged cell stands in every place that it fills. Every cell knows the header cells that say what it is: those
above it in the header rows, a row from edge to edge that it stands under, and those to its left that name its row. The
lines are the canonical text; how the cells lie in them is the `Table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.readers.grid import Grid, GridCell, Row, fill, is_band
from ingest.readers.table_heads import caption_rows, header_rows, is_count, naming_columns
from kb.errors import TableSizeError
from kb.layout import Cell, PlacedTable

_BLANKS = re.compile(r"\s+")
MAX_CELLS = 500_000
"""Places that the merged cells of one table may fill."""


@dataclass(frozen=True, slots=True)
class _Heads:
    """So many rows and columns at the edges that name the others, the captions at the top among them; for every row the
    one from edge to edge above it."""

    captions: int
    rows: int
    columns: int
    bands: list[int | None]


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


def set_table(cells: Iterable[GridCell], at: int) -> tuple[str, PlacedTable]:
    """Write a table; `at` is the offset at which its text will stand. Raises TableSizeError where it is too large."""
    cells = [_clean(cell) for cell in cells]
    height = max((cell.row + cell.rows for cell in cells), default=0)
    width = max((cell.column + cell.columns for cell in cells), default=0)
    if height * width > MAX_CELLS:
        raise TableSizeError.of("table_too_large", rows=height, columns=width, most=MAX_CELLS)
    grid = fill(cells, height, width)
    headers = header_rows(grid)
    heads = _Heads(caption_rows(grid), headers, naming_columns(grid, headers), _bands(grid, headers))
    lines: list[str] = []
    spans: list[list[tuple[int, int]]] = []
    start = at
    for places_of_row in grid:
        line, places = _line(places_of_row, start)
        lines.append(line)
        spans.append(places)
        start += len(line) + 1
    kept = [
        Cell(row, column, *spans[row][column], _governing(grid, spans, heads, row, column))
        for row in range(height)
        for column in range(width)
        if spans[row][column][0] < spans[row][column][1]
    ]
    text = "\n".join(lines)
    return text, PlacedTable(at, at + len(text), headers, tuple(kept))


def moved(table: PlacedTable, by: int) -> PlacedTable:
    """Give a table whose text stands `by` characters further on."""
    cells = (
        replace(
            cell, start=cell.start + by, end=cell.end + by, headers=tuple((a + by, b + by) for a, b in cell.headers)
        )
        for cell in table.cells
    )
    return PlacedTable(table.start + by, table.end + by, table.header_rows, tuple(cells))


def _clean(cell: GridCell) -> GridCell:
    text = _BLANKS.sub(" ", cell.text).strip()
    return GridCell(cell.row, cell.column, text, max(cell.rows, 1), max(cell.columns, 1), cell.header)


def _line(row: Row, at: int) -> tuple[str, list[tuple[int, int]]]:
    """Write a row; one cell from edge to edge is written once."""
    if is_band(row):
        words = row[0].text if row[0] else ""
        return words, [(at, at + len(words))] * len(row)
    return row_line([cell.text if cell else "" for cell in row], at)


def _bands(grid: Grid, headers: int) -> list[int | None]:
    """Give for every row the row from edge to edge that it stands under."""
    found: list[int | None] = []
    for number, row in enumerate(grid):
        found.append(number if 0 < headers <= number and is_band(row) else found[-1] if found else None)
    return found


def _governing(
    grid: Grid, spans: list[list[tuple[int, int]]], heads: _Heads, row: int, column: int
) -> tuple[tuple[int, int], ...]:
    band = heads.bands[row]
    if row < heads.rows or band == row:
        return ()
    # A caption that stands over one column (单位：张) says nothing of it.
    heading = (above for above in range(heads.rows) if above >= heads.captions or is_band(grid[above]))
    places = [(above, column) for above in heading]
    if band is not None:
        places.append((band, 0))
    places += [(row, left) for left in range(column) if _names_row(grid[row][left], left < heads.columns)]
    own = grid[row][column]
    found: dict[GridCell, tuple[int, int]] = {}
    for above, left in places:
        cell = grid[above][left]
        if cell and cell.text and cell is not own:
            found.setdefault(cell, spans[above][left])
    return tuple(found.values())


def _names_row(cell: GridCell | None, in_front: bool) -> bool:
    if cell is None or not (in_front or cell.header):
        return False
    return not is_count(cell.text)
