"""Which sentences of a unit are told: all that are likely, and of a clause that is cited anyway also less likely
ones."""

from __future__ import annotations

from bisect import bisect
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import KnowledgeBaseOf

from kb.evidence.investigate import Investigator, Weighing
from kb.index.encoder import open_encoder
from kb.index.snapshot import open_snapshot
from kb.knowledge_base import KnowledgeBase
from kb.quoting.whole import made_whole
from kb.reading.reader import Reader
from kb.retrieval import Retriever
from kb.types import Query

TEXT = "助餐服务办法\n一、助餐补贴\n1.年满七十周岁的老年人每餐补贴三元。食堂每日消毒。\n2.补贴由街道按月结算。\n"


@pytest.mark.parametrize(
    ("weighing", "told"),
    [
        (Weighing(belongs=1.0, beside=1.0), (True, False, False)),
        (Weighing(belongs=1.0, beside=0.0), (True, True, False)),
        (Weighing(belongs=0.0, beside=0.0), (True, True, True)),
    ],
)
def test_a_less_likely_sentence_is_told_of_a_clause_that_is_cited_anyway_and_of_no_other(
    build: object, tmp_path: Path, weighing: Weighing, told: tuple[bool, ...]
) -> None:
    knowledge: KnowledgeBase = build(meals=TEXT)  # type: ignore[operator]
    knowledge.close()
    encoder = open_encoder()
    snapshot = open_snapshot(tmp_path / "index", encoder)
    investigator = Investigator(Retriever(snapshot, encoder), snapshot.records, Reader.open(), weighing)
    query = Query("q", "七十岁的老人吃一顿补多少")
    first = investigator.read(query, investigator.search(query))[0]
    text = investigator.document(first.doc_id).text
    said = "".join(text[start:end] for start, end in first.spans)
    assert tuple(words in said for words in ("补贴三元", "每日消毒", "按月结算")) == told
    snapshot.close()


LIST = (
    "某市长者食堂管理办法\n\n第一条　下列老年人免费享受送餐上门服务：\n\n（一）孤寡老年人；\n\n（二）失能老年人。\n\n"
    "第二条　依照前款送餐的，每次收取的费用不超过二元。\n\n前款费用由街道承担。\n\n第三条　食堂每月公布账目。\n"
)


@pytest.mark.parametrize("text", [LIST, LIST.replace("\n\n", "\n")])
def test_a_list_is_told_whole_and_nothing_behind_it_whether_lines_lie_between_or_not(
    build: KnowledgeBaseOf, text: str
) -> None:
    answer = build(meals=text).ask(Query("", "哪些老人可以免费送餐？"))
    assert "下列老年人免费享受送餐上门服务：" in answer.text
    assert "（一）孤寡老年人" in answer.text and "（二）失能老年人" in answer.text
    assert "第三条" not in answer.text and "每月公布" not in answer.text


def test_what_is_said_of_the_paragraph_above_is_told_with_it_across_a_blank_line(build: KnowledgeBaseOf) -> None:
    answer = build(meals=LIST).ask(Query("", "送餐费由谁承担？"))
    assert "前款费用由街道承担" in answer.text and "不超过二元" in answer.text


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=5),
    st.sampled_from(["\n", "\n\n"]),
)
def test_no_sentence_is_completed_by_another_article(articles: list[tuple[bool, int, int]], between: str) -> None:
    """Articles, each a sentence or the opening words of a list, with items and paragraphs below them."""
    lines, owner = [], []
    for number, (opens, items, paragraphs) in enumerate(articles):
        first = "下列事项应当公示：" if opens else "食堂应当公示。"
        parts = [f"第{'一二三四五'[number]}条　{first}"]
        parts += [f"（{'一二三'[n]}）菜价{number}{n}；" for n in range(items)]
        parts += [f"前款规定由街道执行{number}{n}。" for n in range(paragraphs)]
        lines += parts
        owner += [number] * len(parts)
    text = between.join(lines)
    starts = [sum(len(line) + len(between) for line in lines[:n]) for n in range(len(lines))]
    for start, line, own in zip(starts, lines, owner, strict=True):
        spans = made_whole(text, [(start, start + len(line))])
        assert any(a <= start < b for a, b in spans)
        assert {owner[bisect(starts, a) - 1] for a, _ in spans} == {own}


def test_the_item_that_answers_stands_out_of_a_list_that_was_made_whole_around_it(build: KnowledgeBaseOf) -> None:
    items = (
        "因工作原因受到事故伤害的",
        "患职业病的",
        "在上下班途中，受到非本人主要责任的交通事故伤害的",
        "其他应当认定的情形",
    )
    lines = "".join(f"（{'一二三四'[n]}）{item}；\n\n" for n, item in enumerate(items))
    text = f"某省工伤认定办法\n\n第一条　职工有下列情形之一的，应当认定为工伤：\n\n{lines}第二条　本办法自发布之日起施行。\n"
    answer = build(injury=text).ask(Query("", "上班路上被车撞了算工伤吗"))
    assert "患职业病" in answer.text
    marked = [s.text[slice(*s.focus)] for s in answer.statements if s.focus]
    assert len(marked) == 1 and "上下班途中" in marked[0]
