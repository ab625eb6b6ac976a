"""Writes a text out of lines, tables and texts that were read before, and keeps the places of the tables."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.readers.canonical import canonical
from ingest.readers.file_reader import ReadText, Unread
from ingest.readers.grid import GridCell
from ingest.readers.tables import moved, set_table
from kb.layout import Layout, PlacedTable


class TextWriter:
    """A text in the making; a line without words is left out."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._tables: list[PlacedTable] = []
        self._length = 0
        self.unread: list[Unread] = []

    def write(self, words: str) -> None:
        """Write a line."""
        for line in canonical(words).split("\n"):
            if line.strip():
                self._add(line.strip())

    def write_table(self, cells: Iterable[GridCell]) -> None:
        """Write a table; raise TableSizeError where it is too large."""
        text, table = set_table(cells, self._length)
        if table.cells:
            self._tables.append(table)
            self._add(text)

    def write_read(self, read: ReadText) -> None:
        """Write what another reader gave."""
        if text := read.text.strip("\n"):
            skipped = len(read.text) - len(read.text.lstrip("\n"))
            self._tables += (moved(table, self._length - skipped) for table in read.layout.tables)
            self._add(text)
        self.unread += read.unread

    def written(self, media_type: str, title: str | None = None) -> ReadText:
        """Give what was written as the reading of a file."""
        layout = Layout(tables=tuple(self._tables))
        return ReadText("\n".join(self._pieces), (), None, media_type, layout, unread=tuple(self.unread), title=title)

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece) + 1
