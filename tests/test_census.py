"""Lists and counts over the whole corpus: complete, each document with a citation."""

from __future__ import annotations

import re
from datetime import date

import pytest

from kb.answering.census import Census, census_asked
from kb.knowledge_base import KnowledgeBase
from kb.text.fold import fold_text
from kb.types import Query


@pytest.mark.parametrize(
    ("question", "census"),
    [
        ("哪些政策提到托育？", Census("托育", None, frozenset())),
        ("有多少个文件涉及社区食堂", Census("社区食堂", None, frozenset())),
        ("和托育有关的政策有哪些", Census("托育", None, frozenset())),
        ("哪些文件規定了產假？", Census("产假", None, frozenset())),
        ("2023年出台了哪些政策？", Census(None, 2023, frozenset())),
        ("国家有哪些政策涉及养老", Census("养老", None, frozenset(["national"]))),
        ("一共几个文件", Census(None, None, frozenset())),
        ("杭州市梳理了多少项支持政策？", None),
        ("社区食堂对谁开放？", None),
    ],
)
def test_questions_about_the_corpus_are_known(question: str, census: Census | None) -> None:
    assert census_asked(question) == census


@pytest.mark.parametrize("topic", ["托育", "社区食堂", "物业"])
def test_every_document_that_speaks_of_a_topic_is_listed(corpus: KnowledgeBase, topic: str) -> None:
    answer = corpus.ask(Query("", f"哪些政策提到{topic}？"))
    listed = {citation.doc_id for citation in answer.citations}
    speaking = {d.doc_id for d in corpus.documents() if topic in fold_text(corpus.document(d.doc_id).text)}
    ended = {d.doc_id for d in corpus.documents() if d.status in ("expired", "repealed", "superseded") or d.expires}
    assert speaking - ended <= listed <= speaking


def test_every_number_of_a_list_stands_in_what_it_cites(corpus: KnowledgeBase) -> None:
    for question in ("哪些政策提到托育？", "一共几个文件？", "2023年出台了哪些政策？"):
        answer = corpus.ask(Query("", question))
        quotes = {citation.number: fold_text(citation.quote) for citation in answer.citations}
        for statement in answer.statements:
            cited = "".join(quotes[number] for number in statement.citations)
            assert set(re.findall(r"\d+", fold_text(statement.text))) <= set(re.findall(r"\d+", cited))


def test_what_no_document_speaks_of_is_refused(corpus: KnowledgeBase) -> None:
    refusal = corpus.ask(Query("", "哪些政策提到航天飞机？")).refusal
    assert refusal is not None
    assert refusal.kind == "no_evidence"
    assert "没有一份提到“航天飞机”" in refusal.message


def test_what_is_counted_is_of_the_kind_that_is_asked_for(corpus: KnowledgeBase) -> None:
    rules = corpus.ask(Query("", "有哪些条例？"))
    assert rules.statements[0].text.startswith("可以查阅的现行条例共三份")
    assert all("条例" in citation.quote for citation in rules.citations)
    assert "五十" not in corpus.ask(Query("", "有几个提案答复？")).text


def test_what_has_ended_is_listed_by_the_register(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "哪些文件已经失效？", date(2026, 11, 23)))
    assert {c.doc_id for c in answer.citations} == {d.doc_id for d in corpus.documents() if d.status == "expired"}
