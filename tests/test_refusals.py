"""What is not answered, and why: questions that say too little, documents that contradict each other, false
premises."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import KnowledgeBaseOf

from kb.knowledge_base import KnowledgeBase
from kb.presentation import answer_payload
from kb.question.ambiguity import is_general, points_nowhere
from kb.quoting.opening import contradicted
from kb.text.fold import script_of
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
    "question",
    [
        "社区食堂谁负责？",
        "高龄补贴标准是多少？",
        "托育",
        "那些没有电梯的楼怎么办？",
        "1+N体系是什么",
        "这个小区能加装电梯吗？",
        "那些人可以申请公租房？",
        "这些老人坐公交要钱吗",
        "那些小区要改造",
    ],
)
def test_a_question_with_a_subject_is_neither_general_nor_pointing(question: str) -> None:
    assert not is_general(question)
    assert points_nowhere(question) is None


def test_a_price_that_no_document_names_is_not_answered_with_something_else(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "嵌入式社区服务设施的补贴是300万元吗？"))
    assert answer.refusal is not None or "元" in answer.text


FALSE = ("资料库里没有", "资料库中没有", "现行有效的文件中没有")
REFUSED = [
    "南京的社区食堂有多少家？", "2031年全市有多少家老年食堂？", "坐月子请月嫂，政府给报销不？", "管家公司撂挑子跑了，楼道垃圾没人收咋办？",
    "浙江第七批未来社区创建名单有多少个项目？", "第344号提案答复说了什么？", "《杭州市物业管理条例》第九十九条写了什么？", "番茄炒蛋怎么做才嫩？",
    "哪些政策提到航天飞机？", "嵌入式体育计划要求的人均运动场地指标，现在按多少执行？",
]  # fmt: skip


@pytest.mark.parametrize("question", REFUSED)
@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2018, 1, 1)])
def test_a_refusal_says_what_was_searched_and_never_that_nothing_is_there(
    corpus: KnowledgeBase, question: str, day: date
) -> None:
    answer = corpus.ask(Query("", question, day))
    message = answer.refusal.message if answer.refusal else ""
    assert not any(words in message for words in FALSE)
    if "在资料库中查找" in message:
        assert f"（按{day.year}年{day.month}月{day.day}日有效的文件）" in message


@pytest.mark.parametrize("question", REFUSED[:5])
def test_the_nearest_material_is_shown_whatever_the_question_is_limited_to(
    corpus: KnowledgeBase, question: str
) -> None:
    answer = corpus.ask(Query("", question, date(2026, 11, 23)))
    assert answer.refusal is not None
    assert answer.citations
    assert "下面是最接近的材料" in answer.refusal.message


def test_a_refusal_names_the_document_and_the_place_that_it_was_limited_to(corpus: KnowledgeBase) -> None:
    refusal = corpus.ask(Query("", "《杭州市物业管理条例》对南京的小区怎么规定？")).refusal
    assert refusal is not None
    assert "在《杭州市物业管理条例》中查找" in refusal.message and "“南京”" in refusal.message


def test_nothing_is_shown_where_no_document_says_a_word_of_the_question(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "番茄炒蛋怎么做才嫩？"))
    assert answer.citations == ()
    assert answer.refusal is not None and "没有找到能回答这个问题的内容" in answer.refusal.message


def test_a_datum_that_the_header_of_a_document_lacks_is_not_that_of_another(corpus: KnowledgeBase) -> None:
    previous = ("第343号提案的联系人是谁？", "电话呢？")
    answer = corpus.ask(Query("", "第342号呢？", previous=previous))
    assert "85251845" not in str(answer_payload(answer, corpus))
    assert answer.statements[0].text.endswith("的文件信息中未载明联系电话、联系人。")
    assert {citation.doc_id for citation in answer.citations} == {"resp-hz-2024-342"}


@pytest.mark.parametrize(
    "question", ["失业金每个月能领多少？", "怎么办理异地就医备案？", "南京的社区食堂有多少家？", "宠物狗怎么上牌？"]
)
def test_nobody_is_named_to_be_asked_about_another_matter(corpus: KnowledgeBase, question: str) -> None:
    answer = corpus.ask(Query("", question))
    assert answer.refusal is not None
    contacts = answer_payload(answer, corpus)["refusal"]["contacts"]
    titles = {corpus.document(citation.doc_id).title for citation in answer.citations}
    assert {contact["title"] for contact in contacts} <= titles
    assert answer.refusal.kind == "weak_evidence" or contacts == []


def test_nobody_signs_for_what_their_document_does_not_name(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "楼下开麻将馆吵死人，找谁举报？"))
    assert answer.refusal is not None and not answer.statements


def test_figures_for_different_things_do_not_conflict(build: KnowledgeBaseOf) -> None:
    text = "清溪市{0}办法\n发文机关：清溪市民政局\n成文日期：2025-01-01\n一、{0}类补助每人每月{1}元。\n"
    corpus = build(one=text.format("乙", 222), other=text.format("丙", 333))
    answer = corpus.ask(Query("", "甲类补助每人每月多少元？"))
    assert answer.refusal is not None and answer.refusal.kind != "conflicting"
    assert "222" in corpus.ask(Query("", "乙类补助每人每月多少元？")).text


def test_documents_that_are_compared_are_both_quoted_or_the_answer_is_refused(corpus: KnowledgeBase) -> None:
    question = "对比《浙江省社会养老服务促进条例》和《浙江省养老服务补贴制度实施办法》的主要区别"
    answer = corpus.ask(Query("", question))
    assert answer.refusal is not None or len({citation.doc_id for citation in answer.citations}) == 2


@pytest.mark.parametrize(
    ("question", "script"), [("老年食堂补贴多少元？", "simplified"), ("老年食堂補貼多少元？", "traditional")]
)
def test_of_equal_sources_the_one_in_the_script_of_the_question_is_quoted(
    build: KnowledgeBaseOf, question: str, script: str
) -> None:
    corpus = build(
        one="老年食堂办法\n\n一、补贴\n老年食堂每餐补贴三元。\n",
        other="老年食堂辦法\n\n一、補貼\n老年食堂每餐補貼三元。\n",
    )
    assert script_of(corpus.ask(Query("", question)).citations[0].quote) == script
