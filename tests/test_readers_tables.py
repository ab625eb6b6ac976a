"""Tables: merged cells in each of their places, and the headers that say what a cell is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.grid import GridCell
from ingest.readers.tables import MAX_CELLS, set_table
from kb.errors import TableSizeError
from kb.layout import PlacedTable


@dataclass(frozen=True)
class C:
    """A cell at the next free place of its row."""

    text: str
    rows: int = 1
    columns: int = 1
    heads: bool = False


def laid(rows: list[list[C]]) -> tuple[str, PlacedTable]:
    taken: set[tuple[int, int]] = set()
    cells: list[GridCell] = []
    for row, line in enumerate(rows):
        column = 0
        for cell in line:
            while (row, column) in taken:
                column += 1
            height = min(cell.rows, len(rows) - row)
            cells.append(GridCell(row, column, cell.text, height, cell.columns, cell.heads))
            taken |= {(row + down, column + right) for down in range(height) for right in range(cell.columns)}
    return set_table(cells, 0)


def named(rows: list[list[C]]) -> dict[str, list[list[str]]]:
    """Give, by the words of each cell, the words of its headers in every place that it fills."""
    text, table = laid(rows)
    found: dict[str, list[list[str]]] = {}
    for cell in table.cells:
        found.setdefault(text[cell.start : cell.end], []).append([text[slice(*span)] for span in cell.headers])
    return found


def test_a_cell_is_named_by_every_header_row_above_it_and_by_the_start_of_its_row() -> None:
    rows = [
        [C("城市", rows=2), C("住宿费", columns=2), C("伙食费", rows=2)],
        [C("一类"), C("二类")],
        [C("杭州"), C("900"), C("500"), C("100")],
    ]
    text, table = laid(rows)
    assert text == "城市 | 住宿费 | 住宿费 | 伙食费\n城市 | 一类 | 二类 | 伙食费\n杭州 | 900 | 500 | 100"
    assert table.header_rows == 2
    cells = named(rows)
    assert cells["900"] == [["住宿费", "一类", "杭州"]]
    assert cells["500"] == [["住宿费", "二类", "杭州"]]
    assert cells["100"] == [["伙食费", "杭州"]]
    assert cells["杭州"] == [["城市"]]


def test_three_rows_of_headers() -> None:
    rows = [
        [C("地区", rows=3), C("标准", columns=4)],
        [C("旺季", columns=2), C("淡季", columns=2)],
        [C("一类"), C("二类"), C("一类"), C("二类")],
        [C("杭州"), C("9"), C("8"), C("7"), C("6")],
    ]
    assert named(rows)["7"] == [["标准", "淡季", "一类", "杭州"]]


def test_a_cell_merged_downwards_names_each_row_that_it_fills() -> None:
    rows = [
        [C("类别"), C("对象"), C("标准")],
        [C("就业", rows=2), C("毕业生"), C("3000元")],
        [C("失业人员"), C("2000元")],
        [C("创业"), C("毕业生"), C("5000元")],
    ]
    text, table = laid(rows)
    assert text.split("\n")[2] == "就业 | 失业人员 | 2000元"
    assert table.header_rows == 1
    assert named(rows)["2000元"] == [["标准", "就业", "失业人员"]]


def test_the_ordinal_of_a_row_does_not_name_it_alone() -> None:
    rows = [[C("序号"), C("城市"), C("标准")], [C("1"), C("杭州"), C("500")]]
    assert named(rows)["500"] == [["标准", "杭州"]]


def test_a_row_from_edge_to_edge_names_the_rows_below_it() -> None:
    rows = [
        [C("城市"), C("标准")],
        [C("一、省内", columns=2)],
        [C("杭州"), C("500")],
        [C("二、省外", columns=2)],
        [C("上海"), C("600")],
    ]
    text, table = laid(rows)
    assert text.split("\n")[1] == "一、省内"
    assert table.header_rows == 1
    assert named(rows)["600"] == [["标准", "二、省外", "上海"]]


def test_rows_marked_as_headers_are_headers() -> None:
    rows = [[C("2023", heads=True), C("2024", heads=True)], [C("甲"), C("乙")]]
    assert named(rows)["乙"] == [["2024", "甲"]]


@pytest.mark.parametrize(
    "rows",
    [
        [[C("索引号："), C("0024/2024"), C("公开方式："), C("主动公开")], [C("文号："), C("1号"), C("日期："), C("2024-10-17")]],
        [[C("姓名"), C(""), C("性别"), C("")], [C("住址"), C(""), C("电话"), C("")]],
        [[C("1"), C("2")], [C("3"), C("4")]],
        [[C("只有"), C("一行")]],
    ],
)  # fmt: skip
def test_a_form_or_a_table_of_numbers_has_no_headers(rows: list[list[C]]) -> None:
    _, table = laid(rows)
    assert table.header_rows == 0
    assert all(not cell.headers for cell in table.cells)


def test_a_line_of_values_below_a_wide_header_is_no_header() -> None:
    _, table = laid([[C("城市"), C("标准", columns=2)], [C("杭州"), C("500"), C("400")]])
    assert table.header_rows == 1


def test_years_head_columns_although_they_are_numbers() -> None:
    assert named([[C("指标"), C("2030年"), C("2031年")], [C("食堂"), C("80"), C("120")]])["120"] == [["2031年", "食堂"]]


def test_a_table_of_too_many_cells_is_refused() -> None:
    with pytest.raises(TableSizeError, match=f"{MAX_CELLS:,}"):
        laid([[C("x"), C("y")]] * 2 + [[C("x", columns=MAX_CELLS)]])


cells = st.builds(C, st.sampled_from(["", "甲", "乙 丙", "12", "|"]), st.integers(1, 4), st.integers(1, 4))


@given(st.lists(st.lists(cells, max_size=5), max_size=6))
def test_whatever_the_grid_every_cell_is_in_the_text_at_its_place(rows: list[list[C]]) -> None:
    text, table = laid(rows)
    assert (table.start, table.end) == (0, len(text))
    lines = text.split("\n")
    words = {cell.text for row in rows for cell in row}
    for cell in table.cells:
        assert text[cell.start : cell.end] in words
        assert text.count("\n", 0, cell.start) == cell.row < len(lines)
        assert all(text[slice(*span)] for span in cell.headers)
