"""Drawing pages of XPS files: pictures, rules and characters where they stand, in a Chinese font of this machine."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from ingest.pictures import any_picture
from ingest.readers.chinese_font import chinese_font
from ingest.readers.xps_package import XpsPage
from ingest.readers.xps_page import PlacedPicture, characters, page_rules, pictures
from kb.errors import PartError, PictureError

MAX_PIXELS = 20_000_000  # of one drawn page, 60 MB as a picture in colour
_LARGEST, _SMALLEST = 400, 2  # dots of a character that is drawn
_MAX_PICTURES = 2_000  # of one page that are drawn


def draw_page(
    page: XpsPage, dots_per_inch: float, max_pixels: int = MAX_PIXELS, characters_too: bool = True
) -> Image.Image:
    """Draw a page, at fewer dots where the picture would have more than `max_pixels`; a picture that cannot be opened
    is a grey box.

    Raises DocumentError where the machine has no Chinese font for the characters.
    """
    width, height = page.size
    scale = min(dots_per_inch / 72, math.sqrt(max_pixels / (width * height)))
    canvas = Image.new("RGB", (max(round(width * scale), 1), max(round(height * scale), 1)), "white")
    pen = ImageDraw.Draw(canvas)
    for number, placed in enumerate(pictures(page)):
        if number < _MAX_PICTURES:
            _paste(canvas, page, placed, scale)
    for rule in page_rules(page):
        pen.line([place * scale for place in rule], (0, 0, 0), 1)
    try:
        for char in characters(page) if characters_too else ():
            size = round(char.size * scale)
            if not char.char.isspace() and _SMALLEST <= size <= _LARGEST:
                pen.text((char.x * scale, char.y * scale), char.char, (0, 0, 0), chinese_font(size), anchor="ls")
    except PartError as error:
        raise error.of_file(page.package.path, page.number) from error
    return canvas


def _paste(canvas: Image.Image, page: XpsPage, placed: PlacedPicture, scale: float) -> None:
    left, top, right, bottom = (edge * scale for edge in placed.box)
    size = round(right - left), round(bottom - top)
    if not (0 < size[0] <= 2 * canvas.width and 0 < size[1] <= 2 * canvas.height):
        return
    try:
        picture = any_picture(page.package.read(placed.place), max(size)).resize(size)
    except PictureError:
        picture = Image.new("RGB", size, (200, 200, 200))
    canvas.paste(picture, (round(left), round(top)))
