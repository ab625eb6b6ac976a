"""DOCX: parts that are imported, embedded or drawn, fields without results, hidden styles, the strict form."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from word_files import add_list, add_numbered, add_xml, level, word_bytes

from ingest.readers.docx import DocxReader
from ingest.readers.file_reader import ReadText, Unread

PAGE = "<html><head><title>草稿</title></head><body><p>第一条　制定本规定。</p><table><tr><th>对象</th><th>标准</th></tr><tr><td>甲类</td><td>80元</td></tr></table></body></html>"
ARCHIVE = f"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{PAGE}\r\n--b--\r\n"


def read(data: bytes) -> ReadText:
    return DocxReader().read(Path("notice.docx"), data)


def add_part(document: Document, name: str, media_type: str, kind: str, data: bytes) -> str:
    package = document.part.package
    return document.part.relate_to(Part(PackURI(f"/word/{name}"), media_type, data, package), kind)


def with_import(document: Document, name: str, media_type: str, data: bytes) -> None:
    document.add_paragraph("便民服务规定")
    relation = add_part(document, name, media_type, RELATIONSHIP_TYPE.A_F_CHUNK, data)
    document.element.body.insert(1, parse_xml(f'<w:altChunk {nsdecls("w", "r")} r:id="{relation}"/>'))
    document.add_paragraph("清溪市民政局")


def _write_page(document: Document) -> None:
    document.add_paragraph("第一条　制定本规定。")
    table = document.add_table(2, 2)
    for cell, words in zip(table._cells, ("对象", "标准", "甲类", "80元"), strict=True):
        cell.text = words


@pytest.mark.parametrize(
    ("name", "media_type", "data"),
    [
        ("chunk.html", "text/html", PAGE.encode()),
        ("chunk.mht", "message/rfc822", ARCHIVE.encode()),
        ("chunk.docx", "application/octet-stream", word_bytes(_write_page)),
    ],
)
def test_an_imported_part_stands_where_word_opens_it(name: str, media_type: str, data: bytes) -> None:
    found = read(word_bytes(lambda document: with_import(document, name, media_type, data)))
    assert found.text.split("\n") == [
        "便民服务规定",
        "第一条　制定本规定。",
        "对象 | 标准",
        "甲类 | 80元",
        "清溪市民政局",
    ]
    (table,) = found.layout.tables
    cell = table.cells[-1]
    assert [found.text[slice(*span)] for span in ((cell.start, cell.end), *cell.headers)] == ["80元", "标准", "甲类"]


def test_an_imported_part_that_cannot_be_read_is_named() -> None:
    found = read(word_bytes(lambda document: with_import(document, "chunk.rtf", "application/rtf", b"{\\rtf1 x}")))
    assert found.unread == (Unread("part", "chunk.rtf"),)


def test_embedded_files_pictures_and_comments_are_named() -> None:
    def write(document: Document) -> None:
        add_part(document, "embeddings/rates.xlsx", "application/octet-stream", RELATIONSHIP_TYPE.PACKAGE, b"PK")
        add_part(document, "media/scan.emf", "image/x-emf", RELATIONSHIP_TYPE.IMAGE, b"EMF")
        paragraph = document.add_paragraph("通知")
        document.add_comment(paragraph.runs, "请核对", author="甲", initials="甲")

    assert read(word_bytes(write)).unread == (Unread("embedded", "rates.xlsx"), Unread("picture"), Unread("comment"))


def test_the_strict_form_is_read_as_the_usual_one() -> None:
    usual = word_bytes(
        lambda document: [document.add_paragraph(words) for words in ("关于便民服务的通知", "清政发〔2031〕5号")][-1]
    )
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(usual)) as archive, zipfile.ZipFile(target, "w") as strict:
        for name in archive.namelist():
            part = archive.read(name)
            for one in (b"officeDocument", b"wordprocessingml", b"drawingml"):
                part = part.replace(
                    b"http://schemas.openxmlformats.org/" + one + b"/2006/", b"http://purl.oclc.org/ooxml/" + one + b"/"
                )
            strict.writestr(name, part)
    assert read(target.getvalue()).text == read(usual).text == "关于便民服务的通知\n清政发〔2031〕5号"


def field(code: str, form: str = "", result: str = "") -> str:
    shown = f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{result}</w:t></w:r>' if result else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin">{form}</w:fldChar></w:r><w:r><w:instrText>{code}</w:instrText></w:r>{shown}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


@pytest.mark.parametrize(
    ("xml", "shown"),
    [
        (field(r"EQ \o\ac(○,12)"), "⑫"),
        (field(r" eq \f(1,3) "), "1/3"),
        (field(r"EQ \r(3,\f(a+b,2))"), "3√(a+b)/2"),
        (field("FORMCHECKBOX", "<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox></w:ffData>"), "☑"),
        (field("FORMCHECKBOX", "<w:ffData><w:checkBox><w:default w:val='0'/></w:checkBox></w:ffData>"), "□"),
        (field("FORMDROPDOWN", "<w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='甲'/><w:listEntry w:val='乙'/></w:ddList></w:ffData>"), "乙"),
        (field("PAGEREF x", result="七"), "七"),
        (field("PAGE"), ""),
    ],
)  # fmt: skip
def test_fields_show_their_result_or_what_word_draws_for_them(xml: str, shown: str) -> None:
    found = read(
        word_bytes(lambda document: add_xml(document, f"<w:r><w:t>共</w:t></w:r>{xml}<w:r><w:t>项</w:t></w:r>"))
    )
    assert found.text == f"共{shown}项"


def test_word_art_in_the_body_is_text() -> None:
    art = (
        '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="清溪市人民政府文件"/>'
        "</v:shape></w:pict></w:r>"
    )

    def write(document: Document) -> None:
        add_xml(document, art)
        document.add_paragraph("清政发〔2031〕5号")

    assert read(word_bytes(write)).text.split("\n") == ["清溪市人民政府文件", "清政发〔2031〕5号"]


def test_what_a_paragraph_style_hides_stays_out_and_is_told() -> None:
    def write(document: Document) -> None:
        for name, more in (("hides", "<w:rPr><w:vanish/></w:rPr>"), ("below", '<w:basedOn w:val="hides"/>'),
                           ("shows", '<w:basedOn w:val="hides"/><w:rPr><w:vanish w:val="0"/></w:rPr>')):  # fmt: skip
            xml = f'<w:style {nsdecls("w")} w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>{more}</w:style>'
            document.styles.element.append(parse_xml(xml))
            add_xml(document, f'<w:pPr><w:pStyle w:val="{name}"/></w:pPr><w:r><w:t>{name}</w:t></w:r>')

    found = read(word_bytes(write))
    assert (found.text, found.unread) == ("shows", (Unread("hidden", count=2),))


def test_a_level_that_was_skipped_counts_as_begun() -> None:
    def write(document: Document) -> None:
        add_list(
            document,
            "1",
            [level(0, "chineseCounting", "%1、"), level(1, "chineseCounting", "（%2）"), level(2, "decimal", "%3.")],
        )
        for at in (0, 2, 1, 1):
            add_numbered(document, "内容", "1", at)

    assert read(word_bytes(write)).text.split("\n") == ["一、内容", "1.内容", "（二）内容", "（三）内容"]
