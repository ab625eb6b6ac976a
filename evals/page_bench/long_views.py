"""A conversation of 500 turns and a document of 200 pages: is any task of ours longer than 50 ms?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Page

from evals.row import BenchRow

TURNS, PAGES = 500, 200  # So many that drawing them all at once would be felt.
_CLAUSES_A_PAGE = 8  # As a page of a law has.
_LONG = "第{number}条　社区嵌入式服务设施第{number}号场地应当设在步行{number}米以内，服务老年人和婴幼儿，由街道负责日常巡查并公开联系方式和开放时间。"  # Two lines on a phone.
_WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: "longtask", buffered: true });
}"""


def write_long_document(path: Path) -> None:
    """Write a text of about 200 printed pages."""
    clauses = (_LONG.format(number=number) for number in range(1, PAGES * _CLAUSES_A_PAGE + 1))
    path.write_text("杭州市社区场地名录\n" + "\n".join(clauses) + "\n", "utf-8")


def conversation_rows(browser: Browser, url: str, questions: Sequence[str]) -> Iterator[BenchRow]:
    """Open a conversation of 500 turns, scroll through it and type."""
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        conversation = client.post("/api/conversations").json()["id"]
        for number in range(TURNS):
            body = {"question": questions[number % len(questions)], "conversation_id": conversation}
            client.post("/api/ask", json=body).raise_for_status()
        cookies = [{"name": cookie.name, "value": cookie.value or "", "url": url} for cookie in client.cookies.jar]
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = _watched(context)
    _start(page, url)
    page.locator("#history-toggle").click()
    page.locator(".conversations a").first.click()
    page.wait_for_function(f"() => document.querySelectorAll('.turn').length === {TURNS}")
    yield _row(f"opening a conversation of {TURNS} turns", page)
    _scroll(page, "#turns")
    yield _row("scrolling through it", page)
    page.locator("#question").press_sequentially("一共有多少家老年食堂可以给行动不便的老人送餐上门", delay=30)
    yield _row("typing a question in it", page)
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.querySelector('.answer[aria-busy]')")
    page.wait_for_timeout(300)
    yield _row("asking in it", page)
    context.close()


def document_rows(browser: Browser, url: str, doc_id: str) -> Iterator[BenchRow]:
    """Open the document in the source pane and on its page, scroll and type."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = _watched(context)
    _start(page, f"{url}/?doc_id={doc_id}")
    page.locator("#question").fill("第800号场地应当设在步行多少米以内？")
    page.keyboard.press("Enter")
    page.locator(".chip").first.click()
    page.wait_for_selector(".source mark")
    page.wait_for_timeout(300)
    yield _row(f"opening a document of {PAGES} pages beside an answer", page)
    _scroll(page, ".source")
    page.locator("#question").press_sequentially("那第900号场地呢", delay=30)
    yield _row("scrolling it, and typing", page)
    page.goto(f"{url}/documents/{doc_id}")
    page.wait_for_selector(".clause")
    _scroll(page, "html")
    yield _row("its own page, opened and scrolled", page)
    context.close()


def _watched(context: BrowserContext) -> Page:
    page = context.new_page()
    page.add_init_script(f"({_WATCH})()")
    return page


def _start(page: Page, address: str) -> None:
    """Open the page and forget the tasks of its start, which Lighthouse judges."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    page.evaluate("() => window.tasks.splice(0)")


def _scroll(page: Page, selector: str) -> None:
    """Turn the wheel over a part of the page, up and down again."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 300))
    for step in (-1200, 1200):
        for _ in range(20):
            page.mouse.wheel(0, step)
            page.wait_for_timeout(40)


def _row(what: str, page: Page) -> BenchRow:
    """Tell the tasks over 50 ms since the last row."""
    tasks = page.evaluate("() => window.tasks.splice(0)")
    longest = f", longest {max(tasks):.0f} ms" if tasks else ""
    return BenchRow(what, "no task over 50 ms", f"{len(tasks)} tasks over 50 ms{longest}")
