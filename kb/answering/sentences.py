"""The sentences of a passage, prepared once for any question: what they say, and what kinds of things they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.index.encoder import Encoder
from kb.text.fold import fold_text
from kb.text.markers import read_marker
from kb.text.numerals import normalize_numbers
from kb.text.sentences import sentence_spans
from kb.text.terms import terms
from kb.types import Document, Passage

_MEANINGLESS = re.compile(r"^[\W\d]*$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_MEASURED = re.compile(r"\d+(?:\.\d+)?(?:[多余来])?(%|[^\W\d])")
_ENUMERATION = re.compile(r"[^,。;:!?、]*(?:、[^,。;:!?、]+)+")
_SIGNS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        r"\d+(?:\.\d+)?",
        r"\d{3,4}年|\d+月|\d+日|世纪|年代",
        r"\d+(?:年|个?月|天|日|小时|分钟|周|个?工作日)(?:内|以内|前|后|起|之)|期限|每年|每月|年底",
        r"、",
        r"[<\"]",
        r"[a-z]{2,}",
        r"部门|单位|政府|委员会|局|厅|办公室|机构|公司|大学|主席|市长|总统|教授|先生|[一-鿿]{1,3}(?:王|帝|公)",
        r"区|市|县|街道|镇|省|州|国|岛|山|河|路|位于|地处",
        r"是指|指的是|所称|界定为|定义为|是以|即|称为|又称|是一[种个]|是.{2,}的",
        r"包括|以下|下列|如下|分为|包含|\d类|\d项|\d个|\d种",
        r"通过|应当|可以|按|申请|程序|方式|办法|采取|先|提交|办理",
        r"因为|由于|为了|为|因|原因|目的|所以|导致|使得",
        r"不得|不能|不予|禁止|不可|除外|但|未|无",
        r"^(?:其|该|此|这|它|他|她|本|上述)",
    )
)
SIGNS = ("numbers", "dates", "periods", "enumeration", "quotes", "latin", "offices", "places", "defines", "lists",
         "ways", "reasons", "limits", "leans")  # fmt: skip
"""What is counted in a sentence, in the order of `Sentence.signs`."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage: its terms, its folded form with numbers in digits, its vector, the numbers it
    holds, the measures they have, how many things its longest enumeration lists, and how often each of `SIGNS`
    occurs (at most three times)."""

    start: int
    end: int
    terms: frozenset[str]
    plain: str
    vector: NDArray[np.float32]
    numbers: frozenset[str]
    measures: frozenset[str]
    items: int
    signs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The sentences of a passage, and the terms of its headings and title."""

    sentences: tuple[Sentence, ...]
    context: frozenset[str]


def prepare(passage: Passage, document: Document, encoder: Encoder) -> Prepared:
    """Cut a passage into sentences without their outline markers; what has no word in it is left out."""
    text = document.text
    spans = []
    for line_start, end in sentence_spans(text, passage.start, passage.end):
        start = behind_marker(text, line_start, end)
        if not _MEANINGLESS.match(text[start:end]):
            spans.append((start, end))
    vectors = encoder.encode_passages([text[start:end] for start, end in spans])
    sentences = tuple(_sentence(text, start, end, vector) for (start, end), vector in zip(spans, vectors, strict=True))
    return Prepared(sentences, frozenset(terms(passage.context)))


def behind_marker(text: str, start: int, end: int) -> int:
    """Give where a sentence begins behind the outline marker of its line, where it has one."""
    begins_line = start == 0 or text[start - 1] == "\n"
    marker = read_marker(text, start, end) if begins_line else None
    position = marker.end if marker else start
    while position < end and text[position].isspace():
        position += 1
    return position


def _sentence(text: str, start: int, end: int, vector: NDArray[np.float32]) -> Sentence:
    plain = normalize_numbers(fold_text(text[start:end]))
    return Sentence(
        start=start,
        end=end,
        terms=frozenset(terms(text[start:end])),
        plain=plain,
        vector=vector,
        numbers=frozenset(_NUMBER.findall(plain)),
        measures=frozenset(_MEASURED.findall(plain)),
        items=items_listed(plain),
        signs=tuple(min(len(sign.findall(plain)), 3) for sign in _SIGNS),
    )


def items_listed(plain: str) -> int:
    """Count the things that the longest enumeration of a sentence lists.

    >>> items_listed("服务包括养老托育、社区助餐、家政便民和儿童游憩等")
    4
    """
    longest = 0
    for match in _ENUMERATION.finditer(plain):
        last = match[0].rsplit("、", 1)[1]
        longest = max(longest, match[0].count("、") + 1 + bool(re.search(r".[和及与]", last)))
    return longest
