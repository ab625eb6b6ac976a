"""Publishing as a decision: uploaded, confirmed, corrected, published, withdrawn, over HTTP and with a real index."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from indexing import silent
from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError

from cli.ingest import ingest
from ingest.base_index import indexed_documents
from ingest.collection import collect_files
from ingest.decisions import Decisions
from ingest.settings import Settings
from kb.errors import ConflictError
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase, Step
from kb.types import Answer, Mark, Query
from service.answering import answer_whole
from service.ingestion_process import change
from service.library import Library
from service.publishing import Publishing
from service.server import serving
from service.snapshots import ServedSnapshots
from service.storage import Storage
from service.storage.rows import JobRow

CANTEEN = (
    "长者食堂管理办法\n公开方式：主动公开\n文号：东政发〔2020〕7号\n成文日期：2020年1月5日\n"
    "第一条　年满七十周岁的老年人每餐补贴三元。\n第二条　食堂应当留样四十八小时。\n"
)
LIFT = (
    "加装电梯办法\n公开方式：主动公开\n文号：东住建发〔2021〕9号\n成文日期：2021年3月1日\n"
    "第一条　每台电梯补助二十万元。\n第二条　自受理之日起十五日内办结。\n"
)
QUESTION = "每台电梯补助多少元？"


class Staff:
    """A session of staff against a service."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def finish(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 202, response.text
        with self.client.stream("GET", f"/api/jobs/{response.json()['job_id']}/events", timeout=240) as told:
            lines = [line.removeprefix("data: ") for line in told.iter_lines() if line.startswith("data: ")]
        ended: dict[str, Any] = json.loads(lines[-1])
        return ended

    def upload(self, name: str, text: str) -> dict[str, Any]:
        return self.finish(self.client.post("/api/documents", params={"name": name}, content=text.encode()))

    def review(self, doc_id: str) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get(f"/api/documents/{doc_id}/publication").json()
        return told

    def decide(self, doc_id: str, disclosure: str, **changed: Any) -> httpx.Response:
        seen = self.review(doc_id)
        fields = seen["fields"] | changed.pop("fields", {})
        body = {"version": seen["version"], "disclosure": disclosure, "fields": fields} | changed
        return self.client.post(f"/api/documents/{doc_id}/publication", json=body)


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Staff, httpx.Client]]:
    """Serve an index and give a session of staff and a citizen."""
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    storage.close()
    with (
        serving(settings) as url,
        httpx.Client(base_url=url, timeout=120) as client,
        httpx.Client(base_url=url, timeout=120) as citizen,
    ):
        assert client.post("/api/session", json={"token": token}).status_code == 200
        yield Staff(client), citizen


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "canteen.txt").write_text(CANTEEN, "utf-8")
    ingest(paths=[tmp_path / "documents"], index=tmp_path / "index")
    return Settings(index_dir=tmp_path / "index")


@pytest.fixture
def service(settings: Settings) -> Iterator[tuple[Staff, httpx.Client]]:
    with opened(settings) as both:
        yield both


def says(client: httpx.Client, words: str, question: str = QUESTION) -> bool:
    return words in client.post("/api/ask", json={"question": question}).text


def test_a_document_is_public_from_its_publication_to_its_withdrawal(service: tuple[Staff, httpx.Client]) -> None:
    staff, citizen = service
    (doc_id,) = staff.upload("lift.txt", LIFT)["report"]["added"]
    assert says(staff.client, "二十万") and not says(citizen, "二十万")
    assert citizen.get(f"/api/documents/{doc_id}").status_code == 404
    (waiting,) = staff.client.get("/api/publications").json()["items"]
    assert (waiting["doc_id"], waiting["last"]["action"]) == (doc_id, "uploaded")
    seen = staff.review(doc_id)
    assert seen["fields"]["doc_no"] == "东住建发〔2021〕9号"
    assert (seen["disclosure"], seen["stated"], seen["read_as"], seen["marks"]) == (
        "unstated",
        ["主动公开"],
        "public",
        [],
    )
    published = staff.finish(
        staff.decide(doc_id, "public", fields={"title": "既有住宅加装电梯办法", "issued": "2021-03-02"})
    )
    assert published["state"] == "done", published
    assert says(citizen, "二十万")
    told = citizen.get(f"/api/documents/{doc_id}").json()
    assert (told["title"], told["issued"]) == ("既有住宅加装电梯办法", "2021-03-02")
    assert not [field for field in told["header"] if field["name"] == "issued"], "what was read wrongly is no data"
    withdrawing = staff.decide(doc_id, "unstated")
    assert not says(citizen, "二十万"), "from the next question on, whatever the job waits for"
    assert citizen.get(f"/api/documents/{doc_id}").status_code == 404
    assert staff.finish(withdrawing)["state"] == "done"
    assert not says(citizen, "二十万") and says(staff.client, "二十万")
    actions = [(one["action"], one["actor"].startswith("staff:")) for one in staff.review(doc_id)["history"]]
    assert actions == [("withdrawn", True), ("published", True), ("uploaded", True)]
    staff.finish(staff.decide(doc_id, "public"))
    assert says(citizen, "二十万")


