"""The tools over the Model Context Protocol as the official client uses them: at `/mcp`, over stdio, and nonsense."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from event_loop import run_apart
from indexing import ROOT, index_folder
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from served_texts import QUESTION, SECRET, settings_of, staff_token

from ingest.settings import Settings
from kb.index.snapshot import current_name, snapshot_folder
from service.guards import BODY_LIMIT
from service.server import serving
from service.storage import Storage
from service.storage.decision_log import Action

TOOLS = {"search", "ask", "get_document", "check_eligibility", "list_documents"}
SECONDS = 600  # that a command may take where others keep the machine busy
HEADERS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("mcp"))


def speak(server: Any, say: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    async def run() -> Any:
        async with Client(server, mode=mode) as client:
            return await say(client)

    return run_apart(run)


def call(url: str, name: str, /, **arguments: Any) -> Any:
    return speak(f"{url}/mcp", lambda client: client.call_tool(name, arguments))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_are_listed_with_what_they_take_and_give(url: str, mode: str) -> None:
    listed = speak(f"{url}/mcp", lambda client: client.list_tools(), mode)
    assert {tool.name for tool in listed.tools} == TOOLS
    for tool in listed.tools:
        assert tool.description and tool.output_schema["type"] == tool.input_schema["type"] == "object"
        assert tool.annotations.read_only_hint


def test_an_answer_is_told_in_words_and_whole_as_the_http_interface_tells_it(url: str) -> None:
    given = call(url, "ask", question=QUESTION)
    told = httpx.post(f"{url}/api/ask", json={"question": QUESTION}, timeout=60).json()
    assert given.structured_content | {"timing_ms": None} == told | {"timing_ms": None}
    assert given.content[0].text.endswith(f"[1] {told['citations'][0]['note']}") and not given.is_error
    follow_up = call(url, "ask", question="满六十周岁呢？", previous=[QUESTION]).structured_content
    assert follow_up["resolved_question"]
    confined = call(url, "ask", question=QUESTION, doc_id="lift").structured_content
    assert confined["within"] == {"doc_id": "lift", "title": "加装电梯办法"}


def test_answers_are_counted_as_those_of_the_http_interface_are(url: str) -> None:
    def counted(name: str) -> float:
        found = re.search(rf"^{re.escape(name)} (\S+)$", httpx.get(f"{url}/metrics").text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    names = ('kb_answers_total{outcome="answered"}', 'kb_answer_stage_seconds_count{stage="total"}')
    before = [counted(name) for name in names]
    call(url, "ask", question=QUESTION)
    call(url, "search", query="补贴")
    assert [counted(name) for name in names] == [one + 1 for one in before]


def test_passages_are_those_of_the_search(url: str) -> None:
    given = call(url, "search", query="补贴", k=2).structured_content
    assert given == httpx.get(f"{url}/api/search", params={"q": "补贴", "k": 2}, timeout=60).json()


def test_a_document_is_read_whole_by_its_clause_and_from_a_character_on(url: str) -> None:
    whole = call(url, "get_document", doc_id="canteen")
    assert whole.structured_content["text"] == httpx.get(f"{url}/api/documents/canteen/text").text
    assert whole.structured_content["next_start"] is None and "留样四十八小时" in whole.content[0].text
    clause = call(url, "get_document", doc_id="canteen", clause_id="canteen#a2").structured_content
    assert clause["text"].startswith("第二条") and "第一条" not in clause["text"]
    length = whole.structured_content["length"]
    rest = call(url, "get_document", doc_id="canteen", start=length - 5).structured_content
    assert rest["text"] == whole.structured_content["text"][-5:]


def test_documents_are_listed_and_filtered(url: str) -> None:
    both = call(url, "list_documents").structured_content
    assert [one["doc_id"] for one in both["items"]] == ["lift", "canteen"] and both["total"] == 2
    one = call(url, "list_documents", year=2020, page_size=1)
    assert [item["doc_id"] for item in one.structured_content["items"]] == ["canteen"]
    assert "《长者食堂管理办法》" in one.content[0].text


def test_eligibility_is_judged_with_its_clauses(url: str) -> None:
    given = call(url, "check_eligibility", text="我今年72岁")
    (benefit,) = given.structured_content["benefits"]
    assert benefit["verdict"] == "eligible" and "老年人就餐补贴" in given.content[0].text


def test_only_the_token_of_staff_opens_what_is_for_staff(url: str, settings: Settings) -> None:
    token = staff_token(settings)

    async def asked(key: str) -> Any:
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            answer = await client.call_tool("ask", {"question": SECRET})
            document = await client.call_tool("get_document", {"doc_id": "duty"})
        return str(answer), document.is_error

    told, refused = run_apart(asked, "any")
    assert "八八六六" not in told and refused
    told, refused = run_apart(asked, token)
    assert "八八六六" in told and not refused


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("ask", {"question": ""}, "问题是空的"),
        ("ask", {}, "question：缺少这一项"),
        ("ask", {"question": 5}, "question：应当是文字"),
        ("ask", {"question": "补" * 10_001}, "最多10,000个"),
        ("ask", {"question": QUESTION, "as_of": "2024-13-01"}, "没有 2024-13-01 这一天"),
        ("ask", {"question": QUESTION, "tools": []}, "tools：没有这一项"),
        ("ask", {"question": QUESTION, "doc_id": "duty"}, "没有这份文件"),
        ("search", {"query": "补贴", "k": 0}, "k：不能小于 1"),
        ("search", {"query": "补贴", "k": "3"}, "k：应当是整数"),
        ("get_document", {"doc_id": "none"}, "没有这份文件"),
        ("get_document", {"doc_id": "lift", "clause_id": "canteen#a1"}, "不在这份文件里"),
        ("check_eligibility", {"facts": {"age": "old"}}, "不是整数"),
        ("check_eligibility", {"facts": {"colour": "red"}}, "没有“colour”这一项"),
        ("list_documents", {"level": "galactic"}, "level：只能是"),
    ],
)
def test_wrong_arguments_are_told_to_the_model_so_that_it_can_try_again(
    url: str, name: str, arguments: dict[str, Any], words: str
) -> None:
    given = speak(f"{url}/mcp", lambda client: client.call_tool(name, arguments))
    assert given.is_error and words in given.content[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_unknown_tool_is_an_error_of_the_protocol(url: str, mode: str) -> None:
    async def say(client: Client) -> MCPError:
        with pytest.raises(MCPError) as unknown:
            await client.call_tool("weather", {})
        return unknown.value

    unknown = speak(f"{url}/mcp", say, mode)
    assert unknown.code == -32602 and "weather" in unknown.message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"[]", None),
        (b'"ask"', None),
        (b'{"jsonrpc": "2.0", "id": 1}', None),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/burn"}', -32601),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"arguments": {}}}', None),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": "x"}}', None),
    ],
)
def test_nonsense_is_an_error_of_the_protocol_and_the_next_client_is_served(
    url: str, body: bytes, code: int | None
) -> None:
    headers = HEADERS | {"Content-Type": "application/json"}
    told = httpx.post(f"{url}/mcp", content=body, headers=headers, timeout=60)
    problem = told.json()["error"]
    assert told.status_code < 500 and problem["code"] in ((code,) if code else (-32600, -32602, -32700))
    assert problem["message"] and "Traceback" not in told.text
    assert len(call(url, "list_documents").structured_content["items"]) == 2


def test_what_is_too_large_from_elsewhere_or_no_post_is_refused(url: str) -> None:
    one = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    large = one | {"params": {"_meta": {"note": "补" * BODY_LIMIT}}}
    assert httpx.post(f"{url}/mcp", json=large, headers=HEADERS).status_code == 413
    foreign = httpx.post(f"{url}/mcp", json=one, headers=HEADERS | {"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403 and foreign.json()["error"]["code"] == "other_origin"
    assert httpx.post(f"{url}/mcp", json=one, headers=HEADERS | {"Origin": url}).status_code == 200
    assert httpx.get(f"{url}/mcp", headers=HEADERS).json()["error"]["code"] == "method_not_allowed"


def test_without_an_index_a_tool_says_so(tmp_path: Any) -> None:
    with serving(Settings(index_dir=tmp_path / "none")) as url:
        given = call(url, "ask", question=QUESTION)
    assert given.is_error and "暂时不可用" in given.content[0].text


def stdio(settings: Settings, *options: str) -> StdioServerParameters:
    environment = dict(os.environ) | {"KB_BENEFITS_DIR": str(settings.benefits_dir)}
    arguments = ["-m", "cli", "mcp", "--index", str(settings.index_dir), *options]
    return StdioServerParameters(command=sys.executable, args=arguments, env=environment, cwd=str(ROOT))


def test_the_command_serves_the_same_tools_over_stdio(settings: Settings, url: str) -> None:
    async def say(client: Client) -> Any:
        listed = await client.list_tools()
        judged = await client.call_tool("check_eligibility", {"facts": {"age": 72}})
        secret = await client.call_tool("ask", {"question": SECRET})
        return listed, judged, secret, await client.call_tool("search", {"query": "补贴", "k": 2})

    listed, judged, secret, found = speak(stdio(settings), say)
    assert {tool.name for tool in listed.tools} == TOOLS
    assert judged.structured_content["benefits"][0]["verdict"] == "eligible"
    assert "八八六六" not in str(secret)
    assert found.structured_content == call(url, "search", query="补贴", k=2).structured_content
    staff = speak(stdio(settings, "--audience", "staff"), partial(Client.call_tool, name="ask", arguments={"question": SECRET}))  # fmt: skip
    assert "八八六六" in str(staff)


def decide(settings: Settings, doc_id: str, action: Action) -> None:
    storage = Storage.of_settings(settings)
    storage.decisions.make(doc_id, action, "陈晓", {})
    storage.close()


def test_the_command_tells_nothing_of_what_is_withdrawn_while_it_serves(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)

    async def say(client: Client) -> tuple[str, ...]:
        async def told() -> str:
            asked = await client.call_tool("ask", {"question": QUESTION})
            return str(asked) + str(await client.call_tool("get_document", {"doc_id": "canteen"}))

        before = await told()
        decide(settings, "canteen", "withdrawn")
        return before, await told()

    before, after = speak(stdio(settings), say)
    assert "补贴三元" in before and "补贴三元" not in after and "没有这份文件" in after


def test_the_command_serves_the_last_good_index_without_what_was_deleted_since(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    (tmp_path / "documents" / "canteen.txt").unlink()
    index_folder(tmp_path / "documents", settings.index_dir)
    decide(settings, "canteen", "deleted")
    (snapshot_folder(settings.index_dir, current_name(settings.index_dir)) / "records.sqlite").write_bytes(b"damaged")

    async def say(client: Client) -> Any:
        asked = await client.call_tool("ask", {"question": QUESTION})
        return str(asked), (await client.call_tool("list_documents", {})).structured_content["items"]

    asked, listed = speak(stdio(settings), say)
    assert "补贴三元" not in asked and [one["doc_id"] for one in listed] == ["lift"]


def test_the_command_answers_nonsense_with_errors_and_goes_on(settings: Settings) -> None:
    lines = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/burn"}\nnonsense\n{"jsonrpc": "2.0", "id": 2, "method": "ping"}\n'
    command = [sys.executable, "-m", "cli", "mcp", "--index", str(settings.index_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as server:
        assert server.stdin and server.stdout
        server.stdin.write(lines)
        server.stdin.flush()
        told = {one["id"]: one for one in (json.loads(server.stdout.readline()) for _ in range(2))}
        server.stdin.close()
        assert server.wait(SECONDS) == 0
    assert told[1]["error"]["code"] == -32601 and told[2]["result"] == {}


def test_the_command_without_an_index_says_so_and_writes_nothing_to_the_client(
    kb_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Any
) -> None:
    done = kb_command("mcp", "--index", tmp_path / "none")
    assert done.returncode == 1 and done.stdout == "" and "kb ingest" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_neither_asking_nor_serving_loads_the_library_of_the_protocol() -> None:
    program = "import sys, cli.ask, cli.main, service.app; service.app.api(); sys.exit('mcp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=SECONDS, check=False).returncode == 0
