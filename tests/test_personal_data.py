"""Personal data: numbers that hold their own check, at their place in the canonical text."""

from __future__ import annotations

import pytest

from ingest.personal_data import personal_data


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("身份证号：11010519491231002X。", "identity_number", "11010519491231002X"),
        ("身份證號：１１０１０５１９４９１２３１００２Ｘ", "identity_number", "１１０１０５１９４９１２３１００２Ｘ"),
        ("证件 110105 19491231 002X", "identity_number", "110105 19491231 002X"),
        ("申请人手机138-0013-8000", "mobile_number", "138-0013-8000"),
        ("张三 | 女 | 13800138000 | 翠苑", "mobile_number", "13800138000"),
        ("申请人：李四，联系电话：13800138000", "mobile_number", "13800138000"),
        ("开户行账号 6222 0202 0000 0000 006", "bank_card", "6222 0202 0000 0000 006"),
    ],
)
def test_a_number_is_found_in_its_place(text: str, kind: str, number: str) -> None:
    (finding,) = personal_data(text)
    assert (finding.kind, text[finding.start : finding.end]) == (kind, number)


@pytest.mark.parametrize(
    "text",
    [
        "身份证号：110105194912310021",  # wrong check digit
        "身份证号：11010519491331002X",  # no such day
        "开户行账号 6222 0202 0000 0000 007",  # fails the check of Luhn
        "联系人：王五，联系电话：13800138000",
        "咨询电话：0571-87654321，13800138000",
        "统一社会信用代码：91330100MA27XXXXXX",  # masked as offices publish it; no mark of unfinished work
        "索引号：002489444/2024-276097",
        "预算13800138000.50元",
    ],
)
def test_other_numbers_and_the_contact_of_an_office_are_none(text: str) -> None:
    assert personal_data(text) == ()
