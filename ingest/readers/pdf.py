"""PDF (.pdf): every character keeps its page and its place on it.

pypdf holds the file against its own structure, PDFium gives the characters with their places, and the
lines are set back into paragraphs by `paragraphs`. Time is bounded by page and by file.
"""

from __future__ import annotations

import time
from pathlib import Path

from ingest.pdfium import View, open_page, open_pdf
from ingest.readers.paragraphs import Line, set_paragraphs
from ingest.readers.pdf_structure import PdfStructure, pdf_errors
from ingest.readers.printed_page import printed_lines
from ingest.readers.reading import ReadText
from ingest.readers.signatures import recognise
from kb.errors import DocumentError
from kb.layout import Layout, Page
from kb.text.radicals import with_door

_MOST_RUBBISH = 0.1


class PdfReader:
    """Reads PDFs that hold text; scans are refused until they have gone through OCR.

    A page may take `seconds_a_page`, the whole file `seconds_a_file`.
    """

    suffixes: tuple[str, ...] = (".pdf",)
    media_type = "application/pdf"
    format_name = "a PDF"

    def __init__(self, seconds_a_page: float = 10.0, seconds_a_file: float = 600.0) -> None:
        self.seconds_a_page = seconds_a_page
        self.seconds_a_file = seconds_a_file

    def read(self, path: Path, data: bytes) -> ReadText:
        if b"%PDF-" not in data[:1024]:
            raise DocumentError(path, _no_pdf(path, data))
        structure = PdfStructure(path, data)
        end = time.monotonic() + self.seconds_a_file
        views: list[View] = []
        pages: list[list[Line]] = []
        with pdf_errors(path, None), open_pdf(data) as document:
            for number in range(1, structure.pages + 1):
                structure.check(number)
                with pdf_errors(path, number), open_page(document, number) as page:
                    view = View.of_page(page)
                    deadline = min(end, time.monotonic() + self.seconds_a_page)
                    lines, rubbish = printed_lines(page, view, deadline)
                if rubbish > _MOST_RUBBISH:
                    reason = (
                        f"page {number}: {rubbish:.0%} of the characters are unreadable, its fonts do not name them"
                    )
                    raise DocumentError(path, f"{reason}; print it to a new PDF with OCR")
                views.append(view)
                pages.append(lines)
        if not any(pages):
            remedy = "make it searchable with OCR first (it looks like a scan)"
            raise DocumentError(path, f"its {len(pages)} pages hold no text, only pictures or nothing; {remedy}")
        found = set_paragraphs(pages)
        printed = zip(views, found.boxes, strict=True)
        layout = Layout(tuple(Page(n, view.width, view.height, boxes) for n, (view, boxes) in enumerate(printed, 1)))
        return ReadText(with_door(found.text), found.page_starts, None, self.media_type, layout)


def _no_pdf(path: Path, data: bytes) -> str:
    found = recognise(data)
    if found:
        return f"looks like {found[0]}, not a PDF as its name says; rename it to {path.with_suffix(found[1]).name}"
    return f"is no PDF (it begins with bytes {data[:8].hex(' ')}); name it after its real format, such as .txt"
