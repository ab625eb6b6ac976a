"""The service over HTTP: a real server on a free port, the index of the real corpus, a real client."""

from __future__ import annotations

import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingest.settings import Settings
from kb.errors import ServiceError, SnapshotError
from kb.index.snapshot import current_name, point_to, snapshot_folder
from service import disk
from service.guards import BODY_LIMIT, security_headers
from service.listener import listen
from service.server import serving
from service.start import run

QUESTION = "杭州市梳理了多少项支持政策？"
RESPONSE = "hz-2024-343"
ORIGINAL = Path(__file__).parent.parent / "corpus" / "responses" / f"{RESPONSE}.txt"


@pytest.fixture(scope="module")
def client(corpus_index: Path) -> Iterator[httpx.Client]:
    settings = Settings(index_dir=corpus_index, longest_wait=120)  # nobody is refused, however busy the machine is
    with serving(settings) as url, httpx.Client(base_url=url, timeout=120) as client:
        yield client


def events_of(text: str) -> list[tuple[str, dict]]:  # type: ignore[type-arg]
    events = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events


def wait_for_snapshot(client: httpx.Client, done) -> dict:  # type: ignore[no-untyped-def, type-arg]
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        body = client.get("/readyz").json()
        if done(body):
            return body
        time.sleep(0.1)
    pytest.fail(f"the service did not notice the index: {body}")


def test_an_answer_cites_the_canonical_text_character_for_character(client: httpx.Client):
    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    assert answer["status"] == "answered"
    assert answer["refusal"] is None
    assert re.search("34[项項]", answer["text"])
    assert answer["question"] == QUESTION
    assert {"retrieve", "read", "total"} <= answer["timing_ms"].keys()
    for citation in answer["citations"]:
        text = client.get(f"/api/documents/{citation['doc_id']}/text").text
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    used = {number for statement in answer["statements"] for number in statement["citations"]}
    assert used == {citation["number"] for citation in answer["citations"]}


def test_a_question_without_support_is_refused_with_its_kind(client: httpx.Client):
    answer = client.post("/api/ask", json={"question": "北京市朝阳区的小学几点放学？"}).json()
    assert answer["status"] == "refused"
    assert answer["refusal"]["kind"]
    assert answer["refusal"]["message"]
    assert answer["statements"] == []


@pytest.mark.parametrize(
    ("question", "shown"),
    [(QUESTION, "zh-CN"), ("有哪些市级文件？", "zh-Hant"), ("第343号提案答复的成文日期是哪天？", "zh-Hant")],
)
def test_a_streamed_answer_is_the_same_answer_in_pieces(client: httpx.Client, question: str, shown: str):
    headers = {"Cookie": f"kb_display={shown}"}
    whole = client.post("/api/ask", json={"question": question}, headers=headers).json()
    response = client.post("/api/ask", json={"question": question, "stream": True}, headers=headers)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    assert events[0][0] == "status"
    assert events[-1][0] == "done"
    assert [data for name, data in events if name == "statement"] == whole["statements"]
    assert [data for name, data in events if name == "citation"] == whole["citations"]
    assert events[-2] == ("answer", events[-1][1] | {"suggestions": []}), "nobody waits for what may be asked next"
    done = events[-1][1]
    assert done["suggestions"] and not whole["suggestions"], "what to ask next is only worked out for the page"
    assert done | {"timing_ms": None, "suggestions": []} == whole | {"timing_ms": None}


def test_a_streamed_statement_never_comes_before_its_citations(client: httpx.Client):
    sent: set[int] = set()
    for name, data in events_of(client.post("/api/ask", json={"question": QUESTION, "stream": True}).text):
        if name == "citation":
            sent.add(data["number"])
        if name == "statement":
            assert set(data["citations"]) <= sent


def test_the_day_asked_about_reaches_the_library(client: httpx.Client):
    before_the_response = client.post("/api/ask", json={"question": QUESTION, "as_of": "2001-01-01"}).json()
    assert before_the_response["status"] == "refused"


