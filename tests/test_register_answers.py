"""Questions to the register: read in many wordings, answered complete and exact, each document with a citation."""

from __future__ import annotations

import re
from datetime import date

import pytest
from indexing import KnowledgeBaseOf

from evals.register_questions import exactness
from kb.knowledge_base import KnowledgeBase
from kb.presentation import answer_payload
from kb.text.fold import fold_text
from kb.types import Answer, Query

DAY = date(2026, 11, 23)


def ask(knowledge_base: KnowledgeBase, question: str, day: date = DAY) -> Answer:
    return knowledge_base.ask(Query("", question, day))


def listed(answer: Answer) -> set[str]:
    return {citation.doc_id for citation in answer.citations}


def test_questions_of_the_dev_half_are_answered_exactly(corpus: KnowledgeBase) -> None:
    judged = exactness(corpus, "dev")
    assert not [text for text, right in judged.items() if not right]


@pytest.mark.parametrize(
    "question",
    [
        "杭州市梳理了多少项支持政策？",
        "社区食堂对谁开放？",
        "申请育儿补助需要哪些文件？",
        "有什么办法可以少交物业费？",
        "国办发〔2021〕22号是关于什么的文件？",
        "杭州市育儿补助实施办法是哪年哪月成文的？",
        "加装电梯管理办法现在还有效吗？",
        "补贴标准有哪些",
        "条例规定的物业费预收期限最长是多少？",
        "国家导则规定的社区嵌入式服务综合体最小面积是多少？",
        "34项支持政策有哪些？",
        "这五项优惠政策具体是哪些？",
        "杭州的34项政策",
        "“1+N”体系里的34项支持政策具体是哪34份文件？",
        "物业管理条例和加装电梯办法有什么关系",
        "完整社区建设标准是什么？",
        "物业管理条例规定的维修资金有哪些用途",
        "民政局需要哪些材料",
        "财政部门要多少材料",
        "近三千年有哪些文件",
        "近2027年有哪些文件",
    ],
)
def test_questions_for_what_documents_say_are_not_answered_by_a_list(corpus: KnowledgeBase, question: str) -> None:
    assert ask(corpus, question).table is None


@pytest.mark.parametrize("topic", ["托育", "社区食堂", "物业"])
def test_every_document_that_speaks_of_a_topic_is_listed(corpus: KnowledgeBase, topic: str) -> None:
    speaking = {d.doc_id for d in corpus.documents() if topic in fold_text(corpus.document(d.doc_id).text)}
    assert listed(ask(corpus, f"哪些政策提到{topic}？")) == speaking


def test_every_number_of_a_list_stands_in_what_it_cites(corpus: KnowledgeBase) -> None:
    for question in ("哪些政策提到托育？", "一共几个文件？", "2023年出台了哪些政策？", "2018年到2020年的文件有哪些"):
        answer = ask(corpus, question)
        quotes = {citation.number: fold_text(citation.quote) for citation in answer.citations}
        for statement in answer.statements:
            cited = "".join(quotes[number] for number in statement.citations)
            said = re.sub(r"\d+份", "", fold_text(statement.text))  # how many there are is counted, not quoted
            assert set(re.findall(r"\d+", said)) <= set(re.findall(r"\d+", cited))


def test_what_no_document_speaks_of_is_refused_by_what_was_looked_for(corpus: KnowledgeBase) -> None:
    refusal = ask(corpus, "哪些政策提到航天飞机？").refusal
    assert refusal is not None and refusal.kind == "no_evidence"
    assert refusal.message.startswith("逐份查找了可以查阅的文件，没有提到“航天飞机”的文件。")
    assert "按这几个字查找" in refusal.message  # that nothing speaks of it in other words, nobody looked for


def test_what_has_ended_is_listed_and_marked(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "国家层面的文件共有几份？")
    assert answer.statements[0].text == "可以查阅的国家文件共15份（其中已经失效的1份）："
    assert sum("已失效" in statement.text for statement in answer.statements[1:]) == 1


def test_each_level_is_counted(corpus: KnowledgeBase) -> None:
    lead = ask(corpus, "国家级、省级、市级文件各有几份").statements[0].text
    assert lead.endswith("共53份，其中国家15份、省级12份、市级26份：")


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("国家发改委牵头的文件有哪些", {"ext-nat-2021-child-friendly", "nat-2024-embedded-notice", "nat-2024-embedded-guide"}),
        ("省发改委发布的文件", {"ext-zj-childcare-plan", "zj-2024-self-renewal"}),
        ("市民政局发布的文件有哪些", {"hz-2022-childcare-facility"}),
        ("市民政部门发了哪些文件", {"hz-2022-childcare-facility"}),
        ("杭州市人民政府发布的文件有哪些", {"hz-2021-elevator", "hz-2024-livelihood"}),
        ("今年新印发了哪些文件", {"ext-2026-community-tax"}),
        ("今年有哪些新文件", {"ext-2026-community-tax"}),
        ("哪些文件承接了社区食堂指导意见", {"ext-hz-2025-elder-meal-urban"}),
        ("社区食堂指导意见被哪个文件接替了", {"ext-hz-2025-elder-meal-urban"}),
        ("社区食堂指导意见的后续文件", {"ext-hz-2025-elder-meal-urban"}),
        ("杭州市嵌入式服务设施实施方案的配套文件有哪些", {"hz-2024-taskforce", "hz-future-operation-guide"}),
        ("嵌入式设施推进组方案是哪份文件的配套文件", {"hz-2024-embedded-plan"}),
        ("2023年有效的国家公告", {"nat-2019-community-tax"}),  # it has ended since
        ("哪些文件提到三孩", {"zj-2021-population", "hz-2023-childcare-subsidy"}),
    ],
)  # fmt: skip
def test_a_list_holds_what_is_asked_for_and_nothing_else(
    corpus: KnowledgeBase, question: str, documents: set[str]
) -> None:
    assert listed(ask(corpus, question)) == documents


