"""Boxes of PDF pages, held against the ink that PDFium draws: nothing outside, every quotation inside its own."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdf
import pytest
from documents import PARAGRAPHS, print_to_pdf, typeset_pdf
from numpy.typing import NDArray
from pypdf.generic import RectangleObject

from ingest.pdfium import open_page, open_pdf, picture_of_page
from ingest.readers.file_reader import ReadText
from ingest.readers.pdf import PdfReader
from kb.layout import Box, Page

DOTS = 144  # an inch; two to a point
QUOTES = (
    "第12次常务会议", "120家以上", "覆盖率达到90%", "老旧小区", "年满六十周岁", "（市）", "48小时", "三分之一", "每餐补贴8元", "4:6的比例",
    "补助20万元", "弄虚作假", "12345政务", "2031年5月1日",
)  # fmt: skip


@pytest.fixture(scope="module")
def typeset(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return typeset_pdf(tmp_path_factory.mktemp("boxes") / "typeset.pdf").read_bytes()


def read_pdf(data: bytes) -> ReadText:
    return PdfReader().read(Path("notice.pdf"), data)


def check_quotes(truth: ReadText, found: ReadText, quotes: Sequence[str], within: float) -> None:
    """Hold the marks of quotations against those of the PDF that a file was made from, to so many points."""
    for quote in quotes:
        one, other = (
            [(page.number, mark) for page in read.layout.pages for mark in page.marks(read.text, at, at + len(quote))]
            for read in (truth, found)
            for at in [read.text.index(quote)]
        )
        assert {number for number, _ in one} == {number for number, _ in other}, quote
        for edge, choose in (("x0", min), ("y0", min), ("x1", max), ("y1", max)):
            places = [choose(getattr(mark, edge) for _, mark in marks) for marks in (one, other)]
            assert abs(places[0] - places[1]) <= within, (quote, edge, places)


def drawn(data: bytes, number: int) -> NDArray[np.uint8]:
    with open_pdf(data) as document, open_page(document, number) as page:
        return np.asarray(picture_of_page(page, DOTS))


def inside(boxes: Sequence[Box], shape: tuple[int, ...], margin: float = 0.0) -> NDArray[np.bool_]:
    """Tell which points of a picture lie in one of the boxes."""
    found = np.zeros(shape[:2], dtype=bool)
    for box in boxes:
        left, top, right, bottom = (round(max(edge, 0) * DOTS / 72) for edge in (
            box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin))  # fmt: skip
        found[top:bottom, left:right] = True
    return found


def check_ink(data: bytes, page: Page) -> None:
    picture = drawn(data, page.number)
    ink = picture.min(axis=2) < 128
    assert picture.shape[:2] == (round(page.height * DOTS / 72), round(page.width * DOTS / 72))
    assert (ink & inside(page.boxes, picture.shape)).sum() > 0.99 * ink.sum()
    for box in page.boxes:
        assert (ink & inside([box], picture.shape)).any(), box


def changed(data: bytes, change: str) -> bytes:
    writer = pypdf.PdfWriter(BytesIO(data))
    for page in writer.pages:
        if change == "cropped":
            page.cropbox = RectangleObject((40, 20, 560, 800))
        elif change == "moved":
            page.mediabox = RectangleObject((-100, -50, 495, 792))
            page.cropbox = page.mediabox
        elif change == "landscape":  # drawn lying on its side and shown upright
            page.add_transformation((0, 1, -1, 0, 842, 0))
            page.mediabox = RectangleObject((0, 0, 842, 595))
            page.cropbox = page.mediabox
            page.rotate(90)
        else:
            page.rotate(int(change))
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def without_page_numbers(data: bytes) -> bytes:
    """Paint the page numbers over, as they are in no text."""
    writer = pypdf.PdfWriter(BytesIO(data))
    for page in writer.pages:
        stream = page.get_contents()
        assert stream is not None
        stream.set_data(stream.get_data() + b" 1 1 1 rg 250 50 100 40 re f")
        page.replace_contents(stream)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.mark.parametrize("change", ["0", "90", "180", "270", "cropped", "moved", "landscape"])
def test_all_ink_is_in_boxes_and_every_box_has_ink(typeset: bytes, change: str) -> None:
    data = changed(without_page_numbers(typeset), change)
    read = read_pdf(data)
    if not change.isdigit() or change == "0":
        assert read.text == "\n".join(PARAGRAPHS)
    for page in read.layout.pages:
        check_ink(data, page)


def test_boxes_tell_the_characters_of_their_page_in_order(typeset: bytes) -> None:
    read = read_pdf(typeset)
    assert read.text == "\n".join(PARAGRAPHS)
    covered = [n for page in read.layout.pages for box in page.boxes for n in range(box.start, box.end)]
    assert covered == [n for n, char in enumerate(read.text) if not char.isspace()]
    for page, start in zip(read.layout.pages, read.page_starts, strict=True):
        assert page.boxes[0].start == start
        assert page.confidence is None


@pytest.mark.parametrize("style", ["text-indent: 2em; margin: 0; text-align: justify", "margin: 1em 0"])
def test_a_quotation_is_marked_where_it_is_printed_and_nowhere_else(style: str, tmp_path: Path) -> None:
    """Every quotation is printed in a colour of its own; its marks have to hold that colour and no other ink."""
    colours = [(250, 16 * n, 5) if n % 2 else (5, 16 * n, 250) for n in range(len(QUOTES))]
    paragraphs = list(PARAGRAPHS)
    for quote, (red, green, blue) in zip(QUOTES, colours, strict=True):
        at = next(n for n, text in enumerate(paragraphs) if quote in text)
        coloured = f'<span style="color: rgb({red},{green},{blue})">{quote}</span>'
        paragraphs[at] = paragraphs[at].replace(quote, coloured, 1)
    data = print_to_pdf(tmp_path / "colours.pdf", style, paragraphs).read_bytes()
    read = read_pdf(data)
    pictures = [drawn(data, page.number).astype(np.uint32) @ (1 << 16, 1 << 8, 1) for page in read.layout.pages]
    for quote, (red, green, blue) in zip(QUOTES, colours, strict=True):
        start = read.text.index(quote)
        seen = 0
        for page, picture in zip(read.layout.pages, pictures, strict=True):
            of_quote = picture == (red << 16) + (green << 8) + blue
            marks = page.marks(read.text, start, start + len(quote))
            assert not (of_quote & ~inside(marks, picture.shape, margin=1.0)).any(), (quote, page.number)
            assert not ((picture == 0) & inside(marks, picture.shape, margin=-1.5)).any(), (quote, page.number)
            seen += int(of_quote.sum())
        assert seen, quote
