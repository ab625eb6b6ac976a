"""References in texts and the links and relations that come of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import index_folder, laws_of

from kb.errors import NotFoundError
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.relations import INVERSE
from kb.text.references import find_references


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("根据国办函〔2023〕121号，制定本方案。", ["国办函〔2023〕121号"]),
        ("依照杭政办函[2024]11号和浙政办发〔2021〕 9号执行", ["杭政办函[2024]11号", "浙政办发〔2021〕 9号"]),
        ("见税务总局公告2019年第76号", ["公告2019年第76号"]),
        ("落实《国务院办公厅转发〈方案〉的通知》精神", ["《国务院办公厅转发〈方案〉的通知》"]),
        ("违反第十二条第二款第（三）项的，按第40条处理", ["第十二条第二款第（三）项", "第40条"]),
        ("第十二条　业主应当缴费。\n第十三条规定的情形除外。", ["第十三条"]),
        ("第343号提案的第3条建议", ["第3条"]),
        ("这里什么都没有提到。", []),
    ],
)
def test_references_are_found_as_they_are_written(text: str, found: list[str]) -> None:
    assert [text[r.start : r.end] for r in find_references(text)] == found


def test_an_article_behind_a_title_belongs_to_that_document_and_one_alone_does_not() -> None:
    text = "按《物业管理条例》第七条、第八条处理，其余按第九条处理。"
    named = [(r.name, r.article.article) for r in find_references(text) if r.article]
    assert named == [("《物业管理条例》", "7"), ("《物业管理条例》", "8"), (None, "9")]


@given(st.text(alphabet="《》〈〉第十二2条款项（）()〔〕[]2023号国办函和、\n　 "))
def test_references_are_disjoint_spans_in_order(text: str) -> None:
    end = 0
    for reference in find_references(text):
        assert end <= reference.start < reference.end <= len(text)
        end = reference.end


def test_every_relation_has_an_inverse_that_leads_back() -> None:
    assert all(INVERSE[INVERSE[relation]] == relation for relation in INVERSE)


@pytest.fixture
def two_documents(tmp_path: Path) -> KnowledgeBase:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "canteen-measures.txt").write_text(
        "长者食堂管理办法\n文号：测政发〔2031〕7号\n第一条　为了方便就餐，制定本办法。\n"
        "第二条　每餐补贴三元。\n街道可以提高补贴。\n第三条　违反第二条第二款的，由民政部门处理。\n",
        encoding="utf-8",
    )
    (folder / "notice.txt").write_text(
        "关于补贴发放的通知\n一、依据\n按照測政發〔2031〕7號和《長者食堂管理辦法》第三條执行，不适用《另一部办法》第三条。\n",
        encoding="utf-8",
    )
    (folder / "secret.txt").write_text(
        "关于值班安排的通知\n公开方式：不予公开\n一、说明\n见《长者食堂管理办法》。\n", encoding="utf-8"
    )
    index_folder(folder, tmp_path / "index")
    return KnowledgeBase.open(tmp_path / "index", open_encoder())


def test_links_lead_to_the_document_and_the_clause(two_documents: KnowledgeBase) -> None:
    def linked(doc_id: str) -> list[tuple[str, str, str | None]]:
        text = two_documents.document(doc_id).text
        return [(text[k.start : k.end], k.doc_id, k.clause_id) for k in two_documents.links(doc_id)]

    measures = next(d.doc_id for d in two_documents.documents() if d.title == "长者食堂管理办法")
    notice = next(d.doc_id for d in two_documents.documents() if d.title.startswith("关于补贴"))
    assert linked(measures) == [("第二条第二款", measures, f"{measures}#a2.k2")]
    assert linked(notice) == [
        ("測政發〔2031〕7號", measures, None),
        ("《長者食堂管理辦法》", measures, None),
        ("第三條", measures, f"{measures}#a3"),
    ]


def test_an_item_is_looked_for_in_the_paragraph_that_is_named(tmp_path: Path) -> None:
    text = (
        "停车管理条例\n第四条　有下列情形之一的，加倍收费：\n（一）占用消防通道；\n（二）占用盲道。\n"
        "有下列情形之一的，免予收费：\n（一）执行任务；\n（二）抢险救灾。\n"
        "第五条　第四条第二款第（二）项、第四条第一款第（二）项和第四条第二款第（九）项由交通部门解释。\n"
    )
    laws = laws_of(tmp_path, {"parking": text})
    text, clauses = laws.document("parking").text, {c.clause_id: c for c in laws.clauses("parking")}
    pointed = [clauses[link.clause_id] for link in laws.links("parking") if link.clause_id]
    assert [text[clause.start : clause.end].strip() for clause in pointed] == [
        "（二）抢险救灾。",
        "（二）占用盲道。",
        "有下列情形之一的，免予收费：",
    ]


def test_what_is_hidden_is_not_linked(two_documents: KnowledgeBase) -> None:
    hidden = {d.doc_id for d in two_documents.documents("staff")} - {d.doc_id for d in two_documents.documents()}
    assert len(hidden) == 1
    with pytest.raises(NotFoundError):
        two_documents.links(hidden.pop())


def test_relations_of_the_corpus_are_told_from_both_sides(corpus: KnowledgeBase) -> None:
    for document in corpus.documents():
        for relation in corpus.relations(document.doc_id):
            back = [(r.type, r.target) for r in corpus.relations(relation.target)]
            assert (INVERSE[relation.type], document.doc_id) in back


def test_the_response_links_to_the_policies_that_it_names(corpus: KnowledgeBase) -> None:
    assert {"nat-2023-embedded-plan", "hz-2024-embedded-plan", "hz-2024-taskforce", "hz-2022-childcare-facility"} <= {
        link.doc_id for link in corpus.links("hz-2024-343")
    }
