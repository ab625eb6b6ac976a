"""The outline parser, the header parser and the passages, on the real response and on small shapes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import CORPUS

from ingest.header import proposal_number, read_header
from ingest.outline import parse_outline
from ingest.passages import cut_passages
from kb.types import Clause

RESPONSE = (CORPUS / "responses/hz-2024-343.txt").read_text("utf-8")
GOLDEN = Path(__file__).parent / "golden"

REGULATION = """杭州市某某条例
第一章　总　则
第一条　为了规范管理，制定本条例。
第二条　本条例适用于本市。
法律另有规定的，从其规定。
第三条　业主享有下列权利：
（一）参加业主大会会议；
（二）选举业主委员会：
1．选举权；
2．被选举权。
前款所称业主，是指房屋所有权人。
第十二条规定的情形除外。
第二章　业主大会
第四条之一　业主大会由全体业主组成。
"""


def clauses_of(text: str) -> list[Clause]:
    return parse_outline("d", text, read_header(text))


def labels(text: str) -> list[str]:
    return [clause.label for clause in clauses_of(text)]


def test_the_header_of_the_response_is_read_from_its_table() -> None:
    header = read_header(RESPONSE)
    assert header.value("index_no") == "002489444/2024-276097"
    assert header.value("issuer") == "市發改委"
    assert header.value("topic") == "其他"
    assert header.value("doc_no") is None
    assert header.disclosure == "public"
    issued = header.date("issued")
    assert issued is not None and issued.iso == "2024-10-17"
    assert header.value("contact") == "房立波"
    assert header.value("phone") == "85251845"


def test_title_and_proposal_number_come_from_the_first_sentence() -> None:
    header = read_header(RESPONSE)
    assert header.value("proposal_title") == "關於深入推進老舊社區“嵌入式服務設施建設”的建議"
    assert proposal_number(RESPONSE, header) == "市政協十二屆三次會議第343號"


def test_every_header_value_stands_where_it_says() -> None:
    for field in read_header(RESPONSE).fields:
        assert RESPONSE[field.start : field.end] == field.value


def test_the_outline_of_the_response_is_as_recorded() -> None:
    found = [f"{c.clause_id.split('#')[1]}\t{c.label}\t{' / '.join(c.headings)}" for c in clauses_of(RESPONSE)]
    assert found == (GOLDEN / "hz-2024-343.outline").read_text("utf-8").splitlines()


def test_a_regulation_is_cut_into_articles_paragraphs_items_and_points() -> None:
    assert labels(REGULATION) == [
        "开头", "第一章", "第一条", "第二条第一款", "第二条第二款", "第三条第一款", "第三条第一款第（一）项",
        "第三条第一款第（二）项", "第三条第一款第（二）项第1目", "第三条第一款第（二）项第2目", "第三条第二款",
        "第三条第三款", "第二章", "第四条之一",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、总则\n（一）目标\n1.建成80个。\n2.建成90个。", ["一、", "一、（一）", "一、（一）1.", "一、（一）2."]),
        ("一、總則\n(一)目標\n一是先行。\n二是推廣。", ["一、", "一、（一）", "一、（一）一是", "一、（一）二是"]),
        ("1.45万套房源已经开工。\n2024年建成。", ["第1段", "第2段"]),
        ("没有层次的一段话。", ["正文"]),
        ("第三条的规定适用于本市。", ["正文"]),
        ("一、甲\n内容。\n一、乙\n内容。", ["一、", "一、"]),
    ],
)
def test_markers_count_only_where_they_number_a_clause(text: str, expected: list[str]) -> None:
    assert labels(text) == expected


def test_a_repeated_number_gets_an_id_of_its_own() -> None:
    assert [c.clause_id for c in clauses_of("一、甲\n内容。\n一、乙\n内容。")] == ["d#1", "d#1~2"]


@given(st.text(alphabet="一二、（）()1.2第条章款\n是要甲乙。；：| 文号成文日期:2024联系人", max_size=300))
def test_clauses_are_disjoint_and_cover_all_that_is_not_blank(text: str) -> None:
    clauses = clauses_of(text)
    covered = [False] * len(text)
    for clause in clauses:
        for offset in range(clause.start, clause.end):
            assert not covered[offset]
            covered[offset] = True
    assert all(there or char.isspace() for there, char in zip(covered, text, strict=True))
    assert len({clause.clause_id for clause in clauses}) == len(clauses)


@given(st.text(alphabet="一二、（）1.第条\n是甲乙。；：“”", max_size=400), st.integers(5, 60))
def test_a_passage_lies_in_one_clause(text: str, length: int) -> None:
    clauses = {clause.clause_id: clause for clause in clauses_of(text)}
    for passage in cut_passages("标题", text, list(clauses.values()), length):
        clause = clauses[passage.clause_id]
        assert clause.start <= passage.start < passage.end <= clause.end
        assert passage.end - passage.start <= max(length, 5)


def test_passages_lose_no_sentence() -> None:
    clauses = clauses_of(RESPONSE)
    passages = cut_passages("标题", RESPONSE, clauses, 100)
    kept = "".join(RESPONSE[p.start : p.end] for p in passages) + "".join(p.context for p in passages)
    for sentence in RESPONSE.split("。"):
        assert sentence.split("\n")[-1].strip() in kept
