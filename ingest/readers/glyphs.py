"""From characters that stand on a page to its lines, their text canonical, with boxes.

Characters come in the order in which the page is drawn, which is the order of reading in files of all usual programs:
one goes on with the line before it where it stands on the same base line and not to the left. A box ends where the line
has a gap and where characters begin to be set wider or closer than those before, so that any part of a box can be found
by the widths of its characters (`kb.text.widths`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.readers.canonical import canonical
from ingest.readers.file_reader import Unread
from ingest.readers.paragraphs import Line
from kb.layout import Box
from kb.text.radicals import without_radicals
from kb.text.widths import ems, is_wide

_ABOVE, _BELOW = 0.90, 0.16  # em over and under the base line that a box holds
_GAP = 0.3  # em
_UNEVEN = 0.12
_FAR = 0.6  # em; a gap that parts words
_NEAR, _NEAR_WIDE, _NEAR_MIXED = 0.12, 0.18, 0.35  # em; gaps that do where the file parts them too
_WIDE_BLANK = (0.9, 1.1)  # em
_LEAST_SPACED, _SPACED = 4, 0.8  # places with the usual room in a line that is drawn out, and their share
_EVEN = 0.15  # em that room may differ from the usual in such a line, at most the half of it
_LEAST_SPACE, _WIDEST_SPACE = 0.1, 1.2  # em that are usual in such a line
_NARROW_BLANK = 0.15  # em; a line holds no narrower one
_SET_APART, _TYPED = 0.12, 0.2  # em before a digit: what is more is the program's own where it is usual, else a blank
_COVERED = 0.3  # of the width of a blank
MISSING = "〓"
"""What printers set for a character that they lack; it stands for one that a font does not name."""
_RUBBISH = ("Co", "Cn", "Cc", "Cs")  # Unicode categories that no text has: private, unassigned, control, surrogate.


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and how far it reaches along its line, in points from the left edge of what is shown."""

    char: str
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class _Row:
    """The characters of a line; `made` are the ids of the blanks that the file does not draw but leaves room for,
    `turned` what the line fills where it does not run from left to right."""

    glyphs: tuple[Glyph, ...]
    made: frozenset[int]
    base: float
    size: float
    turned: Box | None

    def spaced(self, are_set_apart: bool) -> list[Glyph]:
        """Give the characters with the blanks that were written, and without the room that comes of setting: a line
        that is drawn out to the edge, or a title, has as much behind each of its wide characters, and twice that and a
        blank more where one was written. Where programs do not set digits apart from Chinese characters, room between
        them is a blank too."""
        rooms = self._rooms()
        usual = median(rooms.values()) if rooms else 0.0
        written = {key: room - 2 * usual for key, room in rooms.items() if room > 2 * usual + _NARROW_BLANK}
        others = [room for key, room in rooms.items() if key not in written]
        least, most = usual - min(_EVEN, usual / 2), usual + min(_EVEN, usual / 2)
        even = sum(least <= room <= most for room in others)
        is_drawn_out = (
            _LEAST_SPACE <= usual <= _WIDEST_SPACE
            and even >= max(_LEAST_SPACED, _SPACED * len(others))
            and max(others) <= most
        )
        typed = {key for key, room in self.before_digits().items() if room >= _TYPED and not are_set_apart}
        found: list[Glyph] = []
        before = 0  # the id of the last character that is no blank of ours
        for glyph in self.glyphs:
            if id(glyph) in self.made and is_drawn_out and before in rooms:
                if before in written:
                    found.append(replace(glyph, char=_blank(written[before])))
                else:
                    found[-1] = replace(found[-1], x1=glyph.x1)
                continue
            if before in typed and id(glyph) not in self.made and found[-1].char != " ":
                edge = found[-1].x0 + self.size
                found[-1] = replace(found[-1], x1=edge)
                found.append(Glyph(" ", edge, glyph.x0))
            found.append(glyph)
            before = before if id(glyph) in self.made else id(glyph)
        return found

    def before_digits(self) -> dict[int, float]:
        """Give the room between each Chinese character and a digit or Latin letter behind it, in em, beyond what is
        usual in the line."""
        rooms = self._rooms()
        usual = median(rooms.values()) if rooms else 0.0
        return {
            id(one): (other.x0 - one.x0) / (self.size or 1.0) - 1 - usual
            for one, other in self._pairs()
            if unicodedata.category(one.char) == "Lo"
            and is_wide(one.char)
            and other.char.isascii()
            and other.char.isalnum()
        }

    def _rooms(self) -> dict[int, float]:
        """Give the room behind each wide character that another one follows, in em."""
        return {
            id(one): (other.x0 - one.x0) / (self.size or 1.0) - 1
            for one, other in self._pairs()
            if is_wide(one.char) and is_wide(other.char) and not one.char.isspace() and not other.char.isspace()
        }

    def _pairs(self) -> Iterator[tuple[Glyph, Glyph]]:
        if self.turned is not None:
            return iter(())
        return pairwise(glyph for glyph in self.glyphs if id(glyph) not in self.made)


