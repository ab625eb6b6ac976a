"""Spans of requests, stages and jobs, as a collector receives them; without one, or without the SDK, nothing
suffers."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from indexing import index_folder
from otlp_collector import Collector, collecting, said

from ingest.settings import Settings, read_settings
from kb.errors import ServiceError, SettingError
from service.server import serving
from service.storage import Storage
from service.tracing import Tracing

SECRET = "我母亲王某某今年八十一岁"
PROXY = "0af7651916cd43dd8448eb211c80319c"
QUESTION = "老年人每餐补贴多少元？"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("traced")
    (folder / "documents").mkdir()
    (folder / "documents" / "canteen.txt").write_text(
        "公开方式：主动公开\n长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n", "utf-8"
    )
    index_folder(folder / "documents", folder / "index")
    return folder / "index"


@dataclass(frozen=True)
class Traced:
    """What a collector was told of a service that was used and has ended."""

    collector: Collector

    def names(self, request_id: str) -> list[str]:
        return [span.name for span in self.collector.below(self.collector.of_request(request_id))]


@pytest.fixture(scope="module")
def traced(index: Path) -> Iterator[Traced]:
    with collecting() as collector:
        settings = Settings(index_dir=index, otlp_endpoint=f"{collector.url}/")
        storage = Storage.of_settings(settings)
        storage.accounts.add("collected", "administrator")
        key = {"Authorization": f"Bearer {storage.accounts.new_key('collected', '')}"}
        storage.close()
        with serving(settings) as url, httpx.Client(base_url=url, timeout=120) as client:
            use(client, key)
        yield Traced(collector)


def use(client: httpx.Client, key: dict[str, str]) -> None:
    def named(request_id: str) -> dict[str, str]:
        return {"X-Request-ID": request_id}

    client.post("/api/ask", json={"question": QUESTION}, headers=named("asked-whole"))
    client.post("/api/ask", json={"question": QUESTION, "stream": True}, headers=named("asked-streamed"))
    client.post("/api/ask", json={"question": f"{SECRET}，火星上的食堂几点开门？"}, headers=named("asked-refused"))
    proxied = {"traceparent": f"00-{PROXY}-b7ad6b7169203331-01", "tracestate": f"kb={SECRET.encode().hex()}"}
    client.get("/api/search", params={"q": SECRET}, headers=named("searched-behind-proxy") | proxied)
    client.get("/documents/canteen", headers=named("page-of-document"))
    for number in (1, 2):
        call = {"name": "ask", "arguments": {"question": QUESTION}}
        body = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": call}
        accepted = {"Accept": "application/json, text/event-stream"}
        assert client.post("/mcp", json=body, headers=named(f"called-by-mcp-{number}") | accepted).status_code == 200
    text = f"{SECRET}的补贴办法\n第一条　每月补贴九元。\n".encode()
    sent = key | named("uploaded-file") | {"Content-Type": "application/octet-stream"}
    job = client.post("/api/documents", params={"name": f"{SECRET}.txt"}, content=text, headers=sent).json()["job_id"]
    with client.stream("GET", f"/api/jobs/{job}/events", headers=key) as told:
        assert '"state":"done"' in told.read().decode()


def test_a_question_is_a_span_with_its_stages_under_the_id_of_the_log(traced: Traced) -> None:
    span = traced.collector.of_request("asked-whole")
    assert span.name == "POST /api/ask" and span.kind == span.SPAN_KIND_SERVER
    assert (said(span)["http.route"], said(span)["http.response.status_code"]) == ("/api/ask", 200)
    assert traced.names("asked-whole") == ["queue", "retrieve", "read", "compose"]
    for stage in traced.collector.below(span):
        assert stage.trace_id == span.trace_id
        assert stage.start_time_unix_nano <= stage.end_time_unix_nano <= span.end_time_unix_nano
    outcome = {
        name: said(read)["kb.outcome"]
        for name in ("asked-whole", "asked-refused")
        for read in traced.collector.below(traced.collector.of_request(name))
        if read.name == "read"
    }
    assert outcome["asked-whole"] == "answered" != outcome["asked-refused"]


def test_a_stream_a_search_and_a_page_are_told_with_the_stages_that_they_have(traced: Traced) -> None:
    assert sorted(traced.names("asked-streamed")) == ["compose", "queue", "read", "retrieve", "suggest"]
    assert traced.names("searched-behind-proxy") == ["queue", "retrieve", "compose"]
    assert traced.names("page-of-document") == []
    assert traced.collector.of_request("page-of-document").name == "GET /documents/{doc_id}"


def test_a_span_goes_on_from_that_of_a_proxy(traced: Traced) -> None:
    span = traced.collector.of_request("searched-behind-proxy")
    assert span.trace_id.hex() == PROXY and not span.trace_state
    assert traced.collector.of_request("asked-whole").trace_id.hex() != PROXY


def test_each_call_of_a_tool_stands_under_its_own_request(traced: Traced) -> None:
    assert (
        traced.names("called-by-mcp-1") == traced.names("called-by-mcp-2") == ["queue", "retrieve", "read", "compose"]
    )


def test_a_job_and_its_steps_go_on_from_the_request_that_queued_it(traced: Traced) -> None:
    (job,) = (span for span in traced.collector.spans if span.name == "job")
    assert job.parent_span_id == traced.collector.of_request("uploaded-file").span_id
    told = said(job)
    assert (told["kb.request_id"], told["kb.job.action"], told["kb.job.state"]) == ("uploaded-file", "add", "done")
    assert "reading" in [step.name for step in traced.collector.below(job)]


def test_no_word_of_anybody_is_sent_and_the_service_is_named(traced: Traced) -> None:
    everything = b"".join(traced.collector.bodies)
    for word in (SECRET, SECRET.encode().hex(), QUESTION, "九元", "canteen", "collected"):
        assert word.encode() not in everything
    assert {resource["service.name"] for resource in traced.collector.resources} == {"policy-knowledge-base"}


@pytest.mark.parametrize("listens", [False, True])
def test_a_collector_that_is_gone_or_says_nothing_fails_no_request(
    index: Path, listens: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen()
        collector = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings = Settings(index_dir=index, otlp_endpoint=collector)
        with (
            caplog.at_level(logging.WARNING),
            serving(settings) as url,
            httpx.Client(base_url=url, timeout=120) as client,
        ):
            answered = [client.post("/api/ask", json={"question": QUESTION}).json()["status"] for _ in range(3)]
    assert answered == ["answered"] * 3
    # A service of the test before may still be sending the last spans, to its own.
    said_of_it = [
        record for record in caplog.records
        if record.name.startswith("opentelemetry") or (record.name == "kb.telemetry" and collector in record.getMessage())
    ]  # fmt: skip
    assert len(said_of_it) <= 1, "it is said once"


def test_without_a_setting_nothing_is_traced(index: Path) -> None:
    assert Tracing.of_settings(Settings(index_dir=index)) is None


def test_a_collector_without_the_sdk_is_refused_with_what_to_install(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "service.span_export", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ServiceError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT.*\[telemetry\]"):
        Tracing.of_settings(Settings(index_dir=index, otlp_endpoint="http://127.0.0.1:4318"))


@pytest.mark.parametrize("address", ["127.0.0.1:4318", "grpc://collector", "yes"])
def test_an_address_that_is_none_is_refused_by_name(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    with pytest.raises(SettingError, match=f"OTEL_EXPORTER_OTLP_ENDPOINT '{address}' is no address"):
        read_settings()


def test_a_variable_that_the_sdk_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "0")
    with pytest.raises(SettingError, match=r"\(OTEL_\.\.\.\) cannot be used"):
        Tracing.of_settings(Settings(otlp_endpoint="http://127.0.0.1:4318"))