def test_only_staff_decide_and_what_they_write_is_checked(service: tuple[Staff, httpx.Client]) -> None:
    staff, citizen = service
    fields = staff.review("canteen")["fields"]
    body = {"version": 0, "disclosure": "unstated", "fields": fields}
    assert citizen.get("/api/publications").status_code == 403
    assert citizen.get("/api/documents/canteen/publication").status_code == 403
    assert citizen.post("/api/documents/canteen/publication", json=body).status_code == 403
    for changed, words in (
        ({"fields": fields | {"issued": "2031年13月"}}, "成文日期：“2031年13月”不是日期"),
        (
            {"fields": fields | {"issued": "2031-03-08", "effective": None, "expires": "2030-01-01"}},
            "有效期至2030年1月1日，早于成文日期2031年3月8日",
        ),
        ({"fields": fields | {"title": " "}}, "不能是空的"),
        ({"disclosure": "secret"}, "disclosure"),
        ({"replaces": "canteen"}, "只有待发布的文件"),
        (
            {"fields": fields | {"effective": "2031-05-01", "expires": "2031-04"}},
            "有效期至2031年4月，早于施行日期2031年5月1日",
        ),
    ):
        refused = staff.client.post("/api/documents/canteen/publication", json=body | changed)
        assert refused.status_code == 422 and words in refused.text
    assert staff.client.get("/api/documents/nothing/publication").status_code == 404


def test_of_two_who_decide_at_once_the_second_is_told_what_the_first_did(service: tuple[Staff, httpx.Client]) -> None:
    staff, citizen = service
    (doc_id,) = staff.upload("lift.txt", LIFT)["report"]["added"]
    seen = staff.review(doc_id)
    body = {"version": seen["version"], "fields": seen["fields"]}
    address = f"/api/documents/{doc_id}/publication"
    first = staff.client.post(address, json=body | {"disclosure": "withheld"})
    second = staff.client.post(address, json=body | {"disclosure": "public"})
    assert (second.status_code, second.json()["error"]["code"]) == (409, "conflict")
    assert "确认为不公开" in second.json()["error"]["message"]
    staff.finish(first)
    assert staff.client.get(f"/api/documents/{doc_id}").json()["disclosure"] == "withheld"
    assert not says(citizen, "二十万")


def test_decisions_are_counted_on_every_database(tmp_path: Path) -> None:
    storage = Storage(f"sqlite:///{tmp_path}/kb.sqlite3")
    storage.decisions.make("a", "published", "staff:1", {}, seen=0)
    with pytest.raises(ConflictError) as refused:
        storage.decisions.make("a", "withdrawn", "staff:2", {}, seen=0)
    assert re.search(r"会话 1）于 .* 发布", refused.value.chinese or "")
    storage.decisions.make("a", "withdrawn", "staff:2", {}, seen=1)
    storage.decisions.make("a", "corrected", "staff:2", {}, seen=2)
    storage.decisions.make("b", "uploaded", "staff:2", {})
    assert storage.decisions.withdrawn() == {"a"}, "a correction publishes nothing"
    assert [one.version for one in storage.decisions.of("a")] == [3, 2, 1]
    storage.close()


def test_what_may_be_somebodys_and_what_was_unsure_is_pointed_out(service: tuple[Staff, httpx.Client]) -> None:
    staff, _ = service
    text = LIFT + "第三条　申请人王某的手机是13900139000，身份证号码11010519491231002X。\n联系电话：0571-85250000\n"
    (doc_id,) = staff.upload("names.txt", text)["report"]["added"]
    found = staff.review(doc_id)["personal_data"]
    assert [(one["kind"], one["words"]) for one in found["shown"]] == [
        ("mobile_number", "13900139000"), ("identity_number", "11010519491231002X"),
    ]  # fmt: skip
    table = "<html><body><h1>补助标准</h1><p>公开方式：主动公开</p><table><tr><td>一</td><td>12</td></tr><tr><td>二</td><td>13</td></tr></table></body></html>"
    (doc_id,) = staff.upload("table.html", table)["report"]["added"]
    assert staff.review(doc_id)["unsure"]["tables"] == [{"number": 1, "page": None, "headless": True}]


