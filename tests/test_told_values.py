"""Values that are read where a fact is told, by what the fact can be and nothing around it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.eligibility.facts import FactBook
from kb.eligibility.spoken_text import SpokenText
from kb.eligibility.told_values import LOOKED_AT, PlacedValue, read_where_told, values_in
from kb.eligibility.values import as_json

BOOK = FactBook.read(Path(__file__).parent.parent / "corpus" / "benefits" / "facts.toml")
DAY = date(2026, 11, 28)
VALUED = [fact for fact in BOOK if fact.type in ("number", "money", "date", "place") and fact.fact_id != "today"]


def placed(fact_id: str, text: str, at: str = "") -> PlacedValue | None:
    """What is read for a fact where the tagger looks at the characters of `at`, or at nothing of the text."""
    start = text.index(at)
    looked = [1 / len(at) if at and start <= n < start + len(at) else 0.0 for n in range(len(text))]
    return read_where_told(SpokenText.of(text, BOOK.regions), BOOK[fact_id], looked, BOOK.regions, DAY)


@pytest.mark.parametrize(
    ("fact_id", "text", "at", "value"),
    [
        ("age", "外婆整八十八了，一个人过", "八十八", 88),
        ("age", "阿妹廿四，还在读书", "廿四", 24),
        ("age", "老两口都七十好几了，住六楼", "七十", {"at_least": 70, "at_most": 79}),
        ("age", "他快九十了", "九十", {"at_most": 89}),
        ("age", "虚岁七十三", "七十三", {"at_least": 71, "at_most": 72}),
        ("parent_age", "我爸六十出头，我妈也退了", "六十", {"at_least": 60, "at_most": 69}),
        ("child_age_months", "小家伙一岁零三个月", "一岁", 15),
        ("child_age_months", "两岁半，还没断奶", "两岁半", 30),
        ("child_age_months", "宝宝五个半月", "月", 5),
        ("child_age_months", "刚满半岁", "半岁", 6),
        ("child_days", "才二十来天，不对，是25天", "25", 25),
        ("social_insurance_months", "连着缴了一年两个月", "一年", 14),
        ("hukou_years", "迁过来八年了", "八年", 8),
        ("hukou_years", "2019年迁过来的", "2019", {"at_least": 6, "at_most": 7}),
        ("pregnant_weeks", "肚子里的三十一周了", "三十一", 31),
        ("birth_order", "是老三，前面两个都大了", "老三", 3),
        ("birth_order", "头一胎", "头", 1),
        ("household_size", "连我五口人", "五", 5),
        ("floors", "总共七层", "七", 7),
        ("built_year", "零二年盖的房子", "零二", 2002),
        ("built_year", "九几年的老房子", "九", {"at_least": 1990, "at_most": 1999}),
        ("delivered_share", "交了百分之六十几", "六十", {"at_least": 60, "at_most": 69}),
        ("proposing_share", "有三成人签了名", "三成", 30),
        ("monthly_income", "就靠我五六千过日子", "五六千", {"at_least": 5000, "at_most": 6000}),
        ("monthly_income", "拿一万二左右", "一万二", 12000),
        ("monthly_rent", "养老金一千八，租房就要八百", "八百", 800),
        ("monthly_rent", "按月付贰仟元整", "贰仟", 2000),
        ("birth_date", "我48年10月份的", "48", {"at_least": "1948-10-01", "at_most": "1948-10-31"}),
        ("child_birth_date", "11月3号生下来的", "号", "2026-11-03"),
        ("child_birth_date", "12月5号生下来的", "号", "2025-12-05"),
        ("graduation_date", "二三年七月拿的证", "二三", {"at_least": "2023-07-01", "at_most": "2023-07-31"}),
        ("home", "在富阳过日子", "富阳", "富阳"),
        ("child_hukou", "一出生就报在西湖区", "西湖", "西湖"),
        ("hukou", "又不在杭州的", "杭州", {"not": ["杭州"]}),
    ],
)
def test_a_value_is_read_where_it_is_told(fact_id: str, text: str, at: str, value: object) -> None:
    found = placed(fact_id, text, at)
    assert found is not None and as_json(found.value) == value
    assert found.start <= text.index(at) < found.end


@pytest.mark.parametrize(
    ("fact_id", "text"),
    [
        ("age", "住六楼，来杭州48年了，一个月3500元，三口人"),  # other units
        ("monthly_rent", "住了12年，今年68"),
        ("floors", "我家在四楼"),  # where one lives is not how high the house is
        ("child_birth_date", "2月30号"),
        ("parent_age", "五岁"),  # no parent is five
        ("home", "住在老家"),
        ("child_days", "说不上来"),
    ],
)
def test_what_cannot_be_the_fact_s_is_not_read(fact_id: str, text: str) -> None:
    assert placed(fact_id, text) is None


def test_of_several_the_one_that_is_looked_at_is_meant() -> None:
    text = "老伴七十一，我六十九"
    assert [as_json(found.value) for at in ("七十一", "六十九") if (found := placed("age", text, at))] == [71, 69]
    assert placed("age", text) is None  # nobody can say which
    assert placed("age", "老伴七十一") == PlacedValue(71, 2, 5)  # there is no other
    spoken, looked = SpokenText.of(text, BOOK.regions), [0.0] * 2 + [LOOKED_AT / 3] * 3 + [0.0] * 5
    assert read_where_told(spoken, BOOK["age"], looked, BOOK.regions, DAY) == PlacedValue(71, 2, 5)


@given(st.text(alphabet="0123456789一二三十百千万零年月日岁半个多几到周天层口孩元杭州,不满 ", max_size=40))
def test_whatever_is_read_of_any_text_stands_there_and_can_be(text: str) -> None:
    spoken = SpokenText.of(text, BOOK.regions)
    for fact in VALUED:
        for value, start, end in values_in(spoken.text, fact, BOOK.regions, DAY):
            assert 0 <= start < end <= len(spoken.text)
            fact.words(value)
