"""What an operator sees of the service: metrics and logs, without a word of what people asked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from indexing import ROOT, index_folder

from ingest.settings import Settings
from service.server import serving
from service.storage import Storage

SECRET = "我母亲王某某今年八十一岁"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("observed")
    (folder / "documents").mkdir()
    (folder / "documents" / "canteen.txt").write_text(
        "公开方式：主动公开\n长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n", "utf-8"
    )
    index_folder(folder / "documents", folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[httpx.Client]:
    with serving(Settings(index_dir=index)) as url, httpx.Client(base_url=url, timeout=120) as client:
        yield client


def value(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not in\n{text}"
    return float(found[1])


def test_metrics_count_requests_answers_refusals_stages_the_queue_and_the_snapshot(client: httpx.Client) -> None:
    client.post("/api/ask", json={"question": "老年人每餐补贴多少元？"})
    client.post("/api/ask", json={"question": "老年人每餐补贴多少元？", "stream": True})
    client.post("/api/ask", json={"question": f"{SECRET}，火星上的食堂几点开门？"})
    client.get("/documents/canteen")
    client.request("BREW", "/api/ask")
    told = client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    text = told.text
    assert value(text, 'kb_answers_total{outcome="answered"}') == 2
    assert sum(map(float, re.findall(r'^kb_answers_total\{outcome="(?!answered)\w+"\} (\S+)', text, re.MULTILINE))) == 1
    assert value(text, 'kb_requests_total{method="POST",route="/api/ask",status="200"}') == 3
    assert value(text, 'kb_requests_total{method="GET",route="/documents/{doc_id}",status="200"}') == 1
    assert 'method="other"' in text and "BREW" not in text
    assert value(text, 'kb_answer_stage_seconds_count{stage="total"}') == 3
    assert value(text, 'kb_queue_waiting{queue="ask"}') == 0
    assert value(text, "kb_snapshot_documents") == 1
    assert value(text, "kb_snapshot_age_seconds") >= 0
    assert value(text, "kb_snapshot_problem") == 0
    assert SECRET not in text and "canteen" not in text


def test_metrics_are_for_this_machine_and_for_administrators(client: httpx.Client, index: Path) -> None:
    refused = client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "staff_only")
    storage = Storage.of_settings(Settings(index_dir=index))
    for role, status in (("editor", 403), ("administrator", 200)):
        storage.accounts.add(role, role)
        key = storage.accounts.new_key(role, "")
        sent = {"X-Forwarded-For": "203.0.113.7", "Authorization": f"Bearer {key}"}
        assert client.get("/metrics", headers=sent).status_code == status
    storage.close()


def test_every_response_names_its_request(client: httpx.Client) -> None:
    assert client.get("/healthz").headers["x-request-id"] != client.get("/healthz").headers["x-request-id"]
    assert (
        client.get("/api/nothing", headers={"X-Request-ID": "of-a-proxy-1"}).headers["x-request-id"] == "of-a-proxy-1"
    )
    for wrong in ("short", 'a"quote-in-it', "x" * 65):
        assert client.get("/healthz", headers={"X-Request-ID": wrong}).headers["x-request-id"] != wrong


def test_the_log_tells_of_every_request_and_of_no_question(index: Path) -> None:
    program = (
        "import httpx, sys\n"
        "from pathlib import Path\n"
        "from ingest.settings import Settings\n"
        "from service.server import serving\n"
        "with serving(Settings(index_dir=Path(sys.argv[1]), log_requests=True)) as url:\n"
        "    with httpx.Client(base_url=url, timeout=120) as client:\n"
        "        client.post('/api/ask', json={'question': sys.argv[2]}, headers={'X-Request-ID': 'asked-by-test'})\n"
        "        client.get('/api/search', params={'q': sys.argv[2]})\n"
    )
    command = [sys.executable, "-c", program, str(index), f"{SECRET}，每餐补贴多少元？"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    asked = next(line for line in lines if line.get("route") == "/api/ask")
    assert (asked["method"], asked["status"], asked["request_id"]) == ("POST", 200, "asked-by-test")
    assert asked["ms"] > 0
    assert any(line.get("route") == "/api/search" for line in lines)
    assert SECRET not in done.stderr
