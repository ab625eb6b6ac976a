"""The reader: trees against a slow walk, features of a sentence, the model folder and what is wrong with it."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.answering.model import CONFIG, RANKER, ReaderModel, open_reader_model
from kb.answering.question import understand
from kb.answering.sentences import items_listed
from kb.answering.sides import sides_of
from kb.answering.trees import Trees
from kb.errors import ReaderModelError
from kb.index.encoder import MODELS_DIR

READER = MODELS_DIR / "reader"


@cache
def model() -> ReaderModel:
    return open_reader_model()


def walk(trees: Trees, row: np.ndarray) -> float:
    total = 0.0
    for node in trees.roots.tolist():
        while node >= 0:
            low = row[trees.feature[node]] <= trees.threshold[node]
            node = int(trees.left[node] if low else trees.right[node])
        total += float(trees.values[-1 - node])
    return total


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_all_trees_at_once_say_what_each_says_alone(seed: int) -> None:
    trees = model().ranker
    rows = np.random.default_rng(seed).normal(size=(5, 80)).astype(np.float32)
    assert trees.predict(rows) == pytest.approx([walk(trees, row) for row in rows], abs=1e-4)


def test_no_rows_have_no_scores() -> None:
    assert model().ranker.predict(np.zeros((0, 80), np.float32)).shape == (0,)


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        (RANKER, b"not an archive", "damaged"),
        (RANKER, None, "No such file"),
        (CONFIG, b"{", "not JSON"),
        (CONFIG, b'{"format": "kb-reader/0"}', "other features"),
        (CONFIG, None, "No such file"),
    ],
)
def test_weights_that_are_not_sound_are_refused(tmp_path: Path, file: str, content: bytes | None, words: str) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(READER, folder)
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(ReaderModelError, match=words) as error:
        open_reader_model(folder)
    assert str(folder) in error.value.message
    assert "evals.training.reader" in error.value.message


def test_the_weights_stay_small() -> None:
    assert sum(path.stat().st_size for path in READER.iterdir()) < 20_000_000
    assert json.loads((READER / CONFIG).read_text("utf-8"))["format"] == "kb-reader/1"


@pytest.mark.parametrize(
    ("sentence", "items"),
    [("养老托育、社区助餐、家政便民", 3), ("由市发改委和市建委牵头", 0), ("甲、乙、丙和丁", 4), ("没有列举", 0)],
)
def test_things_listed_are_counted(sentence: str, items: int) -> None:
    assert items_listed(sentence) == items


def test_a_question_says_how_many_things_its_list_has() -> None:
    assert understand("点名的七类嵌入式服务有哪些？").items == 7
    assert understand("有哪些服务？").items is None


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("国家和杭州分别打算什么时候改完？", ["国家分别打算什么时候改完?", "杭州分别打算什么时候改完?"]),
        ("95号和342号提案各由谁主办？", ["95号提案各由谁主办?", "342号提案各由谁主办?"]),
        ("楼面和占地各要多大？", ["楼面各要多大?", "占地各要多大?"]),
        ("社区食堂和老年食堂在哪里？", []),
        ("社区食堂向谁开放？", []),
    ],
)
def test_comparing_questions_are_taken_apart(question: str, sides: list[str]) -> None:
    assert sides_of(question) == sides


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=200))
@settings(max_examples=60, deadline=None)
def test_a_span_lies_in_its_sentence(question: str, sentence: str) -> None:
    span = model().spans.find(question, sentence, numeral=True)
    if span is not None:
        assert 0 <= span.start < span.end <= len(sentence)
        assert 0 < span.probability <= 1 + 1e-6


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        ("累计开展多少个试点项目？", "到2027年，杭州累计开展的嵌入式设施试点项目要达到100个以上。", "100个"),
        ("累計開展多少個試點項目？", "到2027年,累計開展試點項目100個以上,完成建設目標。", "100個"),
    ],
)
def test_the_answer_itself_is_found_in_a_sentence(question: str, sentence: str, answer: str) -> None:
    span = model().spans.find(question, sentence, numeral=True)
    assert span is not None
    assert answer in sentence[span.start : span.end]
    assert span.end - span.start <= len(answer) + 4


@pytest.mark.parametrize(
    ("question", "unit", "sentence", "answer"),
    [
        (
            "杭州市梳理了多少项支持政策？",
            "项",
            "聚焦難點，梳理34項已出台和計劃出台的支持政策，初步構建1+N政策支持體係。",
            "34項",
        ),
        ("至少多少平方米？", "平", "每个社区要有一个服务站，面积以800平方米左右为宜。", "800平方米"),
    ],
)
def test_the_number_that_is_marked_has_the_unit_that_is_asked_for(
    question: str, unit: str, sentence: str, answer: str
) -> None:
    assert understand(question).unit == unit
    span = model().spans.find(question, sentence, numeral=True, unit=unit)
    assert span is not None
    assert answer in sentence[span.start : span.end]
