"""Ranking: BM25 against an oracle, both scripts and all numerals alike, and what must stay hidden."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import index_folder
from numpy.typing import NDArray

from ingest.beir import beir_documents
from ingest.build import build_index
from kb.errors import QuestionError
from kb.fusion import Fusion, gathered
from kb.index.encoder import Encoder, open_encoder
from kb.index.lexical import WEIGHTS, LexicalIndex, write_lexical
from kb.index.snapshot import open_snapshot
from kb.knowledge_base import KnowledgeBase
from kb.scope import Scope
from kb.text.terms import terms
from kb.types import Query

TEXTS = [
    "老年食堂提供助餐服务",
    "社区食堂向全体市民开放，老年人优先",
    "托育机构提供全日托",
    "加装电梯补助二十万元",
    "食堂食堂食堂",
]


def bm25(query: str, k1: float = 1.2, b: float = 0.75) -> list[float]:
    """Score TEXTS by the formula of Robertson and Zaragoza (2009) with Lucene's idf."""
    bags = [Counter(terms(text)) for text in TEXTS]
    average = sum(sum(bag.values()) for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term, count in Counter(terms(query)).items():
            holding = sum(term in other for other in bags)
            idf = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            norm = k1 * (1 - b + b * sum(bag.values()) / average)
            score += count * idf * bag[term] * (k1 + 1) / (bag[term] + norm)
        scores.append(score)
    return scores


def test_lexical_scores_are_bm25(tmp_path: Path) -> None:
    write_lexical(tmp_path / "lexical", ((row, row, "", text) for row, text in enumerate(TEXTS)))
    index = LexicalIndex(tmp_path / "lexical")
    for query in ("老年人食堂", "补助多少", "食堂 食堂"):
        expected = bm25(query)
        found = dict(index.search(query, 10))
        assert set(found) == {row for row, score in enumerate(expected) if score > 0}
        for row, score in found.items():
            assert score == pytest.approx(WEIGHTS["body"] * expected[row], rel=1e-4)


def test_of_very_many_passages_common_terms_are_searched_for_only_where_there_are_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["的 托育", "的 食堂", "的", "的 食堂 食堂"]
    write_lexical(tmp_path / "lexical", ((row, row, "甲", text) for row, text in enumerate(texts)))
    index = LexicalIndex(tmp_path / "lexical")

    def found(question: str) -> set[int]:
        return {row for row, _ in index.search(question, 10)}

    assert found("的 食堂") == found("甲") == {0, 1, 2, 3}
    monkeypatch.setattr("kb.index.lexical.MANY", len(texts))
    assert found("的 食堂") == {1, 3}
    assert found("甲") == found("的") == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("到2027年累計開展試點項目多少個？", "到２０２７年累计开展试点项目多少个？"),
        ("到二〇二七年试点项目多少个", "到2027年试点项目多少个"),
        ("年滿六十周歲的老年人", "年满60周岁的老年人"),
        ("誌願者服務社區", "志愿者服务社区"),
        ("每千人托位数五点五个", "每千人托位數5.5個"),
        ("新增房源一点四五万套", "新增房源1.45万套"),
    ],
)
def test_scripts_widths_and_numerals_find_the_same_clauses(corpus: KnowledgeBase, one: str, other: str) -> None:
    """Further down, the transformer may prefer one spelling of a number by a hair."""

    def ranking(text: str) -> list[str]:
        return [hit.passage.passage_id for hit in corpus.search(Query("", text), 5)]

    assert ranking(one) == ranking(other)


def test_ranks_count_from_one_and_scores_fall(corpus: KnowledgeBase) -> None:
    hits = corpus.search(Query("", "老旧小区加装电梯"), 20)
    assert [hit.rank for hit in hits] == list(range(1, 21))
    assert all(a.score >= b.score for a, b in itertools.pairwise(hits))


