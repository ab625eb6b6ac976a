"""What is read from a sentence: facts, each with the words that state it, and of whom they are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.eligibility.values import Range, Value, bounds
from kb.text.people import SpokenPerson

SELF = "我"
"""What the one who speaks is called among several people."""


@dataclass(frozen=True, slots=True)
class FactReading:
    """A fact that a sentence states: text[start:end] is `said`; `or_more` where another of whom nothing is told may
    have more of it (the age of the older parent, where one is told of)."""

    fact_id: str
    value: Value
    said: str
    start: int
    end: int
    certain: bool
    or_more: bool = False

    @property
    def known(self) -> Value:
        """What is known by it: the value, or that and all above it."""
        return Range(bounds(self.value)[0], None) if self.or_more else self.value


@dataclass(frozen=True, slots=True)
class PersonReading:
    """What a text says of a relative beside the one whom it is about; `name` is what they are called there."""

    name: str
    readings: tuple[FactReading, ...]


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """What a text says of the one whom it is about, and of others; `about` names the one for whom it says that it asks.
    Where it tells the same of several relatives and nothing of the one who speaks, nobody can say whom it is about:
    then nothing personal is `own`. What nobody can be (300岁) is `impossible`."""

    own: list[FactReading]
    others: list[PersonReading]
    about: str = ""
    impossible: Sequence[FactReading] = ()


@dataclass(frozen=True, slots=True)
class HeardFact:
    """A reading and of whom it was said, as far as the words tell."""

    reading: FactReading
    person: SpokenPerson | None

    @property
    def of_speaker(self) -> bool:
        """Whether it is told of the one who speaks."""
        return self.person is None or self.person.kind == "self"

    @property
    def name(self) -> str:
        """The person's name; of the one who speaks `SELF`."""
        return SELF if self.of_speaker or self.person is None else self.person.name
