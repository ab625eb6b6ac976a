"""Word (.docx): paragraphs and tables in their order, with the numbers that Word generates.

The text is what Word shows once every change is accepted: what was inserted is there, what was deleted or is hidden
is not. Text boxes follow the paragraph that they hang on; footnotes and endnotes stand apart at the end.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from ingest.readers.archive import check_archive, check_document_types
from ingest.readers.canonical import canonical
from ingest.readers.file_reader import ReadText, Unread
from ingest.readers.furniture import furniture
from ingest.readers.grid import GridCell
from ingest.readers.office_parts import with_files_as_parts
from ingest.readers.office_properties import property_asides
from ingest.readers.strict_office import as_transitional
from ingest.readers.tables import moved, set_table
from ingest.readers.word_asides import word_asides, word_unread
from ingest.readers.word_imports import imported
from ingest.readers.word_numbering import Element, W, WordNumbering, small_number, switched_on
from ingest.readers.word_runs import WordRuns, parse_part
from kb.errors import DocumentError, TableSizeError
from kb.layout import Layout, PlacedTable

_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MOST_NESTED = 20  # tables and text boxes in one another
_MOST_IMPORTS = 3  # Word files that are a part of one another
_NOTES = (
    (f"{_TYPES}/footnotes", "footnote", "注"),
    (f"{_TYPES}/endnotes", "endnote", "尾注"),
)


class DocxReader:
    """Reads DOCX files."""

    suffixes: tuple[str, ...] = (".docx", ".docm")
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    format_name = "a DOCX file"

    def __init__(self, imports: int = 0) -> None:
        self._imports = imports  # how many Word files this one is a part of

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give body, tables, notes and numbers as Word shows them; comments, headers and properties are asides. Raise
        DocumentError."""
        import docx  # only such a file pays for it

        with check_archive(path, data, self.format_name) as archive:
            check_document_types(path, archive)
        try:
            data = with_files_as_parts(as_transitional(data))
            part = docx.Document(BytesIO(data)).part
            text, tables, unread = _WordText(path, part, self._imports).written()
            asides = (*word_asides(part), *property_asides(zipfile.ZipFile(BytesIO(data))))
        except TableSizeError as error:
            raise error.of_file(path) from error
        except ValueError as error:
            raise DocumentError.of("docx_unusable", file=path, cause=_words(error)) from error
        except Exception as error:  # a broken file makes python-docx raise whatever its parts raise
            raise DocumentError.of("docx_broken", file=path, cause=_words(error)) from error
        return ReadText(
            text, (), None, self.media_type, Layout(tables=tables), asides=asides, unread=(*unread, *furniture(asides))
        )


