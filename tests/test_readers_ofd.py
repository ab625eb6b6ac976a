"""OFD: text, paragraphs, pages and boxes in whatever way a program writes them; broken and hostile files in one
line."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from documents import PARAGRAPHS, scanned, typeset_pdf

from evals.ingest_bench.ofd_sample import Style, archive, ofd_of_lines, ofd_of_pictures
from evals.ingest_bench.typesetting import SetLine, set_lines
from ingest.readers import read_file
from ingest.readers.file_reader import Unread
from ingest.readers.ofd import OfdReader
from ingest.readers.ofd_drawing import draw_page
from ingest.readers.ofd_package import OfdPackage
from kb.errors import DocumentError
from kb.text.widths import ems

PAGES = set_lines(PARAGRAPHS)
MM = 25.4 / 72  # millimetres of a point
STYLES = {
    "plain": Style(),
    "every step written": Style(runs=False),
    "sizes in the matrix": Style(scale=2.5),
    "a piece of text for every three characters": Style(pieces=3),
    "places from the root": Style(absolute=True),
    "page numbers on templates": Style(template=True),
    "no prefix": Style(prefix=""),
}


@pytest.fixture(scope="module")
def sample() -> bytes:
    return ofd_of_lines(PAGES)


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def changed(data: bytes, name: str, *replacements: tuple[str, str]) -> bytes:
    parts = parts_of(data)
    text = parts[name].decode()
    for pattern, new in replacements:
        text, count = re.subn(pattern, new, text)
        assert count, pattern
    return archive(parts | {name: text.encode()})


def text_of(data: bytes) -> str:
    return OfdReader().read(Path("notice.ofd"), data).text


@pytest.mark.parametrize("style", STYLES)
def test_an_ofd_comes_out_in_whole_paragraphs(style: str, tmp_path: Path) -> None:
    path = tmp_path / "notice.ofd"
    path.write_bytes(ofd_of_lines(PAGES, STYLES[style]))
    read = read_file(path)
    assert read.text == "\n".join(PARAGRAPHS)
    assert read.media_type == "application/ofd"
    assert len(read.page_starts) == len(PAGES)


@pytest.mark.parametrize("style", STYLES)
def test_every_character_has_its_box(style: str) -> None:
    read = OfdReader().read(Path("notice.ofd"), ofd_of_lines(PAGES, STYLES[style]))
    for page, lines in zip(read.layout.pages, PAGES, strict=True):
        assert (page.width, page.height) == pytest.approx((595, 842), abs=0.01)
        for line in lines[:-1]:
            boxes = [box for box in page.boxes if abs(box.y1 - line.y - 0.16 * line.size) < 0.01]
            printed = "".join(read.text[box.start : box.end] for box in boxes)
            assert printed == line.text.strip()
            assert boxes[0].x0 == pytest.approx(line.x, abs=0.01)
            (mark,) = page.marks(read.text, boxes[-1].end - 1, boxes[-1].end)
            assert mark.x0 == pytest.approx(line.x + ems(line.text[:-1]) * line.size, abs=0.01)


def test_text_that_runs_down_the_page_is_one_line_with_one_box(sample: bytes) -> None:
    data = changed(
        ofd_of_lines([[SetLine("东湖市人民政府", 74, 100, 16), SetLine("办公厅", 300, 100, 16)]]),
        "Doc_0/Pages/Page_0/Content.xml",
        ('DeltaX(="g 6)', r"DeltaY\1"),
    )
    read = OfdReader().read(Path("x.ofd"), data)
    assert read.text == "东湖市人民政府\n办公厅"
    upright = read.layout.pages[0].boxes[0]
    assert (upright.start, upright.end) == (0, 7)
    assert upright.y1 - upright.y0 > 6 * 16


def test_what_is_invisible_is_no_text(sample: bytes) -> None:
    data = changed(
        sample, "Doc_0/Pages/Page_0/Content.xml", ('<ofd:TextObject ID="10"', '<ofd:TextObject Visible="false" ID="10"')
    )
    assert text_of(data) == "\n".join(PARAGRAPHS[1:])


def test_text_in_nested_blocks_is_read(sample: bytes) -> None:
    data = changed(
        sample, "Doc_0/Pages/Page_0/Content.xml",
        ("(<ofd:Layer [^>]*>)", r"\1<ofd:PageBlock><ofd:PageBlock>"), ("(</ofd:Layer>)", r"</ofd:PageBlock></ofd:PageBlock>\1"),
    )  # fmt: skip
    assert text_of(data) == "\n".join(PARAGRAPHS)


def test_a_page_may_begin_elsewhere_than_at_zero(sample: bytes) -> None:
    usual = OfdReader().read(Path("x.ofd"), sample).layout.pages[0]
    data = changed(sample, "Doc_0/Document.xml", ("0 0 209.9028 297.0389", "10 20 209.9028 297.0389"))
    moved = OfdReader().read(Path("x.ofd"), data).layout.pages[0]
    assert moved.boxes[0].x0 == pytest.approx(usual.boxes[0].x0 - 10 * 72 / 25.4)
    assert moved.boxes[0].y0 == pytest.approx(usual.boxes[0].y0 - 20 * 72 / 25.4)


def test_a_scanned_ofd_is_read_by_ocr(tmp_path: Path) -> None:
    (picture,) = scanned(typeset_pdf(tmp_path / "last.pdf", paragraphs=PARAGRAPHS[-2:]).read_bytes())
    target = BytesIO()
    picture.save(target, "PNG")
    read = OfdReader().read(Path("scan.ofd"), ofd_of_pictures([target.getvalue()]))
    assert read.text == "\n".join(PARAGRAPHS[-2:])
    assert (read.layout.pages[0].confidence or 0) > 0.9


def test_a_drawn_page_has_ink_where_its_boxes_are(sample: bytes) -> None:
    read = OfdReader().read(Path("x.ofd"), sample)
    package = OfdPackage(Path("x.ofd"), sample)
    drawn = draw_page(package.page(1), 144).convert("L")
    package.close()
    assert drawn.size == (1190, 1684)
    ink = 0
    for box in read.layout.pages[0].boxes:
        region = drawn.crop((round(2 * box.x0), round(2 * box.y0), round(2 * box.x1), round(2 * box.y1)))
        ink += sum(count for count in region.histogram()[:128])
        assert region.getextrema()[0] < 128  # type: ignore[operator]
    assert ink > 0.95 * sum(drawn.crop((0, 0, 1190, 1500)).histogram()[:128])


def encrypted(data: bytes) -> bytes:
    """Set the flag of encryption on every entry, as programs that lock archives do."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            changed[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(changed)


