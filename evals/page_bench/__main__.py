"""`make bench-pages`: the pages in a real browser over the corpus, beside the marks to reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from evals.page_bench import first_statement, lighthouse, long_views, weight
from evals.page_bench.chromium import chromium
from evals.policy import read_questions
from evals.row import BenchRow
from evals.served import served
from ingest.bars import Bars
from ingest.ingestion import IngestionSettings, ingest
from kb.index.encoder import open_encoder

_QUESTIONS = 30  # Enough for a median that the machine's other work does not move.


def main() -> None:
    """Measure and print."""
    table = Table("what", "mark", "measured")
    for row in _rows():
        table.add_row(row.what, row.mark, row.measured)
    Console(width=130).print(table)


def _rows() -> Iterator[BenchRow]:
    asked = [
        q.query.text for q in read_questions(Path("evals/data/policy")) if q.split == "dev" and not q.query.previous
    ]
    questions = asked[:: max(len(asked) // _QUESTIONS, 1)][:_QUESTIONS]
    with TemporaryDirectory() as folder:
        long = Path(folder) / "long-directory.txt"
        long_views.write_long_document(long)
        index = Path(folder) / "index"
        ingest([Path("corpus"), long], index, IngestionSettings(open_encoder(), unstated="public"), Bars())
        with served(index) as (_, url), chromium() as browser:
            yield from weight.rows(browser, url)
            yield from first_statement.rows(browser, url, questions)
            yield from long_views.conversation_rows(browser, url, questions)
            yield from long_views.document_rows(browser, url, long.stem)
            yield from lighthouse.rows(url)


if __name__ == "__main__":
    main()
