"""Scans and pictures: text by OCR with its confidence and boxes; broken and huge pictures are refused in one line."""

from __future__ import annotations

import math
import subprocess
import sys
from difflib import SequenceMatcher
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from documents import PARAGRAPHS, characters, scanned, scanned_pdf, typeset_pdf, without_unicode_maps
from PIL import Image
from test_page_boxes import check_quotes, read_pdf

from ingest.pictures import open_picture
from ingest.readers import ReadText, read_file
from ingest.readers.ocr import recognise
from ingest.readers.reading_order import PrintedPiece, in_reading_order
from kb.errors import DocumentError, PictureError
from kb.layout import Box


@pytest.fixture(scope="module")
def typeset(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return typeset_pdf(tmp_path_factory.mktemp("ocr") / "typeset.pdf").read_bytes()


@pytest.fixture(scope="module")
def pictures(typeset: bytes) -> list[Image.Image]:
    return scanned(typeset)


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory, pictures: list[Image.Image]) -> ReadText:
    path = tmp_path_factory.mktemp("ocr") / "scan.pdf"
    path.write_bytes(scanned_pdf(pictures))
    return read_file(path)


def accuracy(text: str, truth: str) -> float:
    matcher = SequenceMatcher(None, characters([text]), characters([truth]), autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / max(
        len(characters([text])), len(characters([truth]))
    )


def saved(picture: Image.Image, path: Path, **options: object) -> Path:
    picture.save(path, **options)  # type: ignore[arg-type]
    return path


def test_a_clean_scan_comes_out_in_whole_paragraphs(scan: ReadText) -> None:
    assert accuracy(scan.text, "".join(PARAGRAPHS)) >= 0.995
    assert len(scan.text.split("\n")) == len(PARAGRAPHS)
    assert "— 1 —" not in scan.text


def test_every_page_of_a_scan_says_how_sure_its_text_is(scan: ReadText) -> None:
    assert [page.number for page in scan.layout.pages] == [1, 2, 3]
    assert all(page.confidence is not None and 0.9 < page.confidence <= 1 for page in scan.layout.pages)


def test_the_boxes_of_a_scan_are_where_its_characters_are_printed(scan: ReadText, typeset: bytes) -> None:
    truth = read_pdf(typeset)
    for printed, found in zip(truth.layout.pages, scan.layout.pages, strict=True):
        assert (found.width, found.height) == pytest.approx((printed.width, printed.height), abs=0.5)
    check_quotes(
        truth, scan, ("第12次常务会议", "120家以上", "老旧小区", "48小时", "补助20万元", "12345政务"), within=6.0
    )


@pytest.mark.parametrize("degrees", [-1.5, 2.0])
def test_a_page_that_lies_askew_comes_out_in_whole_paragraphs(
    pictures: list[Image.Image], scan: ReadText, degrees: float, tmp_path: Path
) -> None:
    picture = pictures[1].rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=255)
    read = read_file(saved(picture, tmp_path / "askew.png", dpi=(200, 200)))
    straight = scan.text[scan.page_starts[1] : scan.page_starts[2]].strip()
    assert read.text == straight
    turn = math.radians(degrees)
    for quote in ("每百户不少于30平方米", "每年最高8万元", "12345政务"):
        marks = [
            [mark for page in one.layout.pages for mark in page.marks(one.text, at, at + len(quote))]
            for one in (scan, read)
            for at in [one.text.index(quote)]
        ]
        x, y = ((marks[0][0].x0 + marks[0][-1].x1) / 2 - 297.5, (marks[0][0].y0 + marks[0][0].y1) / 2 - 421)
        wanted = x * math.cos(turn) + y * math.sin(turn) + 297.5, y * math.cos(turn) - x * math.sin(turn) + 421
        found = (marks[1][0].x0 + marks[1][-1].x1) / 2, (marks[1][0].y0 + marks[1][-1].y1) / 2
        assert found == pytest.approx(wanted, abs=5)


def test_a_scanned_page_among_printed_ones_is_the_only_one_read_by_ocr(
    typeset: bytes, pictures: list[Image.Image], tmp_path: Path
) -> None:
    writer = pypdf.PdfWriter(BytesIO(typeset))
    writer.append(BytesIO(scanned_pdf(pictures[2:])))
    writer.write(tmp_path / "mixed.pdf")
    read = read_file(tmp_path / "mixed.pdf")
    assert [page.confidence is None for page in read.layout.pages] == [True, True, True, False]
    assert read.text.count("有效期三年") == 2


