"""What somebody told speaks for some of the open benefits, and these are named first."""

from __future__ import annotations

import itertools
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.eligibility.catalogue import Catalogue
from kb.eligibility.conditions import NO, YES, Condition, Leaf, Not, Test, every, some
from kb.eligibility.consultation import consult
from kb.eligibility.relevance import chance, relevances
from kb.errors import FactError
from kb.knowledge_base import KnowledgeBase
from kb.types import Query

DAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def catalogue(personal: KnowledgeBase) -> Catalogue:
    return personal.catalogue


def relevance(catalogue: Catalogue, **facts: object) -> dict[str, float]:
    told = relevances(catalogue, catalogue.book.profile(facts, DAY))
    return dict(zip((one.benefit_id for one in catalogue.benefits), told, strict=True))


def open_benefits(catalogue: Catalogue, text: str) -> list[str]:
    return [one["id"] for one in consult(catalogue, {}, text, DAY)["benefits"] if one["verdict"] == "undetermined"]


def test_where_nothing_is_known_nothing_speaks_for_a_benefit(catalogue: Catalogue) -> None:
    assert set(relevance(catalogue).values()) == {1.0}


def test_the_narrower_condition_that_is_met_counts_more(catalogue: Catalogue) -> None:
    found = relevance(catalogue, age=100)
    assert found["longevity-allowance-100"] > found["elder-transport-70"] > found["elder-health-record"] > 1
    assert found["parental-leave"] == 1.0


def test_to_be_from_here_speaks_for_nothing_and_to_be_from_elsewhere_for_what_is_for_those(
    catalogue: Catalogue,
) -> None:
    assert max(relevance(catalogue, home="余杭").values()) == 1.0
    assert relevance(catalogue, hukou="安徽")["blue-collar-flat"] > 1.0


def test_what_is_told_to_the_contrary_leaves_nothing(catalogue: Catalogue) -> None:
    assert relevance(catalogue, age=40)["longevity-allowance-100"] == 0.0


@given(
    st.dates() | st.sampled_from([date.min, date(1849, 12, 31), date(2018, 6, 30), date(9999, 7, 1), date.max]),
    st.sampled_from(["我妈82岁，能领多少补贴", "我孩子3个月", "我2026年3月5日生的孩子", ""]),
)
@settings(max_examples=30, deadline=None)  # the first reading opens the tagger
def test_benefits_are_judged_as_of_any_day_of_the_calendar(catalogue: Catalogue, day: date, text: str) -> None:
    with suppress(FactError):  # who tells of a birth in the future is told so
        assert consult(catalogue, {}, text, day)["as_of"] == day.isoformat()


def test_a_question_about_oneself_is_answered_as_of_a_day_before_all_rules(personal: KnowledgeBase) -> None:
    assert personal.ask(Query("", "我妈82岁，能领多少补贴", as_of=date(2018, 6, 30))).timing.total > 0


LEAVES = [Leaf(Test("age", "at_least", n), n, "a#1", "老年人") for n in range(4)]
NODES = st.recursive(
    st.sampled_from(LEAVES),
    lambda parts: st.builds(Not, parts) | st.builds(every, parts, parts) | st.builds(some, parts, parts, parts),
    max_leaves=4,
)


@given(NODES, st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=4, max_size=4))
def test_the_chance_is_the_share_of_all_outcomes_where_no_test_stands_twice(
    node: Condition, likely: list[float]
) -> None:
    numbers = [leaf.number for leaf in node.leaves()]
    if len(set(numbers)) < len(numbers):
        return
    expected = 0.0
    for outcome in itertools.product((NO, YES), repeat=4):
        weight = 1.0
        for truth, p in zip(outcome, likely, strict=True):
            weight *= p if truth == YES else 1 - p
        expected += weight * (node.truth(outcome) == YES)
    assert chance(node, likely) == pytest.approx(expected)


def test_the_open_benefits_begin_with_what_the_facts_speak_for(catalogue: Catalogue) -> None:
    assert open_benefits(catalogue, "太奶奶刚过完一百岁生日")[0] == "longevity-allowance-100"
    assert open_benefits(catalogue, "我刚怀了二胎，住余杭")[0] in {"child-rearing-subsidy", "maternity-subsidy"}


def test_who_asks_for_everything_is_told_of_what_may_apply_and_what_it_waits_for(personal: KnowledgeBase) -> None:
    answer = personal.ask(Query("", "太奶奶刚过完一百岁生日，都能享受什么政策", as_of=DAY))
    told = next(one for one in answer.statements if one.text.startswith("百岁老人长寿保健补助"))
    assert "还不能确定是否符合，还要看户籍所在地、居住地" in told.text
    assert not any(one.text.startswith("女职工延长产假") for one in answer.statements)
    quotes = [citation.quote for citation in answer.citations if citation.number in told.citations]
    assert any("100周岁" in quote for quote in quotes)
    for citation in answer.citations:
        assert personal.document(citation.doc_id).text[citation.start : citation.end] == citation.quote


def test_a_number_apart_from_what_it_counts_is_read(personal: KnowledgeBase) -> None:
    known = consult(personal.catalogue, {}, "我 72 岁，杭州户口", DAY)["facts"]
    assert ("age", 72) in {(one["id"], one["value"]) for one in known}
