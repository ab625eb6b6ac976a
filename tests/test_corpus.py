"""The corpus of the project, and what is refused in any corpus."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from indexing import CORPUS, ROOT, silent

from evals.policy import check_questions, read_questions, split_of
from ingest.collection import collect_files
from ingest.corpus_check import check_corpus
from kb.errors import DatasetError
from kb.knowledge_base import KnowledgeBase
from kb.types import Query

QUESTIONS = ROOT / "evals/data/policy"
FACTS = """
- id: doc-a
  title: 甲办法
  number: 测〔2031〕1号
  date: '2031'
  facts:
    - {id: doc-a#01, text: 每户补助300元。}
    - {id: doc-a#02, text: 申请在街道办理。}
    - {id: doc-a#03, text: 已有九户领到补助。, scope: context}
"""
DIGEST = """+++
id = "doc-a"
title = "甲办法"
kind = "digest"
doc_no = "测〔2031〕1号"
compiled_from = ["新闻报道"]
background = ["三、背景情况"]
+++
> 本文是摘要；以正式文本为准。

一、补助
每户补助300元。<!-- #01 -->
二、办理
申请在街道办理。<!-- #02 -->
三、背景情况
1.已有九户领到补助。<!-- #03 -->
"""


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts/a.yaml").write_text(FACTS, "utf-8")
    (tmp_path / "a.md").write_text(DIGEST, "utf-8")
    return tmp_path


def test_the_corpus_is_sound() -> None:
    documents, errors = check_corpus(CORPUS)
    assert [error.message for error in errors] == []
    assert len([d for d in documents.values() if "/corpus/policies/" in d.source]) == 34
    assert documents["hz-2024-343"].kind == "response"


def test_a_sound_small_corpus_has_no_errors(small_corpus: Path) -> None:
    assert check_corpus(small_corpus)[1] == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (
            "每户补助300元。<!-- #01 -->",
            "每户补助300元。",
            "a.md:12: “每户补助300元。” names no fact; write <!-- #NN -->",
        ),
        ("<!-- #02 -->", "<!-- #07 -->", "a.md:14: doc-a#07 is no fact of the catalogue"),
        ("补助300元", "补助310元", "a.md:12: the number 310 is not in #01"),
        ("二、办理\n申请在街道办理。<!-- #02 -->\n", "", "fact doc-a#02 is not told"),
        (
            "1.已有九户",
            "四、近况\n1.已有九户",
            "a.md:17: doc-a#03 is context; move the sentence under a heading named as",
        ),
        ("<!-- #03 -->", "<!-- #02 -->", "a.md:16: doc-a#02 is a rule of the document; move the sentence out of a"),
        ("；以正式文本为准", "", "a digest has to say at its top that 正式文本为准"),
        ('kind = "digest"\n', 'kind = "digest"\ncolour = "red"\n', "a.md:5: "),
        ('kind = "digest"\n', 'kind = "digest"\nissued = "2031-13-01"\n', "a.md:5: issued 2031-13-01 is not a date"),
        (
            "+++\n> ",
            '[[relations]]\ntype = "cites"\ntarget = "doc-z"\n+++\n> ',
            "a.md:10: relation cites names 'doc-z'",
        ),
    ],
)
def test_what_is_wrong_in_a_digest_is_named(small_corpus: Path, before: str, after: str, words: str) -> None:
    assert before in DIGEST
    (small_corpus / "a.md").write_text(DIGEST.replace(before, after, 1), "utf-8")
    messages = [error.message for error in check_corpus(small_corpus)[1]]
    assert any(words in message for message in messages), messages


def test_a_document_number_borne_twice_is_named(small_corpus: Path) -> None:
    twin = DIGEST.replace('"doc-a"', '"doc-b"').replace("甲办法", "乙办法")
    (small_corpus / "b.md").write_text(twin, "utf-8")
    messages = [error.message for error in check_corpus(small_corpus)[1]]
    assert any("b.md:5: doc_no 测〔2031〕1号 is already borne by" in message for message in messages)


def test_the_official_text_takes_the_place_of_its_digest(
    small_corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    digests = collect_files([small_corpus], {}, silent).documents
    official = tmp_path_factory.mktemp("official")
    (official / "原文.txt").write_text("甲办法\n文号：测〔2031〕1号\n第一条　每户补助三百元。\n", "utf-8")
    merged = collect_files([official], digests, silent).documents
    assert list(merged) == ["doc-a"]
    assert merged["doc-a"].kind == "full_text"
    assert "第一条" in merged["doc-a"].text
    again = collect_files([small_corpus], merged, silent)
    assert again.documents["doc-a"].kind == "full_text"
    assert again.unchanged == ["doc-a"]


def test_the_official_text_and_its_digest_in_one_folder_become_one_document(small_corpus: Path) -> None:
    (small_corpus / "原文.txt").write_text("甲办法\n文号：测〔2031〕1号\n第一条　每户补助三百元。\n", "utf-8")
    collection = collect_files([small_corpus], {}, silent)
    assert collection.refused == []
    assert {doc_id: d.kind for doc_id, d in collection.documents.items()} == {"doc-a": "full_text"}


def test_what_continues_an_expired_text_answers_in_its_place(corpus: KnowledgeBase) -> None:
    question = "2019年第76号公告对社区养老收入的增值税怎么规定？"
    answer = corpus.ask(Query("", question, date(2026, 11, 23)))
    assert answer.refusal is None
    assert answer.citations[0].doc_id == "ext-2026-community-tax"
    assert "免征增值税" in answer.statements[0].text
    assert "已失效，有效期至2025年12月31日" in answer.text and "现行有效，有效期至2027年12月31日" in answer.text
    assert {citation.doc_id for citation in answer.citations} == {"nat-2019-community-tax", "ext-2026-community-tax"}
    then = corpus.ask(Query("", question, date(2022, 5, 1)))
    assert then.refusal is None
    assert "免征增值税" in then.text
    assert corpus.ask(Query("", question, date(2018, 1, 1))).refusal is not None


def test_a_trial_document_is_named_as_such(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "杭州育儿补助，生三孩一次性给多少钱？"))
    assert answer.refusal is None
    assert "（试行文件）" in answer.text


def test_the_questions_fit_the_corpus(corpus: KnowledgeBase) -> None:
    questions = read_questions(QUESTIONS)
    assert check_questions(questions, corpus) == []
    assert sum(question.answer.answerable for question in questions) >= 400
    unanswerable = [question for question in questions if not question.answer.answerable]
    assert len(unanswerable) >= 80


@pytest.mark.parametrize("name", ["blind", "conversations", "everyday", "held", "short", "talks", "vernacular"])
def test_the_questions_written_blind_fit_the_corpus(name: str, corpus: KnowledgeBase) -> None:
    assert check_questions(read_questions(ROOT / "evals/data" / name), corpus) == []


def test_qrels_are_the_clauses_of_the_questions() -> None:
    questions = read_questions(QUESTIONS)
    for split in ("dev", "test"):
        lines = (QUESTIONS / f"qrels/{split}.tsv").read_text("utf-8").splitlines()[1:]
        judged = {tuple(line.split("\t")[:2]) for line in lines}
        expected = {
            (q.query.id, clause) for q in questions if q.answer.answerable and q.split == split for clause in q.clauses
        }
        assert judged == expected


def test_the_split_of_a_question_never_changes() -> None:
    assert [split_of(query_id) for query_id in ("a", "b", "c", "d")] == ["dev", "dev", "dev", "dev"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('"query_id": "q1"', '"query_id": "q9"'), "has no line in answers.jsonl"),
        (("hz-2024-343#1.2.2", "hz-2024-343#9.9"), "names the clause 'hz-2024-343#9.9', which does not exist"),
        (('"34项"', '"43项"'), "must_say '43项' stands in none of the clauses"),
        (('"answerable": true', '"answerable": false'), "give a refusal exactly where"),
        (('"must_say"', '"must_shout"'), "answers.jsonl:1: must_shout"),
    ],
)
def test_what_is_wrong_in_a_question_is_named(
    corpus: KnowledgeBase, tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    answer = '{"query_id": "q1", "answerable": true, "must_say": [["34项"]], "must_cite": [["hz-2024-343#1.2.2"]]}\n'
    (tmp_path / "queries.jsonl").write_text('{"_id": "q1", "text": "几项政策", "kind": "number"}\n', "utf-8")
    (tmp_path / "answers.jsonl").write_text(answer, "utf-8")
    assert check_questions(read_questions(tmp_path), corpus) == []
    (tmp_path / "answers.jsonl").write_text(answer.replace(*change), "utf-8")
    try:
        problems = check_questions(read_questions(tmp_path), corpus)
    except DatasetError as error:
        problems = [error]
    assert any(words in problem.message for problem in problems), problems


def test_two_questions_that_ask_the_same_are_named(corpus: KnowledgeBase, tmp_path: Path) -> None:
    shutil.copytree(QUESTIONS, tmp_path / "set")
    queries = (tmp_path / "set/queries.jsonl").read_text("utf-8").splitlines()
    first = queries[0].replace('"_id": "', '"_id": "twin-of-')
    (tmp_path / "set/queries.jsonl").write_text("\n".join((first, *queries)) + "\n", "utf-8")
    answers = (tmp_path / "set/answers.jsonl").read_text("utf-8").splitlines()
    twin = answers[0].replace('"query_id": "', '"query_id": "twin-of-')
    (tmp_path / "set/answers.jsonl").write_text("\n".join((twin, *answers)) + "\n", "utf-8")
    (problem,) = check_questions(read_questions(tmp_path / "set"), corpus)
    assert "asks nearly what" in problem.message
