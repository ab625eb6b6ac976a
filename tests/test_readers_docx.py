"""DOCX: what Word shows, with the numbers that it generates; broken and hostile files in one line."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from documents import PARAGRAPHS
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from word_files import (
    LODGING,
    LODGING_MERGED,
    add_list,
    add_numbered,
    add_table,
    add_xml,
    changed_part,
    level,
    word_bytes,
)

from ingest.readers import read_file
from ingest.readers.docx import DocxReader
from ingest.readers.file_reader import ReadText
from kb.errors import DocumentError

Write = Callable[[Document], None]


def read(write: Write) -> ReadText:
    return DocxReader().read(Path("notice.docx"), word_bytes(write))


def lines_of(write: Write) -> list[str]:
    return read(write).text.split("\n")


def test_paragraphs_come_out_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "notice.docx"
    path.write_bytes(word_bytes(lambda document: [document.add_paragraph(text) for text in PARAGRAPHS][-1]))
    found = read_file(path)
    assert found.text == "\n".join(PARAGRAPHS)
    assert found.page_starts == ()
    assert found.file_sha256


@pytest.mark.parametrize(
    ("form", "pattern", "shown"),
    [
        ("chineseCounting", "%1、", ["一、", "二、", "十、", "十一、", "二十、"]),
        ("chineseCountingThousand", "第%1条", ["第一条", "第二条", "第十条", "第十一条", "第二十条"]),
        ("japaneseCounting", "（%1）", ["（一）", "（二）", "（十）", "（十一）", "（二十）"]),
        ("ideographDigital", "%1、", ["一、", "二、", "一〇、", "一一、", "二〇、"]),
        ("decimal", "%1.", ["1.", "2.", "10.", "11.", "20."]),
        ("lowerLetter", "%1)", ["a)", "b)", "j)", "k)", "t)"]),
        ("upperRoman", "%1.", ["I.", "II.", "X.", "XI.", "XX."]),
        ("decimalEnclosedCircle", "%1", ["①", "②", "⑩", "⑪", "⑳"]),
        ("chineseLegalSimplified", "%1、", ["壹、", "贰、", "拾、", "拾壹、", "贰拾、"]),
        ("ideographTraditional", "%1、", ["甲、", "乙、", "癸、", "11、", "20、"]),
    ],
)
def test_every_format_of_numbers_is_written_as_word_shows_it(form: str, pattern: str, shown: list[str]) -> None:
    def write(document: Document) -> None:
        add_list(document, "1", [level(0, form, pattern)])
        for _ in range(20):
            add_numbered(document, "内容", "1")

    found = lines_of(write)
    assert [found[n - 1] for n in (1, 2, 10, 11, 20)] == [f"{marker}内容" for marker in shown]


def test_deeper_levels_restart_below_each_higher_one() -> None:
    def write(document: Document) -> None:
        levels = [
            level(0, "chineseCounting", "%1、"),
            level(1, "chineseCounting", "（%2）"),
            level(2, "decimal", "%1.%2.%3", suffix="space", more="<w:isLgl/>"),
        ]
        add_list(document, "1", levels)
        for at in (0, 1, 1, 2, 2, 1, 2, 0, 1):
            add_numbered(document, "文", "1", at)

    assert lines_of(write) == [
        "一、文", "（一）文", "（二）文", "1.2.1 文", "1.2.2 文", "（三）文", "1.3.1 文", "二、文", "（一）文",
    ]  # fmt: skip


def test_articles_go_on_counting_through_chapters_where_the_list_says_so() -> None:
    def write(document: Document) -> None:
        articles = level(1, "chineseCountingThousand", "第%2条", suffix="tab", more='<w:lvlRestart w:val="0"/>')
        add_list(document, "1", [level(0, "chineseCounting", "第%1章", suffix="space"), articles])
        for at in (0, 1, 1, 0, 1):
            add_numbered(document, "文", "1", at)

    assert lines_of(write) == ["第一章 文", "第一条 文", "第二条 文", "第二章 文", "第三条 文"]


def test_a_second_list_of_the_same_kind_goes_on_or_starts_where_it_says() -> None:
    def write(document: Document) -> None:
        add_list(document, "1", [level(0, "decimal", "%1.", start=3)])
        add_list(document, "11", [])
        add_list(document, "12", [], {0: 1})
        for name in ("1", "11", "12", "12", "11"):
            add_numbered(document, "文", name)

    assert lines_of(write) == ["3.文", "4.文", "1.文", "2.文", "3.文"]


def test_a_style_numbers_its_paragraphs_and_one_of_them_may_opt_out() -> None:
    def write(document: Document) -> None:
        add_list(document, "1", [level(0, "chineseCountingThousand", "第%1条", suffix="space")])
        style = document.styles.add_style("条文", WD_STYLE_TYPE.PARAGRAPH)
        style.element.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="91"/></w:numPr>')
        )  # fmt: skip
        below = document.styles.add_style("条文之下", WD_STYLE_TYPE.PARAGRAPH)
        below.base_style = style
        document.add_paragraph("甲", style="条文")
        document.add_paragraph("乙", style="条文之下")
        document.add_paragraph("丙", style="条文")._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="0"/></w:numPr>')
        )

    assert lines_of(write) == ["第一条 甲", "第二条 乙", "丙"]


def test_what_was_inserted_is_there_and_what_was_deleted_or_is_hidden_is_not() -> None:
    def write(document: Document) -> None:
        add_xml(
            document,
            "<w:r><w:t>补贴</w:t></w:r><w:del><w:r><w:delText>三</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>五</w:t></w:r></w:ins><w:r><w:t>元</w:t></w:r>"
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>内部</w:t></w:r><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>"
            '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>。</w:t></w:r>',
        )
        add_xml(document, "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r>")
        add_xml(document, "<w:r><w:t>后半</w:t></w:r>")

    assert lines_of(write) == ["补贴五元。", "前半后半"]


def test_fields_links_symbols_and_controls_show_their_words() -> None:
    def write(document: Document) -> None:
        add_xml(
            document,
            '<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>七</w:t></w:r>"
            '<w:sdt><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt><w:r><w:sym w:char="F0FE"/></w:r>'
            "<w:r><w:t>1</w:t><w:noBreakHyphen/><w:t>2</w:t><w:br/><w:t>次行</w:t></w:r>",
        )

    assert lines_of(write) == ["链接七控件☑1-2", "次行"]


def test_a_text_box_is_read_once_behind_its_paragraph() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>东湖市人民政府文件</w:t></w:r></w:p></w:txbxContent>"

    def write(document: Document) -> None:
        add_xml(
            document,
            "<w:r><w:t>标题</w:t></w:r><w:r><mc:AlternateContent>"
            f"<mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
        )
        document.add_paragraph("正文")

    assert lines_of(write) == ["标题", "东湖市人民政府文件", "正文"]


def test_footnotes_stand_apart_at_the_end() -> None:
    def write(document: Document) -> None:
        add_xml(
            document, '<w:r><w:t>补贴三元</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>。</w:t></w:r>'
        )
        document.add_paragraph("末段")
        add_part(document)

    def add_part(document: Document) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        notes = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:t>指每餐。</w:t></w:r></w:p></w:footnote></w:footnotes>'
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    assert lines_of(write) == ["补贴三元。", "末段", "注1：指每餐。"]


def test_a_table_stands_in_its_place_with_its_merged_cells_filled() -> None:
    def write(document: Document) -> None:
        document.add_paragraph("一、标准")
        add_table(document, LODGING, LODGING_MERGED)
        document.add_paragraph("二、其他")

    found = read(write)
    (table,) = found.layout.tables
    assert found.text.split("\n") == ["一、标准", *(" | ".join(row) for row in LODGING), "二、其他"]
    assert table.header_rows == 2
    for cell in table.cells:
        words = found.text[cell.start : cell.end]
        assert words == LODGING[cell.row][cell.column]
        if cell.row >= 2 and cell.column:
            heads = [found.text[slice(*span)] for span in cell.headers]
            assert heads == [LODGING[0][cell.column], LODGING[1][cell.column], LODGING[cell.row][0]]


def test_cells_merged_downwards_and_numbered_cells() -> None:
    def write(document: Document) -> None:
        add_list(document, "1", [level(0, "decimal", "%1")])
        rows = [["序号", "类别", "标准"], ["", "就业", "3"], ["", "就业", "2"], ["", "创业", "5"]]
        table = add_table(document, rows, [(1, 1, 2, 1)])
        for row in table.rows[1:]:
            row.cells[0].paragraphs[0]._p.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="91"/></w:numPr>')
            )

    assert lines_of(write) == ["序号 | 类别 | 标准", "1 | 就业 | 3", "2 | 就业 | 2", "3 | 创业 | 5"]


def test_a_table_of_one_column_is_a_frame_around_paragraphs() -> None:
    found = read(lambda document: add_table(document, [["第一条 甲"], ["第二条 乙"]]) and None)
    assert found.text == "第一条 甲\n第二条 乙"
    assert found.layout.tables == ()


ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def with_entity(data: bytes) -> bytes:
    return changed_part(
        data, "word/document.xml", lambda part: part.replace(b"<w:document", ENTITY + b"<w:document", 1)
    )


def with_entity_far_in(data: bytes) -> bytes:
    return changed_part(
        data,
        "word/document.xml",
        lambda part: part.replace(b"<w:document", b"<!--" + b"a" * 100_000 + b"-->" + ENTITY + b"<w:document", 1),
    )


def with_entity_in_utf16(data: bytes) -> bytes:
    def written(part: bytes) -> bytes:
        text = part.decode().replace("<w:document", ENTITY.decode() + "<w:document", 1)
        return text.replace('encoding="UTF-8"', 'encoding="UTF-16"').replace("encoding='UTF-8'", "").encode("utf-16")

    return changed_part(data, "word/document.xml", written)


def bomb(data: bytes) -> bytes:
    return changed_part(data, "word/document.xml", lambda part: part + b" " * (300 * 2**20))


def without(name: str) -> Callable[[bytes], bytes]:
    def drop(data: bytes) -> bytes:
        target = BytesIO()
        with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
            for entry in old.namelist():
                if entry != name:
                    new.writestr(entry, old.read(entry))
        return target.getvalue()

    return drop


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (with_entity, "declares a document type"),
        (with_entity_far_in, "declares a document type"),
        (with_entity_in_utf16, "declares a document type"),
        (bomb, "unpacks to 300 MB"),
        (lambda data: data[: len(data) // 2], "truncated"),
        (without("word/document.xml"), "broken or truncated DOCX"),
        (without("[Content_Types].xml"), "broken or truncated DOCX"),
        (lambda data: changed_part(data, "word/document.xml", lambda part: part[:-40]), "broken or truncated DOCX"),
        (
            lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "locked with a password",
        ),
        (lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "legacy Office"),
        (lambda data: b"%PDF-1.4 " + data, "looks like a PDF"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(damage: Callable[[bytes], bytes], reason: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.docx"
    path.write_bytes(damage(word_bytes(lambda document: document.add_paragraph("第一条　正文。") and None)))
    with pytest.raises(DocumentError, match=reason) as caught:
        read_file(path)
    assert "\n" not in str(caught.value)
    assert ";" in str(caught.value)


def test_a_numbered_paragraph_without_words_counts() -> None:
    def write(document: Document) -> None:
        add_list(document, "1", [level(0, "chineseCounting", "%1、")])
        for text in ("甲", "", "乙"):
            add_numbered(document, text, "1")

    assert lines_of(write) == ["一、甲", "二、", "三、乙"]


def test_a_list_that_links_to_the_style_of_another_counts_as_that_one() -> None:
    def write(document: Document) -> None:
        add_list(document, "1", [level(0, "chineseCounting", "（%1）")])
        style = f'<w:style {nsdecls("w")} w:type="numbering" w:styleId="L"><w:name w:val="L"/><w:pPr><w:numPr><w:numId w:val="91"/></w:numPr></w:pPr></w:style>'
        document.styles.element.append(parse_xml(style))
        add_list(document, "2", ['<w:numStyleLink w:val="L"/>'])
        add_numbered(document, "甲", "2")
        add_numbered(document, "乙", "1")

    assert lines_of(write) == ["（一）甲", "（二）乙"]


def test_rows_without_words_leave_no_trace_in_a_table() -> None:
    rows = [["城市", "标准"], ["", ""], ["杭州", "500"]]
    found = read(lambda document: add_table(document, rows) and None)
    assert found.text == "城市 | 标准\n杭州 | 500"
    assert {cell.row for table in found.layout.tables for cell in table.cells} == {0, 1}


def test_a_table_in_a_table_is_a_table_in_a_frame() -> None:
    def write(document: Document) -> None:
        outer = document.add_table(1, 2)
        outer.cell(0, 0).text = "左"
        inner = outer.cell(0, 1).add_table(2, 2)
        for cell, text in zip(inner._cells, ("城市", "标准", "杭州", "500"), strict=True):
            cell.text = text

    found = read(write)
    assert found.text == "左\n城市 | 标准\n杭州 | 500"
    assert len(found.layout.tables) == 1
