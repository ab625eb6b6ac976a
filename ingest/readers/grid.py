"""The grid of a table, as all formats give it: cells with their places, some of them merged over several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell as its format has it: where it begins (from 0), how many rows and columns it fills."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    header: bool = False


Row = list[GridCell | None]
Grid = list[Row]


def fill(cells: Iterable[GridCell], height: int, width: int) -> Grid:
    """Put cells into a grid, what is merged into every place that it fills."""
    grid: Grid = [[None] * width for _ in range(height)]
    for cell in cells:
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                grid[row][column] = grid[row][column] or cell
    return grid


def is_band(row: Row) -> bool:
    """Tell whether one cell fills the row from edge to edge."""
    return len(row) > 1 and row[0] is not None and bool(row[0].text) and all(cell is row[0] for cell in row)
