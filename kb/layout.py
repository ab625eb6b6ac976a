"""Where the characters of a document stand: the boxes of its pages and the cells of its tables.

Offsets count characters of the canonical text, as everywhere. Places on a page are in points (1/72
inch) from its upper left corner, so that a page picture of any size can be marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kb.text.widths import ems

LOW_CONFIDENCE = 0.9
"""A page that OCR read less surely wants a look."""


@dataclass(frozen=True, slots=True)
class Box:
    """The rectangle that text[start:end] fills; it lies in one line of one page."""

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float

    def cut(self, text: str, start: int, end: int) -> Box | None:
        """Give the part that text[start:end] fills, reckoned by the widths of its characters; None where it fills
        none."""
        start, end = max(start, self.start), min(end, self.end)
        if start >= end:
            return None
        across = (self.x1 - self.x0) / ems(text[self.start : self.end])
        before, after = ems(text[self.start : start]), ems(text[end : self.end])
        return Box(start, end, self.x0 + across * before, self.y0, self.x1 - across * after, self.y1)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the file, `number` from 1. `confidence` (0 to 1) is how sure OCR was; None where text was there."""

    number: int
    width: float
    height: float
    boxes: tuple[Box, ...]
    confidence: float | None = None

    def marks(self, text: str, start: int, end: int) -> list[Box]:
        """Give the parts of this page that text[start:end] fills."""
        return [part for box in self.boxes if (part := box.cut(text, start, end))]


@dataclass(frozen=True, slots=True)
class Cell:
    """text[start:end] stands at `row` and `column` (from 0); a merged cell is there once for every place it fills.

    `headers` are the spans of the header cells that say what it is, column headers from the top, then row headers.
    """

    row: int
    column: int
    start: int
    end: int
    headers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table in text[start:end]; its first `header_rows` rows are column headers."""

    start: int
    end: int
    header_rows: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The pages and tables of one document, both in the order of its text."""

    pages: tuple[Page, ...] = ()
    tables: tuple[PlacedTable, ...] = ()


NO_LAYOUT = Layout()


def layout_fields(layout: Layout) -> dict[str, Any]:
    """Give a layout as JSON values."""
    return {
        "pages": [
            [p.number, p.width, p.height, p.confidence, [[b.start, b.end, b.x0, b.y0, b.x1, b.y1] for b in p.boxes]]
            for p in layout.pages
        ],
        "tables": [
            [t.start, t.end, t.header_rows, [[c.row, c.column, c.start, c.end, c.headers] for c in t.cells]]
            for t in layout.tables
        ],
    }


def read_layout_fields(fields: dict[str, Any]) -> Layout:
    """The inverse of `layout_fields`."""
    return Layout(
        tuple(
            Page(number, width, height, tuple(Box(*box) for box in boxes), confidence)
            for number, width, height, confidence, boxes in fields["pages"]
        ),
        tuple(
            PlacedTable(
                start,
                end,
                header_rows,
                tuple(
                    Cell(row, column, first, last, tuple((one, other) for one, other in headers))
                    for row, column, first, last, headers in cells
                ),
            )
            for start, end, header_rows, cells in fields["tables"]
        ),
    )
