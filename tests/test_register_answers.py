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
    assert refusal.message == "逐份查找了可以查阅的文件，没有提到“航天飞机”的文件。"


def test_what_has_ended_is_listed_and_marked(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "国家层面的文件共有几份？")
    assert answer.statements[0].text == "可以查阅的国家文件共15份（其中已经失效的1份）："
    assert sum("已失效" in statement.text for statement in answer.statements[1:]) == 1


def test_each_level_is_counted(corpus: KnowledgeBase) -> None:
    lead = ask(corpus, "国家级、省级、市级文件各有几份").statements[0].text
    assert lead.endswith("共53份，其中国家15份、省级12份、市级26份：")


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
