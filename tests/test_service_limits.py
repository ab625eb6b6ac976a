"""More is asked than can be answered: those who are served are served in time, the others are told at once to come
back."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from event_loop import run_apart
from fastapi import Request
from indexing import index_folder
from starlette.requests import ClientDisconnect

from ingest.settings import Settings, read_settings
from kb.errors import BusyError, SettingError
from kb.types import Query
from service.answer_queue import AnswerQueue, QueuePlace
from service.answering import AnswerInProgress, as_it_is
from service.display import DisplayedPieces
from service.jobs import INTERRUPTED, Jobs
from service.rates import GUESSES
from service.routes.ask import _events
from service.server import serving
from service.storage import Storage
from service.token_buckets import TokenBuckets
from service.waiting import in_turn, while_there

QUESTION = {"question": "老年人每餐补贴多少元？"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("limits")
    (folder / "documents").mkdir()
    (folder / "documents" / "canteen.txt").write_text(
        "公开方式：主动公开\n长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n", "utf-8"
    )
    index_folder(folder / "documents", folder / "index")
    return folder / "index"


@contextmanager
def served(index: Path, **settings: float) -> Iterator[httpx.Client]:
    made = Settings(index_dir=index, **settings)  # type: ignore[arg-type]
    with serving(made) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def test_turns_are_given_in_the_order_of_coming_and_places_move_up():
    async def run() -> None:
        queue = AnswerQueue(1, 60)
        first, second, third = (queue.enter() for _ in range(3))
        assert [turn.place for turn in (first, second, third)] == [0, 1, 2]
        async with first:
            assert queue.waiting == 2
        assert [turn.place for turn in (second, third)] == [0, 1]
        second.leave()
        second.leave()
        async with third:
            assert (queue.working, queue.waiting) == (1, 0)
        assert queue.working == 0

    run_apart(run)


def test_whoever_would_wait_too_long_is_told_so_and_whoever_goes_makes_room():
    async def run() -> None:
        queue = AnswerQueue(1, 0.5)  # an answer is taken to need a fifth of a second
        turns = [queue.enter() for _ in range(3)]
        with pytest.raises(BusyError) as refused:
            queue.enter()
        assert refused.value.values["seconds"] == pytest.approx(0.6)
        waiting = asyncio.create_task(in_turn(turns[1], lambda: None))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert queue.waiting == 1
        queue.enter()

    run_apart(run)


def test_a_round_may_always_wait_however_long_an_answer_takes():
    async def run() -> None:
        queue = AnswerQueue(2, 0.001)
        for _ in range(4):
            queue.enter()
        with pytest.raises(BusyError):
            queue.enter()

    run_apart(run)


def test_the_last_are_told_to_come_back_where_answers_take_longer_than_they_did():
    async def run() -> None:
        queue = AnswerQueue(1, 5)
        turns = [queue.enter() for _ in range(20)]
        slow = turns[0]
        async with slow:
            slow.began -= 2  # ten times as long as was expected
        waited = [asyncio.create_task(in_turn(turn, lambda: "answered")) for turn in turns[1:]]
        told = await asyncio.gather(*waited, return_exceptions=True)
        busy = [one for one in told if isinstance(one, BusyError)]
        assert told == ["answered"] * 7 + busy and len(busy) == 12
        assert (queue.waiting, queue.working) == (0, 0)

    run_apart(run)


class Silent:
    """A library whose knowledge base says nothing."""

    @contextmanager
    def use(self) -> Iterator[Silent]:
        yield self

    def answer(self, query: Query) -> Iterator[None]:
        return iter(())


def test_whoever_waits_for_a_stream_is_told_their_place():
    async def run() -> None:
        queue = AnswerQueue(1, 60)
        before, turn = queue.enter(), queue.enter()
        answer = AnswerInProgress(turn, Silent(), Query("", "问"), as_it_is)  # type: ignore[arg-type]
        events = _events(answer, {"conversation_id": None}, DisplayedPieces("问", "zh-CN"))
        waiting = json.loads((await anext(events)).decode().partition("data: ")[2])
        assert (waiting["stage"], waiting["place"]) == ("waiting", 1)
        before.leave()
        assert json.loads((await anext(events)).decode().partition("data: ")[2])["stage"] == "searching"
        assert [one async for one in events] == []

    run_apart(run)


def test_a_stream_that_is_refused_while_it_waits_ends_and_says_so():
    async def run() -> None:
        queue = AnswerQueue(1, 1)
        slow = queue.enter()
        turns = [queue.enter() for _ in range(4)]
        answer = AnswerInProgress(turns[-1], Silent(), Query("", "问"), as_it_is)  # type: ignore[arg-type]
        events = _events(answer, {"conversation_id": None}, DisplayedPieces("问", "zh-CN"))
        waiting = json.loads((await anext(events)).decode().partition("data: ")[2])
        assert (waiting["stage"], waiting["place"]) == ("waiting", 4)
        async with slow:
            slow.began -= 30
        async with asyncio.timeout(10):
            told = [one.decode() async for one in events]
        assert told[-1].startswith("event: error") and "现在使用的人太多" in told[-1]

    run_apart(run)


class Gone(Request):
    """A request whose client goes after a moment."""

    def __init__(self) -> None:
        super().__init__({"type": "http"})

    async def receive(self) -> dict[str, str]:  # type: ignore[override]
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}


@pytest.mark.parametrize("begun", [True, False])
def test_a_client_that_goes_frees_its_place(begun: bool):
    async def run() -> None:
        queue = AnswerQueue(1, 60)
        other = None if begun else queue.enter()
        turn: QueuePlace = queue.enter()
        stopped = threading.Event()
        with pytest.raises(ClientDisconnect):
            await while_there(Gone(), in_turn(turn, lambda: stopped.wait(10)), stopped.set)
        assert stopped.is_set()
        assert (queue.waiting, queue.working) == (0, 0 if begun else 1)
        if other:
            other.leave()

    run_apart(run)


def test_ten_times_more_than_can_be_answered_is_shed_at_once_and_the_rest_and_what_is_remembered_is_served(
    index: Path,
):
    with served(index, concurrent_answers=1, longest_wait=0.3) as client:
        client.post("/api/ask", json=QUESTION)
        found: list[tuple[int, str | None]] = []
        remembered: list[int] = []

        def ask(number: int) -> None:
            with httpx.Client(base_url=client.base_url, timeout=60) as mine:
                answer = mine.post("/api/ask", json=QUESTION | {"question": f"{QUESTION['question']}{number}号问"})
                remembered.append(mine.post("/api/ask", json=QUESTION).status_code)
            found.append((answer.status_code, answer.headers.get("retry-after")))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {status for status, _ in found} == {200, 503} and set(remembered) == {200}
        assert all(int(after or 0) >= 1 for status, after in found if status == 503)
        again = client.post("/api/ask", json=QUESTION)
        assert (again.status_code, again.json()["status"]) == (200, "answered")


def test_an_address_that_asks_too_often_is_told_when_to_come_back(index: Path):
    with served(index, requests_a_minute=60) as client:
        statuses = [client.get("/api/session").status_code for _ in range(30)]
        assert statuses[:20] == [200] * 20
        refused = client.get("/api/session")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many")
        assert int(refused.headers["retry-after"]) >= 1
        assert "default-src 'none'" in refused.headers["content-security-policy"]
        assert client.get("/healthz").status_code == 200


def test_an_account_and_each_of_its_keys_has_a_rate_from_wherever_it_asks(index: Path):
    made = Settings(index_dir=index, requests_a_minute=60, database_url=f"sqlite:///{index.parent}/rates.sqlite")
    storage = Storage.of_settings(made)
    storage.accounts.redeem(storage.accounts.add("周", "staff"), "一个足够长的口令短语")
    first, second = (storage.accounts.new_key("周", label) for label in ("一", "二"))
    storage.close()

    def ask(client: httpx.Client, key: str, number: int) -> int:
        headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": f"203.0.113.{number}"}
        return client.get("/api/session", headers=headers).status_code

    with serving(made) as url, httpx.Client(base_url=url, timeout=60) as client:
        statuses = [ask(client, first, number) for number in range(100)]
        assert statuses[:20] == [200] * 20 and 429 in statuses
        assert ask(client, second, 200) == 200, "another key goes on"


def test_a_bucket_fills_up_again_and_is_one_for_each():
    buckets = TokenBuckets(rate=20, burst=2)
    assert [buckets.take("a") for _ in range(2)] == [0, 0]
    wait = buckets.take("a")
    assert 0 < wait <= 0.05
    assert buckets.take("b") == 0
    time.sleep(wait + 0.01)
    assert buckets.take("a") == 0
    buckets.give_back("a")
    assert buckets.take("a") == 0


def test_the_token_is_not_guessed(index: Path):
    with served(index) as client:
        statuses = [client.post("/api/session", json={"token": f"guess-{n}"}).status_code for n in range(40)]
        assert statuses.count(401) <= GUESSES + 2
        assert set(statuses[-10:]) <= {429, 401}
        refused = client.post("/api/session", json={"token": "guess"})
        assert (refused.status_code, int(refused.headers["retry-after"]) >= 1) == (429, True)


def closed_after(line: socket.socket, seconds: float) -> bool:
    line.settimeout(seconds)
    try:
        while line.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True
    return True


def test_half_a_head_is_given_up_and_a_slow_body_is_refused(index: Path):
    with served(index, head_seconds=0.5, body_seconds=0.5) as client:
        address = (client.base_url.host, client.base_url.port or 0)
        half = [socket.create_connection(address) for _ in range(50)]
        for n, line in enumerate(half):
            line.sendall(b"" if n % 2 else b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half")
        with socket.create_connection(address) as kept:
            kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert kept.recv(65536).startswith(b"HTTP/1.1 200")
            kept.sendall(b"GET /hea")  # half of a second one on the same connection
            assert closed_after(kept, 5)
        assert all(closed_after(line, 5) for line in half)
        for line in half:
            line.close()
        with socket.create_connection(address) as slow:
            slow.sendall(
                b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            )
            slow.settimeout(5)
            assert slow.recv(65536).startswith(b"HTTP/1.1 408")
        assert client.post("/api/ask", json=QUESTION).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KB_CONCURRENT_ANSWERS", "-1"), ("KB_LONGEST_WAIT", "0"), ("KB_REQUESTS_A_MINUTE", "many"),
        ("KB_HEAD_SECONDS", "-3"), ("KB_BODY_SECONDS", "0"), ("KB_JOB_SECONDS", "0"), ("KB_AUDIT_DAYS", "-1"),
    ],
)  # fmt: skip
def test_a_limit_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=rf"{name}: '{value}' cannot be used: Input should be"):
        read_settings()


def test_a_job_that_takes_too_long_is_ended(index: Path):
    settings = Settings(index_dir=index, job_seconds=0.05)
    storage = Storage.of_settings(replace_url(settings, index))
    jobs = Jobs(storage.sessions, settings, lambda change, report: None)
    try:
        job_id = jobs.start({"action": "remove", "doc_id": "canteen", "by": "staff:1"}, "canteen")
        deadline = time.monotonic() + 60
        while jobs.tell(job_id)["state"] in ("queued", "running") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (jobs.tell(job_id)["state"], jobs.tell(job_id)["problem"]) == ("failed", INTERRUPTED)
    finally:
        jobs.close()
        storage.close()


def replace_url(settings: Settings, index: Path) -> Settings:
    return settings.model_copy(update={"database_url": f"sqlite:///{index.parent}/jobs.sqlite"})
