"""Hard wraps: lines of plain text that a program cut at a fixed width, joined into the paragraphs they were.

Only a text that shows it was wrapped is touched: many lines of one width, few longer ones, most of the full lines end
within a sentence, and they are prose, which has commas, not the entries of a list. Then a full line goes on in the next
one, unless that is indented, blank or begins with an outline marker.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ingest.readers.paragraphs import first_word, glue
from kb.text.markers import read_marker
from kb.text.widths import ems

_SAMPLE = 160  # lines that are looked at
_LEAST_FULL = 8
_FULL_SHARE, _WITHIN_SHARE, _LONGER_SHARE, _PROSE_SHARE = 0.3, 0.6, 0.02, 0.3
_NARROWEST, _WIDEST = 15, 60  # em
_SLACK = 1.6  # em; Latin letters and closing marks do not end at the edge
_HANGING = 2.0  # em; closing marks stand beyond it
_SENTENCE_END = re.compile(r"[。！？；：!?;:…][”’」』）》)\"']*\s*$")


def join_hard_wraps(text: str) -> str:
    """Join the lines of a text that was wrapped; give any other text as it is.

    >>> line = "为了方便老年人就近就餐，加快推进社区长者食堂建设"
    >>> join_hard_wraps("\\n".join([line] * 10)) == line * 10
    True
    >>> join_hard_wraps("第一条　制定本办法。\\n第二条　适用本市。\\n")
    '第一条　制定本办法。\\n第二条　适用本市。\\n'
    """
    lines = text.split("\n")
    width = _wrapped_at(lines[:_SAMPLE])
    if width is None:
        return text
    indented = sum(line.startswith(("　", "  ")) for line in lines) > 1
    joined = [lines[0]]
    for line, following in pairwise(lines):
        if _goes_on(line, following, width, indented):
            joined.append(glue(line, following) + following)
        else:
            joined.append("\n" + following)
    return "".join(joined)


def _goes_on(line: str, following: str, width: float, indented: bool) -> bool:
    if not following.strip() or following[0] in " \t　" or read_marker(following, 0, len(following)):
        return False
    if _SENTENCE_END.search(line) and not indented:
        return False
    room = width - ems(line.rstrip())
    return -_HANGING <= room < max(_SLACK, ems(first_word(following)) + 0.5)


def _wrapped_at(lines: Sequence[str]) -> float | None:
    """Give the width, in em, at which lines were cut; None where they were not."""
    if sum(len(line) > 2 * _WIDEST for line in lines) > _LONGER_SHARE * len(lines):
        return None  # seen at once, before anything is measured
    widths = [(ems(line.rstrip()), line) for line in lines if line.strip()]
    common = Counter(round(width) for width, _ in widths if width >= _NARROWEST).most_common(1)
    if not common or common[0][0] > _WIDEST:
        return None
    edge = float(common[0][0])
    full = [line for width, line in widths if abs(width - edge) <= _SLACK]
    within = sum(_SENTENCE_END.search(line) is None for line in full)
    prose = sum(any(mark in line for mark in "，。；：") for line in full)
    longer = sum(width > edge + _HANGING for width, _ in widths)
    is_wrapped = (
        len(full) >= max(_LEAST_FULL, _FULL_SHARE * len(widths))
        and within >= _WITHIN_SHARE * len(full)
        and prose >= _PROSE_SHARE * len(full)
        and longer <= _LONGER_SHARE * len(widths)
    )
    return edge if is_wrapped else None
