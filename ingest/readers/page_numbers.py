"""Page numbers: the lines at the edge of a page that only count pages.

`- 3 -`, `第3页 共9页` and `3/9` count pages by their form. A bare `3` does so only where it goes with
the pages: it is the number of the page, or the numbers of several pages run on alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_MARKED = re.compile(
    r"[-—–―－·•]\s*\d{1,5}\s*[-—–―－·•]"
    r"|[-—–―－]?\s*第\s*\d{1,5}\s*[页頁]\s*[-—–―－]?(?:\s*[/,，、(（]?\s*共\s*\d{1,5}\s*[页頁]\s*[)）]?)?"
    r"|共\s*\d{1,5}\s*[页頁]\s*[/,，、]?\s*第\s*\d{1,5}\s*[页頁]"
    r"|\d{1,5}\s*/\s*\d{1,5}"
    r"|(?:[Pp]age|PAGE)\s*\d{1,5}(?:\s*(?:of|OF|/)\s*\d{1,5})?"
)
_BARE = re.compile(r"\d{1,5}")


def number_lines(pages: Sequence[Sequence[str]]) -> list[set[int]]:
    """Give, for every page, which of its lines (from 0) only number it.

    >>> number_lines([["通知", "— 1 —"], ["2", "第一条"], ["2024"]])
    [{1}, {0}, set()]
    """
    found: list[set[int]] = []
    bare: list[tuple[int, int, int]] = []  # page, line, how far the number is from the page's
    for page, lines in enumerate(pages):
        found.append(set())
        for line in sorted({0, len(lines) - 1} if lines else ()):
            text = lines[line].strip()
            if _MARKED.fullmatch(text):
                found[page].add(line)
            elif _BARE.fullmatch(text):
                bare.append((page, line, int(text) - page - 1))
    alike = Counter(distance for _, _, distance in bare)
    for page, line, distance in bare:
        if distance == 0 or alike[distance] > 1:
            found[page].add(line)
    return found
