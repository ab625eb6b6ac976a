"""Laws of different rank on one matter: the one of the place answers, and the one above is named where it differs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from indexing import laws_of
from model_server import Recited

from ingest.bars import Bars
from ingest.ingestion import IngestionSettings, ingest
from kb.evidence.investigate import Investigator
from kb.evidence.matter import on_one_matter, subject_of
from kb.index.encoder import STATIC, open_encoder
from kb.knowledge_base import KnowledgeBase, Step
from kb.types import Answer, Hit, Query

TODAY = date(2032, 1, 1)
LAW = "{name}\n（{year}年3月25日{body}通过）\n{text}"
LAWS = {
    "state": (
        "养犬管理条例",
        2020,
        "国务院常务会议",
        "第一条　为了规范养犬行为，制定本条例。\n第二条　饲养大型犬的，处一百元以下罚款。\n"
        "第三条　养犬人应当自取得犬只之日起三十日内办理养犬登记。\n",
    ),
    "province": (
        "浙江省养犬管理条例",
        2021,
        "浙江省人民代表大会常务委员会",
        "第一条　为了规范养犬行为，根据《养犬管理条例》，结合本省实际，制定本条例。\n"
        "第二条　个人未给犬只束犬绳的，处二百元以上一千元以下罚款。\n"
        "第三条　养犬人应当自取得犬只之日起三十日内办理养犬登记。\n",
    ),
    "city": (
        "杭州市养犬管理若干规定",
        2022,
        "杭州市人民代表大会常务委员会",
        "第一条　为了规范养犬行为，根据《浙江省养犬管理条例》等法规，结合本市实际，制定本规定。\n"
        "第二条　个人未给犬只束犬绳的，处五十元罚款。\n"
        "第三条　养犬人应当自取得犬只之日起三十日内办理养犬登记。\n",
    ),
    "canteens": (
        "杭州市社区食堂条例",
        2022,
        "杭州市人民代表大会常务委员会",
        "第一条　为了方便就餐，制定本条例。\n第二条　食堂应当公示菜价。\n",
    ),
}


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    texts = {
        name: LAW.format(name=title, year=year, body=body, text=text)
        for name, (title, year, body, text) in LAWS.items()
    }
    return laws_of(tmp_path_factory.mktemp("laws"), texts)


def ask(laws: KnowledgeBase, question: str, day: date = TODAY) -> Answer:
    return laws.ask(Query("", question, day))


def test_the_rule_of_the_place_comes_first_and_the_one_above_is_named(laws: KnowledgeBase) -> None:
    answer = ask(laws, "在杭州，个人没有给犬只束犬绳罚款多少元？")
    assert answer.refusal is None
    assert [citation.doc_id for citation in answer.citations] == ["city", "province"]
    assert "五十元" in answer.statements[0].text
    assert answer.statements[-1].text.startswith("上位法《浙江省养犬管理条例》第二条规定：")


def test_the_law_above_is_named_behind_what_a_language_model_writes_too(laws: KnowledgeBase) -> None:
    question = Query("", "在杭州，个人没有给犬只束犬绳罚款多少元？", TODAY)
    model = Recited("个人未给犬只束犬绳的，处五十元罚款[1]。")
    writing = KnowledgeBase(laws.snapshot, laws.retriever.encoder, language_model=model)
    *steps, answer = writing.answer(question)
    assert isinstance(answer, Answer)
    assert answer.written_by == "recited"
    quoted = laws.ask(question)
    assert [statement.text for statement in answer.statements] == [
        "个人未给犬只束犬绳的，处五十元罚款。",
        quoted.statements[-1].text,
    ]
    assert [citation.doc_id for citation in answer.citations] == ["city", "province"]
    assert answer.statements[-1].citations == (answer.citations[-1].number,)
    assert [step.statement for step in steps if isinstance(step, Step)] == list(answer.statements)


def test_another_city_of_the_province_has_the_rule_of_the_province(laws: KnowledgeBase) -> None:
    answer = ask(laws, "在宁波，个人没有给犬只束犬绳罚款多少元？")
    assert [citation.doc_id for citation in answer.citations] == ["province"]


def test_a_law_above_that_says_the_same_is_not_repeated(laws: KnowledgeBase) -> None:
    answer = ask(laws, "杭州养犬人应当自取得犬只之日起多少日内办理养犬登记？")
    assert [citation.doc_id for citation in answer.citations] == ["city"]


def test_the_articles_of_the_law_above_are_read_together_where_each_is_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = [
        "养犬人应当为犬只接种疫苗。",
        "个人未给犬只束犬绳的，处二百元以上一千元以下罚款。",
        *(f"{n}日内办理养犬登记。" for n in range(3, 20)),
    ]
    articles = [{"_id": f"p{n}", "title": "浙江省养犬管理条例", "text": rule} for n, rule in enumerate(rules)]
    articles.append({"_id": "c", "title": "杭州市养犬管理若干规定", "text": "个人未给犬只束犬绳的，处五十元罚款。"})
    lines = "\n".join(json.dumps(article, ensure_ascii=False) for article in articles)
    (tmp_path / "corpus.jsonl").write_text(lines, "utf-8")
    encoder, search, searched = open_encoder(STATIC), Investigator.search, list[frozenset[int]]()
    ingest([tmp_path], tmp_path / "index", IngestionSettings(encoder, beir=True), Bars())

    def noted(investigator: Investigator, query: Query, **narrowed: Any) -> list[Hit]:
        searched.extend(filter(None, [narrowed.get("only")]))
        return search(investigator, query, **narrowed)

    monkeypatch.setattr(Investigator, "search", noted)
    answer = ask(KnowledgeBase.open(tmp_path / "index", encoder), "在杭州，个人没有给犬只束犬绳罚款多少元？")
    assert "五十元" in answer.statements[0].text
    assert "二百元以上一千元以下" in answer.statements[-1].text and answer.statements[-1].text.startswith("上位法")
    assert [len(ordinals) for ordinals in searched] == [len(rules)]


def test_before_the_local_law_began_the_one_above_answers(laws: KnowledgeBase) -> None:
    answer = ask(laws, "在杭州，个人没有给犬只束犬绳罚款多少元？", date(2021, 6, 1))
    assert [citation.doc_id for citation in answer.citations] == ["province"]


def test_the_laws_above_one_are_told_nearest_first_with_its_basis(laws: KnowledgeBase) -> None:
    answer = ask(laws, "《杭州市养犬管理若干规定》的上位法有哪些？")
    assert [citation.doc_id for citation in answer.citations] == ["province", "state", "city"]
    assert "根据《浙江省养犬管理条例》等法规" in answer.statements[-1].text


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("杭州市养犬管理若干规定", "养犬管理"),
        ("浙江省实施《中华人民共和国老年人权益保障法》办法", "老年人权益保障"),
        ("社会救助暂行办法", "社会救助"),
        ("关于加强养犬管理的规定", None),
        ("杭州市养犬管理工作方案", None),
    ],
)
def test_the_subject_of_a_law_is_its_title_without_place_and_kind(title: str, subject: str | None) -> None:
    assert subject_of(title) == subject


def test_laws_on_other_matters_are_not_ranked() -> None:
    assert not on_one_matter("物业管理", "养犬管理")
    assert not on_one_matter("管理", "养犬管理")
