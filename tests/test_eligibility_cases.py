"""The rules against the case tables, and the tables against mutations of the rules."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from eligibility_cases import Case, read_cases

from kb.eligibility.benefits import Benefit
from kb.eligibility.catalogue import VERDICTS, Catalogue
from kb.eligibility.conditions import YES, Condition, Count, Leaf, Not
from kb.knowledge_base import KnowledgeBase

BENEFITS = Path(__file__).parent.parent / "corpus" / "benefits"
CASES = list(read_cases())


@pytest.fixture(scope="session")
def catalogue(corpus: KnowledgeBase) -> Catalogue:
    return Catalogue.open(BENEFITS, corpus)


def outcome(catalogue: Catalogue, benefit: Benefit, case: Case) -> tuple[str, list[int]]:
    """The verdict of a benefit, which may be a mutant, and the amounts that are certain."""
    profile = catalogue.book.profile(case.facts, case.day)
    truths = catalogue.truths(profile)
    certain = [amount.value for amount in benefit.amounts if not amount.when or amount.when.truth(truths) == YES]
    return VERDICTS[benefit.root.truth(truths)], certain


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_of_the_tables_comes_out_as_written(catalogue: Catalogue, case: Case) -> None:
    profile = catalogue.book.profile(case.facts, case.day)
    judged = next(one for one in catalogue.judge(profile) if one.benefit.benefit_id == case.benefit)
    assert judged.verdict == case.verdict
    if case.because is not None:
        assert tuple(sorted({leaf.test.fact_id for leaf in judged.deciding})) == case.because
    if case.gets is not None:
        assert [value for _, value, truth in catalogue.amounts(judged, profile) if truth == YES] == case.gets


def test_there_are_sixty_benefits_and_eight_hundred_cases_and_every_benefit_has_some(catalogue: Catalogue) -> None:
    assert len(catalogue.benefits) >= 60
    assert len(CASES) >= 800
    assert {case.benefit for case in CASES} == {benefit.benefit_id for benefit in catalogue.benefits}


def test_every_quote_of_the_rules_stands_in_its_clause(catalogue: Catalogue, corpus: KnowledgeBase) -> None:
    for benefit in catalogue.benefits:
        assert benefit.given_by, benefit.benefit_id
        for cited in (*benefit.root.leaves(), *benefit.amounts, *benefit.given_by):
            clause = corpus.clause(cited.clause_id)
            assert cited.quote in corpus.document(clause.doc_id).text[clause.start : clause.end], benefit.benefit_id


def test_every_number_and_date_of_the_rules_is_tried_from_both_sides(catalogue: Catalogue) -> None:
    tried: dict[tuple[str, str], set[object]] = {}
    for case in CASES:
        for fact_id, value in catalogue.book.profile(case.facts, case.day).values.items():
            tried.setdefault((case.benefit, fact_id), set()).add(value)
        tried.setdefault((case.benefit, "today"), set()).add(case.day)
    for benefit in catalogue.benefits:
        for leaf in benefit.root.leaves():
            limit = leaf.test.operand
            if type(limit) is not int:
                continue
            beside = {limit - 1, limit} if leaf.test.operator in ("at_least", "less_than") else {limit, limit + 1}
            known = {value for value in tried[benefit.benefit_id, leaf.test.fact_id] if type(value) is int}
            least = catalogue.book[leaf.test.fact_id].least or 0
            assert {n for n in beside if n >= least} <= known, (benefit.benefit_id, leaf.test, known)


def mutants(node: Condition) -> Iterator[tuple[str, Condition | None]]:
    """Every tree with one condition removed or inverted; `None` where nothing is left."""
    if isinstance(node, Leaf):
        yield f"{node.test} removed", None
        yield f"{node.test} inverted", Not(node)
    elif isinstance(node, Not):
        for name, part in mutants(node.part):
            yield name, Not(part) if part else None
    elif isinstance(node, Count):
        for n, one in enumerate(node.parts):
            for name, part in mutants(one):
                others = node.parts[:n] + ((part,) if part else ()) + node.parts[n + 1 :]
                needed = node.needed if part or node.needed == 1 else node.needed - 1
                yield name, Count(needed, others) if others else None


def mutated(benefit: Benefit) -> Iterator[tuple[str, Benefit]]:
    everything = Count(0, ())
    for name, root in mutants(benefit.root):
        yield name, replace(benefit, root=root or everything)
    for n, amount in enumerate(benefit.amounts):
        for name, when in mutants(amount.when) if amount.when else ():
            changed = (*benefit.amounts[:n], replace(amount, when=when), *benefit.amounts[n + 1 :])
            yield f"amount {n + 1}: {name}", replace(benefit, amounts=changed)


def test_some_case_fails_when_a_condition_is_removed_or_inverted(catalogue: Catalogue) -> None:
    survivors = []
    for benefit in catalogue.benefits:
        cases = [case for case in CASES if case.benefit == benefit.benefit_id]
        right = [outcome(catalogue, benefit, case) for case in cases]
        for name, mutant in mutated(benefit):
            if all(outcome(catalogue, mutant, case) == one for case, one in zip(cases, right, strict=True)):
                survivors.append(f"{benefit.benefit_id}: {name}")
    assert survivors == []


def test_the_tables_hold_nothing_but_what_their_comment_explains() -> None:
    for path in (Path(__file__).parent / "eligibility").glob("*.toml"):
        table = tomllib.loads(path.read_text("utf-8"))
        assert set(table) == {"benefit", "date", "base", "cases"}
        for row in table["cases"]:
            assert set(row) <= {"change", "without", "date", "verdict", "because", "gets"}, path
