"""Pictures (.png, .jpg, .tif): scans and photographs of pages, read by OCR; a TIFF may hold several pages."""

from __future__ import annotations

import time
from pathlib import Path

from ingest.pictures import open_picture
from ingest.readers.asides import edge_asides
from ingest.readers.file_reader import ReadText
from ingest.readers.ocr import RecognisedPicture, recognise
from ingest.readers.page_progress import page_read
from ingest.readers.paragraphs import set_paragraphs
from kb.errors import DocumentError, PictureError
from kb.layout import Layout, Page

MAX_PAGES = 1_000  # of a TIFF, each of which has to be recognised
_LONGEST = 2_600  # dots along a side: A4 at 220 an inch, which the models read as well as more


class PictureReader:
    """Reads pictures of one format."""

    def __init__(
        self, media_type: str, suffixes: tuple[str, ...], format_name: str, seconds_a_file: float = 3600.0
    ) -> None:
        self.media_type = media_type
        self.suffixes = suffixes
        self.format_name = format_name
        self.seconds_a_file = seconds_a_file

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give what OCR reads on every page of the picture. Raise DocumentError, also where nothing is read."""
        end = time.monotonic() + self.seconds_a_file
        try:
            with open_picture(data, self.media_type) as picture:
                if picture.pages > MAX_PAGES:
                    raise DocumentError.of("too_many_pages", file=path, pages=picture.pages, most=MAX_PAGES)
                pages = []
                for number in range(1, picture.pages + 1):
                    if time.monotonic() > end:
                        raise DocumentError.of("page_too_long", file=path, page=number)
                    image, width, height = picture.page(number, _LONGEST)
                    began = time.monotonic()
                    pages.append((width, height, recognise(image, width, height)))
                    page_read(number, picture.pages, time.monotonic() - began)
        except PictureError as error:
            raise error.of_file(path) from error
        if not any(found for _, _, found in pages):
            raise DocumentError.of("picture_without_text", file=path, pages=len(pages))
        return _set(pages, self.media_type)


def _set(pages: list[tuple[float, float, RecognisedPicture | None]], media_type: str) -> ReadText:
    found = set_paragraphs([recognised.lines if recognised else () for _, _, recognised in pages])
    layout = Layout(
        tuple(
            Page(number, width, height, boxes, recognised.confidence if recognised else 0.0)
            for number, ((width, height, recognised), boxes) in enumerate(zip(pages, found.boxes, strict=True), 1)
        )
    )
    asides = edge_asides([recognised.lines if recognised else () for _, _, recognised in pages])
    return ReadText(found.text, found.page_starts, None, media_type, layout, asides=asides)
