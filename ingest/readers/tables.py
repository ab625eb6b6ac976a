"""Tables: a grid of cells becomes lines, one a row, that each say all that the row says.

A merged cell stands in every place that it fills. Every cell knows the header cells that say what it is: those
above it in the header rows, a row from edge to edge that it stands under, and those to its left that name its row. The
lines are the canonical text; how the cells lie in them is the `Table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.layout import Cell, Table

_DATUM = re.compile(r"[\W_]*[-+]?[\d,，.]+\s*(?:%|‰|[^\W\d]{0,4})[\W_]*")
_YEAR = re.compile(r"(?:19|20|21)\d\d年?(?:度|上半年|下半年)?")
_ORDINALS = re.compile(r"序\s*号|编\s*号|No\.?", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
MAX_CELLS = 500_000
"""Places that the merged cells of one table may fill."""


_Row = list["GridCell | None"]
_Grid = list[_Row]


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell as its format has it: where it begins (from 0), how many rows and columns it fills."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class _Heads:
    """So many rows and columns at the edges that name the others; for every row the one from edge to edge above it."""

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


def set_table(cells: Iterable[GridCell], at: int) -> tuple[str, Table]:
    """Write a table; `at` is the offset at which its text will stand. Raises ValueError where it is too large."""
    cells = [_clean(cell) for cell in cells]
    height = max((cell.row + cell.rows for cell in cells), default=0)
    width = max((cell.column + cell.columns for cell in cells), default=0)
    if height * width > MAX_CELLS:
        raise ValueError(f"a table has {height} rows and {width} columns, more than {MAX_CELLS:,} places")
    grid: _Grid = [[None] * width for _ in range(height)]
    for cell in cells:
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                grid[row][column] = grid[row][column] or cell
    headers = _header_rows(grid)
    heads = _Heads(headers, _naming_columns(grid, headers), _bands(grid, headers))
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
    return text, Table(at, at + len(text), headers, tuple(kept))


def _clean(cell: GridCell) -> GridCell:
    text = _BLANKS.sub(" ", cell.text).strip()
    return GridCell(cell.row, cell.column, text, max(cell.rows, 1), max(cell.columns, 1), cell.header)


def _line(row: _Row, at: int) -> tuple[str, list[tuple[int, int]]]:
    """Write a row; one cell from edge to edge is written once."""
    if _is_band(row):
        words = row[0].text if row[0] else ""
        return words, [(at, at + len(words))] * len(row)
    return row_line([cell.text if cell else "" for cell in row], at)


def _is_band(row: _Row) -> bool:
    """Tell whether one cell fills the row from edge to edge."""
    return len(row) > 1 and row[0] is not None and bool(row[0].text) and all(cell is row[0] for cell in row)


def _header_rows(grid: _Grid) -> int:
    """Count the rows at the top that head columns: marked ones, else a first row of words that are no keys (性别：), and
    the rows that its merged cells reach into or stand over. A title from edge to edge above them counts among them."""
    marked = 0
    while marked < len(grid) and all(cell is None or cell.header or not cell.text for cell in grid[marked]):
        marked += 1
    if marked:
        return min(marked, len(grid) - 1)
    first = 0
    while first < len(grid) - 1 and _is_band(grid[first]):
        first += 1
    if len(grid) < 2 or not _may_head(grid[first]) or not _names_columns(grid[first]):
        return 0
    end, row = first + 1, first
    while row < end < len(grid):
        lowest = max((cell.row + cell.rows for cell in grid[row] if cell), default=end)
        end = max(end, min(lowest, len(grid)))
        if row == end - 1 and end < len(grid) - 1 and _stands_over(grid[row], grid[end]):
            end += 1
        row += 1
    while end > first + 1 and (end == len(grid) or not all(map(_may_head, grid[first + 1 : end]))):
        end -= 1
    return end if end < len(grid) else 0


def _names_columns(row: _Row) -> bool:
    """Tell whether every column but the first has words, and none of them is a key with its value beside it."""
    words = [cell.text if cell else "" for cell in row]
    return all(words[1:]) and not any(word.endswith((":", "：")) for word in words)


def _may_head(row: _Row) -> bool:
    words = [cell.text for cell in row if cell and cell.text]
    return not _is_band(row) and not any(_DATUM.fullmatch(one) and not _YEAR.fullmatch(one) for one in words)


def _stands_over(row: _Row, below: _Row) -> bool:
    """Tell whether a wide cell of `row` heads several of the row below, and these are words."""
    under: dict[GridCell, set[GridCell | None]] = {}
    for head, cell in zip(row, below, strict=True):
        if head is not None and head.columns > 1:
            under.setdefault(head, set()).add(cell)
    return any(len(cells) > 1 for cells in under.values()) and _may_head(below)


def _naming_columns(grid: _Grid, headers: int) -> int:
    """Count the columns on the left that name a row: the first, and the next behind ordinals and merged cells."""
    body = [row for row in grid[headers:] if not _is_band(row)]
    columns = min(headers, 1)  # a form names nothing by its first column
    while body and columns and columns < len(body[0]) - 1:
        heads = [row[columns - 1] for row in grid[:headers]]
        counts = any(cell and _ORDINALS.fullmatch(cell.text) for cell in heads)
        if not counts and not any(cell and cell.rows > 1 for cell in (row[columns - 1] for row in body)):
            break
        columns += 1
    return columns


def _bands(grid: _Grid, headers: int) -> list[int | None]:
    """Give for every row the row from edge to edge that it stands under."""
    found: list[int | None] = []
    for number, row in enumerate(grid):
        found.append(number if 0 < headers <= number and _is_band(row) else found[-1] if found else None)
    return found


def _governing(
    grid: _Grid, spans: list[list[tuple[int, int]]], heads: _Heads, row: int, column: int
) -> tuple[tuple[int, int], ...]:
    band = heads.bands[row]
    if row < heads.rows or band == row:
        return ()
    places = [(above, column) for above in range(heads.rows)]
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
    return not _DATUM.fullmatch(cell.text) or _YEAR.fullmatch(cell.text) is not None
