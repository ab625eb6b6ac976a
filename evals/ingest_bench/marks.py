"""Marks of secrecy: found on every paper that bears one, and on none of thousands of ordinary documents.

The ordinary documents are laws beside the project (the first `_ORDINARY` of them) and official texts in full.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from evals.ingest_bench.marked_papers import FONT, Paper, marked_papers, unmarked_papers
from evals.ingest_bench.outlines import LAWS, laws_of
from evals.row import BenchRow
from ingest.document import make_document
from ingest.readers import read_file
from ingest.readers.file_reader import ReadText
from ingest.secrecy import describe_mark, marks_of
from kb.types import Document

# Real papers, which bear no mark: what is found there is found wrongly.
OFFICIAL = LAWS.parent.parent.parent / "official"
_ORDINARY = 2_000  # Articles of laws, which bear none either.


def rows() -> list[BenchRow]:
    """Measure; what is missing on this machine is left out and named. What was missed or held falsely goes to
    stderr."""
    if not Path(FONT).exists():
        return [BenchRow("marks of secrecy", "", "left out: install the package fonts-noto-cjk")]
    found = there = right = 0
    with tempfile.TemporaryDirectory() as name:
        for paper, document in _read(Path(name), chain(marked_papers(), unmarked_papers())):
            known = any(mark.kind == paper.kind for mark in document.marks)
            there += paper.kind is not None
            right += known
            found += bool(document.marks)
            if known != (paper.kind is not None) or (document.marks and not known):
                print(f"{paper.name}: {', '.join(map(describe_mark, document.marks)) or 'no mark'}", file=sys.stderr)
    measured = [
        BenchRow(f"marks found on {there} marked papers, recall", "1.0", f"{right / there:.4f} ({right} of {there})"),
        BenchRow(
            "papers taken for marked ones that are, precision", "1.0", f"{right / found:.4f} ({right} of {found})"
        ),
    ]
    if not LAWS.exists() or not OFFICIAL.exists():
        return [*measured, BenchRow("ordinary documents held back", "", "left out: ../shared is not here")]
    held = count = 0
    for title, read in islice(_ordinary(), _ORDINARY):
        count += 1
        marks = marks_of(read, title)
        if marks:
            held += 1
            print(f"{title}: {', '.join(map(describe_mark, marks))}", file=sys.stderr)
    return [*measured, BenchRow(f"of {count} ordinary documents held back", "3 at most", str(held))]


def _read(folder: Path, papers: Iterable[Paper]) -> Iterator[tuple[Paper, Document]]:
    for paper in papers:
        path = folder / paper.name
        path.write_bytes(paper.data)
        yield paper, make_document(path, read_file(path))


def _ordinary() -> Iterator[tuple[str, ReadText]]:
    for path in sorted(OFFICIAL.glob("*.md")):
        read = read_file(path)
        yield make_document(path, read).title, read
    for title, texts in laws_of(LAWS):
        yield title, ReadText("\n".join((title, *texts)), (), None, "text/plain")
