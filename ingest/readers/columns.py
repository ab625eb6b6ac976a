"""Columns: a page that is set in several, told by where its lines go up again.

Lines come in the order of reading. Where one stands higher than the line before it, and to its right, a
column begins; the column before began at the same height. Each column is set for itself, with edges of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol, TypeVar

_MOST_LINES = 2_000  # a page with more was made to take time
_LEAST_LINES = 3  # fewer are cells of a table or a date beside a signature


class Placed(Protocol):
    """A line as it is printed; `y` grows upwards."""

    @property
    def x(self) -> float:
        """Where it begins, from the left edge."""

    @property
    def y(self) -> float:
        """Where it stands, from the top edge."""

    @property
    def size(self) -> float:
        """The height of its characters."""

    @property
    def right(self) -> float:
        """Where it ends, from the left edge."""


L = TypeVar("L", bound=Placed)


def columns_of(lines: Sequence[L]) -> list[list[L]]:
    """Cut a page into what stands above, in and below its columns; a page without columns stays whole."""
    cuts: set[int] = set()
    first = 0
    for number in range(1, len(lines) if len(lines) <= _MOST_LINES else 0):
        line, before = lines[number], lines[number - 1]
        if line.y < before.y + 2 * line.size or line.x < before.x + 2 * line.size:
            continue
        left = number
        while left > first and lines[left - 1].y <= line.y + 0.5 * line.size:
            left -= 1
        edge = max((one.right for one in lines[left:number]), default=line.x)
        right = number
        while right < len(lines) and lines[right].x >= edge - 0.5 * line.size:
            if right > number and lines[right].y >= lines[right - 1].y:
                break
            right += 1
        if min(number - left, right - number) >= _LEAST_LINES:
            cuts |= {left, number, right}
            first = number
    edges = [0, *sorted(cuts - {0, len(lines)}), len(lines)]
    return [list(lines[start:end]) for start, end in pairwise(edges)]
