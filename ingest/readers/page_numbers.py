"""Page numbers: the lines at the edge of a page that only count pages.

`- 3 -`, `第3页 共9页` and `3/9` count pages by their form. A bare `3` does so only where it goes with
the pages: it is the number of the page, or the numbers of several pages run on alike. The address with
page number and the time with title that a browser prints around a page go as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

# - 3 -, 第3页共10页, 3 / 10: a number that says it is one of a page.
_MARKED = re.compile(
    r"[-—–―－·•]\s*\d{1,5}\s*[-—–―－·•]"
    r"|[-—–―－]?\s*第\s*\d{1,5}\s*[页頁]\s*[-—–―－]?(?:\s*[/,，、(（]?\s*共\s*\d{1,5}\s*[页頁]\s*[)）]?)?"
    r"|共\s*\d{1,5}\s*[页頁]\s*[/,，、]?\s*第\s*\d{1,5}\s*[页頁]"
    r"|\d{1,5}\s*/\s*\d{1,5}"
    r"|(?:[Pp]age|PAGE)\s*\d{1,5}(?:\s*(?:of|OF|/)\s*\d{1,5})?"
)
_ADDRESS = re.compile(r"(?:https?|file|ﬁle)://\S*\s*\d{1,5}/\d{1,5}")  # What browsers print at the foot.
_TIME = re.compile(r"\d{1,4}/\d{1,2}/\d{1,4},?\s*(?:[上下]午\s*)?\d{1,2}:\d{2}\b.*")  # What they print at the head.
_BARE = re.compile(r"\d{1,5}")  # A number alone is one of a page only where the next page has the next.


def number_lines(pages: Sequence[Sequence[str]]) -> list[set[int]]:
    """Give, for every page, which of its lines (from 0) only number it.

    >>> number_lines([["通知", "— 1 —"], ["2", "第一条"], ["2024"]])
    [{1}, {0}, set()]
    """
    found: list[set[int]] = []
    bare: list[tuple[int, int, int]] = []  # page, line, how far the number is from the page's
    for page, lines in enumerate(pages):
        found.append(_printed_by_browser(lines))
        rest = [line for line in range(len(lines)) if line not in found[page]]
        for line in {*rest[:1], *rest[-1:]}:
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


def _printed_by_browser(lines: Sequence[str]) -> set[int]:
    """Give the lines with the address and the time; a time alone is the document's own."""
    edges = {*range(min(2, len(lines))), *range(max(len(lines) - 2, 0), len(lines))}
    addresses = {line for line in edges if _ADDRESS.fullmatch(lines[line].strip())}
    return addresses | {line for line in edges if addresses and _TIME.fullmatch(lines[line].strip())}
