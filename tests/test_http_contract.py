"""The HTTP contract: every route is asked, and what it answers is held against `/openapi.json`."""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import api_docs
import httpx
import jsonschema
import pytest
from fpdf import FPDF
from indexing import CORPUS, index_folder
from served_texts import CANTEEN, QUESTION

from ingest.settings import Settings
from service.app import api
from service.server import serving
from service.storage import Storage

DOGS = (
    "东湖市养犬管理条例\n公开方式：主动公开\n（2021年3月25日东湖市人民代表大会常务委员会通过{changed}）\n"
    "第一条　为了规范养犬行为，制定本条例。\n第二条　每户限养{count}只犬。\n第三条　本条例自2021年6月1日起施行。\n"
)
PRICES = "公开方式：主动公开\n\n# 价目\n\n| 菜名 | 价格 |\n| --- | --- |\n| 红烧肉 | 十八元 |\n| 青菜 | 四元 |\n"
BENEFIT = """
title = "老年人就餐补贴"
gives = "每餐补贴三元"
for = "person"
topic = "养老"
region = "杭州市"
source = "canteen"
how = "到食堂登记"
ask_at = "社区"

[when]
any = [
  { fact = "age", at_least = 70, clause = "canteen#a1", quote = "年满七十周岁的老年人每餐补贴三元" },
  { fact = "hardship", is = "minimum", clause = "canteen#a1", quote = "老年人每餐补贴三元" },
]

[[amount]]
value = 3
unit = "元每餐"
clause = "canteen#a1"
quote = "每餐补贴三元"
"""
SPEC = json.loads(json.dumps(api().openapi()))
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = {
    (method, path): operation
    for path, operations in SPEC["paths"].items()
    for method, operation in operations.items()
    if method in METHODS
}


def check(value: Any, schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema | {"components": SPEC["components"]}).validate(value)


