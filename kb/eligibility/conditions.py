"""Conditions in three truth values (Kleene 1952, strong tables): trees of all, any, not and at least n of.

    all = the smallest of the parts   any = the greatest   not = the negation   n of = the n-th greatest

with NO = -1, UNKNOWN = 0, YES = 1. A leaf is a test of one fact together with the clause that demands it. Equal tests
have one number in the catalogue and are made once a profile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from kb.eligibility.facts import Fact
from kb.eligibility.regions import NATIONWIDE, Regions
from kb.eligibility.values import Absent, Excluded, Value, bounds

Truth = Literal[-1, 0, 1]
NO: Truth = -1  # Kleene's strong logic of three values, ordered so that "all" is the minimum and "any" the maximum.
UNKNOWN: Truth = 0
YES: Truth = 1
Operator = Literal["is", "one_of", "at_least", "at_most", "more_than", "less_than", "within", "outside"]
_RELATIONS = {"is": "：", "at_least": "达到", "at_most": "不超过", "more_than": "超过", "less_than": "低于"}
_OF_DAYS = {"is": "：", "at_least": "不早于", "at_most": "不晚于", "more_than": "晚于", "less_than": "早于"}


@dataclass(frozen=True, slots=True)
class Test:
    """A fact against a value; `within` and `outside` know by `regions` that places lie in places."""

    __test__ = False  # no test of pytest's

    fact_id: str
    operator: Operator
    operand: int | bool | str | date | tuple[str, ...]
    regions: Regions = field(default=NATIONWIDE, compare=False, repr=False)

    def truth(self, value: Value | None) -> Truth:
        """Hold what is known of the fact against the operand."""
        if value is None:
            return UNKNOWN
        if isinstance(value, Absent):
            return NO
        if self.operator in ("within", "outside"):
            inside = self._inside(value, _several(self.operand))
            return inside if self.operator == "within" else negation(inside)
        if self.operator in ("is", "one_of"):
            wanted = (self.operand,) if self.operator == "is" else _several(self.operand)
            if isinstance(value, Excluded):
                return NO if set(wanted) <= set(value.values) else UNKNOWN
            return YES if value in wanted else NO
        least, most = bounds(value)
        if self.operator in ("at_least", "less_than"):
            reached = _compare(least, most, self.operand, strict=False)
            return reached if self.operator == "at_least" else negation(reached)
        reached = _compare(least, most, self.operand, strict=True)
        return reached if self.operator == "more_than" else negation(reached)

    def _inside(self, value: Value, places: tuple[str, ...]) -> Truth:
        chains = self.regions.chains
        if isinstance(value, Excluded):
            return NO if all(any(out in chains[place] for out in value.values) for place in places) else UNKNOWN
        chain = chains[str(value)]
        if any(place in chain for place in places):
            return YES
        return UNKNOWN if any(str(value) in chains[place] for place in places) else NO

    def words(self, fact: Fact, wanted: Truth = YES) -> str:
        """Say the test, or where it must not hold its opposite, in Chinese."""
        if wanted != YES:
            if fact.type == "yes_no":
                return f"{fact.name}：{fact.words(not self.operand)}"
            return f"不能是：{self.words(fact)}"
        if self.operator in ("within", "outside"):
            places = "、".join(_several(self.operand))
            return f"{fact.name}{'' if self.operator == 'within' else '不'}在{places}"
        if isinstance(self.operand, tuple):
            return f"{fact.name}：{'、'.join(map(fact.words, self.operand))}{'之一' * (len(self.operand) > 1)}"
        said = fact.words(self.operand)
        relation = _OF_DAYS if fact.type == "date" else _RELATIONS
        return f"{fact.name}{relation[self.operator]}{said}"


def _several(operand: int | bool | str | date | tuple[str, ...]) -> tuple[str, ...]:
    return operand if isinstance(operand, tuple) else (str(operand),)


def _compare(least: int | date | None, most: int | date | None, limit: object, *, strict: bool) -> Truth:
    """Say whether a value between `least` and `most` reaches, or strictly passes, the limit."""
    if least is not None and (least > limit if strict else least >= limit):  # type: ignore[operator]
        return YES
    if most is not None and (most <= limit if strict else most < limit):  # type: ignore[operator]
        return NO
    return UNKNOWN


def negation(truth: Truth) -> Truth:
    """Turn yes into no and no into yes; what is unknown stays so."""
    return YES if truth == NO else NO if truth == YES else UNKNOWN


class Condition(Protocol):
    """A node: its truth from the truths of the tests, its leaves, and the fewest leaves that decide it."""

    def truth(self, tests: Sequence[Truth]) -> Truth:
        """Give the truth of the node, `tests` holding that of every test by its number."""

    def leaves(self) -> Iterator[Leaf]:
        """Give all tests below the node, in the order of the rule."""

    def deciding(self, tests: Sequence[Truth]) -> tuple[Leaf, ...]:
        """Give the smallest set of leaves that settles the node; empty where it is unknown."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A test, its number in the catalogue, and where it is written: the quote stands in the clause."""

    test: Test
    number: int
    clause_id: str
    quote: str

    def truth(self, tests: Sequence[Truth]) -> Truth:
        """Give the truth of its own test; `tests` holds one truth a leaf, by its number."""
        return tests[self.number]

    def leaves(self) -> Iterator[Leaf]:
        """Give itself."""
        yield self

    def deciding(self, tests: Sequence[Truth]) -> tuple[Leaf, ...]:
        """Give itself where its test is known: what it says decides."""
        return (self,) if tests[self.number] else ()


