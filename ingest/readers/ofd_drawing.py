"""Drawing pages of OFD files: pictures, lines and characters where they stand.

Characters are drawn in a Chinese font of this machine, not in the fonts of the file, so a drawing shows what
stands where, not the very shapes of the letters.
"""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from ingest.pictures import any_picture
from ingest.readers.chinese_font import chinese_font
from ingest.readers.ofd_package import Element, OfdPage, children, numbers
from ingest.readers.ofd_page import POINTS, PlacedObject, objects, page_size, texts
from ingest.readers.ofd_paths import strokes
from kb.errors import PartError, PictureError

MAX_PIXELS = 20_000_000  # of one drawn page, 60 MB as a picture in colour
_LARGEST, _SMALLEST = 400, 2  # dots of a character that is drawn
_MAX_OBJECTS = 20_000  # of one page that are drawn


def draw_page(
    page: OfdPage, dots_per_inch: float, max_pixels: int = MAX_PIXELS, characters: bool = True
) -> Image.Image:
    """Draw a page in colour, at fewer dots where the picture would have more than `max_pixels`; without its
    `characters` where they are known and the pictures alone are to be read.

    Raises DocumentError where a picture is missing or the machine has no Chinese font for the characters.
    """
    width, height = page_size(page)
    scale = min(dots_per_inch / 72, math.sqrt(max_pixels / (width * height)))
    canvas = Image.new("RGB", (max(round(width * scale), 1), max(round(height * scale), 1)), "white")
    pen = ImageDraw.Draw(canvas)
    for number, placed in enumerate(objects(page, "ImageObject", "PathObject")):
        if number > _MAX_OBJECTS:
            break
        if placed.element.get("ResourceID"):
            _paste(canvas, page, placed, scale)
        else:
            _stroke(pen, placed, scale)
    if characters:
        try:
            _write(pen, page, scale)
        except PartError as error:
            raise error.of_file(page.document.path, page.number) from error
    return canvas


def _write(pen: ImageDraw.ImageDraw, page: OfdPage, scale: float) -> None:
    for text in texts(page):
        size = round(text.size * scale)
        if not text.char.isspace() and _SMALLEST <= size <= _LARGEST:
            font = chinese_font(size)
            pen.text((text.x * scale, text.y * scale), text.char, _colour(text.element), font, anchor="ls")


def _paste(canvas: Image.Image, page: OfdPage, placed: PlacedObject, scale: float) -> None:
    """Lay a picture into the box that its unit square fills."""
    corners = [placed.matrix.place(x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
    left, top = (min(corner[axis] for corner in corners) * scale for axis in (0, 1))
    right, bottom = (max(corner[axis] for corner in corners) * scale for axis in (0, 1))
    size = round(right - left), round(bottom - top)
    if not (0 < size[0] <= 2 * canvas.width and 0 < size[1] <= 2 * canvas.height):
        return
    try:
        picture = any_picture(page.document.media(placed.element.get("ResourceID", "")), max(size))
    except PictureError as error:
        raise error.of_file(page.document.path, page.number) from error
    if placed.matrix.a < 0:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if placed.matrix.d < 0:
        picture = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    canvas.paste(picture.resize(size), (round(left), round(top)))


def _stroke(pen: ImageDraw.ImageDraw, placed: PlacedObject, scale: float) -> None:
    """Draw the lines of a path, as tables have them; areas are not filled."""
    (thick,) = numbers(placed.element.get("LineWidth"), 1) or (0.353,)
    width = max(1, min(round(thick * POINTS * scale), 50))
    for stroke in strokes(placed):
        pen.line([place * scale for place in stroke], _colour(placed.element, "StrokeColor"), width)


def _colour(element: Element, name: str = "FillColor") -> tuple[int, int, int]:
    for colour in children(element, name):
        found = numbers(colour.get("Value"), 3)
        if found and all(0 <= part <= 255 for part in found):
            return int(found[0]), int(found[1]), int(found[2])
    return 0, 0, 0
