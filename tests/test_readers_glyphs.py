"""Characters that stand on a page set into lines: the blanks that a file leaves room for, and those that come of its setting."""

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


def test_words_of_one_character_far_apart_stay_apart() -> None:
    assert line_of("日一二三四五六", 2.0) == "日 一 二 三 四 五 六"
    assert line_of("甲乙丙", 0.8) == "甲 乙 丙"
    assert line_of("甲乙丙丁戊己", 0.7, gaps={2: 1.15}) == "甲 乙 丙 丁 戊 己"
