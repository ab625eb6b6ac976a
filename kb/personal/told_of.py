"""Of whom a text tells, and which of what was told a verdict turns on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from kb.eligibility.judgement_presentation import told_conditions
from kb.eligibility.readings import SELF, FactReading, PersonReading, SentenceReading
from kb.eligibility.spoken_text import SpokenText
from kb.text.people import people_in

_OF_SOMEBODY = frozenset({"age", "birth_date", "child_age_months", "child_birth_date"})
_ASKS_POLITELY = re.compile("(?:我们?|俺|咱们?)(?:就|只|也)?(?:是)?想(?:要)?(?:请?问|知道|了解|咨询|请教|打听)")
"""Tells of nobody: 我想问一下女职工产假多少天."""


def tells_of_somebody(text: str, readings: Sequence[FactReading]) -> bool:
    """Say whether somebody is spoken of: 三孩家庭能领多少 and 领到孩子几岁 name a kind of family and nobody."""
    spoken = _ASKS_POLITELY.sub("", SpokenText.of(text).text)
    named = any(person.kind not in ("stranger", "child") for person in people_in(spoken))
    return bool(readings) and (named or any(one.fact_id in _OF_SOMEBODY for one in readings))


def is_of_others(people: SentenceReading) -> bool:
    """Say whether a text tells the same of several relatives, and of the one who speaks nothing but how old the parents
    are."""
    told = [{one.fact_id for one in person.readings} for person in people.others if person.name != SELF]
    return (
        not people.about
        and any(one & other for one, other in combinations(told, 2))
        and not any(one.fact_id in facts for one in people.own for facts in told)
    )


def turned_on(facts: Iterable[Mapping[str, Any]], benefit: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """Keep the facts that a verdict turns on, and of a date and what is counted from it the one that the rule speaks
    of."""
    if benefit is None:
        return list(facts)
    spoken_of = _spoken_of(benefit)
    return [fact for fact in facts if fact["id"] in spoken_of]


def unsettled(
    readings: Iterable[FactReading], facts: Iterable[Mapping[str, Any]], benefit: Mapping[str, Any] | None
) -> list[FactReading]:
    """Give what was read with doubt and nobody has settled since."""
    known = {fact["id"] for fact in facts}
    spoken_of = None if benefit is None else _spoken_of(benefit)
    return [
        one for one in readings if not one.certain and one.fact_id not in known and (spoken_of is None or one.fact_id in spoken_of)
    ]  # fmt: skip


def judged_apart(people: Iterable[PersonReading], benefit: Mapping[str, Any]) -> list[PersonReading]:
    """Give the relatives of whom something is told that the verdict on the one who is asked about turns on."""
    spoken_of = _spoken_of(benefit)
    return [
        person for person in people if person.name != SELF and any(one.fact_id in spoken_of for one in person.readings)
    ]


def of_whom_the_same_is_told(
    people: Iterable[PersonReading], own: Iterable[FactReading], benefit: Mapping[str, Any]
) -> list[str]:
    """Name those of whom a fact that the verdict turns on is told as it is of the one who is judged."""
    same = {one.fact_id for one in own if one.certain} & _spoken_of(benefit)
    return [person.name for person in people if any(one.fact_id in same for one in person.readings)]


def _spoken_of(benefit: Mapping[str, Any]) -> set[str]:
    """Name the facts that the conditions of a judged benefit speak of."""
    return {leaf["fact"] for leaf in told_conditions(benefit["conditions"])}
