"""The page at /eligibility in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .held import Held

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
    for part, words in ((".rules", "年满60周岁"), (".about", "享受用餐优惠")):
        cited = card.locator(part)
        cited.get_by_text("依据：").click()
        expect(cited.locator("blockquote")).to_contain_text(words)
        assert "hz-2024-community-canteen" in (cited.get_by_role("link", name="看出处").get_attribute("href") or "")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    watched.check()


def test_the_keyboard_alone_answers_questions_and_cards_change(open_page: Open, address: str) -> None:
    watched = open_page(f"{address}/eligibility")
    page = watched.page
    person = page.locator("#question h2").inner_text()
    page.locator("label", has_text="机构").click()
    expect(page.locator("#question h2")).not_to_have_text(person)
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


def test_who_tells_nothing_that_is_read_is_told_so(open_page: Open, address: str) -> None:
    watched = open_page(f"{address}/eligibility")
    page = watched.page
    page.get_by_label("用一句话说说情况").fill("你好，想问问")
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.locator("#known")).to_contain_text("没有从您写的内容中读出具体情况")
    expect(page.locator("#question button").first).to_be_visible()
    page.get_by_label("用一句话说说情况").fill("我72岁")
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.locator("#known")).to_contain_text("已填写 1 项")
    expect(page.locator("#known")).not_to_contain_text("没有从您写的内容中读出")
    watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_of_two_people_in_a_sentence_one_is_chosen_and_one_can_go_back(
    open_page: Open, address: str, viewport: str
) -> None:
    watched = open_page(f"{address}/eligibility", viewport)
    page = watched.page
    page.get_by_label("用一句话说说情况").fill("我32，我妈58，她今年退休了")
    page.get_by_role("button", name="查询", exact=True).click()
    others = page.get_by_role("region", name="说到的其他人")
    expect(others).to_contain_text("妈：年龄58周岁、工作情况已退休")
    others.get_by_role("button", name="查询妈的").click()
    expect(others).to_contain_text("我：年龄32周岁")
    expect(page.locator("#known")).to_contain_text("年龄：58周岁")
    others.get_by_role("button", name="查询我的").click()
    expect(page.locator("#known")).to_contain_text("年龄：32周岁")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    watched.check()


def asked(page: Page, question: str) -> Locator:
    page.get_by_label("问题").fill(question)
    page.keyboard.press("Enter")
    answer = page.locator(".answer").last
    expect(answer).not_to_have_attribute("aria-busy", "true")
    return answer


def test_the_chat_answers_about_oneself_with_the_verdict_first_and_the_way_to_the_page(
    open_page: Open, address: str
) -> None:
    watched = open_page(address)
    answer = asked(watched.page, "我舅六十六，老家湖北，现在跟我住临平，去食堂吃饭能便宜点不")
    first = answer.locator(".statement").first
    expect(first).to_contain_text("符合“老年人助餐用餐优惠”的条件")
    expect(first.get_by_role("button", name="出处 1")).to_have_count(1)
    expect(answer.locator(".panel")).to_have_count(0)
    expect(answer.get_by_role("link", name="到“政策匹配”逐项核对")).to_have_attribute("href", "/eligibility")
    watched.check()


def test_on_a_phone_the_chat_asks_one_question_at_a_time_until_the_verdict_stands(
    open_page: Open, address: str
) -> None:
    watched = open_page(address, "phone")
    page = watched.page
    answer = asked(page, "我妈七十三，老家湖北，坐公交能免费吗")
    first = answer.locator(".statement").first
    expect(first).to_contain_text("还不能确定")
    card = answer.locator(".next-question")
    expect(card).to_have_count(1)
    expect(card.get_by_role("heading", name="您说“老家湖北”，户籍所在地是湖北吗？")).to_be_in_viewport()
    for button in card.get_by_role("button").all():
        box = button.bounding_box()
        assert box and box["height"] >= 44 and box["x"] + box["width"] <= 390
    card.get_by_role("button", name="是，湖北").click()
    expect(card.get_by_role("heading")).to_have_text("您现在住在哪里？")
    card.get_by_role("textbox").fill("天上人间")
    card.get_by_role("button", name="确定").click()
    expect(card.get_by_role("alert")).to_contain_text("天上人间")
    card.get_by_role("textbox").fill("拱墅")
    card.get_by_role("button", name="确定").click()
    expect(first).to_contain_text("符合“70周岁以上老年人乘车优惠”的条件")
    expect(card.get_by_role("heading")).to_have_count(0)
    watched.complaints = [one for one in watched.complaints if "422" not in one]  # the place that is none was refused
    watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_what_was_told_goes_along_to_the_page_of_eligibility_once(open_page: Open, address: str, viewport: str) -> None:
    watched = open_page(address, viewport)
    page = watched.page
    answer = asked(page, "我妈七十三，老家湖北，坐公交能免费吗")
    answer.get_by_role("button", name="是，湖北").click()
    expect(answer.locator(".next-question").get_by_role("heading")).to_have_text("您现在住在哪里？")
    answer.get_by_role("link", name="到“政策匹配”逐项核对").click()
    known = page.locator("#known .told")
    expect(known.locator("summary")).to_contain_text("已填写")
    known.locator("summary").click()
    expect(known).to_contain_text("年龄：73周岁")
    expect(known).to_contain_text("户籍所在地：湖北")
    expect(page.locator("#question h2")).to_have_text("您现在住在哪里？")
    page.reload()
    expect(page.locator("#question h2")).to_be_visible()
    expect(page.locator("#known")).to_be_hidden()
    watched.check()


def test_an_answer_may_be_typed_behind_one_that_was_pressed(open_page: Open, address: str) -> None:
    watched = open_page(address)
    page = watched.page
    card = asked(page, "我妈七十三，老家湖北，坐公交能免费吗").locator(".next-question")
    card.get_by_role("button", name="是，湖北").click()
    expect(card.get_by_role("heading")).to_have_text("您现在住在哪里？")
    typed = asked(page, "住拱墅")
    expect(typed.locator(".statement").first).to_contain_text("符合“70周岁以上老年人乘车优惠”的条件")
    watched.check()


def test_who_writes_on_while_the_pressed_answer_is_fetched_is_not_disturbed_when_it_comes(
    open_page: Open, address: str
) -> None:
    watched = open_page(address)
    page = watched.page
    answer = asked(page, "我妈七十三，老家湖北，坐公交能免费吗")
    went_on = Held(page, "**/api/ask")
    answer.get_by_role("button", name="是，湖北").click()
    question = page.get_by_label("问题")
    question.press_sequentially("住拱")
    went_on.let_go()
    expect(answer.locator(".next-question").get_by_role("heading")).to_have_text("您现在住在哪里？")
    expect(question).to_be_focused()
    watched.check()


def test_where_the_benefit_is_not_sure_its_conditions_are_offered(open_page: Open, address: str) -> None:
    watched = open_page(address)
    page = watched.page
    offers = asked(page, "外公整九十一了，瘫着，户口在建德，能请人上门护理吗").get_by_role(
        "region", name="您是否想了解"
    )
    offers.get_by_role("button", name="“老年人健康档案和上门医疗护理”的条件").click()
    told = page.locator(".turn").last.locator(".statement").first
    expect(told).to_contain_text("符合“老年人健康档案和上门医疗护理”的条件")
    watched.check()


def test_who_does_not_know_is_asked_the_next_thing_and_keeps_the_clauses(open_page: Open, address: str) -> None:
    watched = open_page(address, "phone")
    answer = asked(watched.page, "我七十三了，坐公交能免费吗")
    card = answer.locator(".next-question")
    for heading in ("您的户口在哪里？", "您现在住在哪里？"):
        expect(card.get_by_role("heading")).to_have_text(heading)
        card.get_by_role("button", name="不知道").click()
    expect(card.get_by_role("heading")).to_have_count(0)
    first = answer.locator(".statement").first
    expect(first).to_contain_text("还要看户籍所在地、居住地")
    expect(first.get_by_role("button", name="出处 1")).to_have_count(1)
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


def test_conditions_within_conditions_can_be_read_on_a_phone(open_page: Open, address: str) -> None:
    watched = open_page(f"{address}/eligibility", "phone")
    page = watched.page
    page.get_by_label("用一句话说说情况").fill("我45岁，男，杭州户口，重度残疾，生活部分不能自理")
    page.get_by_role("button", name="查询").click()
    page.locator("#rest-not_eligible > summary").click()
    page.locator("#accessible-renovation > summary").click()
    rules = page.locator("#accessible-renovation .rule > div")
    expect(rules.first).to_be_visible()
    widths = rules.evaluate_all("them => them.map(one => one.getBoundingClientRect().width)")
    assert min(widths) >= 160
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
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


def test_the_example_is_of_whom_one_asks_for_and_the_folded_form_says_what_it_is_for(open_page: Open, address: str):
    watched = open_page(f"{address}/eligibility")
    page = watched.page
    box = page.get_by_label("用一句话说说情况")
    expect(box).to_have_attribute("placeholder", re.compile("我今年62"))
    for name, words in (("住宅楼", "这栋楼"), ("机构", "养老机构"), ("个人和家庭", "我今年62")):
        page.get_by_label(name, exact=True).check()
        expect(box).to_have_attribute("placeholder", re.compile(words))
    expect(page.get_by_text("填写情况", exact=True)).to_be_visible()
    box.fill("我今年72，杭州户口")
    page.get_by_role("button", name="查询").click()
    page.get_by_text("修改填写的内容", exact=True).click()
    expect(box).to_be_visible()
    watched.check()
