"""What the service keeps, on SQLite and on PostgreSQL, and who may read it over HTTP."""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cli.ingest import ingest
from ingest.build import index_lock
from ingest.settings import Settings
from kb.errors import NotFoundError, ServiceError
from service.jobs import INTERRUPTED, Jobs
from service.server import serving
from service.storage import Storage
from service.storage.retention import KEPT_DAYS, SHARED_DAYS, Retention
from service.storage.rows import ClockRow, ConversationRow, FeedbackRow, JobRow, ShareRow

INDEX_OF: dict[str, Path] = {}
"""The index folder behind an address."""

ANSWER = {"question": "社区食堂对谁开放？", "status": "answered", "statements": [], "citations": []}


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    on_file = request.param == "sqlite"
    storage = Storage(f"sqlite:///{tmp_path}/kb.sqlite3" if on_file else request.getfixturevalue("postgres"))
    yield storage
    storage.close()


def test_a_conversation_keeps_its_answers_in_order_and_is_named_after_its_first_question(storage: Storage):
    kept = storage.conversations
    begun = kept.begin("owner-1").conversation_id
    kept.add("owner-1", begun, ANSWER)
    answer_id = kept.add("owner-1", begun, ANSWER | {"question": "那2027年呢？"})
    conversation, turns = kept.turns("owner-1", begun)
    assert conversation.title == "社区食堂对谁开放？"
    assert [turn["question"] for turn in turns] == ["社区食堂对谁开放？", "那2027年呢？"]
    assert turns[1]["answer_id"] == answer_id
    assert kept.previous("owner-1", begun) == ("社区食堂对谁开放？", "那2027年呢？")
    assert [found.conversation_id for found in kept.of_owner("owner-1", "2027")] == [begun]
    assert kept.of_owner("owner-1", "没有问过") == []
    kept.rename("owner-1", begun, "食堂")
    assert [found.title for found in kept.of_owner("owner-1", "食堂")] == ["食堂"]
    kept.remove("owner-1", begun)
    with pytest.raises(NotFoundError):
        kept.turns("owner-1", begun)
    with pytest.raises(NotFoundError):
        kept.answer("owner-1", answer_id)


def test_nobody_reads_changes_or_deletes_the_conversation_of_another(storage: Storage):
    kept = storage.conversations
    begun = kept.begin("owner-2").conversation_id
    answer_id = kept.add("owner-2", begun, ANSWER)
    for attempt in (
        lambda: kept.turns("somebody", begun),
        lambda: kept.previous("somebody", begun),
        lambda: kept.add("somebody", begun, ANSWER),
        lambda: kept.answer("somebody", answer_id),
        lambda: kept.rename("somebody", begun, "x"),
        lambda: kept.remove("somebody", begun),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert kept.of_owner("somebody") == []
    assert len(kept.turns("owner-2", begun)[1]) == 1


def test_a_conversation_expires(storage: Storage):
    kept = storage.conversations
    begun = kept.begin("owner-3").conversation_id
    kept.add("owner-3", begun, ANSWER)
    session: Session
    with kept._sessions.begin() as session:
        session.get_one(ConversationRow, begun).touched -= (KEPT_DAYS + 1) * 86400
    with pytest.raises(NotFoundError):
        kept.turns("owner-3", begun)
    assert kept.of_owner("owner-3") == []
    before = kept.count()
    Retention(storage.sessions).delete_expired(0)
    assert kept.count() == before - 1


def test_what_has_expired_goes_with_all_that_hangs_on_it(storage: Storage):
    begun = storage.conversations.begin("owner-5").conversation_id
    answer_id = storage.conversations.add("owner-5", begun, ANSWER)
    storage.feedback.give(answer_id, ANSWER, "up", "")
    link = storage.shares.share(answer_id, ANSWER, "staff:1", staff_only=False)
    with storage.sessions.begin() as session:
        session.add(JobRow(job_id="long-ago", action="add", name="a", state="done", touched=time.time()))
        session.add(JobRow(job_id="waits", action="add", name="a", state="queued", touched=0.0))
    retention = Retention(storage.sessions)
    retention.delete_expired(0)
    for days, shared in ((KEPT_DAYS + 1, True), (SHARED_DAYS + 1, False)):
        with storage.sessions.begin() as session:
            for row, name in (
                (session.get(ConversationRow, begun), "touched"),
                (session.scalar(select(FeedbackRow).where(FeedbackRow.answer_id == answer_id)), "given"),
                (session.get(ShareRow, link), "shared"),
                (session.get(JobRow, "long-ago"), "touched"),
            ):
                if row is not None:
                    setattr(row, name, time.time() - days * 86400)
        retention.delete_expired(0)
        with storage.sessions() as session:
            assert session.get(ConversationRow, begun) is None
            assert session.scalar(select(FeedbackRow).where(FeedbackRow.answer_id == answer_id)) is None
            assert (session.get(ShareRow, link) is not None) == shared
            assert session.get(JobRow, "long-ago") is None
            assert session.get(JobRow, "waits") is not None


def test_a_clock_that_jumps_ahead_hides_but_deletes_nothing(storage: Storage, monkeypatch: pytest.MonkeyPatch):
    begun = storage.conversations.begin("owner-6").conversation_id
    storage.conversations.add("owner-6", begun, ANSWER)
    retention = Retention(storage.sessions)
    retention.delete_expired(0)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 91 * 86400)
    retention.delete_expired(3600)
    with pytest.raises(NotFoundError):
        storage.conversations.turns("owner-6", begun)
    monkeypatch.setattr(time, "time", lambda: now + 60)
    assert storage.conversations.turns("owner-6", begun)
    with storage.sessions() as session:
        assert session.get_one(ClockRow, "retention").reading <= now + 3 * 3600


