"""Lines of pages set back into paragraphs; page numbers; radicals."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.columns import columns_of
from ingest.readers.page_numbers import number_lines
from ingest.readers.paragraphs import Line, set_paragraphs
from kb.layout import Box
from kb.text.radicals import with_door, without_radicals


def page_of(*texts: str, left: float = 80, size: float = 16, top: float = 700, leading: float = 28) -> list[Line]:
    """Set lines below each other; every leading blank is an indent of one character."""
    return [
        Line(text.lstrip(), left + (len(text) - len(text.lstrip())) * size, top - row * leading, size)
        for row, text in enumerate(texts)
    ]


FULL = "为了方便老年人就近就餐加快推进社区长者食堂建设制定本办法并"  # 29 characters, as wide as the page
FIRST = "  " + FULL[:-2]


def text_of(*texts: str) -> str:
    return set_paragraphs([page_of(*texts)]).text


def test_a_full_line_goes_on_in_the_next() -> None:
    assert text_of(FIRST, FULL, "遵照执行。", FIRST, "到此为止。") == (
        f"{FIRST.strip()}{FULL}遵照执行。\n{FIRST.strip()}到此为止。"
    )


def test_a_short_line_ends_its_paragraph() -> None:
    assert text_of(FIRST, FULL, "附表", "说明", FIRST) == f"{FIRST.strip()}{FULL}附表\n说明\n{FIRST.strip()}"


@pytest.mark.parametrize(
    "marker",
    ["一、总则", "（一）范围", "(2)范围", "1.范围", "3、范围", "第二条 范围", "第三章 总则", "①范围", "二是范围"],
)
def test_an_outline_marker_begins_a_line(marker: str) -> None:
    assert text_of(FIRST, FULL, FULL, marker, FULL).split("\n")[1].startswith(marker)


@pytest.mark.parametrize(
    "reference", ["第十二条规定的条件", "第三条、第四条", "（二）项所列情形", "1.5万元", "343号）收悉"]
)
def test_a_reference_at_the_start_of_a_line_is_no_marker(reference: str) -> None:
    assert FULL + reference in text_of(FIRST, FULL, f"{reference}的，", FIRST, "结束。", FIRST)


def test_where_paragraphs_are_indented_a_full_line_may_end_a_sentence_and_go_on() -> None:
    sentence = FULL[:-1] + "。"
    assert text_of(FIRST, sentence, "再者。", FIRST, "完。") == f"{FIRST.strip()}{sentence}再者。\n{FIRST.strip()}完。"


def test_where_nothing_shows_paragraphs_a_line_that_had_room_and_ends_a_sentence_ends_its_paragraph() -> None:
    roomy, full = FULL[:-3] + "。", FULL[:-1] + "。"
    assert text_of(FULL, roomy, FULL, "完。", FULL) == f"{FULL}{roomy}\n{FULL}完。\n{FULL}"
    assert text_of(FULL, full, FULL, "完。", FULL) == f"{FULL}{full}{FULL}完。\n{FULL}"


def test_paragraphs_of_one_line_do_not_hide_how_close_the_lines_of_a_paragraph_stand() -> None:
    short = [Line(f"（{number}）短款。", 80, 700 - 30 * row, 16) for row, number in enumerate("一二三四五六")]
    long = [Line(FULL[:-1] + "；", 80, 490, 16), Line("再者不得超过。", 80, 470, 16), Line(FULL, 80, 440, 16)]
    long += [Line("同前。", 80, 420, 16), Line("另起一段。", 80, 390, 16)]
    assert set_paragraphs([[*short, *long]]).text.split("\n")[6:] == [
        f"{FULL[:-1]}；再者不得超过。", f"{FULL}同前。", "另起一段。",
    ]  # fmt: skip


def test_a_heading_of_contents_begins_a_line() -> None:
    assert text_of(FULL, FULL, "目 录", "第一章 总则", FULL, FULL).split("\n")[1] == "目 录"


def test_lines_of_another_size_are_never_joined() -> None:
    title = Line("关于印发管理办法的通知关于印发", 80, 760, 24)
    note = Line("说明文字", 80, 100, 10)
    text = set_paragraphs([[title, *page_of(FULL, FULL, FULL), note]]).text
    assert text.split("\n") == [title.text, FULL * 3, note.text]


def test_a_heading_a_little_larger_than_the_text_goes_on_in_its_next_line() -> None:
    heading = [Line("第二章　基本养老保险基金的筹集和", 90, 760, 12), Line("管理", 160, 742, 12)]
    text = set_paragraphs([[*heading, *(Line(FULL[:20], 80, 720 - 18 * n, 10.5) for n in range(6))]]).text
    assert text.split("\n")[0] == "第二章　基本养老保险基金的筹集和管理"


def test_a_title_of_several_lines_is_one() -> None:
    title = [Line("东湖市人民政府办公厅关于印发", 160, 760, 22), Line("长者食堂管理办法的通知", 180, 728, 22)]
    text = set_paragraphs([[*title, *page_of(FIRST, FULL, FULL)]]).text
    assert text.split("\n")[0] == "东湖市人民政府办公厅关于印发长者食堂管理办法的通知"


def test_signature_and_date_on_the_right_stay_apart() -> None:
    signature = [Line("东湖市人民政府办公厅", 384, 300, 16), Line("2031年4月17日", 400, 272, 16)]
    text = set_paragraphs([[*page_of(FIRST, FULL, "完。"), *signature]]).text
    assert text.split("\n")[1:] == ["东湖市人民政府办公厅", "2031年4月17日"]


def test_the_lines_of_a_hanging_item_are_joined() -> None:
    assert text_of("1." + FULL[:-1], " " + FULL[:-1], " 完。", "2.另项") == f"1.{FULL[:-1]}{FULL[:-1]}完。\n2.另项"


def test_a_paragraph_across_pages_is_one_line_and_keeps_its_pages() -> None:
    read = set_paragraphs([page_of(FIRST, FULL, FULL), [], page_of(FULL, "完。", FIRST, FULL)])
    text, starts = read.text, read.page_starts
    assert text == f"{FIRST.strip()}{FULL * 3}完。\n{FIRST.strip()}{FULL}"
    assert starts == (0, 27 + 58, 27 + 58)
    assert text[starts[2] :].startswith(FULL + "完。")


def test_every_column_of_a_page_is_set_by_its_own_edges() -> None:
    half = FULL[:14]
    left = page_of("东湖市公报", left=200, top=760) + page_of("  " + half[:-2], half, half, half, half, left=80)
    right = page_of(half, half, half, "完。", "  " + half[:-2], "又完。", left=320)
    below = page_of(FULL, "终。", left=80, top=500)
    read = set_paragraphs([[*left, *right, *below]])
    assert read.text.split("\n")[:3] == ["东湖市公报", half[:-2] + half * 7 + "完。", half[:-2] + "又完。"]
    assert read.page_starts == (0,)


def test_two_blocks_side_by_side_that_are_short_are_no_columns() -> None:
    lines = [*page_of("甲方", "签名", left=80), *page_of("乙方", "签名", left=320)]
    assert columns_of(lines) == [lines]
    assert columns_of([]) == [[]]


def test_boxes_go_with_the_characters_of_their_line() -> None:
    def boxed(line: Line) -> Line:
        return replace(
            line, boxes=(Box(0, 2, line.x, 0, line.x + 32, 16), Box(2, len(line.text), line.x + 32, 0, 500, 16))
        )

    pages = [[boxed(line) for line in page_of(*page, "— 1 —")] for page in ((FIRST, FULL), (FULL, "完。", FIRST))]
    read = set_paragraphs(pages)
    for page, boxes in zip(pages, read.boxes, strict=True):
        printed = [line.text[box.start : box.end] for line in page[:-1] for box in line.boxes]
        assert [read.text[box.start : box.end] for box in boxes] == printed


def test_words_are_joined_as_they_are_written() -> None:
    wide = "The municipal government supports communities in building"
    lines = [Line(wide, 80, 700 - 20 * n, 16) for n in range(3)]
    assert set_paragraphs([lines]).text == " ".join([wide] * 3)


@given(
    st.lists(
        st.lists(st.text("一二三，。1a（）\u3000 ", min_size=1, max_size=40).filter(str.strip), max_size=6), max_size=4
    )
)
def test_no_character_is_lost_or_added_and_pages_begin_where_they_should(pages: list[list[str]]) -> None:
    marked = [[f"甲{text.strip()}乙" for text in page] for page in pages]  # no line is a page number
    read = set_paragraphs([page_of(*page) for page in marked])
    text, starts = read.text, read.page_starts
    assert "".join(text.split()) == "".join("".join("".join(page).split()) for page in marked)
    assert list(starts) == sorted(starts)
    assert len(starts) == len(pages)
    for page, start in zip(marked, starts, strict=True):
        if page:
            assert text[start:].startswith(page[0])


@pytest.mark.parametrize(
    "number",
    [
        "- 3 -",
        "—3—",
        "— 3 —",
        "-3-",
        "第3页",
        "第 3 页 共 9 页",
        "第3页/共9页",
        "共9页 第3页",
        "3/9",
        "Page 3 of 9",
        "·3·",
    ],
)
def test_lines_that_number_pages_by_their_form_are_found(number: str) -> None:
    assert number_lines([["正文", number], [number, "正文"]]) == [{1}, {0}]


def test_a_bare_number_is_a_page_number_only_where_it_goes_with_the_pages() -> None:
    assert number_lines([["正文", "1"], ["正文", "2"]]) == [{1}, {1}]
    assert number_lines([["正文", "17"], ["正文", "18"]]) == [{1}, {1}]
    assert number_lines([["正文", "3000"], ["正文", "45"]]) == [set(), set()]
    assert number_lines([["正文", "2024", "正文"]]) == [set()]
    assert number_lines([["2024年"], []]) == [set(), set()]


def test_what_a_browser_prints_around_a_page_is_found() -> None:
    foot = "https://www.example.cn/art/2031/4/17/art_1_2.html 1/3"
    assert number_lines([["正文", "11/23/26, 9:00 AM 办法", foot]]) == [{1, 2}]
    assert number_lines([["2031/4/17 下午3:05 办法", "正文", "2", foot]]) == [{0, 3}]
    assert number_lines([["2031/4/17 15:05 会议纪要", "正文"]]) == [set()]


def test_radicals_become_the_characters_that_they_stand_for() -> None:
    assert without_radicals("居⺠⻚⻓⻘⻢⻋⼀⽅⾯〜〈试行〉") == "居民页长青马车一方面～〈试行〉"
    assert without_radicals("製定方麵，２０２７年") == "製定方麵，２０２７年"


def test_no_radical_with_an_equivalent_is_left() -> None:
    for point in (*range(0x2E80, 0x2EF4), *range(0x2F00, 0x2FD6)):
        char = without_radicals(chr(point))
        assert len(char) == 1
        if point not in (0x2E80, 0x2E9A, 0x2F3E):
            assert "CJK UNIFIED IDEOGRAPH" in unicodedata.name(char, "")


def test_the_door_follows_the_script_of_the_text() -> None:
    assert with_door("每百⼾配建") == "每百户配建"
    assert with_door("⼾籍與國務院規定") == "戶籍與國務院規定"
    assert with_door("戶") == "戶"


@pytest.mark.parametrize("word", ["一、合法的形式", "第三章规定的事项", "一是二是的说法"])
def test_a_word_at_the_edge_of_an_indented_page_is_no_marker(word: str) -> None:
    ends = FULL[:-1] + "唯"
    assert ends + word in text_of(FIRST, ends, f"{word}等，", FIRST, "结束。", FIRST, "结束。")


def test_a_marker_at_the_edge_begins_a_line_where_the_sentence_before_it_is_over() -> None:
    ends = FULL[:-1] + "。"
    assert f"{ends}\n一、总则" in text_of(FIRST, ends, "一、总则", FIRST, "结束。", FIRST, "结束。")
