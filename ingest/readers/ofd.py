"""OFD (.ofd), the national format for fixed layout: every character keeps its page and its place on it.

A page that is only a picture, as scanned files have them, is drawn and read by OCR.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from PIL.Image import Image

from ingest.readers.asides import opened_pictures, picture_asides
from ingest.readers.file_reader import Aside, ReadText, Unread
from ingest.readers.line_order import in_order
from ingest.readers.ocr import recognise
from ingest.readers.ofd_drawing import draw_page
from ingest.readers.ofd_package import MAX_PAGES, OfdPackage, OfdPage
from ingest.readers.ofd_page import objects, page_lines, page_size
from ingest.readers.ofd_paths import page_rules
from ingest.readers.page_progress import page_read
from ingest.readers.printed_document import PrintedPage, printed_text
from ingest.readers.ruled_tables import take_tables
from kb.errors import DocumentError

_MOST_RUBBISH = 0.1  # share of characters that mean nothing, above which the text of a page is recognised instead
_DOTS_PER_INCH = 200  # at which pages are recognised: characters of 10 points are 28 dots high
_FEW_CHARACTERS = (
    200  # a page that is one picture and has no more is a scan with a page number or notes of the office system
)
_LARGE_PICTURE = 0.05  # of a page of text, from which on a picture is told as not read; seals and signs are smaller
_SCAN = 0.5  # the share of a page that its pictures fill where it is a scan


class OfdReader:
    """Reads OFD files, in at most `seconds_a_file`."""

    suffixes: tuple[str, ...] = (".ofd",)
    media_type = "application/ofd"
    format_name = "an OFD file"

    def __init__(self, seconds_a_file: float = 3600.0) -> None:
        self.seconds_a_file = seconds_a_file

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give the text of all documents in the package page by page, scans through OCR; notes on pages are asides.
        Raise DocumentError."""
        end = time.monotonic() + self.seconds_a_file
        pages: list[PrintedPage] = []
        package = OfdPackage(path, data)
        if package.pages > MAX_PAGES:
            raise DocumentError.of("too_many_pages", file=path, pages=package.pages, most=MAX_PAGES)
        asides = [Aside("property", words) for words in package.properties()]
        asides += [Aside("page", words) for document in package.documents for words in document.notes() if words]
        unread = [Unread("attachment", name) for document in package.documents for name in document.attachments()]
        unread += (Unread("annotation") for aside in asides if aside.place == "page")
        for page in package.each_page():
            if time.monotonic() > end:
                raise DocumentError.of("page_too_long", file=path, page=page.number)
            began = time.monotonic()
            pages.append(_read(page))
            unread += _large_pictures(page, pages[-1])
            if page.number == 1 and pages[-1].confidence is None:
                asides += picture_asides(_pictures(page), 1)
            page_read(page.number, package.pages, time.monotonic() - began if pages[-1].confidence is not None else 0.0)
        if not pages:
            raise DocumentError.of("file_without_pages", file=path)
        if not any(page.lines for page in pages):
            raise DocumentError.of("pages_without_text", file=path, pages=len(pages))
        return printed_text(pages, self.media_type, asides, unread)


def _pictures(page: OfdPage) -> Iterator[Image]:
    named = (placed.element.get("ResourceID", "") for placed in objects(page, "ImageObject"))
    return opened_pictures(page.document.media(name) for name in named)


def _read(page: OfdPage) -> PrintedPage:
    size = page_size(page)
    lines, rubbish = page_lines(page)
    if lines and rubbish > _MOST_RUBBISH:
        raise DocumentError.of("page_unreadable", file=page.document.path, page=page.number, share=rubbish)
    if not _is_scan(page, size, sum(len(line.text) for line in lines)):
        rows, tables = take_tables(lines, page_rules(page), size[1])
        return PrintedPage(size, in_order(rows), None, tables)
    found = recognise(draw_page(page, _DOTS_PER_INCH, characters=False), *size)
    if found is None:
        return PrintedPage(size, lines, None if lines else 0.0)
    return PrintedPage(
        size, sorted((*found.lines, *lines), key=lambda line: -line.y) if lines else found.lines, found.confidence
    )


def _is_scan(page: OfdPage, size: tuple[float, float], characters: int) -> bool:
    """Tell whether a page has to be looked at: it has no text but pictures, or little beside a picture that fills
    it."""
    areas = _picture_areas(page)
    return bool(areas) and (
        not characters or (characters <= _FEW_CHARACTERS and sum(areas) > _SCAN * size[0] * size[1])
    )


def _picture_areas(page: OfdPage) -> list[float]:
    return [abs(placed.matrix.a * placed.matrix.d) for placed in objects(page, "ImageObject")]


def _large_pictures(page: OfdPage, read: PrintedPage) -> list[Unread]:
    """Name the pictures of a page of text that may show words."""
    width, height = read.size
    count = sum(area > _LARGE_PICTURE * width * height for area in _picture_areas(page))
    return [Unread("picture", page=page.number, count=count)] if count and read.confidence is None else []
