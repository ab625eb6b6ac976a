"""Several processes serve from one port: one that is killed is replaced, and all of them end when they are told to."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
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


def write(folder: Path, amount: str) -> None:
    text = f"公开方式：主动公开\n长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴{amount}元。\n"
    (folder / "canteen.txt").write_text(text, "utf-8")


def wait_for(true) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert true()


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    write(tmp_path / "documents", "三")
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


def test_new_snapshots_are_taken_up_by_all_workers_without_a_dropped_request(index: Path) -> None:
    found: list[tuple[int, str]] = []
    enough = threading.Event()

    def go_on_asking(url: str) -> None:
        while not enough.is_set():
            answer = httpx.post(f"{url}/api/ask", json=QUESTION, timeout=120)  # a connection of its own: either worker
            found.append((answer.status_code, answer.json().get("text", answer.text)))

    with workers(index) as (_, url):
        ask(url, 120)
        with ThreadPoolExecutor(3) as crowd:
            asking = [crowd.submit(go_on_asking, url) for _ in range(3)]
            try:
                for amount in ("四", "五"):
                    write(index.parent / "documents", amount)
                    index_folder(index.parent / "documents", index)
                    wait_for(
                        lambda amount=amount: len(found) > 20 and all(f"{amount}元" in text for _, text in found[-20:])
                    )
            finally:
                enough.set()
            for one in asking:
                one.result()
    assert {status for status, _ in found} == {200}
    assert all(re.search("[三四五]元", text) for _, text in found)


def test_streams_are_finished_when_the_service_is_told_to_stop(index: Path) -> None:
    with (
        workers(index) as (process, url),
        httpx.Client(base_url=url, timeout=120) as client,
        ExitStack() as open_streams,
    ):
        ask(url, 120)
        # Fresh questions, each of which has been taken up and most of which wait for their turn when the service is
        # told.
        asked = [
            QUESTION | {"question": f"{number}号食堂{QUESTION['question']}", "stream": True} for number in range(4)
        ]
        streams = [open_streams.enter_context(client.stream("POST", "/api/ask", json=one)) for one in asked]
        process.send_signal(signal.SIGTERM)
        for stream in streams:
            assert "event: done" in "\n".join(stream.iter_lines())
        assert process.wait(60) == 0
