"""Articles asked for by number, in all usual wordings, in the edition of the day asked about."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from indexing import laws_of

from kb.edition_comparison import articles_of
from kb.knowledge_base import KnowledgeBase
from kb.types import Answer, Query

TODAY = date(2032, 1, 1)
DOGS = (
    "东湖市养犬管理条例\n（2021年3月25日东湖市人民代表大会常务委员会通过{changed}）\n第一章　总则\n第一条　为了规范养犬，制定本条例。\n"
    "第二条　养犬人应当办理登记。\n每户限养{count}只。\n第三条　养犬人应当：\n（一）牵绳；\n（二）清除犬粪；\n（三）定期免疫。\n"
    "第三条之一　导盲犬不受前条限制。\n第二章　附则\n第五条　本条例自2021年6月1日起施行。\n"
)
TEXTS = {
    "dogs2021": DOGS.format(changed="", count="一"),
    "dogs2030": DOGS.format(changed="　根据2030年9月1日《关于修改〈东湖市养犬管理条例〉的决定》修正", count="两"),
    "relief": "东湖市临时救助办法\n成文日期：2021-03-01\n第一条　申请人应当自困难发生之日起180日内申请临时救助。\n"
    "第二条　街道办事处应当自受理之日起10个工作日内完成临时救助审核。\n第三条　本办法自2021年4月1日起施行。\n",
    "relief-decision": "东湖市人民政府关于修改《东湖市临时救助办法》的决定\n成文日期：2022-05-06\n"
    "一、将第一条中的“180日”修改为“270日”。\n二、删去第二条。\n本决定自2022年6月1日起施行。\n",
    "canteens": "东湖市社区食堂管理办法\n成文日期：2030年1月5日\n第一条　为了方便就餐，制定本办法。\n第二条　食堂应当公示菜价。\n",
}


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return laws_of(tmp_path_factory.mktemp("laws"), TEXTS)


def ask(laws: KnowledgeBase, question: str, *previous: str, day: date = TODAY) -> Answer:
    return laws.ask(Query("", question, day, previous=previous))


def refusal_of(laws: KnowledgeBase, question: str) -> str:
    refusal = ask(laws, question).refusal
    assert refusal is not None
    return refusal.message


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("《东湖市养犬管理条例》第二条规定了什么？", ["第二条第一款", "第二条第二款"]),
        ("养犬条例2条第二款讲什么", ["第二条第二款"]),
        ("东湖养犬管理条例第二条第2款的内容", ["第二条第二款"]),
        ("請問《東湖市養犬管理條例》第三條第（三）項是什麼？", ["第三条第（三）项"]),
        ("养犬条例第三条之一怎么规定的", ["第三条之一"]),
        ("养犬条例的附则讲什么", ["第五条"]),
        ("我们的养犬管理条例二条", ["第二条第一款", "第二条第二款"]),
        ("养犬条例第三条第二项指的是什么情形", ["第三条第（二）项"]),
        ("养犬条例最后一条写了什么", ["第五条"]),
        ("《东湖市养犬管理条例》倒数第二条", ["第三条之一"]),
        ("现行的养犬条例第二条第二款", ["第二条第二款"]),
        ("帮我找一下养犬条例第二条第二款", ["第二条第二款"]),
        ("劳驾翻到养犬条例第三条之一看看", ["第三条之一"]),
        ("养犬条例3条第三项咋规定的呀", ["第三条第（三）项"]),
        ("根据养犬条例第五条", ["第五条"]),
        ("养犬条例第二条最后一款", ["第二条第二款"]),
        ("养犬条例第三条倒数第二项是什么", ["第三条第（二）项"]),
        ("养犬条例第三条之一和第五条讲什么", ["第三条之一", "第五条"]),
        ("养犬条例第1、2条", ["第一条", "第二条第一款", "第二条第二款"]),
        ("养犬条例第一条到第三条第一项", ["第一条", "第二条第一款", "第二条第二款", "第三条第（一）项"]),
        ("养犬条例第三条第一项、第三项", ["第三条第（一）项", "第三条第（三）项"]),
        ("养犬条例第一条和第五条有什么区别？", ["第一条", "第五条"]),
    ],
)
def test_an_article_is_quoted_whole_in_whatever_words_it_is_asked_for(
    laws: KnowledgeBase, question: str, labels: list[str]
) -> None:
    answer = ask(laws, question)
    assert answer.refusal is None
    assert [citation.label for citation in answer.citations] == labels
    assert {citation.doc_id for citation in answer.citations} == {"dogs2030"}


def test_of_several_articles_those_that_are_missing_are_named(laws: KnowledgeBase) -> None:
    answer = ask(laws, "养犬条例第五条至第二十条")
    assert [citation.label for citation in answer.citations] == ["第五条"]
    assert [said.text for said in answer.statements if said.own] == [
        "《东湖市养犬管理条例》没有第六条：该文件的条文到第五条为止；请核对条号后再问。",
        "一次最多列出十条，其余请分次查询。",
    ]
    assert "没有第二条倒数第五款" in refusal_of(laws, "养犬条例第二条倒数第五款")
    assert "没有第三条倒数第九项" in refusal_of(laws, "养犬条例第三条倒数第九项")
    nowhere = ask(laws, "养犬条例第七十条和第八十条")
    assert nowhere.refusal is not None and "没有第七十条" in nowhere.refusal.message


def test_what_is_asked_of_an_article_is_answered_from_it_and_else_it_is_shown_whole(laws: KnowledgeBase) -> None:
    answer = ask(laws, "临时救助办法第二条规定的审核要在几个工作日内完成？", day=date(2021, 5, 1))
    assert [(citation.doc_id, citation.label) for citation in answer.citations] == [("relief", "第二条")]
    refused = ask(laws, "养犬条例第二条规定的罚款是多少？")
    assert refused.refusal is not None
    assert refused.refusal.message == (
        "在《东湖市养犬管理条例》第二条中没有找到足以回答这个问题的内容；下面是原文，请自行核对。"
    )
    assert [citation.label for citation in refused.citations] == ["第二条第一款", "第二条第二款"]


def test_an_article_behind_another_one_is_no_place_in_the_answer_before(laws: KnowledgeBase) -> None:
    answer = ask(laws, "第五条呢？", "养犬条例第二条规定的罚款是多少？")
    assert [citation.label for citation in answer.citations] == ["第五条"]


def test_a_law_whose_article_is_asked_about_and_that_is_not_held_is_named(laws: KnowledgeBase) -> None:
    refused = ask(laws, "劳动合同法第十九条的试用期最长多久？")
    assert refused.refusal is not None and "劳动合同法" in refused.refusal.message


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("养犬管理条例一共有多少条？", "《东湖市养犬管理条例》共五条，分为二章。"),
        ("《东湖市社区食堂管理办法》有几章？", "《东湖市社区食堂管理办法》共二条，不分章。"),
    ],
)
def test_articles_and_chapters_are_counted(laws: KnowledgeBase, question: str, words: str) -> None:
    answer = ask(laws, question)
    assert answer.text.partition("[")[0] == words
    assert answer.citations[0].quote.startswith(("第五条", "第二条"))


def test_a_congress_is_named_as_issuer_without_its_term(laws: KnowledgeBase) -> None:
    assert "东湖市人民代表大会常务委员会" in {issuer for one in laws.documents() for issuer in one.issuers}
    answer = ask(laws, "《东湖市养犬管理条例》是谁通过的？")
    assert answer.text.startswith("发布单位：东湖市人民代表大会常务委员会")


def test_a_chapter_is_named_as_the_law_names_it(laws: KnowledgeBase) -> None:
    assert "》第二章：" in ask(laws, "养犬条例第2章").text


def test_an_inserted_article_has_its_own_paragraphs_and_its_own_name(tmp_path: Path) -> None:
    inserted = "".join(f"第二条之{n}　犬只应当免疫。\n免疫每年{n}次。\n" for n in "一二三四五六七八九")
    text = f"东湖市养犬管理条例\n第一条　为了规范养犬，制定本条例。\n第二条　养犬应当登记。\n{inserted}"
    laws = laws_of(tmp_path, {"dogs": text})
    for n in "一二三四五六七八九":
        answer = ask(laws, f"养犬条例第二条之{n}第二款讲什么？")
        assert [(c.label, c.quote) for c in answer.citations] == [(f"第二条之{n}第二款", f"免疫每年{n}次。")]
    labels = [article.label for article in articles_of(laws.document("dogs"), laws.clauses("dogs"))]
    assert "第二条之四" in labels and labels.count("第二条") == 1


def test_a_running_document_and_article_are_taken_from_the_question_before(laws: KnowledgeBase) -> None:
    first = "养犬条例第二条讲什么？"
    assert [c.label for c in ask(laws, "上一条呢？", first).citations] == ["第一条"]
    assert [c.label for c in ask(laws, "再往上一条呢", first).citations] == ["第一条"]
    assert [c.label for c in ask(laws, "上一条呢？", "养犬条例最后一条讲什么").citations] == ["第三条之一"]
    before = [c.label for c in ask(laws, "上一条呢？", "养犬条例倒数第二条讲什么").citations]
    assert before and all(label.startswith("第三条") and "之一" not in label for label in before)
    assert [c.label for c in ask(laws, "该条第二款呢？", first).citations] == ["第二条第二款"]
    assert [c.label for c in ask(laws, "那第五条呢？", first).citations] == ["第五条"]
    assert [c.doc_id for c in ask(laws, "条例第一条讲什么？", first).citations] == ["dogs2030"]


def test_after_a_decision_the_new_words_answer_and_it_is_named_and_before_it_the_old_ones(laws: KnowledgeBase) -> None:
    question = "东湖市临时救助应当自困难发生之日起多少日内申请？"
    now, then = ask(laws, question), ask(laws, question, day=date(2021, 8, 1))
    assert "270日" in now.text and "根据《东湖市人民政府关于修改〈东湖市临时救助办法〉的决定》修改" in now.text
    assert "180日" in then.text and "270日" not in then.text
    assert ask(laws, "《东湖市临时救助办法》第一条讲什么").citations[0].doc_id == "relief.2022-06-01"


def test_a_deleted_article_does_not_answer_but_its_deletion_does(laws: KnowledgeBase) -> None:
    answer = ask(laws, "街道办事处应当自受理之日起几个工作日内完成临时救助审核？")
    assert "原第二条已由《东湖市人民政府关于修改〈东湖市临时救助办法〉的决定》删去" in answer.text
    assert answer.citations[0].quote == "二、删去第二条。"


def test_where_several_documents_have_it_which_one_is_asked_back(laws: KnowledgeBase) -> None:
    answer = ask(laws, "第二条讲什么？")
    assert answer.refusal is not None and answer.refusal.kind == "needs_clarification"
    assert "东湖市养犬管理条例" in answer.refusal.message and "东湖市社区食堂管理办法" in answer.refusal.message
    assert "东湖市临时救助办法" not in answer.refusal.message, "its second article was deleted"
    assert ask(laws, "第五条讲什么？").citations[0].label == "第五条", "only one has it"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("养犬条例第999条讲什么", "没有第九百九十九条：该文件的条文到第五条为止"),
        ("养犬条例第四条讲什么", "没有第四条：该文件的条号中没有这一条"),
        ("养犬条例第零条讲什么", "条文从第一条起编号，没有第零条"),
        ("养犬条例第二条第十款讲什么", "没有第二条第十款：该条共二款"),
        ("《东湖市养猫条例》第二条讲什么", "没有找到名称为“东湖市养猫条例”的文件"),
        ("该条第三项讲什么？", "请写明文件名称和条号"),
        ("养犬条例倒数第九十条讲什么", "没有倒数第九十条：该文件的条号中没有这一条"),
        ("2050年修正的养犬条例第二条", "没有找到名称为“2050年修正的养犬条例”的文件"),
    ],
)
def test_what_is_not_there_gets_a_clear_word(laws: KnowledgeBase, question: str, words: str) -> None:
    answer = ask(laws, question)
    assert answer.refusal is not None and words in answer.refusal.message


def test_of_a_digest_nothing_is_said_that_is_true_of_the_digest_alone(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "杭州市物业管理条例第九十条讲什么？"))
    assert answer.refusal is not None
    assert "的摘要，摘要中没有第九十条；请查阅正式公布的文本" in answer.refusal.message


def test_an_older_edition_answers_only_about_its_time(laws: KnowledgeBase) -> None:
    then = ask(laws, "养犬条例第二条第二款讲什么", day=date(2025, 1, 1))
    assert [(c.doc_id, c.quote) for c in then.citations] == [("dogs2021", "每户限养一只。")]
    assert laws.ask(Query("", "东湖市每户限养几只犬？", TODAY)).citations[0].doc_id == "dogs2030"
    assert laws.ask(Query("", "东湖市每户限养几只犬？", date(2025, 1, 1))).citations[0].doc_id == "dogs2021"


@pytest.mark.parametrize(
    "question",
    ["2025年有效的养犬条例第二条第二款是什么？", "在2030年8月31日时的养犬条例第二条第二款", "2021年通过的养犬条例第二条第二款", "旧养犬条例第二条第二款怎么说"],
)  # fmt: skip
def test_the_edition_that_the_question_names_answers_and_is_marked(laws: KnowledgeBase, question: str) -> None:
    answer = ask(laws, question)
    assert (answer.citations[0].doc_id, answer.citations[0].quote) == ("dogs2021", "每户限养一只。")
    assert "（已被替代，有效期至2030年8月31日）" in answer.text


def test_the_editions_of_a_law_are_listed_in_order_with_their_days(laws: KnowledgeBase) -> None:
    days = [(e.doc_id, e.begins and e.begins.iso, e.ends and e.ends.iso) for e in laws.editions("dogs2021")]
    assert days == [("dogs2021", "2021-06-01", "2030-08-31"), ("dogs2030", "2030-09-01", None)]
    assert [edition.doc_id for edition in laws.editions("canteens")] == ["canteens"]


def test_when_it_was_changed_and_takes_effect_is_answered_with_the_words_that_say_so(laws: KnowledgeBase) -> None:
    assert "2030年9月1日" in ask(laws, "《东湖市养犬管理条例》什么时候修改的？").text
    for when in ("什么时候施行", "啥时候开始实行", "几时起实施", "几号生效"):
        assert "自2021年6月1日起施行" in ask(laws, f"《东湖市养犬管理条例》{when}？").text
