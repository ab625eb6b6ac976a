"""The harness as its user has it: sets, records, comparison, report, gate, self-test, judgements that grow."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import get_args

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st
from indexing import ROOT, silent
from numpy.typing import NDArray

from cli.eval.score import score
from evals import gate, runs
from evals.arms import Arm
from evals.datasets import find_dataset
from evals.experiments import evaluate_cached, read_experiment
from evals.judged import read_judged
from evals.judgements import adopt, hard_negatives, leaks, pool
from evals.policy import AnswerLine, QueryLine, check_questions, read_questions
from evals.record import Record
from evals.record_comparison import compare
from evals.report.figure_tables import change_table
from evals.report.page import page
from evals.runs import evaluate
from evals.splits import evaluate_splits
from evals.system_check import check_system
from evals.trec import read_judgements, read_run, run_lines, write_run
from kb.errors import DatasetError, Location, ModelError
from kb.index.encoder import MODELS_DIR, STATIC, Encoder, open_encoder
from kb.index.static_encoder import StaticEncoder, read_term_table, write_static_model
from kb.knowledge_base import KnowledgeBase
from kb.model_folder import CONFIG, write_config
from kb.types import RefusalKind

POLICY = ROOT / "evals/data/policy"
Command = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def beir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small set with answers, one of its questions unanswerable."""
    folder = tmp_path_factory.mktemp("sets") / "small"
    (folder / "qrels").mkdir(parents=True)
    corpus = {
        "d1": "社区食堂为老年人提供就餐服务，每餐优惠三元。",
        "d2": "加装电梯每台补助二十万元。",
        "d3": "物业服务人应当公示收费标准。",
    }
    write_lines(folder / "corpus.jsonl", [{"_id": i, "title": "", "text": t} for i, t in corpus.items()])
    queries = {"q1": "老年人就餐每餐优惠多少？", "q2": "加裝電梯補助多少？", "q3": "火星上有几家食堂？"}
    write_lines(folder / "queries.jsonl", [{"_id": i, "text": t, "split": "dev"} for i, t in queries.items()])
    answers = [{"query_id": "q1", "answers": ["三元"], "answerable": True}, {"query_id": "q2", "answers": ["20万元"]},
               {"query_id": "q3", "answers": [], "answerable": False}]  # fmt: skip
    write_lines(folder / "answers.jsonl", answers)
    (folder / "qrels/dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\nq3\td1\t1\n")
    return folder


