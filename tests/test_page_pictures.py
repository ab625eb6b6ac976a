"""Page pictures over HTTP: the page as it is printed, the quotation marked, and nobody sees what is not theirs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from io import BytesIO

import httpx
import numpy as np
import pytest
from documents import PARAGRAPHS, pdf_of_content, scanned, typeset_pdf
from indexing import index_folder
from numpy.typing import NDArray
from PIL import Image
from served_texts import staff_token

from evals.ingest_bench.ofd_sample import ofd_of_lines
from evals.ingest_bench.typesetting import set_lines
from ingest.pdfium import PdfiumError, open_page, open_pdf, picture_of_page
from ingest.settings import Settings
from kb.errors import NotFoundError, ServiceError
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.text.widths import ems
from service import page_picture
from service.page_drawing import DOTS_PER_INCH
from service.page_picture import PagePictures, find_page
from service.server import serving

QUOTE = "年满六十周岁老年人"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("pictures")
    documents = folder / "documents"
    documents.mkdir()
    typeset_pdf(documents / "notice.pdf")
    typeset_pdf(documents / "secret.pdf", paragraphs=("公开方式：不予公开", *PARAGRAPHS))
    typeset_pdf(documents / "gone.pdf", paragraphs=PARAGRAPHS[:3])
    typeset_pdf(documents / "changed.pdf", paragraphs=PARAGRAPHS[3:])
    (documents / "export.ofd").write_bytes(ofd_of_lines(set_lines(PARAGRAPHS[12:9:-1])))
    scanned((documents / "notice.pdf").read_bytes())[2].save(documents / "scan.png", dpi=(200, 200))
    (documents / "plain.txt").write_text("第一条　本办法自发布之日起施行。\n", encoding="utf-8")
    index_folder(documents, folder / "index")
    (documents / "gone.pdf").unlink()
    with (documents / "changed.pdf").open("ab") as file:
        file.write(b"\n")
    return Settings(index_dir=folder / "index")


@pytest.fixture(scope="module")
def token(settings: Settings) -> str:
    """What staff enter with; it is shown once, before the service runs."""
    return staff_token(settings)


@pytest.fixture(scope="module")
def client(settings: Settings, token: str) -> Iterator[httpx.Client]:
    with serving(settings) as url, httpx.Client(base_url=url, timeout=120) as client:
        yield client


def picture(response: httpx.Response) -> NDArray[np.int16]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "image/png"
    return np.asarray(Image.open(BytesIO(response.content)).convert("RGB"), dtype=np.int16)


def message(response: httpx.Response) -> tuple[int, str]:
    text: str = response.json()["error"]["message"]
    assert "/" not in text, "no path leaves the machine"
    return response.status_code, text


def test_a_document_tells_how_many_of_its_pages_have_a_picture(client: httpx.Client) -> None:
    assert [client.get(f"/api/documents/{doc_id}").json()["pages"] for doc_id in ("notice", "plain")] == [3, 0]


def test_a_page_is_drawn_at_twice_its_size_in_points(client: httpx.Client) -> None:
    drawn = picture(client.get("/api/documents/notice/pages/1.png"))
    assert drawn.shape == (1684, 1191, 3)
    assert (drawn.min(axis=2) < 100).any()
    assert (picture(client.get("/documents/notice/pages/1.png")) == drawn).all()


def test_a_quotation_is_marked_on_its_page_alone(client: httpx.Client) -> None:
    text = client.get("/api/documents/notice/text").text
    start = text.index(QUOTE)
    span = f"{start}-{start + len(QUOTE)}"
    plain, marked = (
        picture(client.get(f"/api/documents/notice/pages/1.png{query}")) for query in ("", f"?highlight={span}")
    )
    rows, columns = np.nonzero((plain != marked).any(axis=2))
    scale = DOTS_PER_INCH / 72
    lines = {round(row / scale) for row in rows}
    assert max(lines) - min(lines) < 20, "the quotation stands in one line"
    assert abs((columns.max() - columns.min()) / scale - 16 * len(QUOTE)) < 4, "nine characters of 16 points"
    assert (marked[(plain != marked).any(axis=2)][:, 2] < 120).all(), "a marker is yellow"
    second = "/api/documents/notice/pages/2.png"
    assert (picture(client.get(second)) == picture(client.get(f"{second}?highlight={span}"))).all()


@pytest.mark.parametrize(("doc_id", "quote"), [("export", "每百户不少于30平方米"), ("scan", "有效期三年")])
def test_ofd_files_and_scans_are_drawn_and_marked_too(client: httpx.Client, doc_id: str, quote: str) -> None:
    text = client.get(f"/api/documents/{doc_id}/text").text
    start = text.index(quote)
    address = f"/api/documents/{doc_id}/pages/1.png"
    plain, marked = (
        picture(client.get(address, params=params)) for params in ({}, {"highlight": f"{start}-{start + len(quote)}"})
    )
    rows, columns = np.nonzero((plain != marked).any(axis=2))
    scale = plain.shape[0] / 842
    assert (rows.max() - rows.min()) / scale < 25
    assert abs((columns.max() - columns.min()) / scale - 16 * ems(quote)) < 10
    ink = plain[rows.min() : rows.max(), columns.min() : columns.max()].min(axis=2) < 128
    assert 0.1 < ink.mean() < 0.7, "what is marked is printed text"


def test_a_paragraph_across_two_pages_is_marked_on_both(client: httpx.Client) -> None:
    starts = [clause for clause in client.get("/api/documents/notice").json()["clauses"] if clause["page"] == 1]
    last = max(starts, key=lambda clause: clause["start"])
    span = {"quote_start": last["start"], "quote_end": last["end"]}
    pages = client.get("/api/documents/notice", params=span).json()["marked_pages"]
    assert [page["number"] for page in pages] == [1, 2]
    assert pages[0]["top"] > 0.5 > pages[1]["top"], "from the foot of one page to the head of the next"
    assert all(0 < page["top"] < page["bottom"] < 1 for page in pages)
    for number in (1, 2):
        address = f"/api/documents/notice/pages/{number}.png"
        plain, marked = (
            picture(client.get(address)),
            picture(client.get(f"{address}?highlight={last['start']}-{last['end']}")),
        )
        assert (plain != marked).any()


def test_a_picture_that_the_browser_has_is_not_sent_again(client: httpx.Client) -> None:
    address = "/api/documents/notice/pages/1.png?highlight=10-20"
    tag = client.get(address).headers["etag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/api/documents/notice/pages/1.png?highlight=10-21", headers={"If-None-Match": tag})
    assert other.status_code == 200


def test_what_the_public_may_not_see_has_no_pages_and_no_file_for_it(token: str, client: httpx.Client) -> None:
    for address in ("/api/documents/secret/pages/1.png", "/documents/secret/pages/1.png", "/api/documents/secret/file"):
        assert client.get(address).status_code == 404
    with httpx.Client(base_url=client.base_url, timeout=120) as staff:
        assert staff.post("/api/session", json={"token": token}).status_code == 200
        assert picture(staff.get("/api/documents/secret/pages/1.png")).any()
        assert staff.get("/api/documents/secret/file").status_code == 200


REFUSED = {
    "gone/pages/1.png": (404, "原件已经不在原处，请工作人员重新导入。"),
    "changed/pages/1.png": (404, "原件在导入之后改动过，请工作人员重新导入。"),
    "gone/file": (404, "原件已经不在原处，请工作人员重新导入。"),
    "notice/pages/9.png": (404, "没有第 9 页，这份文件共 3 页。"),
    "plain/pages/1.png": (404, "没有第 1 页，这份文件没有分页。"),
    "unknown/pages/1.png": (404, "没有这份文件，或者它不对外公开。"),
    "notice/pages/1.png?highlight=0-99999": (422, "引文位置 0–99999 不在这份文件内，或者太长。"),
    "notice/pages/1.png?highlight=9-9": (422, "引文位置 9–9 不在这份文件内，或者太长。"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_drawn_says_why(client: httpx.Client, what: str) -> None:
    assert message(client.get(f"/api/documents/{what}")) == REFUSED[what]


@pytest.mark.parametrize("what", ["0.png", "x.png", "1.png?highlight=1", "1.png?highlight=-1-2", "1.png?highlight=a-b"])
def test_a_page_or_a_span_that_is_no_number_is_refused(client: httpx.Client, what: str) -> None:
    assert client.get(f"/api/documents/notice/pages/{what}").status_code == 422


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("1.png?highlight=x", "highlight：格式不对，请按接口说明填写。"),
        (f"{'9' * 5000}.png", "number：这个数太大，请改小。"),
    ],
)
def test_a_value_in_the_wrong_form_is_told_with_what_to_do(client: httpx.Client, what: str, words: str) -> None:
    assert message(client.get(f"/api/documents/notice/pages/{what}")) == (422, words)


def test_the_file_comes_as_it_was_read(client: httpx.Client, settings: Settings) -> None:
    response = client.get("/api/documents/notice/file")
    assert response.content == (settings.index_dir.parent / "documents" / "notice.pdf").read_bytes()
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith("attachment")


def test_no_more_than_a_few_pages_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_picture, "_PATIENCE", 0.05)
    pictures = PagePictures()
    for _ in range(page_picture._AT_ONCE):
        pictures._turns.acquire()
    with pytest.raises(ServiceError, match="too many"), pictures._turn():
        pass


def test_a_process_that_dies_or_hangs_costs_one_picture(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    knowledge_base = KnowledgeBase.open(settings.index_dir, open_encoder())
    view = find_page(knowledge_base, "notice", 1, None, "public")
    knowledge_base.close()
    pictures = PagePictures()
    drawn = pictures.draw(view)
    (process,) = pictures._idle
    process._process.kill()
    process._process.wait()
    assert pictures.draw(view) == drawn, "another process takes its place"
    (process,) = pictures._idle
    process._process.send_signal(signal.SIGSTOP)
    with monkeypatch.context() as patched:
        patched.setattr(page_picture, "_SECONDS", 0.2)
        with pytest.raises(NotFoundError, match="TimeoutError"):
            pictures.draw(view)
    assert not process.alive
    assert pictures.draw(view) == drawn
    (process,) = pictures._idle
    pictures.close()
    assert not process.alive


def test_a_page_that_takes_too_long_to_draw_is_given_up() -> None:
    shading = b"q 1 0 0 1 0 0 cm 0 0 595 842 re f Q " * 100_000
    with (
        open_pdf(pdf_of_content(shading)) as document,
        open_page(document, 1) as page,
        pytest.raises(PdfiumError, match="not in time"),
    ):
        picture_of_page(page, 144, seconds=0.05)


def test_a_page_of_any_size_makes_a_picture_of_bounded_size() -> None:
    data = pdf_of_content(b"").replace(b"[0 0 595 842]", b"[0 0 9000 700]")
    with open_pdf(data) as document, open_page(document, 1) as page:
        drawn = picture_of_page(page, 144, max_pixels=1_000_000)
    assert drawn.width * drawn.height <= 1_001_000
    assert drawn.width / drawn.height == pytest.approx(9000 / 700, rel=0.01)
