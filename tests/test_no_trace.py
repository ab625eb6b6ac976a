"""A document that nobody has published leaves no trace: every public answer of the service is the same with it and
without."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from indexing import KnowledgeBaseOf
from openpyxl import load_workbook
from test_publication import CANTEEN, LIFT, opened

from cli.ingest import ingest
from ingest.settings import Settings
from kb.errors import NotFoundError
from kb.index.records import Records
from kb.knowledge_base import KnowledgeBase
from service.openai_models import ANSWERING

RULES = (
    "东湖市停车管理规定\n公开方式：主动公开\n文号：东政发〔2019〕3号\n成文日期：2019年5月6日\n"
    "第一条　本规定依据《长者食堂管理办法》（东政发〔2020〕7号）的原则制定。\n第二条　每小时收费四元。\n"
)
PENDING = {
    "what supersedes a public document": "长者食堂管理办法（2022年修订）\n公开方式：主动公开\n文号：东政发〔2022〕1号\n成文日期：2022年3月4日\n"
    "第一条　每餐补贴九元。\n第二条　本办法自2022年4月1日起施行，《长者食堂管理办法》（东政发〔2020〕7号）同时废止。\n",
    "the name and number of a public document": CANTEEN.replace("三元", "八元"),
    "the file name of a public document": LIFT,
    "another place and another time": "拉萨市高原供暖办法\n公开方式：主动公开\n文号：拉政发〔2018〕5号\n成文日期：2018年9月9日\n"
    "失效日期：2020年12月31日\n适用地区：拉萨市\n第一条　每户供暖补助一千元，计入二百元。\n第二条　停车每小时收费七元。\n",
    "many passages": "东湖市综合管理手册\n公开方式：主动公开\n文号：东政发〔2017〕8号\n成文日期：2017年1月1日\n"
    + "\n".join(
        f"第{number}条　停车、食堂、电梯第{number}项要求：留样、收费、补贴一并公示。"
        for number in "一二三四五六七八九十"
    ),
}
QUESTIONS = (
    "老年人每餐补贴多少元？", "长者食堂管理办法的文号是什么？", "长者食堂管理办法现在还有效吗？", "东政发〔2022〕1号是什么文件？",
    "拉萨市的供暖补助多少？", "拉政发〔2018〕5号的成文日期是哪天？", "有哪些文件？", "东湖市一共发了多少份文件？", "停车每小时收费多少？",
    "每台电梯补助多少元？", "长者食堂管理办法（2022年修订）怎么规定？", "2018年有什么文件？", "哪些文件已经失效？", "收费标准是什么？",
)  # fmt: skip
WORDS = ("食堂", "停车收费", "供暖补助", "东政发〔2022〕1号", "电梯")
_OF_ONE_ANSWER = re.compile(r'"id":\s*"chatcmpl-[0-9a-f]+",|"created":\s*\d+,|"timing_ms":\s*\{[^{}]*\},')
_TOLD_HEADERS = (
    "etag",
    "last-modified",
    "cache-control",
    "content-disposition",
    "content-type",
    "location",
    "allow",
    "link",
    "vary",
)
IDS = ("canteen", "parking", "lift", "lift-2", "canteen-2", "revised", "lhasa", "handbook", "nothing")


def requests(citizen: httpx.Client) -> list[tuple[str, str, dict[str, Any]]]:
    """Give every request that a citizen may send, by the address of its route."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    for question in QUESTIONS:
        for stream in (False, True):
            found.append(("POST", "/api/ask", {"json": {"question": question, "stream": stream}}))
        found.append(("POST", "/api/ask", {"json": {"question": question, "as_of": "2019-06-01"}}))
        found.append(("POST", "/api/ask", {"json": {"question": question, "topic": "食堂"}}))
    found += [("GET", "/api/search", {"params": {"q": words, "k": 50}}) for words in (*WORDS, *QUESTIONS)]
    found += [
        ("POST", "/api/suggestions", {"json": {"text": words}})
        for words in (*WORDS, "综合管理手册", "高原供暖", "修订")
    ]
    found += [("GET", "/api/documents", {"params": {"q": words}}) for words in ("", *WORDS)]
    found.append(("GET", "/api/documents", {"params": {"status": "superseded"}}))
    found += [("GET", "/api/documents", {"params": {"sort": order}}) for order in ("oldest", "title", "issuer")]
    found += [("GET", f"/api/register{kind}", {}) for kind in (".csv", ".xlsx", "/figures")]
    for doc_id in IDS:
        found += [
            ("GET", f"/{address}", {})
            for address in (
                f"api/documents/{doc_id}", f"api/documents/{doc_id}/text", f"api/documents/{doc_id}/file",
                f"api/documents/{doc_id}/pages/1.png", f"documents/{doc_id}", f"documents/{doc_id}/publication",
                f"api/documents/{doc_id}/publication", f"documents/{doc_id}/pages/1.png",
                f"api/documents/{doc_id}/reading", f"documents/{doc_id}/reading", f"api/documents/{doc_id}/comparison",
                f"api/documents/{doc_id}/comparison.docx", f"documents/{doc_id}/comparison",
            )
        ]  # fmt: skip
        found.append(("POST", "/api/ask", {"json": {"question": QUESTIONS[0], "doc_id": doc_id}}))
        quote = {"quote": "食堂", "start": 0}
        found.append(("POST", f"/api/documents/{doc_id}/quote", {"json": quote}))
        found.append(("DELETE", f"/api/documents/{doc_id}", {}))
        found.append(("POST", f"/api/documents/{doc_id}/publication", {"json": {}}))
    found += [
        ("GET", address, {})
        for address in (
            "/", "/documents", "/staff", "/eligibility", "/a/nothing", "/api/benefits", "/api/conversations", "/api/session", "/api/session/time", "/api/session/entrances",
            "/api/session/open-id", "/api/session/open-id/return",
            "/api/shared/nothing", "/api/answers/nothing/record", "/api/answers/nothing/export.docx", "/api/audit.csv", "/api/feedback", "/api/judged.jsonl", "/api/publications", "/api/jobs/nothing",
            "/api/jobs/nothing/events", "/api/texts/en", "/healthz", "/readyz", "/openapi.json",
            "/api/conversations/nothing", "/api/conversations/nothing/export.docx", "/v1/models", f"/v1/models/{ANSWERING}",
        )
    ]  # fmt: skip
    found.append(("GET", "/api/audit.csv", {}))
    found.append(("GET", "/metrics", {"headers": {"X-Forwarded-For": "203.0.113.7"}}))  # not from the machine itself
    found.append(("POST", "/api/eligibility", {"json": {"text": "我今年72，拉萨户口"}}))
    for question in QUESTIONS:
        said = [{"role": "user", "content": question}]
        found.append(("POST", "/v1/chat/completions", {"json": {"model": ANSWERING, "messages": said}}))
    return found


