"""What stands beside the text of a file, handed over to be searched for marks: edges of pages, small pictures.

A page that is a scan is read as a whole; here are the pictures on a page of text, such as a stamp or a pasted heading.
They are read on the first page only, the first few of them, because OCR takes a second for each.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from PIL import Image, ImageOps

from ingest.pictures import any_picture
from ingest.readers.file_reader import Aside
from ingest.readers.ocr import recognise
from ingest.readers.paragraphs import Line
from kb.errors import PictureError
from kb.types import MarkPlace

MOST_PICTURES = 4  # of a file that are looked at for marks of secrecy, since each has to be recognised
_EDGE = 2  # lines at the top and at the bottom of a page
_LONGEST_LINE = 60  # characters; a longer one is running text
_LONGEST = 2_000  # dots along a side
_SMALLEST = 16  # dots; a smaller picture shows no characters
_LEGIBLE = 128  # dots along the shorter side, up to which a small picture is enlarged
_DOTS_PER_INCH = 200  # that sizes of characters in pictures are taken to have


def edge_asides(pages: Sequence[Sequence[Line]]) -> tuple[Aside, ...]:
    """Give the short lines at the top and the bottom of every page, those that run from page to page among them."""
    found: list[Aside] = []
    for number, lines in enumerate(pages, 1):
        placed = sorted(lines, key=lambda line: -line.y)
        edges: tuple[tuple[MarkPlace, Sequence[Line]], ...] = (
            ("header", placed[:_EDGE]),
            ("footer", placed[max(_EDGE, len(placed) - _EDGE) :]),
        )
        for place, edge in edges:
            words = [line.text for line in edge if len(line.text) <= _LONGEST_LINE]
            if words:
                found.append(Aside(place, "\n".join(words), number))
    return tuple(found)


def picture_asides(pictures: Iterable[Image.Image], page: int | None = None) -> Iterator[Aside]:
    """Read the first few of some pictures."""
    for picture in islice((one for one in pictures if min(one.size) >= _SMALLEST), MOST_PICTURES):
        scale = max(1, round(_LEGIBLE / min(picture.size)))
        # The models find no characters that touch the edge.
        enlarged = ImageOps.expand(picture.convert("RGB").resize([scale * side for side in picture.size]), 32, "white")
        found = recognise(enlarged, *(side * 72 / _DOTS_PER_INCH for side in enlarged.size))
        if found:
            yield Aside("picture", "\n".join(line.text for line in found.lines), page)


def opened_pictures(files: Iterable[bytes]) -> Iterator[Image.Image]:
    """Open embedded pictures; one that is broken, or a drawing (EMF), shows nothing here."""
    for data in files:
        with contextlib.suppress(PictureError):
            yield any_picture(data, _LONGEST)
