"""A verdict that is asked for beside something else: each question is answered, and none of them lost."""

from __future__ import annotations

from datetime import date

import pytest

from kb.knowledge_base import KnowledgeBase
from kb.types import Answer, Query

DAY = date(2026, 11, 27)


def ask(knowledge_base: KnowledgeBase, text: str, *previous: str) -> Answer:
    return knowledge_base.ask(Query("", text, as_of=DAY, previous=previous))


@pytest.mark.parametrize(
    ("question", "benefit", "also", "said"),
    [
        ("孩子2岁，能上幼儿园托班吗，一个月多少钱", "nursery-class-kindergarten", "一个月多少钱", "2980元"),
        ("我在杭州打工没房，能申请蓝领公寓吗，租金多少", "blue-collar-flat", "租金多少", "市场价的七折"),
        ("我爸七十一，坐公交要钱吗？蓝领公寓租金打几折？", "elder-transport-70", "蓝领公寓租金打几折", "市场价的七折"),
    ],
)
def test_what_is_asked_beside_a_verdict_is_answered_too(
    personal: KnowledgeBase, question: str, benefit: str, also: str, said: str
) -> None:
    answer = ask(personal, question)
    assert answer.eligibility and answer.eligibility["benefit"] == benefit
    other = next(one for one in answer.statements if one.text.startswith(f"关于“{also}”："))
    assert said in other.text
    quotes = {one.number: one.quote for one in answer.citations}
    assert any(said in quotes[number] for number in other.citations)
    for citation in answer.citations:
        assert personal.document(citation.doc_id).text[citation.start : citation.end] == citation.quote


def test_what_the_documents_do_not_say_beside_a_verdict_is_refused_by_itself(personal: KnowledgeBase) -> None:
    answer = ask(personal, "我爸七十一，坐公交要钱吗？火星上能养鱼吗？")
    assert answer.refusal is None and answer.eligibility
    assert "没有找到" in answer.statements[-1].text and not answer.statements[-1].citations


def test_how_a_benefit_is_had_is_told_with_its_verdict_and_not_asked_of_the_documents(personal: KnowledgeBase) -> None:
    answer = ask(personal, "我妈82岁杭州户口，能领养老服务补贴吗？在哪里申请？")
    assert answer.eligibility and "养老服务补贴" in answer.eligibility["title"]
    assert any(one.text.startswith("办理：") for one in answer.statements)
    assert "没有找到" not in answer.text and "关于“" not in answer.text


def test_how_many_benefits_are_had_is_asked_of_one_of_them(personal: KnowledgeBase) -> None:
    answer = ask(personal, "我妈82能领什么补贴？怎么申请？")
    assert answer.eligibility and answer.eligibility["benefit"] is None
    assert answer.statements[-1].text == "关于“怎么申请”：各项政策的办理方式不同，请写明其中一项再问。"


def test_what_is_asked_behind_the_verdicts_on_several_people_is_answered_too(personal: KnowledgeBase) -> None:
    answer = ask(personal, "我妈75，我爸70，他们坐公交免费吗，要带什么证件")
    assert [one.verdict for one in answer.statements if one.verdict] == ["depends", "depends"]
    assert "证件" in answer.statements[-1].text and answer.statements[-1].citations


def test_two_people_who_are_asked_about_in_turn_have_a_verdict_each(personal: KnowledgeBase) -> None:
    answer = ask(personal, "我妈75，坐公交免费吗？我爸60呢？")
    verdicts = [one.verdict for one in answer.statements if one.verdict]
    assert verdicts == ["depends", "no"]


def test_a_reply_goes_back_to_the_question_for_the_verdict(personal: KnowledgeBase) -> None:
    before = "我妈82岁杭州户口，能领养老服务补贴吗？蓝领公寓租金打几折？"
    asked = ask(personal, before).eligibility
    assert asked and asked["question"]
    told = ask(personal, "低保，评估过了", before).eligibility
    assert told and told["verdict"] == "eligible"


def test_what_was_offered_is_one_question_whatever_was_asked_before(personal: KnowledgeBase) -> None:
    offered = "我没房，租金多少，要多久，我想了解是否符合“蓝领公寓”的条件？"
    answer = ask(personal, offered)
    assert answer.eligibility and answer.eligibility["benefit"] == "blue-collar-flat"
    assert {one["id"] for one in answer.eligibility["facts"]} == {"owns_home"}
