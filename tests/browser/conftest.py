"""A real browser and a real service for the tests of the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from evals.page_bench.chromium import VIEWPORTS, chromium
from ingest.settings import Settings
from service.server import serving

PATIENCE = 60_000
"""Milliseconds after which a page has failed: a busy machine is slow, and how fast the pages are is for `make
bench-pages` to say."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


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
    """Open a page of a service in a fresh context of a viewport, without its service worker: what that does has a test
    of its own, and tests that break the network mean to meet the page."""
    contexts: list[BrowserContext] = []

    def open_(url: str, viewport: str = "desktop", scheme: str = "light") -> Watched:
        phone = viewport == "phone"
        context = browser.new_context(
            viewport=VIEWPORTS[viewport],  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            has_touch=phone,
            is_mobile=phone,
            service_workers="block",
            locale="zh-CN",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watched = Watched(context.new_page(), urlsplit(url).netloc)
        watched.page.goto(url)
        return watched

    yield open_
    for context in contexts:
        context.close()
