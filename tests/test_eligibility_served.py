"""Eligibility over HTTP and on the command line, and that nothing said there is kept."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from indexing import ROOT

from ingest.settings import Settings
from service.openai_models import ANSWERING
from service.server import serving

# Numbers so long that no time and no key in a log holds them by chance.
SECRET = "我今年67，青海户口，每月退休金六百五十四万三千二百一十"


def post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{url}/api/eligibility", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        told: dict[str, Any] = json.load(response)
        return told


@pytest.fixture(scope="module")
def url(corpus_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("database") / "kb.db"
    with serving(Settings(index_dir=corpus_index, database_url=f"sqlite:///{database}")) as address:
        yield address


def test_a_sentence_gets_verdicts_with_clauses_and_questions(url: str) -> None:
    told = post(url, {"text": "我今年62，安徽户口，在拱墅租房", "as_of": "2026-11-23"})
    verdicts = {one["id"]: one for one in told["benefits"]}
    meal = verdicts["elder-meal-discount"]
    assert meal["verdict"] == "eligible"
    (rule,) = [meal["conditions"]] if meal["conditions"]["kind"] == "condition" else meal["conditions"]["parts"]
    assert (rule["clause_id"], rule["used"]) == ("hz-2024-community-canteen#4.2", "62周岁")
    assert verdicts["elder-free-parks-70"]["deciding"][0]["fact"] == "age"
    assert told["questions"]
    with urllib.request.urlopen(f"{url}/api/benefits") as response:
        listed = json.load(response)
    assert len(listed["benefits"]) >= 30
    with urllib.request.urlopen(f"{url}/api/benefits?facts_only=true") as response:
        assert json.load(response) == {"benefits": [], "facts": listed["facts"]}
    only = post(url, {"applicant": "organisation", "benefit": "tax-vat"})
    assert {one["for"] for one in only["benefits"]} == {"organisation"}
    assert {one["group"] for one in only["questions"]} == {"organisation"}


def test_the_answer_to_its_question_may_be_typed_in_the_conversation(url: str) -> None:
    def ask(question: str, conversation: str, cookie: str = "") -> tuple[dict[str, Any], str]:
        body = {"question": question, "as_of": "2026-11-27", "conversation_id": conversation}
        headers = {"Content-Type": "application/json", "Cookie": cookie}
        request = urllib.request.Request(f"{url}/api/ask", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request) as response:
            return json.load(response), (response.headers["Set-Cookie"] or "").partition(";")[0]

    asked = "我七十三了，坐公交能免费吗"
    first, cookie = ask(asked, "new")
    assert first["eligibility"]["question"]["id"] == "hukou"
    left, _ = ask("不知道", first["conversation_id"], cookie)
    assert (left["resolved_question"], left["eligibility"]["skipped"]) == (asked, ["hukou"])
    assert left["eligibility"]["question"]["id"] == "home"
    also_left, _ = ask("不知道", first["conversation_id"], cookie)  # the same words, of another question
    assert also_left["eligibility"]["skipped"] == ["hukou", "home"]
    other, _ = ask("社区食堂平时对哪些人开放？", first["conversation_id"], cookie)
    assert other["eligibility"] is None


def test_a_client_of_the_openai_api_is_asked_too_and_its_answer_takes_the_verdict_further(url: str) -> None:
    messages: list[dict[str, str]] = []

    def say(words: str) -> Any:
        messages.append({"role": "user", "content": words})
        completion = client.chat.completions.create(model=ANSWERING, messages=messages)  # type: ignore[arg-type]
        messages.append({"role": "assistant", "content": completion.choices[0].message.content or ""})
        return completion.answer  # type: ignore[attr-defined]

    with openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client:
        first = say("我七十三了，坐公交能免费吗")
        assert messages[-1]["content"].endswith(f"\n\n还要请您说明：{first['eligibility']['question']['question']}")
        assert say("浙江")["statements"][0]["verdict"] == "yes"


def test_facts_that_cannot_be_are_refused_though_the_question_tells_of_nobody(url: str) -> None:
    body = {"question": "社区食堂什么时候开门", "facts": {"age": 900}}
    request = urllib.request.Request(f"{url}/api/ask", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as response:
        error = json.load(response)["error"]
    assert (refused.value.code, error["code"], error["field"]) == (422, "bad_fact", "age")


def test_a_wrong_choice_is_told_in_chinese_alone(url: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{url}/api/documents?sort=colour")
    with refused.value as response:
        message = json.load(response)["error"]["message"]
    assert " or " not in message and "、" in message and "只能是" in message


def test_an_answer_begins_with_the_verdict_and_carries_what_may_be_asked_next(url: str) -> None:
    def ask(**known: Any) -> dict[str, Any]:
        body = {"question": "我七十三了，坐公交能免费吗", "as_of": "2026-11-27", **known}
        request = urllib.request.Request(
            f"{url}/api/ask", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as response:
            told: dict[str, Any] = json.load(response)
            return told

    open_still = ask()
    assert (open_still["status"], open_still["statements"][0]["verdict"]) == ("answered", "depends")
    assert open_still["eligibility"]["question"]["id"] == "hukou"
    judged = ask(facts={"hukou": "浙江"})
    assert (judged["statements"][0]["verdict"], judged["eligibility"]["question"]) == ("yes", None)
    page = post(url, {"text": "我七十三了，坐公交能免费吗", "facts": {"hukou": "浙江"}, "as_of": "2026-11-27"})
    assert "eligible" in {one["verdict"] for one in page["benefits"] if one["id"] == judged["eligibility"]["benefit"]}
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(facts={"hukou": "天上人间"})
    with refused.value as response:
        assert response.code == 422 and "天上人间" in json.load(response)["error"]["message"]


@pytest.mark.parametrize(
    ("body", "words"),
    [({"facts": {"age": -3}}, "-3"), ({"facts": {"x": 1}}, "x"), ({"text": "一" * 2001}, "2001"), ({"benefit": "no"}, "没有")],
)  # fmt: skip
def test_bad_facts_are_refused_in_plain_chinese(url: str, body: dict[str, Any], words: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(url, body)
    with refused.value as response:
        error = json.load(response)["error"]
    assert response.code == 422
    assert words in error["message"]


def test_nothing_that_a_person_says_is_logged_or_stored(corpus_index: Path, tmp_path: Path) -> None:
    database = tmp_path / "kb.db"
    environment = {**os.environ, "KB_DATABASE_URL": f"sqlite:///{database}"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    log = (tmp_path / "log").open("w+b")
    command = [sys.executable, "-m", "cli", "serve", "--port", port, "--index", str(corpus_index)]
    process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{url}/readyz").close()
                break
            except OSError:
                time.sleep(0.1)
        assert post(url, {"text": SECRET, "facts": {"monthly_rent": 987653}})["readings"]
        with pytest.raises(urllib.error.HTTPError) as refused:
            post(url, {"facts": {"age": 4078912345}, "text": SECRET})
        refused.value.close()
    finally:
        process.terminate()
        process.wait(10)
    log.seek(0)
    kept = log.read() + b"".join(path.read_bytes() for path in tmp_path.glob("kb.db*"))
    log.close()
    assert b"6543210" not in kept and b"987653" not in kept and b"4078912345" not in kept
    assert "青海".encode() not in kept and b"\\u9752" not in kept


def test_the_command_judges_explains_and_refuses(
    kb_command: Callable[..., subprocess.CompletedProcess[str]], corpus_index: Path
) -> None:
    done = kb_command(
        "eligibility", "--facts", '{"age": 62}', "--as-of", "2026-11-23", "--json", "--index", corpus_index
    )
    told = {one["id"]: one for one in json.loads(done.stdout)["benefits"]}["elder-meal-discount"]
    assert told["verdict"] == "eligible"
    assert told["source"]["url"] == f"/documents/{told['source']['doc_id']}"
    assert told["conditions"]["url"].startswith(f"{told['source']['url']}#")
    assert (
        "年龄达到60周岁"
        in kb_command("eligibility", "--explain", "elder-meal-discount", "--index", corpus_index).stdout
    )
    refused = kb_command("eligibility", "--facts", '{"age": "abc"}', "--index", corpus_index)
    assert refused.returncode == 1
    assert "age" in refused.stderr and "abc" in refused.stderr


@pytest.mark.parametrize(("text", "unheard"), [("我720岁", True), ("我72岁", False), ("我爸72，我妈58", False)])
def test_the_command_says_so_where_it_reads_nothing(
    kb_command: Callable[..., subprocess.CompletedProcess[str]], corpus_index: Path, text: str, unheard: bool
) -> None:
    told = kb_command("eligibility", "--text", text, "--index", corpus_index).stdout
    assert told.startswith("没有从 --text 中读出具体情况") is unheard


def test_a_second_person_of_the_sentence_is_told_and_can_be_asked_for(url: str) -> None:
    text = "我爸72，我妈58，都是杭州户口"
    told = post(url, {"text": text, "as_of": "2026-11-23"})
    assert [(one["name"], one["readings"][0]["value"]) for one in told["unread"]] == [("爸", 72), ("妈", 58)]
    chosen = post(url, {"text": text, "about": "妈", "as_of": "2026-11-23"})
    assert {one["fact"]: one["value"] for one in chosen["readings"]} == {"age": 58, "sex": "female", "hukou": "杭州"}
    assert [one["name"] for one in chosen["unread"]] == ["爸"]
