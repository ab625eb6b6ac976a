"""All benefits, judged for a profile: eligible, not eligible or undetermined, each with its reasons.

Verdicts are computed from the tests alone; the order of facts and of benefits changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from kb.eligibility.benefits import Amount, Benefit, BenefitReader, CitableTexts, CitedClause
from kb.eligibility.conditions import NO, UNKNOWN, YES, Leaf, Test, Truth, open_leaves
from kb.eligibility.facts import FILE_NAME, TODAY, FactBook, Profile, read_toml
from kb.eligibility.full_units import reached
from kb.eligibility.values import bounds
from kb.errors import BenefitError, UnfoundedError
from kb.text.dates import chinese_day

Verdict = Literal["eligible", "not_eligible", "undetermined"]
# Truth values by the words of the API.
VERDICTS: dict[Truth, Verdict] = {YES: "eligible", NO: "not_eligible", UNKNOWN: "undetermined"}
SOON = timedelta(days=183)
"""How far ahead a change is worth a note."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the truths of all tests, from which every line of the explanation follows.

    `deciding` is the smallest set of conditions that settles it, `notes` say what changes soon.
    """

    benefit: Benefit
    verdict: Verdict
    tests: Sequence[Truth]
    deciding: tuple[Leaf, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unfounded:
    """A benefit that cannot be judged, since the document, clause or quote (`missing`) that it rests on is not there;
    `reason` names file, place and value."""

    benefit_id: str
    title: str
    missing: str
    reason: str


class Catalogue:
    """The facts, the benefits in order of their ids, and the tests that they share."""

    def __init__(
        self,
        book: FactBook,
        benefits: Iterable[Benefit],
        tests: Iterable[Test],
        sources: dict[str, CitedClause],
        unfounded: Iterable[Unfounded] = (),
    ) -> None:
        self.book = book
        self.benefits = tuple(sorted(benefits, key=lambda benefit: benefit.benefit_id))
        self.tests = tuple(tests)
        self.sources = sources
        self.unfounded = tuple(unfounded)
        self._by_fact: dict[str, list[tuple[int, Test]]] = {}
        for number, test in enumerate(self.tests):
            self._by_fact.setdefault(test.fact_id, []).append((number, test))

    @classmethod
    def open(cls, folder: Path, texts: CitableTexts, *, set_aside: bool = False) -> Catalogue:
        """Read facts.toml and every other file of the folder, each quote held against its clause; raise BenefitError.

        With `set_aside`, a benefit whose document, clause or quote is not there any more is told as `unfounded` and the
        others are judged.
        """
        book = FactBook.read(folder / FILE_NAME)
        paths = sorted(path for path in folder.glob("*.toml") if path.name != FILE_NAME)
        if not paths:
            raise BenefitError.of("benefits_none", file=folder)
        reader = BenefitReader(book, texts)
        benefits: list[Benefit] = []
        unfounded: list[Unfounded] = []
        for path in paths:
            try:
                benefits.append(reader.read(path))
            except UnfoundedError as error:
                if not set_aside:
                    raise
                unfounded.append(Unfounded(path.stem, str(read_toml(path)["title"]), error.missing, error.message))
        return cls(book, benefits, reader.tests, reader.sources, unfounded)

    def resting_on(self, doc_id: str) -> list[Benefit]:
        """List the benefits that a document is the source of, or that quote it."""
        return [
            benefit
            for benefit in self.benefits
            if doc_id == benefit.source or any(self.sources[one].document.doc_id == doc_id for one in benefit.clauses())
        ]

    def find(self, benefit_id: str) -> Benefit:
        """Give one benefit; raise BenefitError where there is none."""
        for benefit in self.benefits:
            if benefit.benefit_id == benefit_id:
                return benefit
        raise BenefitError.of("benefit_unknown", name=benefit_id[:60])

    def tests_of(self, fact_id: str) -> list[tuple[int, Test]]:
        """List the tests of one fact, each with its number."""
        return self._by_fact.get(fact_id, [])

    def truths(self, profile: Profile) -> list[Truth]:
        """Make every test once."""
        truths: list[Truth] = [UNKNOWN] * len(self.tests)
        for fact_id, value in (*profile.values.items(), (TODAY, profile.as_of)):
            for number, test in self._by_fact.get(fact_id, ()):
                truths[number] = test.truth(value)
        return truths

    def verdicts(self, profile: Profile) -> list[Verdict]:
        """Judge every benefit, in the order of `benefits`, without reasons."""
        truths = self.truths(profile)
        return [VERDICTS[benefit.root.truth(truths)] for benefit in self.benefits]

    def judge(self, profile: Profile) -> list[Judgement]:
        """Judge every benefit, with reasons."""
        truths = self.truths(profile)
        return [
            Judgement(
                benefit, VERDICTS[benefit.root.truth(truths)], truths, benefit.root.deciding(truths),
                tuple(self._notes(benefit, profile)),
            )
            for benefit in self.benefits
        ]  # fmt: skip

    def undone(self, profile: Profile) -> frozenset[str]:
        """Name the steps that somebody told not to have taken yet (尚未评估), and can still take."""
        return frozenset(name for name, value in profile.values.items() if value is False and self.book[name].step)

    def judge_with_steps_open(self, profile: Profile, asked: str | None = None) -> list[Judgement]:
        """Judge every benefit; one that fails by nothing but steps that can still be taken is undetermined and waits
        for them: since less is known then, it can be nothing else. Of others than the one that is `asked` for,
        everything else has to be known, for nobody wants to be told of steps to what they may not get."""
        judged = self.judge(profile)
        undone = self.undone(profile)
        if not undone:
            return judged
        opened = self.judge(profile.without(undone))

        def waits(one: Judgement, still: Judgement) -> bool:
            if (one.verdict, still.verdict) != ("not_eligible", "undetermined"):
                return False
            open_facts = {leaf.test.fact_id for leaf in open_leaves(one.benefit.root, still.tests)}
            return one.benefit.benefit_id == asked or open_facts <= undone

        return [still if waits(one, still) else one for one, still in zip(judged, opened, strict=True)]

    def amounts(self, judgement: Judgement, profile: Profile) -> list[tuple[Amount, int, Truth]]:
        """Give the amounts that apply or may apply, each with its value for this profile."""
        found: list[tuple[Amount, int, Truth]] = []
        for amount in judgement.benefit.amounts:
            truth: Truth = YES if amount.when is None else amount.when.truth(judgement.tests)
            if truth == NO:
                continue
            cap = profile.values.get(amount.no_more_than) if amount.no_more_than else None
            found.append((amount, min(amount.value, cap) if type(cap) is int else amount.value, truth))
        return found

    def _notes(self, benefit: Benefit, profile: Profile) -> Iterable[str]:
        """Say what starts or ends soon: the benefit itself, or a test that a date settles."""
        horizon = profile.as_of + min(SOON, date.max - profile.as_of)
        if benefit.since and profile.as_of < benefit.since <= horizon:
            yield f"{chinese_day(benefit.since)}起施行"
        if benefit.until and profile.as_of <= benefit.until <= horizon:
            yield f"{chinese_day(benefit.until)}到期"
        seen: set[tuple[str, date]] = set()
        for leaf in benefit.conditions.leaves():
            fact = self.book[leaf.test.fact_id]
            if fact.counted is None or type(leaf.test.operand) is not int:
                continue
            start, last = bounds(profile.values.get(fact.counted.source, ""))
            if start is None or start != last or not isinstance(start, date):
                continue
            count = leaf.test.operand + (leaf.test.operator in ("more_than", "at_most"))
            day = reached(start, count, fact.counted.unit)
            if profile.as_of < day <= horizon and (fact.fact_id, day) not in seen:
                seen.add((fact.fact_id, day))
                yield f"{chinese_day(day)}{fact.name}满{fact.words(count)}，结果可能改变"
