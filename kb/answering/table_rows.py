"""Answers from tables: the row that is quoted, the cell that is asked for, and the header that says what it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.answering.citing import Citer
from kb.index.records import Records
from kb.layout import Cell, Layout
from kb.text.terms import bigrams
from kb.types import Citation, Statement

_ROW = re.compile(r"(?P<table>.*[#.]t\d+)\.r\d+(?:~\d+)?$")


def header_of(clause_id: str) -> str | None:
    """Give the id of the clause that holds the header rows above a row of a table; None for any other clause.

    >>> header_of("hz-1#2.1.t1.r3"), header_of("hz-1#2.1")
    ('hz-1#2.1.t1', None)
    """
    row = _ROW.match(clause_id)
    return row["table"] if row else None


def tell_rows(
    question: str, rows: Sequence[Citation], citer: Citer, records: Records
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Make statements of quoted rows, each held by the row and by the header of its table; what stands out is the cell
    that is asked for."""
    heads: dict[str, Citation] = {}
    statements = []
    for row in rows:
        document = records.document(row.doc_id)
        head = next((c for c in records.clauses(row.doc_id) if c.clause_id == header_of(row.clause_id)), None)
        if head and head.clause_id not in heads:
            number = len(rows) + len(heads) + 1
            heads[head.clause_id] = citer.cite(document, head.start, head.end, number, head.clause_id)
        cell = cell_asked(question, records.layout(row.doc_id), document.text, row.start, row.end)
        focus = (cell[0] - row.start, cell[1] - row.start) if cell else None
        cited = (row.number, heads[head.clause_id].number) if head else (row.number,)
        statements.append(Statement(row.quote, cited, focus))
    return tuple(statements), (*rows, *heads.values())


def cell_asked(question: str, layout: Layout, text: str, start: int, end: int) -> tuple[int, int] | None:
    """Give the span of the cell of text[start:end], a row, whose headers are most in the words of the question; None
    where no cell stands out."""
    asked = frozenset(bigrams(question))
    cells = [cell for table in layout.tables for cell in table.cells if start <= cell.start and cell.end <= end]
    naming = {span for cell in cells for span in cell.headers}
    scored = sorted(
        ((_shared(asked, cell, text), cell) for cell in cells if (cell.start, cell.end) not in naming),
        key=lambda item: -item[0],
    )
    if not scored or scored[0][0] == 0 or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return scored[0][1].start, scored[0][1].end


def _shared(asked: frozenset[str], cell: Cell, text: str) -> int:
    told = frozenset(pair for first, last in cell.headers for pair in bigrams(text[first:last]))
    return len(asked & told)
