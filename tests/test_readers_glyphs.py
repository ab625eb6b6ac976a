"""Characters that stand on a page set into lines: the blanks that a file leaves room for, and those that come of its
setting."""

from __future__ import annotations

import pytest

from ingest.readers.glyphs import Glyph, LineSetter


def line_of(text: str, gap: float, size: float = 16.0, gaps: dict[int, float] | None = None) -> str:
    """Set wide characters with so many em between each and the next, in `gaps` others behind some of them."""
    setter = LineSetter(842)
    x = 74.0
    for number, char in enumerate(text):
        setter.begins(x, 100, "")
        setter.add(Glyph(char, x, x + size), 100, size, False)
        x += size + size * (gaps or {}).get(number, gap)
    setter.end_line()
    (line,) = setter.lines
    assert line.boxes[0].x0 == 74.0 and line.boxes[-1].x1 == pytest.approx(x - size * gap)
    return line.text


def test_room_for_a_wide_blank_is_one() -> None:
    assert line_of("第一章总则", 0, gaps={2: 1.0}) == "第一章　总则"
    assert line_of("第一章总则", 0, gaps={2: 0.7}) == "第一章 总则"


def test_a_line_drawn_out_to_the_edge_has_no_blanks() -> None:
    assert line_of("市房产主管部门应当督促区、", 0.7) == "市房产主管部门应当督促区、"
    assert line_of("关于食堂的通知", 1.0) == "关于食堂的通知"


def test_a_line_drawn_out_to_the_edge_keeps_the_blanks_that_were_written() -> None:
    written = {4: 0.745, 5: 0.18}  # between 条 and 本 the room of two characters and of a blank
    assert line_of("第三十二条本条例第三十一条第", 0.245, gaps=written) == "第三十二条 本条例第三十一条第"
    assert line_of("第三十二条本条例第三十一条第", 0.18, gaps={4: 0.62, 0: 0.19}) == "第三十二条 本条例第三十一条第"
    assert line_of("第三章总则及其他", 0.4, gaps={2: 1.8}) == "第三章　总则及其他"


def test_a_title_with_blanks_is_no_line_that_was_drawn_out() -> None:
    setter = LineSetter(842)
    x = 74.0
    for char, gap in zip("第一章总则", (0, 0, 0.25, 0.25, 0), strict=True):
        setter.begins(x, 100, "")
        setter.add(Glyph(char, x, x + 16), 100, 16, x > 74 and char in "总则")
        x += 16 + 16 * gap
    setter.end_line()
    assert setter.lines[0].text == "第一章 总 则"


def mixed(room: float, elsewhere: float, text: str = "第三十条1997年12月31日前") -> str:
    """Set characters with so many em between 条 and its digit, and between the others and theirs."""
    setter = LineSetter(842)
    x = 74.0
    for char, following in zip(text, f"{text[1:]} ", strict=True):
        setter.begins(x, 100, "")
        width = 8.0 if char.isdigit() else 16.0
        setter.add(Glyph(char, x, x + width), 100, 16, False)
        gap = 0.0 if char.isdigit() or not following.isdigit() else room if char == "条" else elsewhere
        x += width + 16 * gap
    setter.end_line()
    return setter.lines[0].text


def test_room_between_a_character_and_a_digit_is_a_blank_where_others_have_none() -> None:
    assert mixed(0.27, 0.02) == "第三十条 1997年12月31日前"
    assert mixed(0.27, 0.27) == "第三十条1997年12月31日前"  # the program sets them apart
    assert mixed(0.05, 0.02) == "第三十条1997年12月31日前"


def test_words_of_one_character_far_apart_stay_apart() -> None:
    assert line_of("日一二三四五六", 2.0) == "日 一 二 三 四 五 六"
    assert line_of("甲乙丙", 0.8) == "甲 乙 丙"
    assert line_of("甲乙丙丁戊己", 0.7, gaps={2: 1.15}) == "甲 乙 丙 丁 戊 己"
