"""Text of pictures: scans, photographs and pages whose fonts do not name their characters.

The models (PP-OCR, on onnxruntime) come inside the package rapidocr, so nothing is fetched. They are
loaded when the first picture is read and stay for the life of the process; nothing but reading files
imports this module's engine. A picture is read upright; where that makes little sense it is turned.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingest.readers.glyphs import Glyph, set_line
from ingest.readers.paragraphs import Line
from ingest.readers.reading_order import PrintedPiece, in_reading_order
from kb.layout import Box
from kb.processors import processors
from kb.text.widths import ems, is_wide

_ENGINE = {
    "Global.log_level": "critical",
    "Global.max_side_len": 4000,
    "Global.text_score": 0.0,
    "Global.use_cls": False,  # it turns lines that stand upright; `recognise` turns whole pages
    "Det.limit_type": "max",
    "Det.limit_side_len": 1280,
}
_SURE = 0.5  # the score of a line below which it is taken for a picture
_POOR = 0.8  # the confidence below which a page may stand on its side or on its head
_TURNS = (Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270)
_FEW = 3  # characters of a box on a page that lies askew
_LONG = 8  # characters; a shorter line does not tell how askew a page lies
_STRAIGHT, _STEEP = 0.003, 0.2  # slopes that are taken for none, or for no page that lies askew
_ALIKE = 0.15  # sizes that differ less are one size
_SHORT = 4  # characters; the size of a shorter line is not told well by its box
_OPENING, _CLOSING = "（《〈「『【〔“‘", "，。、；：！？）》〉」』】〕”’"
_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]|[()]")


@dataclass(frozen=True, slots=True)
class RecognisedPicture:
    """The lines of a picture in the order of reading, and how sure the model is of their characters (0 to 1)."""

    lines: tuple[Line, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Strip:
    """A line of characters as the model found it, in points: its characters with the middle of each, and how far it
    falls for every point that it runs to the right."""

    text: str
    middles: tuple[float, ...]
    box: Box
    score: float
    slope: float = 0.0

    @property
    def stands(self) -> bool:
        return self.box.y1 - self.box.y0 > 1.5 * (self.box.x1 - self.box.x0)

    @property
    def length(self) -> float:
        """How many wide characters have room in it."""
        sides = sorted((self.box.x1 - self.box.x0, self.box.y1 - self.box.y0))
        return sides[1] / sides[0]


def recognise(picture: Image.Image, width: float, height: float) -> RecognisedPicture | None:
    """Read a picture that shows `width` x `height` points; None where it shows no text."""
    best, turn = _read(picture, width, height), None
    if best and (_stand(best) or _confidence(best) < _POOR):
        if _stand(best):
            best = []
        for other in _TURNS:
            size = (width, height) if other is Image.Transpose.ROTATE_180 else (height, width)
            strips = _read(picture.transpose(other), *size)
            if _worth(strips) > _worth(best):
                best, turn = strips, other
    sure = [strip for strip in best if strip.score >= _SURE and strip.text]
    if not sure:
        return None
    found = _set(sure, width if turn in _TURNS[1:] else height)
    if turn is None:
        return found
    return replace(found, lines=tuple(_turned_back(line, turn, width, height) for line in found.lines))


def _read(picture: Image.Image, width: float, height: float) -> list[_Strip]:
    found = _find(np.asarray(picture.convert("RGB"))[:, :, ::-1])
    if found.boxes is None or not found.txts:
        return []
    words = found.word_results if len(found.word_results) == len(found.txts) else [()] * len(found.txts)
    across, along = width / picture.width, height / picture.height
    strips = []
    for corners, text, score, characters in zip(found.boxes, found.txts, found.scores, words, strict=True):
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        box = Box(0, 0, float(x0) * across, float(y0) * along, float(x1) * across, float(y1) * along)
        middles = tuple((float(corner[0][0]) + float(corner[1][0])) / 2 * across for _, _, corner in characters)
        if box.x0 < box.x1 and box.y0 < box.y1:
            (left, top), (right, fallen) = corners[0], corners[1]
            slope = float((fallen - top) * along / ((right - left) * across)) if right > left else 0.0
            strips.append(_Strip(text.strip(), middles if text.strip() == text else (), box, float(score), slope))
    return strips


def _find(pixels: NDArray[np.uint8]) -> Any:
    """Run the models; where a line has no characters that stand anywhere, rapidocr cannot say where any do."""
    try:
        return _engine()(pixels, return_word_box=True, return_single_char_box=True)
    except IndexError:
        return _engine()(pixels, return_word_box=False, return_single_char_box=False)


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = int(os.environ.get("OMP_NUM_THREADS", "0")) or processors()
    return RapidOCR(params=_ENGINE | {"EngineConfig.onnxruntime.intra_op_num_threads": threads})


def _confidence(strips: Sequence[_Strip]) -> float:
    """Tell how sure the model is of the characters that there seem to be."""
    weights = [max(len(strip.text), strip.length) for strip in strips]
    return sum(strip.score * weight for strip, weight in zip(strips, weights, strict=True)) / sum(weights)


def _worth(strips: Sequence[_Strip]) -> float:
    """Count the characters that are more likely right than not, in lines that run from left to right."""
    return sum(max(strip.score - 0.5, 0.0) * len(strip.text) for strip in strips if not strip.stands)


def _stand(strips: Sequence[_Strip]) -> bool:
    """Tell whether most lines run down the page, so that it lies on its side."""
    return sum(strip.length if strip.stands else -strip.length for strip in strips) > 0


def _set(askew: Sequence[_Strip], height: float) -> RecognisedPicture:
    """Set the strips of a page into lines, as they would stand if it lay straight; boxes are where they do stand."""
    slope = _slope(askew)
    strips = [_straight(strip, slope) for strip in askew]
    sizes = _sizes(strips)
    pieces = [PrintedPiece(strip.box, len(strip.text), number) for number, strip in enumerate(strips)]
    lines: list[Line] = []
    for row in in_reading_order(pieces):
        glyphs: list[Glyph] = []
        for piece in row:
            strip, size = strips[piece.number], sizes[piece.number]
            if glyphs:
                glyphs.append(Glyph(" ", glyphs[-1].x1, max(glyphs[-1].x1, strip.box.x0)))
            glyphs += _glyphs(strip, size)
        size = max(sizes[piece.number] for piece in row)
        middle = (row[0].box.y0 + row[0].box.y1) / 2
        line = set_line(glyphs, middle + 0.38 * size, size, height)
        if line is not None:
            lines.append(_askew(line, slope) if slope else line)
    return RecognisedPicture(tuple(lines), round(_confidence(strips), 4))


def _slope(strips: Sequence[_Strip]) -> float:
    """Give how askew a page lies: the slope of its lines, none where they lie straight or tell nothing."""
    slopes = sorted(strip.slope for strip in strips if strip.length >= _LONG)
    slope = slopes[len(slopes) // 2] if slopes else 0.0
    return slope if _STRAIGHT < abs(slope) < _STEEP else 0.0


def _straight(strip: _Strip, slope: float) -> _Strip:
    """Turn a strip by a small angle about the corner of the page, and take away what its fall added to its height."""
    if not slope:
        return strip
    box = strip.box
    fall = min(abs(slope) * (box.x1 - box.x0), 0.9 * (box.y1 - box.y0)) / 2
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    right, down = slope * y, -slope * x
    level = Box(0, 0, box.x0 + right, box.y0 + fall + down, box.x1 + right, box.y1 - fall + down)
    return replace(strip, box=level, middles=tuple(middle + right for middle in strip.middles))


def _askew(line: Line, slope: float) -> Line:
    """Give a line boxes of a few characters each, where they stand on the page as it lies: the inverse of
    `_straight`."""
    parts = (box.cut(line.text, start, start + _FEW) for box in line.boxes for start in range(box.start, box.end, _FEW))
    return replace(line, boxes=tuple(_fallen(part, slope) for part in parts if part))


def _fallen(box: Box, slope: float) -> Box:
    fall = abs(slope) * (box.x1 - box.x0) / 2
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    x, y = (x - slope * y) / (1 + slope**2), (y + slope * x) / (1 + slope**2)
    half, high = (box.x1 - box.x0) / 2, (box.y1 - box.y0) / 2 + fall
    return replace(box, x0=x - half, y0=y - high, x1=x + half, y1=y + high)


def _glyphs(strip: _Strip, size: float) -> list[Glyph]:
    """Give each character its place: narrow and wide runs end where the model saw them end, and are even inside."""
    text = _brackets(strip.text)
    x0 = strip.box.x0 - (0.5 * size if text[0] in _OPENING else 0.0)  # the ink of such a mark fills half of its place
    x1 = strip.box.x1 + (0.5 * size if text[-1] in _CLOSING else 0.0)
    runs = [(wide, "".join(run)) for wide, run in groupby(text, is_wide)]
    edges = [x0]
    at = 0
    for _, run in runs[:-1]:
        at += len(run)
        if len(strip.middles) == len(text):
            left, right = strip.middles[at - 1], strip.middles[at]
            share = ems(text[at - 1]) / (ems(text[at - 1]) + ems(text[at]))
            edge = left + (right - left) * share
        else:
            edge = x0 + (x1 - x0) * ems(text[:at]) / ems(text)
        edges.append(min(max(edge, edges[-1]), x1))
    edges.append(x1)
    glyphs: list[Glyph] = []
    for (_, run), start, end in zip(runs, edges, edges[1:], strict=False):
        step = (end - start) / len(run)
        glyphs += (Glyph(char, start + n * step, start + (n + 1) * step) for n, char in enumerate(run))
    return glyphs


def _sizes(strips: Sequence[_Strip]) -> list[float]:
    """Tell the size of type of each strip by its width, and let those that are nearly alike be the same."""
    raw = [_size(strip) for strip in strips]
    sizes = [0.0] * len(strips)
    free = set(range(len(strips)))
    while free:
        weights = {
            near: sum(len(strips[n].text) for n in free if abs(raw[n] - raw[near]) <= 0.05 * raw[near]) for near in free
        }
        common = raw[max(weights, key=weights.__getitem__)]
        for n in sorted(free):
            alike = _ALIKE if len(strips[n].text) >= _SHORT else 2 * _ALIKE
            if abs(raw[n] - common) <= alike * common:
                sizes[n] = common
                free.discard(n)
    return sizes


def _size(strip: _Strip) -> float:
    width = ems(strip.text)
    width -= 0.5 * (strip.text[0] in _OPENING) + 0.5 * (strip.text[-1] in _CLOSING)
    by_width = (strip.box.x1 - strip.box.x0) / max(width, 0.5)
    by_height = (strip.box.y1 - strip.box.y0) / 1.05
    return by_width if len(strip.text) >= _SHORT and 0.6 < by_width / by_height < 1.4 else by_height


def _brackets(text: str) -> str:
    """Write brackets in Chinese text wide, as its typesetting has them; the model does not tell the two apart."""

    def widen(found: re.Match[str]) -> str:
        around = text[max(found.start() - 1, 0) : found.end() + 1]
        return found[0].translate({0x28: "（", 0x29: "）"}) if any(map(is_wide, around)) else found[0]

    return _BRACKETS.sub(widen, text)


def _turned_back(line: Line, turn: Image.Transpose, width: float, height: float) -> Line:
    """Give a line of the turned picture the one box that it fills in the picture as it is."""
    x0, x1 = min(box.x0 for box in line.boxes), max(box.x1 for box in line.boxes)
    y0, y1 = min(box.y0 for box in line.boxes), max(box.y1 for box in line.boxes)
    places: Iterable[tuple[float, float]]
    if turn is Image.Transpose.ROTATE_180:
        places = ((width - x, height - y) for x, y in ((x0, y0), (x1, y1)))
    elif turn is Image.Transpose.ROTATE_90:  # counter-clockwise: its top edge was the right edge
        places = ((width - y, x) for x, y in ((x0, y0), (x1, y1)))
    else:
        places = ((y, height - x) for x, y in ((x0, y0), (x1, y1)))
    (left, top), (right, bottom) = places
    box = Box(0, len(line.text), min(left, right), min(top, bottom), max(left, right), max(top, bottom))
    return replace(line, boxes=(box,))
