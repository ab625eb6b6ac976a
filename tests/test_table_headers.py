"""Every value of a table with merged headers knows what heads it, whatever the format of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evals.ingest_bench.table_samples import Sample, docx_of, draw, html_of, xlsx_of
from ingest.readers import read_file


@pytest.mark.parametrize(("suffix", "written"), [("docx", docx_of), ("xlsx", xlsx_of), ("html", html_of)])
def test_values_below_merged_headers_know_all_that_heads_them(
    suffix: str, written: Callable[[Sample], bytes], tmp_path: Path
) -> None:
    right = count = 0
    wrong: list[str] = []
    for seed in range(40):
        sample = draw(seed)
        path = tmp_path / f"{seed}.{suffix}"
        path.write_bytes(written(sample))
        read = read_file(path)
        found = {
            read.text[cell.start : cell.end]: [read.text[slice(*span)] for span in cell.headers]
            for table in read.layout.tables
            for cell in table.cells
        }
        for value, heads in sample.heads.items():
            count += 1
            right += found.get(value) == heads
            if found.get(value) != heads:
                wrong.append(f"seed {seed}: {value} is headed by {heads}, not by {found.get(value)}")
    assert count > 400
    assert right / count >= 0.99, wrong[:5]
