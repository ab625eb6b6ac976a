"""Which question to ask next: the one whose answer settles most.

For every open question a few answers are tried, one on each side of every limit that the rules draw; a question is
worth the verdicts that its answers settle, on average. Ties go to the fact that more open conditions hang on. What is
unlikely to be so (a small child of somebody of seventy) is asked last, whatever it would settle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kb.eligibility.benefits import Benefit
from kb.eligibility.catalogue import Catalogue
from kb.eligibility.conditions import UNKNOWN, Truth, open_leaves
from kb.eligibility.facts import EARLIEST, Fact, Profile
from kb.eligibility.full_units import reached, start_for
from kb.eligibility.values import Exact, Excluded, Range, Value, bounds


@dataclass(frozen=True, slots=True)
class FactQuestion:
    """A fact to ask for, the share of its answers' verdicts that it settles, and how many benefits wait for it."""

    fact: Fact
    settles: float
    benefits: int


def next_questions(
    catalogue: Catalogue, profile: Profile, benefits: Sequence[Benefit] | None = None
) -> list[FactQuestion]:
    """Give the open questions of some benefits (all by default), most useful first."""
    truths = catalogue.truths(profile)
    waiting: dict[str, list[Benefit]] = {}
    leaves: dict[str, int] = {}
    for benefit in catalogue.benefits if benefits is None else benefits:
        found = [catalogue.book.asked(leaf.test.fact_id) for leaf in open_leaves(benefit.root, truths)]
        for fact_id in set(found):
            waiting.setdefault(fact_id, []).append(benefit)
            leaves[fact_id] = leaves.get(fact_id, 0) + found.count(fact_id)
    order = {fact.fact_id: n for n, fact in enumerate(catalogue.book)}
    questions = [
        FactQuestion(catalogue.book[fact_id], _settled(catalogue, fact_id, profile, truths, waiting[fact_id]), len(waiting[fact_id]))
        for fact_id in waiting
    ]  # fmt: skip
    late = {one.fact.fact_id for one in questions if _unlikely(one.fact, profile)}
    return sorted(
        questions, key=lambda q: (q.fact.fact_id in late, -q.settles, -leaves[q.fact.fact_id], order[q.fact.fact_id])
    )


def _unlikely(fact: Fact, profile: Profile) -> bool:
    if fact.unlikely is None:
        return False
    known, limit = fact.unlikely
    least, _ = bounds(profile.values.get(known, ""))
    return type(least) is int and least >= limit


def _settled(
    catalogue: Catalogue, fact_id: str, profile: Profile, truths: Sequence[Truth], benefits: Iterable[Benefit]
) -> float:
    """Count the verdicts that an answer settles, averaged over the answers tried."""
    fact = catalogue.book[fact_id]
    answers = possible_answers(catalogue, fact, profile)
    settled = 0
    for answer in answers:
        tried = list(truths)
        for known, value in catalogue.book.profile({fact_id: answer}, profile.as_of).values.items():
            narrowed = value if isinstance(profile.values.get(known), (Range, Excluded, type(None))) else None
            for number, test in catalogue.tests_of(known):
                if narrowed is not None and tried[number] == UNKNOWN:
                    tried[number] = test.truth(narrowed)
        settled += sum(benefit.root.truth(tried) != UNKNOWN for benefit in benefits)
    return settled / len(answers) if answers else 0.0


def possible_answers(catalogue: Catalogue, fact: Fact, profile: Profile) -> list[Exact]:
    """Give one answer for every way in which the rules can tell answers apart, as far as what is known allows."""
    if fact.type == "yes_no":
        return [True, False]
    if fact.type == "choice":
        return [name for name, _ in fact.choices]
    if fact.type == "place":
        named = {place for _, test in catalogue.tests_of(fact.fact_id) for place in _places(test.operand)}
        return [*sorted(named), catalogue.book.regions.elsewhere]
    limits = {limit for _, test in catalogue.tests_of(fact.fact_id) if (limit := test.operand) is not None}
    if fact.type != "date":
        numbers = sorted(limit for limit in limits if type(limit) is int)
        tried = {n for limit in numbers for n in (limit - 1, limit, limit + 1)} | {fact.least or 0}
        kept = sorted(n for n in tried if (fact.least or 0) <= n <= (fact.most or 0))
        return [n for n in kept if not _excluded(profile.values.get(fact.fact_id), n)]
    days = {day for day in limits if isinstance(day, date)}
    for counted in catalogue.book.counted_from.get(fact.fact_id, ()):
        assert counted.counted is not None
        for _, test in catalogue.tests_of(counted.fact_id):
            if type(test.operand) is int:
                days |= {start_for(max(n, 0), profile.as_of, counted.counted.unit) for n in (test.operand - 1, test.operand, test.operand + 1)}  # fmt: skip
    days |= {reached(day, -1, "days") for day in days}
    known = profile.values.get(fact.fact_id)
    return sorted(day for day in days if EARLIEST <= day <= profile.as_of and not _excluded(known, day))


def _excluded(known: Value | None, value: int | date) -> bool:
    if not isinstance(known, Range):
        return False
    return (known.least is not None and value < known.least) or (known.most is not None and value > known.most)  # type: ignore[operator]


def _places(operand: object) -> tuple[str, ...]:
    return operand if isinstance(operand, tuple) else (str(operand),)
