"""PDF: pages that are not drawn as they are read, filled forms, fonts that lie, attached files."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_pdf import Words, drawn_pdf, form_field

from ingest.pdfium import View, open_page, open_pdf
from ingest.readers.file_reader import ReadText, Unread
from ingest.readers.glyphs import MISSING, Glyph, LineSetter, missing_characters
from ingest.readers.line_order import in_order
from ingest.readers.paragraphs import Line
from ingest.readers.pdf import PdfReader
from ingest.readers.printed_page import printed_lines

NOTICE = ("关于便民服务的通知", "清政发〔2031〕5号", "各区民政局：", "现将办法印发给你们，请遵照执行。", "清溪市民政局")


def read(data: bytes) -> ReadText:
    return PdfReader().read(Path("notice.pdf"), data)


def placed(texts: tuple[str, ...], left: float = 80, top: float = 760, step: float = 28) -> list[Words]:
    return [(left, top - step * row, text) for row, text in enumerate(texts)]


def test_a_page_that_is_drawn_from_the_bottom_up_is_read_from_the_top_down() -> None:
    assert read(drawn_pdf(placed(NOTICE)[::-1])).text.split("\n") == list(NOTICE)


def test_values_that_are_drawn_behind_all_labels_stand_behind_their_labels() -> None:
    labels, values = ("申请人：", "补贴类型：", "金额（元）："), ("张某某", "助餐补贴", "1500")
    found = read(drawn_pdf([*placed(labels), *placed(values, left=180)]))
    assert found.text.split("\n") == ["申请人：张某某", "补贴类型：助餐补贴", "金额（元）：1500"]
    for page in found.layout.pages:
        for value in values:
            start = found.text.index(value)
            (box,) = page.marks(found.text, start, start + len(value))
            assert box.x0 == pytest.approx(180, abs=1)


def test_columns_of_prose_keep_the_order_in_which_they_are_drawn() -> None:
    columns = [
        [Line(f"{column}{row}为了方便老年人就近就餐加快建设", x, 700 - 20 * row, 12) for row in range(6)]
        for column, x in (("左", 60), ("右", 320))
    ]
    drawn = [*columns[0], *columns[1]]
    assert in_order(drawn) == drawn


def test_what_was_filled_into_a_form_stands_behind_its_label() -> None:
    fields = [
        form_field("张某某", 150, 735),
        form_field("2", 150, 695, "Ch", "/Opt [[(1) (a)] [<FEFF0032> <FEFF52A9991088658D34>]]"),
        form_field("", 150, 655, "Btn", "/AS /Yes"),
        b"<< /Type /Annot /Subtype /FreeText /Contents <FEFF60C551B55C5E5B9E> /F 4 /Rect [80 600 200 620] >>",
        b"<< /Type /Annot /Subtype /Text /Contents (why) /Rect [80 500 90 510] >>",
    ]
    words = [(80.0, 740.0, "申请人："), (80.0, 700.0, "补贴："), (80.0, 660.0, "同意：")]
    found = read(drawn_pdf(words, annotations=fields))
    assert found.text.split("\n") == ["申请人：张某某", "补贴：助餐补贴", "同意：☑", "情况属实"]
    assert found.unread == (Unread("annotation", page=1),)


def test_a_font_that_gives_many_characters_one_name_is_not_believed() -> None:
    def share(words: str) -> float:
        with open_pdf(drawn_pdf([(80, 700, words)])) as document, open_page(document, 1) as page:
            return printed_lines(page, View.of_page(page), float("inf"))[1]

    assert share("办" * 24) == 1.0
    assert share("为了方便老年人就近就餐，加快推进社区长者食堂建设，制定本办法") == 0.0


def lines_of(*glyphs: tuple[str, float, float]) -> list[Line]:
    setter = LineSetter(800)
    for char, x0, x1 in glyphs:
        setter.begins(x0, 100, "")
        setter.add(Glyph(char, x0, x1), 100, 10, False)
    setter.end_line()
    return setter.lines


def test_a_blank_on_which_the_next_character_stands_is_none() -> None:
    covered = [
        (char, at, at + 10) for n, one in enumerate("通知") for char, at in ((one, 80 + 10 * n), (" ", 90 + 10 * n))
    ]
    assert [line.text for line in lines_of(*covered)] == ["通知"]
    assert [line.text for line in lines_of(("通", 80, 90), (" ", 90, 95), ("知", 95, 105))] == ["通 知"]


def test_a_digit_that_is_set_apart_from_a_wide_character_has_no_blank_before_it() -> None:
    setter = LineSetter(800)
    for char, x0, x1 in (("年", 80, 90), ("3", 92.5, 97.5), ("月", 100, 110)):
        setter.begins(x0, 100, " ")
        setter.add(Glyph(char, x0, x1), 100, 10, True)
    setter.end_line()
    assert [line.text for line in setter.lines] == ["年3月"]


def test_a_character_without_a_name_leaves_a_mark_and_is_told() -> None:
    lines = lines_of(("推", 80, 90), ("\ue123", 90, 100), ("理", 100, 110))
    assert lines[0].text == f"推{MISSING}理"
    assert list(missing_characters([[], lines])) == [Unread("character", page=2)]


def test_the_lines_of_a_list_are_not_joined() -> None:
    listed = ("参会单位名单", "市民政局", "市财政局", "市卫健委", "市教育局", "12", "34")
    assert read(drawn_pdf(placed(listed))).text.split("\n") == list(listed)
