"""What somebody is told as the reason of a verdict, and how alternatives are told in lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from eligibility_cases import read_cases

from kb.eligibility.catalogue import Catalogue
from kb.eligibility.consultation import consult
from kb.eligibility.judgement_presentation import consultation_lines
from kb.eligibility.reasons import reasons
from kb.knowledge_base import KnowledgeBase

BENEFITS = Path(__file__).parent.parent / "corpus" / "benefits"
DAY = date(2026, 11, 30)
MOTHER = {"hukou": "杭州", "same_couple": True, "birth_order": 2, "birth_registered": True}
CHILD = {"same_couple": True, "birth_order": 2, "child_hukou": "杭州"}


@pytest.fixture(scope="session")
def catalogue(corpus: KnowledgeBase) -> Catalogue:
    return Catalogue.open(BENEFITS, corpus)


def deciding(catalogue: Catalogue, benefit_id: str, facts: dict[str, Any], day: date = DAY) -> list[str]:
    (told,) = consult(catalogue, facts, "", day, only=benefit_id)["benefits"]
    return [one["fact"] for one in told["deciding"]]


@pytest.mark.parametrize(
    ("born", "facts"),
    [
        ("2024-02-01", ["child_days"]),
        ({"at_least": "2024-02-01", "at_most": "2024-02-29"}, ["child_days"]),
        ("2023-05-01", ["today"]),  # had until 8 March 2024, longer than 180 days
        ("2023-09-09", ["today"]),
        ("2023-09-10", ["child_days", "today"]),  # both ended on one day
        ({"at_least": "2023-09-01", "at_most": "2023-09-30"}, ["child_days", "today"]),  # nobody can say which
    ],
)
def test_of_terms_that_have_run_out_the_last_one_is_the_reason(
    catalogue: Catalogue, born: object, facts: list[str]
) -> None:
    child = {"child_birth_date": born}
    assert deciding(catalogue, "child-rearing-subsidy", CHILD | child) == facts
    assert deciding(catalogue, "maternity-subsidy", MOTHER | child | {"gave_birth": True}) == facts


def test_a_case_that_somebody_is_not_in_is_no_reason(catalogue: Catalogue) -> None:
    pregnant = {"gave_birth": False, "pregnant_weeks": 20}
    assert deciding(catalogue, "maternity-subsidy", MOTHER | pregnant) == ["pregnant_weeks"]


def test_alternatives_that_anybody_could_meet_are_all_reasons(catalogue: Catalogue) -> None:
    elsewhere = {"age": 62, "hukou": "安徽", "home": "上海"}
    assert deciding(catalogue, "elder-priority-60", elsewhere) == ["hukou", "home"]
    assert deciding(catalogue, "lift-installation", {"lift_role": "other"}) == ["lift_role", "lift_role"]


def test_every_settled_verdict_has_a_reason_among_what_decides(catalogue: Catalogue) -> None:
    for case in read_cases():
        profile = catalogue.book.profile(case.facts, case.day)
        judged = next(one for one in catalogue.judge(profile) if one.benefit.benefit_id == case.benefit)
        given = reasons(judged, catalogue.book, profile)
        assert bool(given) == (judged.verdict != "undetermined"), case
        assert set(given) <= set(judged.deciding), case
        assert judged.verdict != "eligible" or given == judged.deciding, case


def lines_of(catalogue: Catalogue, title: str, facts: dict[str, Any]) -> list[str]:
    """The lines under the title of one benefit, without what they cite."""
    text = "\n".join(consultation_lines(consult(catalogue, facts, "", DAY))).strip()
    (told,) = [block for block in text.split("\n\n") if title in block.splitlines()[0]]
    return [line.split(" —— ")[0] for line in told.splitlines()]


def test_alternatives_are_told_as_such_and_those_not_needed_are_not_told_as_unmet(catalogue: Catalogue) -> None:
    assert lines_of(catalogue, "优先服务", {"age": 62, "hukou": "安徽", "home": "拱墅"}) == [
        "符合：60至69周岁老年人优先服务",
        "  满足　年龄达到60周岁（62周岁）",
        "  满足　年龄不超过69周岁（62周岁）",
        "  满足任意一项即可：",
        "    满足　居住地在浙江（拱墅）",
        "    其他情形　户籍所在地在浙江",
    ]
    assert lines_of(catalogue, "优先服务", {"age": 62, "hukou": "安徽", "home": "上海"}) == [
        "不符合：60至69周岁老年人优先服务",
        "  满足任意一项即可：",
        "    不满足　户籍所在地在浙江（安徽）",
        "    不满足　居住地在浙江（上海）",
    ]


def test_an_alternative_of_several_conditions_is_told_whole(catalogue: Catalogue) -> None:
    told = lines_of(catalogue, "家庭无障碍改造补助", {"age": 66, "wants_renovation": True, "severe_disability": True})
    assert told[-2] == "    满足　重度残疾：是（是）"
    assert told[-1].startswith("    其他情形　") and "，且（" in told[-1] and "，或" in told[-1]


def test_an_amount_that_somebody_does_not_get_is_not_told(catalogue: Catalogue) -> None:
    assert lines_of(catalogue, "育儿补助", CHILD | {"child_birth_date": "2024-02-01"})[0] == "不符合：育儿补助"
