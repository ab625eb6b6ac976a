"""Questions as they are typed, which the reader learns from."""

from __future__ import annotations

import random

import pytest
from pypinyin import lazy_pinyin

from evals.training.mistyped import RECAST, SLIPS, Mistyping, recast

TEXTS = ["托育机构拖欠工资的，由主管部门责令改正。", "住房公积金，可以提取；猪肉的价格，公开。"]


def test_a_mistyped_question_sounds_like_the_one_that_was_meant() -> None:
    mistyping, drawn = Mistyping(TEXTS), random.Random(1)
    question = "托育机构欠了住房的公积金能提不？"
    for _ in range(50):
        typed = mistyping.mistyped(question, drawn)
        assert typed != question and lazy_pinyin(typed) == lazy_pinyin(question)


def test_what_has_no_other_character_of_its_sound_stays() -> None:
    assert Mistyping(TEXTS).mistyped("abc？", random.Random(1)) == "abc？"


def test_most_questions_are_typed_as_they_are_meant() -> None:
    mistyping, drawn = Mistyping(TEXTS), random.Random(1)
    typed = [mistyping.as_typed("托育机构满72天了", drawn) for _ in range(2000)]
    assert sum("七十二" in one for one in typed) / len(typed) == pytest.approx(RECAST, abs=0.02)
    slips = sum(one.replace("七十二", "72") != "托育机构满72天了" for one in typed)
    assert slips / len(typed) == pytest.approx(SLIPS, abs=0.03)


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("我妈72了", "我妈七十二了"),
        ("我妈七十二了", "我妈72了"),
        ("满十年能退不", "满10年能退不"),
        ("2024年的，每月3.5元", "2024年的，每月3.5元"),
        ("百货店几点开", "百货店几点开"),
    ],
)
def test_a_number_is_written_the_other_way_where_people_do(question: str, other: str) -> None:
    assert recast(question) == other
