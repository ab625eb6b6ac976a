"""What the bench of days builds is what it says: 60 laws in 200 editions, and rows with a mark."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from indexing import laws_of

from evals.day_bench import editions, measure
from kb.types import Query


def test_the_bench_has_sixty_laws_in_two_hundred_editions() -> None:
    written = dict(editions())
    assert len(written) == 200
    assert len(Counter(text.partition("\n")[0] for text in written.values())) == 60


def test_each_day_is_answered_from_its_edition_and_measured(tmp_path: Path) -> None:
    laws = laws_of(tmp_path, {name: text for name, text in editions() if name.startswith("law0-")})
    titles = [
        laws.ask(Query("", "东湖市养犬管理条例第一条", date(year, 12, 1))).citations[0].doc_id
        for year in (2000, 2006, 2024)
    ]
    assert titles == ["law0-0", "law0-1", "law0-3"]
    rows = list(measure(laws, 2))
    assert [row[:3] for row in rows] == [("a search", "4", "2"), ("an article", "4", "2")]
    laws.close()
