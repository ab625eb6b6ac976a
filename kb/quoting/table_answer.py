"""Answers from tables: the rows that are asked for, the cell in each, and the header that says what it is.

A question that names values of cells (2031年1月) asks for the rows that hold one of each column; where it asks for
several (哪些) all are told, where it asks for a total (一共多少) their figures are added up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from kb.index.records import Records, clause_at
from kb.layout import Cell, Layout, PlacedTable
from kb.quoting.citing import Citer
from kb.text.fold import fold_text
from kb.text.names import normal_name
from kb.text.terms import bigrams
from kb.types import Citation, Statement

_SEVERAL = re.compile(r"哪些|哪几|列出|分别|有几|都有")  # Several rows are asked for.
_TOTAL = re.compile(r"一共|总共|合计|总计|累计|共计|总额|总数|加起来")  # Their figures are to be added up.
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")  # With the commas of thousands, which are taken out before adding.
# The clause id of a row: `#…t2.r5`, or `r5~2` for the second part of a long one.
_ROW = re.compile(r"(?P<table>.*[#.]t\d+)\.r\d+(?:~\d+)?$")


def header_of(clause_id: str) -> str | None:
    """Give the id of the clause that holds the header rows above a row of a table; None for any other clause.

    >>> header_of("hz-1#2.1.t1.r3"), header_of("hz-1#2.1")
    ('hz-1#2.1.t1', None)
    """
    row = _ROW.match(clause_id)
    return row["table"] if row else None


def rows_asked(question: str, best: Citation, citer: Citer, records: Records) -> tuple[Citation, ...]:
    """Give the rows of the table of the `best` row that hold what the question names; the best alone where it asks for
    one."""
    layout, text = records.layout(best.doc_id), records.document(best.doc_id).text
    table = next((t for t in layout.tables if t.start <= best.start < t.end), None)
    if table is None or not (_SEVERAL.search(fold_text(question)) or _TOTAL.search(fold_text(question))):
        return (best,)
    rows = rows_named(question, table, text)
    starts = sorted(min(cell.start for cell in table.cells if cell.row == row) for row in rows)
    clauses = [clause_at(records.clauses(best.doc_id), start) for start in starts]
    document = records.document(best.doc_id)
    return tuple(citer.cite(document, c.start, c.end, n, c.clause_id) for n, c in enumerate(clauses, 1)) or (best,)


def rows_named(question: str, table: PlacedTable, text: str) -> set[int]:
    """Give the numbers of the rows that hold all values which a question names, one of each column; none where it names
    none."""
    asked = normal_name(question)
    named: dict[int, set[int]] = {}
    for cell in table.cells:
        value = normal_name(text[cell.start : cell.end])
        if cell.row >= table.header_rows and len(value) > 1 and _names(asked, value):
            named.setdefault(cell.column, set()).add(cell.row)
    return set.intersection(*named.values()) if named else set()


def row_as_read(table: PlacedTable, text: str, start: int, end: int) -> str:
    """Give text[start:end], a row, as a sentence: what the headers of each cell say of it (一类人员：900；), for a
    reader of prose."""
    told = []
    for cell in table.cells:
        if start <= cell.start and cell.end <= end and cell.start < cell.end:
            above = [text[a:b] for a, b in cell.headers if b <= start]
            told.append(f"{'，'.join(above)}：{text[cell.start : cell.end]}" if above else text[cell.start : cell.end])
    return "；".join(dict.fromkeys(told)) + "。" if told else text[start:end]


def _names(asked: str, value: str) -> bool:
    """Say whether a question names the value of a cell; 20 is not named by 2031."""
    before, after = (r"(?<!\d)" if value[0].isdigit() else ""), (r"(?!\d)" if value[-1].isdigit() else "")
    return re.search(f"{before}{re.escape(value)}{after}", asked) is not None


def total_of(question: str, rows: Sequence[Citation], records: Records) -> Statement | None:
    """Add up the figures of the column that a question asks to be added up; None where it asks for none, or one is no
    figure."""
    if len(rows) < 2 or not _TOTAL.search(fold_text(question)):
        return None
    layout, text = records.layout(rows[0].doc_id), records.document(rows[0].doc_id).text
    cells = [cell_asked(question, layout, text, row.start, row.end) for row in rows]
    figures = [_FIGURE.fullmatch(fold_text(text[slice(*cell)]).strip()) if cell else None for cell in cells]
    values = [Decimal(figure[0].replace(",", "")) for figure in figures if figure]
    if len(values) < len(rows):
        return None
    told = "＋".join(f"{value:f}" for value in values)
    return Statement(f"{told}＝{sum(values):f}。", tuple(row.number for row in rows))


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
    total = total_of(question, rows, records)
    return (*([total] if total else []), *statements), (*rows, *heads.values())


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
