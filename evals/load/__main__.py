"""`make load`: `kb serve --workers 2` under load, beside the marks to reach.

Everything runs on loopback and ends by itself: locust in a process of its own, beside the service on the same
processors. Where the machine decides, the figure is a ratio or stands beside the one that it is to be compared with.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from evals.load.asked import ALIKE, judged_texts
from evals.load.document_changes import ChangesUnderLoad, Editor, small_document
from evals.load.locust_run import LoadRun, run_clients
from evals.row import BenchRow
from evals.served import DIRECT, UNBOUND, resident_mb, served
from ingest.bars import Bars
from ingest.ingestion import IngestionSettings, ingest
from kb.index.encoder import open_encoder
from kb.processors import processors

_WORKERS = ("--workers", "2")
_STARTS = 3
_CHANGES = 5
_CHANGE_EVERY = 10.0  # seconds
_OVERLOAD = 10
_CROWD = 200
_WARMING = 8  # times that each question is asked over a new connection, so that both workers have answered it


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each phase")
    parser.add_argument(
        "--mixed-seconds",
        type=float,
        help="of questions and changes together; five times the others where it is not given",
    )
    parser.add_argument("--seed", type=int, default=1, help="of the order and wording of fresh questions")
    parser.add_argument("--json", type=Path, default=Path("build/load.json"))
    chosen = parser.parse_args()
    rows: list[BenchRow] = []
    with TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        ingest([Path("corpus")], index, IngestionSettings(open_encoder(), unstated="public"), Bars())
        mixed = chosen.mixed_seconds or 5 * chosen.seconds
        for row in measured(index, chosen.seconds, mixed, chosen.seed):
            rows.append(row)
            print(f"{row.what}: {row.measured}", flush=True)  # a full run takes a quarter of an hour
    busy = os.getloadavg()[2]
    table = Table(
        "what", "mark", "measured", title=f"{processors()} processors, load of the last 15 minutes {busy:.1f}"
    )
    for row in rows:
        table.add_row(row.what, row.mark, row.measured)
    Console(width=130).print(table)
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "seconds": chosen.seconds,
        "processors": processors(),
        "load_15_minutes": busy,
        "rows": [asdict(row) for row in rows],
    }
    chosen.json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def measured(index: Path, seconds: float, mixed: float, seed: int) -> Iterator[BenchRow]:
    """Measure one row after the other over an index of the corpus."""
    yield _start(index)
    with served(index, *_WORKERS, environment=UNBOUND) as (process, url):
        _warm(url)
        fresh = run_clients(url, "fresh", seconds, 20, seed=seed)
        yield _rate("/api/ask, fresh questions, 20 clients", "12/s, p99 under 4 s, no error", fresh)
        yield _rate("/api/ask, questions asked before", "300/s", run_clients(url, "again", seconds, 20))
        yield _rate("/api/search, texts of the judged sets", "600/s", run_clients(url, "search", seconds, 20))
        yield _rate("/api/search, texts searched before", "", run_clients(url, "searched", seconds, 20))
        before = resident_mb(process.pid)
        best = max(fresh.rate, 1 / seconds)
        over = run_clients(url, "fresh", seconds, _CROWD, each=_OVERLOAD * best / _CROWD, seed=seed + 1)
        yield from _overload(over, best, before, resident_mb(process.pid))
    with served(index, *_WORKERS, environment=UNBOUND) as (process, url):
        editor = Editor(index, url)
        yield from _changes(editor)
        yield from _mixed(editor, process.pid, url, mixed, seed + 2)


def _start(index: Path) -> BenchRow:
    took = []
    for _ in range(_STARTS):
        began = time.perf_counter()
        with served(index, *_WORKERS, environment=UNBOUND):
            took.append(time.perf_counter() - began)
    return BenchRow("start to ready, median", "3 s", f"{sorted(took)[_STARTS // 2]:.1f} s")


def _warm(url: str) -> None:
    for text in judged_texts()[:ALIKE]:
        body = json.dumps({"question": text}).encode()
        for _ in range(_WARMING):
            request = urllib.request.Request(f"{url}/api/ask", body, {"Content-Type": "application/json"})
            DIRECT.open(request, timeout=60).read()


def _rate(what: str, mark: str, run: LoadRun) -> BenchRow:
    served_in = f"p50 {run.served.percentile(0.5):.0f} ms, p99 {run.served.percentile(0.99):.0f} ms"
    return BenchRow(
        what, mark, f"{run.rate:.1f}/s, {served_in}, {run.failed.count} errors, {run.shed.count} told to come back"
    )


def _overload(over: LoadRun, best: float, before: float, after: float) -> Iterator[BenchRow]:
    offered = (over.served.count + over.shed.count + over.failed.count) / over.seconds
    what = f"overload, {offered:.0f}/s offered where {best:.1f}/s are the best:"
    yield BenchRow(
        f"{what} goodput against the best", "90 %", f"{100 * over.rate / best:.0f} %, {over.failed.count} errors"
    )
    yield BenchRow(f"{what} 429/503 within", "1 s", f"p99 {over.shed.percentile(0.99):.0f} ms of {over.shed.count}")
    yield BenchRow(f"{what} memory", "flat", f"{before:.0f} to {after:.0f} MB ({100 * (after / before - 1):+.1f} %)")


def _changes(editor: Editor) -> Iterator[BenchRow]:
    added, removed = [], []
    for number in range(_CHANGES):
        editor.upload(f"load-{number}", small_document(number))
        added.append(editor.seconds_until(f"load-{number}", 200))
        editor.delete(f"load-{number}")
        removed.append(editor.seconds_until(f"load-{number}", 404))
    for what, took in (
        ("a small upload until it is served, median", added),
        ("a deletion until it is gone, median", removed),
    ):
        yield BenchRow(what, "2 s", f"{sorted(took)[_CHANGES // 2]:.1f} s, longest {max(took):.1f} s")


def _mixed(editor: Editor, pid: int, url: str, seconds: float, seed: int) -> Iterator[BenchRow]:
    """Ask and search while documents come and go; memory is compared from the end of the first fifth on, when all is
    warm, without the process of a change, which is there at one of the two looks and not at the other."""
    changes = ChangesUnderLoad(editor, _CHANGE_EVERY)
    try:
        first = run_clients(url, "mixed", max(seconds / 5, 1), 8, seed=seed)
        before = resident_mb(pid, 1)
        rest = run_clients(url, "mixed", max(seconds * 4 / 5, 1), 8, seed=seed + 1)
        after = resident_mb(pid, 1)
    finally:
        changes.end()
    what = f"{seconds:.0f} s of mixed load, a document added or removed every {_CHANGE_EVERY:.0f} s:"
    failed = first.failed.count + rest.failed.count
    yield BenchRow(
        f"{what} errors", "0", f"{failed} of {first.served.count + rest.served.count}, {rest.rate:.1f}/s served"
    )
    yield BenchRow(f"{what} writes lost", "0", f"{len(changes.lost)} of {changes.done}")
    yield BenchRow(
        f"{what} memory", "under 5 % more", f"{before:.0f} to {after:.0f} MB ({100 * (after / before - 1):+.1f} %)"
    )


if __name__ == "__main__":
    main()
