"""What a spreadsheet holds that is not in its text: hidden sheets and cells, formulas without results, comments,
pictures.

A program that writes a file without reckoning leaves formulas whose cells have no value; Excel shows one as soon as it
opens the file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from ingest.readers.file_reader import Unread

# Parts of the package, by which is seen what openpyxl does not give.
_SHEETS, _EMBEDDED, _MEDIA, _CHARTS = "xl/worksheets/", "xl/embeddings/", "xl/media/", "xl/charts/chart"
# Text boxes on a sheet, those that say something.
_DRAWINGS = "xl/drawings/drawing"
_SHAPE_WITH_WORDS = re.compile(rb"<(?:\w+:)?txBody\b(?:(?!</(?:\w+:)?txBody>).)*?<a:t>[^<]", re.DOTALL)
# A cell longer than this holds no formula without a value.
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*)?>(.{0,20000}?)</(?:\w+:)?c>", re.DOTALL)
# Cells with a formula and no value were never computed: a program wrote them, and nobody opened them in Excel.
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v>[^<]")
_WORDS = re.compile(rb"""\st\s*=\s*["']str["']""")  # Formulas that give text keep it here.


def sheet_unread(sheets: Sequence[Any], archive: zipfile.ZipFile) -> Iterator[Unread]:
    """Name what the sheets of a workbook, as openpyxl has them, do not show or hold beside their cells."""
    yield from (Unread("hidden", sheet.title) for sheet in sheets if sheet.sheet_state != "visible")
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    names = archive.namelist()
    counts = {
        "hidden": sum(map(_hidden_cells, shown)),
        "formula": sum(_without_value(archive.read(name)) for name in names if name.startswith(_SHEETS)),
        "comment": sum(cell.comment is not None for sheet in shown for cell in sheet._cells.values()),
        "picture": sum(name.startswith(_MEDIA) for name in names),
        "chart": sum(name.startswith(_CHARTS) for name in names),
        "drawing": sum(
            len(_SHAPE_WITH_WORDS.findall(archive.read(name))) for name in names if name.startswith(_DRAWINGS)
        ),
    }
    yield from (Unread(kind, count=count) for kind, count in counts.items() if count)  # type: ignore[arg-type]
    yield from (Unread("embedded", PurePosixPath(name).name) for name in names if name.startswith(_EMBEDDED))


def _hidden_cells(sheet: Any) -> int:
    columns = {
        number
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden
        for number in range(dimension.min, dimension.max + 1)
    }
    return sum(
        cell.value is not None and (cell.column in columns or sheet.row_dimensions[cell.row].hidden)
        for cell in list(sheet._cells.values())
    )


def _without_value(sheet: bytes) -> int:
    """Count the formulas that keep no result; one that gives an empty text keeps that."""
    if not _FORMULA.search(sheet):
        return 0
    return sum(
        _FORMULA.search(cell[2]) is not None and not _VALUE.search(cell[2]) and not _WORDS.search(cell[1] or b"")
        for cell in _CELL.finditer(sheet)
    )
