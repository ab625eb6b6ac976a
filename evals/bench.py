"""`make bench`: the figures that the project promises, measured on this machine and set beside their marks.

Times are of real processes: the command line from start to exit, the service over HTTP with one client.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import opencc
from rich.console import Console
from rich.table import Table

from evals.arms import Arm
from evals.datasets import find_dataset
from evals.judged import read_judged
from evals.runs import evaluate
from evals.served import DIRECT, UNBOUND, resident_mb, served
from ingest.bars import progress_on_terminal
from kb.errors import DatasetError
from kb.index.encoder import EMBEDDED, STATIC, open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.scope import Scope
from kb.types import Query

# One of every kind: a figure, a header, a benefit, a rent, a list, one that is refused.
QUESTIONS = (
    "杭州市梳理了多少项支持政策？", "第343号提案答复的成文日期是哪天？", "老年人用餐有什么优惠？", "蓝领公寓租金是多少？",
    "婴幼儿照护设施按什么标准配建？", "老旧小区加装电梯要满足什么条件", "社区食堂向谁开放", "未来社区怎么验收", "今天天气怎么样",
    "育儿补助发多少钱", "物业服务要公示哪些内容", "到2027年累计开展多少个试点项目",
)  # fmt: skip
WIDTH = 80  # of a passage, in characters, for the speed of the encoders
REQUESTS = 600  # The slowest hundredth of them is six requests.
Row = tuple[str, str, str]


def main() -> None:
    """Measure and print; figures that need sets which are not here are left out and named."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    index_dir = parser.parse_args().index
    table = Table("what", "mark", "measured")
    measured = (
        measure_command(index_dir),
        measure_served(index_dir),
        measure_stages(index_dir),
        measure_encoders(index_dir),
        measure_scripts(),
    )
    for rows in measured:
        for row in rows:
            table.add_row(*row)
    Console(width=110).print(table)


def measure_command(index_dir: Path) -> list[Row]:
    """Time the command `kb ask`, its process and all imports included."""
    command = [sys.executable, "-m", "cli", "ask", QUESTIONS[0], "--index", str(index_dir)]
    seconds = _times(lambda: subprocess.run(command, check=True, capture_output=True), 7)
    return [("kb ask, whole process, median", "1.5 s", f"{_median(seconds):.2f} s")]


def measure_served(index_dir: Path) -> list[Row]:
    """Time questions over HTTP, one at a time: a few over and over, which are remembered, and those of the policies,
    each for the first time."""
    with served(index_dir, environment=UNBOUND) as (process, url):
        ask = partial(_post, f"{url}/api/ask")
        few = [json.dumps({"question": question}).encode() for question in QUESTIONS]
        for body in few:
            ask(body)
        again = sorted(_times(partial(ask, few[n % len(few)]), 1)[0] for n in range(REQUESTS))
        policy = [q.query.text for q in read_judged(find_dataset("policy"), "dev").questions if not q.query.previous]
        fresh = sorted(
            _times(partial(ask, json.dumps({"question": text}).encode()), 1)[0] for text in dict.fromkeys(policy)
        )
        resident = resident_mb(process.pid)
    return [
        ("/api/ask, asked before, median", "5 ms", f"{1000 * _median(again):.1f} ms"),
        ("/api/ask, asked before, p99", "50 ms", f"{1000 * again[REQUESTS * 99 // 100]:.1f} ms"),
        ("/api/ask, asked for the first time, median", "250 ms", f"{1000 * _median(fresh):.0f} ms"),
        ("/api/ask, asked for the first time, p95", "500 ms", f"{1000 * fresh[len(fresh) * 95 // 100]:.0f} ms"),
        ("resident memory of the service after these", "450 MB", f"{resident:.0f} MB"),
    ]


def measure_stages(index_dir: Path) -> list[Row]:
    """Time the stages of a question within one process."""
    encoder = open_encoder()
    knowledge_base = KnowledgeBase.open(index_dir, encoder)
    retriever = knowledge_base.retriever
    scope = Scope.of(Query("", ""))
    stages: dict[str, Callable[[str], object]] = {
        "encode the question": lambda text: encoder.encode_queries([text]),
        "dense search": lambda text: retriever.search_dense(text, scope, 200),
        "lexical search": lambda text: retriever.search_lexical(text, scope, 200),
        "retrieval, whole": lambda text: knowledge_base.search(Query("", text), 12),
        "answer, whole": lambda text: knowledge_base.ask(Query("", text)),
    }
    rows: list[Row] = []
    for name, stage in stages.items():
        seconds = [_times(partial(stage, question), 1)[0] for question in QUESTIONS * 5]
        rows.append((f"{name}, median", "", f"{1000 * _median(seconds):.2f} ms"))
    return rows


def measure_encoders(index_dir: Path) -> list[Row]:
    """Count the passages of eighty characters that either encoder takes a second, with all processors."""
    knowledge_base = KnowledgeBase.open(index_dir, open_encoder())
    texts = [knowledge_base.document(document.doc_id).text for document in knowledge_base.documents()]
    passages = [text[at : at + WIDTH] for text in texts for at in range(0, len(text) - WIDTH, WIDTH)]
    rows: list[Row] = []
    for name, mark, count in ((EMBEDDED, "60", 200), (STATIC, "20,000", 20_000)):
        encoder, drawn = open_encoder(name), list(islice(cycle(passages), count))
        encoder.encode_passages(drawn[:100])  # what is loaded at first use
        seconds = _median(_times(partial(encoder.encode_passages, drawn), 3))
        rows.append((f"passages of {WIDTH} characters a second, {name}", mark, f"{count / seconds:,.0f}"))
    return rows


def measure_scripts() -> list[Row]:
    """Compare traditional questions with the same ones in simplified script."""
    try:
        traditional = read_judged(find_dataset("drcd"), "dev")
    except DatasetError as error:
        return [("drcd dev", "0.971", str(error))]
    simplify = opencc.OpenCC("t2s").convert
    converted = (replace(q, query=replace(q.query, text=simplify(q.query.text))) for q in traditional.questions)
    simplified = replace(traditional, questions=tuple(converted))
    with progress_on_terminal() as progress:
        first, second = (evaluate(judged, Arm(), progress, answers=False) for judged in (traditional, simplified))
    ndcg = first.summary()["nDCG@10"]
    difference = abs(ndcg - second.summary()["nDCG@10"])
    return [
        ("drcd dev, traditional, nDCG@10", "0.971", f"{ndcg:.4f}"),
        ("drcd dev, simplified questions, difference", "0.005", f"{difference:.4f}"),
    ]


def _post(url: str, body: bytes) -> None:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    DIRECT.open(request).read()


def _times(action: Callable[[], object], count: int) -> list[float]:
    seconds = []
    for _ in range(count):
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    return seconds


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
