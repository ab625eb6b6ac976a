"""Slides (.pptx) by python-pptx: the words of every slide in its order, shapes from top to bottom, tables as tables.

Pictures, charts, embedded files, hidden slides and the speaker's notes are named as not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.readers.archive import check_archive, check_document_types
from ingest.readers.file_reader import ReadText, Unread, UnreadKind
from ingest.readers.grid import GridCell
from ingest.readers.office_properties import property_asides
from ingest.readers.strict_office import as_transitional
from ingest.readers.text_writer import TextWriter
from kb.errors import DocumentError, TableSizeError

_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_NAME = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MOST_NESTED = 20  # groups within groups, as a bound for a file that nests them to no end
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_KINDS: dict[str, UnreadKind] = {"PICTURE": "picture", "LINKED_PICTURE": "picture", "EMBEDDED_OLE_OBJECT": "embedded", "CHART": "chart"}  # fmt: skip


class SlidesReader:
    """Reads PPTX files."""

    suffixes: tuple[str, ...] = (".pptx", ".pptm", ".ppsx")
    media_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    format_name = "a PPTX file"

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give slide after slide, titles as headings, tables as tables; properties are asides. Raise DocumentError."""
        from pptx import Presentation  # only such a file pays for it

        archive = check_archive(path, data, self.format_name)
        check_document_types(path, archive)
        writer = TextWriter()
        try:
            for number, slide in enumerate(Presentation(BytesIO(as_transitional(data))).slides, 1):
                _write_slide(writer, slide, number)
            asides = tuple(property_asides(archive))
        except TableSizeError as error:
            raise error.of_file(path) from error
        except Exception as error:  # a broken file makes python-pptx raise whatever its parts raise
            words = " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
            raise DocumentError.of("office_broken", file=path, name="PPTX file", cause=words) from error
        return replace(writer.written(self.media_type), asides=asides)


def _write_slide(writer: TextWriter, slide: Any, number: int) -> None:
    if slide._element.get("show") == "0":
        writer.unread.append(Unread("hidden", page=number))
        return
    for shape in _in_order(slide.shapes):
        _write_shape(writer, slide, shape, number, 0)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame and slide.notes_slide.notes_text_frame.text.strip():
        writer.unread.append(Unread("comment", page=number))


def _in_order(shapes: Iterable[Any]) -> list[Any]:
    """Give shapes from top to bottom, the title first; those without a place stand where their layout puts them,
    first."""
    listed = list(shapes)
    return sorted(listed, key=lambda shape: (not _is_title(shape), shape.top or 0, shape.left or 0))


def _is_title(shape: Any) -> bool:
    return (
        bool(shape.is_placeholder)
        and "TITLE" in str(shape.placeholder_format.type)
        and "SUB" not in str(shape.placeholder_format.type)
    )


def _write_shape(writer: TextWriter, slide: Any, shape: Any, number: int, depth: int) -> None:
    if hasattr(shape, "shapes"):
        for inner in _in_order(shape.shapes) if depth < _MOST_NESTED else ():
            _write_shape(writer, slide, inner, number, depth + 1)
    elif getattr(shape, "has_table", False):
        writer.write_table(_cells(shape.table))
    elif shape.has_text_frame:
        for paragraph in shape.text_frame.paragraphs:
            writer.write("".join("\n" if run is None else run for run in _runs(paragraph)))
    else:
        for words in _diagram_words(slide, shape):
            writer.write(words)
        kind = _KINDS.get(str(shape.shape_type).partition(" ")[0])
        if kind is not None:
            writer.unread.append(Unread(kind, page=number))


def _runs(paragraph: Any) -> Iterator[str | None]:
    """Give the words of a paragraph, None for a line break."""
    for child in paragraph._p:
        if child.tag == f"{_NAME}br":
            yield None
        elif child.tag in (f"{_NAME}r", f"{_NAME}fld"):
            yield "".join(one.text or "" for one in child.iter(f"{_NAME}t"))


def _cells(table: Any) -> Iterator[GridCell]:
    heads = bool(table.first_row)
    for row, cells in enumerate(table.rows):
        for column, cell in enumerate(cells.cells):
            if not cell.is_spanned:
                rows, columns = (cell.span_height, cell.span_width) if cell.is_merge_origin else (1, 1)
                yield GridCell(row, column, cell.text, rows, columns, heads and row == 0)


def _diagram_words(slide: Any, shape: Any) -> Iterator[str]:
    """Give the points of a diagram (SmartArt)."""
    for named in shape._element.iter(f"{_DIAGRAM}relIds"):
        root = etree.fromstring(slide.part.related_part(named.get(f"{_RELATIONS}dm")).blob, _PARSER)
        for point in root.iter(f"{_DIAGRAM}pt"):
            yield "".join(one.text or "" for one in point.iter(f"{_NAME}t"))
