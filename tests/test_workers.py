"""Several processes serve from one port: one that is killed is replaced, and all of them end when they are told to."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from indexing import ROOT, index_folder

QUESTION = {"question": "老年人每餐补贴多少元？"}


@contextmanager
def workers(index: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "cli", "serve", "--port", "0", "--workers", "2", "--index", str(index)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield process, process.stderr.readline().strip()
        finally:
            process.kill()


def children(process: subprocess.Popen[str]) -> set[int]:
    return {int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()}


def ask(url: str, seconds: float) -> httpx.Response:
    """Ask until somebody answers: a worker takes a moment to start."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = httpx.post(f"{url}/api/ask", json=QUESTION, timeout=seconds)
            if answer.status_code == 200 or time.monotonic() > deadline:
                return answer
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.2)


def wait_for(true) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert true()


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "canteen.txt").write_text(
        "公开方式：主动公开\n长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n", "utf-8"
    )
    index_folder(tmp_path / "documents", tmp_path / "index")
    return tmp_path / "index"


def test_a_worker_that_is_killed_is_replaced_and_all_end_together(index: Path) -> None:
    with workers(index) as (process, url):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        assert "三元" in ask(url, 120).json()["text"]
        before = children(process)
        assert len(before) == 2
        killed = min(before)
        os.kill(killed, signal.SIGKILL)
        assert "三元" in ask(url, 120).json()["text"], "the other one goes on"
        wait_for(lambda: killed not in children(process) and len(children(process)) == 2)
        assert "三元" in ask(url, 120).json()["text"]
        last = children(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in last)


def test_workers_do_not_outlive_the_one_that_keeps_them(index: Path) -> None:
    with workers(index) as (process, url):
        assert ask(url, 120).status_code == 200
        left = children(process)
        process.kill()
        process.wait()
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in left))
