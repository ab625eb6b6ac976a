"""What a page weighs when it is opened for the first time, uncompressed, and how many requests it makes."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser, Response

from evals.row import BenchRow

# The pages that people come to.
PAGES = {
    "asking": "/", "documents": "/documents", "one document": "/documents/hz-2024-343", "eligibility": "/eligibility",
    "staff": "/staff",
}  # fmt: skip


def rows(browser: Browser, url: str) -> Iterator[BenchRow]:
    """Open every page in a fresh context."""
    for name, path in PAGES.items():
        yield _row(browser, name, url + path)


def _row(browser: Browser, name: str, address: str) -> BenchRow:
    responses: list[Response] = []
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.on("response", lambda response: responses.append(response))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    sent = [one for one in responses if not one.url.startswith("data:")]
    size, data = (sum(len(one.body()) for one in some) for some in (sent, [one for one in sent if "/api/" in one.url]))
    context.close()
    measured = f"{size / 1000:.0f} kB / {len(sent)}, {data / 1000:.0f} kB of it data"
    return BenchRow(f"page of {name}: weight / requests", "200 kB / 12", measured)