class LineSetter:
    """Sets the characters of a page `height` points high into lines, in the order in which they come."""

    def __init__(self, height: float) -> None:
        self._height = height
        self._rows: list[_Row] = []
        self._glyphs: list[Glyph] = []
        self._gaps: list[Glyph] = []  # of the glyphs, blanks for which the file has none but room
        self._turned: Box | None = None  # what a line fills that does not run from left to right
        self._base = self._size = 0.0

    def begins(self, x: float, base: float, between: str) -> bool:
        """Tell whether a character at `x` on the line `base` begins a line, and end the line before it if so.

        `between` is what the file puts between it and the last one, blanks or line ends.
        """
        if self._glyphs:
            if self._turned is not None:
                ends = "\n" in between
            else:
                ends = abs(base - self._base) > 0.5 * self._size or x < self._glyphs[-1].x0 - 0.5 * self._size
            if ends:
                self.end_line()
        return not self._glyphs

    def add(self, glyph: Glyph, base: float, size: float, parted: bool, turned: Box | None = None) -> None:
        """Put a character into the line; `turned` is what it fills where it does not stand upright."""
        if self._turned is None:
            if self._stands_on_the_last(glyph):
                self._glyphs[-1] = replace(self._glyphs[-1], x1=max(self._glyphs[-1].x1, glyph.x1))
                return
            self._drop_covered(glyph)
        if not self._glyphs:
            self._base, self._size = base, 0.0
            self._turned = turned
        elif self._turned is None:
            self._join(glyph, parted)
        if self._turned is not None and turned is not None:
            old = self._turned
            edges = min(old.x0, turned.x0), min(old.y0, turned.y0), max(old.x1, turned.x1), max(old.y1, turned.y1)
            self._turned = Box(0, 0, *edges)
        self._size = max(self._size, size)
        self._glyphs.append(glyph)

    def end_line(self) -> None:
        """End the line that is being set."""
        if self._glyphs:
            made = frozenset(map(id, self._gaps))
            self._rows.append(_Row(tuple(self._glyphs), made, self._base, self._size, self._turned))
        self._glyphs, self._gaps, self._turned = [], [], None

    @property
    def lines(self) -> list[Line]:
        """The lines that have ended."""
        apart = [room for row in self._rows for room in row.before_digits().values()]
        are_set_apart = not apart or median(apart) > _SET_APART
        lines: list[Line] = []
        for row in self._rows:
            line = set_line(row.spaced(are_set_apart), row.base, row.size, self._height)
            if line is not None and row.turned is not None:
                line = replace(line, boxes=(replace(row.turned, end=len(line.text)),))
            if line is not None:
                lines.append(line)
        return lines

    def _stands_on_the_last(self, glyph: Glyph) -> bool:
        """Tell whether a blank lies within the wide character before it, as some programs draw one with every
        character."""
        last = self._glyphs[-1] if self._glyphs else None
        return (
            glyph.char.isspace() and last is not None and is_wide(last.char) and glyph.x0 < last.x0 + 0.5 * self._size
        )

    def _drop_covered(self, glyph: Glyph) -> None:
        """Drop a blank on which the next character stands: some programs draw one behind every character."""
        if self._glyphs and self._glyphs[-1].char.isspace() and glyph.char != self._glyphs[-1].char:
            last = self._glyphs[-1]
            if glyph.x0 < last.x0 + _COVERED * max(last.x1 - last.x0, _NEAR * self._size):
                self._glyphs.pop()

    def _join(self, glyph: Glyph, parted: bool) -> None:
        """Let the last character reach to this one, or put a blank between them."""
        last, size = self._glyphs[-1], self._size
        gap = glyph.x0 - last.x1
        wide = is_wide(glyph.char) and is_wide(last.char)
        if last.char.isspace() or glyph.char.isspace():
            return
        mixed = is_wide(glyph.char) != is_wide(last.char)  # programs set these apart, and nobody typed a blank
        near = _NEAR_MIXED if mixed else _NEAR_WIDE if wide else _NEAR
        if gap > _FAR * size or (parted and gap > near * size):
            # Programs that draw no blanks leave the room of one.
            self._gaps.append(Glyph(_blank(gap / size) if wide else " ", last.x1, glyph.x0))
            self._glyphs.append(self._gaps[-1])
        elif glyph.x0 > last.x0:
            self._glyphs[-1] = Glyph(last.char, last.x0, glyph.x0)


