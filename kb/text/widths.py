"""How wide text is printed, reckoned in em: a wide character takes one, a narrow one half.

Close enough to tell whether a line is full, and to say which part of a box belongs to which of its characters.
"""

from __future__ import annotations

import unicodedata


def is_wide(char: str) -> bool:
    """Say whether a character takes the width of two Latin ones."""
    return unicodedata.east_asian_width(char) in "WFA"


class _OnlyWide(dict[int, str | None]):
    """A table for `str.translate` that drops what is narrow; it learns a character when it first meets it."""

    def __missing__(self, point: int) -> str | None:
        kept = self[point] = chr(point) if is_wide(chr(point)) else None
        return kept


_ONLY_WIDE = _OnlyWide()


def ems(text: str) -> float:
    """Give the width of `text` in em.

    >>> ems("第12条")
    3.0
    """
    return (len(text) + len(text.translate(_ONLY_WIDE))) / 2
