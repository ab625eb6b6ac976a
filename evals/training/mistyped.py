"""Questions as they are typed: with characters of the same sound, which an input by pinyin takes one for another, and
with numbers in digits or in characters.

A reader that has seen only what was written with care takes 拖育机构 for something else than 托育机构.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from pypinyin import lazy_pinyin

from kb.text.numerals import parse_numeral, to_chinese

SLIPS, LETTERS = 0.15, 12  # questions that are mistyped, one character in so many of theirs
RECAST = 0.1  # questions whose numbers are written the other way
_CHINESE = re.compile(r"[一-鿿]")
# What is said in characters too; a year or the number of a paper is not.
_DIGITS = re.compile(r"(?<![\d.])[1-9]\d{0,2}(?![\d.])")
_NUMERAL = re.compile(r"[一二三四五六七八九]?[十百][一二三四五六七八九十零]{0,3}")


class Mistyping:
    """Mistypes questions with the characters of the texts at hand, the oftener one is written the likelier."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(character for text in texts for character in text if _CHINESE.match(character))
        self._sound = dict(zip(counts, lazy_pinyin(list(counts)), strict=True))
        self._alike: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for character, count in counts.items():
            self._alike[self._sound[character]].append((character, count))

    def mistyped(self, question: str, drawn: random.Random) -> str:
        """Give the question with some of its characters taken for others of their sound.

        >>> Mistyping(["托育机构", "拖欠"]).mistyped("托", random.Random(1))
        '拖'
        """
        places = [
            n for n, character in enumerate(question) if len(self._alike.get(self._sound.get(character, ""), ())) > 1
        ]
        typed = list(question)
        for n in drawn.sample(places, min(len(places), max(1, len(question) // LETTERS))):
            others = [(other, count) for other, count in self._alike[self._sound[typed[n]]] if other != typed[n]]
            typed[n] = drawn.choices([other for other, _ in others], [count for _, count in others])[0]
        return "".join(typed)

    def as_typed(self, question: str, drawn: random.Random) -> str:
        """Give the question as one person or another types it, most often as it is."""
        if drawn.random() < RECAST:
            question = recast(question)
        return self.mistyped(question, drawn) if drawn.random() < SLIPS else question


def recast(question: str) -> str:
    """Write numbers in digits as characters, or, where there are none, numerals of ten and more in digits.

    >>> recast("我妈72了"), recast("我妈七十二了"), recast("2024年的")
    ('我妈七十二了', '我妈72了', '2024年的')
    """
    spoken = _DIGITS.sub(lambda found: to_chinese(int(found[0])), question)
    return spoken if spoken != question else _NUMERAL.sub(_in_digits, question)


def _in_digits(found: re.Match[str]) -> str:
    value = parse_numeral(found[0])
    return found[0] if value is None else str(int(value))