def write_lines(path: Path, lines: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


@pytest.fixture(autouse=True)
def own_indexes(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(runs, "INDEXES", tmp_path_factory.getbasetemp() / "eval-indexes")


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """The dev half of the policy questions, searched as served."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(runs, "INDEXES", tmp_path_factory.getbasetemp() / "eval-indexes")
        return evaluate(read_judged(POLICY, "dev"), Arm(), silent, answers=False)


def test_a_set_is_searched_and_answered(beir: Path) -> None:
    record = evaluate(read_judged(beir, "dev"), Arm(), silent)
    summary = record.summary()
    assert summary["Success@1"] == summary["nDCG@10"] == 1.0
    assert {"complete", "exact match", "F1", "ROUGE-L", "citation precision", "AUC"} <= summary.keys()
    assert [outcome.kind for outcome in record.outcomes] == ["all", "all", "unanswerable"]
    assert "老年人" in "".join(record.outcomes[0].matched["d1"])
    assert record.conditions["documents"] == 3 and record.costs["index MB"] > 0


def test_the_reader_of_the_settings_reads(
    beir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kb_command: Command
) -> None:
    folder = shutil.copytree(MODELS_DIR / "reader", tmp_path / "reader")
    config = json.loads((folder / CONFIG).read_text("utf-8"))
    config["settings"]["enough"] = 1.0  # which nothing reaches
    config["pieces"] = str(MODELS_DIR / "pieces")
    write_config(folder, config)
    monkeypatch.setenv("KB_READER", str(folder))
    done = kb_command("eval", beir, "--json")
    assert json.loads(done.stdout)[0]["measures"]["wrongly refused"] == 1.0


def test_the_reranker_of_the_settings_orders(
    beir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kb_command: Command
) -> None:
    def orders(name: str) -> list[tuple[str, float]]:
        monkeypatch.setenv("KB_RERANKER", name)
        kb_command("eval", beir, "--record", tmp_path / "record.json.gz", "--no-answers")
        return [ranked for one in Record.load(tmp_path / "record.json.gz").outcomes for ranked in one.ranked]

    assert orders("reader") != orders("")


def test_a_setting_that_names_no_reader_is_refused_by_its_name(
    beir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kb_command: Command
) -> None:
    monkeypatch.setenv("KB_READER", str(tmp_path / "nothing here"))
    done = kb_command("eval", beir)
    assert done.returncode == 1 and "KB_READER" in done.stderr and "nothing here" in done.stderr


def test_an_arm_without_its_reader_is_refused(beir: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nothing here.*restore the folder"):
        evaluate_cached(str(beir), "dev", Arm("other", reader=str(tmp_path / "nothing here")), silent)


def test_a_record_is_read_as_it_was_written(policy: Record, tmp_path: Path) -> None:
    policy.save(tmp_path / "a.json.gz")
    assert Record.load(tmp_path / "a.json.gz") == policy


def test_a_comparison_names_what_changed_and_for_whom(policy: Record) -> None:
    # the weaker encoder alone, which loses clearly
    alone = Arm("dense", encoder=STATIC, fusion=(("least", 1.0), ("most", 1.0)))
    dense = evaluate(read_judged(POLICY, "dev"), alone, silent, answers=False)
    comparison = compare(policy, dense)
    change = next(change for change in comparison.changes if change.measure == "nDCG@10")
    assert change.difference.mean < 0 and change.corrected_p < 0.01
    assert change.difference.mean == pytest.approx(change.second - change.first)
    assert comparison.lost and comparison.lost[0].gain <= comparison.lost[-1].gain < 0
    assert {"lay", "number"} <= comparison.by_kind.keys()
    report = page((policy, dense), (comparison,))
    assert report.count("<svg") >= 3
    assert comparison.lost[0].first.text in report
    assert not re.search(r'(?:src|href)="(?!http://127\.0\.0\.1:8000/documents/|#)', report), (
        "the report asks a network"
    )


def test_refusals_are_compared_question_by_question(beir: Path) -> None:
    served = evaluate(read_judged(beir, "dev"), Arm(), silent)
    refusing = [replace(one, answered=False) for one in served.outcomes]
    other = replace(served, outcomes=tuple(refusing), conditions=served.conditions | {"encoder": "0123456789"})
    comparison = compare(replace(served, outcomes=tuple(replace(one, answered=True) for one in refusing)), other)
    changes = {change.measure: change for change in comparison.changes}
    assert (changes["refusal recall"].first, changes["refusal recall"].second) == (0.0, 1.0)
    assert (changes["wrongly refused"].difference.mean, changes["wrongly refused"].difference.questions) == (1.0, 2)
    by = compare(comparison.first, other, "wrongly refused")
    assert (len(by.won), len(by.lost)) == (0, 2), "who refuses more has lost"


def test_a_comparison_names_the_encoders_where_they_differ(policy: Record) -> None:
    assert change_table(compare(policy, policy)).title == "policy dev served → policy dev served"
    arm = policy.conditions["arm"] | {"encoder": "models/other"}
    other = replace(policy, conditions=policy.conditions | {"encoder": "0123456789", "arm": arm})
    title = change_table(compare(policy, other)).title
    assert title.startswith(f"policy dev served (encoder embedded {policy.conditions['encoder'][:8]}) → ")
    assert title.endswith("(encoder models/other 01234567)")


def test_records_of_different_questions_are_not_compared(policy: Record) -> None:
    shorter = replace(policy, outcomes=policy.outcomes[1:])
    with pytest.raises(DatasetError, match=f"query {policy.outcomes[0].query_id!r} is in only one"):
        compare(policy, shorter)
    with pytest.raises(DatasetError, match="different questions"):
        compare(policy, replace(policy, split="test"))
    with pytest.raises(DatasetError, match="the questions of policy changed"):
        compare(policy, replace(policy, conditions=policy.conditions | {"questions": "x"}))
    with pytest.raises(DatasetError, match="'speed' is not measured"):
        compare(policy, policy, "speed")


def random_encoder(folder: Path) -> Path:
    """An encoder that knows the words and nothing of their meaning."""
    vocabulary = (MODELS_DIR / STATIC / "vocabulary.txt").read_text("utf-8").splitlines()
    vectors = np.random.default_rng(0).normal(size=(len(vocabulary), 16)).astype(np.float32)
    write_static_model(folder, vocabulary, vectors, {})
    return folder


def test_the_gate_passes_what_is_served_and_catches_known_regressions(policy: Record, tmp_path: Path) -> None:
    baselines = tmp_path / "baselines.toml"
    gate.write([policy], baselines)
    assert all(verdict.passed for verdict in gate.hold([policy], baselines))
    regressions = [
        Arm("no lexical arm", fusion=(("least", 1.0), ("most", 1.0))),
        Arm("another encoder", encoder=str(random_encoder(tmp_path / "random"))),
    ]
    for arm in regressions:
        record = evaluate(read_judged(POLICY, "dev"), arm, silent, answers=False)
        assert not all(verdict.passed for verdict in gate.hold([record], baselines)), arm.name
    removed = evaluate(
        read_judged(POLICY, "dev"), Arm("a document less", without=("hz-2021-elevator",)), silent, answers=False
    )
    with pytest.raises(DatasetError, match="the corpus changed since the baseline"):
        gate.hold([removed], baselines)
    same_corpus = replace(removed, conditions=policy.conditions)
    assert not all(verdict.passed for verdict in gate.hold([same_corpus], baselines))


def test_the_gate_names_a_set_without_a_baseline(policy: Record, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there are no baselines yet"):
        gate.hold([policy], tmp_path / "none.toml")
    gate.write([policy], tmp_path / "one.toml")
    with pytest.raises(DatasetError, match="no baseline for policy test"):
        gate.hold([replace(policy, split="test")], tmp_path / "one.toml")


def test_the_command_of_the_gate_takes_one_split_but_writes_all(beir: Path, kb_command: Command) -> None:
    done = kb_command("eval", "gate", beir, "--split", "test")
    assert "no split that the gate holds; it holds test" in done.stderr
    assert "of all splits" in kb_command("eval", "gate", "--split", "dev", "--write").stderr


def test_the_checked_in_baselines_are_of_these_questions(policy: Record) -> None:
    assert gate.hold([policy_with_answers(policy)])


def policy_with_answers(policy: Record) -> Record:
    """Take the measures that need answers from the baselines: here only the checksums are tried."""
    values = dict.fromkeys(gate.GATED, 0.0)
    return replace(policy, outcomes=tuple(replace(o, values=o.values | values, answered=True) for o in policy.outcomes))


class Contrary(StaticEncoder):
    """An encoder that takes whatever is said of age for its opposite."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        signs = np.asarray([-1.0 if "年纪" in text else 1.0 for text in texts], np.float32)
        return super().encode_queries(texts) * signs[:, None]


def test_the_self_test_passes_what_is_served_and_fails_an_encoder_that_misunderstands() -> None:
    check_system(open_encoder())
    contrary: Encoder = Contrary(read_term_table(MODELS_DIR / STATIC), name="contrary")
    with pytest.raises(DatasetError, match="self-test: the dense arm does not rank a paraphrase above noise"):
        check_system(contrary)


def test_an_experiment_reads_its_arms() -> None:
    experiment = read_experiment(ROOT / "evals/experiments/arms.toml")
    assert [arm.name for arm in experiment.arms] == ["served", "lexical", "dense", "no-lexicon", "short-passages"]
    assert experiment.arms[1].make_fusion().most == 0.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sets = [\n", "bad.toml: "),
        ('sets = ["policy"]\n', "at least one arm"),
        ('sets = ["policy"]\nseed = 3\n[arms.a]\n', "'seed' is unknown"),
        ('sets = ["policy"]\n[arms.a]\nchunks = 3\n', "arm 'a' has no 'chunks'"),
        ('sets = ["policy"]\n[arms.a]\nfusion = { speed = 3 }\n', "fusion has no 'speed'"),
        ('sets = ["policy"]\n[arms.a]\npassage_length = 0\n', "passage_length 0 is no positive number"),
    ],
)
def test_an_experiment_that_cannot_be_used_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(DatasetError) as refused:
        read_experiment(path)
    assert words in refused.value.message and str(path) in refused.value.message


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    rankings = {"q1": [("a", 2.0), ("b", 1.0)], "q2": [("c", 0.5)]}
    write_run(tmp_path / "run", rankings, "test")
    read = read_run(tmp_path / "run", ["q1", "q2"])
    assert {q: list(r) for q, r in read.rankings.items()} == rankings and read.ties == ()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_trec_eval_ranks_a_written_run_in_the_order_of_its_lines(scores: list[float]) -> None:
    """Ids fall while ranks rise, so that wherever scores tie as 32-bit floats trec_eval would turn the order round."""
    ranking = [(f"d{n:02}", score) for n, score in enumerate(sorted(scores, reverse=True))]
    lines = [line.split() for line in run_lines("q", ranking, "kb")]
    assert [line[2] for line in lines] == [target for target, _ in ranking]
    for place, (target, _) in enumerate(ranking, start=1):
        evaluator = pytrec_eval.RelevanceEvaluator({"q": {target: 1}}, {"recip_rank"})
        found = evaluator.evaluate({"q": {line[2]: float(line[4]) for line in lines}})
        assert found["q"]["recip_rank"] == pytest.approx(1 / place)


@pytest.mark.parametrize(
    "text",
    [
        "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n",
        "q1\td1\t1\nq1\td2\t0\n",
        "q1 0 d1 1\n\nq1 0 d2 0\n",
        "\ufeffq1\tQ0\td1\t1\r\nq1\tQ0\td2\t0\r\n",
    ],
)
def test_judgements_of_others_are_read_whole(tmp_path: Path, text: str) -> None:
    (tmp_path / "dev.tsv").write_text(text, "utf-8")
    read = [(line.query_id, line.target_id, line.relevance) for line in read_judgements(tmp_path / "dev.tsv")]
    assert read == [("q1", "d1", 1), ("q1", "d2", 0)]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("q1 Q0 a 1 nan t\n", ":1: score 'nan' is no finite number"),
        ("q1 Q0 a 1 2 t\nq1 Q0 a 2 1 t\n", ":2: 'a' is ranked twice"),
        ("q1 Q0 a\n", ":1: 6 columns are wanted, this line has 3"),
    ],
)
def test_a_run_that_cannot_be_used_is_refused(tmp_path: Path, lines: str, words: str) -> None:
    (tmp_path / "run").write_text(lines)
    with pytest.raises(DatasetError, match=re.escape(words)):
        read_run(tmp_path / "run", ["q1", "q2"])


