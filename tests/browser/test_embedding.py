"""The question box in pages of other sites, in a real browser: of a site that is named, and of one that is not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from served_texts import staff_token

from cli.ingest import ingest
from ingest.settings import Settings
from service.server import serving

WIDE = {"width": 900, "height": 800}
HIDDEN = "内部口径：每餐补贴九元。"


@contextmanager
def site(host: str, text: Callable[[], str]) -> Iterator[str]:
    """Serve one page of another site under a host name; its text is asked for when the page is."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = text().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Sites:
    """A service, pages of two sites that may embed it (one beside it under the same name, one elsewhere), and of one
    that may not."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        (folder / "public").mkdir()
        (folder / "public" / "canteen.txt").write_text(
            "公开方式：主动公开\n长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n", "utf-8"
        )
        (folder / "staff").mkdir()
        (folder / "staff" / "internal.txt").write_text(
            f"公开方式：不予公开\n长者食堂补贴内部口径\n第一条　年满七十周岁的老年人{HIDDEN}\n", "utf-8"
        )
        ingest(paths=[folder / "public", folder / "staff"], index=folder / "index")
        self.service = ""

        def text() -> str:
            return f'<!doctype html><title>市民门户</title><h1>市民门户</h1><script src="{self.service}/embed.js" data-height="600"></script>'

        self.elsewhere = stack.enter_context(site("localhost", text))
        self.beside = stack.enter_context(site("127.0.0.1", text))
        self.unnamed = stack.enter_context(site("localhost", text))
        self.settings = Settings(index_dir=folder / "index", embed_origins=(self.elsewhere, self.beside))
        self.service = stack.enter_context(serving(self.settings))


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with ExitStack() as stack:
        yield Sites(stack, tmp_path_factory.mktemp("sites"))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def asked(page: Page) -> Any:
    """Ask in the frame and give it when the answer is there."""
    frame = page.frame_locator("iframe")
    frame.get_by_label("问题", exact=True).fill("年满七十周岁的老年人每餐补贴多少元？")
    frame.get_by_label("问题", exact=True).press("Enter")
    expect(frame.locator(".statement").first).to_contain_text("三元")
    return frame


def test_a_named_site_holds_the_box_and_its_sources_open(sites: Sites, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(sites.elsewhere)
    assert page.locator("iframe").get_attribute("title") == "政策咨询"
    frame = asked(page)
    expect(frame.locator(".answer")).not_to_have_attribute("aria-busy", "true")
    assert frame.get_by_role("button", name="准确").count() == 0, "nothing is kept that could be judged"
    with page.context.expect_page() as opened:
        frame.locator(".source-name a").first.click()
    expect(opened.value.locator(".clause").first).to_be_visible()
    assert urlsplit(opened.value.url).path == "/documents/canteen", "a page opens whole, in a tab of its own"
    frame.locator(".chip").first.click()
    expect(frame.locator(".source mark")).to_contain_text("三元")
    assert complaints == []
    assert page.context.cookies() == []


def test_an_address_of_the_box_brings_a_question_and_its_document(sites: Sites, page: Page) -> None:
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(f"{sites.service}/embed?doc_id=canteen&q=每餐补贴多少元？")
    expect(page.get_by_label("问题", exact=True)).to_have_value("每餐补贴多少元？")
    expect(page.get_by_role("button", name="取消：只查《长者食堂管理办法》")).to_be_visible()
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".statement").first).to_contain_text("三元")
    assert failed == []


def test_a_site_that_is_not_named_gets_no_box(sites: Sites, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(sites.unnamed)
    page.wait_for_timeout(500)
    assert page.frames[1].locator("#question").count() == 0
    assert any("frame-ancestors" in complaint for complaint in complaints)


def test_the_box_asks_as_the_public_also_in_the_browser_of_staff(sites: Sites, page: Page) -> None:
    """The site beside it has the same name, so that the browser would send the cookie of staff with every request."""
    page.goto(f"{sites.service}/documents")
    entered = page.evaluate(
        "(token) => fetch('/api/session', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({token})})"
        ".then((one) => one.status)",
        staff_token(sites.settings),
    )
    assert entered == 200
    seen = page.evaluate(
        "fetch('/api/documents').then((one) => one.json()).then((told) => told.items.map((one) => one.doc_id))"
    )
    assert "internal" in seen
    sent: list[str | None] = []
    page.goto(sites.beside)
    page.on(
        "request", lambda request: sent.append(request.all_headers().get("cookie")) if "/api/" in request.url else None
    )
    frame = asked(page)
    assert HIDDEN not in frame.locator("body").inner_text()
    assert sent and set(sent) == {None}
