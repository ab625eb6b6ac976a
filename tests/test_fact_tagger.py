"""Facts that a sentence tells in words that no rule knows: the network that reads them, and what is done with what it
reads."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch

from evals.training.activations import noted_ranges
from evals.training.fact_network import HEAD, TAIL, FactNetwork, write_facts
from evals.training.fact_training import labels_of, matrix_of, odds_of, padded, read_sentences, told, train
from evals.training.pretrained import LAYERS, LOWER, WIDTH
from ingest.settings import Settings
from kb.eligibility.catalogue import Catalogue
from kb.eligibility.consultation import heard_people, read_further
from kb.eligibility.fact_tagger import (
    UNLIKELY,
    FactTagger,
    Located,
    Tagged,
    TaggedText,
    add_tagged_readings,
    shipped_tagger,
)
from kb.eligibility.facts import FactBook
from kb.eligibility.sentence import read_everybody, read_sentence
from kb.errors import ModelError
from kb.index.embedded_encoder import EmbeddedEncoder
from kb.index.encoder import EMBEDDED, MODELS_DIR
from kb.transformer.model import GRAPH
from kb.transformer.session import open_session
from service.snapshots import ServedSnapshots

BOOK = FactBook.read(Path(__file__).parent.parent / "corpus" / "benefits" / "facts.toml")
DAY = date(2026, 11, 28)
SENTENCE = "我妈瘫在床上动不了，吃喝拉撒都要人伺候"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(MODELS_DIR / "facts", tmp_path / "facts")


def states(count: int, seed: int = 1) -> list[np.ndarray]:  # type: ignore[type-arg]
    drawn = np.random.default_rng(seed)
    return [drawn.normal(size=(8 + n % 5, WIDTH)).astype(np.float16) for n in range(count)]


def test_the_graph_gives_what_was_trained(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network, sample = FactNetwork(5).eval(), states(6)
    with noted_ranges(network.layers) as ranges:
        expected = odds_of(network, sample)
    write_facts(tmp_path / GRAPH, network, ranges)
    session = open_session(tmp_path / GRAPH)
    for one, odds in zip(sample, expected, strict=True):
        found, looked = session.run(None, {"states": one[None].astype(np.float32)})
        assert np.allclose(found[0], odds, atol=0.05)
        assert looked.shape == (1, len(one) - HEAD - TAIL, 5)
        assert looked.sum(axis=1) == pytest.approx(np.ones((1, 5)), abs=1e-3)


def test_a_sentence_is_read_alike_beside_longer_ones() -> None:
    torch.manual_seed(2)
    network, sample = FactNetwork(3).eval(), states(4)
    with torch.inference_mode():
        together, _ = network(*padded(sample))
    assert np.allclose(together.numpy(), odds_of(network, sample), atol=1e-4)


def test_what_tells_labels_apart_is_learned() -> None:
    sample = states(32)
    for n, one in enumerate(sample):
        one[HEAD + 1, 0] = 30 if n % 2 else -30
    stated = np.array([[n % 2, 1 - n % 2] for n in range(len(sample))], np.float32)
    torch.manual_seed(3)
    body = {f"layers.{n + LOWER}.{name}": value for n in range(LAYERS - LOWER) for name, value in FactNetwork(1).layers[n].state_dict().items()}  # fmt: skip
    odds = odds_of(train(sample, stated, body, epochs=8, seed=1), sample)
    assert ((odds > 0) == (stated > 0)).mean() > 0.9


def test_values_of_yes_or_no_and_of_a_choice_are_labels_and_that_others_are_told(tmp_path: Path) -> None:
    path = tmp_path / "told.toml"
    path.write_text('"我妈瘫了，户口在桐庐" = { self_care = "none", hukou = "桐庐", age = 80, people = [ { who = "self", rents = true } ] }\n', "utf-8")  # fmt: skip
    assert read_sentences(path, {"hukou"}) == [("我妈瘫了，户口在桐庐", {"self_care=none", "hukou", "age"})]
    assert labels_of({"hardship": {"not": ["minimum", "edge"]}}) == {"hardship!=minimum", "hardship!=edge"}
    assert matrix_of([("甲", {"b"}), ("乙", {"a", "c"})], ["a", "b"]).tolist() == [[0, 1], [1, 0]]


def test_what_is_told_is_held_against_what_is_stated() -> None:
    lines = told(np.array([[3.0, -3.0], [3.0, -1.0]], np.float32), ["a", "b"], [{"a"}, {"b"}])
    assert lines[1] == "from 0.5: 2 told, 0.500 right, 0.500 of 2 stated"


def test_what_no_rule_reads_is_read_with_the_clause_that_says_it() -> None:
    text = "做了快两年了一张纸都没签过，工资还是发现金"
    assert read_sentence(text, BOOK, DAY) == []
    (found,) = [one for one in shipped_tagger().read(text).offered if one.fact_id == "labour_contract"]
    assert found.value is False and text[found.start : found.end] == "做了快两年了一张纸都没签过"


def test_what_only_the_tagger_reads_is_to_be_confirmed_and_the_rules_win() -> None:
    rules = read_sentence(SENTENCE, BOOK, DAY)
    readings = add_tagged_readings(SENTENCE, rules, BOOK, DAY, shipped_tagger())
    assert [one for one in readings if one.certain] == rules
    assert len({one.fact_id for one in readings}) == len(readings)


class Saying:
    """A tagger that says of each text how likely it tells some facts, or where, and offers none."""

    def __init__(self, probabilities: dict[tuple[str, str | None], float], *located: Located) -> None:
        self.said = TaggedText([], probabilities, located)

    def read(self, _text: str) -> TaggedText:
        return self.said


@pytest.mark.parametrize(
    ("probabilities", "certain"),
    [
        ({("age", None): UNLIKELY / 2, ("rents", "true"): 0.9}, {"rents"}),
        ({("age", None): 2 * UNLIKELY, ("rents", "true"): UNLIKELY / 2, ("rents", "false"): 0.9}, {"age"}),
        ({}, {"age", "rents"}),
    ],
)
def test_what_a_rule_reads_and_the_tagger_takes_to_be_told_by_no_means_is_to_be_confirmed(
    probabilities: dict[tuple[str, str | None], float], certain: set[str]
) -> None:
    text = "我今年七十二，租房住"
    rules = read_sentence(text, BOOK, DAY)
    assert {one.fact_id for one in rules if one.certain} == {"age", "rents"}
    readings = add_tagged_readings(text, rules, BOOK, DAY, cast(FactTagger, Saying(probabilities)))
    assert {one.fact_id for one in readings if one.certain} == certain
    assert [(one.fact_id, one.value, one.start) for one in readings] == [(one.fact_id, one.value, one.start) for one in rules]  # fmt: skip


def test_a_number_that_no_rule_reads_is_read_where_the_tagger_looks_and_is_to_be_confirmed() -> None:
    text = "公公整九十了，租着房，五三年盖的"
    assert {one.fact_id for one in read_sentence(text, BOOK, DAY)} == {"sex", "rents"}

    def at(fact_id: str, words: str, probability: float) -> Located:
        start = text.index(words)
        return Located(fact_id, [float(start <= n < start + len(words)) for n in range(len(text))], probability)

    located = [
        at("birth_date", "五三", 0.6),
        at("age", "九十", 0.9),
        at("built_year", "五三", 0.8),
        at("floors", "盖", 0.9),
        at("first_delivered_years", "五三", 0.7),
        Located("of_another_city", [0.0] * len(text), 0.9),
    ]
    tagger = Saying({}, *sorted(located, key=lambda one: -one.probability))
    readings = add_tagged_readings(text, [], BOOK, DAY, cast(FactTagger, tagger))
    assert [(one.fact_id, one.value, one.said, one.certain) for one in readings] == [
        ("age", 90, "九十", False),  # and no day of birth beside it
        ("built_year", 1953, "五三", False),  # nor what else the year may tell
    ]


def test_a_clause_that_only_asks_tells_nothing_beside_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def added(text: str, words: str) -> set[str]:
        start = text.index(words)
        end = start + len(words)
        looked = [float(start <= n < end) for n in range(len(text))]
        offered = [Tagged("employment", "employed", start, end, 0.9)]
        said = TaggedText(offered, {}, [Located("child_hukou", looked, 0.9)])  # where 杭州 stands
        monkeypatch.setattr(Saying, "read", lambda *_: said)
        return {one.fact_id for one in add_tagged_readings(text, [], BOOK, DAY, cast(FactTagger, Saying({})))}

    assert added("宁波户口，二孩，杭州育儿补助能领吗？", "杭州育儿补助能领吗") == set()
    assert added("上着班，落户杭州的条件？", "落户杭州的条件") == set()
    assert added("能领育儿补助吗，落在杭州", "落在杭州") == {"employment", "child_hukou"}
    assert added("育儿补助有吧，孩子落在杭州行吗", "孩子落在杭州行吗") == {"employment", "child_hukou"}  # of somebody
    assert added("落在杭州能领吗", "落在杭州能领吗") == {"employment", "child_hukou"}  # nothing is told elsewhere
    assert added("二孩，没跟哪个单位在杭州签合同", "没跟哪个单位在杭州签合同") == {"employment", "child_hukou"}


@pytest.mark.parametrize(
    "text", ["业主群里我点了同意加装，房产证我跟我老婆的", "试用期三个月还没转正，合同三年", "？", "，。"]
)
def test_what_is_told_is_told_by_words_and_no_mark(text: str) -> None:
    offered = shipped_tagger().read(text).offered
    assert all(any(char.isalnum() for char in text[one.start : one.end]) for one in offered)
    assert bool(offered) == any(char.isalnum() for char in text)


def test_where_the_network_looks_is_what_it_names() -> None:
    text = "𠮷家楼下的公公整九十了，完全不能自理"  # a character of two code units before it
    (age,) = [one for one in shipped_tagger().read(text).located if one.fact_id == "age"]
    assert len(age.looked) == len(text) and sum(age.looked) <= 1.001
    start = text.index("九十")
    assert sum(age.looked[start : start + 2]) > 0.5


def test_of_several_people_what_the_tagger_reads_is_the_one_s_whom_the_text_is_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offered = [Tagged("dementia", True, 0, 1, 0.9)]
    monkeypatch.setattr(Saying, "read", lambda *_: TaggedText(offered, {("dementia", "true"): 0.9}))
    monkeypatch.setattr("kb.eligibility.consultation.shipped_tagger", lambda: Saying({}))

    def added(text: str, about: str = "") -> tuple[set[str], int]:
        rules = read_everybody(text, BOOK, DAY, about)
        told = read_further(rules, text, BOOK, DAY)
        return {one.fact_id for one in told.own} - {one.fact_id for one in rules.own}, len(told.others)

    assert added("我妈七十二，租房住") == ({"dementia"}, 0)
    assert added("我六十，我妈八十二，户口在桐庐") == ({"dementia"}, 1)
    assert added("公公八十三，婆婆八十") == (set(), 2)  # nobody can say whom it is about

    catalogue = cast(Catalogue, SimpleNamespace(book=BOOK))
    chosen = heard_people(catalogue, "我六十，我妈八十二，户口在桐庐", DAY, about="妈")
    assert "dementia" not in {one.fact_id for one in chosen.own} and chosen.others


@pytest.mark.parametrize("text", ["", "。", "养老服务", "age 80" * 300, "忽略以上", "\ud83d", "我" * 2000])
def test_any_text_can_be_read(text: str) -> None:
    read = shipped_tagger().read(text)
    for one in read.offered:
        assert 0 <= one.start <= one.end <= len(text)
    assert all(len(one.looked) == len(text) for one in read.located)


def test_a_fact_that_a_city_does_not_have_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "facts.toml").write_text('[age]\nname = "年龄"\nquestion = "几岁？"\ntype = "number"\nunit = "岁"\nleast = 0\nmost = 130\ngroup = "person"\n', "utf-8")  # fmt: skip
    book = FactBook.read(tmp_path / "facts.toml")
    assert add_tagged_readings(SENTENCE, [], book, DAY, shipped_tagger()) == []


def test_every_label_that_ships_is_a_value_of_a_fact() -> None:
    config = json.loads((MODELS_DIR / "facts" / "config.json").read_text("utf-8"))
    tagger = shipped_tagger()
    assert len(tagger.labels) == len(config["labels"]) > 100
    for fact_id, value in tagger.labels:
        assert value is not None or BOOK[fact_id].type in ("number", "money", "date", "place")
        BOOK.profile({} if value is None else {fact_id: value}, DAY)


def changed(folder: Path, change: dict[str, Any]) -> None:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | change), "utf-8")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "kb-facts/9"}, "format is 'kb-facts/9'"),
        ({"labels": None}, "labels and files"),
        ({"files": {GRAPH: "0" * 64}}, "weights are damaged"),
        ({"body": "0" * 64}, "another encoder than the one in .*fact_training"),
    ],
)
def test_a_folder_that_does_not_fit_is_refused(copied: Path, change: dict[str, Any], words: str) -> None:
    changed(copied, change)
    with pytest.raises(ModelError, match=words):
        FactTagger.open(copied)


def test_one_body_serves_both() -> None:
    assert EmbeddedEncoder.open(MODELS_DIR / EMBEDDED)._model is FactTagger.open()._body


def test_a_service_with_a_damaged_folder_does_not_start(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copied / GRAPH).write_bytes(b"")
    monkeypatch.setattr("service.snapshots.shipped_tagger", lambda: FactTagger.open(copied))
    with pytest.raises(ModelError, match="weights are damaged"):
        ServedSnapshots(Settings(index_dir=str(copied)))
