"""What is not answered, and why: questions that say too little, documents that contradict each other, false premises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import KnowledgeBaseOf

from kb.answering.ambiguity import is_general, points_nowhere
from kb.answering.premises import contradicted
from kb.knowledge_base import KnowledgeBase
from kb.types import Answer, Query


def kind_of(answer: Answer) -> str | None:
    return answer.refusal.kind if answer.refusal else None


@pytest.mark.parametrize(
    "question",
    ["它的联系电话是多少？", "那2027年呢？", "这个文件的文号是什么？", "上述部门怎么联系？", "該辦法什麼時候施行？"],
)
def test_a_word_that_points_at_nothing_is_asked_about(corpus: KnowledgeBase, question: str) -> None:
    answer = corpus.ask(Query("", question))
    assert kind_of(answer) == "needs_clarification"
    assert answer.refusal and "指的是什么" in answer.refusal.message


def test_the_same_word_is_understood_in_a_conversation(corpus: KnowledgeBase) -> None:
    previous = ("343号提案的答复是哪个单位作的？",)
    answer = corpus.ask(Query("", "它的联系电话是多少？", previous=previous))
    assert "85251845" in answer.text


@pytest.mark.parametrize("question", ["补贴标准是多少？", "什么时候开始？", "怎么申请？", "申請條件是什麼？"])
def test_a_question_that_fits_many_things_is_asked_back_with_what_it_may_mean(
    corpus: KnowledgeBase, question: str
) -> None:
    answer = corpus.ask(Query("", question))
    assert kind_of(answer) == "needs_clarification"
    assert len({citation.doc_id for citation in answer.citations}) == len(answer.citations) >= 2


def test_a_general_question_to_a_single_document_is_answered(build: KnowledgeBaseOf) -> None:
    corpus = build(meals="社区食堂管理办法\n\n一、补贴\n社区食堂的补贴标准是每餐5元。\n")
    assert "每餐5元" in corpus.ask(Query("", "补贴标准是多少？")).text


MEALS = "关于老年助餐的通知\n\n发文机关：{issuer}\n适用地区：{region}\n\n一、补贴标准\n老年食堂每接待一名老年人就餐，给予运营补贴{amount}元。\n"


def test_two_documents_of_one_place_that_say_it_differently_conflict(build: KnowledgeBaseOf) -> None:
    corpus = build(
        one=MEALS.format(issuer="杭州市民政局", region="杭州", amount=3),
        other=MEALS.format(issuer="杭州市财政局", region="杭州", amount=5),
    )
    answer = corpus.ask(Query("", "老年食堂每接待一名老年人就餐补贴多少元？"))
    assert kind_of(answer) == "conflicting"
    assert {citation.quote.count("3元") + 2 * citation.quote.count("5元") for citation in answer.citations} == {1, 2}
    assert answer.refusal and "[1]" in answer.refusal.message and "[2]" in answer.refusal.message


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (MEALS.format(issuer="宁波市民政局", region="宁波", amount=5), "another place"),
        (MEALS.format(issuer="杭州市财政局", region="杭州", amount=3), "the same figure"),
        ("关于场地的通知\n\n适用地区：杭州\n\n一、场地\n老年食堂的场地面积不少于5平方米。\n", "another matter"),
    ],
)
def test_what_does_not_contradict_is_answered(build: KnowledgeBaseOf, other: str, why: str) -> None:
    corpus = build(one=MEALS.format(issuer="杭州市民政局", region="杭州", amount=3), other=other)
    answer = corpus.ask(Query("", "杭州的老年食堂每接待一名老年人就餐补贴多少元？"))
    assert kind_of(answer) is None, why
    assert "3元" in answer.text


@pytest.mark.parametrize("question", ["杭州市为什么梳理了43项支持政策？", "杭州市梳理了四十三項支持政策，是嗎？"])
def test_a_false_premise_is_answered_by_what_the_document_says(corpus: KnowledgeBase, question: str) -> None:
    answer = corpus.ask(Query("", question))
    assert answer.text.startswith("与问题中的说法不同，文件中写的是34项：")
    assert "43" not in answer.text
    statement = answer.statements[0]
    if statement.focus:
        assert statement.text[slice(*statement.focus)] in answer.citations[0].quote


def test_a_true_premise_is_answered_without_a_remark(corpus: KnowledgeBase) -> None:
    assert not corpus.ask(Query("", "杭州市为什么梳理了34项支持政策？")).text.startswith("与问题")


@pytest.mark.parametrize(
    ("question", "sentence", "figure"),
    [
        ("国家先选80个城市试点，对吗？", "国家计划挑选大约50个城市开展试点。", "50个"),
        ("补助是300万元吗？", "每个项目一次性补助200万元。", "200万元"),
        ("建成二百个社区食堂了吗", "全市已建成社区食堂180个。", None),
        ("60岁以上老人补贴多少？", "70周岁以上老年人每月补贴100元。", None),
        ("3个工作日内能办好吗？", "受理后5个工作日内办结。", None),
        ("第43项政策是什么", "梳理34项政策。", None),
        ("至少要3个托位吗", "每千人5个托位。", None),
        ("43项政策中有几项涉及托育？", "梳理34项政策，其中43项任务。", None),
        ("补助1万元吗", "补助10000元。", None),
    ],
)
def test_only_a_figure_of_the_same_thing_contradicts(question: str, sentence: str, figure: str | None) -> None:
    assert contradicted(question, sentence) == figure


@given(st.integers(1, 9999), st.sampled_from("项个家套处座"), st.sampled_from(["支持政策", "试点社区", "服务设施"]))
def test_a_figure_never_contradicts_itself(number: int, unit: str, thing: str) -> None:
    assert contradicted(f"为什么有{number}{unit}{thing}？", f"共{number}{unit}{thing}。") is None


def test_a_title_alone_is_no_answer(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "养老服务补贴制度实施办法什么时候施行？"))
    assert all(citation.quote != "施行日期" for citation in answer.citations)


@pytest.mark.parametrize(
    "question", ["社区食堂谁负责？", "高龄补贴标准是多少？", "托育", "那些没有电梯的楼怎么办？", "1+N体系是什么"]
)
def test_a_question_with_a_subject_is_neither_general_nor_pointing(question: str) -> None:
    assert not is_general(question)
    assert question.startswith("那些") or points_nowhere(question) is None


def test_a_price_that_no_document_names_is_not_answered_with_something_else(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "嵌入式社区服务设施的补贴是300万元吗？"))
    assert answer.refusal is not None or "元" in answer.text