def test_the_staff_token_is_shown_once_and_opens_sessions(storage: Storage):
    token = storage.staff.first_token()
    assert token is not None
    assert storage.staff.first_token() is None
    secret = storage.staff.enter(token)
    assert secret is not None
    assert storage.staff.person_of_session(secret)
    assert not storage.staff.person_of_session(token)
    assert storage.staff.enter("guess") is None
    assert storage.staff.enter(secret) is None
    storage.staff.leave(secret)
    assert not storage.staff.person_of_session(secret)


def test_feedback_waits_until_it_is_settled_and_goes_with_its_conversation(storage: Storage):
    begun = storage.conversations.begin("owner-4").conversation_id
    answer_id = storage.conversations.add("owner-4", begun, ANSWER)
    storage.feedback.give(answer_id, ANSWER, "up", "")
    storage.feedback.give(answer_id, ANSWER, "incomplete", "少了收费标准")
    (item,) = storage.feedback.waiting()
    assert (item["verdict"], item["comment"], item["answer"]["question"]) == (
        "incomplete", "少了收费标准", ANSWER["question"],
    )  # fmt: skip
    storage.feedback.settle(answer_id)
    assert storage.feedback.waiting() == []
    with pytest.raises(NotFoundError):
        storage.feedback.settle("nothing")
    storage.feedback.give(answer_id, ANSWER, "down", "我住在某某小区")
    storage.conversations.add("owner-4", begun, ANSWER)  # asked again, which takes the place of the answer
    storage.conversations.remove("owner-4", begun)
    assert storage.feedback.waiting() == []


def test_a_shared_answer_has_one_link_until_it_is_withdrawn(storage: Storage):
    answer = {"question": "每餐补贴多少？", "statements": [], "citations": []}
    link = storage.shares.share("answer", answer, "staff:1", staff_only=False)
    assert storage.shares.share("answer", answer, "staff:1", staff_only=False) == link
    assert storage.shares.open(link).answer == answer
    storage.shares.withdraw(link, "staff:1")
    for call in (storage.shares.open, lambda gone: storage.shares.withdraw(gone, "staff:1")):
        with pytest.raises(NotFoundError) as refused:
            call(link)
        assert "已经收回" in (refused.value.chinese or "")


def test_an_answer_that_is_shared_again_is_shared_as_it_is_now(storage: Storage):
    link = storage.shares.share("later public", ANSWER, "staff:1", staff_only=True)
    now = ANSWER | {"texts": {"canteen": "0"}}
    assert storage.shares.share("later public", now, "staff:1", staff_only=False) == link
    opened = storage.shares.open(link)
    assert (opened.staff_only, opened.answer) == (False, now)


def test_what_was_told_to_be_kept_is_on_the_disk(tmp_path: Path):
    storage = Storage(f"sqlite:///{tmp_path}/kb.sqlite3")
    with storage.sessions() as session:
        assert session.scalar(text("PRAGMA synchronous")) == 2  # FULL
    storage.close()


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/kb.sqlite3", "nonsense", "oracle://x/y"])
def test_a_database_that_cannot_be_opened_is_named_with_the_remedy(url: str):
    with pytest.raises(ServiceError, match=r"KB_DATABASE_URL.*give sqlite"):
        Storage(url)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A service over a public and a withheld document, and its staff token."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "documents").mkdir()
    (folder / "documents" / "canteen.txt").write_text(
        "长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n第二条　食堂应当留样四十八小时。\n", "utf-8"
    )
    (folder / "documents" / "internal.txt").write_text(
        "公开方式：不予公开\n一、内部安排\n值班密语是青松翠柏，轮换周期为九天。\n", "utf-8"
    )
    ingest(paths=[folder / "documents"], index=folder / "index", disclosure="public")
    settings = Settings(index_dir=folder / "index")
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    storage.close()
    assert token is not None
    with serving(settings) as url:
        INDEX_OF[url] = settings.index_dir
        yield url, token


