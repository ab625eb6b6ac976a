"""Decimal numbering (1 范围, 3.1, 3.1.2, 1.0.1, A.1): the outline of standards and technical guides.

A number at the start of a line is a heading only where the numbers of the lines count on: each is the first
below the one before (3 -> 3.1, 1 -> 1.0.1), or the next of its own or a higher level (3.1.2 -> 3.1.3, 3.2, 4).
So `1.45 万套` and the rows of a table stay text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.text.fold import fold_text

# 3.2.1 or a. at the beginning of a line, as standards count; a figure (3.5万元) has no space and no character behind it
# that opens a heading.
_NUMBER = re.compile(r"\s*(\d{1,2}|[a-z])((?:\.\d{1,3}){0,5})(?:\s+(?=\S)|(?=[一-鿿]))")
_TITLE = 30  # characters of a title behind a number without a point
_LEAST, _LEAST_POINTED = 4, 2


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number such as 3.1.2, and the offset behind it."""

    number: str
    end: int

    @property
    def level(self) -> int:
        """Give how deep it stands: 2 for 1.1."""
        return self.number.count(".") + 1


def read_decimals(text: str, lines: Sequence[tuple[int, int]]) -> dict[int, Decimal]:
    """Give, by where the line starts, the decimal numbers of `lines`; none where they do not count on.

    >>> text = "1 范围\\n2 术语\\n2.1 社区\\n1.45 万套\\n2.2 街道"
    >>> lines = [(m.start(), m.end()) for m in re.finditer("[^\\n]+", text)]
    >>> [decimal.number for decimal in read_decimals(text, lines).values()]
    ['1', '2', '2.1', '2.2']
    """
    found: dict[int, Decimal] = {}
    current: tuple[str, ...] = ()
    for start, end in lines:
        opening = text[start : min(end, start + 24)].lstrip()[:1]
        if not opening.isascii() and not opening.isdigit():
            continue
        match = _NUMBER.match(fold_text(text[start : min(end, start + 24)]))
        if match is None:
            continue
        number = (match[1] + match[2]).upper()
        parts = tuple(number.split("."))
        is_title = match[2] or (match[0].endswith((" ", "\t")) and _is_title(text[start + match.end() : end]))
        if is_title and _follows(current, parts):
            found[start] = Decimal(number, start + match.end())
            current = parts
    pointed = sum(decimal.level > 1 for decimal in found.values())
    lettered = all(decimal.number[0].isalpha() for decimal in found.values())  # A.1 is nothing but a number
    return found if pointed >= _LEAST_POINTED and (len(found) >= _LEAST or lettered) else {}


def _is_title(line: str) -> bool:
    line = line.strip()
    return 0 < len(line) <= _TITLE and line[-1] not in "。；，：！？;,:"


def _follows(current: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    if not current:
        return parts in (("1",), ("1", "1"), ("1", "0", "1")) or (
            parts[0].isalpha() and parts[1:] in (("1",), ("1", "1"))
        )
    if parts in ((*current, "1"), (*current, "0", "1")):
        return True
    depth = len(parts)
    if depth > len(current) or parts[:-1] != current[: depth - 1] or not parts[-1].isdigit():
        return False
    return current[depth - 1].isdigit() and int(parts[-1]) == int(current[depth - 1]) + 1