def test_queries_that_a_run_lacks_or_has_beside_the_set_are_told(
    beir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judged = [question.query.query_id for question in read_judged(beir, "dev").questions if question.targets]
    lines = [f"{query_id} Q0 d1 1 2 t\n" for query_id in [*judged[1:], "of-another-split"]]
    (tmp_path / "run").write_text("".join(lines))
    score(tmp_path / "run", str(beir), "dev", json=True)
    told = capsys.readouterr()
    assert (
        "1 queries of the run are not judged in split dev and are left out, the first is of-another-split" in told.err
    )
    assert f"1 judged queries are not in the run and count zero, the first is {judged[0]}" in told.err
    assert json.loads(told.out)["Success@1"] < 1


def test_a_run_over_other_things_than_the_set_judges_is_no_run_of_zeros(beir: Path, tmp_path: Path) -> None:
    judged = [question.query.query_id for question in read_judged(beir, "dev").questions if question.targets]
    (tmp_path / "run").write_text("".join(f"{query_id} Q0 other#1 1 2 t\n" for query_id in judged))
    with pytest.raises(DatasetError, match="nothing that the run ranks is judged: it ranks 'other#1'"):
        score(tmp_path / "run", str(beir), "dev")


def test_tied_scores_keep_their_order_and_are_named(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("q1 Q0 z 1 2 t\nq1 Q0 a 2 2 t\n")
    read = read_run(tmp_path / "run")
    assert [target for target, _ in read.rankings["q1"]] == ["z", "a"]
    assert read.ties == (f"{tmp_path / 'run'}:2",)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("qrels/dev.tsv", "query-id\tcorpus-id\tscore\nq1\td9\t1\n", "dev.tsv:2: document 'd9' is not in the corpus"),
        ("qrels/dev.tsv", "query-id\tcorpus-id\tscore\nq9\td1\t1\n", "dev.tsv:2: query 'q9' is not in queries.jsonl"),
        (
            "qrels/dev.tsv",
            "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td1\t0\n",
            "dev.tsv:3: 'q1' and 'd1' are judged twice",
        ),
        ("qrels/empty.tsv", "query-id\tcorpus-id\tscore\n", "the split is empty"),
        (
            "queries.jsonl",
            '{"_id": "q1", "text": "a"}\n{"_id": "q1", "text": "b"}\n',
            "queries.jsonl:2: query 'q1' occurs twice",
        ),
        ("answers.jsonl", '{"query_id": "q1", "answers": "34"}\n', 'answers.jsonl:1: "answers" must be a list'),
    ],
)
def test_a_set_that_cannot_be_used_is_refused(beir: Path, tmp_path: Path, file: str, text: str, words: str) -> None:
    folder = Path(shutil.copytree(beir, tmp_path / "broken"))
    (folder / file).write_text(text, "utf-8")
    with pytest.raises(DatasetError, match=re.escape(words)):
        evaluate(read_judged(folder, Path(file).stem if "qrels" in file else "dev"), Arm(), silent)


