"""Tables that a page draws with rules: from lines and words that lie on the page to the cells of a grid.

Rules that cross are one table; where none parts two places of its grid they are one cell. Every character belongs to
the cell that it stands in, and the lines of a cell are set together as those of a paragraph are. A frame around text,
with one column or one row, is no table.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingest.readers.grid import GridCell
from ingest.readers.paragraphs import Line, first_word, glue
from ingest.readers.tables import set_table
from kb.layout import Box, PlacedTable
from kb.text.widths import ems

Rule = tuple[float, float, float, float]
"""A line that is drawn across or down: x0, y0, x1, y1 in points from the upper left corner."""

_NEAR = 3.0  # points between what is one place; rules are up to so thick
_SHORTEST = 5.0  # points of a rule
MOST_RULES = 20_000  # of one page; drawings have more, and no table is read out of them
_MOST_PLACES = 20_000  # of a grid; drawings have more
_PADDING = 6.0  # points that a cell leaves free, left and right together
_BLANKS = re.compile(r"\s+")
_REST = re.compile("0+[、，；]")
"""What no item of a list is by itself, so that it is the rest of a number (20|0、300、400)."""


@dataclass(slots=True)
class RuledTable:
    """A table of one page: its cells, where its columns part, and the boxes of each cell's text."""

    cells: list[GridCell]
    edges: list[float]
    boxes: dict[tuple[int, int], tuple[Box, ...]] = field(default_factory=dict)

    def continues(self, earlier: RuledTable) -> bool:
        """Tell whether it has the columns of a table that ended the page before."""
        same = len(self.edges) == len(earlier.edges)
        return same and all(abs(one - other) <= _NEAR for one, other in zip(self.edges, earlier.edges, strict=True))


