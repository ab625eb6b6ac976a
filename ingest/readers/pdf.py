"""PDF (.pdf): every character keeps its page and its place on it.

pypdf holds the file against its own structure, PDFium gives the characters with their places, and the
lines are set back into paragraphs by `paragraphs`. A page that shows text but does not name its characters,
because it is a scan or its fonts are without a Unicode map, is drawn and read by OCR. Time is bounded by
page and by file.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pypdfium2.raw as raw
from PIL.Image import Image

from ingest.pdfium import View, open_page, open_pdf, picture_of_page, stamp_bounds
from ingest.readers.asides import MOST_PICTURES, picture_asides
from ingest.readers.file_reader import Aside, ReadText, Unread
from ingest.readers.line_order import in_order
from ingest.readers.ocr import recognise
from ingest.readers.page_progress import page_read
from ingest.readers.paragraphs import Line
from ingest.readers.pdf_fields import with_fields
from ingest.readers.pdf_rules import page_rules
from ingest.readers.pdf_structure import DeadlineError, PdfStructure, pdf_errors
from ingest.readers.printed_document import PrintedPage, printed_text
from ingest.readers.printed_page import printed_lines
from ingest.readers.ruled_tables import take_tables
from kb.errors import DocumentError
from kb.text.widths import is_wide

_MOST_RUBBISH = 0.1  # share of characters that mean nothing, above which the text of a page is recognised instead
_FEW_CHARACTERS = 200
"""A page that is one picture and has no more is a scan with a stamp, a page number or notes of the office system."""
_ALIKE = 0.6  # of the wide characters that a page names, from which on OCR has found the same
_LARGE_PICTURE = 0.05  # of a page of text, from which on a picture is told as not read; seals and signs are smaller
_MORE = 1.2  # of the characters that the page has as text, from which on OCR has found others
_SCAN = 0.5  # the share of a page that its pictures fill where it is a scan
_DOTS_PER_INCH = 200  # at which pages are recognised: characters of 10 points are 28 dots high


class PdfReader:
    """Reads PDFs, scanned or not.

    A page may take `seconds_a_page`, the whole file `seconds_a_file` and, where there are scans, as much as
    `seconds_of_ocr` more.
    """

    suffixes: tuple[str, ...] = (".pdf",)
    media_type = "application/pdf"
    format_name = "a PDF"

    def __init__(
        self, seconds_a_page: float = 10.0, seconds_a_file: float = 600.0, seconds_of_ocr: float = 3600.0
    ) -> None:
        self.seconds_a_page = seconds_a_page
        self.seconds_a_file = seconds_a_file
        self.seconds_of_ocr = seconds_of_ocr

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give the text page by page in the order of reading, pages without text through OCR. Raise DocumentError
        naming the page where one is at fault."""
        if b"%PDF-" not in data[:1024]:
            raise _no_pdf(path, data)
        structure = PdfStructure(path, data)
        end = time.monotonic() + self.seconds_a_file
        left_for_ocr = self.seconds_of_ocr
        pages: list[PrintedPage] = []
        asides = [Aside("property", words) for words in structure.properties()]
        unread = structure.unread()
        with pdf_errors(path, None), open_pdf(data) as document:
            for number in range(1, structure.pages + 1):
                structure.check(number)
                with pdf_errors(path, number), open_page(document, number) as page:
                    view = View.of_page(page)
                    size = (view.width, view.height)
                    lines, rubbish = printed_lines(page, view, min(end, time.monotonic() + self.seconds_a_page))
                    fields, beside = structure.filled(number)
                    unread += beside
                    found, took = None, 0.0
                    is_scan = is_scan_page(page, view, lines, rubbish) and not (fields and not lines)
                    if is_scan:
                        began = time.monotonic()
                        if left_for_ocr < 0:
                            raise DeadlineError("its scans take too long to read")
                        found = recognise(picture_of_page(page, _DOTS_PER_INCH), view.width, view.height)
                        took = time.monotonic() - began
                        end, left_for_ocr = end + took, left_for_ocr - took
                    page_read(number, structure.pages, took)
                    if not is_scan or (found is not None and rubbish == 1.0 and says_the_same(found.lines, lines)):
                        rows, tables = take_tables(
                            with_fields(lines, fields, view), page_rules(page, view), view.height
                        )
                        pages.append(PrintedPage(size, in_order(rows), tables=tables))
                        unread += _large_pictures(page, view, number)
                        if number == 1:
                            asides += picture_asides(_pictures(page, view), number)
                        continue
                if found is None and rubbish > _MOST_RUBBISH:
                    raise DocumentError.of("page_unreadable_by_ocr", file=path, page=number, share=rubbish)
                if found is None or _length(found.lines) <= _MORE * _length(lines) * (rubbish <= _MOST_RUBBISH):
                    pages.append(PrintedPage(size, with_fields(in_order(lines), fields, view), None if lines else 0.0))
                else:
                    pages.append(PrintedPage(size, with_fields(found.lines, fields, view), found.confidence))
        if not any(page.lines for page in pages):
            raise DocumentError.of("pages_without_text", file=path, pages=len(pages))
        return printed_text(pages, self.media_type, asides, unread)


def is_scan_page(page: Any, view: View, lines: Sequence[Line], rubbish: float) -> bool:
    """Tell whether a page has to be looked at to be read."""
    if rubbish > _MOST_RUBBISH:
        return True
    if _length(lines) > _FEW_CHARACTERS:
        return False
    if not lines and any(
        shown.type in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING) for shown in page.get_objects(max_depth=3)
    ):
        return True  # characters may be drawn as outlines
    return sum(_picture_areas(page, view)) > (_SCAN * view.width * view.height if lines else 0.0)


def _picture_areas(page: Any, view: View) -> Iterator[float]:
    for shown in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = shown.get_bounds()
        x, y = view.turn(right - left, top - bottom)
        yield abs(x * y)


def _large_pictures(page: Any, view: View, number: int) -> list[Unread]:
    """Name the pictures of a page of text that may show words."""
    count = sum(area > _LARGE_PICTURE * view.width * view.height for area in _picture_areas(page, view))
    return [Unread("picture", page=number, count=count)] if count else []


def says_the_same(found: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Tell whether OCR found the characters that a page names: then its fonts are right, however often they name
    one."""
    seen, named = (Counter(char for line in those for char in line.text if is_wide(char)) for those in (found, lines))
    return bool(named) and (seen & named).total() >= _ALIKE * named.total()


def _pictures(page: Any, view: View) -> Iterator[Image]:
    """Draw the parts of a page of text that are pictures or stamps."""
    bounds = [shown.get_bounds() for shown in page.get_objects(max_depth=3) if shown.type == raw.FPDF_PAGEOBJ_IMAGE]
    bounds += stamp_bounds(page)
    if not bounds:
        return
    drawn = picture_of_page(page, _DOTS_PER_INCH)
    across, down = drawn.width / view.width, drawn.height / view.height
    for left, bottom, right, top in bounds[:MOST_PICTURES]:
        (x0, y0), (x1, y1) = view.place(left, top), view.place(right, bottom)
        x0, x1 = (min(max(x * across, 0), drawn.width) for x in sorted((x0, x1)))
        y0, y1 = (min(max(y * down, 0), drawn.height) for y in sorted((y0, y1)))
        if x0 < x1 and y0 < y1:
            yield drawn.crop((math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1)))


def _length(lines: Sequence[Line]) -> int:
    return sum(len(line.text) for line in lines)


def _no_pdf(path: Path, data: bytes) -> DocumentError:
    return DocumentError.of("pdf_not", file=path, begins=data[:8].hex(" "))
