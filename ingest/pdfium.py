"""PDFium: opening PDF files and looking at their pages, for the reader and for page pictures.

PDFium keeps global state and is not thread-safe: whoever touches an open file holds `PDFIUM`, which is
what `open_pdf` does. A `View` tells where a place of a page is in its picture: in points from the upper
left corner of what is shown, with the page's crop box and rotation taken into account.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_double
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as raw
from pypdfium2.internal import set_callback

if TYPE_CHECKING:
    from PIL.Image import Image

PDFIUM = threading.RLock()  # PDFium keeps global state: two threads in it at once corrupt each other.
MAX_PIXELS = 20_000_000  # of one drawn page, 60 MB as a picture in colour
_NOT_SHOWN = (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_POPUP)
_LONG = 1_000_000  # device units along each side, so that rounding to whole ones does not matter


class PdfiumError(Exception):
    """PDFium cannot open the file or one of its pages."""


@contextmanager
def open_pdf(source: bytes | Path) -> Iterator[Any]:
    """Open a PDF, its bytes or its file, for this thread alone; raise PdfiumError where it cannot be opened."""
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(source)
        except (pypdfium2.PdfiumError, OSError) as error:
            raise PdfiumError(str(error)) from error
        try:
            yield document
        finally:
            document.close()


@contextmanager
def open_page(document: Any, number: int) -> Iterator[Any]:
    """Open page `number`, from 1."""
    try:
        page = document[number - 1]
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise PdfiumError(str(error)) from error
    try:
        yield page
    finally:
        page.close()


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of a page: its size, and the places on the page of its upper left corner and along its edges."""

    width: float
    height: float
    origin: tuple[float, float]
    right: tuple[float, float]
    down: tuple[float, float]

    @classmethod
    def of_page(cls, page: Any) -> View:
        """Give the view of an open page; raise PdfiumError where it has no size."""
        width, height = page.get_size()
        corners = [_place(page, x, y) for x, y in ((0, 0), (_LONG, 0), (0, _LONG))]
        (x, y), (right_x, right_y), (down_x, down_y) = corners
        right, down = (right_x - x, right_y - y), (down_x - x, down_y - y)
        if not (math.hypot(*right) > 0 and math.hypot(*down) > 0 and 0 < width < 1e6 and 0 < height < 1e6):
            raise PdfiumError("the page has no size")
        return cls(width, height, (x, y), right, down)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Give where (x, y) of the page is shown."""
        return self.turn(x - self.origin[0], y - self.origin[1])

    def turn(self, x: float, y: float) -> tuple[float, float]:
        """Give how a step (x, y) on the page is shown."""
        right, down = self.right, self.down
        across = (x * right[0] + y * right[1]) / (right[0] ** 2 + right[1] ** 2)
        along = (x * down[0] + y * down[1]) / (down[0] ** 2 + down[1] ** 2)
        return across * self.width, along * self.height


def picture_of_page(page: Any, dots_per_inch: float, max_pixels: int = MAX_PIXELS, seconds: float = 20.0) -> Image:
    """Draw an open page in colour, at fewer dots where the picture would have more than `max_pixels`.

    Raises PdfiumError where it cannot be drawn, or not in so many `seconds`.
    """
    width, height = page.get_size()
    scale = min(dots_per_inch / 72, math.sqrt(max_pixels / max(width * height, 1)))
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    if size[0] * size[1] > 2 * max_pixels:
        raise PdfiumError(f"a page of {width:.0f} x {height:.0f} points cannot be drawn")
    bitmap = pypdfium2.PdfBitmap.new_native(*size, raw.FPDFBitmap_BGR)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
        end = time.monotonic() + seconds
        pause = raw.IFSDK_PAUSE(version=1)
        set_callback(pause, "NeedToPauseNow", lambda _pause: time.monotonic() > end)
        state = raw.FPDF_RenderPageBitmap_Start(bitmap, page, 0, 0, *size, 0, raw.FPDF_ANNOT, pause)
        raw.FPDF_RenderPage_Close(page)
        if state != raw.FPDF_RENDER_DONE:
            raise PdfiumError("the page cannot be drawn, or not in time")
        return bitmap.to_pil().convert("RGB")  # type: ignore[no-any-return]
    finally:
        bitmap.close()


def stamp_bounds(page: Any) -> list[tuple[float, float, float, float]]:
    """Give left, bottom, right and top of what was put on an open page: stamps, notes, watermarks, not links and
    fields."""
    found: list[tuple[float, float, float, float]] = []
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        box = raw.FS_RECTF()
        shown = raw.FPDFAnnot_GetSubtype(annotation) not in _NOT_SHOWN
        if shown and raw.FPDFAnnot_GetRect(annotation, byref(box)):
            found.append((box.left, box.bottom, box.right, box.top))
        raw.FPDFPage_CloseAnnot(annotation)
    return found


def _place(page: Any, x: int, y: int) -> tuple[float, float]:
    across, along = c_double(), c_double()
    if not raw.FPDF_DeviceToPage(page, 0, 0, _LONG, _LONG, 0, x, y, byref(across), byref(along)):
        raise PdfiumError("the page has no size")
    return across.value, along.value
