"""Facts from a sentence with the help of a language model, behind the same check as the rules.

The model names facts, values and the words that say so. A reading counts only when the words stand in what was said,
the value is one that the fact can have, and a number stands in those words. What the rules read wins over the model,
and what only the model reads is shown to be confirmed and not used before.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import date

from kb.eligibility.facts import TODAY, Fact, FactBook
from kb.eligibility.readings import FactReading
from kb.eligibility.regions import Regions
from kb.eligibility.spoken_text import SpokenText
from kb.errors import FactError, LanguageModelError
from kb.text.fold import fold
from kb.text.numerals import in_digits
from kb.writing.claims import quantities
from kb.writing.language_model import LanguageModel

_log = logging.getLogger(__name__)
_INSTRUCTION = (
    '从一个人说的话里找出关于他本人的事实。每行写一个 JSON 对象：{"fact": 项目编号, "value": 值, "said": 原话中的词句}。\n'
    "value：yes_no 写 true 或 false，number 和 money 写整数，date 写 2020-01-31 的样子，choice 写给出的编号，place 写地名。\n"
    "said 必须是原话中连续的文字。没有说到的、别人的、假设的、拿不准的都不写。除 JSON 外不写别的。\n项目：\n"
)


def add_model_readings(
    text: str, readings: Sequence[FactReading], book: FactBook, as_of: date, model: LanguageModel
) -> list[FactReading]:
    """Add to what the rules read what a model reads beside; without a model that answers, nothing is added."""
    known = {reading.fact_id for reading in readings}
    facts = [fact for fact in book if fact.fact_id != TODAY and fact.fact_id not in known]
    try:
        written = "".join(model.stream(_INSTRUCTION + "\n".join(map(_described, facts)), text))
    except LanguageModelError as error:
        _log.warning("reading facts by rules alone: %s", error)
        return list(readings)
    found: dict[str, FactReading] = {}
    for line in written.splitlines():
        reading = _read(line, text, book, as_of)
        if reading is not None and reading.fact_id not in known:
            found.setdefault(reading.fact_id, reading)
    return sorted([*readings, *found.values()], key=lambda one: (one.start, one.fact_id))


def _described(fact: Fact) -> str:
    choices = "，".join(f"{name}={words}" for name, words in fact.choices)
    return f"{fact.fact_id}（{fact.type}）：{fact.question}{choices and f' 可选：{choices}'}"


def _read(line: str, text: str, book: FactBook, as_of: date) -> FactReading | None:
    """Read one line of the model; give nothing where it does not hold."""
    try:
        told = json.loads(line)
        fact_id, value, said = told["fact"], told["value"], told["said"]
        checked = book.profile({fact_id: value}, as_of).values[fact_id]
    except (ValueError, KeyError, TypeError, FactError):
        return None
    whole, part = fold(text), fold(str(said)).text.strip()
    place = whole.text.find(part) if part else -1
    if place < 0:
        return None
    start, end = whole.span(place, place + len(part))
    if (
        isinstance(checked, int)
        and not isinstance(checked, bool)
        and not _stands(checked, text[start:end], book.regions)
    ):
        return None
    return FactReading(fact_id, checked, text[start:end], start, end, certain=False)


def _stands(number: int, said: str, regions: Regions) -> bool:
    return any(quantity.value == str(number) for quantity in quantities(in_digits(SpokenText.of(said, regions).text)))
