"""Spreadsheets: values as the sheet shows them, what is hidden left out, hostile files in one line."""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from word_files import LODGING, changed_part

from ingest.readers import read_file
from ingest.readers.file_reader import ReadText, Unread
from ingest.readers.number_formats import shown
from ingest.readers.spreadsheet import SpreadsheetReader
from kb.errors import DocumentError

SHEET = "xl/worksheets/sheet1.xml"


def book_bytes(write: Callable[[Any], None]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "标准"
    write(book.active)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def read(write: Callable[[Any], None]) -> ReadText:
    return SpreadsheetReader().read(Path("rates.xlsx"), book_bytes(write))


@pytest.mark.parametrize(
    ("value", "shape", "text"),
    [
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1234567.891, "General", "1234567.891"),
        (0.1 + 0.2, "General", "0.3"),
        (500, "General", "500"),
        (500.0, "General", "500"),
        (2.5, "0", "3"),
        (1.005, "0.00", "1.01"),
        (0.5, "0%", "50%"),
        (0.1256, "0.00%", "12.56%"),
        (-12.5, "0.0", "-12.5"),
        (-12.5, "0.0;(0.0)", "(12.5)"),
        (0, '0.0;-0.0;"无"', "无"),
        (5, ";;;", ""),
        (571, "0000", "0571"),
        (12, '0"元/人·天"', "12元/人·天"),
        (12, '"约"0"元"', "约12元"),
        (1200, "[$¥-804]#,##0.00", "¥1,200.00"),
        (1200, '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ', "¥1,200.00"),
        (30, "[Red]0.00", "30.00"),
        (1.5, "0.##", "1.5"),
        (2.0, "0.##", "2"),
        (35000, '0.0,"千元"', "35.0千元"),
        (True, "General", "是"),
        (date(2031, 3, 8), "mm-dd-yy", "2031/3/8"),
        (date(2031, 3, 8), "yyyy-mm-dd", "2031-03-08"),
        (date(2031, 3, 8), 'yyyy"年"m"月"d"日";@', "2031年3月8日"),
        (date(2031, 3, 8), "[$-F800]yyyy年m月", "2031年3月"),
        (datetime(2031, 3, 8, 14, 5, 9), "yyyy/m/d h:mm:ss", "2031/3/8 14:05:09"),
        (datetime(2031, 3, 8, 14, 5), 'm"月"d"日" h"时"mm"分"', "3月8日 14时05分"),
        (datetime(2031, 3, 8, 14, 5), "上午/下午h:mm", "下午2:05"),
        (time(9, 30), "h:mm", "9:30"),
        ("一类", "@", "一类"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_its_format_shows_it(value: object, shape: str, text: str) -> None:
    assert shown(value, shape) == text


@given(st.one_of(st.integers(), st.floats(), st.datetimes(), st.times(), st.booleans()), st.text("#0?.,%;@\"\\[]_*-ymdhsAMP/元$E+", max_size=30))  # fmt: skip
def test_any_format_shows_something(value: object, shape: str) -> None:
    assert isinstance(shown(value, shape), str)


def test_merged_headers_name_the_cells_below_them() -> None:
    def write(sheet: Any) -> None:
        for row in LODGING:
            sheet.append([int(word) if word.isdigit() else word for word in row])
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:D1")

    found = read(write)
    (table,) = found.layout.tables
    assert found.text.split("\n")[1:-1] == [" | ".join(row) for row in LODGING]
    for cell in table.cells:
        if cell.row >= 2 and cell.column:
            heads = [found.text[slice(*span)] for span in cell.headers]
            assert heads == [LODGING[0][cell.column], LODGING[1][cell.column], LODGING[cell.row][0]]


def test_hidden_rows_and_columns_stay_out() -> None:
    def write(sheet: Any) -> None:
        for row in (["城市", "内部", "标准"], ["杭州", "密", 500], ["宁波", "密", 400], ["温州", "密", 300]):
            sheet.append(row)
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[3].hidden = True

    assert read(write).text == "标准\n城市 | 标准\n杭州 | 500\n温州 | 300\n"


def test_a_cell_far_away_costs_nothing() -> None:
    def write(sheet: Any) -> None:
        sheet["A1"], sheet["XFD1048576"] = "甲", "乙"

    began = clock.process_time()
    assert read(write).text == "标准\n甲 |\n| 乙\n"
    assert clock.process_time() - began < 5


def test_a_sheet_of_many_rows_is_read_in_time_that_grows_with_it() -> None:
    def write(sheet: Any) -> None:
        for number in range(15_000):
            sheet.append([f"企业{number}", number])

    began = clock.process_time()
    assert read(write).text.count("\n") == 15_001
    assert clock.process_time() - began < 20


def merge_all(part: bytes) -> bytes:
    merged = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return part.replace(b"</sheetData>", b"</sheetData>" + merged)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: changed_part(data, SHEET, merge_all), "merges cells over 17,179,869,184 places"),
        (lambda data: changed_part(data, SHEET, lambda part: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + part), "declares a document type"),
        (lambda data: changed_part(data, SHEET, lambda part: part + b" " * (300 * 2**20)), "unpacks to 300 MB"),
        (lambda data: changed_part(data, SHEET, lambda part: part[: len(part) // 2]), "broken or truncated"),
        (lambda data: data[: len(data) // 2], "broken or truncated"),
        (lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (lambda data: b"%PDF-1.4 " + data, "looks like a PDF"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_one_line(damage: Callable[[bytes], bytes], reason: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(damage(book_bytes(lambda sheet: sheet.append(["城市", "标准"]))))
    with pytest.raises(DocumentError, match=reason) as caught:
        read_file(path)
    assert "\n" not in str(caught.value)
    assert ";" in str(caught.value)


def heads_of(found: ReadText, value: str) -> list[list[str]]:
    return [
        [found.text[slice(*span)] for span in cell.headers]
        for table in found.layout.tables
        for cell in table.cells
        if found.text[cell.start : cell.end] == value
    ]


def filled(*rows: list[object]) -> Callable[[Any], None]:
    def write(sheet: Any) -> None:
        sheet.title = "Sheet1"
        for row in rows:
            sheet.append(row)

    return write


@pytest.mark.parametrize(
    ("heads", "value", "under"),
    [
        (["街道", "1月", "2月", "3月"], 1300, "2月"),
        (["项目", "60-69岁", "70-79岁", "80岁以上"], "2元", "70-79岁"),
        (["项目", "1级", "2级", "3级"], 80, "2级"),
    ],
)
def test_classes_head_columns_though_they_are_numbers(heads: list[object], value: object, under: str) -> None:
    found = read(filled(heads, ["甲街道", 10, value, 30], ["乙街道", 11, 12, 13]))
    assert heads_of(found, str(value)) == [[under, "甲街道"]]


def test_a_first_row_of_values_heads_nothing() -> None:
    assert (
        read(filled(["甲街道", "1个", "2个", "3个"], ["乙街道", "2个", "1个", "5个"])).layout.tables[0].header_rows == 0
    )


def test_captions_above_the_headers_are_captions_and_the_title() -> None:
    found = read(
        filled(
            ["附件2"],
            ["清溪市床位分配表"],
            ["填报单位：清溪市民政局", None, None, "单位：张"],
            ["街道", "设施", "床位数", "备注"],
            ["甲街道", "颐养中心", 35, "续建"],
            ["乙街道", "敬老院", 20, "新建"],
        )
    )
    assert (found.title, found.layout.tables[0].header_rows) == ("清溪市床位分配表", 4)
    assert heads_of(found, "35") == [["床位数", "甲街道", "颐养中心"]]


def test_a_table_behind_an_empty_row_has_headers_of_its_own() -> None:
    found = read(filled(["姓名", "职务"], ["张某", "主任"], [], ["物资", "数量"], ["轮椅", 12]))
    assert len(found.layout.tables) == 2
    assert heads_of(found, "12") == [["数量", "轮椅"]]


def test_a_sheet_with_the_name_of_the_program_gives_no_title() -> None:
    found = read(filled(["街道", "床位数"], ["甲街道", 120]))
    assert (found.text, found.title) == ("街道 | 床位数\n甲街道 | 120\n", "")


def test_formulas_without_results_hidden_cells_and_comments_are_named() -> None:
    def write(sheet: Any) -> None:
        for row in (["街道", "合计", "内部"], ["甲街道", "=1+1", "密"]):
            sheet.append(row)
        sheet["A2"].comment = Comment("请核对", "甲")
        sheet.column_dimensions["C"].hidden = True
        sheet.parent.create_sheet("底稿").sheet_state = "hidden"

    assert read(write).unread == (
        Unread("hidden", "底稿"), Unread("hidden", count=2), Unread("formula"), Unread("comment"),
    )  # fmt: skip
