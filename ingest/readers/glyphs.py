"""From characters that stand in one line of a page to the line, its text canonical, with boxes.

A box ends where the line has a gap and where characters begin to be set wider or closer than those
before, so that any part of a box can be found by the widths of its characters (`kb.text.widths`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.readers.canonical import canonical
from ingest.readers.paragraphs import Line
from kb.layout import Box
from kb.text.radicals import without_radicals
from kb.text.widths import ems, is_wide

_ABOVE, _BELOW = 0.90, 0.16  # em over and under the base line that a box holds
_GAP = 0.3  # em
_UNEVEN = 0.12


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and how far it reaches along its line, in points from the left edge of what is shown."""

    char: str
    x0: float
    x1: float


def set_line(glyphs: Iterable[Glyph], base: float, size: float, height: float) -> Line | None:
    """Make a line of glyphs whose base line is `base` points from the top of a page `height` points high.

    None where nothing of it can be seen.
    """
    seen = [
        Glyph(char, glyph.x0, glyph.x1)
        for glyph in glyphs
        for char in without_radicals(canonical(glyph.char)).replace("\n", " ")
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
