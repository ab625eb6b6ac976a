"""`make bench-pages`: the pages in a real browser over the corpus, beside the marks to reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from rich.console import Console
from rich.table import Table

from evals.page_bench import first_statement, lighthouse, long_views, weight
from evals.page_bench.chromium import chromium
from evals.policy import read_questions
from evals.row import Row
from ingest.commands.ingest import ingest
from ingest.settings import Settings
from service.server import serving
from service.storage import Storage

_QUESTIONS = 30


def main() -> None:
    """Measure and print."""
    table = Table("what", "mark", "measured")
    for row in _rows():
        table.add_row(row.what, row.mark, row.measured)
    Console(width=130).print(table)


def _rows() -> Iterator[Row]:
    asked = [
        q.query.text for q in read_questions(Path("evals/data/policy")) if q.split == "dev" and not q.query.previous
    ]
    questions = asked[:: max(len(asked) // _QUESTIONS, 1)][:_QUESTIONS]
    with TemporaryDirectory() as folder:
        long = Path(folder) / "long-directory.txt"
        long_views.write_long_document(long)
        settings = Settings(index_dir=Path(folder) / "index")
        ingest(paths=[Path("corpus"), long], index=settings.index_dir)
        storage = Storage.of_settings(settings)
        with serving(settings) as url, chromium() as browser:
            answers = [_answer(url, question) for question in questions]
            answered = [answer for answer in answers if answer["status"] == "answered"]
            yield from weight.rows(browser, url)
            yield from first_statement.rows(browser, url, questions)
            yield from long_views.conversation_rows(browser, url, storage, answered)
            yield from long_views.document_rows(browser, url, long.stem)
            yield from lighthouse.rows(url)
        storage.close()


def _answer(url: str, question: str) -> dict[str, object]:
    answer: dict[str, object] = httpx.post(f"{url}/api/ask", json={"question": question}, timeout=30).json()
    return answer


if __name__ == "__main__":
    main()
