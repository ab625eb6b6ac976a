"""Clauses found with the right label path: over the golden documents, and over the articles of real laws.

The laws are a list of articles without their outline. What is known of each is the number that it begins with
(第十二条), so its text has to begin a clause of that label, after the articles were put together again.
"""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from evals.row import BenchRow
from ingest.formalities import with_formalities
from ingest.header import read_header
from ingest.outline import parse_outline
from ingest.passages import cut_passages
from ingest.readers.canonical import canonical
from ingest.readers.plain_text import TextReader

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "outlines"  # Read and corrected by hand.
# Articles whose numbers are known: an outline is right where it finds all of them, and no other.
LAWS = ROOT.parent / "shared" / "benchmarks" / "laws" / "articles.jsonl.gz"
_ARTICLE = re.compile(r"\s*(第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?)(?=\s)")


def rows() -> list[BenchRow]:
    """Measure; without the laws, those rows are left out and named."""
    found, there, shapes = golden_clauses()
    measured = [
        BenchRow(f"clauses of {shapes} golden documents with id, label and place", "0.99", _share(found, there))
    ]
    if not LAWS.exists():
        return [*measured, BenchRow("articles of laws", "0.99", "left out: ../shared/benchmarks/laws is not here")]
    right, articles, seconds, size = law_articles(LAWS)
    return [
        *measured,
        BenchRow(f"{articles} articles of laws that begin a clause of their number", "0.99", _share(right, articles)),
        BenchRow("plain text, parse to passages, one process", "5 MB/s", f"{size / seconds / 1e6:.1f} MB/s"),
    ]


def golden_clauses() -> tuple[int, int, int]:
    """Count the recorded clauses that are found, all that are recorded or found, and the documents."""
    found = there = 0
    paths = sorted(GOLDEN.glob("*.txt"))
    for path in paths:
        text = path.read_text("utf-8")
        expected = set(path.with_suffix(".outline").read_text("utf-8").splitlines())
        clauses = parse_outline("d", text, read_header(text).blocks)
        given = {
            f"{c.clause_id.split('#')[1]}\t{c.label}\t{text[c.start : c.end].splitlines()[0][:16]}" for c in clauses
        }
        found += len(expected & given)
        there += len(expected | given)
    return found, there, len(paths)


def law_articles(path: Path) -> tuple[int, int, float, int]:
    """Count the articles found under their number and all articles; give the processor seconds and bytes as well."""
    right = articles = size = 0
    seconds = 0.0
    for title, texts in laws_of(path):
        text = "\n".join((title, *texts))
        data = text.encode()
        size += len(data)
        began = time.process_time()
        text = TextReader().read(path, data).text
        clauses = parse_outline("law", text, with_formalities(text, read_header(text)).blocks)
        cut_passages(title, text, clauses)
        seconds += time.process_time() - began
        labels = {clause.start: clause.label for clause in clauses}
        at = len(title) + 1
        for article in texts:
            number = _ARTICLE.match(article)
            if number:
                articles += 1
                right += re.match(rf"{number[1]}(?!之)", labels.get(at, "")) is not None
            at += len(article) + 1
    return right, articles, seconds, size


def laws_of(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Give the title of every law and the texts of its articles."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for title, entries in groupby(map(json.loads, lines), key=lambda entry: entry["title"]):
            yield canonical(title), [canonical(entry["text"]) for entry in entries]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f} ({part} of {whole})"
