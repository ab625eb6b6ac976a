"""Facts read from sentences, over the written sentences of evals/data/eligibility and a few that matter alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.eligibility_bench import score_sentences
from kb.eligibility.facts import FactBook
from kb.eligibility.sentence import read_sentence
from kb.eligibility.values import as_json

BOOK = FactBook.read(Path(__file__).parent.parent / "corpus" / "benefits" / "facts.toml")
DAY = date(2026, 11, 23)


def read(text: str) -> dict[str, object]:
    return {one.fact_id: as_json(one.value) for one in read_sentence(text, BOOK, DAY)}


def test_the_dev_sentences_are_read_as_well_as_promised() -> None:
    score = score_sentences("dev", BOOK)
    assert score.precision >= 0.97, score.mistakes
    assert score.recall >= 0.90, score.mistakes


def test_every_reading_names_the_words_that_it_came_from() -> None:
    text = "我今年６２，安徽戶口，在拱墅租房"
    for one in read_sentence(text, BOOK, DAY):
        assert text[one.start : one.end] == one.said
    assert read(text) == {"age": 62, "hukou": "安徽", "home": "拱墅", "rents": True}


@pytest.mark.parametrize(
    "text", ["听说满70岁坐公交免费", "我邻居80岁了", "60岁以上老人有什么优惠", "要是我60岁呢", "我今年400岁"]
)
def test_what_is_not_said_of_the_person_stays_unknown(text: str) -> None:
    assert "age" not in read(text)


def test_doubt_makes_a_reading_uncertain() -> None:
    (age,) = read_sentence("我大概六十五岁", BOOK, DAY)
    assert (age.value, age.certain) == (65, False)


@given(
    st.text(max_size=80)
    | st.text("我今年不到六十多岁户口在杭州租房月收入千万元，。0123456789年生的孩子个", max_size=60)
)
def test_any_text_is_read_without_failing_and_every_reading_is_a_fact_that_can_be(text: str) -> None:
    for one in read_sentence(text, BOOK, DAY):
        assert text[one.start : one.end] == one.said
        BOOK.profile({one.fact_id: as_json(one.value)}, DAY)


@pytest.mark.parametrize("text", ["我68岁，没有退休金", "我爸不是独生子女证持有人", "我没退休", "我不是学生"])
def test_a_fact_that_is_denied_is_not_read_as_stated(text: str) -> None:
    assert not {"employment", "one_child_certificate"} & set(read(text))
