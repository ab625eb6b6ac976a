"""Two service processes, each with a copy of the index folder, over one PostgreSQL and one Milvus: services hold no
state.

Milvus is its Lite edition, whose server other processes reach over the network as they would a cluster.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from indexing import ROOT

QUESTIONS = {"老年人每餐补贴多少元？": "三元", "每台电梯补助多少？": "二十万元"}
DOCUMENTS = {
    "canteen": "长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n第二条　食堂应当留样四十八小时。\n",
    "lift": "一、加装电梯\n（一）补助标准\n1.每台电梯补助二十万元。\n2.管线迁移费用另行补助。\n",
}


class Engine:
    """A Milvus that can be stopped and started again at its address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = 0
        self.start()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        from milvus_lite.adapter.grpc.server import start_server_in_thread

        self._server, self._database, self._port = start_server_in_thread(str(self._folder), port=self._port)

    def stop(self) -> None:
        self._server.stop(grace=0).wait()
        self._database.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(tmp_path / "milvus.db")
    yield engine
    engine.stop()


@contextmanager
def service(index: Path, settings: dict[str, str]) -> Iterator[str]:
    command = [sys.executable, "-m", "cli", "serve", "--port", "0", "--index", str(index)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=settings) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline().strip()
            assert line.startswith("http"), line
            yield line
        finally:
            process.terminate()


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", timeout=30).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{url} is not ready")


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """What an answer says, without its own id and the time that it took."""
    return {name: answer[name] for name in ("status", "text", "statements", "citations", "refusal")}


def test_two_services_on_one_database_and_one_milvus_answer_alike_and_outlive_its_restart(
    tmp_path: Path, postgres: str, engine: Engine
) -> None:
    settings = os.environ | {
        "KB_STORE": "milvus",
        "KB_MILVUS_URI": engine.uri,
        "KB_MILVUS_SECONDS": "20",
        "KB_DATABASE_URL": postgres,
        "KB_ENCODER": "static",
    }
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    first, second = tmp_path / "first", tmp_path / "second"
    command = [sys.executable, "-m", "cli", "ingest", folder, "--index", first, "--disclosure", "public"]
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shutil.copytree(first, second)
    with ExitStack() as running:
        urls = [running.enter_context(service(index, settings)) for index in (first, second)]
        for url in urls:
            wait_until_ready(url)
        here, there = (running.enter_context(httpx.Client(base_url=url, timeout=120)) for url in urls)
        begun = here.post("/api/conversations").json()["id"]
        there.cookies.update(here.cookies)
        for question, words in QUESTIONS.items():
            answers = [client.post("/api/ask", json={"question": question}).json() for client in (here, there)]
            assert words in answers[0]["text"]
            assert told(answers[0]) == told(answers[1])
        for client, question in zip((here, there), QUESTIONS, strict=True):
            client.post("/api/ask", json={"question": question, "conversation_id": begun})
        turns = [client.get(f"/api/conversations/{begun}").json()["turns"] for client in (there, here)]
        assert turns[0] == turns[1]
        assert [turn["question"] for turn in turns[0]] == list(QUESTIONS)
        found = [client.get("/api/search", params={"q": "电梯补助", "k": 5}).json() for client in (here, there)]
        assert found[0] == found[1]

        engine.stop()
        try:
            failed = here.get("/api/search", params={"q": "管线迁移", "k": 5})
            assert (failed.status_code, failed.json()["error"]["code"]) == (503, "store_unusable")
        finally:
            engine.start()
        for client in (here, there):
            again = client.get("/api/search", params={"q": "管线迁移", "k": 5})
            assert again.status_code == 200, again.text
            assert "管线迁移" in again.text
