"""Running headers and footers: the lines that stand at the same edge of page after page.

A line among the first or last of its page runs where the same words, numbers apart, stand at the same height of at
least three pages, or of both where there are two, one after the other or every other one. It has to be set off from the
text as well, by smaller type, a wider gap or its place in the margin, so that forms with one title and tables that go
on keep their lines.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

_EDGE = 2  # lines at the top and at the bottom of a page that may run
_LEAST_PAGES = 3  # on which a line stands that runs from page to page; on two it may do so by chance
_LONGEST = 60  # characters
_SAME_HEIGHT = 4.0  # points
_LARGER = 1.05  # of the size of the text; on two pages alone that is the title of two forms
_SMALLER, _WIDER = 0.92, 1.5  # of the size and the distance of the text's lines
_MARGIN = 0.075  # of the height of a page: 22 mm of A4
_NUMBERS = re.compile(r"\d+")
_SENTENCE_END = ("。", "；", "：", "，", "、", "？", "！")


class Printed(Protocol):
    """A line as it is printed; `y` grows upwards."""

    @property
    def text(self) -> str:
        """Its characters."""

    @property
    def y(self) -> float:
        """Where it stands, from the top edge."""

    @property
    def size(self) -> float:
        """The height of its characters."""


def running_lines(pages: Sequence[Sequence[Printed]], heights: Sequence[float] = ()) -> list[set[int]]:
    """Give, for every page, which of its lines (from 0) run from page to page; `heights` are those of the pages in
    points, where they are known."""
    found: list[set[int]] = [set() for _ in pages]
    size, distance = _usual(pages)
    places: dict[tuple[str, bool], list[tuple[int, int]]] = defaultdict(list)
    for page, lines in enumerate(pages):
        for number in _edge(lines):
            words = _NUMBERS.sub("", lines[number].text).replace(" ", "")
            if not words or len(words) > _LONGEST or words.endswith(_SENTENCE_END):
                continue
            larger = len(pages) < _LEAST_PAGES and lines[number].size > _LARGER * size
            in_margin = page < len(heights) and _is_in_margin(lines[number], heights[page])
            if (in_margin or _is_set_off(lines, number, size, distance)) and not larger:
                places[words, number < _EDGE].append((page, number))
    for same in places.values():
        for run in _runs(same, pages):
            if len({page for page, _ in run}) >= min(_LEAST_PAGES, max(len(pages), 2)):
                for page, number in run:
                    found[page].add(number)
    return found


def _edge(lines: Sequence[Printed]) -> list[int]:
    count = len(lines)
    return sorted({*range(min(_EDGE, count)), *range(max(count - _EDGE, 0), count)})


def _is_in_margin(line: Printed, height: float) -> bool:
    """Tell whether a line stands where programs put headers and footers and text never begins."""
    return not _MARGIN * height < line.y < (1 - _MARGIN) * height


def _is_set_off(lines: Sequence[Printed], number: int, size: float, distance: float) -> bool:
    """Tell whether a line is smaller than the text, or the lines up to the edge stand away from it."""
    if lines[number].size < _SMALLER * size:
        return True
    inner = (
        range(number, min(_EDGE, len(lines) - 1)) if number < _EDGE else range(max(len(lines) - _EDGE, 1) - 1, number)
    )
    return any(abs(lines[n].y - lines[n + 1].y) > _WIDER * distance for n in inner)


def _runs(same: list[tuple[int, int]], pages: Sequence[Sequence[Printed]]) -> list[list[tuple[int, int]]]:
    """Cut the places of one line where it leaves out more than a page, or stands at another height."""
    runs = [same[:1]]
    for (page, number), (next_page, next_number) in pairwise(same):
        height, next_height = pages[page][number].y, pages[next_page][next_number].y
        if next_page - page > 2 or abs(height - next_height) > _SAME_HEIGHT:
            runs.append([])
        runs[-1].append((next_page, next_number))
    return runs


def _usual(pages: Sequence[Sequence[Printed]]) -> tuple[float, float]:
    """Give the size of most characters, and the distance of most lines."""
    sizes: Counter[float] = Counter()
    distances: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
        for line, following in pairwise(lines):
            if line.y > following.y:
                distances[round(line.y - following.y)] += 1
    size = sizes.most_common(1)[0][0] if sizes else 0.0
    return size, float(distances.most_common(1)[0][0]) if distances else 1.6 * size
