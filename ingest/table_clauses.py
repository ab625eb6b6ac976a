"""Rows of tables as clauses: a row is found and cited by itself, its column headers stand among its headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kb.layout import Cell, PlacedTable

Piece = tuple[str, str, tuple[str, ...], int, int]
"""The path of a clause, its label, its headings, and where it starts and ends."""


def with_rows(text: str, pieces: Sequence[Piece], tables: Sequence[PlacedTable]) -> list[Piece]:
    """Put the rows of `tables` among the clauses that the other lines make; what a table stands amidst is cut in two.

    The header rows are a clause that is only a heading (`#1.2.t1`, 一、（二）表1), each further row one below it
    (`#1.2.t1.r3`, 一、（二）表1第3行), under the row from edge to edge that it stands below. A table that the
    document's own header stands in (索引号) stays what it is.
    """
    found = sorted(pieces, key=lambda piece: piece[3])
    numbers: Counter[str] = Counter()
    formal = [piece for piece in pieces if piece[0] in ("header", "contact")]
    for table in tables:
        if any(start < table.end and table.start < end for _, _, _, start, end in formal):
            continue
        found = [part for piece in found for part in _around(text, piece, table)]
        before = [piece for piece in found if piece[3] < table.start and piece[0] not in ("header", "contact")]
        owner = _owner(before)
        numbers[owner[0]] += 1
        found += _rows(text, table, numbers[owner[0]], owner)
        found.sort(key=lambda piece: piece[3])
    return found


def _owner(before: Sequence[Piece]) -> Piece:
    """Give the clause that a table belongs to: the one it follows, unless that is a row of another table, then its
    own."""
    above = next((piece for piece in reversed(before) if ".t" not in f".{piece[0]}"), None)
    return above if above and above[0] != "0" and not above[0].startswith("p") else ("", "", (), 0, 0)


def _around(text: str, piece: Piece, table: PlacedTable) -> list[Piece]:
    path, label, headings, start, end = piece
    if end <= table.start or start >= table.end:
        return [piece]
    parts = [_stripped(text, *span) for span in ((start, table.start), (table.end, end))]
    return [(path, label, headings, first, last) for first, last in parts if first < last]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _rows(text: str, table: PlacedTable, number: int, owner: Piece) -> list[Piece]:
    path, label, headings, _, _ = owner
    path, label = f"{path}.t{number}".lstrip("."), f"{label}表{number}"
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(cell)
    heads = [row for row in rows if row < table.header_rows]
    pieces: list[Piece] = []
    if heads:
        start, end = _line(text, rows[heads[0]])[0], _line(text, rows[heads[-1]])[1]
        headings = (*headings, " ".join(text[start:end].split("\n")))
        pieces.append((path, label, headings, start, end))
    body = _line(text, rows[heads[-1]])[1] if heads else table.start  # where the rows below the header begin
    for row, cells in rows.items():
        if row >= table.header_rows:
            first = text[cells[0].start : cells[0].end]
            place = f"{label}第{row - table.header_rows + 1}行"
            line = _line(text, cells)
            bands = (text[slice(*span)] for span in cells[-1].headers if heads and body <= span[0] < line[0])
            own = (*headings, *bands, first) if heads else headings
            pieces.append((f"{path}.r{row - table.header_rows + 1}", place, own, *line))
    return pieces


def _line(text: str, cells: Sequence[Cell]) -> tuple[int, int]:
    """Give the whole line that a row is."""
    start = text.rfind("\n", 0, cells[0].start) + 1
    end = text.find("\n", cells[-1].end)
    return start, len(text) if end < 0 else end
