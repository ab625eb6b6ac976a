"""Pages written downwards, columns from the right to the left, as old papers and some letterheads are.

A reader of lines finds a line in every character of such a page. Here they become columns, and the columns lines that
lie as those of a page written across do: turned by a quarter, so that paragraphs, indents and page numbers are told as
everywhere. The boxes stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.readers.paragraphs import Line

_SAME_COLUMN = 0.5  # em between the left edges of characters below each other
_LONGEST_STEP = 2.5  # em from one to the next; a longer one begins another column
_SHORTEST_COLUMN = 3  # characters
_MOST = 0.8  # of the characters of a page that is written downwards


def across(lines: Sequence[Line]) -> list[Line]:
    """Give the lines of a page that is written downwards as if it were written across; those of others as they are."""
    columns = _columns([line for line in lines if len(line.text) == 1])
    written = sum(map(len, columns))
    if not columns or written < _MOST * sum(len(line.text) for line in lines):
        return list(lines)
    taken = {id(line) for column in columns for line in column}
    top = max(line.y for column in columns for line in column)
    turned = [_turned(column, top) for column in columns]
    return [*turned, *(line for line in lines if id(line) not in taken)]


def _columns(characters: Sequence[Line]) -> list[list[Line]]:
    """Put characters that stand below each other together, columns from the right, each from the top."""
    columns: list[list[Line]] = []
    for line in sorted(characters, key=lambda line: (-line.x, -line.y)):
        for column in columns:
            if abs(column[0].x - line.x) < _SAME_COLUMN * line.size:
                column.append(line)
                break
        else:
            columns.append([line])
    found: list[list[Line]] = []
    for column in columns:
        column.sort(key=lambda line: -line.y)
        run = column[:1]
        for line in column[1:]:
            if run[-1].y - line.y > _LONGEST_STEP * line.size:
                found.append(run)
                run = []
            run.append(line)
        found.append(run)
    return [run for run in found if len(run) >= _SHORTEST_COLUMN]


def _turned(column: Sequence[Line], top: float) -> Line:
    boxes = tuple(
        replace(box, start=box.start + number, end=box.end + number)
        for number, line in enumerate(column)
        for box in line.boxes
    )
    first = column[0]
    return Line("".join(line.text for line in column), top - first.y, first.x, max(line.size for line in column), boxes)