class _WordText:
    """The text of one document in the making."""

    def __init__(self, path: Path, part: Any, imports: int) -> None:
        self._path = path
        self._part = part
        self._imports = imports
        styles = self._related(f"{_TYPES}/styles")
        self._numbering = WordNumbering(self._related(f"{_TYPES}/numbering"), styles)
        self._runs = WordRuns(part, styles)
        self._pieces: list[str] = []
        self._tables: list[PlacedTable] = []
        self._length = 0
        self._unread: list[Unread] = []
        self._carried = ""  # the text of a paragraph whose end was deleted

    def written(self) -> tuple[str, tuple[PlacedTable, ...], tuple[Unread, ...]]:
        self._write_blocks(self._part.element.body, 0)
        self._flush()
        for kind, name, label in _NOTES:
            notes = {one.get(f"{W}id"): one for one in self._children_of(self._related(kind), name)}
            for number, which in enumerate(self._runs.notes[name], 1):
                if which in notes and (words := " ".join(self._lines(notes[which]))):
                    self._write_lines(f"{label}{number}：{words}")
        hidden = (Unread("hidden", count=self._runs.hidden),) if self._runs.hidden else ()
        return "\n".join(self._pieces), tuple(self._tables), (*self._unread, *hidden, *word_unread(self._part))

    def _related(self, kind: str) -> Element | None:
        """Give the root of a part that belongs to the document; None where it has none."""
        try:
            part = self._part.part_related_by(kind)
        except KeyError:
            return None
        return parse_part(part)

    @staticmethod
    def _children_of(element: Element | None, name: str) -> list[Element]:
        return [] if element is None else list(element.iterchildren(f"{W}{name}"))

    def _write_blocks(self, parent: Element, depth: int) -> None:
        for block in _blocks(parent):
            if block.tag == f"{W}tbl":
                self._write_table(block, depth)
                continue
            if block.tag == f"{W}altChunk":
                self._write_import(block)
                continue
            words = self._carried + self._paragraph(block)
            if block.find(f"{W}pPr/{W}rPr/{W}del") is not None:
                self._carried = words
                continue
            self._carried = ""
            self._write_lines(words)
            self._write_boxes(depth)

    def _write_import(self, block: Element) -> None:
        """Write a part that is read as a file of its own where Word opens the document."""
        self._flush()
        relation = self._part.rels.get(block.get(f"{_RELATIONS}id"))
        if relation is None or relation.is_external:
            self._unread.append(Unread("part", relation.target_ref if relation else "altChunk"))
            return
        nested = DocxReader(self._imports + 1).read
        found = imported(self._path, relation.target_part, nested) if self._imports < _MOST_IMPORTS else Unread("part")
        if isinstance(found, Unread):
            self._unread.append(found)
        elif found.text.strip():
            text = found.text.rstrip("\n")
            self._tables += (moved(table, self._length) for table in found.layout.tables)
            self._add(text)
            self._unread += found.unread

    def _flush(self) -> None:
        self._write_lines(self._carried)
        self._carried = ""

    def _write_lines(self, words: str) -> None:
        for line in canonical(words).split("\n"):
            if line.strip():
                self._add(line.strip())

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece) + 1

    def _write_boxes(self, depth: int) -> None:
        boxes, self._runs.boxes = self._runs.boxes, []
        for box in boxes if depth < _MOST_NESTED else ():
            self._write_blocks(box, depth + 1)

    def _write_table(self, table: Element, depth: int) -> None:
        """Write a table; one with a single column, or with tables in it, is a frame around its paragraphs."""
        self._flush()
        rows = [row for row in _rows(table) if row.find(f"{W}trPr/{W}del") is None]
        if table.find(f".//{W}tbl") is not None or all(len(list(_row_cells(row))) <= 1 for row in rows):
            for row in rows if depth < _MOST_NESTED else ():
                for cell in _row_cells(row):
                    self._write_blocks(cell, depth + 1)
            return
        text, laid = set_table(self._grid(rows), self._length)
        if laid.cells:
            self._tables.append(laid)
            self._add(text)
        self._write_boxes(depth)

    def _grid(self, rows: list[Element]) -> list[GridCell]:
        """Give the cells; what is merged downwards comes once with its rows. Rows without words are left out."""
        found: list[GridCell] = []
        open_cells: dict[int, int] = {}  # by column, which cell may go on below
        number = 0
        for row in rows:
            column = small_number(row.find(f"{W}trPr/{W}gridBefore"), 0)
            heads = switched_on(row.find(f"{W}trPr/{W}tblHeader"))
            begun: list[GridCell] = []
            still: dict[int, int] = {}
            for cell in _row_cells(row):
                columns = max(small_number(cell.find(f"{W}tcPr/{W}gridSpan"), 1), 1)
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None and merge.get(f"{W}val", "continue") == "continue" and column in open_cells:
                    still[column] = open_cells[column]
                else:
                    if merge is not None:
                        still[column] = len(found) + len(begun)
                    begun.append(GridCell(number, column, canonical(" ".join(self._lines(cell))), 1, columns, heads))
                column += columns
            if any(cell.text.strip() for cell in begun) or any(
                found[at].text for at in still.values() if at < len(found)
            ):
                for at in still.values():
                    if at < len(found):
                        found[at] = replace(found[at], rows=number - found[at].row + 1)
                found += begun
                open_cells = still
                number += 1
        return found

    def _lines(self, parent: Element) -> list[str]:
        """Give the paragraphs of a cell or a note that say something."""
        return [line for block in _blocks(parent) if (line := self._paragraph(block)).strip()]

    def _paragraph(self, paragraph: Element) -> str:
        number = self._numbering.number(paragraph.find(f"{W}pPr"))
        return number + self._runs.words(paragraph)


def _blocks(parent: Element) -> Iterator[Element]:
    """Give the paragraphs, tables and imported parts below an element, also those that something is wrapped around."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl", f"{W}altChunk"):
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag"):
            yield from _blocks(child)


def _rows(table: Element) -> Iterator[Element]:
    return _wrapped(table, f"{W}tr")


def _row_cells(row: Element) -> Iterator[Element]:
    return _wrapped(row, f"{W}tc")


def _wrapped(parent: Element, tag: str) -> Iterator[Element]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"):
            yield from _wrapped(child, tag)


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
