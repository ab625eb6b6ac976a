"""The days of the laws in `../shared/official`: issued, amended and effective, against what was read by hand from their
notes and last articles."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from evals.ingest_bench.marks import OFFICIAL
from evals.row import BenchRow
from ingest.document import make_document
from ingest.readers import read_file

_TRUTH = Path(__file__).parent.parent / "data" / "law_days.tsv"


def rows() -> list[BenchRow]:
    """Measure; what is wrong goes to stderr. A day that a file does not tell is no day."""
    if not OFFICIAL.exists():
        return [BenchRow("days of laws", "", "left out: ../shared/official is not here")]
    right = count = 0
    with _TRUTH.open(encoding="utf-8", newline="") as file:
        for law in csv.DictReader(file, delimiter="\t"):
            path = OFFICIAL / f"{law['file']}.md"
            document = make_document(path, read_file(path))
            days = {
                name: day.iso if (day := getattr(document, name)) else "" for name in ("issued", "amended", "effective")
            }
            count += 1
            right += all(law[name] == day for name, day in days.items())
            if any(law[name] != day for name, day in days.items()):
                print(f"{law['file']}: {days}", file=sys.stderr)
    return [BenchRow(f"of {count} laws issued, amended and effective on the right days", "all", str(right))]