def test_a_conversation_lives_with_the_cookie_of_its_browser(served: tuple[str, str]):
    url, _ = served
    with httpx.Client(base_url=url, timeout=120) as mine, httpx.Client(base_url=url, timeout=120) as other:
        begun = mine.post("/api/conversations")
        assert begun.status_code == 201
        cookie = begun.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        conversation = begun.json()["id"]
        body = {"question": "老年人每餐补贴多少元？", "conversation_id": conversation}
        answer = mine.post("/api/ask", json=body).json()
        assert "三元" in answer["text"]
        assert other.post("/api/ask", json=body).status_code == 404
        assert other.get(f"/api/conversations/{conversation}").status_code == 404
        assert other.delete(f"/api/conversations/{conversation}").status_code == 404
        assert other.get("/api/conversations").json() == {"items": []}
        said = {"answer_id": answer["answer_id"], "verdict": "down", "comment": "不对"}
        assert other.post("/api/feedback", json=said).status_code == 404
        assert mine.post("/api/feedback", json=said).status_code == 204
        (turn,) = mine.get(f"/api/conversations/{conversation}").json()["turns"]
        assert turn["text"] == answer["text"]
        assert mine.patch(f"/api/conversations/{conversation}", json={"title": "补贴"}).status_code == 204
        assert [one["title"] for one in mine.get("/api/conversations").json()["items"]] == ["补贴"]


