"""How far what comes first is ahead of all else that was read and says something else.

Two documents that say the same are no doubt about it; one that says otherwise and reads as well is. All rivals count
together: three that are a little behind make the first as doubtful as one that is level with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.reading.confidence import ALONE, FARTHEST
from kb.text.numerals import in_digits
from kb.text.terms import bigrams

_ALIKE = 0.5
"""The share of the pairs of characters of the shorter of two sentences that the other holds, from which on they say the
same."""
_SHORTEST = 2
"""Characters of a minimal answer by which it is known again."""
_FIGURE = re.compile(r"(?<![\d.第])\d+(?:\.\d+)?")  # Numbers of articles and parts of decimals are no figures.


@dataclass(frozen=True, slots=True)
class Saying:
    """What was read says, as far as it takes to know it again in other words: the pairs of characters and the figures
    of its likeliest sentence, the minimal answer where one stands out, and the whole text that was read."""

    pairs: frozenset[str]
    figures: frozenset[str]
    minimal: str
    text: str

    @classmethod
    def of(cls, sentence: str, text: str = "", minimal: str = "") -> Saying:
        """Take a sentence with the text that it stands in and its minimal answer, each "" where not known."""
        plain = in_digits(sentence)
        return cls(frozenset(bigrams(plain)), frozenset(_FIGURE.findall(plain)), in_digits(minimal), in_digits(text))

    def agrees(self, other: Saying) -> bool:
        """Say whether the other says the same: it holds this one's minimal answer, or the sentences are alike.
        Sentences that each have figures which the other lacks say something of their own.

        >>> Saying.of("全市共梳理34项支持政策").agrees(Saying.of("杭州市梳理三十四项支持政策"))
        True
        >>> Saying.of("补贴不超过3000元").agrees(Saying.of("补贴不超过5000元"))
        False
        >>> Saying.of("清单共34项", minimal="34项").agrees(Saying.of("压实责任", text="压实责任，提到三十四项政策"))
        True
        """
        if len(self.minimal) >= _SHORTEST and self.minimal in other.text:
            return True
        if not (self.figures <= other.figures or other.figures <= self.figures):
            return False
        return len(self.pairs & other.pairs) >= _ALIKE * max(min(len(self.pairs), len(other.pairs)), 1)


def lead_of(read: Sequence[tuple[float, Saying]], alone: float = ALONE) -> float:
    """Give the log-odds that the first has over all its rivals together, `alone` where there are none; `read` is in
    order of its scores.

    >>> one, other = Saying.of("满三周岁"), Saying.of("每月两次")
    >>> lead_of([(3.0, one), (3.0, one), (1.0, other)])
    2.0
    """
    (best, first), *others = read
    rivals = [score for score, saying in others if not first.agrees(saying)]
    if not rivals:
        return alone
    return min(best - rivals[0] - math.log(sum(math.exp(score - rivals[0]) for score in rivals)), FARTHEST)
