"""The pages can be installed, and say honestly what a device keeps where there is no network; at the root and below a
path."""

from __future__ import annotations

import io
from collections.abc import Iterator

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect
from reverse_proxy import proxied


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="zh-CN")
    yield context
    context.close()


@pytest.fixture(scope="module", params=["", "/portal/kb"])
def place(request: pytest.FixtureRequest, address: str) -> Iterator[str]:
    if not request.param:
        yield address
        return
    with proxied(address, request.param) as url:
        yield url


def test_the_manifest_and_its_icons_are_what_a_browser_wants(context: BrowserContext, place: str) -> None:
    page = context.new_page()
    page.goto(f"{place}/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    devtools = context.new_cdp_session(page)
    told = devtools.send("Page.getAppManifest")
    assert told["errors"] == [] and told["url"] == f"{place}/manifest.webmanifest"
    # A window of a test is like a private one, in which nothing can be installed; nothing else stands against it.
    errors = {one["errorId"] for one in devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert errors <= {"in-incognito"}
    manifest = httpx.get(told["url"]).json()
    for icon in manifest["icons"]:
        drawn = httpx.get(f"{place}/{icon['src']}")
        assert drawn.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            size = Image.open(io.BytesIO(drawn.content)).size
            assert "x".join(map(str, size)) == icon["sizes"]


def test_without_a_network_a_page_says_what_is_kept_and_nothing_else_is(context: BrowserContext, place: str) -> None:
    page = context.new_page()
    page.goto(f"{place}/documents/hz-2024-343")
    expect(page.locator(".clause").first).to_be_visible()
    scope = page.evaluate("navigator.serviceWorker.ready.then((one) => one.scope)")
    assert scope == f"{place}/"
    kept = page.evaluate(
        "caches.open('kb-offline').then((cache) => cache.keys()).then((keys) => keys.map((one) => one.url))"
    )
    assert kept == [f"{place}/offline", f"{place}/static/style.css"]
    context.set_offline(True)
    for path in ("/documents/hz-2024-343", "/", "/eligibility"):
        page.goto(f"{place}{path}")
        expect(page.get_by_role("heading", name="现在连不上网络")).to_be_visible()
        expect(page.get_by_text("文件和回答都没有保存")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('.page')).maxWidth") == "992px", (
            "its style is there"
        )
    context.set_offline(False)
    page.get_by_role("link", name="重新打开").click()
    expect(page.get_by_label("问题", exact=True)).to_be_visible()