@dataclass
class Contract:
    """A client whose every response is held against the description of its route."""

    client: httpx.Client
    asked: set[tuple[str, str]] = field(default_factory=set)

    def ask(self, method: str, path: str, status: int, *names: str, **options: Any) -> httpx.Response:
        """Ask a route by its path as `/openapi.json` writes it, with `names` in the place of its parameters."""
        filled = path
        for name in names:
            filled = re.sub(r"\{\w+\}", name, filled, count=1)
        response = self.client.request(method, filled, **options)
        assert response.status_code == status, (method, filled, response.text)
        self.asked.add((method, path))
        described = OPERATIONS[method, path]["responses"]
        assert str(status) in described, f"{method} {path} does not describe {status}"
        content = described[str(status)].get("content", {})
        media_type = response.headers.get("content-type", "").partition(";")[0]
        if not content:
            assert response.content == b""
        elif media_type == "application/json":
            check(response.json(), content[media_type]["schema"])
        else:
            assert media_type in content or "application/octet-stream" in content, media_type
        return response

    def finish(self, job_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            job: dict[str, Any] = self.ask("get", "/api/jobs/{job_id}", 200, job_id).json()
            if job["state"] in ("done", "failed"):
                return job
            time.sleep(0.2)
        pytest.fail(f"the job did not end: {job}")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("contract")
    documents, benefits = folder / "documents", folder / "benefits"
    documents.mkdir()
    benefits.mkdir()
    (documents / "canteen.txt").write_text(CANTEEN, "utf-8")
    (documents / "prices.md").write_text(PRICES, "utf-8")
    revised = "　根据2024年9月1日《关于修改〈东湖市养犬管理条例〉的决定》修正"
    (documents / "dogs2021.txt").write_text(DOGS.format(changed="", count="一"), "utf-8")
    (documents / "dogs2024.txt").write_text(DOGS.format(changed=revised, count="两"), "utf-8")
    sheet = FPDF()
    sheet.add_page()
    sheet.set_font("Helvetica", size=14)  # a font that every PDF reader brings
    sheet.multi_cell(0, text="Article 1 The canteen opens at eleven.\nArticle 2 It closes at two.")
    sheet.output(str(documents / "notice.pdf"))
    shutil.copy(CORPUS / "benefits" / "facts.toml", benefits)
    (benefits / "meals.toml").write_text(BENEFIT, "utf-8")
    index_folder(documents, folder / "index")
    return Settings(index_dir=folder / "index", benefits_dir=benefits)


@pytest.fixture(scope="module")
def link(settings: Settings) -> str:
    storage = Storage.of_settings(settings)
    link = storage.accounts.add("周编辑", "editor")
    storage.close()
    return link


def test_every_route_answers_as_it_is_described(url: str, token: str, link: str) -> None:
    with httpx.Client(base_url=url, timeout=120) as client:
        contract = Contract(client)
        ask = contract.ask
        ask("get", "/healthz", 200)
        ask("get", "/readyz", 200)
        ask("get", "/metrics", 200)
        ask("get", "/api/session", 200)
        assert ask("get", "/api/session/entrances", 200).json() == {"open_id": None}
        ask("get", "/api/session/open-id", 404)
        ask("get", "/api/session/open-id/return", 404)
        chosen = {"link": link, "password": "一个足够长的口令短语"}
        assert ask("post", "/api/session/link", 200, json=chosen).json()["role"] == "editor"
        changed = {"old": "一个足够长的口令短语", "password": "另一个足够长的口令短语"}
        ask("post", "/api/session/password", 200, json=changed)
        ask("post", "/api/session", 200, json={"name": "周编辑", "password": "另一个足够长的口令短语"})
        ask("post", "/api/session", 200, json={"token": token})
        assert ask("get", "/api/session/time", 200).json()["may_extend"]
        ask("post", "/api/session/time", 200)

        ask("post", "/api/conversations", 201)
        asked = {"question": QUESTION, "conversation_id": "new", "level": "municipal"}
        refused = ask("post", "/api/ask", 200, json=asked).json()
        assert refused["status"] == "refused" and refused["within"] == {"level": "municipal"}
        answer = ask("post", "/api/ask", 200, json={"question": QUESTION, "conversation_id": "new"}).json()
        assert answer["status"] == "answered" and answer["citations"]
        ask("post", "/api/ask", 200, json={"question": QUESTION, "stream": True})
        mine = answer["conversation_id"]
        assert len(ask("get", "/api/conversations", 200).json()["items"]) == 2
        assert ask("get", "/api/conversations/{conversation_id}", 200, mine).json()["turns"]
        ask("get", "/api/conversations/{conversation_id}/export.docx", 200, mine)
        assert ask("get", "/api/answers/{answer_id}/record", 200, answer["answer_id"]).json()["quotations"]
        ask("get", "/api/answers/{answer_id}/export.docx", 200, answer["answer_id"])
        ask("patch", "/api/conversations/{conversation_id}", 204, mine, json={"title": "就餐"})

        given = {"answer_id": answer["answer_id"], "verdict": "incomplete", "comment": "还有别的补贴"}
        ask("post", "/api/feedback", 204, json=given)
        assert ask("get", "/api/feedback", 200).json()["items"]
        expected = {"must_say": ["三元"], "must_cite": ["canteen#a1"]}
        ask("post", "/api/feedback/{answer_id}/question", 204, answer["answer_id"], json=expected)
        assert ask("get", "/api/judged.jsonl", 200).text.count("\n") == 1
        ask("delete", "/api/feedback/{answer_id}", 204, answer["answer_id"])

        link = ask("post", "/api/answers/{answer_id}/share", 201, answer["answer_id"]).json()["id"]
        assert ask("get", "/api/shared/{share_id}", 200, link).json()["answer"]
        ask("delete", "/api/shared/{share_id}", 204, link)
        ask("delete", "/api/conversations/{conversation_id}", 204, mine)

        chat = {"model": "policy-knowledge-base", "messages": [{"role": "user", "content": QUESTION}]}
        assert ask("post", "/v1/chat/completions", 200, json=chat).json()["answer"]["citations"]
        ask("post", "/v1/chat/completions", 200, json=chat | {"stream": True})
        named = [model["id"] for model in ask("get", "/v1/models", 200).json()["data"]]
        ask("get", "/v1/models/{model}", 200, named[1])
        for encoding in ("float", "base64"):
            texts = {"model": named[1], "input": ["补贴"], "encoding_format": encoding}
            ask("post", "/v1/embeddings", 200, json=texts)

        accepts = {"Accept": "application/json, text/event-stream"}
        tool = {"name": "search", "arguments": {"query": "补贴"}}
        called = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": tool}
        assert ask("post", "/mcp", 200, json=called, headers=accepts).json()["result"]["structuredContent"]["hits"]

        assert ask("get", "/api/search", 200, params={"q": "补贴", "k": 3}).json()["hits"]
        assert ask("post", "/api/suggestions", 200, json={"text": "食堂"}).json()["suggestions"]
        for made in (".xlsx", ".csv", "/figures"):
            ask("get", f"/api/register{made}", 200)
        assert ask("get", "/api/documents", 200, params={"page_size": 2}).json()["total"] == 5
        for doc_id in ("canteen", "prices", "notice"):
            whole = ask("get", "/api/documents/{doc_id}", 200, doc_id, params={"quote_start": 0, "quote_end": 4}).json()
            assert whole["clauses"]
        compared = ask("get", "/api/documents/{doc_id}/comparison", 200, "dogs2024", params={"with": "dogs2021"}).json()
        assert compared["counts"] == {"same": 2, "changed": 1, "added": 0, "deleted": 0}
        ask("get", "/api/documents/{doc_id}/comparison.docx", 200, "dogs2024")
        for quote, state in (
            ("年满七十周岁", "kept"),
            ("年满七十周岁的老年人每餐补贴二元。", "changed"),
            ("无关", "gone"),
        ):
            cited = {"quote": quote, "start": 0, "clause_id": "canteen#a1"}
            assert ask("post", "/api/documents/{doc_id}/quote", 200, "canteen", json=cited).json()["state"] == state
        ask("get", "/api/documents/{doc_id}/text", 200, "canteen")
        ask("get", "/api/documents/{doc_id}/file", 200, "canteen")
        ask("get", "/api/documents/{doc_id}/pages/{number}.png", 200, "notice", "1")

        told = ask("post", "/api/eligibility", 200, json={"text": "我今年大概72", "facts": {"hardship": "none"}}).json()
        assert told["readings"] and told["benefits"][0]["conditions"]["kind"] == "group"
        assert ask("get", "/api/benefits", 200).json()["benefits"]

        job = ask(
            "post", "/api/documents", 202, params={"name": "lift.txt"}, content="第一条　电梯补助二十万元。".encode()
        ).json()
        assert contract.finish(job["job_id"])["report"]["added"] == ["lift"]
        ask("get", "/api/jobs/{job_id}/events", 200, job["job_id"])
        assert [one["doc_id"] for one in ask("get", "/api/publications", 200).json()["items"]] == ["lift"]
        read = ask("get", "/api/documents/{doc_id}/reading", 200, "lift").json()
        words = {"version": read["version"], "start": 4, "shown": "电梯补助", "written": "电梯补贴"}
        job = ask("post", "/api/documents/{doc_id}/reading", 202, "lift", json=words).json()
        assert contract.finish(job["job_id"])["report"]["changed"] == ["lift"]
        ask("post", "/api/documents/{doc_id}/reading", 422, "lift", json=words)
        assert ask("get", "/api/documents/{doc_id}/reading", 200, "lift").json()["by_hand"]
        seen = ask("get", "/api/documents/{doc_id}/publication", 200, "lift").json()
        decision = {"version": seen["version"], "disclosure": "public", "fields": seen["fields"]}
        job = ask("post", "/api/documents/{doc_id}/publication", 202, "lift", json=decision).json()
        contract.finish(job["job_id"])
        ask("post", "/api/documents/{doc_id}/publication", 409, "lift", json=decision)
        job = ask("delete", "/api/documents/{doc_id}", 202, "lift").json()
        contract.finish(job["job_id"])
        assert ask("get", "/api/audit.csv", 200).text.count(",asked,") >= 4
        ask("delete", "/api/session", 204)
    assert set(OPERATIONS) == contract.asked


def test_every_error_has_the_one_shape_and_its_status_is_described(url: str, token: str) -> None:
    none = "there-is-none"
    with httpx.Client(base_url=url, timeout=60) as client:
        public = Contract(client)
        for (method, path), operation in OPERATIONS.items():
            if "403" in operation["responses"] and path != "/metrics":  # which a program on this machine may read
                body = {"json": {}} if "application/json" in str(operation.get("requestBody")) else {}
                # A program is no page: what keeps /mcp from a caller is that a page of another site sends it.
                public.ask(method, path, 403, none, headers={"Origin": "https://elsewhere.example"}, **body)
        public.ask("post", "/api/session", 401, json={"token": "wrong"})
        public.ask("get", "/api/search", 422)
        public.ask("post", "/api/suggestions", 422, json={})
        public.ask("get", "/api/documents", 422, params={"page": 0})
        public.ask("get", "/api/documents/{doc_id}", 422, "canteen", params={"quote_start": 5})
        public.ask("post", "/api/ask", 404, json={"question": QUESTION, "doc_id": none})
        public.ask("post", "/api/ask", 422, json={"question": ""})
        public.ask("post", "/api/ask", 413, json={"question": "补" * 300_000})
        public.ask("post", "/api/eligibility", 422, json={"facts": {"age": "old"}})
        public.ask("post", "/api/eligibility", 400, content=b"{", headers={"Content-Type": "application/json"})
        public.ask("get", "/api/documents/{doc_id}/pages/{number}.png", 404, "canteen", "1")
        chat = {"model": "policy-knowledge-base", "messages": [{"role": "user", "content": QUESTION}]}
        public.ask("post", "/v1/chat/completions", 400, json=chat | {"n": 5})
        public.ask("post", "/v1/chat/completions", 404, json=chat | {"model": none})
        public.ask("post", "/v1/embeddings", 400, json={"model": "embedded", "input": []})
        public.ask("post", "/v1/embeddings", 413, json={"model": "embedded", "input": "补" * 300_000})
        accepts = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        public.ask("post", "/mcp", 400, content=b"{", headers=accepts)
        client.post("/api/session", json={"token": token})
        for (method, path), operation in OPERATIONS.items():
            if "404" in operation["responses"] and method in ("get", "delete") and "{number}" not in path:
                public.ask(method, path, 404, none)


def test_a_service_without_an_index_says_so_as_it_is_described(tmp_path: Path) -> None:
    with serving(Settings(index_dir=tmp_path / "none")) as url, httpx.Client(base_url=url, timeout=120) as client:
        contract = Contract(client)
        contract.ask("get", "/readyz", 503)
        contract.ask("get", "/api/search", 503, params={"q": "补贴"})
        contract.ask("post", "/api/suggestions", 503, json={"text": "补贴"})
        contract.ask("post", "/api/ask", 503, json={"question": QUESTION})
        contract.ask("get", "/v1/models", 503)


@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS))
def test_every_response_has_a_schema_and_an_example_that_fits_it(method: str, path: str) -> None:
    for status, response in OPERATIONS[method, path]["responses"].items():
        if status in ("204", "default"):
            continue
        for media_type, content in response["content"].items():
            assert content["schema"], f"{status} {media_type}"
            if media_type == "application/json":
                name = content["schema"]["$ref"].rpartition("/")[2]
                examples = (
                    [content["example"]] if "example" in content else SPEC["components"]["schemas"][name]["examples"]
                )
                for example in examples:
                    check(example, content["schema"])


def test_the_page_on_the_interface_tells_what_the_routes_tell() -> None:
    assert api_docs.PAGE.read_text("utf-8") == api_docs.page(), "run `make api-docs`"
