"""Word files (.docx), by python-docx: paragraphs and tables in their order, numbered as Word numbers them.

What is struck out in tracking, hidden, or a field's code stays out; what is inserted is in. Text boxes follow the
paragraph that they hang on. Footnotes stand apart at the end. Nothing that the file refers to outside itself is
opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.readers.archive import check_archive
from ingest.readers.canonical import canonical
from ingest.readers.reading import ReadText
from ingest.readers.tables import GridCell, set_table
from ingest.readers.word_numbering import Numbering
from kb.errors import DocumentError
from kb.layout import Layout, Table

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LEFT_OUT = {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "tblPr", "sectPr")}
_MOST_NESTED = 20  # tables in tables


class DocxReader:
    """Reads DOCX files."""

    suffixes: tuple[str, ...] = (".docx", ".docm")
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    format_name = "a DOCX file"

    def read(self, path: Path, data: bytes) -> ReadText:
        import docx  # only such a file pays for it

        check_archive(path, data, self.format_name)
        try:
            document = docx.Document(BytesIO(data))
            text, tables = _Writer(document).write()
        except DocumentError:
            raise
        except ValueError as error:
            raise DocumentError(
                path, f"cannot be read as a DOCX file: {_words(error)}; open it in Word and save it again"
            ) from error
        except Exception as error:  # a broken file makes python-docx raise whatever its parts raise
            reason = f"is a broken or truncated DOCX file ({_words(error)})"
            raise DocumentError(path, f"{reason}; open it in Word and save it again") from error
        return ReadText(text, (), None, self.media_type, Layout(tables=tables))


class _Writer:
    """Writes the text of one document, block by block, so that the offsets of its tables are known."""

    def __init__(self, document: Any) -> None:
        self._document = document
        numbering = _part(document.part, f"{_TYPES}/numbering")
        self._numbering = Numbering(numbering, document.styles.element)
        self._footnotes = _footnotes(_part(document.part, f"{_TYPES}/footnotes"))
        self._cited: list[str] = []
        self._blocks: list[str] = []
        self._length = 0
        self._tables: list[Table] = []

    def write(self) -> tuple[str, tuple[Table, ...]]:
        self._write_blocks(self._document.element.body, 0)
        notes = [self._footnotes[number] for number in self._cited if self._footnotes.get(number)]
        for number, note in enumerate(notes, start=1):
            self._add(f"注{number}：{note}")
        return "\n".join(self._blocks), tuple(self._tables)

    def _write_blocks(self, parent: Any, depth: int) -> None:
        for element in _blocks(parent):
            if element.tag == f"{_W}p":
                self._write_paragraph(element, depth)
            elif _is_grid(element):
                self._write_table(element)
            elif depth < _MOST_NESTED:
                for cell in element.iter(f"{_W}tc"):
                    if _table_of(cell) is element:
                        self._write_blocks(cell, depth + 1)

    def _write_paragraph(self, element: Any, depth: int) -> None:
        text = _text(element)
        self._cite(element)
        if text.strip():
            marker = self._numbering.next(element.find(f"{_W}pPr"))
            for number, line in enumerate(f"{marker}{text}".split("\n")):
                if line.strip() or not number:
                    self._add(line.strip(" \t"))
        if depth < _MOST_NESTED:
            for box in _boxes(element):
                self._write_blocks(box, depth + 1)

    def _write_table(self, element: Any) -> None:
        text, table = set_table(_cells(element), self._length)
        self._cite(element)
        if text.strip(" |\n"):
            self._add(text)
            self._tables.append(table)

    def _cite(self, element: Any) -> None:
        for reference in element.iter(f"{_W}footnoteReference"):
            number = reference.get(f"{_W}id", "")
            if number not in self._cited:
                self._cited.append(number)

    def _add(self, block: str) -> None:
        block = canonical(block)
        self._blocks.append(block)
        self._length += len(block) + 1


def _blocks(parent: Any) -> Iterator[Any]:
    """Give the paragraphs and tables of a container, through content controls and tracked insertions."""
    for element in parent.iterchildren(etree.Element):
        if element.tag in (f"{_W}p", f"{_W}tbl"):
            yield element
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"):
            yield from _blocks(element)


def _text(element: Any) -> str:
    """Give what a paragraph shows."""
    return "".join(_pieces(element))


def _pieces(element: Any) -> Iterator[str]:
    for child in element.iterchildren(etree.Element):
        tag = child.tag
        if tag in _LEFT_OUT or tag == f"{_W}txbxContent":
            continue
        if tag == f"{_W}t":
            yield child.text or ""
        elif tag == f"{_W}tab":
            yield " "
        elif tag in (f"{_W}br", f"{_W}cr"):
            yield "\n" if child.get(f"{_W}type", "textWrapping") == "textWrapping" else ""
        elif tag == f"{_W}noBreakHyphen":
            yield "-"
        elif tag == f"{_MC}AlternateContent":
            yield from _pieces(_alternative(child))
        elif not (tag == f"{_W}r" and _is_hidden(child)):
            yield from _pieces(child)


def _alternative(element: Any) -> Any:
    """Choose one of two drawings of the same."""
    choice = element.find(f"{_MC}Choice")
    return (
        choice
        if choice is not None
        else element.find(f"{_MC}Fallback")
        if element.find(f"{_MC}Fallback") is not None
        else etree.Element("none")
    )


def _is_hidden(run: Any) -> bool:
    hidden = run.find(f"{_W}rPr/{_W}vanish")
    return hidden is not None and hidden.get(f"{_W}val", "1") not in ("0", "false", "off")


def _boxes(element: Any) -> Iterator[Any]:
    """Give the text boxes that hang on a paragraph, each once."""
    for box in element.iter(f"{_W}txbxContent"):
        ancestors = list(box.iterancestors())
        above = ancestors[: ancestors.index(element)]
        if not any(one.tag in (f"{_MC}Fallback", f"{_W}txbxContent") for one in above):
            yield box


def _is_grid(table: Any) -> bool:
    """Say whether a table holds data: several cells, and no table in it."""
    return table.find(f".//{_W}tbl") is None and sum(1 for _ in table.iter(f"{_W}tc")) > 1


def _table_of(cell: Any) -> Any:
    return next(cell.iterancestors(f"{_W}tbl"))


def _cells(table: Any) -> Iterator[GridCell]:
    """Give the cells of a table; what is merged downwards comes once with its rows."""
    open_cells: dict[int, list[Any]] = {}
    found: list[list[Any]] = []
    rows = [row for row in table.iter(f"{_W}tr") if row.find(f"{_W}trPr/{_W}del") is None]
    for number, row in enumerate(rows):
        column = int(_property(row, "trPr", "gridBefore") or 0)
        heads = row.find(f"{_W}trPr/{_W}tblHeader") is not None
        for cell in row.iter(f"{_W}tc"):
            columns = min(int(_property(cell, "tcPr", "gridSpan") or 1), 1000)
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            continues = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            if continues and column in open_cells:
                open_cells[column][3] = number - open_cells[column][0] + 1
            else:
                text = " ".join(_text(paragraph) for paragraph in cell.iter(f"{_W}p"))
                entry = [number, column, canonical(text), 1, columns, heads]
                found.append(entry)
                open_cells[column] = entry
            column += columns
    for row_number, column, text, height, columns, heads in found:
        yield GridCell(row_number, column, text, height, columns, heads)


def _property(element: Any, group: str, name: str) -> str | None:
    found = element.find(f"{_W}{group}/{_W}{name}")
    value = None if found is None else found.get(f"{_W}val")
    return value if value and value.isdigit() else None


def _part(part: Any, kind: str) -> Any | None:
    """Parse a part that the document refers to; None where there is none."""
    for relation in part.rels.values():
        if relation.reltype == kind and not relation.is_external:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            return etree.fromstring(relation.target_part.blob, parser)
    return None


def _footnotes(part: Any | None) -> dict[str, str]:
    if part is None:
        return {}
    return {
        note.get(f"{_W}id", ""): " ".join(" ".join(_text(p) for p in note.iter(f"{_W}p")).split())
        for note in part.iterchildren(f"{_W}footnote")
        if note.get(f"{_W}type", "normal") == "normal"
    }


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