def test_what_is_wrong_with_an_answer_names_the_line_of_the_answer(corpus: KnowledgeBase, tmp_path: Path) -> None:
    queries = [{"_id": name, "text": text, "kind": "number"} for name, text in (("a", "几项？"), ("b", "哪年？"))]
    answers = [
        {"query_id": "b", "answerable": False},
        {"query_id": "a", "answerable": True, "must_say": [["三"]], "must_cite": [["none#1"]]},
    ]
    write_lines(tmp_path / "queries.jsonl", queries)
    write_lines(tmp_path / "answers.jsonl", answers)
    problems = {str(one.place): one.sentence for one in check_questions(read_questions(tmp_path), corpus)}
    assert problems == {
        str(Location(str(tmp_path / "answers.jsonl"), line=1)): "question_refusal",
        str(Location(str(tmp_path / "answers.jsonl"), line=2)): "question_clause_missing",
    }
    write_lines(tmp_path / "queries.jsonl", queries[:1])
    with pytest.raises(DatasetError, match=r"answers\.jsonl:1: 'b' is no query"):
        read_questions(tmp_path)


def test_the_form_of_a_set_is_told_in_full() -> None:
    told = (ROOT / "docs/evals.md").read_text("utf-8").partition("## Sets")[2].partition("## Peers")[0]
    keys = {field.alias or name for line in (QueryLine, AnswerLine) for name, field in line.model_fields.items()}
    words = {*keys - {"id"}, "_id", *get_args(RefusalKind)}
    assert [word for word in sorted(words) if not re.search(rf"\b{word}\b", told)] == []


