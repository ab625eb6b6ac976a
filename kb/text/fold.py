"""Folding: one spelling for what readers take as the same text.

Traditional and simplified script, full and half width, letter case, compatibility forms and
invisible characters are folded in a view; the canonical text is never changed. `Folded` keeps, for
every folded character, the offset of the canonical character that it came from.

The script table comes from OpenCC, character by character. That is coarser than OpenCC's phrases
on purpose: folding serves comparison, so 乾, 幹 and 干 have to meet, in a text of either script and
in the text of a machine that converted them wrongly (製定, 方麵, 誌願).
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import opencc
from numpy.typing import NDArray

from kb.text.radicals import RADICALS

Script = Literal["traditional", "simplified"]

# Variants that OpenCC keeps apart by context, or that machine-made traditional text confuses.
_MERGED = {"著": "着", "乾": "干", "藉": "借", "瞭": "了", "於": "于", "喫": "吃", "佈": "布",
           "佔": "占", "徵": "征", "鬥": "斗", "祇": "只", "箇": "个", "衹": "只", "牠": "它"}  # fmt: skip
_PUNCTUATION = {
    "“": '"', "”": '"', "「": '"', "」": '"', "『": '"', "』": '"', "‘": "'", "’": "'",
    "〔": "[", "〕": "]", "【": "[", "】": "]", "［": "[", "］": "]", "〈": "<", "〉": ">",
    "《": "<", "》": ">", "—": "-", "–": "-", "―": "-", "−": "-",
    "·": "·", "•": "·", "〇": "〇", "○": "〇",
}  # fmt: skip
_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x2A6E0))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, per folded character, its canonical offset (plus one for the end)."""

    text: str
    offsets: array[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the canonical span that the folded span [start, end) stands for."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end - 1] + 1


@cache
def folding_table() -> dict[int, str | None]:
    """Map code points to their folded text, `None` for characters that vanish."""
    table: dict[int, str | None] = {}
    han = [chr(point) for block in _HAN for point in block]
    # One call for the whole repertoire; a line break keeps OpenCC from reading phrases.
    simplified = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    for source, target in zip(han, simplified, strict=True):
        target = unicodedata.normalize("NFKC", target)
        if target != source:
            table[ord(source)] = target
    for point in (*range(0x00A0, 0x3400), *range(0xFE00, 0x10000), *range(0x1F100, 0x1F200)):
        char = chr(point)
        if unicodedata.category(char) in ("Cf", "Mn", "Cc"):
            table[point] = None
            continue
        target = unicodedata.normalize("NFKC", char).lower()
        if target != char:
            table[point] = target.translate(table)
    for point in (*range(0x09), *range(0x0E, 0x20), 0x7F, 0xAD):
        table[point] = None
    for upper in range(ord("A"), ord("Z") + 1):
        table[upper] = chr(upper + 32)
    for source, target in (_MERGED | RADICALS | _PUNCTUATION).items():
        if source != target:
            table[ord(source)] = target
    for point, replacement in table.items():
        while replacement and replacement.translate(table) != replacement:
            replacement = table[point] = replacement.translate(table)
    # Common characters that stay as they are: str.translate is slower where a look-up fails.
    for point in (*range(0x20, 0x7F), *range(0x3000, 0x3040), *range(0x4E00, 0xA000)):
        table.setdefault(point, chr(point))
    return table


_LIMIT = 0x10000  # code points below this are folded by a table
_IRREGULAR = 0xFFFFFFFF  # folds to nothing or to several characters, or lies beyond the limit


@cache
def _array_table() -> NDArray[np.uint32]:
    """The folding table as an array over code points, for whole texts at once."""
    table = np.arange(_LIMIT + 1, dtype=np.uint32)
    table[_LIMIT] = _IRREGULAR
    for point, target in folding_table().items():
        if point < _LIMIT:
            table[point] = ord(target) if target and len(target) == 1 else _IRREGULAR
    return table


def fold_text(text: str) -> str:
    """Fold `text` where the way back is not needed.

    >>> fold_text("製定方麵的誌願服務，２０２７年")
    '制定方面的志愿服务,2027年'
    """
    if len(text) < 64 or text.isascii():
        return text.translate(folding_table())
    return "".join(folded for _, _, folded in _stretches(text))


def _stretches(text: str) -> Iterator[tuple[int, int, str]]:
    """Cut text into stretches that fold character by character, and single characters that do not: start, end and what
    they fold to."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded = _array_table()[np.minimum(points, _LIMIT)]
    start = 0
    for position in np.flatnonzero(folded == _IRREGULAR).tolist():
        if start < position:
            yield start, position, folded[start:position].tobytes().decode("utf-32-le", "surrogatepass")
        yield position, position + 1, text[position].translate(folding_table())
        start = position + 1
    yield start, len(text), folded[start:].tobytes().decode("utf-32-le", "surrogatepass")


@cache
def _simplified() -> frozenset[str]:
    """The characters that others, of the traditional script, fold to."""
    table = folding_table()
    return frozenset(table[source] or "" for source in range(0x4E00, 0xA000) if table[source] != chr(source))


def script_of(text: str) -> Script | None:
    """Name the script of a text; None where every character is of both.

    >>> script_of("養老服務"), script_of("养老服务"), script_of("社区")
    ('traditional', 'simplified', 'simplified')
    """
    table = folding_table()
    han = [char for char in text if 0x4E00 <= ord(char) < 0xA000]
    if any(table[ord(char)] != char and char not in _MERGED for char in han):  # 著 is of both
        return "traditional"
    return "simplified" if any(char in _simplified() for char in han) else None


def in_script(text: str, script: Script | None) -> str:
    """Write words of our own in a script.

    >>> in_script("养老服务由谁提供？", "traditional"), in_script("養老服務", "simplified"), in_script("養老", None)
    ('養老服務由誰提供？', '养老服务', '養老')
    """
    return _converter(script).convert(text) if script and script_of(text) not in (script, None) else text


@cache
def _converter(script: Script) -> opencc.OpenCC:
    return opencc.OpenCC("s2tw" if script == "traditional" else "t2s")


def fold(text: str) -> Folded:
    """Fold `text` and keep the way back.

    >>> folded = fold("（一）養老")
    >>> folded.text, folded.span(3, 5)
    ('(一)养老', (3, 5))
    """
    pieces: list[str] = []
    offsets = array("I")
    for start, end, folded in _stretches(text):
        pieces.append(folded)
        if len(folded) == end - start:
            offsets.extend(range(start, end))
        else:
            offsets.extend([start] * len(folded))
    offsets.append(len(text))
    return Folded("".join(pieces), offsets)
