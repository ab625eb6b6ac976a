"""The text of a language model, cut into sentences with the numbers that each gives as its sources.

Numbers are read in any bracket a model may choose ([1], 【1】, ［1，2］, [1-3]) inside a sentence or behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# [1], 【材料2】, [1,3], [2-4]: models write references in all these ways.
_REFERENCE = re.compile(r"[\[【［〔]\s*(?:材料|来源)?\s*(\d{1,3}(?:\s*[,，、\-–—~]\s*\d{1,3})*)\s*[\]】］〕]")
# References behind the mark belong to the sentence before them.
_END = re.compile(rf"[。！？!?；;\n]+[”’」』）)》]*(?:\s*{_REFERENCE.pattern})*[。]?")
_RANGE = re.compile(r"(\d+)\s*[\-–—~]\s*(\d+)")  # [2-4] names three sources.
# Marks of Markdown and numbers of lists, which are no words of a sentence.
_ORNAMENT = re.compile(r"^[\s\-*#•·>]+|\*\*|^\s*\d{1,2}[.、)]\s*(?=[^\d\s])")
# A sentence may still get its reference with the next piece.
_BEGUN = re.compile(r"\s*[\[【［〔][^\]】］〕]{0,20}$|\s*$")


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence of the model and the sources that it names behind it."""

    text: str
    numbers: tuple[int, ...]


def split(pieces: Iterable[str]) -> Iterator[WrittenSentence]:
    """Give each sentence as soon as it is whole, with its references behind it.

    >>> list(split(["共梳理34项。[", "1]。到2027年【2，3】达到100个", "以上。"]))
    ... # doctest: +NORMALIZE_WHITESPACE
    [WrittenSentence(text='共梳理34项。', numbers=(1,)),
     WrittenSentence(text='到2027年达到100个以上。', numbers=(2, 3))]
    """
    rest = ""
    for piece in pieces:
        rest += piece
        at = 0
        for end in _END.finditer(rest):
            # The references of a sentence may still be on their way.
            if _BEGUN.fullmatch(rest, end.end()):
                break
            yield from _sentence(rest[at : end.end()])
            at = end.end()
        rest = rest[at:]
    at = 0
    for end in _END.finditer(rest):
        yield from _sentence(rest[at : end.end()])
        at = end.end()
    yield from _sentence(rest[at:])


def _sentence(written: str) -> Iterator[WrittenSentence]:
    numbers: dict[int, None] = {}
    for match in _REFERENCE.finditer(written):
        for low, high in _RANGE.findall(match[1]):
            numbers.update(dict.fromkeys(range(int(low), min(int(high), int(low) + 9) + 1)))
        numbers.update(dict.fromkeys(int(number) for number in re.findall(r"\d+", match[1])))
    text = _ORNAMENT.sub("", _REFERENCE.sub("", written)).strip()
    text = re.sub(r"\s*\n\s*", "", text)
    text = re.sub(r"([。！？；])。$", r"\1", text)
    if text.strip("。！？!?；;，,、：: "):
        yield WrittenSentence(text, tuple(sorted(numbers)))
