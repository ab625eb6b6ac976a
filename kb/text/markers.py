"""The markers that number the clauses of official documents: 第十二条, 一、, （一）, 1., （1）, ①, 一是."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.text.fold import fold_text
from kb.text.numerals import parse_numeral

_NUMERAL = "[零〇一二三四五六七八九十百千]"
_REFERENCE = r"(?!规定|所|的|和|与|及|或|至|到|、|,|第|以|中|之|关于|款|项|\))"
_MARKERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("编", re.compile(rf"第({_NUMERAL}{{1,4}})编(?=\s|[^\s,、。]{{0,30}}$){_REFERENCE}")),
    ("章", re.compile(rf"第({_NUMERAL}{{1,5}}|\d{{1,3}})章(?=\s|[^\s,、。]{{0,30}}$){_REFERENCE}")),
    ("节", re.compile(rf"第({_NUMERAL}{{1,4}}|\d{{1,3}})节(?=\s|[^\s,、。]{{0,30}}$){_REFERENCE}")),
    ("条", re.compile(rf"第({_NUMERAL}{{1,7}}|\d{{1,4}})条(?:之({_NUMERAL}))?{_REFERENCE}")),
    ("一、", re.compile(rf"({_NUMERAL}{{1,4}})(?:、|,|\.(?!\d))")),
    ("（一）", re.compile(rf"\(({_NUMERAL}{{1,4}})\)[、.]?")),
    ("1.", re.compile(r"(\d{1,3})(?:\.(?!\d)|、)")),
    ("（1）", re.compile(r"\((\d{1,3})\)")),
    ("①", re.compile(r"([①-⑳])")),
    ("一是", re.compile(rf"({_NUMERAL}{{1,2}})(?:是|要)(?!个|种|些|类|项|定|不)")),
)
DEPTH = {name: depth for depth, (name, _) in enumerate(_MARKERS)}
"""How deep a kind of marker stands; a document uses some of them."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker at the start of a line: `words` as they are written (with full-width brackets), `end` the offset
    behind it."""

    kind: str
    ordinal: str
    words: str
    end: int


def read_marker(text: str, start: int, end: int) -> Marker | None:
    """Read the marker at the start of the line text[start:end].

    A line that begins by naming another article has none.

    >>> read_marker("（二）前期工作", 0, 7)
    Marker(kind='（一）', ordinal='2', words='（二）', end=3)
    >>> read_marker("第十二条规定的情形除外。", 0, 12) is None
    True
    """
    raw = text[start : min(end, start + 60)]
    lead = len(raw) - len(raw.lstrip())
    folded = fold_text(raw[lead:])
    if len(folded) != len(raw) - lead:
        folded = raw[lead:]
    for kind, pattern in _MARKERS:
        match = pattern.match(folded)
        if match is None:
            continue
        ordinal = _ordinal(match[1])
        if ordinal is None:
            continue
        if kind == "条" and match.lastindex == 2 and match[2]:
            ordinal += f"-{_ordinal(match[2])}"
        words = folded[: match.end()].strip().replace("(", "（").replace(")", "）")
        return Marker(kind, ordinal, words, start + lead + match.end())
    return None


def _ordinal(written: str) -> str | None:
    if "①" <= written <= "⑳":
        return str(ord(written) - ord("①") + 1)
    value = int(written) if written.isdigit() else parse_numeral(written)
    return str(value) if value else None
