"""Facts, conditions and benefits: Kleene's laws, explanations, refusals, and questions."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.eligibility.benefits import BenefitReader
from kb.eligibility.catalogue import Catalogue
from kb.eligibility.conditions import (
    NO,
    UNKNOWN,
    YES,
    Condition,
    Count,
    Leaf,
    Not,
    Operator,
    Test,
    Truth,
    every,
    negation,
    some,
)
from kb.eligibility.consultation import consult
from kb.eligibility.facts import FactBook
from kb.eligibility.full_units import full_units, reached, start_for
from kb.eligibility.judgement_presentation import citation, explain
from kb.eligibility.questions import next_questions, possible_answers
from kb.eligibility.values import Range
from kb.errors import BenefitError, FactError
from kb.knowledge_base import KnowledgeBase
from kb.types import Clause, Document, HandWritten, RecognisedPage

BENEFITS = Path(__file__).parent.parent / "corpus" / "benefits"
BOOK = FactBook.read(BENEFITS / "facts.toml")
DAY = date(2026, 11, 23)

TRUTHS = st.sampled_from((NO, UNKNOWN, YES))


@pytest.fixture(scope="session")
def catalogue(corpus: KnowledgeBase) -> Catalogue:
    return Catalogue.open(BENEFITS, corpus)


def leaf(number: int) -> Leaf:
    return Leaf(Test("age", "at_least", number), number, "c", "q")


def trees() -> st.SearchStrategy[Condition]:
    leaves = st.integers(0, 7).map(leaf)

    def grow(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(parts, min_size=1, max_size=4)
        counts = several.flatmap(lambda p: st.integers(1, len(p)).map(lambda n: Count(n, tuple(p))))
        return counts | parts.map(Not)

    return st.recursive(leaves, grow, max_leaves=12)


@given(TRUTHS, TRUTHS, TRUTHS)
def test_all_any_and_not_obey_kleenes_laws(a: Truth, b: Truth, c: Truth) -> None:
    tests = [a, b, c]
    x, y, z = leaf(0), leaf(1), leaf(2)
    assert every(x, y).truth(tests) == min(a, b)
    assert some(x, y).truth(tests) == max(a, b)
    assert Not(every(x, y)).truth(tests) == some(Not(x), Not(y)).truth(tests)
    assert every(x, some(y, z)).truth(tests) == some(every(x, y), every(x, z)).truth(tests)
    assert Not(Not(x)).truth(tests) == a
    assert Count(2, (x, y, z)).truth(tests) == sorted(tests)[1]


@given(trees(), st.lists(TRUTHS, min_size=8, max_size=8), st.lists(TRUTHS, min_size=8, max_size=8))
def test_more_facts_never_turn_a_determined_verdict(node: Condition, tests: list[Truth], more: list[Truth]) -> None:
    richer = [known or added for known, added in zip(tests, more, strict=True)]
    if node.truth(tests) != UNKNOWN:
        assert node.truth(richer) == node.truth(tests)


@given(trees(), st.lists(TRUTHS, min_size=8, max_size=8))
def test_the_deciding_conditions_alone_decide_the_verdict(node: Condition, tests: list[Truth]) -> None:
    decided = {one.number for one in node.deciding(tests)}
    alone = [truth if n in decided else UNKNOWN for n, truth in enumerate(tests)]
    assert node.truth(alone) == node.truth(tests)


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 130), st.sampled_from(("years", "months", "days")))
def test_counting_and_reaching_agree(start: date, count: int, unit: Any) -> None:
    day = reached(start, count, unit)
    assert full_units(start, day, unit) == count
    assert full_units(start, day - timedelta(days=1), unit) < count or count == 0
    assert full_units(start_for(count, DAY, unit), DAY, unit) == count


PROFILES = st.fixed_dictionaries(
    {},
    optional={
        "age": st.integers(0, 110),
        "hukou": st.sampled_from(("杭州", "拱墅", "浙江", "安徽", "淳安")),
        "home": st.sampled_from(("杭州", "上海", "浙江")),
        "hardship": st.sampled_from(("minimum", "borderline", "none")),
        "self_care": st.sampled_from(("full", "some", "none")),
        "birth_order": st.integers(1, 4),
        "owns_home": st.booleans(),
        "employment": st.sampled_from(("employed", "retired", "self")),
    },
)


@settings(max_examples=60)
@given(PROFILES, PROFILES, st.randoms())
def test_verdicts_hold_with_more_facts_and_in_any_order(
    catalogue: Catalogue, known: dict[str, Any], more: dict[str, Any], order: random.Random
) -> None:
    before = catalogue.verdicts(BOOK.profile(known, DAY))
    shuffled = list({**more, **known}.items())
    order.shuffle(shuffled)
    after = catalogue.verdicts(BOOK.profile(dict(shuffled), DAY))
    for first, second in zip(before, after, strict=True):
        assert first in ("undetermined", second)
    assert after == catalogue.verdicts(BOOK.profile({**more, **known}, DAY))
    mixed = list(catalogue.benefits)
    order.shuffle(mixed)
    again = Catalogue(catalogue.book, mixed, catalogue.tests, catalogue.sources)
    assert again.verdicts(BOOK.profile(known, DAY)) == before


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"agee": 3}, "agee"),
        ({"age": -3}, "-3"),
        ({"age": 400}, "400"),
        ({"age": "abc"}, "abc"),
        ({"age": True}, "True"),
        ({"age": {"at_least": 70, "at_most": 60}}, "empty"),
        ({"hukou": "火星"}, "火星"),
        ({"self_care": "maybe"}, "maybe"),
        ({"birth_date": "2026-13-01"}, "2026-13-01"),
        ({"birth_date": "2027-01-01"}, "future"),
        ({"birth_date": "1964-05-01", "age": 60}, "contradicts"),
        ({"child_birth_date": "2025-05-01", "child_age_months": {"at_least": 24}}, "contradicts"),
        ({"owns_home": "yes"}, "yes"),
    ],
)
def test_a_profile_that_cannot_be_is_refused_with_field_value_and_remedy(facts: dict[str, Any], words: str) -> None:
    with pytest.raises(FactError, match="(?s)" + words) as refused:
        BOOK.profile(facts, DAY)
    assert refused.value.field in {*facts, "child_age_months"}
    assert refused.value.chinese


GOOD = """title = "助餐"
gives = "优惠"
given_by = [{ clause = "hz-2024-community-canteen#4.2", quote = "享受用餐优惠" }]
for = "person"
topic = "养老"
region = "杭州市"
source = "hz-2024-community-canteen"
how = "到食堂"
ask_at = "社区"
[period]
from = 2024-01-01
until = 2027-01-01
clause = "hz-2024-community-canteen#4.2"
quote = "年满60周岁"
[when]
all = [{ fact = "age", at_least = 60, clause = "hz-2024-community-canteen#4.2", quote = "年满60周岁" }]
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('fact = "age"', 'fact = "aeg"', "aeg"),
        ("at_least = 60", 'at_least = "sixty"', "sixty"),
        ("at_least = 60", "at_least = 400", "400"),
        ("at_least = 60", "is = true", "does not fit age"),
        ('quote = "年满60周岁" }', 'quote = "年满61周岁" }', "does not stand in"),
        ("#4.2", "#9.9", "no clause"),
        ("until = 2027-01-01", "until = 2023-01-01", "before from"),
        ("from = 2024-01-01", 'from = "2024-01-01"', "no date"),
        ('for = "person"', 'for = "dog"', "dog"),
        ('title = "助餐"', "", "title"),
        ("all = [{", "some = [{", "no condition"),
        ("[period]", "colour = 1\n[period]", "colour"),
        ('source = "hz', 'source = "xx', "no document"),
        ("at_least = 60", "at_least = [60, 70]", "does not fit age"),
        ('fact = "age", at_least = 60', 'fact = "sex", is = ["female", "male"]', "does not fit sex"),
        ('fact = "age", at_least = 60', 'fact = "sex", one_of = []', "does not fit sex"),
        ("[period]", "amount = 3\n[period]", "amount.*no table of an amount"),
        ("[when]", '[amount]\nvalue = 3\nunit = "元"\n[when]', "amount.*no table of an amount"),
        ("享受用餐优惠", "享受用餐折扣", "given_by.1.*does not stand in"),
        ("given_by = [{ clause", "given_by = [{ part", "given_by.1.*no clause and quote"),
        ("given_by = [{", 'given_by = ["享受", {', "given_by.1.*no clause and quote"),
        (
            'given_by = [{ clause = "hz-2024-community-canteen#4.2", quote = "享受用餐优惠" }]',
            'given_by = "#4.2"',
            "given_by.*no clause and quote",
        ),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_file_field_and_remedy(
    corpus: KnowledgeBase, tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "meal.toml"
    path.write_text(GOOD, "utf-8")
    BenefitReader(BOOK, corpus).read(path)
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(BenefitError, match=words) as refused:
        BenefitReader(BOOK, corpus).read(path)
    assert refused.value.message.startswith(str(path))


def test_a_period_that_is_no_table_is_refused(corpus: KnowledgeBase, tmp_path: Path) -> None:
    path = tmp_path / "meal.toml"
    before, _, after = GOOD.partition("[period]")
    path.write_text(f"{before}period = []\n[when]{after.partition('[when]')[2]}", "utf-8")
    with pytest.raises(BenefitError, match="period"):
        BenefitReader(BOOK, corpus).read(path)


def test_a_clause_of_a_doubtful_scan_is_told_as_doubtful_though_staff_looked_at_another_place(
    corpus: KnowledgeBase, tmp_path: Path
) -> None:
    class Scanned:
        def clause(self, clause_id: str) -> Clause:
            return corpus.clause(clause_id)

        def document(self, doc_id: str) -> Document:
            scan = replace(corpus.document(doc_id), page_starts=(0,), recognised=(RecognisedPage(1, 0.6),))
            return replace(scan, by_hand=(HandWritten(0, 4, None),))

    path = tmp_path / "meal.toml"
    path.write_text(GOOD, "utf-8")
    reader = BenefitReader(BOOK, Scanned())
    catalogue = Catalogue(BOOK, [reader.read(path)], reader.tests, reader.sources)
    (quoted,) = catalogue.benefits[0].given_by
    assert citation(catalogue, quoted.clause_id, quoted.quote)["confidence"] == 0.6


def test_facts_that_are_counted_in_a_circle_are_refused(tmp_path: Path) -> None:
    fact = '[{0}]\nname = "n"\nquestion = "q"\ntype = "number"\nleast = 0\nmost = 9\ngroup = "person"\ncounted = {{ from = "{1}", in = "years" }}\n'
    path = tmp_path / "facts.toml"
    path.write_text(fact.format("a", "b") + fact.format("b", "a"), "utf-8")
    with pytest.raises(BenefitError, match="leads back to itself"):
        FactBook.read(path)


@pytest.mark.parametrize(("kind", "step"), [("date", '"去办"'), ("yes_no", "1")])
def test_a_step_that_is_no_text_or_of_no_yes_and_no_is_refused(tmp_path: Path, kind: str, step: str) -> None:
    path = tmp_path / "facts.toml"
    path.write_text(f'[a]\nname = "n"\nquestion = "q"\ntype = "{kind}"\nstep = {step}\ngroup = "person"\n', "utf-8")
    with pytest.raises(BenefitError, match="does not fit the type"):
        FactBook.read(path)


def test_who_has_not_taken_a_step_yet_waits_for_it_and_fails_by_what_else_fails(catalogue: Catalogue) -> None:
    def told(**facts: object) -> dict[str, Any]:
        known = {"assessed": False, "age": 82, "self_care": "full", "hukou": "杭州", "hardship": "minimum"} | facts
        return consult(catalogue, known, "", DAY, benefit_id="eldercare-subsidy-basic", only="eldercare-subsidy-basic")

    (waits,) = told()["benefits"]
    assert waits["verdict"] == "undetermined" and waits["waits_for"] == []
    assert (waits["steps"], waits["to_do"]) == (["需求评估"], "做社会养老服务需求评估")
    assert told()["questions"] == []
    assert [one["id"] for one in told(hardship={"not": ["borderline"]})["questions"]] == ["hardship"]
    (fails,) = told(hukou="四川")["benefits"]
    assert fails["verdict"] == "not_eligible"


def test_of_many_benefits_only_what_nothing_else_is_open_of_waits_for_a_step(catalogue: Catalogue) -> None:
    def verdict(asked: str | None) -> str:
        told = consult(
            catalogue, {"assessed": False, "age": 82}, "", DAY, benefit_id=asked, only="eldercare-subsidy-basic"
        )
        return str(told["benefits"][0]["verdict"])

    assert (verdict(None), verdict("eldercare-subsidy-basic")) == ("not_eligible", "undetermined")


def test_what_changes_soon_is_noted(catalogue: Catalogue) -> None:
    judged = {one.benefit.benefit_id: one for one in catalogue.judge(BOOK.profile({"birth_date": "1967-02-23"}, DAY))}
    assert judged["elder-meal-discount"].verdict == "not_eligible"
    assert "2027年2月23日年龄满60周岁" in judged["elder-meal-discount"].notes[0]


def test_the_first_question_settles_most_and_answers_lead_to_a_verdict(catalogue: Catalogue) -> None:
    benefit = catalogue.find("eldercare-subsidy-basic")
    known: dict[str, Any] = {}
    for _ in range(20):
        profile = BOOK.profile(known, DAY)
        questions = next_questions(catalogue, profile, [benefit])
        if not questions:
            break
        assert questions == sorted(questions, key=lambda one: -one.settles)
        known[questions[0].fact.fact_id] = possible_answers(catalogue, questions[0].fact, profile)[0]
    assert catalogue.verdicts(BOOK.profile(known, DAY))[catalogue.benefits.index(benefit)] != "undetermined"


def test_a_rule_is_explained_in_chinese_with_its_clauses(catalogue: Catalogue) -> None:
    written = explain(catalogue, catalogue.find("lift-installation"))
    assert "楼层数达到4层 —— 《" in written
    assert "列入征收：否" in written
    assert "以下任意一项" in written


def test_a_day_is_early_or_late_and_never_high_or_low() -> None:
    today, day = BOOK["today"], date(2024, 3, 9)
    operators: tuple[Operator, ...] = ("at_least", "at_most", "more_than", "less_than")
    said = [Test("today", operator, day).words(today).removesuffix("2024年3月9日") for operator in operators]
    assert said == ["日期不早于", "日期不晚于", "日期晚于", "日期早于"]
    assert [today.words(Range(*ends)) for ends in ((day, None), (None, day))] == [
        "不早于2024年3月9日",
        "不晚于2024年3月9日",
    ]


def test_a_chosen_fact_wins_over_the_sentence_and_doubt_waits(catalogue: Catalogue) -> None:
    told = consult(catalogue, {"birth_date": "1950-01-01"}, "我今年62，大概每月三千五退休金", DAY)
    known = {fact["id"]: fact["value"] for fact in told["facts"]}
    assert known["age"] == 76
    assert "monthly_income" not in known
    assert [one["certain"] for one in told["readings"] if one["fact"] == "monthly_income"] == [False]
    assert negation(YES) == NO


def test_who_has_no_child_meets_no_condition_on_one_and_is_asked_no_more_of_it(catalogue: Catalogue) -> None:
    profile = catalogue.book.profile({"child_birth_date": {"none": True}}, DAY)
    verdicts = dict(zip((one.benefit_id for one in catalogue.benefits), catalogue.verdicts(profile), strict=True))
    assert {verdicts[name] for name in ("parental-leave", "infant-tax-deduction", "child-rearing-subsidy")} == {"not_eligible"}  # fmt: skip
    assert "child_birth_date" not in {one.fact.fact_id for one in next_questions(catalogue, profile)}
    assert catalogue.book["child_birth_date"].words(profile.values["child_birth_date"]) == "没有未成年的孩子"
    with pytest.raises(FactError, match="contradicts"):
        catalogue.book.profile({"child_birth_date": {"none": True}, "child_age_months": 20}, DAY)
    with pytest.raises(FactError):
        catalogue.book.profile({"age": {"none": True}}, DAY)


def test_what_somebody_skipped_is_not_asked_again_and_the_rest_is(catalogue: Catalogue) -> None:
    asked = [one["id"] for one in consult(catalogue, {}, "", DAY)["questions"]]
    left = [one["id"] for one in consult(catalogue, {}, "", DAY, skipped=asked)["questions"]]
    assert left and not set(asked) & set(left)
