"""XPS: text, paragraphs, tables, pages and boxes in whatever way a program writes them; scans; broken and hostile files
in one line."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from documents import PARAGRAPHS
from xps_samples import NAMESPACE, glyphs, picture, rule, xps_of_lines, xps_of_pages

from evals.ingest_bench.made_files import pdf_of_lines
from evals.ingest_bench.typesetting import SetLine, set_lines
from ingest.pdfium import open_page, open_pdf, picture_of_page
from ingest.readers import read_file
from ingest.readers.file_reader import ReadText, Unread
from ingest.readers.xps import XpsReader
from ingest.readers.xps_drawing import draw_page
from ingest.readers.xps_package import XpsPackage
from kb.errors import DocumentError

PAGES = set_lines(PARAGRAPHS)


def read(data: bytes) -> ReadText:
    return XpsReader().read(Path("notice.xps"), data)


@pytest.mark.parametrize("steps", [True, False])
def test_an_xps_comes_out_in_whole_paragraphs_with_its_pages(steps: bool, tmp_path: Path) -> None:
    path = tmp_path / "notice.xps"
    path.write_bytes(xps_of_lines(PAGES, steps))
    found = read_file(path)
    assert found.text == "\n".join(PARAGRAPHS)
    assert found.media_type == "application/oxps"
    assert len(found.page_starts) == len(PAGES)
    assert (found.layout.pages[0].width, found.layout.pages[0].height) == pytest.approx((595, 842), abs=0.01)


def test_every_line_has_its_box() -> None:
    found = read(xps_of_lines(PAGES))
    for page, lines in zip(found.layout.pages, PAGES, strict=True):
        for line in lines[:-1]:
            boxes = [box for box in page.boxes if abs(box.y1 - line.y - 0.16 * line.size) < 0.01]
            assert "".join(found.text[box.start : box.end] for box in boxes) == line.text.strip()
            assert boxes[0].x0 == pytest.approx(line.x, abs=0.01)


def test_canvases_and_matrices_move_what_stands_on_them() -> None:
    line = glyphs(SetLine("第一条　每餐补贴3元。", 20, 50, 16))
    moved = read(xps_of_pages([f'<Canvas RenderTransform="1,0,0,1,96,192"><Canvas>{line}</Canvas></Canvas>']))
    (page,) = moved.layout.pages
    assert (page.boxes[0].x0, page.boxes[0].y1) == pytest.approx((20 + 72, 50 + 144 + 0.16 * 16), abs=0.01)
    element = '<Canvas><Canvas.RenderTransform><MatrixTransform Matrix="1,0,0,1,96,192"/></Canvas.RenderTransform>'
    assert read(xps_of_pages([f"{element}{line}</Canvas>"])).layout.pages == moved.layout.pages


def test_a_page_in_pieces_is_put_together() -> None:
    line = glyphs(SetLine("每餐补贴3元", 74, 100, 16))
    assert read(xps_of_pages([line], pieces=True)).text == "每餐补贴3元"


def test_a_text_drawn_twice_is_there_once_and_what_is_transparent_is_not_there() -> None:
    title = SetLine("关于社区食堂的通知", 74, 100, 22)
    twice = glyphs(title) + glyphs(SetLine(title.text, title.x + 0.4, title.y, title.size))
    unseen = f'<Canvas Opacity="0">{glyphs(SetLine("草稿", 74, 300, 16))}</Canvas>'
    assert read(xps_of_pages([twice + unseen])).text == title.text


def test_a_brace_pair_before_the_text_is_no_text_and_glyphs_without_a_name_are_counted() -> None:
    run = '<Glyphs OriginX="90" OriginY="100" FontRenderingEmSize="16" Fill="#ff000000" UnicodeString="{}补贴标准及其发放的办法" Indices=";;;;;;;;;;;7,100"/>'
    found = read(xps_of_pages([run]))
    assert found.text == "补贴标准及其发放的办法〓"
    assert found.unread == (Unread("character", page=1),)


def test_a_ruled_table_is_a_table() -> None:
    xs, ys = (74, 200, 330), (100, 130, 160)
    words = (("街道", "数量"), ("甲街道", "12"))
    content = "".join(
        glyphs(SetLine(text, xs[column] + 8, ys[row] + 20, 14))
        for row, line in enumerate(words)
        for column, text in enumerate(line)
    )
    content += "".join(rule(x, ys[0], x, ys[-1]) for x in xs) + "".join(rule(xs[0], y, xs[-1], y) for y in ys)
    found = read(xps_of_pages([content]))
    assert found.text == "街道 | 数量\n甲街道 | 12"
    assert [found.text[slice(*span)] for span in found.layout.tables[0].cells[-1].headers] == ["数量", "甲街道"]


def scanned_page() -> bytes:
    lines = set_lines(PARAGRAPHS, size=15.0, columns=29, rows=24)[0]
    with open_pdf(pdf_of_lines([lines])) as document, open_page(document, 1) as page:
        target = BytesIO()
        picture_of_page(page, 150).convert("L").save(target, "PNG")
    return target.getvalue()


def test_a_page_that_is_a_picture_is_read_by_ocr_and_drawn() -> None:
    data = xps_of_pages([picture("/Resources/1.png")], {"Resources/1.png": scanned_page()})
    found = read(data)
    assert PARAGRAPHS[0][:20] in found.text.replace("\n", "")
    assert (found.layout.pages[0].confidence or 0) > 0.9
    drawn = draw_page(XpsPackage(Path("a.xps"), data).page(1), 72)
    assert drawn.size == (595, 842)
    assert drawn.convert("L").getextrema()[0] < 100


def test_a_picture_beside_text_is_named() -> None:
    lines = "".join(glyphs(line) for line in PAGES[0])
    found = read(xps_of_pages([lines + picture("/Resources/1.png")], {"Resources/1.png": b"x"}))
    assert found.unread == (Unread("picture", page=1),)


REFUSED = {
    "no sequence": ({"_rels/.rels": "<Relationships/>"}, "names no document"),
    "another root": ({"FixedDocumentSequence.fdseq": "<html/>"}, "begins with html of no namespace"),
    "a document type": (
        {"Documents/1/d.fdoc": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'},
        "declares a document type",
    ),
    "no size": (
        {"Documents/1/Pages/1.fpage": f'<FixedPage xmlns="{NAMESPACE}" Width="0" Height="x"/>'},
        "page 1: states no size",
    ),
    "no text": (
        {"Documents/1/Pages/1.fpage": f'<FixedPage xmlns="{NAMESPACE}" Width="800" Height="900"/>'},
        "hold no text",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_whole_xps_is_refused(case: str) -> None:
    parts, words = REFUSED[case]
    with zipfile.ZipFile(BytesIO(xps_of_lines(PAGES[:1]))) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in (entries | parts).items():
            archive.writestr(name, content)
    with pytest.raises(DocumentError, match=words):
        read(target.getvalue())


def test_names_that_lead_out_of_the_archive_lead_nowhere() -> None:
    outside = xps_of_pages([picture("../../../../../etc/passwd")])
    with pytest.raises(DocumentError, match="lacks its part etc/passwd"):
        read(outside)
