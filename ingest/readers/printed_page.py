"""The lines of a page of a PDF, as PDFium finds its characters.

PDFium tells each character's place, size and whether its font names it, and puts in blanks and line ends
of its own, which are taken for hints.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from ctypes import byref, c_double
from typing import Any

import pypdfium2.raw as raw

from ingest.pdfium import PdfiumError, View
from ingest.readers.glyphs import Glyph, LineSetter, is_rubbish
from ingest.readers.paragraphs import Line
from ingest.readers.pdf_structure import DeadlineError
from kb.layout import Box
from kb.text.widths import is_wide

_HYPHEN = "\x02"  # PDFium's sign for a hyphen that a line break made.
_LEAST_WIDE = 20  # wide characters on a page, fewer of which may well be alike
_LOOK = 500  # characters between two looks at the clock


def printed_lines(page: Any, view: View, deadline: float) -> tuple[list[Line], float]:
    """Give the lines of an open page, and the share of characters that its fonts do not name.

    Raises DeadlineError when `time.monotonic()` passes `deadline`.
    """
    text_page = page.get_textpage()
    try:
        return _Characters(text_page, view, deadline).read()
    finally:
        text_page.close()


class _Characters:
    """The characters of a text page of PDFium, one after the other."""

    def __init__(self, text_page: Any, view: View, deadline: float) -> None:
        self._page = text_page
        self._view = view
        self._deadline = deadline
        self._setter = LineSetter(view.height)
        self._font_size = self._size = 0.0
        self._upright = True
        self._alike: Counter[str] = Counter()  # how often each wide character comes

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
            if raw.FPDFText_HasUnicodeMapError(self._page, index) == 1 or is_rubbish(char):
                rubbish += 1
            else:
                named += 1
            if char in "\r\n":
                between += char
                continue
            self._alike[char] += is_wide(char)
            self._add(char, index, between)
            between = ""
        self._setter.end_line()
        if self._are_named_alike():
            return self._setter.lines, 1.0
        return self._setter.lines, rubbish / (rubbish + named) if rubbish else 0.0

    def _are_named_alike(self) -> bool:
        """Tell whether the font gives one name to many characters: no text has one of them for a third of its wide
        ones."""
        wide = self._alike.total()
        char, count = self._alike.most_common(1)[0] if wide >= _LEAST_WIDE else ("", 0)
        return char.isalpha() and count > wide / 3

    def _add(self, char: str, index: int, between: str) -> None:
        x, y = self._origin(index)
        font_size = raw.FPDFText_GetFontSize(self._page, index)
        if self._setter.begins(x, y, between) or font_size != self._font_size:
            self._font_size = font_size
            self._size, self._upright = self._measure(index, font_size)
        x0, y0, x1, y1 = self._box(index, x, y)
        if not self._upright:
            self._setter.add(Glyph(char, x, max(x, x1)), y, self._size, bool(between), Box(0, 0, x0, y0, x1, y1))
            return
        if is_wide(char):
            x1 = max(x1, x + self._size)  # the box of a drawn character is that of its ink
        self._setter.add(Glyph(char, x, max(x, x1)), y, self._size, bool(between))

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