def test_reviewed_feedback_becomes_judged_questions(corpus: KnowledgeBase, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(POLICY, tmp_path / "policy"))
    feedback = tmp_path / "feedback.jsonl"
    line = {"question": "北山街道那几年有多少住户没人管物业？", "kind": "number", "answerable": True, "verdict": "down",
            "must_say": [["9989户"]], "must_cite": [["hz-area-property#3.2"]]}  # fmt: skip
    write_lines(feedback, [line])
    (query_id,) = adopt(feedback, folder, corpus)
    adopted = next(q for q in read_questions(folder) if q.query.id == query_id)
    assert adopted.query.text == line["question"] and adopted.clauses == {"hz-area-property#3.2"}
    assert check_questions(read_questions(folder), corpus) == []
    assert query_id in (folder / "qrels" / f"{adopted.split}.tsv").read_text()
    with pytest.raises(DatasetError, match="was adopted before"):
        adopt(feedback, folder, corpus)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"must_cite": [["hz-area-property#9.9"]]}, "'hz-area-property#9.9', which does not exist"),
        ({"must_say": [["12345户"]]}, "stands in none of the clauses"),
        ({"answerable": None}, "feedback.jsonl:1: answerable"),
    ],
)
def test_feedback_that_cannot_be_judged_is_refused_whole(
    corpus: KnowledgeBase, tmp_path: Path, change: dict[str, object], words: str
) -> None:
    folder = Path(shutil.copytree(POLICY, tmp_path / "policy"))
    line = {"question": "北山街道那几年有多少住户没人管物业？", "kind": "number", "answerable": True,
            "must_say": [["9989户"]], "must_cite": [["hz-area-property#3.2"]]}  # fmt: skip
    write_lines(tmp_path / "feedback.jsonl", [line | change])
    before = (folder / "queries.jsonl").read_bytes()
    with pytest.raises(DatasetError, match=re.escape(words)):
        adopt(tmp_path / "feedback.jsonl", folder, corpus)
    assert (folder / "queries.jsonl").read_bytes() == before


