"""XPS (.xps, .oxps), what Windows prints to a file: every character keeps its page and its place on it.

A page that is only a picture, as scanned files have them, is drawn and read by OCR.
"""

from __future__ import annotations

import time
from pathlib import Path

from ingest.pictures import any_picture
from ingest.readers.file_reader import Aside, ReadText, Unread
from ingest.readers.line_order import in_order
from ingest.readers.ocr import recognise
from ingest.readers.page_progress import page_read
from ingest.readers.printed_document import PrintedPage, printed_text
from ingest.readers.ruled_tables import take_tables
from ingest.readers.xps_drawing import draw_page
from ingest.readers.xps_package import MAX_PAGES, XpsPackage, XpsPage
from ingest.readers.xps_page import page_lines, page_rules, pictures
from kb.errors import DocumentError, PictureError

_MOST_RUBBISH = 0.1  # share of characters that mean nothing, above which the text of a page is recognised instead
_DOTS_PER_INCH = 200  # at which pages are recognised: characters of 10 points are 28 dots high
_FEW_LINES = 4  # a page that is one picture and has no more is a scan with a page number
_SCAN = 0.5  # the share of a page that its pictures fill where it is a scan


class XpsReader:
    """Reads XPS files, in at most `seconds_a_file`."""

    suffixes: tuple[str, ...] = (".xps", ".oxps")
    media_type = "application/oxps"
    format_name = "an XPS file"

    def __init__(self, seconds_a_file: float = 3600.0) -> None:
        self.seconds_a_file = seconds_a_file

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give the text page by page in the order of reading, pictures of text through OCR. Raise DocumentError."""
        end = time.monotonic() + self.seconds_a_file
        pages: list[PrintedPage] = []
        unread: list[Unread] = []
        package = XpsPackage(path, data)
        count = len(package.places)
        if not count:
            raise DocumentError.of("file_without_pages", file=path)
        if count > MAX_PAGES:
            raise DocumentError.of("too_many_pages", file=path, pages=count, most=MAX_PAGES)
        asides = [Aside("property", words) for words in package.properties()]
        for number in range(1, count + 1):
            if time.monotonic() > end:
                raise DocumentError.of("page_too_long", file=path, page=number)
            began = time.monotonic()
            try:
                page, not_read = _read(package.page(number))
            except DocumentError as error:
                raise error.on_page(number) from error
            pages.append(page)
            unread += not_read
            page_read(number, count, time.monotonic() - began if page.confidence is not None else 0.0)
        if not any(page.lines for page in pages):
            raise DocumentError.of("pages_without_text", file=path, pages=count)
        return printed_text(pages, self.media_type, asides, unread)


def _read(page: XpsPage) -> tuple[PrintedPage, list[Unread]]:
    lines, rubbish = page_lines(page)
    if lines and rubbish > _MOST_RUBBISH:
        raise DocumentError.of("page_unreadable", file=page.package.path, page=page.number, share=rubbish)
    placed = list(pictures(page))
    area = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (one.box for one in placed))
    scan = bool(placed) and (not lines or (len(lines) <= _FEW_LINES and area > _SCAN * page.size[0] * page.size[1]))
    if not scan:
        rows, tables = take_tables(lines, page_rules(page), page.size[1])
        count = len(placed)
        return PrintedPage(page.size, in_order(rows), None, tables), [Unread("picture", "", page.number, count)] * bool(
            count
        )
    broken = [Unread("picture", one.place, page.number) for one in placed if not _opens(page, one.place)]
    found = recognise(draw_page(page, _DOTS_PER_INCH, characters_too=False), *page.size)
    if found is None:
        return PrintedPage(page.size, lines, None if lines else 0.0), broken
    read = sorted((*found.lines, *lines), key=lambda line: -line.y) if lines else found.lines
    return PrintedPage(page.size, read, found.confidence), broken


def _opens(page: XpsPage, place: str) -> bool:
    """Tell whether a picture can be opened; JPEG XR, which XPS allows, cannot."""
    try:
        any_picture(page.package.read(place), 64)
    except PictureError:
        return False
    return True
