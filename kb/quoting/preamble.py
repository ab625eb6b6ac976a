"""What the preamble of a digest says could not be established (文号未见，业主表决比例未载): to who asks for that very
thing it is an answer.

The remarks stand in brackets behind what the digest was compiled from, each between marks of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.text.fold import fold_text

# Digests of ours say in their first line what they rest on: 整理（…）.
_REMARKS = re.compile(r"整理（((?:[^（）]|（[^（）]*）)+)）")
_REMARK = re.compile(r"[^，；（）]+")  # The parts of it, each about one field.
_OPEN = re.compile(r"未见|未载|未核实|未列|不载|不能确定")  # That something is not there.
_DOUBT = re.compile(r"未|推定|拟定|媒体")  # Not there, or not from an official source.
_REST = re.compile(r"等(?:具体)?条款$|等内容$")  # Behind a list these name nothing themselves.
_BETWEEN = re.compile(r"、|和|及")  # 文号、日期和单位 are three fields under one remark.
# The words by which a remark names a field, which are not always its label.
_FIELDS = {"doc_no": "文号", "issued": "日期|年份", "issuer": "单位|部门|机关", "title": "标题"}


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on the reading of a document; `missing` are the things that it says could not be established."""

    text: str
    start: int
    end: int
    missing: tuple[str, ...]

    def doubts(self, field: str) -> bool:
        """Say whether it says of a field of the header that it is not there or not certain."""
        words = _FIELDS.get(field)
        return words is not None and bool(re.search(words, self.text)) and bool(_DOUBT.search(self.text))

    def missing_in(self, question: str) -> str | None:
        """Give the thing, other than a field of the header, that a question asks for in the very words of the
        remark."""
        asked = fold_text(question).replace(" ", "")
        things = (thing for thing in self.missing if not any(re.search(words, thing) for words in _FIELDS.values()))
        return next((thing for thing in things if fold_text(thing) in asked), None)


def remarks(text: str, start: int, end: int) -> list[Remark]:
    """Read the remarks in text[start:end], the preamble of a digest.

    >>> notice = "本文是《某办法》的摘要，根据公开网页整理（文号未见，未载户型面积、配套用地等具体条款，日期为媒体报道日）。"
    >>> [(remark.text, remark.missing) for remark in remarks(notice, 0, len(notice))]
    [('文号未见', ('文号',)), ('未载户型面积、配套用地等具体条款', ('户型面积', '配套用地')), ('日期为媒体报道日', ())]
    """
    bracket = _REMARKS.search(text, start, end)
    if bracket is None:
        return []
    found = _REMARK.finditer(text, *bracket.span(1))
    return [Remark(match.group(), match.start(), match.end(), _missing(match.group())) for match in found]


def _missing(remark: str) -> tuple[str, ...]:
    if not _OPEN.search(remark):
        return ()
    things = _REST.sub("", _OPEN.sub("", remark))
    return tuple(thing for thing in _BETWEEN.split(things) if len(thing) > 1)
