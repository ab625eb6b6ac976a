"""Word files, web pages and spreadsheets: their text against what they were made from, and the headers of their
cells."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import docx
import openpyxl

from evals.ingest_bench.accuracy import character_accuracy
from evals.ingest_bench.made_files import corpus_paragraphs
from evals.ingest_bench.table_samples import Sample, docx_of, draw, html_of, xlsx_of
from evals.row import BenchRow
from ingest.readers import read_file
from ingest.readers.file_reader import ReadText

_CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus"
_CHARACTERS = 60_000  # Some forty pages of the corpus's own text.
_TABLES = 40  # Each drawn by its number, so that every run measures the same.


def rows() -> list[BenchRow]:
    """Measure the text of each format, then the headers of drawn tables with merged cells."""
    paragraphs = corpus_paragraphs(_CORPUS, _CHARACTERS)
    texts = [
        BenchRow(
            f"text, {name}", "0.999", f"{character_accuracy(_read(write(paragraphs), suffix).text.rstrip(), truth):.5f}"
        )
        for name, suffix, write, truth in (
            ("DOCX", ".docx", _word_file, "\n".join(paragraphs)),
            ("HTML", ".html", _web_page, "\n".join(paragraphs)),
            ("XLSX", ".xlsx", _spreadsheet, "\n".join(["正文", *paragraphs])),
        )
    ]
    return texts + [_headers(name, suffix, write) for name, suffix, write in
                    (("DOCX", ".docx", docx_of), ("XLSX", ".xlsx", xlsx_of), ("HTML", ".html", html_of))]  # fmt: skip


def _headers(name: str, suffix: str, write: Callable[[Sample], bytes]) -> BenchRow:
    right = count = 0
    for seed in range(_TABLES):
        sample = draw(seed)
        read = _read(write(sample), suffix)
        found = {
            read.text[cell.start : cell.end]: [read.text[slice(*span)] for span in cell.headers]
            for table in read.layout.tables
            for cell in table.cells
        }
        count += len(sample.heads)
        right += sum(found.get(value) == heads for value, heads in sample.heads.items())
    what = f"cells below merged headers that know them, {name} ({_TABLES} drawn tables)"
    return BenchRow(what, "0.99", f"{right / count:.4f} ({right} of {count})")


def _read(data: bytes, suffix: str) -> ReadText:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"file{suffix}")
        path.write_bytes(data)
        return read_file(path)


def _word_file(paragraphs: Sequence[str]) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _web_page(paragraphs: Sequence[str]) -> bytes:
    body = "".join(f"<p>{html.escape(text)}</p>\n" for text in paragraphs)
    menu = "<nav><a href='/'>首页</a> <a href='/zw'>政务公开</a></nav>"
    return f"<!doctype html><html><body>{menu}<main>{body}</main><footer>版权所有</footer></body></html>".encode()


def _spreadsheet(paragraphs: Sequence[str]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "正文"
    for text in paragraphs:
        sheet.append([text])
    target = BytesIO()
    book.save(target)
    return target.getvalue()
