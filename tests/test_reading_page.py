"""What staff are told of how a document was read: certainty, doubtful places, what was not read, the text of a page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from documents import PARAGRAPHS, typeset_pdf
from word_files import word_bytes

from cli.ingest import ingest
from evals.ingest_bench.ofd_sample import ofd_of_lines
from evals.ingest_bench.typesetting import SetLine
from ingest.settings import Settings
from service.server import serving
from service.storage import Storage

SKIPPING = "长者食堂管理办法\n第一条　每餐补贴三元。\n第二条　留样四十八小时。\n第四条　本办法自公布之日起施行。\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading") / "files"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def served(files: Path) -> Iterator[tuple[str, str]]:
    folder = files.parent
    typeset_pdf(folder / "files" / "notice.pdf", rows=20)
    (folder / "files" / "skipping.txt").write_text(SKIPPING, "utf-8")
    lines = [
        SetLine("老年人每餐补贴标准为\ue123元，由财政承担", 74, 100, 16),
        SetLine("各区可以另行规定补贴办法", 74, 130, 16),
    ]
    (folder / "files" / "holes.ofd").write_bytes(ofd_of_lines([lines]))
    (folder / "files" / "noted.docx").write_bytes(
        word_bytes(lambda document: document.add_comment(document.add_paragraph("每餐补贴三元").runs, "待定"))
    )
    ingest(paths=[folder / "files"], index=folder / "index", disclosure="public")
    storage = Storage.of_settings(Settings(index_dir=folder / "index"))
    token = storage.staff.first_token()
    storage.close()
    assert token is not None
    with serving(Settings(index_dir=folder / "index")) as url:
        yield url, token


@pytest.fixture(scope="module")
def staff(served: tuple[str, str]) -> Iterator[httpx.Client]:
    url, token = served
    with httpx.Client(base_url=url, timeout=120) as client:
        assert client.post("/api/session", json={"token": token}).status_code == 200
        yield client


def read(client: httpx.Client, doc_id: str, page: int = 1) -> dict[str, Any]:
    response = client.get(f"/api/documents/{doc_id}/reading", params={"page": page})
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


def shown(told: dict[str, Any]) -> str:
    return "\n".join("".join(piece["text"] for piece in clause["segments"]) for clause in told["clauses"])


def test_each_page_is_told_with_the_text_that_stands_on_it(staff: httpx.Client) -> None:
    first = read(staff, "notice")
    assert first["pages"] > 1 and first["has_picture"] and first["confidence"] is None
    assert (first["certainty"], first["doubts"], first["unread"]) == (1.0, [], [])
    together = "".join(shown(read(staff, "notice", number)) for number in range(1, first["pages"] + 1))
    assert "".join(together.split()) == "".join("".join(PARAGRAPHS).split())
    assert staff.get("/api/documents/notice/reading", params={"page": 99}).status_code == 404


def test_a_character_without_a_name_is_marked_where_it_stands(staff: httpx.Client) -> None:
    told = read(staff, "holes")
    assert 0.9 < told["certainty"] < 1.0
    (doubt,) = told["doubts"]
    assert (doubt["kind"], doubt["page"]) == ("character", 1) and "〓" in doubt["words"]
    assert [piece["text"] for clause in told["clauses"] for piece in clause["segments"] if piece["doubt"]] == ["〓"]
    assert staff.get(f"/api/documents/holes/pages/1.png?highlight={doubt['start']}-{doubt['end']}").status_code == 200


def test_an_article_that_does_not_follow_the_one_before_is_doubtful(staff: httpx.Client) -> None:
    told = read(staff, "skipping")
    (doubt,) = told["doubts"]
    assert doubt["kind"] == "gap" and doubt["words"].startswith("第四条")
    assert (told["pages"], told["has_picture"]) == (0, False)


def test_what_was_not_read_is_named_and_counted_in_the_register(staff: httpx.Client) -> None:
    assert read(staff, "noted")["unread"] == [{"kind": "comment", "name": "", "page": None, "count": 1}]
    items = {one["doc_id"]: one for one in staff.get("/api/documents").json()["items"]}
    assert {name: (one["certainty"], one["unread"]) for name, one in items.items() if name != "holes"} == {
        "notice": (1.0, 0), "skipping": (1.0, 0), "noted": (1.0, 1),
    }  # fmt: skip


def put(client: httpx.Client, doc_id: str, start: int, shown: str, written: str | None, status: int = 202) -> None:
    """Correct the text, and wait until the correction holds."""
    told = {"version": read(client, doc_id)["version"], "start": start, "shown": shown, "written": written}
    response = client.post(f"/api/documents/{doc_id}/reading", json=told)
    assert response.status_code == status, response.text
    for _ in range(1200) if status == 202 else ():
        job = client.get(f"/api/jobs/{response.json()['job_id']}").json()
        if job["state"] in ("done", "failed"):
            assert job["state"] == "done", job["problem"]
            return
        time.sleep(0.2)


def test_a_correction_holds_is_named_everywhere_and_can_be_taken_back(
    served: tuple[str, str], staff: httpx.Client
) -> None:
    (doubt,) = read(staff, "holes")["doubts"]
    before = staff.get("/api/documents/holes/text").text
    put(staff, "holes", doubt["start"], "〓", "三")
    told = read(staff, "holes")
    assert (told["doubts"], told["certainty"]) == ([], 1.0)
    (by_hand,) = told["by_hand"]
    assert (by_hand["read"], by_hand["written"], by_hand["page"]) == ("〓", "三", 1) and by_hand["by"].startswith(
        "staff:"
    )
    whole = staff.get("/api/documents/holes").json()
    marked = [piece for clause in whole["clauses"] for piece in clause["segments"] if piece.get("read")]
    assert whole["corrected"] == 1 and [(piece["text"], piece["read"]) for piece in marked] == [("三", "〓")]
    history = staff.get("/api/documents/holes/publication").json()["history"]
    assert [(one["action"], one["details"]) for one in history] == [
        ("text_corrected", {"page": 1, "shown": "〓", "written": "三"})
    ]
    assert (
        staff.get(f"/api/documents/holes/pages/1.png?highlight={by_hand['start']}-{by_hand['start'] + 1}").status_code
        == 200
    )
    old = {"version": 0, "start": by_hand["start"], "shown": "三", "written": "五"}
    assert staff.post("/api/documents/holes/reading", json=old).status_code == 409
    put(staff, "holes", by_hand["start"], "〓", "五", status=422)
    put(staff, "holes", by_hand["start"], "三", None)
    assert staff.get("/api/documents/holes/text").text == before
    assert [one["kind"] for one in read(staff, "holes")["doubts"]] == ["character"]
    assert httpx.post(f"{served[0]}/api/documents/holes/reading", json=old).status_code == 403


def test_what_follows_from_corrected_words_is_read_anew_and_what_staff_decided_stays(staff: httpx.Client) -> None:
    fields = {"title": "食堂办法", "doc_no": None, "issuers": ["某区民政局"], "issued": None, "effective": None, "expires": None,
              "status": "in_force", "kind": "full_text"}  # fmt: skip
    decision = {"version": 0, "disclosure": "public", "fields": fields}
    job = staff.post("/api/documents/skipping/publication", json=decision).json()
    while staff.get(f"/api/jobs/{job['job_id']}").json()["state"] in ("queued", "running"):
        time.sleep(0.2)
    shown = "第四条　本办法自公布之日起施行。"
    start = SKIPPING.index(shown)
    put(staff, "skipping", start, shown, "第三条　本办法自2031年5月1日起施行。")
    told = read(staff, "skipping")
    assert told["doubts"] == [] and [clause["label"] for clause in told["clauses"]][-1] == "第三条"
    whole = staff.get("/api/documents/skipping").json()
    assert (whole["title"], whole["issuers"], whole["disclosure"]) == ("食堂办法", ["某区民政局"], "public")
    (day,) = [one for one in whole["header"] if one["name"] == "effective"]
    assert SKIPPING[:start] + "第三条　本办法自2031年5月1日起施行。\n" == staff.get("/api/documents/skipping/text").text
    assert "自2031年5月1日起施行" in day["value"]


def test_a_text_whose_file_was_changed_is_not_corrected(
    served: tuple[str, str], staff: httpx.Client, files: Path
) -> None:
    start = staff.get("/api/documents/noted/text").text.index("每餐")
    content = (files / "noted.docx").read_bytes()
    (files / "noted.docx").write_bytes(content + b"\n")
    put(staff, "noted", start, "每餐", "每顿", status=404)
    (files / "noted.docx").write_bytes(content)


def test_nobody_else_is_told(served: tuple[str, str]) -> None:
    assert httpx.get(f"{served[0]}/api/documents/notice/reading").status_code == 403