def answers(citizen: httpx.Client) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for method, address, options in requests(citizen):
        response = citizen.request(method, address, **options)
        kind = response.headers["content-type"]
        text = (
            _cells(response.content) if "sheet" in kind else response.content.hex() if "png" in kind else response.text
        )
        headers = {name: value for name, value in response.headers.items() if name in _TOLD_HEADERS}
        told[f"{method} {address} {options}"] = (response.status_code, headers, _untimed(text))
    return told


def _cells(spreadsheet: bytes) -> str:
    """Give the cells of a spreadsheet, whose file says when it was made."""
    book = load_workbook(BytesIO(spreadsheet))
    return str([[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()])


def _untimed(text: str) -> Any:
    """Leave out how long an answer took, and the name of the snapshot, which is another one after every change; of a
    completion its name and time."""
    lines = []
    text = _OF_ONE_ANSWER.sub("", text)
    for line in text.split("\n"):
        event = line.startswith("data: ")
        try:
            told = json.loads(line.removeprefix("data: "))
        except json.JSONDecodeError:
            lines.append(line)
            continue
        if isinstance(told, dict):
            told = {name: value for name, value in told.items() if name not in ("timing_ms", "snapshot")}
        lines.append((event, told))
    return lines


def test_no_public_route_tells_of_a_document_that_waits_to_be_published(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    for name, text in (("canteen", CANTEEN), ("parking", RULES), ("lift", LIFT.replace("二十万", "十万"))):
        (tmp_path / "documents" / f"{name}.txt").write_text(text, "utf-8")
    ingest(paths=[tmp_path / "documents"], index=tmp_path / "index")
    names = ("revised", "canteen", "lift", "lhasa", "handbook")
    with opened(Settings(index_dir=tmp_path / "index", requests_a_minute=0)) as (staff, citizen):
        addresses = {
            path for path, operations in citizen.get("/openapi.json").json()["paths"].items() if "get" in operations
        }
        asked = [address for method, address, _ in requests(citizen) if method == "GET"]
        assert [one for one in addresses if not any(_fits(one, address) for address in asked)] == [], (
            "a route is not asked"
        )
        before = answers(citizen)
        for name, (kind, text) in zip(names, PENDING.items(), strict=True):
            (doc_id,) = staff.upload(f"{name}.txt", text)["report"]["added"]
            assert doc_id in IDS
            after = answers(citizen)
            assert {key: told for key, told in after.items() if told != before[key]} == {}, kind
        conversation = staff.client.post("/api/conversations").json()["id"]
        body = {"question": QUESTIONS[4], "conversation_id": conversation, "as_of": "2019-06-01"}
        answer = staff.client.post("/api/ask", json=body).json()
        assert "一千元" in answer["text"], "staff read what waits"
        shared = staff.client.post(f"/api/answers/{answer['answer_id']}/share").json()
        link, none = (citizen.get(f"/api/shared/{one}") for one in (shared["id"], "nothing"))
        assert (link.status_code, link.json()) == (none.status_code, none.json())
        assert answers(citizen) == before


def test_what_is_hidden_takes_no_longer_to_refuse_than_what_is_not_there(
    build: KnowledgeBaseOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes time is to read it: time itself depends on what else the machine does."""
    knowledge_base = build(hidden="公开方式：不予公开\n" + "第一条　值班密语是青松翠柏。\n" * 2000)
    asked: list[object] = []
    monkeypatch.setattr(Records, "_select", lambda _records, *statement: asked.append(statement) or [])
    for what in (KnowledgeBase.document, KnowledgeBase.clauses, KnowledgeBase.layout):
        for doc_id in ("hidden", "nothing"):
            with pytest.raises(NotFoundError):
                what(knowledge_base, doc_id)
    assert asked == []


def _fits(route: str, address: str) -> bool:
    parts, found = route.split("/"), address.split("?")[0].split("/")
    return len(parts) == len(found) and all(
        "{" in part or part == other for part, other in zip(parts, found, strict=True)
    )


@pytest.mark.parametrize("route", ["/api/documents/{doc_id}", "/api/documents"])
def test_a_route_fits_its_addresses_alone(route: str) -> None:
    assert _fits(route, route.replace("{doc_id}", "x"))
    assert not _fits(route, "/api/search")
