"""`python -m service.page_drawing`: a process that draws pages for the service, which parses no upload itself.

Whatever a file does to what draws it, a crash, a loop, gigabytes of memory, it does to this process alone. Over a
socket comes what to draw as JSON: {"path", "media_type", "number", "width", "height", "marks"}; back goes `+` and a
PNG, or `-` and why there is none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from ingest.isolation import bound_this_process
from ingest.pdfium import PdfiumError, open_page, open_pdf, picture_of_page
from ingest.pictures import FORMATS, open_picture
from ingest.readers.ofd_drawing import draw_page
from ingest.readers.ofd_package import OfdPackage
from ingest.readers.xps_drawing import draw_page as draw_xps_page
from ingest.readers.xps_package import XpsPackage
from kb.errors import DocumentError, PictureError
from kb.layout import Box, Page

DOTS_PER_INCH = 144  # twice what a screen shows at full size, for screens of twice the density
MAX_PIXELS = 4_000_000  # of a page that is shown; a larger one is drawn coarser
SECONDS = 10.0
"""How long a page may take."""

_LONGEST = 1_800  # dots along a side of a page that is a picture
_MARKER = (255, 226, 92)
_EDGE = 0.8  # points that a mark reaches beyond its box


class NotDrawnError(Exception):
    """A page that cannot be drawn; says why."""


def draw(path: Path, media_type: str, page: Page, marks: Sequence[Box]) -> bytes:
    """Give the picture of a page as PNG; raise NotDrawnError."""
    target = BytesIO()
    _mark(_DRAWN_BY[media_type](path, page), page, marks).save(target, "PNG", compress_level=3)
    return target.getvalue()


def main() -> None:
    """Draw for the process at the other end of a socket until it closes it, in so many bytes of memory."""
    connection, memory = Connection(int(sys.argv[1])), int(sys.argv[2])
    bound_this_process(memory)
    connection.send_bytes(b"ready")
    while True:
        try:
            asked = json.loads(connection.recv_bytes())
        except EOFError:
            return
        page = Page(asked["number"], asked["width"], asked["height"], ())
        marks = [Box(*one) for one in asked["marks"]]
        try:
            answer = b"+" + draw(Path(asked["path"]), asked["media_type"], page, marks)
        except Exception as error:  # a mistake of what draws costs its page
            answer = b"-" + f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:300]
        connection.send_bytes(answer)


def _draw_pdf(path: Path, page: Page) -> Image.Image:
    try:
        with open_pdf(path) as document, open_page(document, page.number) as opened:
            return picture_of_page(opened, DOTS_PER_INCH, MAX_PIXELS, seconds=SECONDS)
    except PdfiumError as error:
        raise NotDrawnError(str(error)) from error


def _draw_picture(path: Path, page: Page, media_type: str) -> Image.Image:
    try:
        with open_picture(path, media_type) as picture:
            image, _, _ = picture.page(page.number, _LONGEST)
            return image
    except PictureError as error:
        raise NotDrawnError(str(error)) from error


def _draw_ofd(path: Path, page: Page) -> Image.Image:
    try:
        package = OfdPackage(path, path.read_bytes())
        try:
            return draw_page(package.page(page.number), DOTS_PER_INCH, MAX_PIXELS)
        finally:
            package.close()
    except (DocumentError, ValueError) as error:
        raise NotDrawnError(str(error)) from error


def _draw_xps(path: Path, page: Page) -> Image.Image:
    try:
        package = XpsPackage(path, path.read_bytes())
        try:
            return draw_xps_page(package.page(page.number), DOTS_PER_INCH, MAX_PIXELS)
        finally:
            package.close()
    except (DocumentError, ValueError) as error:
        raise NotDrawnError(str(error)) from error


# Formats that have pages; others are shown as text.
_DRAWN_BY: dict[str, Callable[[Path, Page], Image.Image]] = {
    "application/pdf": _draw_pdf,
    "application/ofd": _draw_ofd,
    "application/oxps": _draw_xps,
    **{media_type: partial(_draw_picture, media_type=media_type) for media_type in FORMATS},
}


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


if __name__ == "__main__":
    main()
