"""Errors that people are told of: each has both of its sentences, is raised somewhere, and brings what they need."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from kb.error_sentences import SENTENCES
from kb.errors import ConflictError, DocumentError, FactError, InputError, NotFoundError, QuestionError
from service.errors import MISSING, UNUSABLE, error_payload

ROOT = Path(__file__).resolve().parent.parent
HAN = re.compile("[\u4e00-\u9fff]")
SOURCES = [
    ast.parse(path.read_text("utf-8"))
    for package in ("kb", "ingest", "service")
    for path in (ROOT / package).rglob("*.py")
    if path.name != "error_sentences.py"
]
NODES = [node for tree in SOURCES for node in ast.walk(tree)]
WRITTEN = {node.value for node in NODES if isinstance(node, ast.Constant)}


def names_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_stands_in_both_languages_and_is_raised_somewhere(key: str) -> None:
    english, chinese = SENTENCES[key]
    assert HAN.search(chinese) and chinese.endswith("。") and not HAN.search(english)
    assert key in WRITTEN, f"{key} is raised nowhere"


def test_whoever_raises_an_error_brings_the_values_of_its_sentences() -> None:
    """Also through `_refusal` of the facts, which brings three of them for all."""
    checked = 0
    for call in (node for node in NODES if isinstance(node, ast.Call)):
        keys = {one.value for one in call.args if isinstance(one, ast.Constant) and one.value in SENTENCES}
        brought = {keyword.arg for keyword in call.keywords}
        if isinstance(call.func, ast.Name) and call.func.id == "_refusal":
            brought |= {"fact", "name", "shown"}
        for key in keys:
            checked += 1
            assert set().union(*map(names_in, SENTENCES[key])) <= brought, ast.unparse(call)
    assert checked >= len(SENTENCES) - 2, "two are chosen between before they are raised"


def test_an_error_keeps_its_values_and_says_them_in_either_language() -> None:
    error = FactError.of("fact_out_of_range", field="age", fact="age", name="年龄", shown="200", least=0, most=130)
    assert error.values["most"] == 130 and error.field == "age"
    assert error.message == "age: '200' is not between 0 and 130; give another value"
    assert error.chinese == "年龄：“200”超出范围，请给出0 到 130 之间的数。"


def test_pages_are_told_the_chinese_sentence_and_never_words_meant_for_the_log() -> None:
    problems = [
        (NotFoundError.of("original_gone", path="收件/文件.pdf"), "原件已经不在原处，请工作人员重新导入。"),
        (ConflictError.of("withdrawn_while_answering"), "回答引用的文件刚刚撤回，请重新提问。"),
        (QuestionError("问题是空的：请输入要问的内容"), "问题是空的：请输入要问的内容"),
        (NotFoundError("there is no document '甲'"), MISSING),
        (InputError("收件/文件.txt: cannot be used"), UNUSABLE),
        (DocumentError("收件/文件.txt", "is empty"), UNUSABLE),
    ]
    for error, told in problems:
        assert error_payload(error)[1]["error"]["message"] == told  # type: ignore[index]
