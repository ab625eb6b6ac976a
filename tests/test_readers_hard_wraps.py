"""Plain text that a program wrapped: its paragraphs come back, and any other text stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import PARAGRAPHS
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import CORPUS

from evals.ingest_bench.typesetting import wrapped
from ingest.header import read_header
from ingest.outline import parse_outline
from ingest.readers import read_file
from ingest.readers.hard_wraps import join_hard_wraps

WHOLE = "\n".join(PARAGRAPHS)


def wrapped_file(path: Path, columns: int, indent: str) -> str:
    lines = [line for text in PARAGRAPHS for line in wrapped(indent + text, columns, 0.0)]
    path.write_text("\n".join(lines), encoding="gb18030")
    return read_file(path).text


@pytest.mark.parametrize("columns", [20, 28, 35])
def test_wrapped_text_with_indents_comes_back_whole(tmp_path: Path, columns: int) -> None:
    assert wrapped_file(tmp_path / "notice.txt", columns, "　　").replace("　　", "") == WHOLE


@pytest.mark.parametrize("columns", [20, 28, 35])
def test_without_indents_a_full_line_that_ends_a_sentence_ends_its_paragraph(tmp_path: Path, columns: int) -> None:
    text = wrapped_file(tmp_path / "notice.txt", columns, "")
    assert text.replace("\n", "") == WHOLE.replace("\n", "")
    begun = [line for line in text.split("\n") if line not in PARAGRAPHS]
    assert all(line[-1] in "。；" for line in begun) and len(begun) <= 4


def test_a_wrapped_article_is_one_paragraph() -> None:
    article = "第一条　" + "为了方便老年人就近就餐加快推进，社区长者食堂建设" * 8 + "制定本办法。"
    text = join_hard_wraps("\n".join(wrapped(article, 24, 0.0)))
    assert [clause.label for clause in parse_outline("d", text, read_header(text).blocks)] == ["第一条"]


def test_text_that_was_not_wrapped_stays_as_it_is() -> None:
    assert join_hard_wraps(WHOLE) == WHOLE
    for path in CORPUS.rglob("*.txt"):
        assert join_hard_wraps(path.read_text("utf-8")) == path.read_text("utf-8")


def test_the_entries_of_a_list_stay_lines() -> None:
    text = "\n".join(f"东湖市第{n}社区居民委员会办公室联系电话登记表" for n in range(10, 30))
    assert join_hard_wraps(text) == text


@settings(deadline=None)
@given(st.text(alphabet="一、（）1.第条甲乙。； 　\n", max_size=400))
def test_joining_only_takes_line_ends_away(text: str) -> None:
    assert join_hard_wraps(text).replace("\n", "") == text.replace("\n", "")
