"""Facts from a sentence: what somebody says of themselves, each fact with the words that it came from.

Rules and dictionaries over the folded text with its numbers in digits. What is asked (满60岁才能享受吗), what is
hearsay and what is told of a neighbour says nothing about the person. 大概, 可能 and the like make a reading uncertain:
it is shown to be confirmed and not used before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from kb.eligibility.facts import FactBook
from kb.eligibility.regions import Regions
from kb.eligibility.spoken_places import place_rules
from kb.eligibility.spoken_rules import PHRASE_RULES, RULES, Found, Rule
from kb.eligibility.spoken_text import SpokenText
from kb.eligibility.values import Excluded, Value, as_json
from kb.errors import FactError

# Facts are read clause by clause, so that 我妈65岁 does not make me 65.
_CLAUSE = re.compile(r"[^,，。;；!！?？、\n]+")
# 听说满60岁可以 tells no fact of the one who says it, nor does a question or a supposition.
_HEARSAY = re.compile(
    r"听说|据说|邻居|同事|朋友|吗$|怎么|什么|多少|才能|能不能|可不可以|是否|哪些|如何|请问|要是|如果|假如"
)
_DOUBT = re.compile(r"可能|也许|好像|应该|估计|记不清|不确定")  # What is told in doubt is read as not certain.
_ROUGH = re.compile(r"大概|左右|大约|差不多|约莫")  # says it of a number
_ASKS_FOR_ALL = re.compile(r"\d+(?:周?岁)?(?:以上|以下)?的?(?:老人|老年人|孩子|人).{0,4}(?:有|能|可以)")


@dataclass(frozen=True, slots=True)
class FactReading:
    """A fact that a sentence states: text[start:end] is `said`."""

    fact_id: str
    value: Value
    said: str
    start: int
    end: int
    certain: bool


def read_sentence(text: str, book: FactBook, as_of: date) -> list[FactReading]:
    """Read what a text says, in the order of the text; the first reading of a fact counts, but what it is wins over
    what it is not."""
    spoken = SpokenText.of(text, book.regions)
    readings: dict[str, FactReading] = {}
    for clause in _CLAUSE.finditer(spoken.text):
        if _HEARSAY.search(clause[0]) or _ASKS_FOR_ALL.search(clause[0]):
            continue
        doubt, rough = (pattern.search(clause[0]) is not None for pattern in (_DOUBT, _ROUGH))
        for rule in _rules(book.regions):
            for match in rule.pattern.finditer(spoken.text, *clause.span()):
                for found in rule.read(match, spoken.text, as_of):
                    numeric = not isinstance(found.value, (bool, str, Excluded))
                    reading = _reading(found, match, spoken, doubt or (rough and numeric))
                    known = readings.get(found.fact_id)
                    narrower = known is not None and _narrows(found.value, known.value)
                    if (known is None or narrower) and _holds(reading, book, as_of):
                        readings[found.fact_id] = reading
    return sorted(readings.values(), key=lambda one: (one.start, one.fact_id))


@cache
def _rules(regions: Regions) -> tuple[Rule, ...]:
    return (*RULES, *place_rules(regions), *PHRASE_RULES)


def _narrows(value: Value, known: Value) -> bool:
    return isinstance(known, Excluded) and isinstance(value, str) and value not in known.values


def _reading(found: Found, match: re.Match[str], spoken: SpokenText, doubt: bool) -> FactReading:
    start, end = spoken.span(*match.span())
    certain = found.certain and not doubt
    return FactReading(found.fact_id, found.value, spoken.original[start:end], start, end, certain)


def _holds(reading: FactReading, book: FactBook, as_of: date) -> bool:
    """Leave out what cannot be: an age of 400, a birth in the future."""
    try:
        book.profile({reading.fact_id: as_json(reading.value)}, as_of)
    except FactError:
        return False
    return True
