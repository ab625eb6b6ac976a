"""The catalogue of errors: each sentence stands in both languages, is raised somewhere, and gets the values that it
needs."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import kb.errors
from ingest.collection import collect_files
from ingest.ingestion import IngestionReport
from ingest.ingestion_report import make_report, report_fields
from ingest.readers import SUFFIXES
from ingest.reading_process import read_guarded
from kb.error_sentences import SENTENCES, Wording
from kb.error_sentences.beside import BESIDE
from kb.error_sentences.editing import EDITING
from kb.error_sentences.evaluation import EVALUATION
from kb.error_sentences.files import FILES
from kb.error_sentences.operation import OPERATION
from kb.error_sentences.paged_files import PAGED_FILES
from kb.error_sentences.requests import REQUESTS
from kb.errors import (
    ConflictError,
    DatasetError,
    DocumentError,
    FactError,
    InputError,
    Location,
    NotFoundError,
    QuestionError,
    SecrecyError,
)
from service.error_responses import error_payload

ROOT = Path(__file__).resolve().parent.parent
HAN = re.compile("[\u4e00-\u9fff]")
TREES = {
    path: ast.parse(path.read_text("utf-8"))
    for package in ("kb", "ingest", "service", "cli", "evals")
    for path in (ROOT / package).rglob("*.py")
    if path.parent.name != "error_sentences"
}
NODES = [node for tree in TREES.values() for node in ast.walk(tree)]
CALLS = [node for node in NODES if isinstance(node, ast.Call)]
WRITTEN = {node.value for node in NODES if isinstance(node, ast.Constant)}
ABOUT_FILES = FILES | PAGED_FILES | EDITING
PARTS = (REQUESTS, FILES, PAGED_FILES, EDITING, BESIDE, OPERATION, EVALUATION)
TO_OPERATORS = BESIDE | OPERATION | EVALUATION
ERRORS = {name for name in vars(kb.errors) if name.endswith("Error")}
MAKERS = {"of", "_refusal", "wrong", "_wrong", "_unfounded", "_wrong_entry"}
BROUGHT = {
    "_refusal": {"fact", "name", "shown"},
    "_wrong": {"at", "shown"},
    "_unfounded": {"at", "shown"},
    "_wrong_entry": {"key"},
}
"""What functions that make errors for many sentences bring for all of them."""


def names_in(sentence: Wording) -> set[str]:
    return {name for part in sentence for _, name, _, _ in Formatter().parse(part) if name}


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_stands_in_both_languages_and_is_raised_somewhere(key: str) -> None:
    said = SENTENCES[key]
    assert HAN.search(said.reason_zh) and not HAN.search(said.reason + said.remedy)
    assert not said.remedy_zh or HAN.search(said.remedy_zh)
    assert not (said.reason_zh + said.remedy_zh).endswith("。") and not (said.reason + said.remedy).endswith(".")
    assert key in WRITTEN, f"{key} is raised nowhere"


@pytest.mark.parametrize("key", ABOUT_FILES | TO_OPERATORS)
def test_whoever_brings_a_file_or_runs_the_program_is_told_what_to_do_in_either_language(key: str) -> None:
    assert SENTENCES[key].remedy and SENTENCES[key].remedy_zh


def test_no_key_stands_in_two_parts_of_the_catalogue() -> None:
    assert len(SENTENCES) == sum(map(len, PARTS))


def test_errors_are_made_of_sentences_alone() -> None:
    """`of` names a sentence; whoever makes one by hand hands on place, sentence and values that are there already."""
    made = [call for call in CALLS if called(call) in ERRORS]
    prose = [ast.unparse(one) for one in made if len(one.args) != 3 or isinstance(one.args[1], ast.JoinedStr)]
    assert prose == []


@pytest.mark.parametrize("key", TO_OPERATORS)
def test_no_path_leaves_the_machine_in_a_sentence_for_pages(key: str) -> None:
    said = SENTENCES[key]
    assert not {"path", "folder", "cause", "file"} & names_in(said._replace(reason="", remedy=""))


def test_whoever_raises_an_error_brings_the_values_of_its_sentences() -> None:
    checked = set()
    for call in (one for one in CALLS if called(one) in MAKERS):
        keys = {one.value for one in call.args if isinstance(one, ast.Constant) and one.value in SENTENCES}
        brought = {keyword.arg for keyword in call.keywords} | BROUGHT.get(called(call), set())
        for key in keys:
            checked.add(key)
            assert names_in(SENTENCES[key]) <= brought, ast.unparse(call)
    assert len(checked) >= 0.8 * len(SENTENCES), "the others are chosen before they are raised"


def test_nothing_takes_the_words_of_an_error_apart() -> None:
    """A message is written once, from data: neither patterns nor cuts read it back."""
    takes = {
        "split",
        "partition",
        "rpartition",
        "match",
        "search",
        "fullmatch",
        "startswith",
        "endswith",
        "removeprefix",
    }
    for path, tree in TREES.items():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in takes):
            words = ast.unparse(call)
            assert not re.search(r"error\.(?:message|reason|chinese|english)\b", words), f"{path.name}: {words}"


def test_an_error_keeps_its_values_and_says_them_in_either_language() -> None:
    error = FactError.of("fact_out_of_range", field="age", fact="age", name="年龄", shown="200", least=0, most=130)
    assert error.values["most"] == 130 and error.field == "age"
    assert error.message == "age: '200' is not between 0 and 130; give another value"
    assert error.chinese == "年龄：“200”超出范围，请给出0 到 130 之间的数。"


def test_an_error_about_a_file_keeps_its_place_apart_from_its_words() -> None:
    error = DocumentError.of("pdf_broken", file="收件/通知.pdf", page=3, cause="EOF")
    assert error.message == "收件/通知.pdf: page 3: is a broken or truncated PDF (EOF); fetch or export it again"
    assert error.chinese == "第3页：文件已损坏或不完整，请重新导出或重新下载后再试。"
    assert (error.path, error.place, error.values) == ("收件/通知.pdf", Location("收件/通知.pdf", 3), {"cause": "EOF"})
    assert DocumentError(error.place, "pdf_broken", error.values).message == error.message


def test_a_list_among_the_values_is_written_as_its_language_does() -> None:
    error = DocumentError.of("front_not_a_choice", file="a.md", line=4, key="level", shown="x", options=["a", "b"])
    assert error.message == "a.md:4: level x is none of a, b; give one of them"
    assert error.chinese == "第4行：文件开头的说明写得不对：level 的值 x 不在可选的项目里，请给出其中一个：a、b。"


def test_the_place_of_a_mistake_is_told_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text('+++\ntitle = "通知"\nexpires = "2031-13-01"\n+++\n正文\n', "utf-8")
    collection = collect_files([tmp_path / "a.md"], {}, lambda step, done, total: None)
    (line,) = report_fields(make_report(IngestionReport(collection, None, 1.0)))["files"]
    assert (line["line"], line["page"], line["code"]) == (3, None, "front_not_a_date")
    assert line["reason"] == "expires 2031-13-01 is not a date"
    assert line["remedy_zh"] == "请写成 2024、2024-03 或 2024-03-08"
    assert collection.refused[0].field == "expires"


def test_a_state_secret_is_told_of_with_its_page_and_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("机密★10年\n关于某事的通知\n", "utf-8")
    with pytest.raises(SecrecyError) as caught:
        read_guarded(path)
    assert caught.value.values == {"words": "机密★10年", "where": "on the page"}


def test_pages_are_told_the_chinese_sentence_and_never_words_meant_for_the_log() -> None:
    problems = [
        (NotFoundError.of("original_gone", path="收件/文件.pdf"), "原件已经不在原处，请工作人员重新导入。"),
        (ConflictError.of("withdrawn_while_answering"), "回答引用的文件刚刚撤回，请重新提问。"),
        (QuestionError.of("question_empty"), "问题是空的：请输入要问的内容"),
        (NotFoundError.of("document_unknown", doc_id="甲"), "没有这份文件，或者它不对外公开。"),
        (DatasetError.of("jsonl_missing", file="收件/问题.jsonl"), "没有这个文件，请检查路径。"),
        (DocumentError.of("file_empty", file="收件/文件.txt"), "文件是空的，请放入正文，或者删去这份文件。"),
        (
            InputError.of("upload_format_unknown", name="登记表.exe", formats=sorted(SUFFIXES)),
            "不支持“登记表.exe”的格式，请转换成 PDF、OFD、Word、WPS、Excel 等格式后再上传。",
        ),
    ]
    for error, told in problems:
        assert error_payload(error)[1]["error"]["message"] == told  # type: ignore[index]
