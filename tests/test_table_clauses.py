"""Rows of tables are clauses, found by the words of their headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import pytest
from indexing import index_folder

from ingest.header import read_header
from ingest.outline import parse_outline
from ingest.passages import cut_passages
from ingest.readers import read_file
from ingest.readers.grid import GridCell
from ingest.readers.tables import set_table
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.types import Query

RATES = (("杭州市", 900, 500, 450), ("宁波市", 800, 450, 400), ("温州市", 700, 420, 380))


def rates(document: Any) -> None:
    document.add_paragraph("浙江省机关差旅住宿费标准的通知")
    document.add_paragraph("一、住宿费标准")
    document.add_paragraph("各地住宿费限额如下：")
    table = document.add_table(2 + len(RATES), 4)
    heads = (("城市", "住宿费标准（元/天）", "", ""), ("", "一类人员", "二类人员", "其余人员"))
    for row, values in enumerate((*heads, *RATES)):
        for column, value in enumerate(values):
            table.cell(row, column).text = str(value)
    table.cell(0, 1).merge(table.cell(0, 3))
    table.cell(0, 0).merge(table.cell(1, 0))
    document.add_paragraph("凭票据在限额内报销。")
    document.add_paragraph("二、附则")
    document.add_paragraph("本通知自2025年1月1日起施行。")


HTML = (
    "<h1>浙江省机关差旅住宿费标准的通知</h1><p>一、住宿费标准</p><p>各地住宿费限额如下：</p><table>"
    "<tr><th rowspan=2>城市</th><th colspan=3>住宿费标准（元/天）</th></tr>"
    "<tr><th>一类人员</th><th>二类人员</th><th>其余人员</th></tr>"
    + "".join("<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>" for row in RATES)
    + "</table><p>凭票据在限额内报销。</p><p>二、附则</p><p>本通知自2025年1月1日起施行。</p>"
)


@pytest.fixture(params=["docx", "html"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    path = folder / f"住宿费.{request.param}"
    if request.param == "docx":
        document = docx.Document()
        rates(document)
        document.save(str(path))
    else:
        path.write_text(HTML, "utf-8")
    return path


def test_each_row_is_a_clause_below_the_one_it_stands_in(path: Path) -> None:
    read = read_file(path)
    clauses = parse_outline("d", read.text, read_header(read.text).blocks, read.layout.tables)
    by_id = {clause.clause_id: clause for clause in clauses}
    row = by_id["d#1.t1.r2"]
    assert row.label == "一、表1第2行"
    assert read.text[row.start : row.end] == "宁波市 | 800 | 450 | 400"
    assert "一类人员" in row.headings[-2] and row.headings[-1] == "宁波市"
    assert read.text[by_id["d#1~2"].start : by_id["d#1~2"].end] == "凭票据在限额内报销。"


def test_the_clauses_are_disjoint_and_cover_the_text(path: Path) -> None:
    read = read_file(path)
    clauses = parse_outline("d", read.text, read_header(read.text).blocks, read.layout.tables)
    covered = [place for clause in clauses for place in range(clause.start, clause.end)]
    assert len(covered) == len(set(covered))
    assert {n for n, char in enumerate(read.text) if not char.isspace()} <= set(covered)


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("杭州市一类人员住宿费标准是多少", "杭州市 | 900 | 500 | 450"),
        ("宁波二类人员的住宿费标准是多少元", "宁波市 | 800 | 450 | 400"),
    ],
)
def test_a_question_in_the_words_of_the_headers_finds_the_row(path: Path, question: str, row: str) -> None:
    index_folder(path.parent, path.parent.parent / "index")
    knowledge_base = KnowledgeBase.open(path.parent.parent / "index", open_encoder())
    hit = knowledge_base.search(Query("", question), 1)[0]
    text = knowledge_base.document(hit.passage.doc_id).text
    assert text[hit.passage.start : hit.passage.end] == row
    assert "一类人员" in hit.passage.context


def test_a_table_without_an_outline_has_rows_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "食堂.csv"
    path.write_text("街道,食堂,电话\n文新街道,竞舟食堂,1\n翠苑街道,翠苑食堂,2\n", "utf-8")
    read = read_file(path)
    clauses = parse_outline("d", read.text, read_header(read.text).blocks, read.layout.tables)
    assert [(c.clause_id, c.label) for c in clauses] == [
        ("d#t1", "表1"), ("d#t1.r1", "表1第1行"), ("d#t1.r2", "表1第2行")
    ]  # fmt: skip


def test_the_table_of_the_header_stays_the_header(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(2, 4)
    keys = (
        "索引号：",
        "0024/2031-1",
        "公开方式：",
        "主动公开",
        "发文机关：",
        "东湖市民政局",
        "成文日期：",
        "2031-03-08",
    )
    for cell, text in zip(table._cells, keys, strict=True):
        cell.text = text
    for line in ("关于长者食堂的通知", "一、总体要求", "建成长者食堂。"):
        document.add_paragraph(line)
    document.save(str(tmp_path / "a.docx"))
    read = read_file(tmp_path / "a.docx")
    header = read_header(read.text)
    assert header.value("index_no") == "0024/2031-1"
    clauses = parse_outline("d", read.text, header.blocks, read.layout.tables)
    assert [clause.clause_id for clause in clauses] == ["d#header", "d#0", "d#1"]


@pytest.mark.parametrize(("city", "rates"), [(row[0][:2], row[1:]) for row in RATES])
@pytest.mark.parametrize(("column", "staff"), list(enumerate(("一类人员", "二类人员", "其余人员"))))
def test_the_cell_that_is_asked_for_stands_out_of_its_row(
    path: Path, city: str, rates: tuple[int, ...], column: int, staff: str
) -> None:
    index_folder(path.parent, path.parent.parent / "index")
    knowledge_base = KnowledgeBase.open(path.parent.parent / "index", open_encoder())
    answer = knowledge_base.ask(Query("", f"{city}市{staff}住宿费标准是多少元？"))
    statement = answer.statements[0]
    assert statement.text.startswith(f"{city}市 | ")
    assert statement.focus and statement.text[slice(*statement.focus)] == str(rates[column])
    row, head = (answer.citations[number - 1] for number in statement.citations)
    assert row.quote == statement.text
    assert "一类人员" in head.quote and "住宿费标准（元/天）" in head.quote


def test_a_row_from_edge_to_edge_is_a_heading_of_the_rows_below_it() -> None:
    cells = [GridCell(0, 0, "城市"), GridCell(0, 1, "标准"), GridCell(1, 0, "省内", 1, 2), GridCell(2, 0, "杭州"), GridCell(2, 1, "500元"),
             GridCell(3, 0, "省外", 1, 2), GridCell(4, 0, "上海"), GridCell(4, 1, "600元")]  # fmt: skip
    text, table = set_table(cells, 0)
    clauses = parse_outline("d", text, read_header(text).blocks, (table,))
    assert {c.clause_id: c.headings for c in clauses}["d#t1.r4"] == ("城市 | 标准", "省外", "上海")
    passages = cut_passages("标题", text, clauses)
    assert [text[p.start : p.end] for p in passages] == ["杭州 | 500元", "上海 | 600元"]


def test_several_rows_are_listed_and_their_figures_added_up(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("清溪市补贴发放情况")
    rows = (("街道", "户数", "补贴金额（万元）", "时间"), ("东风街道", "12", "34.5", "2031年1月"), ("和平街道", "8", "21", "2031年2月"),
            ("建设街道", "20", "66.2", "2031年1月"), ("东风街道", "15", "40.1", "2031年3月"))  # fmt: skip
    table = document.add_table(len(rows), 4)
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    (tmp_path / "documents").mkdir()
    document.save(str(tmp_path / "documents" / "rows.docx"))
    index_folder(tmp_path / "documents", tmp_path / "index")
    opened = KnowledgeBase.open(tmp_path / "index", open_encoder())
    listed = opened.ask(Query("", "2031年1月补贴了哪些街道？")).text
    assert "东风街道" in listed and "建设街道" in listed and "和平街道" not in listed
    assert opened.ask(Query("", "东风街道一共补贴了多少万元？")).statements[0].text == "34.5＋40.1＝74.6。"