def test_two_uploads_of_one_name_are_two_documents_and_a_refused_one_costs_nothing(
    service: tuple[Staff, httpx.Client], settings: Settings
) -> None:
    staff, citizen = service
    (first,) = staff.upload("lift.txt", LIFT)["report"]["added"]
    (second,) = staff.upload("lift.txt", LIFT.replace("二十万", "三十万"))["report"]["added"]
    assert first != second
    assert staff.upload("lift.txt", "\n \n")["state"] == "failed"
    assert "二十万" in staff.client.get(f"/api/documents/{first}/file").text
    assert "三十万" in staff.client.get(f"/api/documents/{second}/file").text
    again = staff.upload("another name.txt", LIFT)["report"]
    assert (again["added"], again["unchanged"]) == ([], [first]), "the same file again is the same document"
    assert len(list((settings.index_dir / "uploads").iterdir())) == 2
    assert [one["doc_id"] for one in staff.review(second)["same_name"]] == [first]
    staff.finish(staff.decide(first, "public"))
    staff.finish(staff.decide(second, "public", replaces=first))
    assert says(citizen, "三十万") and not says(citizen, "二十万")
    assert citizen.get(f"/api/documents/{second}").status_code == 404
    assert [one["action"] for one in staff.review(first)["history"]] == ["replaced", "published", "uploaded"]


def test_a_correction_holds_when_the_same_file_comes_again(
    service: tuple[Staff, httpx.Client], settings: Settings
) -> None:
    staff, citizen = service
    (doc_id,) = staff.upload("lift.txt", LIFT)["report"]["added"]
    staff.finish(staff.decide(doc_id, "public", fields={"title": "电梯办法（试行）", "status": "trial"}))
    staff.finish(staff.client.delete(f"/api/documents/{doc_id}"))
    (back,) = staff.upload("renamed.txt", LIFT)["report"]["added"]
    assert back == doc_id
    seen = staff.review(back)
    assert (seen["fields"]["title"], seen["fields"]["status"]) == ("电梯办法（试行）", "trial")
    assert seen["disclosure"] == "unstated" and not says(citizen, "二十万"), "what was deleted has to be published anew"
    staff.finish(staff.decide(back, "public"))
    assert citizen.get(f"/api/documents/{back}").json()["title"] == "电梯办法（试行）"
    staff.finish(staff.decide(back, "public", fields={"title": "加装电梯办法"}))
    told = citizen.get(f"/api/documents/{back}").json()
    assert (told["title"], told["status"]) == ("加装电梯办法", "trial")
    ingest(paths=[settings.index_dir / "uploads"], index=settings.index_dir)
    assert indexed_documents(settings.index_dir)[back].status == "trial"


