"""The measures: against tables computed by hand, against formulas written out, against trec_eval itself."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from evals.answer_measures import exact_match, f1, judge, rouge_l
from evals.judged import ExpectedAnswer
from evals.leaflets import LEAFLETS, read_leaflets, told_apart
from evals.measures import NAMES, measure
from evals.refusal_decisions import RefusalDecision, auc, curve, judge_refusals
from evals.significance import compare_values, holm
from evals.training.contrastive_data import WRITTEN, read_lines
from kb.errors import DatasetError
from kb.reading.reader import Reader
from kb.types import Answer, Citation, Refusal, Statement, Timing

TARGETS = {"q1": {"a": 1, "b": 1}, "q2": {"c": 2, "d": 1, "e": 0}}
RUN = {"q1": [("x", 9.0), ("a", 8.0), ("b", 7.0)], "q2": [("d", 5.0), ("e", 4.0), ("c", 3.0)]}
# By hand: q1 finds its two at ranks 2 and 3; q2 has gain 1 at rank 1 and gain 2 at rank 3.
BY_HAND = {
    "q1": {"Success@1": 0, "Success@5": 1, "R@10": 1, "RR@10": 1 / 2, "AP": (1 / 2 + 2 / 3) / 2,
           "nDCG@10": (1 / math.log2(3) + 1 / 2) / (1 + 1 / math.log2(3))},
    "q2": {"Success@1": 1, "Success@5": 1, "R@10": 1, "RR@10": 1, "AP": (1 + 2 / 3) / 2,
           "nDCG@10": (1 + 2 / 2) / (2 + 1 / math.log2(3))},
}  # fmt: skip


def test_measures_equal_the_table_computed_by_hand() -> None:
    found = measure(TARGETS, RUN)
    for query_id, values in BY_HAND.items():
        for name, value in values.items():
            assert found[query_id][name] == pytest.approx(value, abs=1e-9), (query_id, name)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_measures_equal_trec_eval_on_a_made_up_set(seed: int) -> None:
    chance = random.Random(seed)
    documents = [f"d{n}" for n in range(300)]
    targets = {
        f"q{n}": {d: chance.choice((1, 1, 2, 3)) for d in chance.sample(documents, chance.randint(1, 12))}
        for n in range(60)
    }
    run = {q: [(d, float(150 - n)) for n, d in enumerate(chance.sample(documents, 150))] for q in targets}
    wanted = {"success_1", "success_5", "recall_10", "recall_100", "map", "ndcg_cut_10"}
    theirs = pytrec_eval.RelevanceEvaluator(targets, wanted).evaluate({q: dict(ranked) for q, ranked in run.items()})
    names = {"Success@1": "success_1", "Success@5": "success_5", "R@10": "recall_10", "R@100": "recall_100", "AP": "map", "nDCG@10": "ndcg_cut_10"}  # fmt: skip
    for query_id, values in measure(targets, run).items():
        for ours, name in names.items():
            assert values[ours] == pytest.approx(theirs[query_id][name], abs=1e-9)


def test_ties_keep_the_order_that_was_served() -> None:
    tied = {"q": [("z", 1.0), ("a", 1.0)]}
    assert measure({"q": {"z": 1}}, tied)["q"]["Success@1"] == 1


def test_a_run_that_found_nothing_for_most_queries_is_an_error() -> None:
    with pytest.raises(DatasetError, match="found nothing for 2 of 3 judged queries, such as 'b'"):
        measure({"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1}}, {"a": [("x", 1.0)]})


def test_every_judged_query_has_every_measure() -> None:
    assert set(measure({"a": {"x": 1}, "b": {"y": 1}}, {"a": [("x", 1.0)]})["b"]) == set(NAMES)


def answer(*statements: str, quotes: Sequence[str] = (), refused: bool = False) -> Answer:
    refusal = Refusal("no_evidence", "没有") if refused else None
    citations = tuple(
        Citation(n, "d", "d#1", "一、", quote, 0, len(quote), None, "", "original") for n, quote in enumerate(quotes, 1)
    )
    return Answer("", tuple(Statement(text, ()) for text in statements), citations, (), refusal, Timing(0, 0, 0))


def test_an_answer_is_judged_by_pieces_and_groups() -> None:
    expected = ExpectedAnswer(True, None, (("34项", "三十四项"), ("1+N",)), (frozenset({"a", "b"}), frozenset({"c"})))
    values = judge(answer("共梳理三十四項政策。", quotes=["三十四項政策", "工作動員"]), ["a", "x"], expected)
    assert values == {
        "complete": 0.0, "citation precision": 0.5, "citation recall": 0.5, "span precision": 0.5, "span recall": 0.5
    }  # fmt: skip
    assert judge(answer("共34项，构成1+N体系", quotes=["34项", "1+N"]), ["a", "c"], expected)["complete"] == 1.0
    assert judge(answer(refused=True), ["a"], expected) == {
        "complete": 0.0, "citation recall": 0.0, "nearest complete": 0.0
    }  # fmt: skip


@pytest.mark.parametrize(("shown", "complete"), [(["共34项", "即1+N体系"], 1.0), (["共34项"], 0.0)])
def test_of_what_is_refused_it_is_told_whether_it_stands_in_the_nearest_material(
    shown: list[str], complete: float
) -> None:
    expected = ExpectedAnswer(True, None, (("34项", "三十四项"), ("1+N",)))
    assert judge(answer(quotes=shown, refused=True), ["a"], expected) == {"complete": 0.0, "nearest complete": complete}


def test_a_written_answer_is_compared_by_characters() -> None:
    assert exact_match("三十四项。", ["34項"]) == 1.0
    assert f1("共34项", ["34项"]) == pytest.approx(6 / 7)
    assert rouge_l("甲乙丙", ["丙乙甲"]) == pytest.approx(1 / 3)


@given(st.text("甲乙丙丁12", max_size=12), st.text("甲乙丙丁12", max_size=12))
def test_comparisons_of_texts_are_shares_and_one_for_equal_texts(one: str, other: str) -> None:
    for value in (f1(one, [other]), rouge_l(one, [other])):
        assert 0 <= value <= 1
    assert f1(one, [other]) >= rouge_l(one, [other]) - 1e-12
    if one == other and one:
        assert f1(one, [other]) == rouge_l(one, [other]) == exact_match(one, [other]) == 1.0


def test_refusals_equal_the_table_computed_by_hand() -> None:
    decisions = [
        RefusalDecision(True, False, 0.9),
        RefusalDecision(True, True, 0.4),
        RefusalDecision(False, True, 0.2),
        RefusalDecision(False, False, 0.6),
    ]
    assert judge_refusals(decisions) == {
        "refusal precision": 0.5,
        "refusal recall": 0.5,
        "wrongly refused": 0.5,
        "AUC": 0.75,
    }


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_area_under_the_curve_is_the_chance_of_the_right_order(higher: list[float], lower: list[float]) -> None:
    pairs = [(a > b) + (a == b) / 2 for a in higher for b in lower]
    assert auc(higher, lower) == pytest.approx(sum(pairs) / len(pairs))


def test_the_refusal_curve_rises_from_nothing_refused() -> None:
    decisions = [RefusalDecision(n % 3 > 0, False, n / 30) for n in range(30)]
    points = curve(decisions)
    assert points[0][1:] == (0.0, 0.0)
    assert all(earlier[1] <= later[1] and earlier[2] <= later[2] for earlier, later in pairwise(points))


def test_chance_is_told_from_a_difference() -> None:
    random_ = random.Random(7)
    base = [random_.random() for _ in range(200)]
    noise = [value + random_.gauss(0, 0.2) for value in base]
    better = [value + 0.1 + random_.gauss(0, 0.2) for value in base]
    assert compare_values(base, noise).p > 0.05
    found = compare_values(base, better)
    assert found.p < 0.001
    assert found.low < found.mean < found.high and found.low > 0
    assert compare_values(base, better) == found, "the seed is fixed"


def test_the_randomisation_test_equals_all_sign_flips() -> None:
    # Eight questions, all better by one: 2 of 256 assignments are as extreme.
    assert compare_values([0.0] * 8, [1.0] * 8).p == pytest.approx(2 / 256, abs=0.003)


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.floats(0, 1), max_size=6))
def test_correction_never_makes_a_p_smaller_and_keeps_the_order(p_values: dict[str, float]) -> None:
    corrected = holm(p_values)
    assert all(corrected[name] >= p - 1e-9 for name, p in p_values.items())
    ordered = sorted(p_values, key=lambda name: p_values[name])
    assert all(corrected[a] <= corrected[b] for a, b in pairwise(ordered))


def test_a_leaflet_is_read_part_by_part_and_what_it_does_not_say_scores_lower(tmp_path: Path) -> None:
    text = "一、补贴\n年满七十周岁的老年人每餐补贴三元。\n二、留样\n食堂应当留样四十八小时。"
    asked = {"notice": "甲", "register": "lay"}
    questions = [
        asked | {"question": "老年人每餐补贴多少元？", "answerable": True, "pieces": ["每餐补贴三元"], "short": "三元"},
        asked | {"question": "食堂早上几点开门？", "answerable": False, "pieces": []},
    ]
    for name, rows in (("texts", [{"id": "甲", "title": "助餐办法", "text": text}]), ("questions", questions)):
        (tmp_path / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    answered, missed = read_leaflets(Reader.open(), tmp_path)
    assert answered.said and answered.score > missed.score
    assert told_apart([answered, missed]) == [1.0] and told_apart([answered, replace(missed, score=9.0)]) == [0.0]


def test_the_contrasts_stand_in_pairs_about_one_leaflet() -> None:
    rows = list(read_lines(LEAFLETS / "contrasts.jsonl"))
    assert len(rows) > 1500
    for answered, missed in zip(rows[::2], rows[1::2], strict=True):
        assert answered["notice"] == missed["notice"]
        assert answered["answerable"] and answered["pieces"] and not missed["answerable"] and missed["missing"]


def test_questions_in_the_vernacular_are_answered_by_sentences_of_their_leaflet_or_not_at_all() -> None:
    texts = {row["id"]: row["text"] for row in read_lines(LEAFLETS / "texts.jsonl")}
    rows = list(read_lines(LEAFLETS / "vernacular.jsonl"))
    assert {row["notice"] for row in rows} == set(texts)
    for row in rows:
        assert row["answerable"] == bool(row["pieces"]) == ("missing" not in row)
        assert all(piece in texts[row["notice"]] for piece in row["pieces"])
        assert row.get("short", "") in "\n".join(row["pieces"])


def test_no_weights_learn_from_the_leaflets_that_judge() -> None:
    learned = {row["title"] for row in read_lines(WRITTEN / "leaflets.jsonl")}
    judging = {row["title"] for row in read_lines(LEAFLETS / "texts.jsonl")}
    assert len(learned) > 800 and len(judging) > 100 and not learned & judging
