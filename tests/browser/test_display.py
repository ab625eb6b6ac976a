"""The switch of script and language in a real browser: everything of ours changes, nothing of the documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Any]

LEFT_IN_CHINESE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const left = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!/[\\u4e00-\\u9fff]/.test(node.data) || parent.closest("script, noscript, #display")) continue;
    if (parent.closest("[lang]").lang === "en") left.push(node.data.trim());
  }
  return left;
}"""


def show(page: Page, language: str) -> None:
    with page.expect_navigation():
        page.locator("#display").select_option(label=language)


def ask(page: Page, label: str, question: str) -> None:
    page.get_by_label(label, exact=True).fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".answer").last).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_traditional_script_leaves_quotations_as_they_stand_and_says_so(open_page: Open, address: str, viewport: str):
    watched = open_page(address, viewport)
    page = watched.page
    show(page, "繁體")
    expect(page.get_by_role("link", name="文件目錄")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "zh-Hant"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ask(page, "問題", "婴幼儿照护设施按什么标准配建？")
    expect(page.locator(".answer")).to_contain_text("引文保留原文的字形")
    expect(page.locator(".tools").first).to_contain_text("重新提問")
    quote = page.locator(".statement .chip").first.get_attribute("title")
    assert quote and quote[:6] in page.locator(".statement").first.inner_text().replace("\\n", "")
    page.reload()
    expect(page.locator(".answer")).to_contain_text("引文保留原文的字形")
    ask(page, "問題", "今天天气怎么样")
    expect(page.locator(".refusal").last.locator("h3")).to_have_text("可能不在資料範圍內")
    watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
@pytest.mark.parametrize("path", ["/", "/documents", "/documents/hz-2024-343", "/eligibility", "/staff"])
def test_in_english_only_what_documents_and_people_said_is_chinese(
    open_page: Open, address: str, path: str, viewport: str
):
    watched = open_page(f"{address}{path}", viewport)
    page = watched.page
    show(page, "English")
    expect(page.get_by_role("link", name="Eligibility")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(LEFT_IN_CHINESE) == []
    watched.check()


def test_an_answer_and_its_source_are_framed_in_english(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    show(page, "English")
    ask(page, "Question", "杭州市梳理了多少项支持政策？")
    page.locator(".statement").first.get_by_role("button").first.click()
    source = page.get_by_role("complementary", name="Source")
    expect(source.locator("mark")).to_be_visible()
    page.get_by_role("button", name="Narrow the search").click()
    assert page.evaluate(LEFT_IN_CHINESE) == []
    ask(page, "Question", "今天天气怎么样")
    expect(page.locator(".refusal h3").last).to_have_text("Perhaps outside what these documents cover")
    assert page.evaluate(LEFT_IN_CHINESE) == []
    show(page, "简体")
    expect(page.get_by_role("link", name="政策匹配")).to_be_visible()
    watched.check()


def test_the_switch_for_elders_enlarges_and_clears_every_page_and_stays(open_page: Open, address: str):
    watched = open_page(address, "phone")
    page = watched.page
    size = "getComputedStyle(document.documentElement).fontSize"
    assert page.evaluate(size) == "16px"
    with page.expect_navigation():
        page.get_by_role("button", name="关怀版").click()
    assert page.evaluate(size) == "20px"
    expect(page.get_by_role("button", name="关怀版")).to_have_attribute("aria-pressed", "true")
    ask(page, "问题", "杭州市梳理了多少项支持政策？")
    expect(page.locator(".tools").get_by_role("button", name="打印")).to_be_hidden()
    page.goto(f"{address}/eligibility")
    assert page.evaluate(size) == "20px"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_navigation():
        page.get_by_role("button", name="关怀版").click()
    assert page.evaluate(size) == "16px"
    watched.check()


@pytest.mark.parametrize("width", [360, 390])
def test_the_bar_of_a_phone_is_one_row_and_the_language_is_whole(open_page: Open, address: str, width: int):
    page = open_page(address, "phone").page
    page.set_viewport_size({"width": width, "height": 800})
    assert page.locator(".bar").evaluate("bar => bar.offsetHeight") < 60
    show(page, "English")
    # The words of the other language come after the page: the choice is as wide as they are once they are there.
    page.wait_for_function("() => (c => c.scrollWidth <= c.clientWidth && c.clientWidth > 70)(window.display)")
    with page.expect_navigation():
        page.locator("#care").click()
    assert page.locator(".bar").evaluate("bar => bar.offsetHeight") < 125, "two rows in large type"


SMALL = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !parent.checkVisibility() || parent.closest("script, noscript, .visually-hidden")) continue;
    if (parseFloat(getComputedStyle(parent).fontSize) < 16) small.push(walker.currentNode.data.trim());
  }
  return small;
}"""


def test_no_text_of_a_phone_is_smaller_than_16_pixels_and_a_question_in_the_address_can_be_sent(
    open_page: Open, address: str
):
    page = open_page(f"{address}/?q=老年人用餐有什么优惠？", "phone").page
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".tools")).to_be_visible()
    assert page.evaluate(SMALL) == []
    for path in ("/eligibility", "/documents", "/documents/hz-2024-343", "/staff"):
        page.goto(f"{address}{path}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(SMALL) == []
