"""The markers that number the clauses of official documents: 第十二条, 一、, （一）, 1., （1）, 1）, ①, a）, 一是, 问：, 专栏1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kb.text.fold import fold_text
from kb.text.numerals import parse_numeral

_NUMERAL = "[零〇一二三四五六七八九十廿卅百千]"  # Traditional writing has 廿 and 卅.
# 第三条规定 and 第三条、第四条 at the beginning of a line point at an article and open none.
_REFERENCE = r"(?!规定|所|的|和|与|及|或|至|到|、|,|第|以|中|之|关于|款|项|\))"
# From wide to narrow; the first that fits a line is what it opens.
_MARKERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("编", re.compile(rf"第({_NUMERAL}{{1,4}})编(?=\s|[^\s,、。]{{0,30}}$){_REFERENCE}")),
    ("分编", re.compile(rf"第({_NUMERAL}{{1,4}})分编(?=\s|[^\s,、。]{{0,30}}$){_REFERENCE}")),
    ("章", re.compile(rf"第({_NUMERAL}{{1,5}}|\d{{1,3}})章(?=\s|[^\s,、。]{{0,30}}$){_REFERENCE}")),
    ("节", re.compile(rf"第({_NUMERAL}{{1,4}}|\d{{1,3}})节(?=\s|[^\s,、。]{{0,30}}$){_REFERENCE}")),
    ("条", re.compile(rf"第({_NUMERAL}{{1,7}}|\d{{1,4}})条(?:之({_NUMERAL}))?{_REFERENCE}")),
    ("一、", re.compile(rf"({_NUMERAL}{{1,4}})(?:、|,|\.(?!\d))")),
    (
        "问",
        re.compile(
            rf"(?:问\s*(\d{{1,3}}|{_NUMERAL}{{1,3}})?\s*:|问题\s*(\d{{1,3}}|{_NUMERAL}{{1,3}})\s*[:、.]|q\s*(\d{{1,3}})?\s*[:.])"
        ),
    ),
    ("（一）", re.compile(rf"\(({_NUMERAL}{{1,4}})\)[、.]?")),
    ("专栏", re.compile(rf"专栏\s*(\d{{1,2}}|{_NUMERAL}{{1,3}})(?=\s|[:、]|[^\s,。]{{0,30}}$){_REFERENCE}")),
    ("1.", re.compile(r"(\d{1,3})(?:\.(?!\d)|、)")),
    ("（1）", re.compile(r"\((\d{1,3})\)")),
    ("1）", re.compile(r"(\d{1,3})\)")),
    ("①", re.compile(r"([①-⑳])")),
    ("a）", re.compile(r"([a-z])\)")),
    ("一是", re.compile(rf"({_NUMERAL}{{1,2}})(?:是|要)(?!个|种|些|类|项|定|不)")),
)
# Most lines open nothing, and their first character tells it.
_BY_FIRST = {
    "第": ("编", "分编", "章", "节", "条"), "(": ("（一）", "（1）"), "问": ("问",), "q": ("问",), "专": ("专栏",),
}  # fmt: skip
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_FIRST = frozenset("第问問专專零一二三四五六七八九十廿卅百千")  # The same, for numerals.
_ARTICLE = re.compile(rf"第({_NUMERAL}{{1,7}})[条條](?=\s)")  # by far the commonest, in either script
_ARTICLE_OF_LABEL = re.compile(rf"[^第]*第[^条]+条(?:之(?:{_NUMERAL}|\d)+)?")
_HEADING_FIRST = frozenset("第专專")
_WHOLE_LINE = re.compile(r"[编編章节節栏欄]")  # a heading: how long its line is counts
_READ = 20  # characters of another line that tell its marker
DEPTH = {name: depth for depth, (name, _) in enumerate(_MARKERS)}
"""How deep a kind of marker stands; a document uses some of them."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker at the start of a line: `words` as they are written (with full-width brackets), `end` the offset
    behind it. A question may have no ordinal of its own (问：)."""

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
    first = raw[lead : lead + 1]
    if _HAN.match(first) and first not in _HAN_FIRST:
        return None
    article = _ARTICLE.match(raw, lead) if first == "第" else None
    if article and (ordinal := _ordinal(article[1])):
        return Marker("条", ordinal, f"第{article[1]}条", start + article.end())
    if "①" <= first <= "⑳":  # folding makes plain digits of them
        return Marker("①", _ordinal(first) or "", first, start + lead + 1)
    whole = first in _HEADING_FIRST and _WHOLE_LINE.search(raw, lead, lead + 12)
    raw = raw[lead:] if whole else raw[lead : lead + _READ]
    folded = fold_text(raw)
    if len(folded) != len(raw):
        folded = raw
    kinds = _BY_FIRST.get(folded[:1])
    for kind, pattern in _MARKERS:
        if kinds is not None and kind not in kinds:
            continue
        match = pattern.match(folded)
        if match is None:
            continue
        written = next((group for group in match.groups() if group), None)
        ordinal = _ordinal(written) if written else ""
        if ordinal is None:
            continue
        if kind == "条" and match.lastindex == 2 and match[2]:
            ordinal += f"-{_ordinal(match[2])}"
        words = folded[: match.end()].strip().replace("(", "（").replace(")", "）")
        return Marker(kind, ordinal, words, start + lead + match.end())
    return None


def article_of_label(label: str) -> str | None:
    """Give the article that the label of a clause names, without the parts below it.

    >>> article_of_label("第二条之四第二款"), article_of_label("附件1 第三条第（二）项")
    ('第二条之四', '附件1 第三条')
    """
    match = _ARTICLE_OF_LABEL.match(label)
    return match[0] if match else None


@lru_cache(maxsize=4096)
def _ordinal(written: str) -> str | None:
    if "①" <= written <= "⑳":
        return str(ord(written) - ord("①") + 1)
    if written.isascii() and written.isalpha():
        return written
    value = int(written) if written.isdigit() else parse_numeral(written)
    return str(value) if value else None