def take_tables(lines: Sequence[Line], rules: Iterable[Rule], height: float) -> tuple[list[Line], list[RuledTable]]:
    """Give the lines of a page with the rows of its tables in the place of what was drawn in them, and the tables.

    A row is a line whose `table` is the number of its table on the page.
    """
    found = list(lines)
    tables: list[RuledTable] = []
    for grid in _grids(rules):
        inside = [number for number, line in enumerate(found) if line.table is None and grid.holds(line)]
        cells = grid.cells([found[number] for number in inside])
        if len({cell.row for cell in cells if cell.text}) < 2 or len({cell.column for cell in cells if cell.text}) < 2:
            continue
        boxes = {(cell.row, cell.column): placed for cell, placed in cells.items()}
        table = RuledTable(list(cells), grid.xs, boxes)
        size = sorted(found[number].size for number in inside)[len(inside) // 2]
        rows = row_lines(table, len(tables), [height - y - size for y in grid.ys], size)
        tables.append(table)
        taken = set(inside)
        kept = [(number, line) for number, line in enumerate(found) if number not in taken]
        at = sum(number < inside[0] for number, _ in kept)
        found = [line for _, line in kept]
        found[at:at] = rows
    return found, tables


def row_lines(table: RuledTable, number: int, bases: Sequence[float], size: float) -> list[Line]:
    """Give the rows of a table as lines, with the boxes of the cells that begin in them."""
    written, laid = set_table(table.cells, 0)
    places = {(cell.row, cell.column): cell for cell in laid.cells}
    lines, start = [], 0
    for row, text in enumerate(written.split("\n")):
        boxes = tuple(
            replace(box, start=box.start + by, end=box.end + by)
            for (at, column), found in table.boxes.items()
            if at == row and (at, column) in places
            for by in (places[at, column].start - start,)
            for box in found
        )
        lines.append(
            Line(text, table.edges[0], bases[row], size, tuple(sorted(boxes, key=lambda box: box.start)), number)
        )
        start += len(text) + 1
    return lines


def join_tables(pages: Sequence[Sequence[Line]], tables: Sequence[Sequence[RuledTable]]) -> list[list[tuple[int, int]]]:
    """Give the tables of all pages, each as the parts (page, number) that it has; a part goes on with the last one of
    the page before where it has its columns and little stands between them."""
    joined: list[list[tuple[int, int]]] = []
    for page, found in enumerate(tables):
        for number, table in enumerate(found):
            last = joined[-1] if joined else []
            goes_on = (
                number == 0 and last and last[-1] == (page - 1, len(tables[page - 1]) - 1)
                and table.continues(tables[page - 1][-1])
                and _ends(pages[page - 1], len(tables[page - 1]) - 1) and _opens(pages[page])
            )  # fmt: skip
            if goes_on:
                last.append((page, number))
            else:
                joined.append([(page, number)])
    return joined


def repeated_rows(first: RuledTable, further: RuledTable) -> int:
    """Count the rows at the top of a further part that repeat the headers of the first."""
    _, laid = set_table(first.cells, 0)
    heads = _rows_of(first)
    own = _rows_of(further)
    count = laid.header_rows
    return count if count and [own.get(row) for row in range(count)] == [heads.get(row) for row in range(count)] else 0


def with_carried(earlier: RuledTable, further: RuledTable, top: int) -> RuledTable:
    """Give a further part in which what is merged over the page break says so again: the empty cells of its first row,
    in columns that have merged cells, hold what the last row of the part before does."""
    merged = {cell.column for cell in (*earlier.cells, *further.cells) if cell.rows > 1}
    bottom = max(cell.row + cell.rows for cell in earlier.cells)
    last = {
        column: cell.text
        for cell in earlier.cells
        if cell.row + cell.rows == bottom
        for column in range(cell.column, cell.column + cell.columns)
    }
    empty = [cell for cell in further.cells if cell.row == top and not cell.text and cell.column in merged]
    carried = {cell: replace(cell, text=words) for cell in empty if (words := last.get(cell.column))}
    if not carried:
        return further
    return replace(further, cells=[carried.get(cell, cell) for cell in further.cells])


def whole_table(parts: Sequence[RuledTable], skipped: Sequence[int], at: int) -> tuple[str, PlacedTable]:
    """Write a table of several parts, without the rows that were skipped at the top of each."""
    cells: list[GridCell] = []
    height = 0
    for part, left_out in zip(parts, skipped, strict=True):
        kept = [cell for cell in part.cells if cell.row >= left_out]
        cells += (replace(cell, row=cell.row - left_out + height) for cell in kept)
        height = max((cell.row + cell.rows for cell in cells), default=height)
    return set_table(cells, at)


def _rows_of(table: RuledTable) -> dict[int, list[str]]:
    rows: dict[int, list[str]] = {}
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
        rows.setdefault(cell.row, []).append(cell.text)
    return rows


_FURNITURE = 2  # lines at the edge of a page that may stand between two parts of a table


def _ends(lines: Sequence[Line], number: int) -> bool:
    return any(line.table == number for line in lines[-1 - _FURNITURE :])


def _opens(lines: Sequence[Line]) -> bool:
    return any(line.table == 0 for line in lines[: 1 + _FURNITURE])


@dataclass(slots=True)
class _Grid:
    """A grid of rules: its places across and down, and which cell fills each of its places."""

    xs: list[float]
    ys: list[float]
    owners: list[list[tuple[int, int]]]  # by row and column, the first row and column of the cell

    def holds(self, line: Line) -> bool:
        return bool(line.boxes) and all(self._owner(box, (box.x0 + box.x1) / 2) is not None for box in line.boxes)

    def _owner(self, box: Box, x: float) -> tuple[int, int] | None:
        row, column = bisect_right(self.ys, (box.y0 + box.y1) / 2) - 1, bisect_right(self.xs, x) - 1
        inside = 0 <= row < len(self.ys) - 1 and 0 <= column < len(self.xs) - 1
        return self.owners[row][column] if inside else None

    def cells(self, lines: Sequence[Line]) -> dict[GridCell, tuple[Box, ...]]:
        """Give the cells with the text of `lines`, and its boxes."""
        words: dict[tuple[int, int], list[_Words]] = {}
        for line in lines:
            for owner, piece in self._cut(line):
                words.setdefault(owner, []).append(piece)
        found: dict[GridCell, tuple[Box, ...]] = {}
        for owner in dict.fromkeys(owner for row in self.owners for owner in row):
            places = [(r, c) for r, row in enumerate(self.owners) for c, other in enumerate(row) if other == owner]
            down, across = max(r for r, _ in places) - owner[0] + 1, max(c for _, c in places) - owner[1] + 1
            room = self.xs[owner[1] + across] - self.xs[owner[1]] - _PADDING
            text, boxes = _set(words.get(owner, []), room)
            found[GridCell(*owner, text, down, across)] = boxes
        return found

    def _cut(self, line: Line) -> Iterable[tuple[tuple[int, int], _Words]]:
        """Cut a line where its characters pass from cell to cell."""
        for box in line.boxes:
            text = line.text[box.start : box.end]
            width = (box.x1 - box.x0) / (ems(text) or 1.0)
            at, begun, owner = box.x0, 0, None
            for number, char in enumerate(text):
                mine = self._owner(box, at + ems(char) * width / 2)
                if number and mine != owner:
                    yield owner or (0, 0), _Words.of(line, box, begun, number, width)
                    begun = number
                owner = mine
                at += ems(char) * width
            yield owner or (0, 0), _Words.of(line, box, begun, len(text), width)


@dataclass(frozen=True, slots=True)
class _Words:
    """Words in one cell and one line: what they say, whether a blank stands before them, their size and place."""

    text: str
    parted: bool
    size: float
    box: Box

    @classmethod
    def of(cls, line: Line, box: Box, start: int, end: int, width: float) -> _Words:
        text = line.text[box.start + start : box.start + end]
        left = box.x0 + ems(line.text[box.start : box.start + start]) * width
        before = line.text[: box.start + start]
        parted = bool(before) and before[-1].isspace()
        return cls(text, parted, line.size, Box(0, len(text), left, box.y0, left + ems(text) * width, box.y1))


def _set(words: Sequence[_Words], room: float) -> tuple[str, tuple[Box, ...]]:
    """Set the words of a cell `room` points wide: its lines from the top, numbers and Latin words joined where they had
    no room."""
    rows: list[list[_Words]] = []
    for one in sorted(words, key=lambda one: one.box.y1):
        if rows and abs(rows[-1][-1].box.y1 - one.box.y1) < 0.4 * one.size:
            rows[-1].append(one)
        else:
            rows.append([one])
    text, boxes = "", []
    for number, row in enumerate(sorted(row, key=lambda one: one.box.x0) for row in rows):
        for place, one in enumerate(row):
            if place:
                between = " " if one.parted else ""
            else:
                between = _between_rows(rows[number - 1], one, room, text) if number else ""
            text += between
            boxes.append(replace(one.box, start=len(text), end=len(text) + len(one.text)))
            text += one.text
    if _BLANKS.sub(" ", text).strip() != text:  # the table writes it so; then its places are not known
        return _BLANKS.sub(" ", text).strip(), ()
    return text, tuple(boxes)


def _between_rows(above: Sequence[_Words], below: _Words, room: float, text: str) -> str:
    used = max(one.box.x1 for one in above) - min(one.box.x0 for one in above)
    needed = (ems(first_word(below.text)) + 0.5) * below.size
    # Characters of Chinese are broken anywhere; a number that had room stands by itself.
    numbers = text[-1:].isascii() and below.text[:1].isascii() and not (text[-1:].isdigit() and _REST.match(below.text))
    return " " if numbers and used + needed <= room else glue(text, below.text)


def _grids(rules: Iterable[Rule]) -> list[_Grid]:
    """Find the grids that rules make, from the top of the page."""
    across = _merged([(y0, min(x0, x1), max(x0, x1)) for x0, y0, x1, y1 in rules if _is_flat(x0, y0, x1, y1)])
    down = _merged([(x0, min(y0, y1), max(y0, y1)) for x0, y0, x1, y1 in rules if _is_flat(y0, x0, y1, x1)])
    grids = []
    for one, other in _crossing(across, down):
        ys, xs = _places([y for y, _, _ in one]), _places([x for x, _, _ in other])
        if len(ys) > 2 and len(xs) > 2 and len(ys) * len(xs) <= _MOST_PLACES:
            grids.append(_Grid(xs, ys, _owners(one, other, xs, ys)))
    return sorted(grids, key=lambda grid: grid.ys[0])


def _is_flat(along0: float, off0: float, along1: float, off1: float) -> bool:
    return abs(off1 - off0) < 1.0 and abs(along1 - along0) >= _SHORTEST


_Stroke = tuple[float, float, float]  # where it lies, and from where to where it runs


def _merged(strokes: list[_Stroke]) -> list[_Stroke]:
    """Make one of strokes that lie on one line and touch."""
    found: list[_Stroke] = []
    for place, start, end in sorted(strokes):
        near = [n for n in range(max(len(found) - 200, 0), len(found)) if abs(found[n][0] - place) <= _NEAR]
        touched = next((n for n in near if start <= found[n][2] + _NEAR and end >= found[n][1] - _NEAR), None)
        if touched is None:
            found.append((place, start, end))
        else:
            old = found[touched]
            found[touched] = (old[0], min(old[1], start), max(old[2], end))
    return found


def _crossing(across: list[_Stroke], down: list[_Stroke]) -> list[tuple[list[_Stroke], list[_Stroke]]]:
    """Give the groups of strokes that cross or touch one another."""
    left_across, left_down = list(across), list(down)
    groups = []
    while left_across:
        group: tuple[list[_Stroke], list[_Stroke]] = ([left_across.pop()], [])
        grown = True
        while grown:
            met = [v for v in left_down if any(_meet(h, v) for h in group[0])]
            left_down = [v for v in left_down if v not in met]
            group[1].extend(met)
            more = [h for h in left_across if any(_meet(h, v) for v in met)]
            left_across = [h for h in left_across if h not in more]
            group[0].extend(more)
            grown = bool(more)
        groups.append(group)
    return groups


def _meet(across: _Stroke, down: _Stroke) -> bool:
    y, x0, x1 = across
    x, y0, y1 = down
    return x0 - _NEAR <= x <= x1 + _NEAR and y0 - _NEAR <= y <= y1 + _NEAR


def _places(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _owners(
    across: list[_Stroke], down: list[_Stroke], xs: list[float], ys: list[float]
) -> list[list[tuple[int, int]]]:
    """Tell for every place of a grid which cell fills it: places that no rule parts are one."""
    owners = [[(row, column) for column in range(len(xs) - 1)] for row in range(len(ys) - 1)]
    for row, (top, bottom) in enumerate(pairwise(ys)):
        for column, (left, right) in enumerate(pairwise(xs)):
            if column and not _is_drawn(down, left, (top + bottom) / 2):
                owners[row][column] = owners[row][column - 1]
            elif row and not _is_drawn(across, top, (left + right) / 2):
                owners[row][column] = owners[row - 1][column]
    return owners


def _is_drawn(strokes: list[_Stroke], place: float, along: float) -> bool:
    return any(abs(one - place) <= _NEAR and start <= along <= end for one, start, end in strokes)
