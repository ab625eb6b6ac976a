"""Pages with ruled tables set into one text: a table that runs over pages is one, its repeated headers are left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ingest.readers.paragraphs import Line, SetPages, set_paragraphs
from ingest.readers.ruled_tables import RuledTable, join_tables, repeated_rows, row_lines, whole_table, with_carried
from kb.layout import PlacedTable


def set_pages(
    pages: Sequence[Sequence[Line]], tables: Sequence[Sequence[RuledTable]], heights: Sequence[float] = ()
) -> tuple[SetPages, tuple[PlacedTable, ...]]:
    """Set the lines of all pages, and give the tables in the text with the places of their cells."""
    joined = join_tables(pages, tables)
    skipped = {
        part: repeated_rows(tables[parts[0][0]][parts[0][1]], tables[part[0]][part[1]])
        for parts in joined
        for part in parts[1:]
    }
    carried, shown = [list(found) for found in tables], list(pages)
    for parts in joined:
        for before, (page, number) in pairwise(parts):
            table = with_carried(carried[before[0]][before[1]], carried[page][number], skipped[page, number])
            if table is not carried[page][number]:
                carried[page][number] = table
                shown[page] = _with_rows(shown[page], number, table)
    whole = set_paragraphs([_without_repeated(page, lines, skipped) for page, lines in enumerate(shown)], heights)
    found: list[PlacedTable] = []
    for parts in joined:
        found += _placed(whole, parts, carried, skipped) or [
            table for part in parts for table in _placed(whole, [part], carried, skipped)
        ]
    return whole, tuple(sorted(found, key=lambda table: table.start))


def _with_rows(lines: Sequence[Line], number: int, table: RuledTable) -> list[Line]:
    """Give the lines of a page with the rows of a table as it is now."""
    rows = [line for line in lines if line.table == number]
    written = iter(row_lines(table, number, [row.y for row in rows], rows[0].size))
    return [next(written) if line.table == number else line for line in lines]


def _without_repeated(page: int, lines: Sequence[Line], skipped: dict[tuple[int, int], int]) -> list[Line]:
    seen = 0
    kept = []
    for line in lines:
        if line.table == 0 and (page, 0) in skipped:
            seen += 1
            if seen <= skipped[page, 0]:
                continue
        kept.append(line)
    return kept


def _placed(
    whole: SetPages,
    parts: Sequence[tuple[int, int]],
    tables: Sequence[Sequence[RuledTable]],
    skipped: dict[tuple[int, int], int],
) -> list[PlacedTable]:
    """Give a table where its rows stand in the text one below the other; none where something came between them."""
    start = whole.table_starts.get(parts[0])
    if start is None:
        return []
    ruled = [tables[page][number] for page, number in parts]
    written, table = whole_table(ruled, [skipped.get(part, 0) for part in parts], start)
    return [table] if whole.text.startswith(written, start) else []
