"""Pictures of the pages of a document, with quoted characters marked.

A page is drawn from the document's own file, which has to be the one that was read. What drawing can
cost is bounded: the size of a picture, the time for it, and how many are drawn at once.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from ingest.pdfium import PdfiumError, open_page, open_pdf, picture_of_page
from ingest.pictures import FORMATS, open_picture
from ingest.readers.ofd_drawing import draw_page
from ingest.readers.ofd_package import OfdPackage
from ingest.readers.xps_drawing import draw_page as draw_xps_page
from ingest.readers.xps_package import XpsPackage
from kb.errors import DocumentError, InputError, NotFoundError, PictureError, ServiceError
from kb.knowledge_base import KnowledgeBase
from kb.layout import Box, Page
from kb.types import Audience, Document
from service.source_file import source_file

DOTS_PER_INCH = 144  # twice what a screen shows at full size, for screens of twice the density
MAX_PIXELS = 4_000_000  # of a page that is shown; a larger one is drawn coarser
_LONGEST = 1_800  # dots along a side of a page that is a picture
MAX_MARKED = 20_000
"""The most characters that are marked at once."""

_AT_ONCE = 4  # pages that are drawn at once; further ones wait for their turn
_PATIENCE = 10.0  # seconds that a request waits for its turn
_MARKER = (255, 226, 92)
_EDGE = 0.8  # points that a mark reaches beyond its box
_DRAWING = 1  # part of every entity tag: counts changes to how pages are drawn


@dataclass(frozen=True, slots=True)
class PageView:
    """A page to draw: of which document, and the boxes to mark on it."""

    document: Document
    page: Page
    marks: tuple[Box, ...]

    @property
    def tag(self) -> str:
        """A name for the picture that changes when the picture does."""
        what = repr((_DRAWING, self.document.file_sha256, self.page.number, self.marks))
        return hashlib.sha256(what.encode()).hexdigest()[:32]


def find_page(
    knowledge_base: KnowledgeBase, doc_id: str, number: int, highlight: tuple[int, int] | None, audience: Audience
) -> PageView:
    """Find a page that this caller may see, with the boxes of the span `highlight`.

    Raises NotFoundError where there is no such page, InputError where the span is not in the text.
    """
    document = knowledge_base.document(doc_id, audience)
    if highlight is not None:
        start, end = highlight
        if not (0 <= start < end <= len(document.text) and end - start <= MAX_MARKED):
            raise InputError.of("quote_outside_document", field="highlight", start=start, end=end)
    pages = knowledge_base.layout(doc_id, audience).pages
    page = next((page for page in pages if page.number == number), None)
    if page is None:
        sentence = "page_unknown" if pages else "pages_none"
        raise NotFoundError.of(sentence, doc_id=doc_id, number=number, count=len(pages))
    return PageView(document, page, tuple(page.marks(document.text, *highlight)) if highlight else ())


class PagePictures:
    """Draws pages, a few at a time; thread-safe."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def draw(self, view: PageView) -> bytes:
        """Give the picture of a page as PNG.

        Raises NotFoundError where the file is gone, was changed or cannot be drawn, ServiceError where too many
        others are being drawn.
        """
        draw = _DRAWN_BY.get(view.document.media_type)
        if draw is None:
            document = view.document
            raise NotFoundError.of("page_pictures_none", doc_id=document.doc_id, media_type=document.media_type)
        path = source_file(view.document)
        with self._turn():
            picture = draw(path, view.page)
            target = BytesIO()
            _mark(picture, view.page, view.marks).save(target, "PNG", compress_level=3)
            return target.getvalue()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=_PATIENCE):
            raise ServiceError.of("pictures_too_many")
        try:
            yield
        finally:
            self._turns.release()


def _draw_pdf(path: Path, page: Page) -> Image.Image:
    try:
        with open_pdf(path) as document, open_page(document, page.number) as opened:
            return picture_of_page(opened, DOTS_PER_INCH, MAX_PIXELS, seconds=_PATIENCE)
    except PdfiumError as error:
        raise NotFoundError.of("page_not_drawn", path=path, number=page.number, cause=error) from error


def _draw_picture(path: Path, page: Page, media_type: str) -> Image.Image:
    try:
        with open_picture(path, media_type) as picture:
            image, _, _ = picture.page(page.number, _LONGEST)
            return image
    except PictureError as error:
        raise NotFoundError.of("page_not_drawn", path=path, number=page.number, cause=error) from error


def _draw_ofd(path: Path, page: Page) -> Image.Image:
    try:
        package = OfdPackage(path, path.read_bytes())
        try:
            return draw_page(package.page(page.number), DOTS_PER_INCH, MAX_PIXELS)
        finally:
            package.close()
    except (DocumentError, ValueError) as error:
        raise NotFoundError.of("page_not_drawn", path=path, number=page.number, cause=error) from error


def _draw_xps(path: Path, page: Page) -> Image.Image:
    try:
        package = XpsPackage(path, path.read_bytes())
        try:
            return draw_xps_page(package.page(page.number), DOTS_PER_INCH, MAX_PIXELS)
        finally:
            package.close()
    except (DocumentError, ValueError) as error:
        raise NotFoundError.of("page_not_drawn", path=path, number=page.number, cause=error) from error


# Formats that have pages; others are shown as text.
_DRAWN_BY: dict[str, Callable[[Path, Page], Image.Image]] = {
    "application/pdf": _draw_pdf,
    "application/ofd": _draw_ofd,
    "application/oxps": _draw_xps,
    **{media_type: partial(_draw_picture, media_type=media_type) for media_type in FORMATS},
}


def has_picture(document: Document) -> bool:
    """Tell whether pages of this kind of file can be drawn."""
    return document.media_type in _DRAWN_BY


def _mark(picture: Image.Image, page: Page, marks: Sequence[Box]) -> Image.Image:
    """Lay a marker over the boxes: what is printed shows through, and a place marked twice is no darker."""
    if not marks:
        return picture
    across, along = picture.width / page.width, picture.height / page.height
    mask = Image.new("1", picture.size)
    pen = ImageDraw.Draw(mask)
    for box in marks:
        left, right = (box.x0 - _EDGE) * across, (box.x1 + _EDGE) * across
        pen.rectangle((left, (box.y0 - _EDGE) * along, right, (box.y1 + _EDGE) * along), fill=1)
    marked = ImageChops.multiply(picture, Image.new("RGB", picture.size, _MARKER))
    return Image.composite(marked, picture, mask)
