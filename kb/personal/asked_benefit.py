"""Which benefit a question of a person's own is about: 去食堂吃饭能便宜点不 asks for 老年人助餐用餐优惠.

The encoder finds the benefits that are near what is asked, with the clauses that only tell facts left out, and the
reader says which of them would answer it. Benefits that do so nearly alike (three kinds of 公租房) are all meant. How
likely the choice is right is a probability; below `SURE` nobody is told a verdict.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import exp, log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.eligibility.benefits import Benefit
from kb.eligibility.catalogue import Catalogue
from kb.eligibility.readings import FactReading
from kb.index.encoder import Encoder
from kb.index.vector_cache import VectorCache
from kb.question.several import asks
from kb.reading.reader import Reader
from kb.text.fold import fold_text

_CLAUSE = re.compile(r"[^,，。;；!！?？、\n]+")
# A clause that wants something is what is asked, be there facts in it.
_WANTS = re.compile(r"[想要能可]|(\w)不\1|申请|办理|享受|[吗不没呗吧呢]$|报销|优惠")
_ABOUT_ALL = re.compile(
    r"(?:什么|哪些|啥|哪几[样种项])[^,，。?？]{0,6}(?:优惠|补贴|补助|待遇|政策|福利|好处|扶持)|(?:享受|领|拿)(?:到|些)?(?:什么|哪些|啥)"
)
# An allowance without a word of what it is for.
_BARE = re.compile(
    r"(?:政府|国家|上面|社区|街道|市里|区里|我们?|他|她|能|可以?|会|还|都|给|发|有|没|不|是|领|拿|享受|申请|到|点|些|个|一|[,，])*"
    r"(?:补贴|补助|津贴|优惠|待遇|福利|照顾|钱)(?:[吗么嘛呢啊呀吧不没领拿给发有能可以的?？]*)"
)
_REMEMBERED = 512  # questions, as many as whose answers are remembered
_NEAR = 6  # benefits that the reader reads
_REST = 0.7  # the weight of what is asked against that of the whole question
_READING = 0.4369
"""The weight of the reader's log-odds in its calibration (`Confidence.reading`) when the figures below were set beside
them: a reader that is trained anew says the same in larger or smaller log-odds, which are brought to that scale."""
# What makes up the score of a benefit beside what the reader says of it; these were set on 50 questions.
_STEEP = 20.0  # what a whole unit of cosine is worth
_LEVEL = 0.56  # the cosine that is worth nothing; goes with the encoder: where all its cosines move, it does by as much
_NAMED = 0.5  # what a shared pair of characters is worth, by its rarity
_CALLED = 6.0  # where its title or an everyday name of it stands in the question
_AGREED = 2.0  # where the clause that was quoted is one of the benefit's
_ALIKE = 1.5  # scores behind the best within which benefits are meant together
# The log-odds that the best is right, by its score: fitted on 73 questions of evals/data/eligibility/asked_dev.toml,
# one weight and an offset. How far it is ahead of the next one was tried beside and told nothing more.
_WEIGHT = 0.53
_OFFSET = -0.4
SURE = 0.6
"""From here on a verdict is told: of 66 told so on `asked_dev` and `asked_test` 59 are of a benefit that is meant
(`evals.eligibility_bench`); a wrong one, which is three times as bad as none, says by name what it judges."""
_THINKABLE = 0.25  # from here on a benefit is offered
_OFFERED = 3


def asks_for_all(question: str) -> bool:
    """Say whether a question asks for everything that somebody has a right to.

    >>> asks_for_all("我今年62，安徽户口，能享受哪些优惠政策？"), asks_for_all("我今年62，能去社区食堂吗")
    (True, False)
    >>> asks_for_all("我今年62，能享受什麼優惠")
    True
    """
    return _ABOUT_ALL.search(fold_text(question)) is not None


def asks_for_any(asked: str) -> bool:
    """Say whether what is asked, facts left out, is whether there is an allowance, and not which.

    >>> asks_for_any("政府给不给补贴"), asks_for_any("能不能领补助啊？"), asks_for_any("能领生育补助吗")
    (True, True, False)
    """
    return _BARE.fullmatch(asked) is not None


@dataclass(frozen=True, slots=True)
class Choice:
    """The benefits that are `meant` together, the likeliest first, with the probability that they are the right ones,
    and of all the few that come into question (`near`)."""

    meant: tuple[Benefit, ...] = ()
    probability: float = 0.0
    near: tuple[Benefit, ...] = ()


class BenefitFinder:
    """Finds the benefits that a question asks for; their vectors are kept in the folder `cache`."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder, reader: Reader, cache: Path) -> None:
        self._book = catalogue.book
        self._benefits = catalogue.benefits
        self._encoder = encoder
        self._reader = reader
        self._cache = cache
        self._texts = [f"{benefit.title}。{benefit.gives}。" for benefit in self._benefits]
        self._facts = [
            {self._book.asked(leaf.test.fact_id) for leaf in benefit.conditions.leaves()} for benefit in self._benefits
        ]
        self._held = Counter(pair for text in self._texts for pair in _pairs(text))
        # What was asked before passes the queue of answers (`KnowledgeBase.remembers`), so it must not be read again.
        self._likely = lru_cache(maxsize=_REMEMBERED)(self._read)

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        """The benefits as vectors, made when somebody first asks for one: most questions tell of nobody."""
        with closing(VectorCache(self._cache, self._encoder)) as cache:
            return cache.encode(self._texts, self._encoder)

    def find(self, question: str, readings: Sequence[FactReading], quoted: frozenset[str] = frozenset()) -> Choice:
        """Choose the benefits that are meant; none where the question asks for nothing, or nothing that was told
        matters to any.

        Where something was told, or may have been, a benefit is one of them only if it turns on that; a clause that
        tells nothing certain belongs to what is asked. Its name, or that it rests on a clause that was `quoted` first
        in answer to the same question, puts it before others. Together are meant those of one document.
        """
        rest = what_is_asked(question, [one for one in readings if one.certain])
        told = {self._book.asked(one.fact_id) for one in readings}
        fitting = tuple(n for n, facts in enumerate(self._facts) if facts & told or not told)
        if not rest or not fitting:
            return Choice()
        said = {name for one in self._benefits for name in _names(one) if name in question}
        # A name within a longer one is not said itself: 陪产假 is not 产假.
        whole = {name for name in said if not any(name != other and name in other for other in said)}
        named = tuple(n for n in fitting if whole.intersection(_names(self._benefits[n])))
        likely = dict(self._likely(question, rest, fitting, named))
        order = {n: score + self._advantage(n, rest, n in named, quoted) for n, score in likely.items()}
        best = max(order, key=lambda n: order[n])
        alike = [
            n
            for n in order
            if order[n] > order[best] - _ALIKE and self._benefits[n].source == self._benefits[best].source
        ]
        ranked = sorted(order, key=lambda n: -order[n])
        near = [self._benefits[n] for n in ranked if _probability(order[n]) >= _THINKABLE]
        return Choice(
            tuple(self._benefits[n] for n in ranked if n in alike), _probability(order[best]), tuple(near[:_OFFERED])
        )

    def _read(
        self, question: str, rest: str, fitting: tuple[int, ...], named: tuple[int, ...]
    ) -> tuple[tuple[int, float], ...]:
        """Give the benefits that were named and, of the fitting ones, those nearest to a question in which `rest` is
        asked, by number, each with what reader and encoder say of it."""
        whole, asked = (self._encoder.encode_queries([text])[0] @ self._vectors.T for text in (question, rest))
        nearness = (1 - _REST) * whole + _REST * asked
        nearest = list(dict.fromkeys([*named, *sorted(fitting, key=lambda n: -nearness[n])[:_NEAR]]))
        texts = [self._texts[n] for n in nearest]
        # What is told may say what is asked (我外婆98，发不发), and may lead astray: whichever reading says more counts.
        read = [self._reader.read(one, texts) for one in dict.fromkeys((rest, question))]
        unit = self._reader.confidence.reading / _READING
        scores = [unit * max(one.score for one in readings) for readings in zip(*read, strict=True)]
        return tuple(
            (n, score + _STEEP * (float(nearness[n]) - _LEVEL)) for n, score in zip(nearest, scores, strict=True)
        )

    def _advantage(self, number: int, asked: str, is_named: bool, quoted: frozenset[str]) -> float:
        agreed = bool(self._benefits[number].clauses() & quoted)
        return _NAMED * self._shared(asked, number) + _AGREED * agreed + _CALLED * is_named

    def _shared(self, asked: str, number: int) -> float:
        """Weigh the pairs of characters that a question shares with a benefit's text, rare ones more (产假 more than
        补贴)."""
        pairs = _pairs(asked) & _pairs(self._texts[number])
        return sum(log(len(self._texts) / self._held[pair]) for pair in pairs)


def what_is_asked(question: str, readings: Sequence[FactReading]) -> str:
    """Leave out the clauses that tell facts and ask nothing; empty where nothing is asked."""
    clauses = list(_CLAUSE.finditer(question))
    told = [any(one.start < clause.end() and clause.start() < one.end for one in readings) for clause in clauses]
    asking = [clause[0] for clause, tells in zip(clauses, told, strict=True) if not tells or _WANTS.search(clause[0])]
    return "，".join(asking) if any(asks(one) or _WANTS.search(one) for one in asking) else ""


def _names(benefit: Benefit) -> tuple[str, ...]:
    return benefit.title, *benefit.called


def _probability(score: float) -> float:
    """Say how likely the benefit of the best score is the one that is meant.

    >>> [round(_probability(score), 2) for score in (-3.0, 0.0, 3.0)]
    [0.12, 0.4, 0.77]
    """
    return 1 / (1 + exp(-(_OFFSET + _WEIGHT * score)))


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1) if re.fullmatch("[一-鿿]{2}", text[n : n + 2])}
