"""Conversations in a real browser: they stay, are found, renamed and deleted; answers are copied and judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from playwright.sync_api import Page, expect

from .held import Held

QUESTION = "杭州市梳理了多少项支持政策？"
OTHER = "社区食堂对谁开放？"

Open = Callable[..., Any]


def put(page: Page, question: str) -> None:
    turns = page.locator(".turn").count()
    page.get_by_label("问题", exact=True).fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(turns + 1)
    expect(page.locator(".answer").last).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_conversation_stays_is_found_renamed_and_deleted(open_page: Open, address: str, viewport: str):
    watched = open_page(address, viewport)
    page = watched.page
    put(page, QUESTION)
    put(page, OTHER)
    shown = page.locator(".statement").all_inner_texts()
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    assert page.locator(".statement").all_inner_texts() == shown
    toggle = page.get_by_role("button", name="对话记录")
    toggle.click()
    past = page.get_by_role("complementary", name="对话记录")
    past.get_by_role("button", name="新对话").click()
    expect(page.get_by_role("heading", name="想了解哪项政策？")).to_be_visible()
    put(page, OTHER)
    if viewport == "phone":
        toggle.click()
    expect(past.get_by_role("link")).to_have_count(2)
    past.get_by_label("查找对话").fill("支持政策")
    expect(past.get_by_role("link")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept("政策数目"))
    past.get_by_role("listitem").hover()
    past.get_by_role("button", name="改名").click()
    past.get_by_label("查找对话").fill("政策数目")
    past.get_by_role("link", name="政策数目").click()
    expect(page.locator(".turn")).to_have_count(2)
    page.go_back()
    expect(page.locator(".turn")).to_have_count(1)
    page.go_forward()
    expect(page.locator(".turn")).to_have_count(2)
    if viewport == "phone":
        toggle.click()
    page.once("dialog", lambda dialog: dialog.accept())
    past.get_by_role("listitem").hover()
    past.get_by_role("button", name="删除").click()
    expect(page.locator(".turn")).to_have_count(0)
    watched.check()


def test_a_conversation_deleted_elsewhere_goes_on_as_a_new_one(open_page: Open, address: str):
    page = open_page(address).page
    put(page, QUESTION)
    gone = page.url.rpartition("=")[2]
    page.request.delete(f"{address}/api/conversations/{gone}")
    put(page, OTHER)
    expect(page.locator(".statement").last).to_be_visible()
    assert not page.url.endswith(gone)
    page.goto(f"{address}/?c={gone}")
    expect(page.locator("#notice")).to_contain_text("没有这个对话")


def test_nobody_else_sees_a_conversation(open_page: Open, address: str):
    page = open_page(address).page
    put(page, QUESTION)
    other = open_page(page.url).page
    expect(other.locator("#notice")).to_contain_text("没有这个对话")
    expect(other.locator(".turn")).to_have_count(0)


def test_an_answer_is_copied_with_its_sources_and_judged(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    put(page, QUESTION)
    title = page.locator(".source-name a").first.inner_text()
    for button, note in (("复制", "（《"), ("复制为脚注", "[1] 《"), ("复制为 Markdown", "[^1]: [《")):
        page.locator(".menu > summary").click()
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".tools")).to_contain_text("已复制")
        expect(page.locator(".menu-items")).to_be_hidden()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert f"{note}{title}》" in copied
    page.get_by_role("button", name="不完整").click()
    page.get_by_label("说明").fill("少了名单")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("已收到")
    page.get_by_role("button", name="修改问题").click()
    expect(page.get_by_label("问题", exact=True)).to_have_value(QUESTION)
    page.get_by_label("问题", exact=True).fill("")
    watched.check()


def test_over_plain_http_an_answer_is_copied_too(open_page: Open, address: str):
    page = open_page(address).page
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.reload()
    put(page, "老年人用餐有什么优惠？")
    expect(page.locator(".statement").first).to_contain_text("（背景情况）")
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="复制", exact=True).click()
    expect(page.locator(".tools")).to_contain_text("已复制")
    box = page.get_by_label("问题", exact=True)
    box.focus()
    page.keyboard.press("ControlOrMeta+V")
    copied = box.input_value()
    assert "（背景情况，据" in copied and "（背景情况）" not in copied


def test_a_menu_closes_when_one_presses_elsewhere(open_page: Open, address: str):
    page = open_page(address).page
    put(page, QUESTION)
    items = page.locator(".menu-items")
    for place in (".bar", ".turns"):
        page.locator(".menu > summary").click()
        expect(items).to_be_visible()
        page.locator(place).click(position={"x": 300, "y": 5})
        expect(items).to_be_hidden()


def test_what_was_said_of_an_answer_is_taken_back_seen_again_and_changed(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    put(page, QUESTION)
    row = page.get_by_role("group", name="回答是否准确")
    row.get_by_role("button", name="有误").click()
    row.get_by_label("说明").press("Escape")
    expect(row.get_by_role("button", name="准确", exact=True)).to_be_focused()
    row.get_by_role("button", name="不完整").click()
    row.get_by_role("button", name="不评价了").click()
    row.get_by_role("button", name="有误").click()
    row.get_by_label("说明").press("Enter")
    expect(row.get_by_text("已收到，谢谢。")).to_be_focused()
    page.reload()
    expect(row).to_contain_text("您的评价：有误")
    row.get_by_role("button", name="重新评价").click()
    row.get_by_role("button", name="准确", exact=True).click()
    expect(row).to_contain_text("已收到")
    page.reload()
    expect(row).to_contain_text("您的评价：准确")
    watched.check()


def test_the_focus_stays_in_the_list_of_conversations(open_page: Open, address: str):
    page = open_page(address).page
    for _ in range(2):
        put(page, QUESTION)
        page.goto(address)
    page.get_by_role("button", name="对话记录").click()
    rows = page.get_by_role("complementary", name="对话记录").get_by_role("listitem")
    expect(rows).to_have_count(2)
    page.once("dialog", lambda dialog: dialog.accept("政策数目"))
    rows.last.get_by_role("button", name="改名").focus()
    page.keyboard.press("Enter")
    expect(rows.last.get_by_role("button", name="改名：政策数目")).to_be_focused()
    for left in (1, 0):
        page.once("dialog", lambda dialog: dialog.accept())
        rows.first.get_by_role("button", name="删除").focus()
        page.keyboard.press("Enter")
        expect(rows).to_have_count(left)
        expect(rows.first.get_by_role("link") if left else page.get_by_label("查找对话")).to_be_focused()


def test_a_reload_while_the_answer_comes_keeps_the_question_and_asks_it_again(open_page: Open, address: str):
    page = open_page(address).page
    page.route("**/api/ask", lambda route: None)  # an answer that does not come
    page.get_by_label("问题", exact=True).fill("杭州市梳理了多少项支持政策？")
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_be_visible()
    page.unroute("**/api/ask")
    page.reload()
    expect(page.locator(".question")).to_have_text("杭州市梳理了多少项支持政策？")
    page.get_by_role("button", name="重新提问").click()
    expect(page.locator(".statement").first).to_be_visible()
    expect(page.locator(".question")).to_have_count(1)
    expect(page.locator(".answer").last).not_to_have_attribute("aria-busy", "true")
    page.reload()
    expect(page.locator(".statement").first).to_be_visible()
    expect(page.locator(".question")).to_have_count(1)


def test_a_reload_that_was_under_way_when_the_answer_came_shows_it(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    answer = Held(page, "**/api/ask")
    page.get_by_label("问题", exact=True).fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_be_visible()
    anew = Held(page, f"{address}/")
    page.evaluate("() => { setTimeout(() => location.reload()); }")
    anew.wait()
    with page.expect_event("framenavigated"):  # the conversation has its address, too late for the reload
        answer.let_go()
    anew.let_go()
    expect(page.locator(".question")).to_have_text(QUESTION)
    expect(page.locator(".statement").first).to_be_visible()
    expect(page).to_have_url(re.compile("c="))
    watched.check()


def test_a_conversation_is_exported_as_a_word_file(open_page: Open, address: str, tmp_path: Path):
    page = open_page(address).page
    put(page, QUESTION)
    page.locator(".menu > summary").click()
    link = page.get_by_role("link", name="导出对话（Word）")
    expect(link).to_be_visible()
    with page.expect_download() as started:
        link.click()
    path = tmp_path / started.value.suggested_filename
    started.value.save_as(path)
    written = [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]
    answer = page.locator(".statement").first.inner_text()
    assert path.suffix == ".docx"
    assert QUESTION in written
    assert any(line.split("[1]")[0] in answer and len(line) > 20 for line in written)
    assert any(line.startswith("[1] 《") for line in written)


def test_one_answer_goes_out_as_a_word_file_and_to_paper(open_page: Open, address: str, tmp_path: Path):
    watched = open_page(address)
    page = watched.page
    question = "市里梳理了几项支持政策？"
    put(page, question)
    page.locator(".menu > summary").focus()
    page.keyboard.press("Enter")
    with page.expect_download() as started:
        page.get_by_role("link", name="导出本条（Word）").click()
    assert started.value.suggested_filename == f"{question}（本条）.docx", (
        "that of the conversation has the question alone"
    )
    written = [paragraph.text for paragraph in docx.Document(str(started.value.path())).paragraphs]
    told = "\n".join(written)
    assert written[0] == "政策咨询记录" and question in written
    for words in (
        "回答时间：",
        "按哪一天的规定：",
        "文件库更新日期：",
        "限定范围：全部文件",
        "导出日期：",
        "咨询电话：",
        "不作为行政决定",
    ):
        assert words in told
    assert any(line.startswith("[1] 《") and "效力未注明" in line and "原文" in line for line in written)
    page.evaluate(
        "() => { window.print = () => { window.printed = document.querySelector('.record').innerText; dispatchEvent(new Event('afterprint')); }; }"
    )
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="打印").click()
    page.wait_for_function("() => window.printed")
    printed = page.evaluate("window.printed")
    for line in written[2:3] + [line for line in written if line.startswith(("文件库更新日期", "限定范围"))]:
        assert line in printed
    expect(page.locator(".record")).to_have_count(0)
    watched.check()


def test_a_long_conversation_opens_at_its_end_and_holds_every_turn_in_order(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    put(page, QUESTION)
    place = page.evaluate("location.search.slice(3)")
    asked = [QUESTION] + [f"第{number}号提案是谁办理的？" for number in range(300, 345)]
    for question in asked[1:]:
        told = page.request.post(f"{address}/api/ask", data={"question": question, "conversation_id": place})
        assert told.ok
    page.reload()
    expect(page.locator(".turn")).to_have_count(len(asked))
    assert page.locator(".turn .question").all_text_contents() == asked
    expect(page.locator(".turn .question").last).to_be_in_viewport()
    assert page.locator("#turns").get_attribute("aria-live") is None
    page.emulate_media(media="print")
    assert page.locator(".turn").first.is_visible()
    watched.check()
