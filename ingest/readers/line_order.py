"""The order of reading of printed lines, where it is not the order in which they were drawn.

Most programs draw a page as it is read, and where they do nothing is moved. Programs that fill in forms draw all labels
and then all values, and some draw from the bottom up: there lines go up again and again, or the lines of one run stand
beside those of the run before it, one by one. Then a page is read by its rows. Columns of prose keep the order in which
they were drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ingest.readers.columns import columns_of
from ingest.readers.drawing_order import at_their_place, in_columns, joined_line, woven
from ingest.readers.paragraphs import Line
from ingest.readers.reading_order import PrintedPiece, in_reading_order
from ingest.readers.vertical_writing import across
from kb.layout import Box
from kb.text.widths import ems

_SAME_ROW = 0.4  # em; base lines that differ by less are one
_OFTEN = 0.25  # of the steps from line to line that go up on a page that is not drawn as it is read
_LEAST_UP = 2
_PROSE = 12.0  # em of the usual line of a column of prose
_MOST_LINES = 2_000  # a page with more was made to take time


def in_order(lines: Sequence[Line]) -> list[Line]:
    """Give the lines of a page in their order of reading; those of a row that was drawn in parts are one line."""
    if not 2 < len(lines) <= _MOST_LINES:
        return list(lines)
    lines = in_columns(woven(at_their_place(across(lines))))
    if _goes_up_often(lines):
        return [line for row in _rows(lines) for line in row]
    found: list[Line] = []
    columns = columns_of(lines)
    at = 0
    while at < len(columns):
        if at + 1 < len(columns) and _are_rows(columns[at], columns[at + 1]):
            found += (line for row in _rows([*columns[at], *columns[at + 1]]) for line in _joined(row))
            at += 2
        else:
            found += columns[at]
            at += 1
    return found


def _goes_up_often(lines: Sequence[Line]) -> bool:
    """Tell whether lines go up, other than to the top of a column on the right, more often than any page that is drawn
    as it is read."""
    up = sum(
        following.y > line.y + _SAME_ROW * line.size and following.x < line.right for line, following in pairwise(lines)
    )
    return up >= _LEAST_UP and up > _OFTEN * (len(lines) - 1)


def _are_rows(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Tell whether two runs of short lines stand side by side, one by one, as labels and values do."""
    if not left or not right or left[0].x >= right[0].x:
        return False
    if max(_usual_width(left), _usual_width(right)) >= _PROSE:
        return False
    beside = sum(any(_on_one_row(line, other) and other.right <= line.x for other in left) for line in right)
    return beside >= 0.6 * len(right)


def _usual_width(lines: Sequence[Line]) -> float:
    widths = sorted(ems(line.text) for line in lines)
    return widths[len(widths) // 2]


def _on_one_row(line: Line, other: Line) -> bool:
    return abs(line.y - other.y) < _SAME_ROW * max(line.size, other.size)


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Give the rows of a page from top to bottom, each from left to right."""
    pieces = [
        PrintedPiece(Box(0, 0, line.x, -line.y - line.size, line.right, -line.y), len(line.text), number)
        for number, line in enumerate(lines)
    ]
    return [[lines[piece.number] for piece in row] for row in in_reading_order(pieces)]


def _joined(row: Sequence[Line]) -> list[Line]:
    """Make one line of those that stand on a row; a value stands right behind the colon of its label."""
    whole = row[0]
    for line in row[1:]:
        whole = joined_line(whole, line)
    return [whole]
