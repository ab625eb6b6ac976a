"""Setting paragraphs into lines and pages as officials do, so that files can be made whose every line is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.text.widths import ems

PAGE = (595.0, 842.0)  # A4 in points.
_LEFT, _TOP = 74.0, 100.0  # The margins that GB/T 9704 gives a page: 28 mm and 37 mm, in points, about.
_WORD = re.compile(r"[A-Za-z0-9.%/_@+-]+|.")  # Latin words and figures are not broken.
_NOT_FIRST = "，。；：、！？）》」』”’"  # Marks that no line begins with.


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line of a page: where its base line begins, in points from the upper left corner."""

    text: str
    x: float
    y: float
    size: float


def set_lines(paragraphs: Sequence[str], size: float = 16.0, columns: int = 28, rows: int = 22) -> list[list[SetLine]]:
    """Set paragraphs, each with its first line indented, and number the pages as in `— 1 —`."""
    lines: list[tuple[str, bool]] = []
    for text in paragraphs:
        indented = not text.endswith("：")
        lines += ((line, indented and n == 0) for n, line in enumerate(wrapped(text, columns, 2.0 * indented)))
    leading = (PAGE[1] - 2 * _TOP) / rows
    pages: list[list[SetLine]] = []
    for first in range(0, len(lines), rows):
        page = [
            SetLine(line, _LEFT + 2 * size * indented, _TOP + row * leading, size)
            for row, (line, indented) in enumerate(lines[first : first + rows])
        ]
        pages.append([*page, SetLine(f"— {len(pages) + 1} —", 280.0, 785.0, 14.0)])
    return pages


def wrapped(text: str, columns: int, indent: float) -> list[str]:
    """Cut `text` into lines of so many wide characters; words stay whole, and a closing mark does not begin a line."""
    lines: list[str] = []
    line, width = "", indent
    for word in _WORD.findall(text):
        width += ems(word)
        if width > columns and word not in _NOT_FIRST and line:
            lines.append(line.rstrip())
            line, width = "", ems(word)
        line += word
    return [*lines, line]
