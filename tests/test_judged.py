"""Judged sets in their forms: pieces, kinds and verdicts beside rankings, with one split or several."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from indexing import ROOT

from evals.answer_measures import judge
from evals.judged import ExpectedAnswer, read_judged
from kb.errors import DatasetError
from kb.types import Answer, Statement, Timing


def write_set(folder: Path, queries: list[Any], answers: list[Any], qrels: dict[str, str], corpus: list[Any]) -> Path:
    for name, lines in (("queries", queries), ("answers", answers), ("corpus", corpus)):
        if lines:
            (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    (folder / "qrels").mkdir()
    for split, lines in qrels.items():
        (folder / "qrels" / f"{split}.tsv").write_text(f"query-id\tcorpus-id\tscore\n{lines}", "utf-8")
    return folder


def test_pieces_kinds_and_what_nothing_answers_are_read_beside_a_corpus(tmp_path: Path) -> None:
    folder = write_set(
        tmp_path,
        [
            {"_id": "a", "text": "能领吗", "split": "dev", "kind": "whether"},
            {"_id": "b", "text": "在哪领", "split": "dev", "kind": "near"},
        ],
        [
            {"query_id": "a", "must_say": [["可以", "能"]], "must_cite": ["d1"], "verdict": "yes"},
            {"query_id": "b", "answerable": False},
        ],
        {"dev": "a\td1\t1\n"},
        [{"_id": "d1", "title": "", "text": "可以领取。"}],
    )
    first, second = read_judged(folder, "dev").questions
    assert first.kind == "whether"
    assert first.expected == ExpectedAnswer(True, None, (("可以", "能"),), (frozenset({"d1"}),), (), "yes")
    assert second.kind == "near" and second.expected == ExpectedAnswer(False) and not second.targets


def test_pieces_that_are_no_lists_of_strings_are_named(tmp_path: Path) -> None:
    answers = [{"query_id": "a", "must_say": ["可以"]}]
    folder = write_set(
        tmp_path, [{"_id": "a", "text": "能领吗"}], answers, {"dev": "a\td1\t1\n"}, [{"_id": "d1", "text": "可以"}]
    )
    with pytest.raises(DatasetError, match=r'answers.jsonl:1: "must_say" must be a list of strings'):
        read_judged(folder, "dev")


def test_all_questions_belong_to_the_only_split_of_a_set(tmp_path: Path) -> None:
    queries = [{"_id": f"q{n}", "text": f"问题{n}", "kind": "number", "register": "staff"} for n in range(8)]
    answers = [
        {"query_id": f"q{n}", "answerable": True, "must_say": [["一"]], "must_cite": [["x#1"]]} for n in range(8)
    ]
    folder = write_set(tmp_path, queries, answers, {"held": ""}, [])
    judged = read_judged(folder, "held")
    assert len(judged.questions) == 8 and {question.kind for question in judged.questions} == {"staff"}
    with pytest.raises(DatasetError, match="'dev' is empty; this set has held"):
        read_judged(folder, "dev")


@pytest.mark.parametrize(
    ("told", "values"), [("yes", {"verdict told": 1.0, "verdict": 1.0}), ("no", {"verdict told": 1.0, "verdict": 0.0}), (None, {"verdict told": 0.0})]
)  # fmt: skip
def test_a_verdict_counts_only_where_it_is_told(told: Any, values: dict[str, float]) -> None:
    answer = Answer("能领吗", (Statement("可以领取。", (1,), verdict=told),), (), (), None, Timing(0, 0, 0))
    assert judge(answer, [], ExpectedAnswer(True, verdict="yes")) == values


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sh-lay-051\thz-2021-property-regulation#2.1\t1", "whose must_cite in answers.jsonl does not name it"),
        ("sh-lay-999\thz-2021-property-regulation#2.3\t1", "query 'sh-lay-999' is not in queries.jsonl"),
        ("sh-lay-051\thz-2021-property-regulation#2.9\tx", "qrels/dev.tsv:"),
    ],
)
def test_judgements_that_say_other_than_the_answers_are_refused(tmp_path: Path, line: str, words: str) -> None:
    folder = tmp_path / "short"
    shutil.copytree(ROOT / "evals/data/short", folder)
    with (folder / "qrels/dev.tsv").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(DatasetError, match=re.escape(words)):
        read_judged(folder, "dev")