CONTENT = "Doc_0/Pages/Page_1/Content.xml"
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
BROKEN = {
    "no index": (lambda parts: {k: v for k, v in parts.items() if k != "OFD.xml"}, "lacks its index OFD.xml; export it again"),
    "no page": (lambda parts: {k: v for k, v in parts.items() if k != CONTENT}, f"page 2: lacks its part {CONTENT}"),
    "broken XML": (lambda parts: parts | {CONTENT: parts[CONTENT][:300]}, f"page 2: {CONTENT}: is broken XML"),
    "no XML": (lambda parts: parts | {CONTENT: b"\x93\x01\x7f" * 90}, f"{CONTENT}: is no XML, the file may be encrypted"),
    "another namespace": (
        lambda parts: parts | {"OFD.xml": parts["OFD.xml"].replace(b"www.ofdspec.org", b"example.org")},
        "OFD.xml: begins with OFD of http://example.org/2016, not with OFD of http://www.ofdspec.org/2016",
    ),
    "another root": (lambda parts: parts | {"OFD.xml": parts["Doc_0/Document.xml"]}, "OFD.xml: begins with Document of"),
    "no document": (lambda parts: parts | {"OFD.xml": re.sub(rb"<ofd:DocRoot>.*?</ofd:DocRoot>", b"", parts["OFD.xml"])}, "names no document"),
    "entities": (lambda parts: parts | {CONTENT: parts[CONTENT].replace(b"?>", b"?>" + ENTITY.encode(), 1)}, "declares a document type"),
    "no pages": (lambda parts: parts | {"Doc_0/Document.xml": re.sub(rb"<ofd:Page .*?/>", b"", parts["Doc_0/Document.xml"])}, "has no pages"),
    "a place outside": (
        lambda parts: parts | {"OFD.xml": parts["OFD.xml"].replace(b"Doc_0/Document.xml", b"../../etc/passwd")},
        "lacks its part etc/passwd",
    ),
    "a part that unpacks to too much": (
        lambda parts: parts | {CONTENT: parts[CONTENT] + b" " * (70 * 2**20)}, "unpacks to 70 MB",
    ),
    "text without characters": (
        lambda parts: parts | {CONTENT: re.sub(br"(<ofd:TextCode[^>]*>)[^<]*", b"\\1\xee\x80\x81\xee\x80\x82", parts[CONTENT])},
        "page 2: 100% of the characters are unreadable",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_an_ofd_that_cannot_be_read_says_what_is_wrong(what: str, sample: bytes, tmp_path: Path) -> None:
    change, words = BROKEN[what]
    path = tmp_path / "bad.ofd"
    path.write_bytes(archive(change(parts_of(sample))))
    with pytest.raises(DocumentError, match=re.escape(words)) as caught:
        OfdReader().read(path, path.read_bytes())
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_an_encrypted_ofd_is_refused(sample: bytes) -> None:
    with pytest.raises(DocumentError, match="is locked with a password; save a copy without one"):
        text_of(encrypted(sample))


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_truncated_ofd_is_refused(share: float, sample: bytes) -> None:
    with pytest.raises(DocumentError, match="broken or truncated OFD file"):
        text_of(sample[: int(len(sample) * share)])


def test_an_ofd_with_too_many_pages_is_refused(sample: bytes) -> None:
    page = '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>'
    data = changed(sample, "Doc_0/Document.xml", (page, page * 10_001))
    with pytest.raises(DocumentError, match="has 10003 pages, more than the 10000 that are read; split it"):
        text_of(data)


def test_what_a_composite_object_draws_stands_in_its_place() -> None:
    line = '<ofd:TextObject ID="9" Boundary="20 40 100 8" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="g 3 5">{}</ofd:TextCode></ofd:TextObject>'
    parts = parts_of(ofd_of_lines([[SetLine("第一条甲", 60, 60, 14)]]))
    (page,) = (name for name in parts if "<ofd:TextObject" in parts[name].decode("utf-8", "ignore"))
    (document,) = (name for name in parts if "<ofd:CommonData" in parts[name].decode("utf-8", "ignore"))
    drawn = '<ofd:CompositeObject ID="8" Boundary="0 50 210 100" ResourceID="77"/>'
    parts[page] = parts[page].replace(b"</ofd:Layer>", drawn.encode() + b"</ofd:Layer>")
    parts[document] = parts[document].replace(
        b"</ofd:CommonData>", b"<ofd:DocumentRes>Units.xml</ofd:DocumentRes></ofd:CommonData>"
    )
    unit = f'<ofd:CompositeGraphicUnit ID="77"><ofd:Content>{line.format("第二条乙")}</ofd:Content></ofd:CompositeGraphicUnit>'
    place = document.rpartition("/")[0]
    parts[f"{place}/Units.xml"] = (
        f'<ofd:Res xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CompositeGraphicUnits>{unit}</ofd:CompositeGraphicUnits></ofd:Res>'
    ).encode()
    assert text_of(archive(parts)).split("\n") == ["第一条甲", "第二条乙"]


def test_a_line_that_is_drawn_twice_to_be_bold_is_read_once() -> None:
    lines = [
        SetLine("便民服务通知", 60, 60, 14),
        SetLine("便民服务通知", 60.4, 60, 14),
        SetLine("便民服务通知", 60, 120, 14),
    ]
    assert text_of(ofd_of_lines([lines])).count("便民服务通知") == 2


def test_a_ruled_table_of_an_ofd_is_a_table() -> None:
    rows = (("街道", "床位", "补贴"), ("甲街道", "120", "3000"), ("乙街道", "80", "2500"))
    lines = [
        SetLine(text, 64 + 100 * column, 120 + 30 * row, 12)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]
    parts = parts_of(ofd_of_lines([lines]))
    (page,) = (name for name in parts if "<ofd:TextObject" in parts[name].decode("utf-8", "ignore"))
    at = [60 + 100 * column for column in range(4)], [100 + 30 * row for row in range(4)]
    drawn = [(60, y, 360, y) for y in at[1]] + [(x, 100, x, 190) for x in at[0]]
    paths = "".join(
        f'<ofd:PathObject ID="{900 + number}" Boundary="0 0 210 297"><ofd:AbbreviatedData>'
        f"M {x0 * MM:.3f} {y0 * MM:.3f} L {x1 * MM:.3f} {y1 * MM:.3f}</ofd:AbbreviatedData></ofd:PathObject>"
        for number, (x0, y0, x1, y1) in enumerate(drawn)
    )
    parts[page] = parts[page].replace(b"</ofd:Layer>", paths.encode() + b"</ofd:Layer>")
    found = OfdReader().read(Path("notice.ofd"), archive(parts))
    assert found.text.split("\n") == [" | ".join(row) for row in rows]
    (cell,) = (one for one in found.layout.tables[0].cells if found.text[one.start : one.end] == "2500")
    assert [found.text[slice(*span)] for span in cell.headers] == ["补贴", "乙街道"]


def test_files_that_are_attached_are_named() -> None:
    parts = parts_of(ofd_of_lines([[SetLine("便民服务通知", 60, 60, 14)]]))
    (document,) = (name for name in parts if "<ofd:CommonData" in parts[name].decode("utf-8", "ignore"))
    parts[document] = parts[document].replace(
        b"</ofd:Document>", b"<ofd:Attachments>Listed.xml</ofd:Attachments></ofd:Document>"
    )
    listed = '<ofd:Attachment ID="1" Name="rates"><ofd:FileLoc>补贴标准.xlsx</ofd:FileLoc></ofd:Attachment>'
    parts[f"{document.rpartition('/')[0]}/Listed.xml"] = (
        f'<ofd:Attachments xmlns:ofd="http://www.ofdspec.org/2016">{listed}</ofd:Attachments>'
    ).encode()
    assert OfdReader().read(Path("a.ofd"), archive(parts)).unread == (Unread("attachment", "补贴标准.xlsx"),)
