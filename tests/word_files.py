"""Makes Word files for the tests: numbering, merged cells, changes, notes, text boxes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.table import Table

_LEVEL = (
    '<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
    '<w:suff w:val="{suffix}"/><w:lvlText w:val="{text}"/></w:lvl>'
)


def level(at: int, form: str, text: str, *, start: int = 1, suffix: str = "nothing", more: str = "") -> str:
    return _LEVEL.format(at=at, form=form, text=text, start=start, suffix=suffix, more=more)


def word_bytes(write: Callable[[Document], None]) -> bytes:
    """Give the bytes of a new document that `write` fills."""
    document = docx.Document()
    write(document)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def add_list(document: Document, name: str, levels: Sequence[str], overrides: Mapping[int, int] | None = None) -> None:
    """Define list `name` with its levels; without levels it is another use of the abstract list 7<name's first
    digit>."""
    numbering = document.part.numbering_part.element
    abstract = f"7{name[0]}"
    if levels:
        first = numbering.find(qn("w:num"))
        element = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{abstract}">{"".join(levels)}</w:abstractNum>'
        )
        first.addprevious(element)
    changes = "".join(
        f'<w:lvlOverride w:ilvl="{at}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
        for at, start in (overrides or {}).items()
    )
    number = f'<w:num {nsdecls("w")} w:numId="9{name}"><w:abstractNumId w:val="{abstract}"/>{changes}</w:num>'
    numbering.append(parse_xml(number))


def add_numbered(document: Document, text: str, name: str, at: int = 0) -> None:
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    xml = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{at}"/><w:numId w:val="9{name}"/></w:numPr>'
    properties.append(parse_xml(xml))


def add_table(
    document: Document, rows: Sequence[Sequence[str]], merged: Sequence[tuple[int, int, int, int]] = ()
) -> Table:
    """Add a table; `merged` are first row, first column, last row, last column, whose text is that of the first
    place."""
    table = document.add_table(len(rows), len(rows[0]))
    for row, words in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, words, strict=True):
            cell.text = text
    for top, left, bottom, right in merged:
        text = rows[top][left]
        table.cell(top, left).merge(table.cell(bottom, right)).text = text
    return table


def add_xml(document: Document, inside: str) -> None:
    """Add a paragraph of raw WordprocessingML."""
    space = nsdecls("w") + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    document.element.body.insert(len(document.element.body) - 1, parse_xml(f"<w:p {space}>{inside}</w:p>"))


def changed_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Give the archive with one of its parts changed."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, change(old.read(entry)) if entry == name else old.read(entry))
    return target.getvalue()


LODGING = (
    ("城市", "住宿费标准（元/人·天）", "住宿费标准（元/人·天）", "住宿费标准（元/人·天）"),
    ("城市", "一类人员", "二类人员", "三类人员"),
    ("杭州市", "900", "500", "400"),
    ("宁波市", "800", "450", "350"),
    ("温州市", "750", "420", "340"),
)
LODGING_MERGED = ((0, 0, 1, 0), (0, 1, 0, 3))


def lodging_notice(document: Document) -> None:
    """A notice whose rates stand in a table with merged headers."""
    for line in (
        "东湖市机关差旅费管理办法",
        "一、交通费",
        "出差人员应当按照规定等级乘坐交通工具。",
        "二、住宿费",
        "（一）标准",
        "住宿费在下列标准以内凭据报销。",
    ):
        document.add_paragraph(line)
    add_table(document, LODGING, LODGING_MERGED)
    for line in ("超过标准的部分由个人承担。", "（二）报销", "出差结束后一个月内办理报销手续。"):
        document.add_paragraph(line)