@pytest.mark.parametrize("question", ["上城区有哪些文件", "钱塘区的文件有几份"])
def test_a_place_without_documents_is_known(corpus: KnowledgeBase, question: str) -> None:
    refusal = ask(corpus, question).refusal
    assert refusal is not None and refusal.message == f"逐份查找了可以查阅的文件，没有{question[:3]}文件。"


def test_what_an_office_of_the_issuer_issued_is_told_before_nothing_is(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "住建部2022年发的文件")
    assert answer.statements[0].text == "可以查阅的住建部及其办公厅（室）发布的2022年成文的文件共1份："
    assert listed(answer) == {"nat-2022-complete-community-pilot"}


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        ("市建委和市卫健委各有几份文件", "市建委5份、市卫健委2份"),
        ("杭州市发改委和市建委分别发过哪些文件", "杭州市发改委2份、市建委5份"),
    ],
)
def test_each_issuer_that_is_named_is_counted(corpus: KnowledgeBase, question: str, groups: str) -> None:
    assert ask(corpus, question).statements[0].text.endswith(f"，其中{groups}：")


def test_years_stand_in_their_order(corpus: KnowledgeBase) -> None:
    years = re.findall(r"(\d{4})年\d+份", ask(corpus, "各年的文件有多少份").statements[0].text)
    assert years and years == sorted(years)


def test_other_relations_are_told_before_one_is_denied(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "浙江省社会养老服务促进条例有哪些配套文件")
    lead, *lines = [statement.text for statement in answer.statements]
    assert lead.startswith("没有查到为《浙江省社会养老服务促进条例》配套")
    assert "细化它的：《浙江省养老服务补贴制度实施办法》（2021年9月）。" in lines


def test_a_relation_is_told_by_its_own_name(corpus: KnowledgeBase) -> None:
    lead = ask(corpus, "浙江省社会养老服务促进条例由哪些文件细化").statements[0].text
    assert lead == "可以查阅的细化《浙江省社会养老服务促进条例》的文件共1份："


def test_a_sentence_that_only_names_a_document_does_not_show_that_it_is_carried_out(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "哪些文件是落实国办函〔2023〕121号的？")
    assert not any("并列为制定依据" in citation.quote for citation in answer.citations)


def test_documents_are_listed_by_the_topics_of_the_catalogue(corpus: KnowledgeBase) -> None:
    assert (
        ask(corpus, "托育服务的文件有哪些？").statements[0].text.startswith("可以查阅的属于“托育服务”主题的文件共11份")
    )
    assert len(ask(corpus, "主题是养老服务的文件有哪些").statements) == 12
    own = ask(corpus, "养老服务的文件有哪些").statements  # some documents say so themselves
    assert own[0].text == "可以查阅的标题或者主题词中有“养老服务”的文件共4份："
    assert own[-1].text.startswith("按文件目录的主题分类，属于“养老服务”的共11份")


def test_what_is_of_another_place_is_marked(corpus: KnowledgeBase) -> None:
    lines = [statement.text for statement in ask(corpus, "区级文件有哪些").statements[1:]]
    assert [line.partition("（")[2].partition("，")[0] for line in lines][:2] == ["安徽省宣城市宣州区", "浙江省余姚市"]
    assert "西湖区，" not in lines[2]


def test_a_phrase_is_looked_for_by_its_words(build: KnowledgeBaseOf) -> None:
    laws = build(
        one="甲市补贴条例\n\n第一条　骗取补贴待遇的，责令退回，并处二倍以上五倍以下的罚款。\n",
        other="甲市市容条例\n\n第一条　乱倒垃圾的，处罚款。\n第二条　骗取证照的，予以撤销。\n",
    )
    answer = ask(laws, "哪些条例规定了骗取待遇的罚款？")
    assert answer.statements[0].text == "可以查阅的提到“骗取待遇”和“罚款”的条例共1份："
    assert listed(answer) == {"one"}


def test_a_list_is_a_table_whose_rows_are_cited(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "没有文号的市级文件有多少")
    table = answer_payload(answer, corpus)["table"]
    assert table["columns"] == ["文件", "文号", "发布单位", "成文日期", "效力"]
    assert {row["cells"][1] for row in table["rows"]} == {"未载明"}
    numbers = {citation.number for citation in answer.citations}
    assert all(row["citations"] and set(row["citations"]) <= numbers for row in table["rows"])


def test_what_the_public_may_not_see_is_not_counted(build: KnowledgeBaseOf) -> None:
    both = build(
        open="甲市乙办法\n公开方式：主动公开\n第一条　甲市的事。\n",
        closed="甲市丙办法\n公开方式：不予公开\n第一条　内部的事。\n",
    )
    assert listed(ask(both, "一共有几份文件？")) == {"open"}
    assert listed(both.ask(Query("", "一共有几份文件？", DAY, "staff"))) == {"open", "closed"}
    assert ask(both, "有没有不予公开的文件？").refusal is not None


def test_a_document_is_listed_by_each_part_of_its_header_once(build: KnowledgeBaseOf) -> None:
    texts = {
        "keqiao": "柯政办发〔2024〕22号\n\n柯桥区2025年社区食堂管理办法\n\n第一条　食堂应当留样。\n",
        "other": "东湖区社区食堂管理办法\n\n第一条　食堂应当公示菜价。\n",
    }
    answer = ask(build(**texts), "一共有几份文件？")
    spans = [(citation.doc_id, citation.start, citation.end) for citation in answer.citations]
    assert len(spans) == len(set(spans))
