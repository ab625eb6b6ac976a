"""Whatever a file holds, a reader gives its text or one line that says why not; nothing else, and soon."""

from __future__ import annotations

import math
import re
import time
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from documents import pdf_of_content, typeset_pdf
from docx.document import Document
from format_samples import ARCHIVE, book, mail, slides
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from indexing import CORPUS
from PIL import Image, ImageDraw
from word_files import add_list, add_numbered, changed_part, level, lodging_notice, word_bytes
from xps_samples import xps_of_lines

from evals.ingest_bench.ofd_sample import archive, ofd_of_lines
from evals.ingest_bench.typesetting import SetLine
from ingest.readers import READERS, FileReader, ReadText
from ingest.readers.pdf import PdfReader
from ingest.readers.signatures import recognise
from kb.errors import DocumentError

BY_SUFFIX = {suffix: reader for reader in READERS for suffix in reader.suffixes}


def blank_picture(format_name: str) -> bytes:
    """Give a small picture of a few strokes: what matters is how its file breaks, not what it says."""
    picture = Image.new("L", (60, 40), 255)
    ImageDraw.Draw(picture).line((5, 5, 50, 30), 0, 3)
    target = BytesIO()
    picture.save(target, format_name)
    return target.getvalue()


CONTENT = b"BT /F1 12 Tf 50 700 Td (Article 1 applies to all) Tj 0 -20 Td [(and) -300 (to) 4 (none)] TJ ET"


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (["区", "类别", "标准"], ["上城", "甲", 0.3], [None, "乙", date(2031, 3, 8)]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def numbered_notice(document: Document) -> None:
    lodging_notice(document)
    add_list(document, "1", [level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2", suffix="space")])
    for at in (0, 1, 1, 0):
        add_numbered(document, "内容", "1", at)


DOCX = word_bytes(numbered_notice)
SAMPLES = {
    ".txt": (CORPUS / "responses" / "hz-2024-343.txt").read_bytes()[:1500],
    ".md": (CORPUS / "policies" / "hz-2024-embedded-plan.md").read_bytes()[:3000],
    ".html": (
        "<html><meta charset=gbk><title>题</title><table><tr><td>索引号:</td><td>1</td></tr></table>"
        "<p>正文<!-- x --><script>x</script><div style='display:none'>藏</div></html>"
    ).encode("gbk"),
    ".pdf": pdf_of_content(CONTENT),
    ".ofd": ofd_of_lines(
        [[SetLine("第一条　为了方便老年人就餐，制定本办法。", 74, 100, 16), SetLine("— 1 —", 280, 785, 14)]]
    ),
    ".xps": xps_of_lines([[SetLine("第一条　为了方便老年人就餐，制定本办法。", 74, 100, 16)]]),
    ".docx": DOCX,
    ".xlsx": workbook(),
    ".csv": '城市,标准\n杭州,"900,5"\n'.encode("gb18030"),
    ".pptx": slides(),
    ".eml": mail(False),
    ".mht": ARCHIVE,
    ".epub": book(),
    ".png": blank_picture("PNG"),
    ".jpg": blank_picture("JPEG"),
    ".tif": blank_picture("TIFF"),
}
MARKS = [
    "+++", "\n", "title = ", '"甲"', "[[relations]]", "<!--", "-->", "| ", "|--|--|", "- ", "1. ", "> ", "```", "**", "[",
    "](x)", "<table>", "<tr>", "<td>", "</table>", "<script>", "</script>", "<p>", "<pre>", "<br>", "&#0;", "\x00", "一、",
]  # fmt: skip
SECONDS = 15.0

# A mutation overwrites, cuts out or doubles a stretch of the bytes.
mutations = st.lists(
    st.tuples(st.sampled_from(["write", "cut", "double"]), st.floats(0, 1), st.binary(min_size=1, max_size=6)),
    min_size=1,
    max_size=6,
)


def mutated(data: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    for kind, place, piece in changes:
        at = int(place * len(data))
        if kind == "write":
            data = data[:at] + piece + data[at + len(piece) :]
        elif kind == "cut":
            data = data[:at] + data[at + 8 * len(piece) :]
        else:
            data = data[:at] + data[max(at - 20, 0) : at] * piece[0] + data[at:]
    return data


def check_reading(reader: FileReader, data: bytes) -> None:
    began = time.process_time()
    try:
        read = reader.read(Path("fuzzed"), data)
    except DocumentError as error:
        assert str(error).startswith("fuzzed:")
        assert "\n" not in str(error)
    else:
        assert isinstance(read, ReadText)
        assert list(read.page_starts) == sorted(read.page_starts)
        assert all(0 <= start <= len(read.text) for start in read.page_starts)
        for page in read.layout.pages:
            assert all(0 <= box.start < box.end <= len(read.text) for box in page.boxes)
            assert all(math.isfinite(edge) for box in page.boxes for edge in (box.x0, box.y0, box.x1, box.y1))
        for table in read.layout.tables:
            assert all(table.start <= cell.start < cell.end <= table.end for cell in table.cells)
        read.text.encode("utf-8")
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("suffix", SAMPLES)
@settings(max_examples=120, deadline=None)
@given(changes=mutations)
@example(changes=[("write", 0.359375, b"\x00")])  # stands in the name of an MHT's charset
def test_a_damaged_file_is_read_or_refused(suffix: str, changes: list[tuple[str, float, bytes]]) -> None:
    check_reading(BY_SUFFIX[suffix], mutated(SAMPLES[suffix], changes))


@pytest.mark.parametrize("suffix", SAMPLES)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(suffix: str, data: bytes) -> None:
    check_reading(BY_SUFFIX[suffix], data)


@pytest.mark.parametrize("suffix", [".md", ".html"])
@settings(max_examples=120, deadline=None)
@given(
    pieces=st.lists(
        st.sampled_from(MARKS),
        max_size=40,
    )
)
def test_any_sequence_of_marks_is_read_or_refused(suffix: str, pieces: list[str]) -> None:
    check_reading(BY_SUFFIX[suffix], "".join(pieces).encode())


@pytest.fixture(scope="module")
def real_pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return typeset_pdf(tmp_path_factory.mktemp("fuzz") / "real.pdf", rows=40).read_bytes()


@settings(max_examples=150, deadline=None)
@given(part=st.integers(0, 3), changes=mutations)
def test_an_ofd_with_a_damaged_part_is_read_or_refused(part: int, changes: list[tuple[str, float, bytes]]) -> None:
    with zipfile.ZipFile(BytesIO(SAMPLES[".ofd"])) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = sorted(parts)[part]
    check_reading(BY_SUFFIX[".ofd"], archive(parts | {name: mutated(parts[name], changes)}))


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(
        ["_rels/.rels", "FixedDocumentSequence.fdseq", "Documents/1/d.fdoc", "Documents/1/Pages/1.fpage"]
    ),
    changes=mutations,
)
def test_an_xps_with_a_damaged_part_is_read_or_refused(name: str, changes: list[tuple[str, float, bytes]]) -> None:
    check_reading(BY_SUFFIX[".xps"], changed_part(SAMPLES[".xps"], name, lambda part: mutated(part, changes)))


@settings(max_examples=120, deadline=None)
@given(name=st.sampled_from(["word/document.xml", "word/styles.xml", "word/numbering.xml"]), changes=mutations)
def test_a_docx_with_a_damaged_part_is_read_or_refused(name: str, changes: list[tuple[str, float, bytes]]) -> None:
    check_reading(BY_SUFFIX[".docx"], changed_part(DOCX, name, lambda part: mutated(part, changes)))


NUMBER = st.sampled_from(["0", "1", "9", "-1", "x", "", "²", "99999999", "1000000000000000000000"])


@settings(max_examples=120, deadline=None)
@given(
    values=st.dictionaries(
        st.sampled_from(
            [
                "ilvl",
                "numId",
                "start",
                "startOverride",
                "lvlRestart",
                "gridSpan",
                "gridBefore",
                "abstractNumId",
                "lvlText",
            ]
        ),
        NUMBER,
        min_size=1,
    )
)
def test_a_docx_with_any_number_in_its_settings_is_read_or_refused(values: dict[str, str]) -> None:
    data = DOCX
    for name in ("word/document.xml", "word/numbering.xml"):
        data = changed_part(data, name, lambda part: settings_changed(part, values))
    check_reading(BY_SUFFIX[".docx"], data)


def settings_changed(part: bytes, values: dict[str, str]) -> bytes:
    text = part.decode()
    for key, value in values.items():
        text = re.sub(rf'(<w:{key} w:val=|w:{key}=)"[^"]*"', rf'\g<1>"{value}"', text)
    return text.encode()


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"]),
    changes=mutations,
)
def test_an_xlsx_with_a_damaged_part_is_read_or_refused(name: str, changes: list[tuple[str, float, bytes]]) -> None:
    check_reading(BY_SUFFIX[".xlsx"], changed_part(SAMPLES[".xlsx"], name, lambda part: mutated(part, changes)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=mutations)
def test_a_damaged_real_pdf_is_read_or_refused(real_pdf: bytes, changes: list[tuple[str, float, bytes]]) -> None:
    check_reading(PdfReader(seconds_of_ocr=-1), mutated(real_pdf, changes))  # without OCR, which is slow


def test_hard_patterns_take_no_longer_than_their_length_asks_for() -> None:
    recognise(b"<!---->" * 1000 + b"x")
    for suffix, data in [
        (".md", "[" * 20_000),
        (".md", "*a " * 10_000),
        (".md", "> " * 5_000 + "x"),
        (".md", "`" * 10_000 + "x"),
        (".md", "<!--" * 10_000),
        (".md", "a<!---->" * 10_000),
        (".md", "甲" + " " * 50_000 + "乙"),
        (".md", '+++\na = """\n[' + " " * 20_000 + '\n"""\n+++\nx'),
        (".md", "**" * 20_000),
        (".md", "__a" * 10_000),
        (".md", "- " * 5_000 + "x"),
        (".md", "| a " * 5_000 + "\n" + "|-" * 5_000),
        (".html", "<!--" * 20_000 + "<p>x"),
        (".html", "<p " + "a=b " * 50_000 + ">x"),
        (".html", "<p>" + " \n" * 100_000 + "x"),
        (".html", "<p>" + "&" * 100_000),
        (".txt", "\r\n" * 100_000 + "x"),
    ]:
        check_reading(BY_SUFFIX[suffix], data.encode())
