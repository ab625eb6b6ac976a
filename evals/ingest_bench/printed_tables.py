"""Ruled tables over page breaks, their headers repeated: the cells that know what heads them, printed to PDF by
Chromium and drawn as OFD."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from evals.ingest_bench.made_files import CHROMIUM, printed_page
from evals.ingest_bench.ofd_sample import Rule, ofd_of_lines
from evals.ingest_bench.table_samples import Sample, draw
from evals.ingest_bench.typesetting import SetLine
from evals.row import BenchRow
from ingest.readers.file_reader import ReadText
from ingest.readers.ofd import OfdReader
from ingest.readers.pdf import PdfReader

_TABLES = 10
_ROW, _COLUMN = 20, 74  # points
_HIGH = 110  # points of a row, so that few stand on a page
_PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>x</title><style>
@page {{ size: A4; margin: 20mm }} body {{ font-family: "Noto Serif CJK SC"; font-size: 10.5pt }}
table {{ border-collapse: collapse; width: 100% }} td, th {{ border: 0.75pt solid #000; padding: 3pt; font-weight: normal }}
tr {{ break-inside: avoid }} tbody tr {{ height: {high}pt }}</style></head><body><h1>标准</h1><table>{rows}</table></body></html>"""


def rows() -> list[BenchRow]:
    """Write drawn tables and read them; cells that came out wrongly go to stderr."""
    samples = [draw(seed) for seed in range(_TABLES)]
    measured = [_measure("OFD", samples, [OfdReader().read(Path("table.ofd"), _ofd(sample)) for sample in samples])]
    if not CHROMIUM:
        return [*measured, BenchRow("cells of ruled tables in PDF", "", "left out: Chromium is not installed")]
    pages = (printed_page(_PAGE.format(high=_HIGH, rows=_rows(sample))) for sample in samples)
    return [*measured, _measure("PDF", samples, [PdfReader().read(Path("table.pdf"), page) for page in pages])]


def _measure(kind: str, samples: Sequence[Sample], readings: Sequence[ReadText]) -> BenchRow:
    right = count = 0
    for number, (sample, read) in enumerate(zip(samples, readings, strict=True)):
        found = {
            read.text[cell.start : cell.end]: [read.text[slice(*span)] for span in cell.headers]
            for table in read.layout.tables
            for cell in table.cells
        }
        for value, heads in sample.heads.items():
            count += 1
            right += found.get(value) == heads
            if found.get(value) != heads:
                print(f"{kind} table {number}: {value} stands under {found.get(value)}, not {heads}", file=sys.stderr)
    pages = sum(len(read.page_starts) for read in readings)
    what = f"cells of {len(samples)} ruled tables over {pages} pages of {kind} that know what heads them"
    return BenchRow(what, "0.98", f"{right / count:.4f} ({right} of {count})")


def _heading(sample: Sample) -> int:
    """Count the rows of headers."""
    return min(area.row for area in sample.areas if area.text in sample.heads)


def _ofd(sample: Sample) -> bytes:
    """Draw a table on two pages, cut in the middle of its rows, the headers on both; a cell that is cut has its words
    on the first."""
    heading = _heading(sample)
    middle = heading + (sample.rows - heading) // 2
    pages: list[list[SetLine]] = []
    rules: list[list[Rule]] = []
    for start, end in ((heading, middle), (middle, sample.rows)):
        shown = [*range(heading), *range(start, end)]
        places = {row: 60 + _ROW * at for at, row in enumerate(shown)}
        lines: list[SetLine] = []
        drawn: list[Rule] = []
        for area in sample.areas:
            own = [row for row in range(area.row, area.row + area.rows) if row in places]
            if not own:
                continue
            x0, x1 = (40 + _COLUMN * column for column in (area.column, area.column + area.columns))
            y0, y1 = places[own[0]], places[own[-1]] + _ROW
            drawn += ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))
            if area.row in places:
                lines.append(SetLine(area.text, x0 + 3, y0 + 14, 7))
        pages.append(sorted(lines, key=lambda line: (line.y, line.x)))
        rules.append(drawn)
    return ofd_of_lines(pages, rules=rules)


def _rows(sample: Sample) -> str:
    heading = _heading(sample)
    written = [
        "".join(
            f'<td rowspan="{area.rows}" colspan="{area.columns}">{area.text}</td>'
            for area in sorted(sample.areas, key=lambda area: area.column)
            if area.row == row
        )
        for row in range(sample.rows)
    ]
    head, body = ("".join(f"<tr>{row}</tr>" for row in some) for some in (written[:heading], written[heading:]))
    return f"<thead>{head}</thead><tbody>{body}</tbody>"
