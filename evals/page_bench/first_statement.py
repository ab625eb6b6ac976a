"""How long after Enter the first statement stands on the page, and whether anything jumps while an answer comes."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from playwright.sync_api import Browser

from evals.row import BenchRow

# Watched within the page, so that the way through the debugger is not measured as well.
_WATCH = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shift += one.value; })
    .observe({ type: "layout-shift", buffered: false });
  const box = document.getElementById("question");
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    window.entered = performance.now();
    window.shown = null;
  }, true);
  new MutationObserver(() => {
    const turn = document.querySelector(".turn:last-child");
    if (window.shown !== null || !turn?.querySelector(".statement, .refusal")) return;
    window.shown = 0; // once it is painted
    requestAnimationFrame(() => setTimeout(() => { window.shown = performance.now() - window.entered; }));
  }).observe(document.getElementById("turns"), { childList: true, subtree: true });
}"""


def rows(browser: Browser, url: str, questions: Sequence[str]) -> Iterator[BenchRow]:
    """Ask one question after another, each in a new conversation."""
    waits, jumps = [], []
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = context.new_page()
    for question in questions:
        page.goto(url)
        page.evaluate(_WATCH)
        page.locator("#question").fill(question)
        page.keyboard.press("Enter")
        page.wait_for_function("() => window.shown > 0 && !document.querySelector('.answer[aria-busy]')")
        waits.append(float(page.evaluate("window.shown")))
        page.wait_for_timeout(300)
        jumps.append(float(page.evaluate("window.shift")))
    context.close()
    waits.sort()
    yield BenchRow(
        "first statement painted after Enter, median / p90",
        "100 ms",
        f"{statistics.median(waits):.0f} / {waits[len(waits) * 9 // 10]:.0f} ms over {len(waits)} questions",
    )
    yield BenchRow("cumulative layout shift while an answer comes, worst", "0", f"{max(jumps):.3f}")
