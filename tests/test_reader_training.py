"""Training of the reader: what is trained and what is run compute the same; examples and judgements are sound."""

from __future__ import annotations

import random

import lightgbm
import numpy as np
import pytest
import torch

from evals.reading import holds
from evals.training.boosting import arrays_of, train_trees
from evals.training.span_data import _made
from evals.training.span_network import SpanNetwork, SpanRecipe, weights_of
from kb.answering.spans import SpanReader, code, signs
from kb.answering.trees import Trees


def test_the_network_that_is_run_is_the_network_that_was_trained() -> None:
    torch.manual_seed(1)
    terms = {term: row for row, term in enumerate("试点项目一百个多少", start=1)}
    rows = np.vstack([np.zeros((1, 8)), np.random.default_rng(1).integers(-127, 127, (len(terms), 8))]).astype(np.int8)
    recipe = SpanRecipe(width=16, term_width=8)
    network = SpanNetwork(torch.from_numpy(rows.astype(np.float32) * np.float32(0.01)), recipe).eval()
    asked, told = "多少个试点?", "试点项目要达到一百个,共两年。"
    q, x = code(asked, terms), code(told, terms)
    inputs = [torch.from_numpy(array)[None] for array in (q.rows, q.kinds, x.rows, x.kinds, signs(asked, told))]
    with torch.no_grad():
        trained = network(*inputs)[0].numpy()
    run = SpanReader(terms, weights_of(network, rows, np.float32(0.01))).scores(asked, told)
    possible = trained > -1e3
    assert possible.sum() > len(told)
    assert run[possible] == pytest.approx(trained[possible], abs=0.02)  # half precision


def test_trees_as_arrays_say_what_lightgbm_says() -> None:
    chance = np.random.default_rng(2)
    rows = chance.normal(size=(600, 5)).astype(np.float32)
    labels = (rows[:, 0] * rows[:, 1] > 0).astype(np.float32)
    booster = lightgbm.train(
        {"objective": "binary", "verbose": -1, "num_leaves": 7}, lightgbm.Dataset(rows, labels), 12
    )
    trees = Trees(**arrays_of(booster.dump_model()["tree_info"]))
    assert trees.predict(rows) == pytest.approx(booster.predict(rows, raw_score=True), abs=1e-5)
    again = train_trees(rows, labels, trees=12, seed=1, threads=1)
    repeated = train_trees(rows, labels, trees=12, seed=1, threads=1)
    assert all(np.array_equal(again[name], repeated[name]) for name in again)


def test_a_made_question_asks_for_a_part_of_its_sentence() -> None:
    chance = random.Random(3)
    sentences = [
        "杭州市于2024年3月8日印发了实施方案,提出到2027年累计开展100个以上试点项目。",
        "社区食堂在优先保障老年人用餐的前提下,向全体市民开放。",
    ]
    made = [example for _ in range(50) for s in sentences if (example := _made(s, chance)) is not None]
    assert len(made) > 50
    for example in made:
        assert 0 <= example.first <= example.last < len(example.sentence)
        assert example.question


@pytest.mark.parametrize(
    ("sentence", "answers", "held"),
    [
        ("市里梳理34項支持政策。", ("34项",), True),
        ("第一句。", ("第一句。第二句。",), True),
        ("市里梳理了政策。", ("34项",), False),
    ],
)
def test_a_sentence_holds_an_answer_or_is_a_part_of_it(sentence: str, answers: tuple[str, ...], held: bool) -> None:
    assert holds(sentence, answers) is held
