"""The order of reading of pieces of text that lie about on a page, as a scan gives them.

Pieces at one height are a row. A page is set in two columns where a gap runs down between long lines on
either side; the short cells of a table stay in their rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.layout import Box

_COLUMN_LINES = 4  # fewer do not make a column
_COLUMN_LENGTH = 12  # characters of the usual line of a column; a cell of a table is shorter


@dataclass(frozen=True, slots=True)
class PrintedPiece:
    """A piece of text: where it stands, how many characters it has, and its number."""

    box: Box
    length: int
    number: int

    @property
    def middle(self) -> float:
        """Give the height of its middle, by which pieces are put into one line."""
        return (self.box.y0 + self.box.y1) / 2


def in_reading_order(pieces: Sequence[PrintedPiece]) -> list[list[PrintedPiece]]:
    """Give the rows of a page from top to bottom, each from left to right; columns one after the other."""
    rows = _rows(pieces)
    for first in range(len(rows)):
        gutter = _gutter(rows[first:])
        if gutter is None:
            continue
        x, count = gutter
        columns = [piece for row in rows[first : first + count] for piece in row]
        left = [piece for piece in columns if piece.box.x1 <= x]
        right = [piece for piece in columns if piece.box.x1 > x]
        below = [piece for row in rows[first + count :] for piece in row]
        return [*rows[:first], *_rows(left), *_rows(right), *in_reading_order(below)]
    return rows


def stands_in_columns(pieces: Sequence[PrintedPiece]) -> bool:
    """Tell whether a page has two columns somewhere."""
    rows = _rows(pieces)
    return any(_gutter(rows[first:]) for first in range(len(rows)))


def _rows(pieces: Sequence[PrintedPiece]) -> list[list[PrintedPiece]]:
    rows: list[list[PrintedPiece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.middle):
        height = piece.box.y1 - piece.box.y0
        last = rows[-1][-1] if rows else None
        if last is not None and piece.middle - last.middle < 0.5 * min(height, last.box.y1 - last.box.y0):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.box.x0) for row in rows]


def _gutter(rows: Sequence[Sequence[PrintedPiece]]) -> tuple[float, int] | None:
    """Give the place of a gap between two columns that begin with the first row, and for how many rows it runs."""
    if len(rows[0]) != 2:
        return None
    low, high = rows[0][0].box.x1, rows[0][1].box.x0
    left, right = [], []
    count = 0
    for row in rows:
        ends = [piece.box.x1 for piece in row if piece.box.x0 < low]
        begins = [piece.box.x0 for piece in row if piece.box.x0 >= low]
        now_low, now_high = max([low, *ends]), min([high, *begins])
        if len(row) > 2 or now_low >= now_high:
            break
        low, high = now_low, now_high
        left += [piece.length for piece in row if piece.box.x1 <= low]
        right += [piece.length for piece in row if piece.box.x1 > low]
        count += 1
    if min(len(left), len(right)) < _COLUMN_LINES:
        return None
    if min(sorted(lengths)[len(lengths) // 2] for lengths in (left, right)) < _COLUMN_LENGTH:
        return None
    return (low + high) / 2, count
