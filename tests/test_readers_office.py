"""Word files, spreadsheets and their tables: every text, number and header comes out where Word and Excel show it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.readers import ReadText, read_file
from ingest.readers.grid import GridCell
from ingest.readers.tables import row_line, set_table
from kb.errors import DocumentError


def save(path: Path, build: Callable[[Any], None]) -> Path:
    document = docx.Document()
    build(document)
    document.save(str(path))
    return path


def headers_of(read: ReadText, text: str) -> list[str]:
    cell = next(c for t in read.layout.tables for c in t.cells if read.text[c.start : c.end] == text)
    return [read.text[start:end] for start, end in cell.headers]


def number_list(document: Any, levels: list[tuple[str, str]]) -> str:
    """Add a list with (numFmt, lvlText) a level; give its number."""
    numbering = document.part.numbering_part.element
    rows = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{rows}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    return "77"


def numbered(document: Any, text: str, level: int, number: str = "77") -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
    )


def test_paragraphs_and_tables_come_in_their_order(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        document.add_paragraph("关于差旅住宿费标准的通知")
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ("类别", "标准", "一类", "500元"), strict=True):
            cell.text = text
        document.add_paragraph("本通知自印发之日起施行。")

    read = read_file(save(tmp_path / "a.docx", build))
    assert read.text == "关于差旅住宿费标准的通知\n类别 | 标准\n一类 | 500元\n本通知自印发之日起施行。"
    assert headers_of(read, "500元") == ["标准", "一类"]


def test_the_numbers_that_word_makes_are_written(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        number_list(document, [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")])
        for text, level in (
            ("总则", 0),
            ("目标", 1),
            ("建成食堂", 2),
            ("建成驿站", 2),
            ("原则", 1),
            ("附则", 0),
            ("解释", 1),
        ):
            numbered(document, text, level)

    text = read_file(save(tmp_path / "a.docx", build)).text
    assert text == "一、总则\n（一）目标\n1. 建成食堂\n2. 建成驿站\n（二）原则\n二、附则\n（一）解释"


def test_articles_count_on_through_chapters(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        number_list(document, [("chineseCountingThousand", "第%1章"), ("chineseCountingThousand", "第%2条")])
        level = document.part.numbering_part.element.findall(f".//{qn('w:lvl')}")[1]
        restart = OxmlElement("w:lvlRestart")
        restart.set(qn("w:val"), "0")
        level.insert(2, restart)
        for text, depth in (("总则", 0), ("为了规范，制定本办法。", 1), ("补助", 0), ("补助三百元。", 1)):
            numbered(document, text, depth)

    text = read_file(save(tmp_path / "a.docx", build)).text
    assert text == "第一章 总则\n第一条 为了规范，制定本办法。\n第二章 补助\n第二条 补助三百元。"


def test_merged_cells_stand_in_every_row_and_header_rows_join(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        table = document.add_table(4, 4)
        texts = [
            ["城市", "住宿费", "", ""],
            ["", "一类", "二类", "其余"],
            ["杭州", "900", "500", "450"],
            ["宁波", "800", "450", "400"],
        ]
        for row, values in enumerate(texts):
            for column, value in enumerate(values):
                table.cell(row, column).text = value
        table.cell(0, 1).merge(table.cell(0, 3))
        table.cell(0, 0).merge(table.cell(1, 0))

    read = read_file(save(tmp_path / "a.docx", build))
    assert read.text.split("\n")[0] == "城市 | 住宿费 | 住宿费 | 住宿费"
    assert read.layout.tables[0].header_rows == 2
    assert headers_of(read, "900") == ["住宿费", "一类", "杭州"]
    assert headers_of(read, "400") == ["住宿费", "其余", "宁波"]


def test_what_is_struck_out_or_hidden_stays_out_and_what_is_inserted_is_in(tmp_path: Path) -> None:
    def build(document: Any) -> None:
        paragraph = document.add_paragraph("补助")
        paragraph._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>三百</w:delText></w:r></w:del>"))
        paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>五百</w:t></w:r></w:ins>"))
        paragraph.add_run("元。")
        hidden = paragraph.add_run("内部意见")
        hidden.font.hidden = True

    assert read_file(save(tmp_path / "a.docx", build)).text == "补助五百元。"


def test_an_external_entity_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", "utf-8")
    source = save(tmp_path / "a.docx", lambda document: document.add_paragraph("正文"))
    target = tmp_path / "b.docx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                entity = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()
                data = data.replace(b"?>", b"?>" + entity, 1).replace("正文".encode(), "正文&x;".encode())
            new.writestr(name, data)
    try:
        assert "机密" not in read_file(target).text
    except DocumentError as error:
        assert "机密" not in str(error)


def test_a_sheet_is_written_as_it_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "标准"
    sheet.append(["项目", "金额", "比例", "日期"])
    sheet.append(["助餐", 1234.5, 0.125, date(2024, 10, 17)])
    sheet["B2"].number_format, sheet["C2"].number_format = "#,##0.00", "0.0%"
    hidden = book.create_sheet("内部")
    hidden.append(["不公开"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    read = read_file(tmp_path / "a.xlsx")
    assert read.text == "标准\n项目 | 金额 | 比例 | 日期\n助餐 | 1,234.50 | 12.5% | 2024-10-17\n"
    assert headers_of(read, "12.5%") == ["比例", "助餐"]


def test_merged_cells_of_a_sheet_fill_their_places(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["区", "类别", "标准"], ["上城", "甲", 30], [None, "乙", 20], ["西湖", "甲", 40]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    read = read_file(tmp_path / "a.xlsx")
    assert "上城 | 乙 | 20" in read.text
    assert headers_of(read, "20") == ["标准", "上城", "乙"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_any_encoding_and_with_any_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [["街道", "食堂名称", "电话"], ["文新街道", "竞舟社区食堂", "0571-1"], ["翠苑街道", "翠苑食堂", "0571-2"]]
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join(delimiter.join(row) for row in rows).encode(encoding))
    read = read_file(path)
    assert read.text == "".join(" | ".join(row) + "\n" for row in rows)
    assert headers_of(read, "0571-2") == ["电话", "翠苑街道"]


@given(
    st.integers(1, 4),
    st.integers(1, 5),
    st.lists(st.sampled_from(["甲", "乙类", "", "500元", "12", "标 准"]), min_size=20, max_size=20),
)
def test_every_cell_lies_where_the_table_says(rows: int, columns: int, texts: list[str]) -> None:
    cells = [GridCell(r, c, texts[r * columns + c]) for r in range(rows) for c in range(columns)]
    text, table = set_table(cells, 7)
    lines = text.split("\n")
    assert lines == [row_line(texts[r * columns : (r + 1) * columns])[0] for r in range(rows)]
    assert (table.start, table.end) == (7, 7 + len(text))
    assert {(c.row, c.column): text[c.start - 7 : c.end - 7] for c in table.cells} == {
        (cell.row, cell.column): cell.text for cell in cells if cell.text
    }
    assert all(header[1] <= cell.start or header[0] >= cell.end for cell in table.cells for header in cell.headers)


@pytest.fixture(scope="module")
def real_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("office")
    book = openpyxl.Workbook()
    book.active.append(["项目", "标准"])
    book.active.append(["助餐", 5])
    book.save(folder / "a.xlsx")
    save(folder / "a.docx", lambda document: document.add_paragraph("第一条 正文。"))
    return {suffix: (folder / f"a{suffix}").read_bytes() for suffix in (".docx", ".xlsx")}


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_a_truncated_file_is_refused_with_its_remedy(real_files: dict[str, bytes], tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(real_files[suffix][: len(real_files[suffix]) // 2])
    with pytest.raises(DocumentError, match=r"is a broken or truncated (DOC|XLS)X file .*(save|fetch)"):
        read_file(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 50_000_000)
    with pytest.raises(DocumentError, match=r"part 'word/document.xml' unpacks to 47 MB"):
        read_file(path)


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_files_give_a_text_or_a_refusal(
    real_files: dict[str, bytes], tmp_path: Path, suffix: str, data: st.DataObject
) -> None:
    source = zipfile.ZipFile(io.BytesIO(real_files[suffix]))
    name = data.draw(st.sampled_from(source.namelist()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member in source.namelist():
            content = bytearray(source.read(member))
            if member == name:
                for place, value in data.draw(
                    st.lists(st.tuples(st.integers(0, max(len(content) - 1, 0)), st.integers(0, 255)), max_size=8)
                ):
                    content[place] = value
            archive.writestr(member, bytes(content))
    path = tmp_path / f"m{suffix}"
    path.write_bytes(packed.getvalue())
    try:
        assert isinstance(read_file(path).text, str)
    except DocumentError as error:
        assert str(path) in str(error)
