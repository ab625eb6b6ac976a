"""What may be asked next: questions as a person asks them, in the script of the one before, which are answered."""

from __future__ import annotations

import re
from datetime import date

import pytest
from indexing import ROOT

from kb.knowledge_base import KnowledgeBase
from kb.text.fold import script_of
from kb.types import Query

DAY = date(2026, 11, 23)
PAGE = ROOT / "service/web/pages/ask.html"
EXAMPLES = re.findall(r"<li><button type=\"button\">([^<]+)</button></li>", PAGE.read_text("utf-8"))


def test_the_page_shows_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("question", EXAMPLES)
def test_every_example_of_the_page_is_answered(corpus: KnowledgeBase, question: str) -> None:
    answer = corpus.ask(Query("", question, DAY))
    assert answer.refusal is None and answer.citations


@pytest.mark.parametrize("question", ["公租房货币补贴怎么算？", "加装电梯一楼住户要出钱吗？", "公租房貨幣補貼怎麼算？"])
def test_what_is_suggested_is_a_question_in_the_same_script_that_is_answered(
    corpus: KnowledgeBase, question: str
) -> None:
    suggested = corpus.suggest(corpus.ask(Query("", question, DAY))).suggestions
    assert suggested
    for one in suggested:
        assert one.endswith("？") and "有什么规定" not in one
        assert script_of(one) in (script_of(question), None)
        assert corpus.ask(Query("", one)).refusal is None


def test_a_refusal_shows_no_more_than_two_wordings(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "申请公租房要交多少押金？", DAY))
    assert answer.refusal is not None and len(answer.citations) <= 3
    assert len(corpus.suggest(answer).suggestions) <= 2
