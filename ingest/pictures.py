"""Pictures of pages (PNG, JPEG, TIFF): opened upright, in colour on white, and of bounded size."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from kb.errors import PictureError

MAX_PIXELS = 80_000_000
"""A picture of more is not opened: no page is scanned so fine."""

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/tiff": "TIFF"}
_LONG_SIDE = 842.0  # points of a page whose picture does not say how large it is: A4
_DOTS_PER_INCH = (60, 1200)  # what a picture may say; screens write 72 and 96 without meaning it, which does no harm


class Picture:
    """An open picture file, which has several pages where it is a TIFF."""

    def __init__(self, image: Image.Image) -> None:
        self._image = image
        self.pages = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1

    def page(self, number: int, longest: int) -> tuple[Image.Image, float, float]:
        """Give page `number` (from 1), no side longer than so many dots, with the size of the page in points."""
        with _errors():
            self._image.seek(number - 1)
            _check_size(self._image)
            points = _points(self._image)
            if self._image.format == "JPEG":
                self._image.draft("RGB", (longest, longest))  # decodes at a fraction of the size
            page = _on_white(ImageOps.exif_transpose(self._image))
            page.thumbnail((longest, longest))
        turned = (page.width > page.height) != (points[0] > points[1])
        width, height = points[::-1] if turned else points
        return page, width, height


@contextmanager
def open_picture(source: bytes | Path, media_type: str) -> Iterator[Picture]:
    """Open a picture; raise PictureError where it is broken, or has more than MAX_PIXELS."""
    with _errors():
        image = Image.open(BytesIO(source) if isinstance(source, bytes) else source, formats=(FORMATS[media_type],))
    with image:
        with _errors():
            picture = Picture(image)
        yield picture


def any_picture(data: bytes, longest: int) -> Image.Image:
    """Give the first page of a picture of any of the formats and of BMP, no side longer than so many dots."""
    with _errors(), Image.open(BytesIO(data), formats=(*FORMATS.values(), "BMP")) as image:
        return Picture(image).page(1, longest)[0]


@contextmanager
def _errors() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError.of("picture_bomb", most=MAX_PIXELS // 10**6) from None
    except UnidentifiedImageError as error:  # which names the object in memory that it was given
        raise PictureError.of("picture_broken", cause="nothing of a picture is found in it") from error
    except Exception as error:  # a broken picture makes its decoder raise any built-in exception
        cause = " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
        raise PictureError.of("picture_broken", cause=cause) from error


def _check_size(image: Image.Image) -> None:
    dots = image.width * image.height
    if dots > MAX_PIXELS:
        raise PictureError.of("picture_too_large", dots=dots // 10**6, most=MAX_PIXELS // 10**6)


def _points(image: Image.Image) -> tuple[float, float]:
    """Give the size of a picture in points, as its file says, else as large as A4."""
    stated = image.info.get("dpi", (0, 0))
    across, along = (float(one) for one in (stated if isinstance(stated, tuple) else (stated, stated)))
    low, high = _DOTS_PER_INCH
    if math.isfinite(across) and math.isfinite(along) and low <= across <= high and low <= along <= high:
        return image.width * 72 / across, image.height * 72 / along
    scale = _LONG_SIDE / max(image.size)
    return image.width * scale, image.height * scale


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")