def test_only_staff_see_what_is_withheld_and_what_people_said(served: tuple[str, str]):
    url, token = served
    question = {"question": "值班密语是什么？"}
    with httpx.Client(base_url=url, timeout=120) as client:
        assert client.get("/api/session").json()["audience"] == "public"
        assert "青松翠柏" not in client.post("/api/ask", json=question).text
        assert client.get("/api/documents").json()["total"] == 1
        refused = client.get("/api/feedback")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "staff_only")
        wrong = client.post("/api/session", json={"token": "guess"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "wrong_token")
        assert "httponly" in client.post("/api/session", json={"token": token}).headers["set-cookie"].lower()
        assert client.get("/api/session").json()["audience"] == "staff"
        assert "青松翠柏" in client.post("/api/ask", json=question).text
        assert client.get("/api/documents").json()["total"] == 2
        assert client.get("/api/feedback").status_code == 200
        client.delete("/api/session")
        assert client.get("/api/documents").json()["total"] == 1


def test_a_character_that_a_database_cannot_keep_is_refused_and_named(served: tuple[str, str], postgres: str):
    url, _ = served
    with (
        serving(Settings(index_dir=INDEX_OF[url], database_url=postgres)) as url,
        httpx.Client(base_url=url, timeout=120) as client,
    ):
        conversation = client.post("/api/conversations").json()["id"]
        for response in (
            client.post("/api/ask", json={"question": "补\x00贴？", "conversation_id": conversation}),
            client.post("/api/feedback", json={"answer_id": "\x00", "verdict": "up", "comment": ""}),
            client.get("/api/shared/%00"),
            client.get("/api/conversations", params={"q": "\x00"}),
        ):
            assert (response.status_code, response.json()["error"]["code"]) == (422, "bad_request")
            assert "存不了" in response.json()["error"]["message"]


def ask_in_conversation(client: httpx.Client, question: str) -> str:
    conversation = client.post("/api/conversations").json()["id"]
    body = {"question": question, "conversation_id": conversation}
    return str(client.post("/api/ask", json=body).json()["answer_id"])


def test_staff_share_an_answer_with_everybody_until_they_withdraw_it(served: tuple[str, str]):
    url, token = served
    with httpx.Client(base_url=url, timeout=120) as staff, httpx.Client(base_url=url, timeout=120) as citizen:
        answer_id = ask_in_conversation(staff, "老年人每餐补贴多少元？")
        assert staff.post(f"/api/answers/{answer_id}/share").status_code == 403
        staff.post("/api/session", json={"token": token})
        made = staff.post(f"/api/answers/{answer_id}/share")
        assert (made.status_code, made.json()["staff_only"]) == (201, False)
        told = citizen.get(f"/api/shared/{made.json()['id']}").json()
        assert "三元" in told["answer"]["text"]
        assert "answer_id" not in told["answer"]
        assert citizen.get(made.json()["url"]).status_code == 200
        assert citizen.delete(f"/api/shared/{made.json()['id']}").status_code == 403
        assert staff.delete(f"/api/shared/{made.json()['id']}").status_code == 204
        gone = citizen.get(f"/api/shared/{made.json()['id']}")
        assert (gone.status_code, gone.json()["error"]["message"]) == (404, "没有这条分享，或者它已经收回。")


def test_a_shared_answer_from_what_is_withheld_opens_for_staff_alone(served: tuple[str, str]):
    url, token = served
    with httpx.Client(base_url=url, timeout=120) as staff, httpx.Client(base_url=url, timeout=120) as citizen:
        staff.post("/api/session", json={"token": token})
        answer_id = ask_in_conversation(staff, "值班密语是什么？")
        made = staff.post(f"/api/answers/{answer_id}/share").json()
        assert made["staff_only"] is True
        assert "青松翠柏" in staff.get(f"/api/shared/{made['id']}").text
        refused = citizen.get(f"/api/shared/{made['id']}")
        assert (refused.status_code, refused.json()) == (404, citizen.get("/api/shared/nothing").json())


def test_staff_make_feedback_a_judged_question_in_the_form_that_the_evals_adopt(served: tuple[str, str]):
    url, token = served
    with httpx.Client(base_url=url, timeout=120) as client:
        conversation = client.post("/api/conversations").json()["id"]
        body = {"question": "老年人每餐补贴多少元？", "conversation_id": conversation}
        answer = client.post("/api/ask", json=body).json()
        answer_id, clause = answer["answer_id"], answer["citations"][0]["clause_id"]
        client.post("/api/feedback", json={"answer_id": answer_id, "verdict": "incomplete", "comment": "缺年龄"})
        right = {"must_say": ["三元"], "must_cite": [clause]}
        address = f"/api/feedback/{answer_id}/question"
        assert client.post(address, json=right).status_code == 403
        assert client.get("/api/judged.jsonl").status_code == 403
        client.post("/api/session", json={"token": token})
        for wrong in (
            {},
            right | {"must_say": ["八元"]},
            right | {"must_cite": ["canteen#99"]},
            right | {"refusal": "no_evidence"},
        ):
            assert client.post(address, json=wrong).status_code == 422
        assert client.post("/api/feedback/nothing/question", json=right).status_code == 404
        assert client.get("/api/judged.jsonl").text == ""
        assert client.post(address, json=right).status_code == 204
        assert answer_id not in {item["answer_id"] for item in client.get("/api/feedback").json()["items"]}
        (line,) = client.get("/api/judged.jsonl").text.splitlines()
        assert json.loads(line) == {
            "question": body["question"], "kind": "feedback", "answerable": True, "must_say": [["三元"]],
            "must_cite": [[clause]], "verdict": "incomplete", "comment": "缺年龄",
        }  # fmt: skip


def finished(client: httpx.Client, job_id: str) -> dict:  # type: ignore[type-arg]
    with client.stream("GET", f"/api/jobs/{job_id}/events", timeout=60) as told:
        events = [json.loads(line.removeprefix("data: ")) for line in told.iter_lines() if line.startswith("data: ")]
    return events[-1]


def test_staff_upload_and_delete_a_document_and_the_answer_changes_at_once(served: tuple[str, str]):
    url, token = served
    question = {"question": "每台电梯补助多少元？"}
    text = "加装电梯办法\n第一条　每台电梯补助二十万元。\n第二条　自受理之日起十五日内办结。\n".encode()
    with httpx.Client(base_url=url, timeout=120) as client:
        assert client.post("/api/documents", params={"name": "lift.txt"}, content=text).status_code == 403
        assert client.delete("/api/documents/canteen").status_code == 403
        client.post("/api/session", json={"token": token})
        refused = client.post("/api/documents", params={"name": "lift.exe"}, content=text)
        assert (refused.status_code, refused.json()["error"]["field"]) == (422, "name")
        assert client.post("/api/documents", params={"name": "lift.txt"}, content=b"").status_code == 422
        assert "二十万" not in client.post("/api/ask", json=question).text
        job = client.post("/api/documents", params={"name": "../../lift.txt"}, content=text)
        assert job.status_code == 202
        ended = finished(client, job.json()["job_id"])
        assert ended["state"] == "done", ended
        (doc_id,) = ended["report"]["added"]
        assert "二十万" in client.post("/api/ask", json=question).text
        removed = finished(client, client.delete(f"/api/documents/{doc_id}").json()["job_id"])
        assert removed["state"] == "done", removed
        assert "二十万" not in client.post("/api/ask", json=question).text
        again = finished(
            client, client.post("/api/documents", params={"name": "lift.txt"}, content=text).json()["job_id"]
        )
        assert again["report"]["added"] == [doc_id], "what was deleted can be uploaded again"
        finished(client, client.delete(f"/api/documents/{doc_id}").json()["job_id"])
        endless = client.post(
            "/api/documents", params={"name": "endless.txt"}, content="文\n".encode() * 200_001
        ).json()
        refused = finished(client, endless["job_id"])
        assert refused["state"] == "failed" and "最多200,000段" in refused["problem"], "it blocks nobody for minutes"
        broken = client.post("/api/documents", params={"name": "broken.pdf"}, content=b"no pdf").json()
        failed = finished(client, broken["job_id"])
        assert (failed["state"], failed["report"]) == ("failed", None)
        assert failed["problem"]
        assert client.get("/api/jobs/nothing").status_code == 404


def test_an_upload_waits_for_an_ingestion_that_holds_the_index(served: tuple[str, str], tmp_path: Path) -> None:
    url, token = served
    with httpx.Client(base_url=url, timeout=120) as client:
        client.post("/api/session", json={"token": token})
        with index_lock(INDEX_OF[url]):
            content = "节水办法\n第一条　每月用水三吨。\n".encode()
            job_id = client.post("/api/documents", params={"name": "water.txt"}, content=content).json()["job_id"]
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline and client.get(f"/api/jobs/{job_id}").json()["step"] != "waiting":
                time.sleep(0.2)
            assert client.get(f"/api/jobs/{job_id}").json()["state"] in ("queued", "running")
        ended = finished(client, job_id)
        assert ended["state"] == "done", ended
        finished(client, client.delete(f"/api/documents/{ended['report']['added'][0]}").json()["job_id"])


def test_jobs_that_a_stopped_service_left_unfinished_are_begun_again_but_not_for_ever(tmp_path: Path) -> None:
    settings = Settings(index_dir=tmp_path / "index", database_url=f"sqlite:///{tmp_path / 'service.sqlite'}")
    storage = Storage.of_settings(settings)
    gone = json.dumps({"action": "remove", "doc_id": "nothing"})
    with storage.sessions.begin() as session:
        for job_id, state, change, begun in (
            ("waiting", "queued", gone, 0), ("once", "running", gone, 1), ("twice", "running", gone, 2),
            ("of an earlier version", "queued", "", 0), ("done", "done", gone, 1),
        ):  # fmt: skip
            session.add(
                JobRow(
                    job_id=job_id,
                    action="remove",
                    name="a",
                    state=state,
                    touched=time.time(),
                    change=change,
                    begun=begun,
                )
            )
    ended: list[str] = []
    jobs = Jobs(storage.sessions, settings, lambda change, report: ended.append(change["doc_id"]))
    try:
        deadline = time.monotonic() + 240  # two processes, on a machine that may be busy
        while len(ended) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.2)
        assert jobs.tell("done")["state"] == "done"
        for job_id in ("waiting", "once"):
            assert "没有这份文件" in jobs.tell(job_id)["problem"], "it was carried out, and found nothing to remove"
        for job_id in ("twice", "of an earlier version"):
            assert (jobs.tell(job_id)["state"], jobs.tell(job_id)["problem"]) == ("failed", INTERRUPTED)
    finally:
        jobs.close()
        storage.close()


def test_a_worker_that_starts_leaves_the_jobs_of_another_alone(tmp_path: Path) -> None:
    settings = Settings(index_dir=tmp_path / "index", database_url=f"sqlite:///{tmp_path / 'service.sqlite'}")
    storage = Storage.of_settings(settings)
    with storage.sessions.begin() as session:
        for job_id, state in (("at work", "running"), ("waiting", "queued")):
            row = JobRow(
                job_id=job_id, action="remove", name="a", state=state, touched=time.time(), change="{}", begun=1
            )
            session.add(row)
    settings.index_dir.mkdir()
    with (settings.index_dir / ".jobs").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # as the worker that works the queue off does
        jobs = Jobs(storage.sessions, settings, lambda change, report: None)
        jobs.close()
        assert [jobs.tell(job_id)["state"] for job_id in ("at work", "waiting")] == ["running", "queued"]
    storage.close()
