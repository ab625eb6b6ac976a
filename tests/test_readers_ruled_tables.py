"""PDF: tables with drawn rules are tables, with wrapped and merged cells, over pages; frames and loose lines are
not."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_pdf import Words, drawn_pdf

from ingest.readers.file_reader import ReadText
from ingest.readers.grid import GridCell
from ingest.readers.pages_with_tables import set_pages
from ingest.readers.paragraphs import Line
from ingest.readers.pdf import PdfReader
from ingest.readers.ruled_tables import Rule, RuledTable, take_tables
from kb.layout import Box

XS, STEP = (80, 200, 320, 440), 30


def grid(rows: int, top: float = 100, xs: tuple[float, ...] = XS) -> list[Rule]:
    """Give the rules of a grid, from the upper left corner of the page."""
    bottom = top + rows * STEP
    across = [(xs[0], top + row * STEP, xs[-1], top + row * STEP) for row in range(rows + 1)]
    return [*across, *((x, top, x, bottom) for x in xs)]


def row_of(*texts: str, row: int, top: float = 100) -> list[Line]:
    return [word(text, x + 4, top + row * STEP + 18) for text, x in zip(texts, XS, strict=False) if text]


def word(text: str, x: float, base: float, size: float = 10) -> Line:
    wide = sum(1.0 if ord(char) > 255 else 0.5 for char in text) * size
    return Line(text, x, 800 - base, size, (Box(0, len(text), x, base - 9, x + wide, base + 2),))


def table_of(*rows: tuple[str, ...]) -> tuple[list[Line], list[RuledTable]]:
    lines = [line for number, texts in enumerate(rows) for line in row_of(*texts, row=number)]
    return take_tables(lines, grid(len(rows)), 800)


def drawn(rules: list[Rule]) -> bytes:
    return b" ".join(f"{x0} {842 - y0} m {x1} {842 - y1} l S".encode() for x0, y0, x1, y1 in rules)


def heads_of(found: ReadText, value: str) -> list[str]:
    (cell,) = (c for t in found.layout.tables for c in t.cells if found.text[c.start : c.end] == value)
    return [found.text[slice(*span)] for span in cell.headers]


def test_a_ruled_table_of_a_pdf_is_a_table_whose_cells_know_their_headers() -> None:
    rows = (("项目", "对象", "标准"), ("助餐补贴", "七十周岁以上", "每餐2元"), ("护理补贴", "失能老年人", "每月100元"))
    words: list[Words] = [(80, 780, "补贴标准表")]
    words += [
        (XS[n] + 4, 842 - 118 - row * STEP, text) for row, texts in enumerate(rows) for n, text in enumerate(texts)
    ]
    words += [(80, 600, "以上补贴不重复享受。")]
    found = PdfReader().read(Path("a.pdf"), drawn_pdf(words, more=drawn(grid(3))))
    assert found.text.split("\n") == ["补贴标准表", *map(" | ".join, rows), "以上补贴不重复享受。"]
    assert heads_of(found, "每餐2元") == ["标准", "助餐补贴"]
    start = found.text.index("失能老年人")
    (box,) = found.layout.pages[0].marks(found.text, start, start + 5)
    assert box.x0 == pytest.approx(XS[1] + 4, abs=1)


def test_words_that_were_wrapped_in_a_cell_are_whole_again() -> None:
    lines = [*row_of("项目", "对象", "标准", row=0)]
    lines += [
        word("收住重度失能老年人的养", 204, 142),
        word("老机构", 204, 154),
        word("12", 324, 142),
        word("34", 324, 154),
    ]
    rows, _ = take_tables(lines, grid(2), 800)
    assert rows[1].text == "| 收住重度失能老年人的养老机构 | 12 34"


def test_a_line_that_runs_over_several_cells_is_cut_at_the_rules() -> None:
    rows, _ = take_tables([*row_of("街道", "床位", "备注", row=0), word("东风街道三百张续建", 164, 148)], grid(2), 800)
    assert rows[1].text == "东风街道 | 三百张续建 |"


def test_places_that_no_rule_parts_are_one_cell() -> None:
    rules = [rule for rule in grid(3) if rule != (200, 100, 200, 190)]
    rules += [(200, 130, 200, 190)]
    lines = [
        *row_of("床位补贴", "", "说明", row=0),
        *row_of("新建", "改建", "一次", row=1),
        *row_of("20", "10", "", row=2),
    ]
    rows, (table,) = take_tables(lines, rules, 800)
    assert rows[0].text == "床位补贴 | 床位补贴 | 说明"
    assert (table.cells[0].text, table.cells[0].columns) == ("床位补贴", 2)


@pytest.mark.parametrize("xs", [(80, 440), (80, 260, 440)], ids=["one column", "one row"])
def test_a_frame_around_text_is_no_table(xs: tuple[float, ...]) -> None:
    lines = [word("版头", 90, 118), word("正文", 90, 140)]
    rules = grid(2, xs=xs) if len(xs) == 2 else grid(1, xs=xs)
    assert take_tables(lines, rules, 800) == (lines, [])


def test_a_table_that_runs_over_pages_is_one_and_its_headers_stand_once() -> None:
    head = ("街道", "床位", "补贴")
    pages = [table_of(head, ("甲街道", "120", "3000")), table_of(head, ("乙街道", "80", "2500"))]
    number = word("— 1 —", 250, 780)
    whole, (table,) = set_pages([[*pages[0][0], number], pages[1][0]], [found for _, found in pages])
    assert whole.text.split("\n") == ["街道 | 床位 | 补贴", "甲街道 | 120 | 3000", "乙街道 | 80 | 2500"]
    heads = {whole.text[c.start : c.end]: [whole.text[slice(*span)] for span in c.headers] for c in table.cells}
    assert heads["2500"] == ["补贴", "乙街道"]
    assert whole.page_starts == (0, whole.text.index("乙街道"))


def test_tables_with_text_between_them_stay_two() -> None:
    pages = [
        table_of(("街道", "床位", "补贴"), ("甲街道", "120", "3000")),
        table_of(("物资", "数量", "单位"), ("轮椅", "12", "台")),
    ]
    between = [word(f"第{n}段说明，以下另表。", 80, 700 - 30 * n) for n in range(4)]
    whole, tables = set_pages([[*pages[0][0], *between], pages[1][0]], [found for _, found in pages])
    assert [whole.text[table.start : table.end].split("\n")[0] for table in tables] == [
        "街道 | 床位 | 补贴",
        "物资 | 数量 | 单位",
    ]


def test_a_cell_that_is_merged_over_a_page_break_names_the_rows_behind_it_too() -> None:
    head = ("街道", "机构", "补贴")
    first, further = (
        table_of(head, ("甲街道", "一院", "3000")),
        table_of(head, ("", "二院", "2500"), ("", "三院", "2000")),
    )
    cells = [cell for cell in further[1][0].cells if cell.column or not cell.row]
    further[1][0].cells[:] = [*cells, GridCell(1, 0, "", 2, 1)]
    whole, (table,) = set_pages([first[0], further[0]], [first[1], further[1]])
    assert whole.text.split("\n")[1:] == ["甲街道 | 一院 | 3000", "甲街道 | 二院 | 2500", "甲街道 | 三院 | 2000"]
    heads = {whole.text[c.start : c.end]: [whole.text[slice(*span)] for span in c.headers] for c in table.cells}
    assert heads["2000"][:2] == ["补贴", "甲街道"]


def test_the_rest_of_a_number_goes_with_it_and_another_number_does_not() -> None:
    def cell(above: str, below: str) -> str:
        lines = [*row_of("标准", "额度", row=0), word("一类", XS[0] + 4, 142)]
        lines += [word(above, XS[1] + 4, 140), word(below, XS[1] + 4, 152)]
        _, (table,) = take_tables(lines, grid(2), 800)
        return next(one.text for one in table.cells if (one.row, one.column) == (1, 1))

    assert cell("20", "0、300") == "200、300"
    assert cell("20", "300") == "20 300"
