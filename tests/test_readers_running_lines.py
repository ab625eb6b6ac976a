"""Running headers and footers, hyphens at the end of a line: what a layout adds goes, what a text says stays."""

from __future__ import annotations

from pathlib import Path

import fpdf
import pytest
from documents import CJK_FONT, SIMPLIFIED_FACE
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers import read_file
from ingest.readers.file_reader import Unread
from ingest.readers.paragraphs import Line, set_paragraphs
from ingest.readers.printed_document import PrintedPage, printed_text
from ingest.readers.running_lines import running_lines
from kb.layout import Box

HEADER = "东湖市人民政府公报　2031年第{}期"
SENTENCES = [
    "为了方便老年人就近就餐，制定本办法。",
    "社区长者食堂由街道统筹建设。",
    "每餐补贴三元。",
    "食品留样四十八小时。",
]


def page_with(header: str, footer: str, body: list[str], gap: float = 60, size: float = 16) -> list[Line]:
    """Set a header, a text and a footer; `gap` is the room between them and the text."""
    top = 800 - gap
    lines = [Line(header, 80, 800, size)] if header else []
    lines += [Line(text, 80, top - 28 * row, 16) for row, text in enumerate(body)]
    return lines + ([Line(footer, 80, top - 28 * (len(body) - 1) - gap, size)] if footer else [])


def test_a_line_at_the_edge_of_every_page_runs() -> None:
    pages = [page_with(HEADER.format(n), "东湖市人民政府办公厅编印", SENTENCES) for n in range(1, 5)]
    assert running_lines(pages) == [{0, 5}] * 4


def test_small_type_runs_without_a_gap() -> None:
    assert running_lines([page_with("内部资料", "", SENTENCES, gap=28, size=9)] * 3) == [{0}] * 3


def test_headers_of_odd_and_even_pages_run_each() -> None:
    pages = [page_with("公报" if n % 2 else "东湖市人民政府", "", SENTENCES) for n in range(6)]
    assert running_lines(pages) == [{0}] * 6


def test_a_line_at_the_edge_of_both_pages_of_two_runs() -> None:
    assert running_lines([page_with(HEADER.format(n), "办公厅编印", SENTENCES) for n in (1, 2)]) == [{0, 5}] * 2


@pytest.mark.parametrize(
    "pages",
    [
        [page_with("承诺书", "", SENTENCES, gap=28)] * 4,
        [page_with("承诺书", "", SENTENCES, size=22)] * 2,
        [page_with("以上内容属实。", "", SENTENCES)] * 4,
        [page_with("公报" if n in (0, 5, 9) else "", "", SENTENCES) for n in range(10)],
        [page_with(header, "", SENTENCES) for header in ("总则", "设施", "服务", "附则")],
    ],
    ids=["a title of the text's size", "the titles of two forms", "a sentence", "here and there", "other words"],
)
def test_what_does_not_run_stays(pages: list[list[Line]]) -> None:
    assert running_lines(pages) == [set()] * len(pages)


def test_a_paragraph_goes_on_across_a_header_and_a_footer(tmp_path: Path) -> None:
    document = fpdf.FPDF(format="A4", unit="pt")
    document.set_auto_page_break(False)
    document.add_font("cjk", fname=CJK_FONT, collection_font_number=SIMPLIFIED_FACE)
    full = "社区长者食堂应当符合食品安全要求并按照规定公示菜价和补贴标准接受监"
    for page in range(4):
        document.add_page()
        document.set_font("cjk", size=10)
        document.text(74, 50, HEADER.format(page + 1))
        document.text(74, 800, "东湖市民政局")
        document.set_font("cjk", size=14)
        for row in range(20):
            document.text(74, 100 + row * 26, full if (page, row) != (3, 19) else "督。")
    document.output(str(tmp_path / "gazette.pdf"))
    read = read_file(tmp_path / "gazette.pdf")
    assert read.text == full * 79 + "督。"
    assert read.page_starts == tuple(len(full) * 20 * page for page in range(4))


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("本市推广使用社区养老服务信息平台（com-", "munity）登记。", "community）登记。"),
        ("本市推广使用社区养老服务信息平台应对COVID-", "19期间的安排。", "COVID-19期间的安排。"),
    ],
)
def test_a_word_cut_by_a_hyphen_is_whole_again(left: str, right: str, joined: str) -> None:
    boxes = tuple(Box(n, n + 1, 80 + 16 * n, 0, 96 + 16 * n, 16) for n in range(len(left)))
    whole = set_paragraphs([[Line(left, 80, 700, 16, boxes), Line(right, 80, 672, 16)]])
    assert whole.text.endswith(joined)
    assert [whole.text[box.start : box.end] for box in whole.boxes[0]] == list(whole.text[: len(whole.boxes[0])])


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(["甲", "第1页", "总则", "乙。"]), max_size=5), max_size=8))
def test_only_lines_at_an_edge_run(pages: list[list[str]]) -> None:
    printed = [[Line(text, 80, 800 - 50 * row, 16) for row, text in enumerate(page)] for page in pages]
    for lines, running in zip(printed, running_lines(printed), strict=True):
        assert all(number < 2 or number >= len(lines) - 2 for number in running)


def test_a_line_in_the_margin_of_every_page_runs_though_no_gap_sets_it_off() -> None:
    pages = [page_with("文件汇编", "", [f"{text}第{n}批" for text in SENTENCES], gap=36) for n in (1, 2)]
    assert running_lines(pages) == [set()] * 2
    assert running_lines(pages, [842.0] * 2) == [{0}] * 2


def test_what_runs_is_told_once() -> None:
    pages = [PrintedPage((595, 842), page_with(HEADER.format(n), "", SENTENCES)) for n in range(1, 5)]
    assert printed_text(pages, "application/pdf", (), ()).unread == (
        Unread("furniture", "东湖市人民政府公报 2031年第1期"),
    )
