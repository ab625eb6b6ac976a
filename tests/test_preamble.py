"""What a digest says could not be established is an answer, to who asks for that very thing and to nobody else."""

from __future__ import annotations

import re
from pathlib import Path

import digests
import pytest
from indexing import index_folder

from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.quoting.preamble import remarks
from kb.types import Query


@pytest.fixture(scope="module")
def knowledge_base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("digests")
    index_folder(digests.write_documents(folder / "documents"), folder / "index")
    return KnowledgeBase.open(folder / "index", open_encoder())


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (f"《{digests.TITLE}》的成文日期是哪天？", "资料中未载明成文日期：成文日期未见。[1]"),
        (f"{digests.INVENTED}什么时候成文的？", "资料中未载明成文日期：成文日期未见。[1]"),
        ("湖州市社区食堂的收费标准是多少？", "资料中未载明收费标准：未载收费标准、承包期限等具体条款。[1]"),
        ("湖州市社區食堂的承包期限有多長？", "资料中未载明承包期限：未载收费标准、承包期限等具体条款。[1]"),
        (
            f"{digests.INVENTED}是哪个单位发布的？",
            "发布单位：湖州市人民政府办公厅。[1]摘要说明：发文单位按报道推定。[2]",
        ),
        (f"{digests.INVENTED}的文号是什么？", "文号：湖政办〔2024〕5号。[1]"),
    ],
)
def test_what_could_not_be_established_is_answered_with_the_words_that_say_so(
    knowledge_base: KnowledgeBase, question: str, told: str
) -> None:
    answer = knowledge_base.ask(Query("", question))
    assert answer.refusal is None
    assert answer.text == told
    assert answer.citations[-1].clause_id in ("dh-canteen#0", "dh-canteen#header")
    document = knowledge_base.document("dh-canteen")
    for citation in answer.citations:
        assert document.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "question",
    [
        "宁波市社区食堂的收费标准是多少？",  # another place
        "湖州市新建社区食堂一次性补助多少？",  # what the digest tells
    ],
)
def test_no_other_question_is_answered_so(knowledge_base: KnowledgeBase, question: str) -> None:
    answer = knowledge_base.ask(Query("", question))
    assert "未载明" not in answer.text


def test_an_original_that_lacks_a_field_is_told_by_its_header_and_by_no_preamble(knowledge_base: KnowledgeBase) -> None:
    answer = knowledge_base.ask(Query("", "长者食堂管理办法的联系电话是多少？"))
    assert "资料中未载明" not in answer.text
    assert answer.text == "《长者食堂管理办法》的文件信息中未载明联系电话。[1]"
    document = knowledge_base.document(answer.citations[0].doc_id)
    assert document.title == "长者食堂管理办法"
    assert answer.citations[0].end <= max(field.end for field in document.header)


def test_a_sentence_that_speaks_of_the_thing_goes_before_the_remark(tmp_path: Path) -> None:
    folder = digests.write_documents(tmp_path / "documents")
    told = "二、补助标准\n（二）收费标准\n1.社区食堂的收费标准是每餐不高于十五元。\n（一）建设补助"
    digest = digests.DIGEST.replace("二、补助标准\n（一）建设补助", told)
    (folder / "canteen.md").write_text(digest, "utf-8")
    index_folder(folder, tmp_path / "index")
    knowledge_base = KnowledgeBase.open(tmp_path / "index", open_encoder())
    assert "十五元" in knowledge_base.ask(Query("", "湖州市社区食堂的收费标准是多少？")).text


def test_every_digest_of_the_corpus_that_remarks_on_its_reading_is_read(corpus: KnowledgeBase) -> None:
    silent = []
    for document in corpus.documents("staff"):
        if document.kind != "digest":
            continue
        text = corpus.document(document.doc_id, "staff").text
        opening = next(c for c in corpus.clauses(document.doc_id, "staff") if c.clause_id.endswith("#0"))
        if re.search("未[见载列核]", text[opening.start : opening.end]) and not remarks(
            text, opening.start, opening.end
        ):
            silent.append(document.doc_id)
    assert silent == []