def _blank(room: float) -> str:
    """Give the blank that so many em between two wide characters are the room of."""
    return "\u3000" if _WIDE_BLANK[0] < room < _WIDE_BLANK[1] else " "


def is_rubbish(char: str) -> bool:
    """Tell whether a character is one that no font names and nobody writes.

    >>> is_rubbish("\ue123"), is_rubbish("政")
    (True, False)
    """
    return char == "\ufffd" or (unicodedata.category(char) in _RUBBISH and char not in "\t\r\n")


def missing_characters(pages: Iterable[Sequence[Line]]) -> Iterator[Unread]:
    """Name the characters of every page that its fonts do not name; a mark stands for each in the text."""
    for number, lines in enumerate(pages, 1):
        count = sum(line.text.count(MISSING) for line in lines)
        if count:
            yield Unread("character", page=number, count=count)


def set_line(glyphs: Iterable[Glyph], base: float, size: float, height: float) -> Line | None:
    """Make a line of glyphs whose base line is `base` points from the top of a page `height` points high.

    None where nothing of it can be seen.
    """
    seen = [
        Glyph(char, glyph.x0, glyph.x1)
        for glyph in glyphs
        for char in (MISSING if is_rubbish(glyph.char) else without_radicals(canonical(glyph.char)).replace("\n", " "))
    ]
    while seen and seen[-1].char.isspace():
        seen.pop()
    first = next((number for number, glyph in enumerate(seen) if not glyph.char.isspace()), len(seen))
    seen = seen[first:]
    if not seen:
        return None
    top, bottom = base - _ABOVE * size, base + _BELOW * size
    boxes = tuple(
        Box(start, end, seen[start].x0, top, seen[end - 1].x1, bottom) for start, end in _stretches(seen, size)
    )
    return Line("".join(glyph.char for glyph in seen), seen[0].x0, height - base, size, boxes)


def _stretches(glyphs: Sequence[Glyph], size: float) -> Iterable[tuple[int, int]]:
    """Cut a line where it is not evenly set; blanks belong to no stretch."""
    start = 0
    width = 0.0  # of the stretch, in em
    narrow = True  # the stretch holds narrow characters alone
    for number, glyph in enumerate(glyphs):
        blank = glyph.char.isspace()
        if number > start:
            before = glyphs[number - 1]
            measure = (before.x1 - glyphs[start].x0) / width
            uneven = abs((glyph.x1 - glyph.x0) / ems(glyph.char) - measure) > _UNEVEN * measure
            apart = abs(glyph.x0 - before.x1) > _GAP * size
            if blank or apart or (uneven and not (narrow and not is_wide(glyph.char))):
                yield start, number
                start, width, narrow = number, 0.0, True
        if blank:
            start = number + 1
        else:
            width += ems(glyph.char)
            narrow = narrow and not is_wide(glyph.char)
    if start < len(glyphs):
        yield start, len(glyphs)