BAD_BODIES = {
    "empty": ({"question": ""}, 422, "bad_question", "question"),
    "blank": ({"question": " 　\n\t"}, 422, "bad_question", "question"),
    "control characters": ({"question": "\x00\x01\x02\x7f"}, 422, "bad_question", "question"),
    "punctuation": ({"question": "？？！——……"}, 422, "bad_question", "question"),
    "100,000 characters": ({"question": "a" * 100_000}, 422, "bad_question", "question"),
    "100,000 Han characters": ({"question": "问" * 100_000}, 413, "too_large", None),
    "no question": ({}, 422, "bad_request", "question"),
    "number": ({"question": 34}, 422, "bad_request", "question"),
    "unknown field": ({"question": QUESTION, "audience": "staff"}, 422, "bad_request", "audience"),
    "day that is none": ({"question": QUESTION, "as_of": "2024-13-01"}, 422, "bad_request", "as_of"),
    "day in words": ({"question": QUESTION, "as_of": "去年"}, 422, "bad_request", "as_of"),
    "day as a number": ({"question": QUESTION, "as_of": 20240101}, 422, "bad_request", "as_of"),
    "stream that is no yes or no": ({"question": QUESTION, "stream": "yes"}, 422, "bad_request", "stream"),
    "list": ([QUESTION], 422, "bad_request", None),
}


@pytest.mark.parametrize("name", BAD_BODIES)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_body_that_cannot_be_used_is_refused_in_the_one_shape(client: httpx.Client, name: str, streamed: bool):
    body, status, code, field = BAD_BODIES[name]
    if streamed and isinstance(body, dict):
        body = {"stream": True} | body
    response = client.post("/api/ask", json=body)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error.get("field")) == (status, code, field)
    assert error.keys() <= {"code", "message", "field"}
    assert any("\u4e00" <= char <= "\u9fff" for char in error["message"])
    assert " | " not in error["message"]


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"question": "\\ud800"}', b"[" * 50_000])
def test_a_body_that_is_no_json_is_refused_in_the_one_shape(client: httpx.Client, body: bytes):
    response = client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.json()["error"]["message"]


def test_a_body_that_is_not_declared_as_json_is_refused(client: httpx.Client):
    body = json.dumps({"question": QUESTION})
    response = client.post("/api/ask", content=body, headers={"Content-Type": "text/plain"})
    assert response.status_code == 422
    assert "application/json" in response.json()["error"]["message"]