@dataclass(frozen=True, slots=True)
class Count:
    """At least `needed` of the parts; with all of them it is `all`, with one it is `any`."""

    needed: int
    parts: tuple[Condition, ...]

    def truth(self, tests: Sequence[Truth]) -> Truth:
        """Give YES or NO as soon as enough parts have it, whatever the unknown ones turn out to be."""
        yes = no = 0
        to_fail = len(self.parts) - self.needed + 1
        for part in self.parts:
            truth = part.truth(tests)
            if truth == YES:
                yes += 1
                if yes == self.needed:
                    return YES
            elif truth == NO:
                no += 1
                if no == to_fail:
                    return NO
        return UNKNOWN

    def leaves(self) -> Iterator[Leaf]:
        """Give the leaves of all parts, in the order of the rule."""
        for part in self.parts:
            yield from part.leaves()

    def deciding(self, tests: Sequence[Truth]) -> tuple[Leaf, ...]:
        """Give the fewest leaves that settle the verdict, none while it is unknown: where three of five parts are
        enough, the three that take the fewest leaves."""
        truth = self.truth(tests)
        if truth == UNKNOWN:
            return ()
        wanted = self.needed if truth == YES else len(self.parts) - self.needed + 1
        sets = sorted((part.deciding(tests) for part in self.parts if part.truth(tests) == truth), key=len)
        return tuple(leaf for chosen in sets[:wanted] for leaf in chosen)


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Condition

    def truth(self, tests: Sequence[Truth]) -> Truth:
        """Give the other verdict; what is unknown stays so."""
        return negation(self.part.truth(tests))

    def leaves(self) -> Iterator[Leaf]:
        """Give the leaves of the part."""
        return self.part.leaves()

    def deciding(self, tests: Sequence[Truth]) -> tuple[Leaf, ...]:
        """Give what decides the part, which decides its negation as well."""
        return self.part.deciding(tests)


def every(*parts: Condition) -> Condition:
    """All of the parts must hold."""
    return Count(len(parts), parts)


def some(*parts: Condition) -> Condition:
    """One of the parts must hold."""
    return Count(1, parts)


def open_leaves(node: Condition, tests: Sequence[Truth]) -> Iterator[Leaf]:
    """Give the leaves that could still change an unknown node."""
    if node.truth(tests) != UNKNOWN:
        return
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Not):
        yield from open_leaves(node.part, tests)
    elif isinstance(node, Count):
        for part in node.parts:
            yield from open_leaves(part, tests)