def test_a_large_index_that_is_searched_side_by_side_ranks_alike(
    corpus: KnowledgeBase, corpus_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.retrieval.SIDE_BY_SIDE_FROM", 0)
    with closing(KnowledgeBase.open(corpus_index, open_encoder())) as large:
        for question in ("老年人去食堂吃饭有补贴吗", "加装电梯补助多少", "托育"):
            expected, found = (one.search(Query("", question), 50) for one in (corpus, large))
            assert found == expected


def test_documents_are_ranked_once_each(corpus: KnowledgeBase) -> None:
    ranked = corpus.search_documents(Query("", "社区食堂"), 30)
    assert len({doc_id for doc_id, _ in ranked}) == len(ranked) == 30


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("guarded")
    documents = folder / "documents"
    documents.mkdir()
    (documents / "open.txt").write_text("公开方式：主动公开\n一、食堂\n食堂每天开放九小时。\n", "utf-8")
    (documents / "secret.txt").write_text("公开方式：不予公开\n一、密语\n食堂密语是青松翠柏。\n", "utf-8")
    (documents / "request.txt").write_text("公开方式：依申请公开\n一、预算\n食堂预算三百万元。\n", "utf-8")
    (documents / "old.txt").write_text(
        "成文日期：2019年1月1日\n失效日期：2021年12月31日\n一、旧规\n食堂旧规补贴二元。\n", "utf-8"
    )
    index_folder(documents, folder / "index")
    return KnowledgeBase.open(folder / "index", open_encoder())


@given(st.sampled_from(["食堂", "食堂密语", "青松翠柏", "食堂预算", "预算三百万元", "开放九小时", "密语是什么"]))
@settings(max_examples=20, deadline=None)
def test_the_public_never_sees_what_is_not_disclosed(guarded: KnowledgeBase, text: str) -> None:
    assert {hit.passage.doc_id for hit in guarded.search(Query("", text), 50)} <= {"open", "old"}
    answer = guarded.ask(Query("", text))
    assert {citation.doc_id for citation in answer.citations} <= {"open", "old"}


def test_hidden_documents_leave_no_trace_in_the_scores(guarded: KnowledgeBase, tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    for doc_id in ("open", "old"):
        text = guarded.document(doc_id).text
        (documents / f"{doc_id}.txt").write_text(text, "utf-8")
    index_folder(documents, tmp_path / "index")
    alone = KnowledgeBase.open(tmp_path / "index", open_encoder())
    query = Query("", "食堂密语", date(2020, 1, 1))
    ours = [(hit.passage.passage_id, hit.score) for hit in guarded.search(query, 10)]
    assert ours == [(hit.passage.passage_id, hit.score) for hit in alone.search(query, 10)]


def test_staff_see_everything(guarded: KnowledgeBase) -> None:
    found = {hit.passage.doc_id for hit in guarded.search(Query("", "食堂密语预算", audience="staff"), 50)}
    assert {"open", "secret", "request"} <= found


def test_the_day_asked_about_decides_what_was_in_force(guarded: KnowledgeBase) -> None:
    def found(day: date | None) -> set[str]:
        return {hit.passage.doc_id for hit in guarded.search(Query("", "食堂旧规", day), 50)}

    assert "old" not in found(None)
    assert "old" in found(date(2020, 6, 1))
    assert "old" in found(date(2021, 12, 31))
    assert "old" not in found(date(2022, 1, 1))
    assert "old" not in found(date(2018, 12, 31))


def test_a_passage_stands_in_the_light_of_its_whole_document(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    sentence = "补助标准为每户二十万元。"
    (folder / "lift.txt").write_text(f"一、加装电梯\n加装电梯应当由业主申请。\n二、资金\n{sentence}\n", "utf-8")
    (folder / "roof.txt").write_text(f"一、屋面防水\n屋面防水由房管站组织。\n二、资金\n{sentence}\n", "utf-8")
    index_folder(folder, tmp_path / "index")
    knowledge_base = KnowledgeBase.open(tmp_path / "index", open_encoder(), fusion=Fusion(document=0.3))
    order = [h.passage for h in knowledge_base.search(Query("", "屋面防水的补助标准"), 10)]
    funding = [passage.doc_id for passage in order if passage.clause_id.endswith("#2")]
    assert funding == ["roof", "lift"]


def test_the_articles_of_a_law_that_ranks_often_stand_before_a_lone_one(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    articles = {
        f"养老服务法第{n}条": f"养老机构应当{what}。"
        for n, what in zip("一二三", ("备案", "公示收费", "签订合同"), strict=True)
    }
    articles["殡葬管理法第一条"] = "养老院应当火化。"
    lines = [{"_id": f"a{n}", "title": title, "text": text} for n, (title, text) in enumerate(articles.items())]
    (folder / "corpus.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    documents = list(beir_documents(folder).values())
    build_index(tmp_path / "index", documents, open_encoder(), lambda *_: None)

    def first(work: float) -> str:
        knowledge_base = KnowledgeBase.open(tmp_path / "index", open_encoder(), fusion=Fusion(pooled_work=work))
        return knowledge_base.search_documents(Query("", "养老院应当火化"), 1)[0][0]

    assert first(0.0) == "a3"
    assert first(50.0) != "a3"


@given(
    st.dictionaries(st.integers(0, 9), st.floats(-5, 5, allow_nan=False), max_size=10),
    st.lists(st.integers(0, 3), min_size=10, max_size=10),
)
def test_what_a_work_gathers_is_the_same_for_all_its_documents(scores: dict[int, float], works: list[int]) -> None:
    found = gathered(scores, works)
    assert found.keys() == scores.keys()
    for one, other in itertools.combinations(found, 2):
        assert (found[one] == found[other]) or works[one] != works[other]
    assert all(value > 0 for value in found.values())


def test_a_document_is_compared_whole(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "meals.txt").write_text("一、助餐\n社区食堂为老年人供餐。\n二、价格\n老年人用餐有补贴。\n", "utf-8")
    (folder / "lift.txt").write_text("一、电梯\n老旧小区加装电梯。\n二、价格\n安装费用有补贴。\n", "utf-8")
    index_folder(folder, tmp_path / "index")
    snapshot = open_snapshot(tmp_path / "index", open_encoder())
    encoder = open_encoder()
    assert snapshot.store.has_whole
    for ordinal, document in enumerate(snapshot.records.catalogue):
        rows = [row for row, owner in enumerate(snapshot.records.document_of_row) if owner == ordinal]
        passages = snapshot.records.passages(rows)
        text = snapshot.records.document(document.doc_id).text
        vectors = encoder.encode_passages([f"{p.context}\n{text[p.start : p.end]}" for p in passages])
        total = vectors.sum(axis=0)
        question = encoder.encode_queries(["老人吃饭"])[0]
        expected = float(total @ question / np.linalg.norm(total))
        # In 8 bits a vector depends a little on the texts that it is encoded beside, on some processors more than on
        # others.
        assert snapshot.store.whole_similarities(question, [ordinal])[0] == pytest.approx(expected, abs=5e-4)


def test_a_question_is_encoded_once(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "one.txt").write_text("一、甲\n社区食堂供餐。\n二、乙\n价格公开。\n", "utf-8")
    index_folder(folder, tmp_path / "index")
    encoder = Counting(open_encoder())
    KnowledgeBase.open(tmp_path / "index", encoder).search_documents(Query("", "食堂几点开门"), 5)
    assert encoder.asked.count("食堂几点开门") == 1


class Counting:
    """An encoder that remembers what it was asked."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name, self.dimensions, self.checksum = encoder.name, encoder.dimensions, encoder.checksum
        self.asked: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encoder.encode_passages(texts)


@pytest.mark.parametrize(
    "text",
    [
        "老",
        "A",
        "ａ",
        "社区食堂 " * 2000,
        "elderly meals",
        "老人lao ren補貼meal補助",
        "杭政办函〔2031〕999号",
        "😀食堂",
        "\u200b食堂\ufeff",
    ],
)
def test_odd_questions_give_an_honest_ranking(corpus: KnowledgeBase, text: str) -> None:
    hits = corpus.search(Query("", text), 5)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(one.score >= other.score for one, other in itertools.pairwise(hits))
    for hit in hits:
        found = corpus.document(hit.passage.doc_id).text[hit.passage.start : hit.passage.end]
        assert found.strip()


def test_what_shares_no_term_with_the_documents_is_not_answered(corpus: KnowledgeBase) -> None:
    """Meaning always finds something that is nearest; words do not."""
    query = Query("", "quantum chromodynamics")
    assert corpus.retriever.search_lexical(query.text, Scope.of(query), 5) == []
    answer = corpus.ask(query)
    assert answer.refusal is not None and not answer.citations


@pytest.mark.parametrize("text", ["！！！？。", "\u2600", " \n"])
def test_a_question_without_words_is_refused(corpus: KnowledgeBase, text: str) -> None:
    with pytest.raises(QuestionError, match="问题"):
        corpus.search(Query("", text), 5)


@given(st.floats(0, 1), st.floats(0, 1))
def test_meaning_counts_more_among_articles_and_where_words_cover_less(one: float, other: float) -> None:
    fusion = Fusion()
    less, more = sorted((one, other))
    for weight in (fusion.dense_weight, lambda c: fusion.pooled_dense_weight(c, articles=True)):
        assert 0 <= weight(more) <= weight(less) <= 1
    assert fusion.pooled_dense_weight(one, articles=True) >= fusion.pooled_dense_weight(one, articles=False)
    assert fusion.pooled_dense_weight(1, articles=True) > fusion.pooled_dense_weight(1, articles=False)
