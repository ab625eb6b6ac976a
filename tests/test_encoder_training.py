"""The training of the embedded encoder, on texts small enough to see through."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from evals.training.bm25 import BM25, hard_negatives
from evals.training.corpora import Fold, read_labelled, read_laws, read_written
from evals.training.data import QUESTIONS
from evals.training.distillation import TaughtTexts, read_taught_batches
from evals.training.lay_wording import LayWording
from evals.training.measure import measure, reciprocal_ranks, standardised
from evals.training.pairs import Cloze, best_window
from evals.training.paraphrases import find_paraphrases, subject
from evals.training.streams import choose_vocabulary, count_terms, make_streams
from kb.index.term_lookup import PairTable, TermLookup
from kb.text.terms import terms

ARTICLES = [
    "拾得遗失物，应当返还权利人。拾得人应当及时通知权利人领取，或者送交公安等有关部门。",
    "借款人未按照约定的期限返还借款的，应当按照约定或者国家有关规定支付逾期利息。",
    "饲养的动物造成他人损害的，动物饲养人或者管理人应当承担侵权责任。",
    "承租人应当按照约定的期限支付租金，出租人可以请求承租人在合理期限内支付。",
    "机动车驾驶人发生交通事故后逃逸的，由保险人在机动车强制保险责任限额范围内予以赔偿。",
    "老年人助餐服务由社区食堂提供，六十周岁以上的老年人享受补贴百分之二十。",
]
VOCABULARY = {term: row for row, term in enumerate(sorted({term for text in ARTICLES for term in terms(text)}))}


@pytest.fixture()
def benchmarks(tmp_path: Path) -> Path:
    """A benchmark folder with everything that training reads."""
    laws = [
        {"title": f"{place}养老服务条例", "text": f"第{number}条 {text}{ending}"}
        for place, ending in (
            ("浙江省", "县级以上人民政府应当保障经费。"),
            ("杭州市", "区、县（市）人民政府应当落实资金。"),
        )
        for number, text in zip("一二三四五六", ARTICLES, strict=True)
    ]
    (tmp_path / "laws").mkdir()
    with gzip.open(tmp_path / "laws" / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in laws)
    for name in ("stard", "cmrc", "drcd"):
        folder = tmp_path / name
        (folder / "qrels").mkdir(parents=True)
        corpus = [
            {"_id": f"p{n}", "title": f"中华人民共和国民法典第{n}条", "text": text * 3}
            for n, text in enumerate(ARTICLES)
        ]
        questions = [
            {"_id": f"q{n}", "text": f"{text[:12]}怎么办？", "split": "train"} for n, text in enumerate(ARTICLES)
        ]
        questions.append({"_id": "q9", "text": "不许看的问题", "split": "dev"})
        for file_name, lines in (("corpus.jsonl", corpus), ("queries.jsonl", questions)):
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            (folder / file_name).write_text(text, "utf-8")
        qrels = "query-id\tcorpus-id\tscore\n" + "".join(f"q{n}\tp{n}\t1\n" for n in range(len(ARTICLES)))
        (folder / "qrels" / "train.tsv").write_text(qrels, "utf-8")
    return tmp_path


def test_the_lines_of_an_article_come_together_and_copies_go(tmp_path: Path) -> None:
    lines = [
        ("甲法", "2011年11月17日通过"),
        ("甲法", "第一条 有下列情形之一的，应当给予补贴："),
        ("甲法", "（一）六十周岁以上的；"),
        ("甲法", "第二条 本法自公布之日起在全国范围内施行。"),
        ("甲法（修订）", "第三条 本法自公布之日起在全国范围内施行。"),
    ]
    with gzip.open(tmp_path / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps({"title": law, "text": text}) + "\n" for law, text in lines)
    found = read_laws(tmp_path)
    assert [(a.law, a.text) for a in found] == [
        ("甲法", "有下列情形之一的，应当给予补贴：\n（一）六十周岁以上的；"),
        ("甲法", "本法自公布之日起在全国范围内施行。"),
    ]


def test_only_train_questions_are_read(benchmarks: Path) -> None:
    found = read_labelled(benchmarks / "stard")
    assert len(found.questions) == len(ARTICLES)
    assert "不许看的问题" not in found.questions


def test_a_fold_and_what_lies_outside_it_share_no_question(benchmarks: Path) -> None:
    found = read_labelled(benchmarks / "stard")
    for number in range(3):
        fold = Fold(number, 3)
        inside, outside = found.part(fold, outside=False), found.part(fold, outside=True)
        assert sorted(inside.question_ids + outside.question_ids) == sorted(found.question_ids)
        assert all(fold.holds(found.passage_ids[own[0]]) for own in inside.relevant)
        assert not any(fold.holds(found.passage_ids[own[0]]) for own in outside.relevant)


@pytest.mark.parametrize("text", ["2/2", "a/2", "1", "-1/2", ""])
def test_what_is_no_fold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no fold; write"):
        Fold.read(text)


def test_a_written_question_for_an_article_that_is_not_there_is_refused(benchmarks: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions.tsv"
    path.write_text("# law\tarticle\n民法典\t1245之一\t狗咬人谁赔\n", "utf-8")
    with pytest.raises(ValueError, match=r"questions\.tsv:2: 民法典第一千二百四十五条之一 is not in stard"):
        read_written(path, read_labelled(benchmarks / "stard"))


def test_every_written_line_has_a_law_an_article_and_questions() -> None:
    lines = [line for line in QUESTIONS.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) > 400
    for line in lines:
        law, article, questions = line.split("\t")
        assert law and article.partition("之")[0].isdecimal() and all(questions.split("|")), line


@given(st.lists(st.text(st.sampled_from("老年人助餐，补贴六十20%a b。拾得遗失物\ue000😀"), max_size=20), max_size=5))
def test_a_stream_and_a_batch_look_up_have_the_terms_of_the_text(texts: list[str]) -> None:
    streams, bags = make_streams(texts, VOCABULARY), TermLookup(VOCABULARY).bags(texts)
    for number, text in enumerate(texts):
        known = sorted(VOCABULARY[term] for term in terms(text) if term in VOCABULARY)
        assert sorted(streams.bag(number).tolist()) == known
        assert sorted(bags.of(number).tolist()) == known


@given(st.dictionaries(st.integers(0, 300) | st.integers(0, 2**62), st.integers(0, 9)), st.lists(st.integers(-1, 300)))
def test_a_pair_table_finds_what_a_dictionary_finds(kept: dict[int, int], asked: list[int]) -> None:
    table = PairTable(np.array([*kept], np.int64), np.array([*kept.values()], np.int64))
    wanted = [*asked, *kept]
    assert table.find(np.array(wanted, np.int64)).tolist() == [kept.get(key, -1) for key in wanted]


def test_streams_can_be_cut_and_joined() -> None:
    streams = make_streams(ARTICLES, VOCABULARY)
    part = streams.select([3, 1])
    assert part.bag(0).tolist() == streams.bag(3).tolist()
    assert part.bag(1).tolist() == streams.bag(1).tolist()
    assert part.runs(1).tolist() == streams.runs(1).tolist()


def test_the_best_window_holds_the_words_of_the_question() -> None:
    streams = make_streams(["".join(ARTICLES)], VOCABULARY)
    question = make_streams(["饲养的动物造成损害"], VOCABULARY).bag(0)
    first, last = best_window(streams, 0, question, 30)
    assert last - first == 30
    assert np.isin(question, streams.bag(0, first, last)).mean() > 0.9


def test_the_vocabulary_prefers_frequent_terms_and_keeps_to_its_size() -> None:
    counts = count_terms(ARTICLES)
    chosen = choose_vocabulary([(counts, 3)], 5)
    assert len(chosen) == 5
    assert {"的", "人"} <= set(chosen)
    assert choose_vocabulary([(counts, 3)], 10_000) == sorted(term for term, n in counts.items() if n >= 3)


def test_pairs_are_the_same_for_the_same_generator() -> None:
    streams = make_streams(ARTICLES, VOCABULARY)
    source = Cloze(streams, streams)
    one, other = (source.draw(np.random.default_rng(7), 8) for _ in range(2))
    assert len(one) > 0
    assert [pair.query.tolist() for pair in one] == [pair.query.tolist() for pair in other]


def test_official_wording_becomes_everyday_wording() -> None:
    wording = LayWording({"配偶": ["老公"], "清偿债务": ["还钱"], "应当": ["要"]}, frozenset({"应当"}))
    generator = np.random.default_rng(1)
    assert wording.rewrite("配偶应当清偿债务", generator, share=1.0) == ("老公要还钱", 2)
    assert wording.question("应当公布", generator) is None
    question = wording.question("配偶应当清偿债务。", generator)
    assert question is not None
    assert "配偶" not in question or "债务" not in question


def test_laws_of_one_subject_paraphrase_each_other(benchmarks: Path) -> None:
    assert subject("上海市物业管理条例") == subject("浙江省物业管理条例") == "物业"
    laws = read_laws(benchmarks / "laws")
    texts = [article.text for article in laws]
    vocabulary = {term: row for row, term in enumerate(sorted(count_terms(texts)))}
    found = find_paraphrases(laws, make_streams(texts, vocabulary), np.ones(len(vocabulary), np.float32))
    assert len(found) >= 4
    assert all(one % 6 == other % 6 and one != other for one, other in found.tolist())


def test_bm25_finds_the_article_and_what_is_mistaken_for_it() -> None:
    index = BM25(ARTICLES)
    scores = index.scores(["动物造成损害", "没有这些"])
    assert scores.shape == (2, len(ARTICLES))
    assert scores[0].argmax() == 2
    negatives = hard_negatives(index, ["动物造成损害"], [[2]], depth=3)
    assert 2 not in negatives[0]
    assert len(negatives[0]) == 3


def test_measures_agree_with_an_independent_oracle() -> None:
    import ir_measures

    generator = np.random.default_rng(5)
    scores = generator.permuted(np.tile(np.arange(150, dtype=np.float32), (20, 1)), axis=1)
    relevant = [generator.choice(150, int(generator.integers(1, 14)), replace=False).tolist() for _ in scores]
    run = {str(q): {str(d): float(score) for d, score in enumerate(row)} for q, row in enumerate(scores)}
    qrels = {str(q): {str(d): 1 for d in own} for q, own in enumerate(relevant)}
    for name, value in measure(scores, relevant).items():
        expected = ir_measures.calc_aggregate([ir_measures.parse_measure(name)], qrels, run)
        assert value == pytest.approx(next(iter(expected.values()))), name


def test_scores_become_reciprocal_ranks_and_standard_scores() -> None:
    scores = np.array([[3, 2, 1, 0]], np.float32)
    assert reciprocal_ranks(scores)[0].tolist() == pytest.approx([1 / 61, 1 / 62, 1 / 63, 1 / 64])
    assert standardised(scores, depth=3)[0, 1] == pytest.approx(0)


def test_a_trial_training_writes_a_model_that_opens_and_finds(
    benchmarks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evals.training import data as training_data
    from evals.training.static_training import Recipe, train, write_model
    from kb.index.encoder import open_encoder

    written = benchmarks / "questions.tsv"
    written.write_text("民法典\t1\t欠钱不还\n", "utf-8")
    corpus = benchmarks / "stard" / "corpus.jsonl"
    corpus.write_text(corpus.read_text("utf-8").replace("民法典第1条", "民法典第一条"), "utf-8")
    monkeypatch.setattr(training_data, "QUESTIONS", written)
    monkeypatch.setattr(training_data, "_LEAST", dict.fromkeys(training_data._LEAST, 1))
    monkeypatch.setattr(training_data, "DEPTH", 3)
    shares = dict.fromkeys(training_data.SHARES, 4)
    recipe = Recipe(terms=2000, dimensions=16, steps=30, warm_up=5, threads=1)
    found = training_data.read_training_data(
        benchmarks, terms=recipe.terms, generator=np.random.default_rng(1), shares=shares
    )
    write_model(benchmarks / "model", train(found, recipe), recipe)
    encoder = open_encoder(str(benchmarks / "model"))
    scores = encoder.encode_queries(["饲养的动物造成损害", "借款逾期利息"]) @ encoder.encode_passages(ARTICLES).T
    assert scores.argmax(axis=1).tolist() == [2, 1]


class ByTopic:
    """A teacher that knows what a text is about: animals, loans, or the elderly."""

    name, checksum, dimensions = "by-topic", "0" * 64, 3

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        words = (("狗", "动物", "咬"), ("钱", "借款", "利息"), ("老", "食堂", "爷爷"))
        found = np.array([[any(word in text for word in topic) for topic in words] for text in texts], np.float32)
        found += 0.01 * np.array([[len(text), 1, hash_of(text)] for text in texts], np.float32)  # no two alike
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    encode_queries = encode_passages


def hash_of(text: str) -> float:
    return zlib.crc32(text.encode()) / 2**32


def test_a_lesson_holds_questions_against_their_neighbours_and_never_against_themselves(tmp_path: Path) -> None:
    texts = TaughtTexts(["狗咬人谁赔", "欠钱不还", "爷爷吃饭"], ARTICLES, [2, 1, 5])
    lessons = read_taught_batches(texts, tmp_path, ByTopic(), VOCABULARY, np.random.default_rng(1))
    lesson = lessons.draw(np.random.default_rng(1), 3, 0.0)
    assert lesson.cosines.shape == (len(lesson.questions), len(lesson.others))
    for question, cosines in zip(lesson.questions, lesson.cosines, strict=True):
        beside_itself = [n for n, other in enumerate(lesson.others) if np.array_equal(other, question)]
        assert all(cosines[n] == -1 for n in beside_itself)
    again = read_taught_batches(texts, tmp_path, ByTopic(), VOCABULARY, np.random.default_rng(1))
    assert np.array_equal(again.draw(np.random.default_rng(1), 3, 0.0).cosines, lesson.cosines)


def test_what_a_teacher_finds_near_comes_nearer(tmp_path: Path) -> None:
    import torch

    from evals.training import static_distillation
    from kb.index.sentence_transformers_module import NgramEmbedding

    questions = ["狗咬人谁赔", "动物咬人", "欠钱不还", "借款利息", "爷爷吃饭", "老人食堂"]
    texts = TaughtTexts(questions, [f"民法典\n{text}" for text in ARTICLES], [2, 2, 1, 1, 5, 5])
    vocabulary = sorted({term for text in [*questions, *texts.passages] for term in terms(text)})
    rows = {term: row for row, term in enumerate(vocabulary)}
    torch.manual_seed(1)
    module = NgramEmbedding(vocabulary, torch.randn(len(vocabulary), 16) / 4)
    recipe = static_distillation.DistillationRecipe(steps=40, clauses=4, vector_rate=0.02, weight_rate=0.02, threads=1)
    lessons = read_taught_batches(texts, tmp_path, ByTopic(), rows, np.random.default_rng(1))

    def nearness() -> float:
        with torch.no_grad():
            found = module(module.preprocess(questions))["sentence_embedding"]
        return float((found[0] @ found[1] + found[2] @ found[3] + found[4] @ found[5]) / 3)

    before = nearness()
    static_distillation.train(module, static_distillation.Batches(texts, rows, recipe), lessons, recipe)
    assert nearness() > before + 0.2