def test_a_published_document_that_comes_again_with_other_marks_is_held_back_and_said(
    service: tuple[Staff, httpx.Client], settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    staff, _ = service
    (doc_id,) = staff.upload("lift.txt", LIFT)["report"]["added"]
    staff.finish(staff.decide(doc_id, "public"))
    decisions = Decisions(settings.index_dir)
    document = indexed_documents(settings.index_dir)[doc_id]
    assert decisions.apply(replace(document, disclosure="unstated")).disclosure == "public"
    marked = decisions.apply(replace(document, marks=(Mark("internal", "内部资料", "page", 1),)))
    assert marked.disclosure == "unstated"
    staff.finish(staff.decide("canteen", "public"))
    (tmp_path / "documents" / "canteen.txt").write_text(f"内部资料\n{CANTEEN}", "utf-8")
    ingest(paths=[tmp_path / "documents"], index=settings.index_dir)
    assert "1 were public and are held back from the public now: canteen" in capsys.readouterr().err
    assert indexed_documents(settings.index_dir)["canteen"].disclosure == "withheld"


def test_what_was_withdrawn_stays_so_when_its_folder_is_ingested_again(
    service: tuple[Staff, httpx.Client], settings: Settings, tmp_path: Path
) -> None:
    staff, citizen = service
    question = "老年人每餐补贴多少元？"
    assert says(citizen, "三元", question)
    staff.finish(staff.decide("canteen", "unstated"))
    file = tmp_path / "documents" / "canteen.txt"
    for text in (CANTEEN, CANTEEN.replace("三元", "五元")):
        file.write_text(text, "utf-8")
        ingest(paths=[tmp_path / "documents"], index=settings.index_dir)
        assert indexed_documents(settings.index_dir)["canteen"].disclosure == "unstated"


def test_an_upload_that_waits_survives_a_restart(settings: Settings) -> None:
    path = settings.index_dir / "uploads" / "one" / "lift.txt"
    path.parent.mkdir(parents=True)
    path.write_text(LIFT, "utf-8")
    storage = Storage.of_settings(settings)
    change = {"action": "add", "path": str(path.absolute()), "by": "staff:1", "at": "2031-01-01"}
    with storage.sessions.begin() as session:
        session.add(
            JobRow(
                job_id="waiting", action="add", name="lift.txt", state="queued", touched=0.0, change=json.dumps(change),
                queued=0.0, begun=0,
            )
        )  # fmt: skip
    storage.close()
    with opened(settings) as (staff, _):
        deadline = time.monotonic() + 60
        while staff.client.get("/api/jobs/waiting").json()["state"] != "done" and time.monotonic() < deadline:
            time.sleep(0.1)
        assert [one["title"] for one in staff.client.get("/api/publications").json()["items"]] == ["加装电梯办法"]


def test_what_was_carried_out_but_not_noted_is_noted_at_the_next_start(settings: Settings) -> None:
    """A service that is killed between the new snapshot and its note begins the job a second time."""
    change_index = partial(change, settings.index_dir, settings.encoder)
    uploads = settings.index_dir.resolve() / "uploads"
    by = {"by": "staff:1", "at": "2031-01-01"}

    def begun_again(wanted: dict[str, Any]) -> tuple[dict[str, Any], list[str], frozenset[str]]:
        storage = Storage.of_settings(settings)
        with storage.sessions.begin() as session:
            session.add(
                JobRow(
                    job_id=wanted["action"], action=wanted["action"], name="a", state="running", touched=0.0, queued=0.0,
                    change=json.dumps(wanted), begun=1,
                )
            )  # fmt: skip
        library = Library.of_index(settings)
        publishing = Publishing(storage, settings, library)
        deadline = time.monotonic() + 120
        while publishing.jobs.tell(wanted["action"])["state"] not in ("done", "failed") and time.monotonic() < deadline:
            time.sleep(0.1)
        told = publishing.jobs.tell(wanted["action"])
        noted: list[str] = [one.action for one in storage.decisions.of("lift")]
        publishing.close()
        library.close()
        deleted = storage.decisions.deleted()
        storage.close()
        return told, noted, deleted

    def placed(folder: str, text: str) -> Path:
        (uploads / folder).mkdir(parents=True)
        (uploads / folder / "lift.txt").write_text(text, "utf-8")
        return uploads / folder / "lift.txt"

    def added(path: Path) -> dict[str, Any]:
        return {"action": "add", "path": str(path), **by}

    first = placed("one", LIFT)
    assert change_index(added(first))["added"] == ["lift"]
    told, noted, _ = begun_again(added(first))
    assert (told["state"], told["report"]["added"], noted) == ("done", ["lift"], ["uploaded"])
    assert first.exists(), "the only original of what is in the index"

    second = placed("two", LIFT.replace("二十万", "三十万"))
    (newer,) = change_index(added(second))["added"]
    fields = {"title": "电梯办法（试行）"}
    replacing = {"action": "decide", "doc_id": newer, "disclosure": "public", "fields": fields, "replaces": "lift"}
    replacing |= {"source": str(second), "replaced_source": str(first), **by}
    change_index(replacing)
    told, noted, _ = begun_again(replacing)
    assert (told["state"], told["report"]["changed"], noted) == ("done", ["lift"], ["replaced", "uploaded"])
    assert second.exists() and not first.parent.exists()
    current = indexed_documents(settings.index_dir)["lift"]
    decision = Decisions(settings.index_dir).on(current)
    assert "三十万" in current.text and current.title == "电梯办法（试行）"
    assert decision and (decision.corrections, decision.read["title"]) == (fields, "加装电梯办法")

    removing = {"action": "remove", "doc_id": "lift", "title": current.title, "source": str(second), "by": "staff:1"}
    removing |= {"sha256": current.sha256, "disclosure": "public"}
    change_index(removing)
    told, noted, deleted = begun_again(removing)
    assert (told["state"], told["report"]["removed"], noted[0]) == ("done", ["lift"], "deleted")
    assert deleted == {"lift"} and not second.parent.exists()


def test_the_file_of_an_upload_that_cannot_be_queued_goes_away(settings: Settings) -> None:
    storage = Storage.of_settings(settings)
    library = Library.of_index(settings)
    publishing = Publishing(storage, settings, library)
    upload = publishing.receive("lift.txt")
    upload.write(LIFT.encode())
    with storage.sessions.begin() as session:
        session.execute(sql("DROP TABLE jobs"))
    with pytest.raises(SQLAlchemyError):
        publishing.upload(upload, "staff:1")
    assert list((settings.index_dir / "uploads").iterdir()) == []
    publishing.close()
    library.close()
    storage.close()


class Withdrawing(KnowledgeBase):
    """A knowledge base of which a document is withdrawn while it answers, once."""

    while_answering: Callable[[], None] = staticmethod(lambda: None)

    def answer(self, query: Query) -> Iterator[Step | Answer]:
        for step in super().answer(query):
            if isinstance(step, Answer):
                self.while_answering()
            yield step


def test_what_is_withdrawn_while_it_is_answered_from_is_not_told(settings: Settings) -> None:
    class Withdrawn(ServedSnapshots):
        """Opens what is withdrawn while it answers."""

        def open(self, name: str, hidden: frozenset[str]) -> KnowledgeBase:
            return Withdrawing.open(settings.index_dir, open_encoder(), withdrawn=hidden)

        def harmed(self, name: str) -> bool:
            return False

    library = Library(Withdrawn(settings))
    library.refresh()
    query = Query("", "老年人每餐补贴多少元？")
    assert "三元" in answer_whole(library, query)["text"]

    def withdraw() -> None:
        library.withdrawn = lambda: frozenset({"canteen"})
        library.refresh()

    with library.use() as knowledge_base:
        assert isinstance(knowledge_base, Withdrawing)
        knowledge_base.while_answering = withdraw  # type: ignore[method-assign]
    told = answer_whole(library, query)
    assert "三元" not in json.dumps(told, ensure_ascii=False)
    library.close()


def test_the_folder_of_uploads_read_by_an_operator_publishes_nothing(
    service: tuple[Staff, httpx.Client], settings: Settings
) -> None:
    staff, _ = service
    staff.upload("lift.txt", LIFT)
    read = collect_files([settings.index_dir / "uploads"], {}, silent, decisions=Decisions(settings.index_dir))
    assert [document.disclosure for document in read.documents.values()] == ["unstated"]


def test_benefits_stand_without_the_document_of_one_of_them(corpus_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(corpus_index, index)
    with opened(Settings(index_dir=index)) as (staff, citizen):
        about = {"text": "我今年72，杭州户口", "as_of": "2026-11-23"}
        before = citizen.post("/api/eligibility", json=about).json()
        assert before["unfounded"] == []
        resting = staff.review("hz-2024-community-canteen")["benefits"]
        assert resting
        staff.decide("hz-2024-community-canteen", "unstated")
        after = citizen.post("/api/eligibility", json=about).json()
        assert sorted(one["title"] for one in after["unfounded"]) == sorted(resting)
        kept = {one["id"]: one["verdict"] for one in after["benefits"]}
        assert len(kept) == len(before["benefits"]) - len(resting)
        assert kept.items() <= {one["id"]: one["verdict"] for one in before["benefits"]}.items()
        (told,) = {one["title"] for one in staff.client.get("/api/publications").json()["unfounded"]} & set(resting[:1])
        assert told == resting[0]


def test_a_shared_answer_says_at_its_top_what_became_of_its_documents(service: tuple[Staff, httpx.Client]) -> None:
    staff, citizen = service
    for name, text in (("lift.txt", LIFT), ("garage.txt", LIFT.replace("电梯", "车库").replace("二十万", "十二万"))):
        (doc_id,) = staff.upload(name, text)["report"]["added"]
        staff.finish(staff.decide(doc_id, "public"))
    links = {}
    for question in ("老年人每餐补贴多少元？", "每台电梯补助多少元？", "每台车库补助多少元？"):
        body = {"question": question, "conversation_id": staff.client.post("/api/conversations").json()["id"]}
        answer = staff.client.post("/api/ask", json=body).json()
        links[answer["citations"][0]["doc_id"]] = staff.client.post(f"/api/answers/{answer['answer_id']}/share").json()[
            "id"
        ]

    def told(doc_id: str, client: httpx.Client = citizen) -> dict[str, Any]:
        shared: dict[str, Any] = client.get(f"/api/shared/{links[doc_id]}").json()
        return shared

    assert all(told(doc_id)["changes"] == [] for doc_id in ("canteen", "lift", "garage"))
    staff.finish(staff.client.delete("/api/documents/garage"))
    assert [one["change"] for one in told("garage")["changes"]] == ["deleted"]
    assert "十二万" in told("garage")["answer"]["text"]
    (newer,) = staff.upload("lift.txt", LIFT.replace("二十万", "三十万"))["report"]["added"]
    staff.finish(staff.decide(newer, "public", replaces="lift"))
    (change,) = told("lift")["changes"]
    assert (change["change"], change["title"], change["url"]) == ("replaced", "加装电梯办法", "/documents/lift")
    withdrawing = staff.decide("canteen", "unstated")
    assert told("canteen")["answer"] is None
    assert [one["change"] for one in told("canteen")["changes"]] == ["withdrawn"]
    assert "三元" not in citizen.get(f"/api/shared/{links['canteen']}").text
    assert told("canteen", staff.client)["changes"][0]["title"] == "长者食堂管理办法"
    staff.finish(withdrawing)
    staff.finish(staff.client.delete("/api/documents/canteen"))
    assert told("canteen")["answer"] is None, "what was withdrawn does not come back by being deleted"


def test_a_conversation_does_not_keep_what_was_withdrawn(service: tuple[Staff, httpx.Client]) -> None:
    staff, citizen = service
    conversation = citizen.post("/api/conversations").json()["id"]
    citizen.post("/api/ask", json={"question": "老年人每餐补贴多少元？", "conversation_id": conversation})
    address = f"/api/conversations/{conversation}"
    assert "三元" in citizen.get(address).text
    staff.decide("canteen", "unstated")
    (turn,) = citizen.get(address).json()["turns"]
    assert (turn["refusal"]["kind"], turn["citations"], turn["question"]) == (
        "not_permitted",
        [],
        "老年人每餐补贴多少元？",
    )
    assert "三元" not in citizen.get(address).text
    assert citizen.get(f"{address}/export.docx").status_code == 200


def test_what_staff_asked_and_saw_is_closed_when_their_session_ends(service: tuple[Staff, httpx.Client]) -> None:
    staff, _ = service
    client = staff.client
    (doc_id,) = staff.upload("lift.txt", LIFT)["report"]["added"]
    conversation = client.post("/api/conversations").json()["id"]
    answer = client.post("/api/ask", json={"question": QUESTION, "conversation_id": conversation}).json()
    address = f"/api/conversations/{conversation}"
    seen = [client.get(one) for one in (address, f"/api/documents/{doc_id}/text", f"/api/documents/{doc_id}/file")]
    assert [one.headers["cache-control"] for one in seen] == ["no-store"] * 3
    ended = client.delete("/api/session")
    assert ended.headers["clear-site-data"] == '"cache", "storage"'
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/export.docx").status_code == 404
    assert client.get("/api/conversations").json() == {"items": []}
    said = {"answer_id": answer["answer_id"], "verdict": "down", "comment": ""}
    assert client.post("/api/feedback", json=said).status_code == 404
    mine = client.post("/api/conversations").json()["id"]
    client.post("/api/ask", json={"question": QUESTION, "conversation_id": mine})
    assert [one["id"] for one in client.get("/api/conversations").json()["items"]] == [mine]


def test_background_does_not_end_with_the_document_that_it_was_collected_in(corpus_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(corpus_index, index)
    with opened(Settings(index_dir=index)) as (staff, citizen):
        conversation = staff.client.post("/api/conversations").json()["id"]
        asked = {
            "question": "社区养老托育家政税费优惠2019年和2026年的政策有什么不同？",
            "conversation_id": conversation,
        }
        answer = staff.client.post("/api/ask", json=asked).json()
        ended = {
            one["doc_id"] for one in staff.client.get("/api/documents?status=expired&page_size=100").json()["items"]
        }
        assert any(one["source"] == "background" and one["doc_id"] in ended for one in answer["citations"])
        link = staff.client.post(f"/api/answers/{answer['answer_id']}/share").json()["id"]
        assert citizen.get(f"/api/shared/{link}").json()["changes"] == []
