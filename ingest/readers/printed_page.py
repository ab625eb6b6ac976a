"""The lines of a page of a PDF, as PDFium finds its characters.

PDFium tells each character's place, size and whether its font names it. Lines are made in the order
in which the page is drawn, which is the order of reading in files of all usual programs: a character
goes on with the line before it where it stands on the same base line and not to the left.
"""

from __future__ import annotations

import math
import time
import unicodedata
from ctypes import byref, c_double
from dataclasses import replace
from typing import Any

import pypdfium2.raw as raw

from ingest.pdfium import PdfiumError, View
from ingest.readers.glyphs import Glyph, set_line
from ingest.readers.paragraphs import Line
from ingest.readers.pdf_structure import DeadlineError
from kb.layout import Box
from kb.text.widths import is_wide

_RUBBISH = ("Co", "Cn", "Cc", "Cs")
_HYPHEN = "\x02"
_FAR, _NEAR, _NEAR_WIDE = 0.6, 0.12, 0.35  # em; gaps that part words, the last two where PDFium sees a gap too
_LOOK = 500  # characters between two looks at the clock


def printed_lines(page: Any, view: View, deadline: float) -> tuple[list[Line], float]:
    """Give the lines of an open page, and the share of characters that its fonts do not name.

    Raises DeadlineError when `time.monotonic()` passes `deadline`.
    """
    text_page = page.get_textpage()
    try:
        return _Lines(text_page, view, deadline).read()
    finally:
        text_page.close()


class _Lines:
    """Collects characters until one begins another line."""

    def __init__(self, text_page: Any, view: View, deadline: float) -> None:
        self._page = text_page
        self._view = view
        self._deadline = deadline
        self._lines: list[Line] = []
        self._glyphs: list[Glyph] = []
        self._turned: Box | None = None  # what a line fills that does not run from left to right
        self._base = self._size = self._font_size = 0.0

    def read(self) -> tuple[list[Line], float]:
        count = raw.FPDFText_CountChars(self._page)
        if count < 0:
            raise PdfiumError("its text cannot be read")
        rubbish = named = 0
        between = ""  # what PDFium puts between the last character and the next
        for index in range(count):
            if index % _LOOK == 0 and time.monotonic() > self._deadline:
                raise DeadlineError("the time is over")
            char = _char(raw.FPDFText_GetUnicode(self._page, index))
            if raw.FPDFText_IsGenerated(self._page, index) == 1:
                between += char
                continue
            if char == _HYPHEN and raw.FPDFText_IsHyphen(self._page, index) == 1:
                char = "-"
            if raw.FPDFText_HasUnicodeMapError(self._page, index) == 1 or _is_rubbish(char):
                rubbish += 1
            else:
                named += 1
            if char in "\r\n":
                between += char
                continue
            self._add(char, index, between)
            between = ""
        self._end_line()
        return self._lines, rubbish / (rubbish + named) if rubbish else 0.0

    def _add(self, char: str, index: int, between: str) -> None:
        x, y = self._origin(index)
        if self._glyphs and not self._goes_on(x, y, between):
            self._end_line()
        if self._glyphs and self._turned is None:
            self._join(char, x, bool(between))
        font_size = raw.FPDFText_GetFontSize(self._page, index)
        if not self._glyphs:
            self._base, self._font_size, self._size = y, 0.0, 0.0
        if font_size != self._font_size:
            size, upright = self._measure(index, font_size)
            if not self._glyphs and not upright:
                self._turned = Box(0, 0, math.inf, math.inf, -math.inf, -math.inf)
            self._font_size, self._size = font_size, max(self._size, size)
        x0, y0, x1, y1 = self._box(index, x, y)
        if self._turned is not None:
            old = self._turned
            self._turned = Box(0, 0, min(old.x0, x0), min(old.y0, y0), max(old.x1, x1), max(old.y1, y1))
        elif is_wide(char):
            x1 = max(x1, x + self._size)  # the box of a drawn character is that of its ink
        self._glyphs.append(Glyph(char, x, max(x, x1)))

    def _goes_on(self, x: float, y: float, between: str) -> bool:
        if self._turned is not None:
            return "\n" not in between
        return abs(y - self._base) <= 0.5 * self._size and x >= self._glyphs[-1].x0 - 0.5 * self._size

    def _join(self, char: str, x: float, parted: bool) -> None:
        """Let the last character reach to the next at `x`, or put a blank between them."""
        last, size = self._glyphs[-1], self._size
        gap = x - last.x1
        wide = is_wide(char) and is_wide(last.char)
        if last.char.isspace() or char.isspace():
            return
        if gap > _FAR * size or (parted and gap > (_NEAR_WIDE if wide else _NEAR) * size):
            self._glyphs.append(Glyph(" ", last.x1, x))
        elif x > last.x0:
            self._glyphs[-1] = Glyph(last.char, last.x0, x)

    def _end_line(self) -> None:
        if self._glyphs:
            line = set_line(self._glyphs, self._base, self._size, self._view.height)
            if line is not None and self._turned is not None:
                line = replace(line, boxes=(replace(self._turned, end=len(line.text)),))
            if line is not None:
                self._lines.append(line)
        self._glyphs, self._turned = [], None

    def _origin(self, index: int) -> tuple[float, float]:
        x, y = c_double(), c_double()
        if not raw.FPDFText_GetCharOrigin(self._page, index, byref(x), byref(y)):
            raise PdfiumError("its text cannot be read")
        return self._view.place(x.value, y.value)

    def _box(self, index: int, x: float, y: float) -> tuple[float, float, float, float]:
        box = raw.FS_RECTF()
        if not raw.FPDFText_GetLooseCharBox(self._page, index, byref(box)):
            return x, y, x, y
        one, other = self._view.place(box.left, box.top), self._view.place(box.right, box.bottom)
        return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])

    def _measure(self, index: int, font_size: float) -> tuple[float, bool]:
        """Give the size of a character as it is shown, and whether its line runs from left to right."""
        matrix = raw.FS_MATRIX()
        if not raw.FPDFText_GetMatrix(self._page, index, byref(matrix)):
            return font_size, True
        along = self._view.turn(matrix.a, matrix.b)
        up = self._view.turn(matrix.c, matrix.d)
        return font_size * math.hypot(*up) or 1.0, along[0] > 5 * abs(along[1])


def _char(point: int) -> str:
    return chr(point) if 0 < point < 0x110000 else "\ufffd"


def _is_rubbish(char: str) -> bool:
    return char == "\ufffd" or (unicodedata.category(char) in _RUBBISH and char not in "\t\r\n")
