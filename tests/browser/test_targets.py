"""What GB/T 37668 and WCAG 2.2 ask of sizes, measured: targets of a phone, 400 % of a screen, focus; and what is heard
after an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

Open = Callable[..., Any]
QUESTION = "老年人用餐有什么优惠？"

# What is touched 21 px beside the middle of a target, each way, has to be the target, the label or the line that it
# belongs to.
MISSED = """() => {
  const missed = [];
  for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (!one.checkVisibility() || one.closest(".visually-hidden, .clauses, .skip") || one.disabled) continue;
    one.scrollIntoView({ block: "center", behavior: "instant" });
    const r = (one.closest("label") ?? one).getBoundingClientRect();
    const [x, y] = [r.left + r.width / 2, r.top + r.height / 2];
    for (const [dx, dy] of [[0, -21], [0, 21], [-21, 0], [21, 0]]) {
      const hit = document.elementFromPoint(x + dx, y + dy);
      if (hit && !one.contains(hit) && !(one.closest("label") ?? one).contains(hit)) {
        missed.push([one.tagName, one.className, one.textContent.trim().slice(0, 12), Math.round(r.width), Math.round(r.height)].join(" "));
        break;
      }
    }
  }
  return missed;
}"""


def ask(page: Page, question: str = QUESTION) -> None:
    page.get_by_label("问题", exact=True).fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".answer").last).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?asked",
        "/?refused",
        "/eligibility",
        "/documents",
        "/documents/hz-2024-343",
        "/staff",
        "/offline",
        "/nothing",
    ],
)
def test_every_target_of_a_phone_measures_44_pixels(open_page: Open, address: str, path: str) -> None:
    page = open_page(address, "phone").page
    page.goto(f"{address}{path}", wait_until="networkidle")
    if path == "/?asked":
        ask(page)
    elif path == "/?refused":
        ask(page, "第343号提案的答复印了多少份？")
        expect(page.locator(".contacts a")).to_be_visible()
    assert page.evaluate(MISSED) == []


@pytest.mark.parametrize("path", ["/", "/eligibility", "/documents", "/documents/hz-2024-343", "/staff"])
def test_at_400_percent_nothing_is_cut_or_out_of_reach(browser: Browser, address: str, path: str) -> None:
    """A screen of 1280 x 1024 at 400 % is one of 320 x 256."""
    context = browser.new_context(viewport={"width": 320, "height": 256}, locale="zh-CN", service_workers="block")
    page = context.new_page()
    page.goto(f"{address}{path}", wait_until="networkidle")
    if path == "/":
        ask(page)
        for part in (".question", ".statement", ".chip", ".verdict", "#question", "#send"):
            page.locator(part).last.scroll_into_view_if_needed()
            expect(page.locator(part).last).to_be_in_viewport(ratio=0.4)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


@pytest.mark.parametrize("path", ["/", "/documents", "/eligibility"])
def test_the_focus_is_seen_wherever_the_tab_key_goes(open_page: Open, address: str, path: str) -> None:
    page = open_page(address).page
    page.goto(f"{address}{path}", wait_until="networkidle")
    page.evaluate("document.activeElement.blur()")
    for _ in range(12):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "() => { const one = document.activeElement; if (one === document.body) return true;"
            " return [one, one.closest('.composer'), one.closest('label')].some((part) => part &&"
            " getComputedStyle(part).outlineStyle !== 'none' && parseFloat(getComputedStyle(part).outlineWidth) >= 2); }"
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_an_answer_is_read_out_and_what_one_can_do_with_it_is_not(open_page: Open, address: str) -> None:
    page = open_page(address).page
    ask(page)
    silent = "(one) => one.closest('[aria-live=off]') !== null"
    assert page.locator(".turns").get_attribute("role") == "log"
    page.locator(".menu > summary").click()
    for name in ("复制", "打印", "准确"):
        assert page.get_by_role("button", name=name, exact=True).evaluate(silent)
    assert not page.locator(".statement").first.evaluate(silent) and not page.locator(".sources").evaluate(silent)
    page.context.grant_permissions(["clipboard-write"])
    page.get_by_role("button", name="复制", exact=True).click()
    said = page.get_by_role("status").filter(has_text="已复制")
    expect(said).to_have_count(1)


def test_the_care_version_takes_a_question_by_voice_where_the_browser_can(open_page: Open, address: str) -> None:
    page = open_page(address).page
    page.add_init_script(
        "window.SpeechRecognition = class extends EventTarget {"
        " start() { setTimeout(() => { this.dispatchEvent(Object.assign(new Event('result'),"
        " { results: [[{ transcript: '老年人用餐有什么优惠' }]] })); this.dispatchEvent(new Event('end')); }, 300); }"
        " stop() {} };"
    )
    page.reload()
    assert page.get_by_role("button", name="语音输入").count() == 0
    with page.expect_navigation():
        page.get_by_role("button", name="关怀版").click()
    page.get_by_role("button", name="语音输入").click()
    expect(page.locator("#notice")).to_contain_text("可能会传给浏览器厂商")
    expect(page.get_by_label("问题", exact=True)).to_have_value("老年人用餐有什么优惠")
    expect(page.get_by_role("button", name="发送")).to_be_enabled()
