"""The register as a table for office programs: XLSX with a sheet that tells what was chosen, or CSV. No cell is read as
a formula.

What a caller may not see is not among the entries, so neither file holds a trace of it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from kb.home import Home
from kb.provenance import LEVEL_WORDS, STATUS_WORDS, title_of
from kb.text.dates import PartialDate, chinese_day
from kb.types import Kind
from service.register import Entry, Order
from service.xml_text import plain

ORDER_WORDS: dict[Order, str] = {
    "newest": "成文日期由近到远", "oldest": "成文日期由远到近", "title": "标题", "issuer": "发布机构",
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets read a formula behind: https://owasp.org/www-community/attacks/CSV_Injection"""
# Heads and widths in characters.
_COLUMNS = {
    "标题": 60, "文号": 22, "发布机构": 36, "成文日期": 16, "施行日期": 16, "有效期至": 16, "效力": 12, "层级": 8, "主题": 30,
    "适用地区": 14, "文本": 10, "索引号": 24, "编号": 28,
}  # fmt: skip
_KINDS: dict[Kind, str] = {"full_text": "原文", "digest": "摘要", "response": "提案答复"}


def rows(entries: Sequence[Entry], home: Home) -> Iterator[tuple[str, ...]]:
    """Give a row for each entry under the heads of the table, offices by their one name."""
    for entry in entries:
        document = entry.document
        yield (
            title_of(document),
            document.doc_no or "",
            "、".join(map(home.issuer_name, document.issuers)),
            _day(document.issued),
            _day(document.effective),
            _day(document.expires),
            STATUS_WORDS[entry.status],
            LEVEL_WORDS[document.level] if document.level else "",
            "、".join(entry.topics),
            document.region or "",
            _KINDS[document.kind],
            document.index_no or "",
            document.doc_id,
        )


def write_csv(table: Sequence[Sequence[str]]) -> bytes:
    """Write the rows with the mark by which spreadsheets know UTF-8; what would be a formula begins with an
    apostrophe."""
    target = StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(_COLUMNS)
    writer.writerows([_as_text(plain(cell)) for cell in row] for row in table)
    return target.getvalue().encode("utf-8-sig")


def write_xlsx(table: Sequence[Sequence[str]], chosen: Mapping[str, str], exported: date) -> bytes:
    """Write the rows on one sheet, and on a second what was chosen and on which day they were exported."""
    book = Workbook()
    sheet = book.active
    sheet.title = "文件目录"
    _write_row(sheet, 1, list(_COLUMNS), bold=True)
    for number, row in enumerate(table, 2):
        _write_row(sheet, number, row)
    for number, width in enumerate(_COLUMNS.values(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    about = book.create_sheet("说明")
    told = {**chosen, "份数": str(len(table)), "导出日期": chinese_day(exported)}
    for number, (name, value) in enumerate(told.items(), 1):
        _write_row(about, number, (name, value))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 14, 60
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _write_row(sheet: object, number: int, row: Sequence[str], *, bold: bool = False) -> None:
    for column, text in enumerate(row, 1):
        cell: Cell = sheet.cell(number, column)  # type: ignore[attr-defined]
        cell.value = plain(text)
        if text.startswith(_FORMULA):
            cell.data_type = (
                "s"  # openpyxl takes = for a formula; with the prefix nobody who edits the cell makes one of it
            )
            cell.quotePrefix = True
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=bold)


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _day(day: PartialDate | None) -> str:
    return day.iso if day else ""
