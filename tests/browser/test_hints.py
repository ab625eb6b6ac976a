"""What is offered while one types, in a real browser: by keyboard and by touch, heard and seen, and never in the way of
writing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Any]


def typed(page: Page, text: str) -> tuple[Locator, Locator]:
    """Type into the question box and wait for what is offered."""
    box = page.get_by_label("问题", exact=True)
    box.press_sequentially(text)
    options = page.get_by_role("listbox", name="您可能想问").get_by_role("option")
    expect(options.first).to_be_visible()
    return box, options


def test_the_keyboard_walks_through_the_list_and_takes_one(open_page: Open, address: str) -> None:
    watched = open_page(address)
    page = watched.page
    box, options = typed(page, "老年人")
    expect(page.get_by_role("status").filter(has_text="条提示")).to_have_count(1)
    assert box.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    assert box.get_attribute("aria-activedescendant") is None, "nothing is chosen before one chooses"
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    box.press("ArrowUp")
    text = options.nth(0).locator(".hint-text").inner_text()
    box.press("Enter")
    expect(box).to_have_value(text)
    expect(box).to_be_focused()
    expect(page.get_by_role("listbox")).to_have_count(0)
    assert page.locator(".turn").count() == 0, "a text that was taken can still be changed"
    box.press("Enter")
    expect(page.locator(".answer").last).not_to_have_attribute("aria-busy", "true")
    watched.check()


def test_escape_closes_the_list_and_enter_sends_what_was_written(open_page: Open, address: str) -> None:
    page = open_page(address).page
    box, options = typed(page, "老年人")
    box.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("老年人")
    box.press_sequentially("用餐")
    expect(options.first).to_be_visible()
    box.press("Enter")
    expect(page.locator(".question").last).to_have_text("老年人用餐")
    expect(options).to_have_count(0)


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_it_stands_whole_beside_the_box_before_and_after_the_first_answer(
    open_page: Open, address: str, viewport: str
) -> None:
    page = open_page(address, viewport).page
    for _ in range(2):
        _, options = typed(page, "养老服务")
        for option in options.all():
            expect(option).to_be_in_viewport(ratio=0.95)
            at = option.bounding_box()
            assert at and at["height"] >= 44
            hit = option.evaluate(
                "(one) => { const r = one.getBoundingClientRect();"
                " return one.contains(document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2)); }"
            )
            assert hit, "something covers it"
        options.first.click()
        page.get_by_role("button", name="发送").click()
        expect(page.locator(".answer").last).not_to_have_attribute("aria-busy", "true")


def test_a_question_in_traditional_script_is_offered_its_own(open_page: Open, address: str) -> None:
    _, options = typed(open_page(address).page, "養老服務")
    expect(options.first).to_contain_text(re.compile("[養務補貼]"))


def test_nothing_is_looked_for_in_a_text_that_begins_no_question(open_page: Open, address: str) -> None:
    watched = open_page(address)
    page = watched.page
    box, options = typed(page, "老年人")
    before = len(watched.requests)
    box.fill("老年人用餐有什么优惠？" * 100)
    expect(options).to_have_count(0)
    page.wait_for_timeout(600)
    assert len(watched.requests) == before
    watched.check()


def test_without_suggestions_one_writes_on(open_page: Open, address: str) -> None:
    page = open_page(address).page
    page.route("**/api/suggestions", lambda route: route.abort())
    box = page.get_by_label("问题", exact=True)
    box.press_sequentially("杭州市梳理了多少项支持政策？")
    box.press("Enter")
    expect(page.locator(".statement").first).to_be_visible()
