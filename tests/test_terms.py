"""Folding, numerals and terms: examples, then properties that must always hold."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.fold import fold, fold_text
from kb.text.numerals import normalize_numbers, parse_numeral, to_chinese
from kb.text.terms import symbol_runs, terms

CHINESE = st.text(
    st.sampled_from(
        "一二三十百千万亿零〇两点分之養老護士戶籍規定臺灣國務院的和與及，。、；（）「」《》０１２9a Z%.\n　①Ⅳ㎡é"
    )
)
ANYTHING = st.one_of(CHINESE, st.text())


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("製定方麵的誌願服務，２０２７年", "制定方面的志愿服务,2027年"),
        ("《養老》〔２０２４〕１５號", "<养老>[2024]15号"),
        ("ＡＢＣ①㎡", "abc1m2"),
        ("老\u200b人\ufeff", "老人"),
        ("⺠⽣", "民生"),
        ("", ""),
    ],
)
def test_folding_gives_one_spelling(text: str, folded: str) -> None:
    assert fold_text(text) == folded
    assert fold(text).text == folded


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("二〇二七年满六十周岁,百分之七十,1.45万套,百姓", "2027年满60周岁,70%,14500套,百姓"),
        ("三万五千元", "35000元"),
        ("1,200元", "1200元"),
        ("千岛湖", "千岛湖"),
        ("第一百零二条", "第102条"),
        ("两百人,十二家", "200人,12家"),
        ("3.50%", "3.5%"),
        ("", ""),
    ],
)
def test_numbers_are_written_in_digits(text: str, normal: str) -> None:
    assert normalize_numbers(text) == normal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("滿六十周歲，可享", ["满", "60", "周", "岁", "可", "享", "满60", "60周", "周岁", "可享"]),
        ("养老，服务", ["养", "老", "服", "务", "养老", "服务"]),
        ("养 老", ["养", "老", "养老"]),
        ("PDF文件", ["pdf", "文", "件", "pdf文", "文件"]),
        ("3.5%的", ["3.5%", "的", "3.5%的"]),
        ("。！？", []),
        ("", []),
    ],
)
def test_terms_are_single_symbols_and_neighbouring_pairs(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("老年人養老服務補貼", "老年人养老服务补贴"),
        ("年滿六十周歲", "年满60周岁"),
        ("二〇二七年", "２０２７年"),
        ("百分之七十", "70%"),
        ("乾燥、幹部、干涉", "干燥、干部、干涉"),
        ("關於徵收土地", "关于征收土地"),
    ],
)
def test_both_scripts_and_both_numerals_have_the_same_terms(one: str, other: str) -> None:
    assert terms(one) == terms(other)


@given(ANYTHING)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_text(text)
    assert fold_text(once) == once


@given(ANYTHING)
def test_folding_with_and_without_offsets_agree(text: str) -> None:
    folded = fold(text)
    assert folded.text == fold_text(text)
    assert len(folded.offsets) == len(folded.text) + 1


@given(ANYTHING)
def test_every_folded_character_maps_back_to_what_it_came_from(text: str) -> None:
    folded = fold(text)
    offsets = folded.offsets.tolist()
    assert offsets == sorted(offsets)
    for position, char in enumerate(folded.text):
        start, end = folded.span(position, position + 1)
        assert end - start == 1
        assert char in fold_text(text[start:end])
    assert folded.span(0, 0)[0] == (offsets[0] if text else 0)


@pytest.mark.parametrize(
    "run", ["二" * 5000, "2" * 5000, "1234567890" * 3 + "亿", "二亿" * 2000, "百分之" + "一" * 5000]
)
def test_a_run_that_is_longer_than_any_number_is_left_as_it_is(run: str) -> None:
    assert normalize_numbers(f"第{run}条") == f"第{run}条"
    assert parse_numeral(run) is None


@given(st.integers(0, 10**12 - 1))
def test_numerals_survive_the_way_to_chinese_and_back(value: int) -> None:
    written = to_chinese(value)
    assert parse_numeral(written) == value
    assert normalize_numbers(written) == str(value)


@given(ANYTHING)
def test_terms_are_the_symbols_and_the_pairs_of_the_runs(text: str) -> None:
    runs = symbol_runs(text)
    assert all(runs)
    singles = [symbol for run in runs for symbol in run]
    pairs = [a + b for run in runs for a, b in pairwise(run)]
    assert terms(text) == singles + pairs
    assert all(symbol and not symbol.isspace() for symbol in singles)


@given(ANYTHING)
def test_terms_of_the_folded_text_are_the_terms_of_the_text(text: str) -> None:
    assert terms(fold_text(text)) == terms(text)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("廿", "20"), ("廿五", "25"), ("卅一", "31"), ("二〇三一", "2031"), ("一百零五万", "1050000"), ("3万5千", "35000"),
        ("1亿2000万", "120000000"), ("百分之三十五", "0.35"), ("千分之五", "0.005"), ("五分之二", "0.4"), ("百分之百", "1"),
    ],
)  # fmt: skip
def test_every_way_to_write_a_number_is_read(written: str, value: str) -> None:
    assert parse_numeral(written) == Decimal(value)


@pytest.mark.parametrize("written", ["三四十", "分之", "三分之", "百", "万5千", "零分之一", "3万5万"])
def test_what_is_no_number_is_not_read(written: str) -> None:
    assert parse_numeral(written) is None


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("补助3万5千元", "补助35000元"), ("投资1亿2000万元", "投资120000000元"), ("完成率百分之百", "完成率100%"),
        ("第廿一条", "第21条")
    ],
)  # fmt: skip
def test_mixed_numbers_are_written_in_plain_digits(text: str, normal: str) -> None:
    assert normalize_numbers(text) == normal
