"""Ruled tables printed to PDF by Chromium over page breaks, their headers repeated: the cells that know what heads them."""

from __future__ import annotations

import sys
from pathlib import Path

from evals.ingest_bench.made_files import CHROMIUM, printed_page
from evals.ingest_bench.table_samples import Sample, draw
from evals.row import BenchRow
from ingest.readers.pdf import PdfReader

_TABLES = 10
_HIGH = 110  # points of a row, so that few stand on a page
_PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>x</title><style>
@page {{ size: A4; margin: 20mm }} body {{ font-family: "Noto Serif CJK SC"; font-size: 10.5pt }}
table {{ border-collapse: collapse; width: 100% }} td, th {{ border: 0.75pt solid #000; padding: 3pt; font-weight: normal }}
tr {{ break-inside: avoid }} tbody tr {{ height: {high}pt }}</style></head><body><h1>标准</h1><table>{rows}</table></body></html>"""


def rows() -> list[BenchRow]:
    """Print drawn tables and read them; cells that came out wrongly go to stderr."""
    if not CHROMIUM:
        return [BenchRow("cells of ruled tables in PDF", "", "left out: Chromium is not installed")]
    right = count = pages = 0
    for seed in range(_TABLES):
        sample = draw(seed)
        read = PdfReader().read(Path("table.pdf"), printed_page(_PAGE.format(high=_HIGH, rows=_rows(sample))))
        pages += len(read.page_starts)
        found = {
            read.text[cell.start : cell.end]: [read.text[slice(*span)] for span in cell.headers]
            for table in read.layout.tables
            for cell in table.cells
        }
        for value, heads in sample.heads.items():
            count += 1
            right += found.get(value) == heads
            if found.get(value) != heads:
                print(f"table {seed}: {value} stands under {found.get(value)}, not {heads}", file=sys.stderr)
    what = f"cells of {_TABLES} ruled tables over {pages} pages of PDF that know what heads them"
    return [BenchRow(what, "0.98", f"{right / count:.4f} ({right} of {count})")]


def _rows(sample: Sample) -> str:
    heading = min(area.row for area in sample.areas if area.text in sample.heads)
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
