"""What staff are told of how a document was read: certainty, doubtful places, what was not read, the text of a page."""

from __future__ import annotations

from collections.abc import Iterator
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
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    folder = tmp_path_factory.mktemp("reading")
    (folder / "files").mkdir()
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
    with httpx.Client(base_url=url) as client:
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


def test_nobody_else_is_told(served: tuple[str, str]) -> None:
    assert httpx.get(f"{served[0]}/api/documents/notice/reading").status_code == 403
