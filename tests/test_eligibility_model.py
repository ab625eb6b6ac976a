"""Facts that a language model reads, held against what was said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kb.eligibility.facts import FactBook
from kb.eligibility.model_reader import add_model_readings
from kb.eligibility.readings import FactReading
from kb.eligibility.sentence import read_sentence
from kb.errors import LanguageModelError

BOOK = FactBook.read(Path(__file__).parent.parent / "corpus" / "benefits" / "facts.toml")
DAY = date(2026, 11, 23)
TEXT = "咱家老头子整六十八啦，儿子单身"


class Scripted:
    """A model that writes what it was given, or fails."""

    name = "scripted"

    def __init__(self, written: str | None) -> None:
        self._written = written
        self.asked: list[str] = []

    def stream(self, instruction: str, request: str) -> Iterator[str]:
        self.asked.append(instruction + request)
        if self._written is None:
            raise LanguageModelError.of("language_model_silent", model="scripted")
        yield self._written


def added(written: str | None, rules: list[FactReading] | None = None) -> list[FactReading]:
    known = rules or []
    readings = add_model_readings(TEXT, known, BOOK, DAY, Scripted(written))
    return [one for one in readings if one not in known]


def test_what_holds_is_shown_to_be_confirmed() -> None:
    (reading,) = added('{"fact": "age", "value": 68, "said": "整六十八"}\n')
    assert (reading.fact_id, reading.value, reading.certain) == ("age", 68, False)
    assert TEXT[reading.start : reading.end] == reading.said == "整六十八"


@pytest.mark.parametrize(
    "written",
    [
        '{"fact": "age", "value": 86, "said": "整六十八"}',  # another number
        '{"fact": "age", "value": 68, "said": "六十八周岁"}',  # words that were not said
        '{"fact": "age", "value": 68, "said": ""}',
        '{"fact": "age", "value": "abc", "said": "整六十八"}',
        '{"fact": "age", "value": 400, "said": "整六十八"}',
        '{"fact": "shoe_size", "value": 42, "said": "整六十八"}',
        '["age", 68]',
        "他今年六十八岁。",
        "",
        None,
    ],
)
def test_what_does_not_hold_is_left_out(written: str | None) -> None:
    assert added(written) == []


def test_the_rules_win_over_the_model_which_is_not_even_asked() -> None:
    text = "我今年62"
    rules = read_sentence(text, BOOK, DAY)
    model = Scripted('{"fact": "age", "value": 62, "said": "62"}')
    assert add_model_readings(text, rules, BOOK, DAY, model) == rules
    assert "\nage（" not in model.asked[0]
