"""What is typed in answer to a question about a fact."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb.eligibility.facts import FactBook
from kb.eligibility.reply import Reply, read_reply
from kb.errors import FactError

BOOK = FactBook.read(Path(__file__).parent.parent / "corpus" / "benefits" / "facts.toml")
DAY = date(2026, 11, 27)


def reply(text: str, fact_id: str, suggested: Any = None) -> Reply | None:
    return read_reply(text, BOOK[fact_id], suggested, BOOK, DAY)


@pytest.mark.parametrize(
    ("fact_id", "text", "facts"),
    [
        ("birth_date", "他68了", {"age": 68}),
        ("birth_date", "六十八", {"age": 68}),
        ("birth_date", "1958年3月2日", {"birth_date": "1958-03-02"}),
        ("hukou", "是杭州户口", {"hukou": "杭州"}),
        ("hukou", "不是杭州户口", {"hukou": {"not": ["杭州"]}}),
        ("hukou", "安徽的", {"hukou": "安徽"}),
        ("home", "住拱墅", {"home": "拱墅"}),
        ("home", "在余杭", {"home": "余杭"}),
        ("owns_home", "没有", {"owns_home": False}),
        ("owns_home", "有的", {"owns_home": True}),
        ("assessed", "还没有", {"assessed": False}),
        ("pregnant_weeks", "没有", {"pregnant_weeks": {"none": True}}),
        ("pregnant_weeks", "28周", {"pregnant_weeks": 28}),
        ("monthly_rent", "两千五", {"monthly_rent": 2500}),
        ("hardship", "都不是", {"hardship": "none"}),
        ("employment", "退休了", {"employment": "retired"}),
        ("sex", "女", {"sex": "female"}),
    ],
)
def test_a_reply_tells_the_fact_that_was_asked_for(fact_id: str, text: str, facts: dict[str, Any]) -> None:
    assert reply(text, fact_id) == Reply(facts)


@pytest.mark.parametrize("text", ["不知道", "我不清楚。", "记不清了", "不想说", "跳过"])
def test_a_question_may_be_left_open(text: str) -> None:
    assert reply(text, "hukou") == Reply({}, is_left_open=True)


@pytest.mark.parametrize(
    "text", ["社区食堂几点开门", "为什么", "那我爸呢", "谢谢", "", "真笨", "what is this?", "好几个"]
)
def test_what_asks_or_tells_nothing_is_no_reply(text: str) -> None:
    assert reply(text, "hukou") is None


def test_what_was_heard_with_doubt_is_confirmed_or_denied() -> None:
    assert reply("是的", "hukou", "湖北") == Reply({"hukou": "湖北"})
    assert reply("不是", "hukou", "湖北") == Reply({"hukou": {"not": ["湖北"]}})


def test_a_reply_that_cannot_be_is_refused() -> None:
    with pytest.raises(FactError):
        reply("他900了", "birth_date")
