"""Spreadsheets (.xlsx) by openpyxl and tables of text (.csv): every sheet a heading and its table.

Rows behind an empty one are a table of their own where they have headers of their own. Numbers and dates are written as
the sheet shows them (`number_formats`), formulas by the value that was saved with them.
"""

from __future__ import annotations

import csv
import re
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO, StringIO
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from ingest.readers.archive import check_archive, check_document_types
from ingest.readers.asides import opened_pictures, picture_asides
from ingest.readers.canonical import canonical
from ingest.readers.encoding import decode
from ingest.readers.file_reader import Aside, ReadText
from ingest.readers.furniture import furniture
from ingest.readers.grid import Grid, GridCell, fill
from ingest.readers.number_formats import shown
from ingest.readers.office_parts import without_placeholders
from ingest.readers.office_properties import property_asides
from ingest.readers.sheet_unread import sheet_unread
from ingest.readers.strict_office import as_transitional
from ingest.readers.table_heads import heads_data
from ingest.readers.tables import MAX_CELLS, set_table
from kb.errors import DocumentError, TableSizeError
from kb.layout import Layout, PlacedTable

_SHEET = re.compile(r"(?:^|/)worksheets/[^/]+\.xml$")
# Checked before openpyxl opens the book, which makes a cell for every one that is merged: A1:XFD1048576 would take all
# memory.
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]{0,200}?ref\s*=\s*["']([A-Za-z0-9:$]{1,40})["']""")
_LONGEST_CELL = 100_000  # characters; Excel writes at most 32,767
_DEFAULT_NAME = re.compile(r"(?:Sheet|工作表|表)\s*\d*(?:\s*\(\d+\))?", re.IGNORECASE)
_NO_TITLE = re.compile(r"附[件表]\s*\d*[:：]?$|[^:：]{1,12}[:：]|\(?（?单位")
_SAMPLE = 50  # rows that show what the columns of a table hold
_CAPTIONS = 4  # rows above a table in which its title may stand


class SpreadsheetReader:
    """Reads XLSX files; hidden sheets stay out."""

    suffixes: tuple[str, ...] = (".xlsx", ".xlsm")
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format_name = "an XLSX file"

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give the visible sheets as tables, values as Excel shows them; hidden sheets and what is drawn are named as
        not read. Raise DocumentError."""
        from openpyxl import load_workbook  # takes a fifth of a second to import: only such a file pays for it

        archive = check_archive(path, data, self.format_name)
        check_document_types(path, archive)
        try:
            _check_merged(path, archive)
            data = without_placeholders(as_transitional(data))
            archive = zipfile.ZipFile(BytesIO(data))
            book = load_workbook(BytesIO(data), data_only=True, keep_links=False)
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            sheets = [(sheet.title, _sheet_tables(path, sheet)) for sheet in shown]
            unread = tuple(sheet_unread(book.worksheets, archive))
            asides = (*_asides(book.worksheets), *property_asides(archive))
        except DocumentError:
            raise
        except Exception as error:  # a broken file makes openpyxl raise whatever its parts raise
            words = " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
            raise DocumentError.of("office_broken", file=path, name="XLSX file", cause=words) from error
        return replace(_set_sheets(path, sheets, self.media_type), asides=asides, unread=(*unread, *furniture(asides)))


class CsvReader:
    """Reads comma, semicolon or tab separated values; the encoding is detected."""

    suffixes: tuple[str, ...] = (".csv", ".tsv")
    media_type = "text/csv"
    format_name = "a CSV file"

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give the rows as one table; what separates cells is found, not asked for. Raise DocumentError."""
        source = decode(path, data).lstrip("\ufeff").replace("\x00", "")
        try:
            dialect: Any = csv.Sniffer().sniff(source[:8192], delimiters=",;\t，|")
        except csv.Error:
            dialect = "excel-tab" if path.suffix.lower() == ".tsv" else "excel"
        csv.field_size_limit(_LONGEST_CELL)
        try:
            rows = list(csv.reader(StringIO(source), dialect))
        except csv.Error as error:
            raise DocumentError.of("csv_not", file=path, cause=str(error)) from error
        cells = [
            GridCell(number, column, canonical(cell))
            for number, row in enumerate(row for row in rows if any(cell.strip() for cell in row))
            for column, cell in enumerate(row)
        ]
        return _set_sheets(path, [("", [cells])], self.media_type)


def _set_sheets(path: Path, sheets: Iterable[tuple[str, list[list[GridCell]]]], media_type: str) -> ReadText:
    """Write sheets one below the other; what stands alone in the first row of the first one is the title of them
    all."""
    text = ""
    tables: list[PlacedTable] = []
    title: str | None = None
    for name, grids in sheets:
        if any(grids) and name and not _DEFAULT_NAME.fullmatch(name):
            text += f"{canonical(name).strip()}\n"
        for cells in filter(None, grids):
            title = _caption(cells) if title is None else title
            try:
                written, table = set_table(cells, len(text))
            except TableSizeError as error:
                raise error.of_file(path) from error
            tables.append(table)
            text += f"{written}\n"
    return ReadText(text, (), None, media_type, Layout(tables=tuple(tables)), title=title)


def _caption(cells: list[GridCell]) -> str:
    """Give the first row of words alone above a table, passing over 附件2 and 单位：万元; empty where there is none."""
    rows = [list(row) for _, row in groupby(sorted(cells, key=lambda cell: cell.row), lambda cell: cell.row)]
    for row in rows[:_CAPTIONS]:
        words = row[0].text.strip()
        if len(row) > 1 or len(rows) == 1:
            return ""
        if not _NO_TITLE.match(words):
            return words
    return ""


def _asides(sheets: Iterable[Any]) -> Iterator[Aside]:
    """Give the headers and footers of sheets, and the words of the pictures on the first one."""
    pictures: list[bytes] = []
    for number, sheet in enumerate(sheets):
        for name in ("oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter"):
            edge = getattr(sheet, name)
            words = [part.text for part in (edge.left, edge.center, edge.right) if part.text]
            if words:
                yield Aside("header" if name.endswith("Header") else "footer", canonical("\n".join(words)))
        pictures += [picture._data() for picture in sheet._images] if number == 0 else []
    yield from picture_asides(opened_pictures(pictures), 1)


def _check_merged(path: Path, archive: zipfile.ZipFile) -> None:
    """Raise DocumentError where merged cells fill more places than are read: openpyxl would make every one of them."""
    from openpyxl.utils.cell import range_boundaries

    for member in archive.infolist():
        if not _SHEET.search(member.filename):
            continue
        places = 0
        for reference in _MERGED.findall(archive.read(member)):
            left, top, right, bottom = (number or 2**20 for number in range_boundaries(reference.decode()))
            places += (right - left + 1) * (bottom - top + 1)
        if places > MAX_CELLS:
            part = member.filename
            raise DocumentError.of("cells_merged_too_far", file=path, part=part, places=places, most=MAX_CELLS)


def _sheet_tables(path: Path, sheet: Any) -> list[list[GridCell]]:
    """Give the cells of each table of a sheet, without the rows and columns that are empty or hidden."""
    hidden = {
        number
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden
        for number in range(dimension.min, dimension.max + 1)
    }
    texts: dict[tuple[int, int], str] = {}
    for cell in list(sheet._cells.values()):  # iter_rows would make all cells up to the last one
        if cell.value is None or cell.column in hidden or sheet.row_dimensions[cell.row].hidden:
            continue
        if text := canonical(shown(cell.value, cell.number_format or "General")).strip():
            texts[cell.row, cell.column] = text
    if len(texts) > MAX_CELLS:
        raise DocumentError.of("sheet_too_large", file=path, sheet=sheet.title, cells=len(texts), most=MAX_CELLS)
    return [_with_merged(sheet, block) for block in _blocks(texts)]


def _blocks(texts: dict[tuple[int, int], str]) -> list[dict[tuple[int, int], str]]:
    """Cut the cells of a sheet at empty rows behind which a table with headers of its own begins."""
    rows: dict[int, dict[tuple[int, int], str]] = {}
    for place in sorted(texts):
        rows.setdefault(place[0], {})[place] = texts[place]
    numbers = list(rows)
    gaps = [at for at in range(1, len(numbers)) if numbers[at] > numbers[at - 1] + 1]
    blocks: list[dict[tuple[int, int], str]] = []
    for first, end in pairwise([0, *gaps, len(numbers)]):
        block = {place: text for number in numbers[first:end] for place, text in rows[number].items()}
        sample = {
            place: text for number in numbers[first : min(end, first + _SAMPLE)] for place, text in rows[number].items()
        }
        if blocks and _has_rows(blocks[-1]) and heads_data(_grid(sample)):
            blocks.append(block)
        elif blocks:
            blocks[-1] |= block
        else:
            blocks = [block]
    return blocks


def _has_rows(texts: dict[tuple[int, int], str]) -> bool:
    """Tell whether there is more than captions: rows of several cells."""
    return len({row for row, _ in texts}) < len(texts)


def _grid(texts: dict[tuple[int, int], str]) -> Grid:
    rows = {row: number for number, row in enumerate(sorted({row for row, _ in texts}))}
    columns = {column: number for number, column in enumerate(sorted({column for _, column in texts}))}
    cells = (GridCell(rows[row], columns[column], text) for (row, column), text in texts.items())
    return fill(cells, len(rows), len(columns))


def _with_merged(sheet: Any, texts: dict[tuple[int, int], str]) -> list[GridCell]:
    merged = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
    # A merged cell may reach into rows and columns that hold nothing else: they are not there.
    rows, columns = sorted({row for row, _ in texts}), sorted({column for _, column in texts})
    cells: list[GridCell] = []
    for (row, column), text in sorted(texts.items()):
        area = merged.get((row, column))
        first_row, first_column = bisect_left(rows, row), bisect_left(columns, column)
        height = bisect_right(rows, area.max_row) - first_row if area else 1
        width = bisect_right(columns, area.max_col) - first_column if area else 1
        cells.append(GridCell(first_row, first_column, text, height, width))
    return cells
