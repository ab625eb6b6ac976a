"""The page at /eligibility in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

Open = Callable[..., Any]


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_sentence_leads_to_cards_that_open_their_clauses(open_page: Open, address: str, viewport: str) -> None:
    watched = open_page(f"{address}/eligibility", viewport)
    page = watched.page
    page.get_by_label("用一句话说说情况").fill("我大概62，安徽户口，在拱墅租房")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("#known .unsure")).to_contain_text("62")
    page.get_by_role("button", name="对", exact=True).click()
    card = page.locator(".eligible #elder-meal-discount")
    card.locator("summary").first.click()
    card.get_by_text("依据：").click()
    expect(card.locator("blockquote")).to_contain_text("年满60周岁")
    assert "hz-2024-community-canteen" in (card.get_by_role("link", name="看出处").get_attribute("href") or "")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    watched.check()


def test_the_keyboard_alone_answers_questions_and_cards_change(open_page: Open, address: str) -> None:
    watched = open_page(f"{address}/eligibility")
    page = watched.page
    page.locator("label", has_text="机构").click()
    expect(page.locator("#summary")).to_contain_text("符合 0 项")
    before = page.locator("#question h2").inner_text()
    page.locator("#question button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#question h2")).not_to_have_text(before)
    expect(page.locator("#question h2")).to_be_focused()
    expect(page.locator("#known li")).to_have_count(1)
    watched.check()


def test_a_fact_can_be_corrected_and_the_rest_of_the_sentence_stays(open_page: Open, address: str) -> None:
    watched = open_page(f"{address}/eligibility")
    page = watched.page
    page.get_by_label("用一句话说说情况").fill("我今年59，住在杭州")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".not_eligible #elder-meal-discount")).to_have_count(1)
    page.get_by_text("点开核对、修改").click()
    page.get_by_role("button", name="修改年龄").click()
    page.locator("#question input").fill("60")
    page.get_by_role("button", name="确定").click()
    expect(page.locator(".eligible #elder-meal-discount")).to_have_count(1)
    expect(page.locator("#known")).to_contain_text("居住地：杭州")
    watched.check()


def test_the_chat_answers_a_personal_question_with_the_verdict_its_clause_and_the_way_to_the_page(
    open_page: Open, address: str
) -> None:
    watched = open_page(address)
    page = watched.page
    page.get_by_role("textbox").first.fill("我今年62，住在杭州，能享受老年人助餐优惠吗？")
    page.keyboard.press("Enter")
    panel = page.get_by_label("按您说的情况")
    expect(panel).to_contain_text("符合：老年人助餐用餐优惠")
    expect(panel.locator("a[href*='hz-2024-community-canteen']")).to_have_count(1)
    expect(panel.get_by_role("link", name="到“政策匹配”逐项核对")).to_have_attribute("href", "/eligibility")
    watched.check()


def test_results_begin_on_the_first_screen_of_a_phone_and_print_on_two_pages(open_page: Open, address: str) -> None:
    watched = open_page(f"{address}/eligibility", "phone")
    page = watched.page
    page.get_by_label("用一句话说说情况").fill("我今年68，四川户口，跟女儿住在拱墅，没有退休金")
    page.get_by_role("button", name="查询").click()
    first = page.locator("#cards .eligible .benefit").first
    expect(first).to_be_in_viewport(ratio=1)
    expect(page.locator("#question h2")).to_be_in_viewport()
    expect(page.locator("#cards .undetermined .benefit").first).to_be_hidden()
    page.locator("#rest-not_eligible > summary").click()
    expect(page.locator("#cards .not_eligible .why").first).to_contain_text("不满足：")
    assert page.pdf(format="A4").count(b"/Type /Page\n") <= 2
    watched.check()


def test_every_question_can_be_left_open_and_the_last_answer_taken_back(open_page: Open, address: str) -> None:
    watched = open_page(f"{address}/eligibility")
    page = watched.page
    asked = page.locator("#question h2")
    page.locator("label", has_text="住宅楼").click()
    expect(page.locator("#cards #lift-installation")).to_have_count(1)
    seen = []
    while asked.is_visible():
        seen.append(asked.inner_text())
        with page.expect_response("**/api/eligibility"):
            page.get_by_role("button", name="不清楚或不想说").click()
        page.wait_for_function("before => document.querySelector('#question').hidden || document.querySelector('#asked').textContent !== before", arg=seen[-1])  # fmt: skip
    assert len(seen) == len(set(seen)) > 8
    page.locator("label", has_text="机构").click()
    expect(page.locator("#cards #tax-vat")).to_have_count(1)
    first = asked.inner_text()
    page.locator("#question .choices button").first.click()
    expect(asked).not_to_have_text(first)
    page.get_by_role("button", name="上一题").click()
    expect(asked).to_have_text(first)
    expect(page.locator("#known")).to_be_hidden()
    watched.check()
