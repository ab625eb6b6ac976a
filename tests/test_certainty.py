"""How surely a document was read, and the places that want a look; pages that are written downwards."""

from __future__ import annotations

import pytest

from ingest.certainty import certainty, doubts_of
from ingest.readers.line_order import in_order
from ingest.readers.paragraphs import Line, set_paragraphs
from kb.layout import Box, Cell, Layout, Page, PlacedTable


def page(boxes: list[Box], confidence: float | None = None, number: int = 1) -> Page:
    return Page(number, 595, 842, tuple(boxes), confidence)


def lines(text: str, places: list[tuple[float, float]]) -> list[Box]:
    """One box for every line of the text, at x and y from the upper left corner."""
    boxes, at = [], 0
    for line, (x, y) in zip(text.split("\n"), places, strict=True):
        boxes.append(Box(at, at + len(line), x, y, x + 16 * len(line), y + 16))
        at += len(line) + 1
    return boxes


TEXT = "第一条每餐补贴\n第二条每月三十\n第三条另行通知"


def test_a_text_that_the_file_holds_is_sure() -> None:
    layout = Layout((page(lines(TEXT, [(74, 100), (74, 130), (74, 160)])),))
    assert certainty(TEXT, (0,), layout) == 1.0
    assert doubts_of(TEXT, (0,), layout) == []


def test_a_page_read_by_ocr_is_as_sure_as_ocr_was() -> None:
    layout = Layout((page([], 0.8), page([], None, 2)))
    assert certainty("甲甲甲甲\n乙乙乙乙", (0, 5), layout) == pytest.approx(0.9)
    assert [(one.kind, one.page) for one in doubts_of("甲甲甲甲\n乙乙乙乙", (0, 5), layout)] == [("confidence", 1)]


def test_a_page_on_which_nothing_was_read_lowers_the_figure() -> None:
    assert certainty("甲甲甲甲\n", (0, 5), Layout((page([]), page([], 0.0, 2)))) == 0.5


def test_a_line_above_the_one_before_it_is_doubtful_and_a_column_on_the_right_is_not() -> None:
    wrong = Layout((page(lines(TEXT, [(74, 130), (74, 100), (74, 160)])),))
    assert [(one.kind, TEXT[one.start : one.end]) for one in doubts_of(TEXT, (0,), wrong)] == [
        ("order", "第二条每月三十")
    ]
    assert certainty(TEXT, (0,), wrong) == pytest.approx(2 / 3, abs=0.001)
    columns = Layout((page(lines(TEXT, [(74, 130), (300, 100), (300, 130)])),))
    assert doubts_of(TEXT, (0,), columns) == []


def test_characters_without_a_name_and_tables_without_a_header_are_doubtful() -> None:
    text = "每餐〓元\n甲 | 乙"
    table = PlacedTable(5, 10, 0, (Cell(0, 0, 5, 6), Cell(0, 1, 9, 10)))
    found = doubts_of(text, (), Layout((), (table,)))
    assert [(one.kind, text[one.start : one.end], one.page) for one in found] == [
        ("character", "〓", None), ("headless", "甲 | 乙", None),
    ]  # fmt: skip


def written_down(columns: list[str], size: float = 16.0) -> list[Line]:
    """A page of columns, the first on the right, each character a line as a reader of lines finds them."""
    return [
        Line(char, 480 - 30 * number, 700 - size * row, size, (Box(0, 1, 480 - 30 * number, 100, 496, 116),))
        for number, column in enumerate(columns)
        for row, char in enumerate(column)
        if char != "　"
    ]


COLUMNS = [
    "关于食堂的通知", "　　各区应当按照规定建设社区食堂并且给老年", "人补贴。", "　　每餐补贴不低于三元，由市区两级财政按照", "比例分担。",
    "　　本办法自公布之日起施行。",
]  # fmt: skip


def test_columns_written_downwards_are_read_from_the_right_and_set_into_paragraphs() -> None:
    left_first = written_down(COLUMNS)[::-1]
    found = in_order(left_first)
    assert [line.text for line in found] == [column.strip("　") for column in COLUMNS]
    assert set_paragraphs([found]).text.split("\n") == [
        "关于食堂的通知", "各区应当按照规定建设社区食堂并且给老年人补贴。", "每餐补贴不低于三元，由市区两级财政按照比例分担。",
        "本办法自公布之日起施行。",
    ]  # fmt: skip
    for line in found:
        assert [box.end for box in line.boxes] == list(range(1, len(line.text) + 1))


def test_single_characters_beside_lines_are_no_vertical_writing() -> None:
    beside = [
        Line("甲", 74, 700, 16),
        Line("乙", 74, 684, 16),
        Line("丙", 74, 668, 16),
        Line("一行正文" * 6, 120, 700, 16),
    ]
    assert sorted(line.text for line in in_order(beside)) == sorted(line.text for line in beside)
