"""Spreadsheets (.xlsx) by openpyxl and tables of text (.csv): every sheet a heading and its table.

Numbers, dates and shares are written as the sheet shows them, formulas by the value that was saved with them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from ingest.readers.archive import check_archive, check_document_types
from ingest.readers.canonical import canonical
from ingest.readers.encoding import decode
from ingest.readers.reading import ReadText
from ingest.readers.tables import MAX_CELLS, GridCell, set_table
from kb.errors import DocumentError
from kb.layout import Layout, Table

_DECIMALS = re.compile(r"\.(0+)")
_LONGEST_CELL = 100_000


class SpreadsheetReader:
    """Reads XLSX files; hidden sheets stay out."""

    suffixes: tuple[str, ...] = (".xlsx", ".xlsm")
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format_name = "an XLSX file"

    def read(self, path: Path, data: bytes) -> ReadText:
        from openpyxl import load_workbook  # takes a fifth of a second to import: only such a file pays for it

        with check_archive(path, data, self.format_name) as archive:
            check_document_types(path, archive)
        try:
            book = load_workbook(BytesIO(data), data_only=True, keep_links=False)
            sheets = [
                (sheet.title, list(_sheet_cells(path, sheet)))
                for sheet in book.worksheets
                if sheet.sheet_state == "visible"
            ]
        except DocumentError:
            raise
        except Exception as error:  # a broken file makes openpyxl raise whatever its parts raise
            words = " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
            raise DocumentError(
                path, f"is a broken or truncated XLSX file ({words}); open it and save it again"
            ) from error
        return _set_sheets(path, sheets, self.media_type)


class CsvReader:
    """Reads comma, semicolon or tab separated values; the encoding is detected."""

    suffixes: tuple[str, ...] = (".csv", ".tsv")
    media_type = "text/csv"
    format_name = "a CSV file"

    def read(self, path: Path, data: bytes) -> ReadText:
        source = decode(path, data).lstrip("\ufeff").replace("\x00", "")
        try:
            dialect: Any = csv.Sniffer().sniff(source[:8192], delimiters=",;\t，|")
        except csv.Error:
            dialect = "excel-tab" if path.suffix.lower() == ".tsv" else "excel"
        csv.field_size_limit(_LONGEST_CELL)
        try:
            rows = list(csv.reader(StringIO(source), dialect))
        except csv.Error as error:
            raise DocumentError(path, f"is no table of text ({error}); save it again as CSV in UTF-8") from error
        cells = [
            GridCell(number, column, canonical(cell))
            for number, row in enumerate(row for row in rows if any(cell.strip() for cell in row))
            for column, cell in enumerate(row)
        ]
        return _set_sheets(path, [("", cells)], self.media_type)


def _set_sheets(path: Path, sheets: Iterable[tuple[str, list[GridCell]]], media_type: str) -> ReadText:
    text = ""
    tables: list[Table] = []
    for title, cells in sheets:
        if not cells:
            continue
        if title:
            text += f"{canonical(title).strip()}\n"
        try:
            written, table = set_table(cells, len(text))
        except ValueError as error:
            raise DocumentError(path, f"sheet {title!r}: {error}; split it") from error
        tables.append(table)
        text += f"{written}\n"
    return ReadText(text, (), None, media_type, Layout(tables=tuple(tables)))


def _sheet_cells(path: Path, sheet: Any) -> Iterator[GridCell]:
    """Give the cells of a sheet without the rows and columns that are empty or hidden."""
    if sheet.max_row * sheet.max_column > 20 * MAX_CELLS:
        size = f"{sheet.max_row:,} rows and {sheet.max_column:,} columns"
        raise DocumentError(path, f"sheet {sheet.title!r} reaches over {size}; remove what is empty or split it")
    from openpyxl.cell.cell import MergedCell

    texts = {
        (cell.row, cell.column): _shown(cell)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and not isinstance(cell, MergedCell)
    }
    texts = {place: text for place, text in texts.items() if text.strip()}
    merged = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
    rows = sorted({row for row, _ in texts if not sheet.row_dimensions[row].hidden})
    columns = sorted({column for _, column in texts})
    for (row, column), text in sorted(texts.items()):
        if row not in rows:
            continue
        area = merged.get((row, column))
        last_row, last_column = (area.max_row, area.max_col) if area else (row, column)
        # A merged cell may reach into rows and columns that hold nothing else: they are not there.
        height = sum(1 for one in rows if row <= one <= last_row)
        width = sum(1 for one in columns if column <= one <= last_column)
        yield GridCell(rows.index(row), columns.index(column), text, height, width)


def _shown(cell: Any) -> str:
    """Write a value as its number format shows it, as far as policy tables use formats: shares, thousands, decimals, dates."""
    value, shape = cell.value, cell.number_format or "General"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float):
        decimals = _DECIMALS.search(shape)
        places = len(decimals[1]) if decimals else 0
        if "%" in shape:
            return f"{value * 100:.{places}f}%"
        if shape == "General":
            return f"{value:.15g}"
        return (
            f"{value:,.{places}f}"
            if "#,##" in shape
            else f"{value:.{places}f}"
            if shape.startswith("0")
            else f"{value:.15g}"
        )
    return canonical(str(value))