def test_pools_and_negatives_hold_what_is_not_judged_relevant(policy: Record) -> None:
    relevant = {outcome.query_id: set(outcome.relevant) for outcome in policy.outcomes}
    pooled = pool([policy], 3)
    assert pooled and all(line["target"] not in relevant[line["query_id"]] for line in pooled)
    negatives = list(hard_negatives(policy, 3))
    assert negatives and all(not set(line["positive"]) & set(line["negative"]) for line in negatives)


def test_a_question_that_leaks_into_another_split_is_named(beir: Path, tmp_path: Path) -> None:
    assert leaks(POLICY) == []
    folder = Path(shutil.copytree(beir, tmp_path / "leaky"))
    with (folder / "queries.jsonl").open("a") as file:
        file.write(json.dumps({"_id": "q4", "text": "老年人就餐每餐優惠多少"}) + "\n")
    (folder / "qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\nq4\td1\t1\n")
    assert [(leak.first, leak.second) for leak in leaks(folder)] == [("q1", "q4")]


def test_the_command_writes_figures_records_runs_and_reports(kb_command: Command, beir: Path, tmp_path: Path) -> None:
    record, run, report = tmp_path / "a.json.gz", tmp_path / "a.run", tmp_path / "new" / "a.html"
    done = kb_command("eval", beir, "--json", "--record", record, "--run", run, "--report", report)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["measures"]["Success@1"] == 1.0
    assert "<svg" in report.read_text("utf-8")
    done = kb_command("eval", "compare", record, record)
    assert done.returncode == 0 and "nDCG@10" in done.stdout
    done = kb_command("eval", "score", run, beir, "--json")
    assert json.loads(done.stdout)["Success@1"] == 1.0
    done = kb_command("eval", "compare", record, tmp_path / "none.json.gz")
    assert done.returncode == 1 and "there is no such record" in done.stderr
    done = kb_command("eval", beir, "--record", tmp_path)
    assert done.returncode == 2 and "is a directory" in done.stderr
    done = kb_command("eval", beir, "--report", tmp_path / "a.pdf")
    assert done.returncode == 1 and "give a name that ends in .html, .md, .json" in done.stderr


def test_a_peer_is_run_and_timed_in_a_process_of_its_own(tmp_path: Path) -> None:
    write_lines(tmp_path / "corpus.jsonl", [{"_id": "a", "text": "食堂"}, {"_id": "b", "text": "电梯"}])
    write_lines(tmp_path / "queries.jsonl", [{"_id": "q", "text": "装电梯"}])
    script = tmp_path / "peer_small.py"
    script.write_text(
        "from harness import main\n"
        "def build(texts):\n"
        "    def search(query, k):\n"
        "        return sorted(((i, len(set(t) & set(query))) for i, t in texts), key=lambda hit: -hit[1])[:k]\n"
        "    return search\n"
        "main({'words': build})\n",
        "utf-8",
    )
    command = [
        sys.executable,
        script,
        "words",
        tmp_path / "corpus.jsonl",
        tmp_path / "queries.jsonl",
        tmp_path / "out.json",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "evals/peers")}
    subprocess.run(command, check=True, env=environment, timeout=60)
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["rankings"] == {"q": [["b", 2.0], ["a", 0.0]]}
    assert len(told["ms"]) == 1 and told["index_s"] >= 0 and told["resident_mb"] > 1


def test_sets_are_found_by_name() -> None:
    assert find_dataset("policy").name == "policy"


def test_splits_measured_side_by_side_give_what_each_gives_alone(beir: Path) -> None:
    (together,) = evaluate_splits(beir, ["dev"], Arm(), silent)
    assert together.summary() == evaluate(read_judged(beir, "dev"), Arm(), silent).summary()


def test_the_rules_of_benefits_are_no_part_of_what_the_figures_rest_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "CORPUS", tmp_path)
    (tmp_path / "a.md").write_text("一、助餐\n", "utf-8")
    before = runs.checksum_of_corpus(POLICY, Arm())
    (tmp_path / "benefits.toml").write_text("", "utf-8")
    assert runs.checksum_of_corpus(POLICY, Arm()) == before
    (tmp_path / "a.md").write_text("一、助医\n", "utf-8")
    assert runs.checksum_of_corpus(POLICY, Arm()) != before
