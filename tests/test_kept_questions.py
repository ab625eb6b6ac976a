"""A question is kept when it is asked and its answer when it is there, whatever the connection does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
from model_server import begin, chunk, scripted_server
from served_texts import QUESTION, settings_of

from ingest.settings import Settings
from kb.errors import NotFoundError
from kb.knowledge_base import KnowledgeBase
from kb.types import Answer
from service.answering import GRACE_SECONDS
from service.openai_models import ANSWERING
from service.server import serving
from service.storage import Storage

ANSWER: dict[str, Any] = {"question": QUESTION, "status": "answered", "citations": [], "statements": []}
PATIENCE = 60


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    storage = Storage.of_settings(Settings(database_url=f"sqlite:///{tmp_path}/kb.sqlite3"))
    yield storage
    storage.close()


def test_a_question_stands_in_its_conversation_before_its_answer(storage: Storage) -> None:
    kept = storage.conversations
    begun = kept.begin("owner").conversation_id
    answer_id = kept.ask("owner", begun, QUESTION, {"level": "municipal"})
    (pending,) = kept.turns("owner", begun)[1]
    assert (pending["question"], pending["status"], pending["within"]) == (QUESTION, "pending", {"level": "municipal"})
    assert [one.title for one in kept.of_owner("owner")] == [QUESTION]
    with pytest.raises(NotFoundError):
        kept.answer("owner", answer_id)
    kept.settle(answer_id, ANSWER)
    assert kept.turns("owner", begun)[1] == [ANSWER | {"answer_id": answer_id}]


def test_asked_again_before_the_answer_came_it_stands_there_once(storage: Storage) -> None:
    kept = storage.conversations
    begun = kept.begin("owner").conversation_id
    first, second = (kept.ask("owner", begun, QUESTION, {}) for _ in range(2))
    kept.settle(second, ANSWER)
    kept.settle(first, ANSWER)  # the one that was given up comes after all, and is not wanted any more
    assert [turn["answer_id"] for turn in kept.turns("owner", begun)[1]] == [second]


def test_an_answer_to_a_deleted_conversation_is_kept_nowhere(storage: Storage) -> None:
    kept = storage.conversations
    begun = kept.begin("owner").conversation_id
    answer_id = kept.ask("owner", begun, QUESTION, {})
    kept.remove("owner", begun)
    kept.settle(answer_id, ANSWER)
    assert kept.of_owner("owner") == []


def test_a_question_that_is_refused_as_input_leaves_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.answering.GRACE_SECONDS", 0)  # as where others are answered before it
    with serving(settings) as url, httpx.Client(base_url=url, timeout=PATIENCE) as citizen:
        for stream in (False, True):
            asked = {"question": " ", "conversation_id": "new", "stream": stream}
            assert citizen.post("/api/ask", json=asked).status_code == 422
        assert citizen.get("/api/conversations").json()["items"] == []


def test_a_question_whose_answer_fails_is_told_so_and_does_not_wait_for_good(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: KnowledgeBase, _query: object) -> Iterator[Answer]:
        time.sleep(4 * GRACE_SECONDS)  # a stream has begun by then
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(KnowledgeBase, "answer", fail)
    cookies = httpx.Cookies()
    with serving(settings) as url:

        def post(path: str, body: dict[str, Any]) -> httpx.Response:
            with httpx.Client(base_url=url, timeout=PATIENCE, cookies=cookies) as once:  # it is closed by a failure
                response = once.post(path, json=body)
            cookies.update(response.cookies)
            return response

        for stream in (True, False):  # the second time by who is known from the first
            answer = post("/api/ask", {"question": QUESTION, "conversation_id": "new", "stream": stream})
            assert answer.status_code == (200 if stream else 500)
            told = json.loads(answer.text.rstrip().split("\n\n")[-1].removeprefix("event: error\ndata: "))["error"]
            assert (told["code"], "nobody" in told["message"]) == ("internal_error", False)
            assert httpx.get(f"{url}/api/conversations", cookies=cookies).json()["items"] == []
            chat = {"model": ANSWERING, "messages": [{"role": "user", "content": QUESTION}], "stream": stream}
            assert '"code":"internal_error"' in post("/v1/chat/completions", chat).text


def test_an_answer_comes_although_the_browser_has_gone(settings: Settings) -> None:
    goes_on = threading.Event()

    def thinks(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        goes_on.wait(PATIENCE)
        handler.wfile.write(chunk("年满七十周岁的老年人每餐补贴三元。[1]"))
        handler.wfile.write(b"data: [DONE]\n\n")

    with scripted_server() as model:
        model.replies = [thinks]
        written = settings.model_copy(update={"llm_base_url": model.url, "llm_model": "scripted"})
        with serving(written) as url, httpx.Client(base_url=url, timeout=PATIENCE) as citizen:
            asked = {"question": QUESTION, "conversation_id": "new", "stream": True}
            with citizen.stream("POST", "/api/ask", json=asked) as answer:
                line = next(line for line in answer.iter_lines() if line.startswith("data: "))
            path = f"/api/conversations/{json.loads(line.removeprefix('data: '))['conversation_id']}"
            (pending,) = citizen.get(path).json()["turns"]
            assert (pending["question"], pending["status"]) == (QUESTION, "pending")
            goes_on.set()
            ends = time.monotonic() + PATIENCE
            while (turn := citizen.get(path).json()["turns"][0])["status"] == "pending" and time.monotonic() < ends:
                time.sleep(0.1)
            assert (turn["status"], turn["answer_id"]) == ("answered", pending["answer_id"])
            assert turn["answered"] and turn["indexed"]
