"""The units that passages are read as: a clause with its headings, or a row of a table in words.

A passage that is longer than a unit goes on in those behind it; a row is told under the header of its table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from kb.index.records import Records
from kb.layout import PlacedTable
from kb.quoting.table_answer import header_of, row_as_read, rows_named
from kb.reading.units import Unit, is_heading, unit_of
from kb.types import Hit, Passage


class PassageUnits:
    """The documents of one snapshot, cut into what is read."""

    def __init__(self, records: Records) -> None:
        self.document = lru_cache(maxsize=256)(records.document)
        self.clause = lru_cache(maxsize=4096)(records.clause)
        self.clauses = lru_cache(maxsize=256)(records.clauses)
        self._layout = lru_cache(maxsize=256)(records.layout)
        self.of = lru_cache(maxsize=4096)(self._of)

    def windows(self, hit: Hit) -> Iterator[tuple[Unit, Hit]]:
        """Give the unit that a passage begins in, and those that it goes on in where it is longer than one, each with
        the part found there."""
        text = self.document(hit.passage.doc_id).text
        while True:
            unit = self.of(hit.passage)
            yield unit, hit
            if not text[unit.end : hit.passage.end].strip():
                return
            hit = replace(hit, passage=replace(hit.passage, start=unit.end))

    def is_title(self, unit: Unit) -> bool:
        """Say whether a unit is a line that names what follows and says nothing itself."""
        text = self.document(unit.doc_id).text
        return (
            not unit.told and "\n" not in text[unit.start : unit.end].strip() and is_heading(text, unit.start, unit.end)
        )

    def is_row_named(self, question: str, unit: Unit) -> bool | None:
        """Say whether a unit is a row of a table that the question names by its cells; None where it names none of the
        table, or it is no row."""
        table = self._table_of(unit.doc_id, unit.start) if unit.told else None
        named = rows_named(question, table, self.document(unit.doc_id).text) if table else set()
        if table is None or not named:
            return None
        return any(unit.start <= cell.start < unit.end and cell.row in named for cell in table.cells)

    def _of(self, passage: Passage) -> Unit:
        document = self.document(passage.doc_id)
        table = self._table_of(passage.doc_id, passage.start) if header_of(passage.clause_id) else None
        if table is not None:
            told = row_as_read(table, document.text, passage.start, passage.end)
            headings = self.clause(header_of(passage.clause_id) or passage.clause_id).headings
            return Unit(passage.doc_id, passage.start, passage.end, headings[:-1], "", told)
        return unit_of(passage, document, self.clauses(passage.doc_id))

    def _table_of(self, doc_id: str, start: int) -> PlacedTable | None:
        return next((t for t in self._layout(doc_id).tables if t.start <= start < t.end), None)
