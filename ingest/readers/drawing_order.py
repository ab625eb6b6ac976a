"""Lines that were drawn elsewhere than they are read: before or after the rest of the page, into the gaps of other
lines, across columns.

Each of the three is told by places alone, and what shows none of them is left as it was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.readers.paragraphs import Line, glue
from ingest.readers.reading_order import PrintedPiece, in_reading_order, stands_in_columns
from kb.layout import Box

_SAME_ROW = 0.4  # em; base lines that differ by less are one
_GAP = 1.5  # em between pieces of a line that may be two
_MOST_MOVED = 5  # lines of a title, or of what stands at the foot, that are drawn out of turn
_LEAST_COLUMN = 4  # lines across two columns that show that there are two


def at_their_place(lines: Sequence[Line]) -> list[Line]:
    """Move lines that are among the last to be drawn and stand above all others to the top, and those among the first
    below all others to the end."""
    top, found = _standing_out(list(lines[::-1]), 1.0)
    bottom, found = _standing_out(found[::-1], -1.0)
    return [*top, *found, *bottom[::-1]]


def _standing_out(lines: list[Line], up: float) -> tuple[list[Line], list[Line]]:
    """Take the lines off, from the outermost, that are among the first of some and stand above all others, below them
    where `up` is -1."""
    taken: list[Line] = []
    while len(taken) < _MOST_MOVED and len(lines) > 1:
        number = max(range(len(lines)), key=lambda number: up * lines[number].y)
        line = lines[number]
        others = [other for other in lines if other is not line]
        stands_out = all(up * (line.y - other.y) > 0.5 * line.size for other in others)
        if not stands_out or number >= _MOST_MOVED - len(taken) or line is lines[-1]:
            break
        taken.append(line)
        lines = others
    return taken, lines


def woven(lines: Sequence[Line]) -> list[Line]:
    """Make one line of those on one row of which some stand in the gaps of others, as the values of a form with several
    labels a row do."""
    rows: list[list[int]] = []
    for number in sorted(range(len(lines)), key=lambda number: -lines[number].y):
        last = lines[rows[-1][0]] if rows else None
        if last is not None and abs(last.y - lines[number].y) < _SAME_ROW * max(last.size, lines[number].size):
            rows[-1].append(number)
        else:
            rows.append([number])
    found: list[Line | None] = list(lines)
    for row in rows:
        pieces = [(piece, number) for number in row for piece in _pieces(lines[number])]
        pieces.sort(key=lambda one: one[0].x)
        owners = [number for _, number in pieces]
        turns = sum(one != other for one, other in pairwise(owners))
        if len(row) < 2 or turns < len(row) or any(_end(one) > other.x for (one, _), (other, _) in pairwise(pieces)):
            continue
        whole = pieces[0][0]
        for piece, _ in pieces[1:]:
            whole = joined_line(whole, piece)
        for number in row:
            found[number] = None
        found[min(row)] = whole
    return [line for line in found if line is not None]


def in_columns(lines: Sequence[Line]) -> list[Line]:
    """Give the lines of two columns of prose one after the other where they were drawn row by row across both."""
    cut = [_pieces(line) for line in lines]
    if sum(len(pieces) > 1 for pieces in cut) < _LEAST_COLUMN or any(line.table is not None for line in lines):
        return list(lines)
    pieces = [piece for found in cut for piece in found]
    placed = [
        PrintedPiece(Box(0, 0, piece.x, -piece.y - piece.size, _end(piece), -piece.y), len(piece.text), number)
        for number, piece in enumerate(pieces)
    ]
    if not stands_in_columns(placed):
        return list(lines)
    found = []
    for row in in_reading_order(placed):
        whole = pieces[row[0].number]
        for piece in row[1:]:
            whole = joined_line(whole, pieces[piece.number])
        found.append(whole)
    return found


def joined_line(left: Line, right: Line) -> Line:
    """Make one line of two, with a blank between them unless the first ends with a colon."""
    between = "" if left.text.endswith(("：", ":")) else glue(left.text, right.text) or " "
    by = len(left.text) + len(between)
    boxes = tuple(replace(box, start=box.start + by, end=box.end + by) for box in right.boxes)
    return replace(
        left, text=f"{left.text}{between}{right.text}", size=max(left.size, right.size), boxes=(*left.boxes, *boxes)
    )


def _end(line: Line) -> float:
    return line.boxes[-1].x1 if line.boxes else line.right


def _pieces(line: Line) -> list[Line]:
    """Cut a line at its wide gaps."""
    if line.table is not None:
        return [line]
    edges = [0, *(n + 1 for n, (one, other) in enumerate(pairwise(line.boxes)) if other.x0 - one.x1 > _GAP * line.size)]
    found = []
    for first, end in pairwise([*edges, len(line.boxes)]):
        boxes = line.boxes[first:end]
        if len(edges) == 1 or not boxes:
            return [line]
        start = boxes[0].start
        own = tuple(replace(box, start=box.start - start, end=box.end - start) for box in boxes)
        found.append(replace(line, text=line.text[start : boxes[-1].end], x=boxes[0].x0, boxes=own))
    return found
