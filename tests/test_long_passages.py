"""A passage that is longer than what is read at once is read to its end."""

from __future__ import annotations

from kb.knowledge_base import KnowledgeBase

FILLER = "街道和社区应当为食堂的运行提供便利，做好与供餐单位的衔接，听取就餐老年人的意见，并按照各自职责做好服务、协调和监督工作。"


def test_a_sentence_far_down_a_long_paragraph_answers(build: object) -> None:
    text = f"助餐服务办法\n第一条　为了方便老年人就餐，制定本办法。\n第二条　{FILLER * 6}年满七十周岁的老年人每餐补贴三元。\n"
    knowledge: KnowledgeBase = build(meals=text)  # type: ignore[operator]
    answer = knowledge.ask("七十岁的老人吃一顿补多少")
    assert answer.refusal is None
    assert "每餐补贴三元" in answer.citations[0].quote
