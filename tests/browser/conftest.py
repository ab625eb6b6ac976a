"""A real browser and a real service for the tests of the pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ingest.settings import Settings
from service.server import serving

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
VIEWPORTS = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("these tests drive Chromium, and there is none: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(corpus_index: Path) -> Iterator[str]:
    with serving(Settings(index_dir=corpus_index)) as url:
        yield url


class Watched:
    """A page and what it must not do: write to the console, fail, or ask another host."""

    def __init__(self, page: Page, host: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        self.host = host

    def check(self) -> None:
        assert self.complaints == []
        assert {urlsplit(url).netloc for url in self.requests if not url.startswith("data:")} <= {self.host}


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Open a page of a service in a fresh context of a viewport."""
    contexts: list[BrowserContext] = []

    def open_(url: str, viewport: str = "desktop", scheme: str = "light") -> Watched:
        phone = viewport == "phone"
        context = browser.new_context(
            viewport=VIEWPORTS[viewport],  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            has_touch=phone,
            is_mobile=phone,
            locale="zh-CN",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        watched = Watched(context.new_page(), urlsplit(url).netloc)
        watched.page.goto(url)
        return watched

    yield open_
    for context in contexts:
        context.close()
