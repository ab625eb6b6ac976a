"""How wide text is printed, reckoned in em: a wide character takes one, a narrow one half.

Close enough to tell whether a line is full, and to say which part of a box belongs to which of its characters.
"""

from __future__ import annotations

import unicodedata


def is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WFA"


def ems(text: str) -> float:
    """Give the width of `text` in em.

    >>> ems("第12条")
    3.0
    """
    return sum(1.0 if is_wide(char) else 0.5 for char in text)