@pytest.mark.parametrize("declared", [True, False])
def test_an_oversize_body_is_refused_whether_its_size_is_declared_or_not(client: httpx.Client, declared: bool):
    body = b'{"question": "' + b"a" * BODY_LIMIT * 4 + b'"}'
    content = body if declared else iter([body[at : at + 60_000] for at in range(0, len(body), 60_000)])
    response = client.post("/api/ask", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/api/documents/no-such-document", 404, "not_found"),
        ("GET", "/api/documents/no-such-document/text", 404, "not_found"),
        ("GET", "/static/../app.py", 404, "not_found"),
        ("GET", "/static/%2e%2e/app.py", 404, "not_found"),
        ("GET", "/api/ask", 405, "method_not_allowed"),
        ("DELETE", "/api/search?q=x", 405, "method_not_allowed"),
        ("GET", "/api/search", 422, "bad_request"),
        ("GET", "/api/search?q=", 422, "bad_question"),
        ("GET", "/api/search?q=x&k=0", 422, "bad_request"),
        ("GET", "/api/search?q=x&k=many", 422, "bad_request"),
        ("GET", "/api/documents?level=galactic", 422, "bad_request"),
        ("GET", "/api/documents?page=0", 422, "bad_request"),
        ("GET", "/api/documents?year=去年", 422, "bad_request"),
        ("GET", f"/api/documents/{RESPONSE}?quote_start=1", 422, "bad_input"),
        ("GET", f"/api/documents/{RESPONSE}?quote_start=9&quote_end=9", 422, "bad_input"),
        ("GET", f"/api/documents/{RESPONSE}?quote_start=0&quote_end=99999999", 422, "bad_input"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_in_the_one_shape(
    client: httpx.Client, method: str, path: str, status: int, code: str
):
    response = client.request(method, path)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert any("\u4e00" <= char <= "\u9fff" for char in error["message"])


def test_search_ranks_passages_and_names_their_clauses(client: httpx.Client):
    found = client.get("/api/search", params={"q": "老年人吃饭", "k": 5}).json()
    assert [hit["rank"] for hit in found["hits"]] == list(range(1, len(found["hits"]) + 1))
    assert len(found["hits"]) <= 5
    for hit in found["hits"]:
        text = client.get(f"/api/documents/{hit['doc_id']}/text").text
        assert text[hit["start"] : hit["end"]] == hit["text"]


def test_the_text_of_a_document_is_its_canonical_text(client: httpx.Client):
    response = client.get(f"/api/documents/{RESPONSE}/text")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == ORIGINAL.read_text("utf-8")


def test_a_document_is_told_with_metadata_and_clauses(client: httpx.Client):
    document = client.get(f"/api/documents/{RESPONSE}").json()
    assert document["index_no"] == "002489444/2024-276097"
    assert document["issued"] == "2024-10-17"
    assert document["kind"] == "response"
    text = client.get(f"/api/documents/{RESPONSE}/text").text
    for clause in document["clauses"]:
        assert text[clause["start"] : clause["end"]] == clause["text"]
    shown = "".join(clause["text"] for clause in document["clauses"])
    assert "".join(shown.split()) == "".join(text.split())
    for clause in document["clauses"]:
        assert "".join(segment["text"] for segment in clause["segments"]) == clause["text"]
        assert not any("marked" in segment for segment in clause["segments"])
    assert "source" not in document


def test_a_quote_is_cut_out_of_its_clause_where_it_stands(client: httpx.Client):
    text = client.get(f"/api/documents/{RESPONSE}/text").text
    twice = "嬰幼兒照護服務設施"
    start = text.index(twice, text.index(twice) + 1)
    span = {"quote_start": start, "quote_end": start + len(twice)}
    clauses = client.get(f"/api/documents/{RESPONSE}", params=span).json()["clauses"]
    (clause,) = [clause for clause in clauses if any("marked" in segment for segment in clause["segments"])]
    pieces = clause["segments"]
    marked = [n for n, segment in enumerate(pieces) if "marked" in segment]
    assert "".join(pieces[n]["text"] for n in marked) == twice
    assert clause["start"] + sum(len(segment["text"]) for segment in pieces[: marked[0]]) == start
    assert "".join(segment["text"] for segment in pieces) == clause["text"]


def test_what_a_clause_refers_to_is_a_link(client: httpx.Client):
    clauses = client.get(f"/api/documents/{RESPONSE}").json()["clauses"]
    links = {
        segment["text"]: segment["url"] for clause in clauses for segment in clause["segments"] if "url" in segment
    }
    assert links["《杭州市社區嵌入式服務設施建設工程實施方案》"] == "/documents/hz-2024-embedded-plan"
    for url in links.values():
        assert client.get(f"/api{url.split('#')[0]}").status_code == 200


def test_a_relation_is_told_on_both_of_its_documents(client: httpx.Client):
    def relations(doc_id: str) -> list[tuple[str, str]]:
        told = client.get(f"/api/documents/{doc_id}").json()["relations"]
        return [(relation["type"], relation["target"]) for relation in told]

    assert ("implements", "nat-2021-rental") in relations("hz-2021-rental-plan")
    assert ("implemented_by", "hz-2021-rental-plan") in relations("nat-2021-rental")


def test_every_choice_that_the_register_offers_leaves_as_many_documents_as_it_says(client: httpx.Client):
    filters = {"level": "municipal"}
    facets = client.get("/api/documents", params=filters).json()["facets"]
    assert facets.keys() == {"topic", "level", "status", "issuer", "year"}
    for name in ("topic", "status", "issuer", "year"):
        for choice in facets[name]:
            found = client.get("/api/documents", params=filters | {name: choice["value"]}).json()
            assert found["total"] == choice["count"], (name, choice)
    assert [choice["value"] for choice in facets["level"]][:3] == ["national", "provincial", "municipal"]


def test_the_register_filters_and_pages(client: httpx.Client):
    everything = client.get("/api/documents", params={"page_size": 200}).json()
    assert everything["total"] == len(everything["items"])
    assert {"items", "total", "page", "page_size", "facets"} == everything.keys()
    (found,) = client.get("/api/documents", params={"q": "第343号", "page_size": 1}).json()["items"]
    assert found["doc_id"] == RESPONSE
    nothing = client.get("/api/documents", params={"q": "没有这样的文件"}).json()
    assert (nothing["items"], nothing["total"]) == ([], 0)
    beyond = client.get("/api/documents", params={"page": 999}).json()
    assert (beyond["items"], beyond["total"]) == ([], everything["total"])


@pytest.mark.parametrize("path", ["/", "/documents", f"/documents/{RESPONSE}", "/healthz", "/api/nothing"])
def test_every_response_carries_the_security_headers(client: httpx.Client, path: str):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    # Browsers report an error where it comes without encryption.
    assert "cross-origin-opener-policy" not in headers
    assert security_headers({"scheme": "https"})["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_are_checked_by_etag_and_link_to_nothing_outside(client: httpx.Client):
    for path in ("/", "/documents", f"/documents/{RESPONSE}", "/static/style.css", "/static/ask.js"):
        response = client.get(path)
        assert response.status_code == 200
        assert set(re.findall(r"//([\w-]+\.[\w.-]+)", response.text)) <= {"www.w3.org"}  # the name of SVG
        again = client.get(path, headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code == 304


def test_the_page_of_an_unknown_document_is_not_found(client: httpx.Client):
    response = client.get("/documents/no-such-document")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")


def test_the_service_is_alive_and_ready(client: httpx.Client, corpus_index: Path):
    assert client.get("/healthz").json() == {"status": "alive"}
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready"
    assert ready["snapshot"] == current_name(corpus_index)
    assert ready["documents"] >= 1
    assert "problem" not in ready


def test_openapi_names_the_one_error_shape(client: httpx.Client):
    described = client.get("/openapi.json").json()
    assert "ErrorBody" in described["components"]["schemas"]
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_many_questions_at_once_all_get_their_answer(client: httpx.Client):
    answers: list[str] = []
    ask = lambda: answers.append(client.post("/api/ask", json={"question": QUESTION}).json()["text"])  # noqa: E731
    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 16
    assert len(set(answers)) == 1


def test_a_new_snapshot_is_picked_up_and_a_damaged_one_is_not(corpus_index: Path, tmp_path: Path):
    index = tmp_path / "index"
    shutil.copytree(corpus_index, index)
    first = current_name(index)
    second, third = f"{first}-second", f"{first}-third"
    for name in (second, third):
        shutil.copytree(snapshot_folder(index, first), snapshot_folder(index, name))
    (snapshot_folder(index, third) / "manifest.json").write_text("{", "utf-8")
    with serving(Settings(index_dir=index)) as url, httpx.Client(base_url=url, timeout=120) as client:
        assert client.get("/readyz").json()["snapshot"] == first
        point_to(index, second)
        wait_for_snapshot(client, lambda body: body["snapshot"] == second)
        assert client.post("/api/ask", json={"question": QUESTION}).json()["status"] == "answered"
        point_to(index, third)
        body = wait_for_snapshot(client, lambda body: "problem" in body)
        assert (body["status"], body["snapshot"]) == ("ready", second)
        assert body["problem"]["code"] == "index_damaged"
        assert str(index) not in json.dumps(body)
        assert client.post("/api/ask", json={"question": QUESTION}).json()["status"] == "answered"


def test_damage_under_a_running_service_is_told_and_the_last_good_snapshot_answers(corpus_index: Path, tmp_path: Path):
    index = tmp_path / "index"
    shutil.copytree(corpus_index, index)
    first = current_name(index)
    second = f"{first}-second"
    shutil.copytree(snapshot_folder(index, first), snapshot_folder(index, second))
    point_to(index, second)
    with serving(Settings(index_dir=index)) as url, httpx.Client(base_url=url, timeout=120) as client:
        assert client.get("/readyz").json()["snapshot"] == second
        with (snapshot_folder(index, second) / "records.sqlite").open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 65536)
        answer = client.post("/api/ask", json={"question": QUESTION})
        assert answer.status_code in (200, 503), answer.text
        body = wait_for_snapshot(client, lambda body: body["snapshot"] == first)
        assert (body["status"], body["problem"]["code"]) == ("ready", "index_damaged")
        assert client.post("/api/ask", json={"question": QUESTION}).json()["status"] == "answered"


def test_a_disk_that_takes_nothing_is_named_while_what_is_there_is_served(
    corpus_index: Path, monkeypatch: pytest.MonkeyPatch
):
    with serving(Settings(index_dir=corpus_index)) as url, httpx.Client(base_url=url, timeout=120) as client:
        assert "problem" not in client.get("/readyz").json()
        monkeypatch.setattr(disk, "NEEDED", 1 << 40)
        body = client.get("/readyz").json()
        assert (body["status"], body["problem"]["code"]) == ("ready", "disk_full")
        assert str(corpus_index) not in json.dumps(body)


def test_without_an_index_the_service_says_so_and_recovers(corpus_index: Path, tmp_path: Path):
    index = tmp_path / "index"
    with serving(Settings(index_dir=index)) as url, httpx.Client(base_url=url, timeout=120) as client:
        assert client.get("/healthz").status_code == 200
        unready = client.get("/readyz")
        assert unready.status_code == 503
        assert unready.json()["error"]["code"] == "index_missing"
        assert "kb ingest" in unready.json()["error"]["message"]
        refused = client.post("/api/ask", json={"question": QUESTION})
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "index_missing"
        assert str(index) not in refused.text
        assert client.get("/").status_code == 200
        shutil.copytree(corpus_index, index, dirs_exist_ok=True)
        wait_for_snapshot(client, lambda body: body["status"] == "ready")
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200


@pytest.mark.parametrize("workers", [1, 2])
def test_serving_an_index_that_is_not_there_names_the_folder_and_the_remedy(tmp_path: Path, workers: int):
    with pytest.raises(SnapshotError, match=r"nowhere.*kb ingest"):
        run(Settings(index_dir=tmp_path / "nowhere"), port=0, workers=workers)


def test_a_port_in_use_is_named_with_the_remedy(corpus_index: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=rf"port {port} .* in use.*--port"):
            run(Settings(index_dir=corpus_index), port=port)


@pytest.mark.parametrize(
    ("host", "port"), [("127.0.0.1", 70_000), ("127.0.0.1", -1), ("203.0.113.7", 0), ("没有.invalid", 0)]
)
def test_a_host_or_port_that_cannot_be_had_is_named(host: str, port: int):
    with pytest.raises(ServiceError, match=r"--port|--host"):
        listen(host, port)


def test_an_answer_within_filters_comes_from_no_other_document(client: httpx.Client) -> None:
    questions = (
        "杭州市梳理了多少项支持政策？",
        "国家和杭州的社区嵌入式服务设施方案有什么不同？",
        "一共有哪些文件？",
        "老年人用餐有什么优惠？",
    )
    levels = {one["doc_id"]: one["level"] for one in client.get("/api/documents?page_size=200").json()["items"]}
    for question in questions:
        for doc_id in (RESPONSE, "hz-2024-embedded-plan"):
            answer = client.post("/api/ask", json={"question": question, "doc_id": doc_id}).json()
            assert {citation["doc_id"] for citation in answer["citations"]} <= {doc_id}
        answer = client.post("/api/ask", json={"question": question, "level": "national"}).json()
        assert {levels[citation["doc_id"]] for citation in answer["citations"]} <= {"national"}
        nothing = client.post("/api/ask", json={"question": question, "topic": "没有这个主题"}).json()
        assert (nothing["status"], nothing["citations"]) == ("refused", [])
    within = client.post("/api/ask", json={"question": QUESTION, "doc_id": RESPONSE}).json()
    assert within["status"] == "answered"
    assert within["within"]["doc_id"] == RESPONSE and within["within"]["title"]
    dated = client.post("/api/ask", json={"question": QUESTION, "as_of": "2025-01-01"}).json()
    assert dated["within"] == {"as_of": "2025-01-01"}
    assert "within" not in client.post("/api/ask", json={"question": QUESTION}).json()
    assert client.post("/api/ask", json={"question": QUESTION, "doc_id": "nowhere"}).status_code == 404


def test_a_question_begins_a_conversation_and_tells_its_id_before_and_with_the_answer(client: httpx.Client) -> None:
    body = {"question": QUESTION, "conversation_id": "new"}
    asked = client.post("/api/ask", json=body)
    assert "httponly" in asked.headers["set-cookie"].lower()
    told = asked.json()
    (turn,) = client.get(f"/api/conversations/{told['conversation_id']}").json()["turns"]
    assert (turn["text"], turn["answer_id"]) == (told["text"], told["answer_id"])
    streamed = client.post("/api/ask", json={**body, "stream": True}).text
    (status, *_, done) = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: ")]
    assert status["conversation_id"] == done["conversation_id"] != told["conversation_id"]
    assert "conversation_id" not in client.post("/api/ask", json={"question": QUESTION}).json()


def test_texts_are_packed_and_streams_and_pictures_are_not(client: httpx.Client) -> None:
    packed = {"Accept-Encoding": "gzip"}
    assert client.get("/static/style.css", headers=packed).headers["content-encoding"] == "gzip"
    assert client.get("/api/documents", headers=packed).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/static/style.css", headers={"Accept-Encoding": "identity"}).headers
    stream = client.post("/api/ask", json={"question": QUESTION, "stream": True}, headers=packed)
    assert "content-encoding" not in stream.headers


def test_an_unknown_address_gets_a_page_where_somebody_follows_a_link_and_json_where_a_program_asks(
    client: httpx.Client,
) -> None:
    shown = client.get("/nowhere", headers={"Accept": "text/html,application/xhtml+xml"})
    assert shown.status_code == 404
    assert "没有找到这个页面" in shown.text and 'href="/eligibility"' in shown.text
    assert client.get("/nowhere").json()["error"]["code"] == "not_found"
