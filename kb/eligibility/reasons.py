"""The conditions that somebody is told as the reason of a verdict.

A rule fails with all of its alternatives, but not every alternative can concern everybody. Where one fact tells
alternatives apart (未生育的…, 已生育的…) each is a case, and the reason lies in the case that somebody is in. Of
alternatives that run out (出生后180日内; 2024年3月9日前, for those who were born before the rule was made) the reason
is the one that ran out last: while it held the others were not needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from kb.eligibility.catalogue import Judgement
from kb.eligibility.conditions import NO, YES, Condition, Count, Leaf, Truth
from kb.eligibility.facts import TODAY, FactBook, Profile
from kb.eligibility.full_units import reached
from kb.eligibility.values import bounds


def reasons(judgement: Judgement, book: FactBook, profile: Profile) -> tuple[Leaf, ...]:
    """Give those of the deciding conditions that can concern the person; all that decide where a benefit applies."""
    beside = {id(leaf) for leaf in _beside(judgement.benefit.root, judgement.tests, book, profile)}
    return tuple(leaf for leaf in judgement.deciding if id(leaf) not in beside)


def _beside(node: Condition, tests: Sequence[Truth], book: FactBook, profile: Profile) -> Iterator[Leaf]:
    """Give the leaves of failed alternatives that concern somebody else."""
    if not isinstance(node, Count) or node.truth(tests) != NO:
        return
    concerning = node.parts
    if node.needed == 1:
        ended = [_ended(part, book, profile) for part in node.parts]
        concerning = tuple(
            part
            for part, end in zip(node.parts, ended, strict=True)
            if not _is_another_case(part, node.parts, tests) and not _ended_before(end, ended)
        )
    for part in node.parts:
        if part in concerning or not concerning:
            yield from _beside(part, tests, book, profile)
        else:
            yield from part.leaves()


def _is_another_case(part: Condition, alternatives: Sequence[Condition], tests: Sequence[Truth]) -> bool:
    """Say whether an alternative demands another value of a fact than the one that somebody has and another alternative
    names."""
    names = {
        leaf.test.fact_id
        for other in alternatives
        for leaf in _of_itself(other)
        if leaf.test.operator == "is" and leaf.truth(tests) == YES
    }
    return any(leaf.test.fact_id in names and leaf.truth(tests) == NO for leaf in _of_itself(part))


def _of_itself(part: Condition) -> Iterator[Leaf]:
    """Give the conditions that an alternative demands in any case."""
    if isinstance(part, Leaf):
        yield part
    elif isinstance(part, Count) and part.needed == len(part.parts):
        yield from (one for one in part.parts if isinstance(one, Leaf))


def _ended(part: Condition, book: FactBook, profile: Profile) -> tuple[date, date] | None:
    """Give the earliest and the latest day from which an alternative does not hold any more; None where it is not time
    alone that ends it."""
    if not isinstance(part, Leaf) or part.test.operator not in ("at_most", "less_than"):
        return None
    limit, fact = part.test.operand, book[part.test.fact_id]
    if fact.fact_id == TODAY and isinstance(limit, date):
        end = limit + timedelta(days=part.test.operator == "at_most")
        return end, end
    if fact.counted is None or type(limit) is not int or fact.counted.source not in profile.values:
        return None
    first, last = bounds(profile.values[fact.counted.source])
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    count = limit + (part.test.operator == "at_most")
    return reached(first, count, fact.counted.unit), reached(last, count, fact.counted.unit)


def _ended_before(end: tuple[date, date] | None, others: Sequence[tuple[date, date] | None]) -> bool:
    return end is not None and any(other is not None and end[1] < other[0] for other in others)
