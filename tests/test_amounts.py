"""A question for an amount is answered by an amount only."""

from __future__ import annotations

import pytest

from kb.answering.amounts import forms_asked
from kb.answering.question import understand
from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers


@pytest.mark.parametrize(
    ("question", "answer", "no_answer"),
    [
        ("每月能领多少钱？", "每人每月补贴125元", "由政府发长寿保健补助费"),
        ("租金是多少？", "一般为市场租金的七折", "租金由市场决定"),
        ("要等几天？", "十五个工作日内办结", "符合条件的可以申请"),
        ("要多少分才够？", "积满80分", "户籍须登记在杭州市"),
        ("老年食堂几点开门？", "每天10时30分至13时供餐", "面向全年龄段市民开放"),
        ("梳理了多少项支持政策？", "整理出三十四项支持政策", "梳理了已出台的支持政策"),
        ("满多少岁能进？", "70周岁以上的老年人", "凭证件进入"),
    ],
)
def test_a_sentence_without_the_amount_is_no_answer(question: str, answer: str, no_answer: str) -> None:
    forms = forms_asked(understand(question).plain)
    assert forms
    assert all(form.search(normalize_numbers(fold_text(answer))) for form in forms)
    assert not all(form.search(normalize_numbers(fold_text(no_answer))) for form in forms)


@pytest.mark.parametrize("question", ["补贴分几类？", "由谁负责？"])
def test_what_is_no_amount_needs_none(question: str) -> None:
    assert forms_asked(question) == ()