def test_a_page_whose_fonts_do_not_name_their_characters_is_read_by_ocr(typeset: bytes, tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(BytesIO(without_unicode_maps(typeset)))
    path = tmp_path / "nameless.pdf"
    last = pypdf.PdfWriter()
    last.add_page(writer.pages[2])
    last.write(path)
    read = read_file(path)
    assert read.text.endswith("以本办法为准。")
    assert read.layout.pages[0].confidence is not None


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
def test_a_page_that_lies_on_its_side_or_head_is_read(pictures: list[Image.Image], turn: Image.Transpose) -> None:
    picture = pictures[2].transpose(turn)
    width, height = (595.0, 842.0) if turn is Image.Transpose.ROTATE_180 else (842.0, 595.0)
    found = recognise(picture, width, height)
    assert found is not None
    assert "以本办法为准。" in "".join(line.text for line in found.lines)
    scale = picture.width / width
    for line in found.lines:
        (box,) = line.boxes
        region = picture.crop((box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale))
        assert region.getextrema()[0] < 100, "there is ink in the box"  # type: ignore[operator]


@pytest.mark.parametrize(
    ("suffix", "options"), [(".png", {}), (".jpg", {"quality": 80}), (".tiff", {"dpi": (200, 200)})]
)
def test_a_picture_is_a_document_of_one_page(
    pictures: list[Image.Image], suffix: str, options: dict[str, object], tmp_path: Path
) -> None:
    read = read_file(saved(pictures[2], tmp_path / f"page{suffix}", **options))
    assert read.text.endswith("以本办法为准。")
    (page,) = read.layout.pages
    assert (page.width, page.height) == pytest.approx((595, 842), abs=1)
    assert read.page_starts == (0,)
    assert read.text[page.boxes[0].start : page.boxes[0].end].startswith("本办法自")


def test_a_tiff_of_several_pages_keeps_them_apart(pictures: list[Image.Image], tmp_path: Path) -> None:
    ending = pictures[2].crop((0, 0, 1653, 500))
    path = saved(ending, tmp_path / "pages.tif", save_all=True, append_images=[ending, ending])
    read = read_file(path)
    assert len(read.layout.pages) == len(read.page_starts) == 3
    assert read.text[read.page_starts[2] :].startswith("本办法自")


def test_a_picture_without_text_is_refused(tmp_path: Path) -> None:
    path = saved(Image.new("L", (800, 600), 255), tmp_path / "blank.png")
    with pytest.raises(DocumentError, match="no text was found in its 1 pages; scan it again at 200 dots"):
        read_file(path)


@pytest.mark.parametrize("share", [0.1, 0.6])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_a_truncated_picture_is_refused(pictures: list[Image.Image], suffix: str, share: float, tmp_path: Path) -> None:
    path = saved(pictures[2], tmp_path / f"cut{suffix}")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(DocumentError, match=r"is a broken picture \(.+\); scan or export it again"):
        read_file(path)


def test_a_picture_that_is_none_is_refused_without_the_names_of_objects(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    with pytest.raises(DocumentError, match=r"is a broken picture \(nothing of a picture is found in it\); scan"):
        read_file(tmp_path / "a.png")


def test_a_picture_of_too_many_dots_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = saved(Image.new("1", (12_000, 9_000)), tmp_path / "huge.png")
    with pytest.raises(DocumentError, match="it has 108 million dots, more than the 80 that are read"):
        read_file(path)


def test_a_picture_is_opened_upright_on_white_and_no_larger_than_asked() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    target = BytesIO()
    Image.new("RGB", (3000, 1000), "red").save(target, "JPEG", exif=exif)
    with open_picture(target.getvalue(), "image/jpeg") as picture:
        page, width, height = picture.page(1, 900)
        assert page.size == (300, 900)
        assert height > width
    target = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(target, "PNG")
    with open_picture(target.getvalue(), "image/png") as picture:
        assert picture.page(1, 900)[0].getpixel((5, 5)) == (255, 255, 255)
        with pytest.raises(PictureError):
            picture.page(2, 900)


def pieces_of(*boxes: tuple[float, float, int]) -> list[PrintedPiece]:
    """Set pieces of so many characters, ten points each, by their left edge and top."""
    return [PrintedPiece(Box(0, 0, x, y, x + 10 * n, y + 10), n, number) for number, (x, y, n) in enumerate(boxes)]


def order(*boxes: tuple[float, float, int]) -> list[list[int]]:
    return [[piece.number for piece in row] for row in in_reading_order(pieces_of(*boxes))]


def test_columns_of_text_are_read_one_after_the_other() -> None:
    columns = [(x, 100 + 20 * row, 20) for row in range(5) for x in (50, 300)]
    assert order((50, 50, 45), *columns, (50, 300, 45)) == [
        [0],
        [1],
        [3],
        [5],
        [7],
        [9],
        [2],
        [4],
        [6],
        [8],
        [10],
        [11],
    ]


def test_the_cells_of_a_table_stay_in_their_rows() -> None:
    cells = [(x, 100 + 20 * row, 5) for row in range(5) for x in (50, 300)]
    assert order(*cells) == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]


def test_the_models_are_loaded_by_nobody_who_reads_no_picture() -> None:
    program = "import sys, service.app, cli.ingest; sys.exit(str({'rapidocr', 'onnxruntime', 'cv2'} & set(sys.modules) or ''))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
