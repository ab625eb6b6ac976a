"""Naming a document that is withheld answers exactly as naming one that does not exist."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import index_folder

from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.presentation import answer_payload
from kb.types import Audience, Query

OPEN = {
    "canteen.txt": "清溪市长者食堂管理办法\n文号：清政发〔2031〕7号\n成文日期：2031年4月2日\n适用地区：杭州市\n"
    "联系电话：0571-5550001\n第一条　年满七十周岁的老年人每餐补贴三元。\n第二条　食堂应当公示菜价，依照《甲区托育补助办法》执行。\n",
    "reply.txt": "关于长者食堂的答复\n成文日期：2031年5月6日\n"
    "您在市政协十三届一次会议上提出的《关于增设长者食堂的建议》（第12号）收悉，现答复如下：\n一、食堂\n全市建成长者食堂80家。\n",
}
WITHHELD = (
    "甲区托育补助办法\n文号：甲政密〔2031〕9号\n索引号：770077/2031-009\n公开方式：不予公开\n成文日期：2031年8月9日\n适用地区：苏州市\n"
    "您在市政协十三届一次会议上提出的《关于托育补助的建议》（第34号）收悉，现答复如下：\n一、补助\n每个托位补助八百元，由苏州市财政承担。\n"
)
NAMES = ["甲政密〔2031〕9号", "甲政密[2031]9号文件", "770077/2031-009", "《甲区托育补助办法》", "甲區托育補助辦法", "市政协第34号提案",
         "第34号提案答复", "《关于托育补助的建议》"]  # fmt: skip
ASKED = ["的成文日期是哪天？", "是哪个单位发布的？", "还有效吗？", "说了什么？", "的联系电话是多少？", "规定每个托位补助多少元？",
         "和清政发〔2031〕7号有什么区别？", "在苏州怎么执行？", ""]  # fmt: skip


@pytest.fixture(scope="module")
def with_and_without(tmp_path_factory: pytest.TempPathFactory) -> tuple[KnowledgeBase, KnowledgeBase]:
    """A knowledge base that holds the withheld document, and one that does not."""
    bases = []
    for texts in (OPEN | {"withheld.txt": WITHHELD}, OPEN):
        folder = tmp_path_factory.mktemp("named")
        (folder / "documents").mkdir()
        for name, text in texts.items():
            (folder / "documents" / name).write_text(text, "utf-8")
        index_folder(folder / "documents", folder / "index")
        bases.append(KnowledgeBase.open(folder / "index", open_encoder()))
    return bases[0], bases[1]


def told(knowledge_base: KnowledgeBase, query: Query) -> dict[str, Any]:
    payload = answer_payload(knowledge_base.suggest(knowledge_base.ask(query), query.audience), knowledge_base)
    return {name: value for name, value in payload.items() if name != "timing_ms"}


@given(st.sampled_from(NAMES), st.sampled_from(ASKED), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_withheld_name_is_answered_as_one_that_nobody_bears(
    with_and_without: tuple[KnowledgeBase, KnowledgeBase], name: str, asked: str, after: bool
) -> None:
    holding, lacking = with_and_without
    previous = ("清政发〔2031〕7号的成文日期是哪天？",) if after else ()
    query = Query("", name + asked, previous=previous)
    assert told(holding, query) == told(lacking, query)


@pytest.mark.parametrize("asked", ASKED)
def test_a_withheld_number_is_told_from_an_invented_one_by_nothing(
    with_and_without: tuple[KnowledgeBase, KnowledgeBase], asked: str
) -> None:
    holding, _ = with_and_without
    withheld, invented = (
        told(holding, Query("", f"{number}{asked}")) for number in ("甲政密〔2031〕9号", "甲政密〔2031〕8号")
    )
    assert str(withheld).replace("9号", "8号") == str(invented)


def test_the_links_of_a_public_document_do_not_tell_of_a_withheld_one(
    with_and_without: tuple[KnowledgeBase, KnowledgeBase],
) -> None:
    holding, lacking = with_and_without
    (doc_id,) = {document.doc_id for document in lacking.documents() if document.doc_no}
    assert holding.links(doc_id) == lacking.links(doc_id)


@pytest.mark.parametrize("audience", ["public", "staff"])
def test_staff_are_answered_from_it(with_and_without: tuple[KnowledgeBase, KnowledgeBase], audience: Audience) -> None:
    holding, _ = with_and_without
    answer = holding.ask(Query("", "甲政密〔2031〕9号的成文日期是哪天？", audience=audience))
    assert (answer.refusal is None) == (audience == "staff")
    assert ("2031年8月9日" in answer.text) == (audience == "staff")
