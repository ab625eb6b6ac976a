"""`python -m evals.day_bench`: what asking for a day costs, over 60 made laws with 200 editions.

Each question is put twice, without a day and for a day that falls anywhere in the life of the laws, so that hardly any
day is asked for twice in a row and nothing is remembered. Processor time is told, which what else runs on the machine
does not change.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.bars import Bars
from ingest.ingestion import IngestionSettings, ingest
from kb.index.encoder import STATIC, open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.types import Query

TIMES = 10_000  # A median of a few microseconds needs many.
MARK = 1.0  # milliseconds that a day may cost
SUBJECTS = ("养犬", "物业", "食堂", "电梯", "停车", "绿化", "供水", "供热", "集市", "书报亭", "公园", "河道")
TOWNS = ("东湖市", "清溪市", "南浦市", "北原市", "西陵市")
FIRST, LAST = 2000, 2025
ARTICLES = 12


def main() -> None:
    """Index the made laws, ask with and without a day, and print what a day costs."""
    with tempfile.TemporaryDirectory() as folder:
        encoder = open_encoder(STATIC)
        for name, text in editions():
            (Path(folder) / f"{name}.txt").write_text(text, "utf-8")
        index = Path(folder) / "index"
        ingest([Path(folder)], index, IngestionSettings(encoder, unstated="public"), Bars())
        knowledge_base = KnowledgeBase.open(index, encoder)
        table = Table("asked", "editions", "times", "without a day", "for a day", "a day costs", "mark")
        for row in measure(knowledge_base, TIMES):
            table.add_row(*row)
        knowledge_base.close()
    Console(width=120).print(table)


def editions() -> Iterator[tuple[str, str]]:
    """Write 60 laws in 200 editions, each under a name of its own: forty in three, twenty in four."""
    laws = [(town, subject) for town in TOWNS for subject in SUBJECTS]
    for n, (town, subject) in enumerate(laws):
        years = [FIRST + n % 4 + 6 * edition for edition in range(3 if n % 3 else 4)]
        for edition, year in enumerate(years):
            changed = f"　根据{year}年9月1日《关于修改〈{town}{subject}管理条例〉的决定》修正" if edition else ""
            articles = "\n".join(
                f"第{number}条　{town}{subject}的第{number}类事项，应当自受理之日起{3 + (n + number + edition) % 28}日内办结。"
                for number in range(1, ARTICLES + 1)
            )
            head = f"{town}{subject}管理条例\n（{years[0]}年3月25日{town}人民代表大会常务委员会通过{changed}）"
            yield f"law{n}-{edition}", f"{head}\n{articles}\n"


def measure(knowledge_base: KnowledgeBase, times: int) -> Iterator[tuple[str, ...]]:
    """Give a row of the table for the search and one for an article by its number."""
    chance = random.Random(20)
    held = len(knowledge_base.documents())
    actions: dict[str, tuple[str, Callable[[Query], object]]] = {
        "a search": ("{}{}的第{}类事项几日内办结？", lambda query: knowledge_base.search(query, 12)),
        "an article": ("{}{}管理条例第{}条讲什么？", knowledge_base.ask),
    }
    for name, (words, action) in actions.items():
        without, with_day = [], []
        for _ in range(times):
            place = chance.choice(TOWNS), chance.choice(SUBJECTS), chance.randint(1, ARTICLES)
            day = date(FIRST, 1, 1) + timedelta(days=chance.randrange(365 * (LAST - FIRST)))
            query = Query("", words.format(*place))
            action(query)  # what is remembered of the words is remembered for both
            without.append(_milliseconds(action, query))
            with_day.append(_milliseconds(action, Query("", query.text, day)))
        means = statistics.fmean(without), statistics.fmean(with_day)
        told = (f"{value:.2f} ms" for value in (*means, means[1] - means[0]))
        yield (name, str(held), f"{times:,}", *told, f"{MARK:g} ms")


def _milliseconds(action: Callable[[Query], object], query: Query) -> float:
    started = time.process_time()
    action(query)
    return 1000 * (time.process_time() - started)


if __name__ == "__main__":
    main()
