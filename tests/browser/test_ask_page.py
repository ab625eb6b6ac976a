"""The page at / in a real browser: ask, watch the answer arrive, open the very sentence in the source."""

from __future__ import annotations

import csv
import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from documents import print_to_pdf
from model_server import begin, chunk, scripted_server
from playwright.sync_api import Page, Route, expect

from cli.ingest import ingest
from ingest.settings import Settings
from service.server import serving

from .held import Held

QUESTION = "杭州市梳理了多少项支持政策？"
FOUND = re.compile("34[项項]")  # a document of either script may say it
ORIGINAL = Path(__file__).parents[2] / "corpus" / "responses" / "hz-2024-343.txt"
HOSTILE = "<script>window.pwned = true</script><img src=x onerror='window.pwned = true'>"

Open = Callable[..., Any]


def put(page: Page, question: str) -> None:
    page.get_by_label("问题").fill(question)
    page.keyboard.press("Enter")


def answered(page: Page) -> None:
    expect(page.locator(".answer").last).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_citation_opens_the_very_sentence_in_the_source(open_page: Open, address: str, viewport: str, scheme: str):
    watched = open_page(address, viewport, scheme)
    page = watched.page
    put(page, QUESTION)
    statement = page.locator(".statement", has_text=FOUND).first
    expect(statement).to_be_visible()
    statement.get_by_role("button").first.click()
    source = page.get_by_role("complementary", name="出处")
    expect(source).to_be_visible()
    mark = source.locator("mark")
    expect(mark).to_contain_text(FOUND)
    expect(mark).to_be_in_viewport()
    hit = mark.evaluate(
        "(m) => { const r = m.getClientRects()[0];"
        " return document.elementFromPoint(r.left + 4, r.top + r.height / 2)?.closest('mark') === m; }"
    )
    assert hit, "something covers the marked quote"
    if viewport == "phone":
        # The sheet slides in: wait until it covers the screen.
        page.wait_for_function(
            "() => { const r = document.querySelector('#source').getBoundingClientRect();"
            " return r.x === 0 && r.y === 0 && r.width === 390; }"
        )
    page.keyboard.press("Escape")
    expect(source).to_be_hidden()
    expect(statement.get_by_role("button").first).to_be_focused()
    watched.check()


def test_a_simplified_question_opens_the_traditional_sentence_as_it_stands(open_page: Open, tmp_path: Path):
    ingest(paths=[ORIGINAL], index=tmp_path / "index", disclosure="public")
    with serving(Settings(index_dir=tmp_path / "index")) as url:
        watched = open_page(url)
        page = watched.page
        put(page, QUESTION)
        page.locator(".statement", has_text="34項").first.get_by_role("button").first.click()
        source = page.get_by_role("complementary", name="出处")
        expect(source.locator("mark")).to_contain_text("梳理34項已出台和計劃出台的支持政策")
        expect(source.locator("mark")).to_be_in_viewport()
        expect(source).to_contain_text("2024年10月17日")
        expect(source.locator(".clause").first).to_contain_text("索引號")
        watched.check()


def test_an_example_is_asked_with_one_click_within_the_page_budget(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    assert len([url for url in watched.requests if not url.startswith("data:")]) <= 12
    page.get_by_role("button", name=QUESTION).click()
    expect(page.locator(".question")).to_have_text(QUESTION)
    expect(page.locator(".statement").first).to_contain_text(FOUND)
    watched.check()


def test_enter_sends_but_not_with_shift_and_not_while_a_word_is_composed(open_page: Open, address: str):
    page = open_page(address).page
    box = page.get_by_label("问题")
    expect(page.get_by_role("button", name="发送")).to_be_disabled()
    box.fill("第一行")
    box.press("Shift+Enter")
    assert box.input_value() == "第一行\n"
    box.evaluate(
        "(b) => b.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    expect(page.locator(".turn")).to_have_count(0)
    box.press("Enter")
    expect(page.locator(".turn")).to_have_count(1)
    expect(box).to_have_value("")


def test_a_refusal_looks_different_and_says_its_kind(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    put(page, "北京市朝阳区的小学几点放学？")
    refusal = page.locator(".refusal")
    expect(refusal).to_be_visible()
    expect(refusal.get_by_role("heading")).not_to_be_empty()
    expect(page.locator(".statement")).to_have_count(0)
    watched.check()


def test_markup_in_a_question_and_in_a_document_is_shown_as_text(open_page: Open, tmp_path: Path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "hostile.txt").write_text(f"一、蓝莓补贴\n种植蓝莓的农户每亩补贴八百元。{HOSTILE}\n", "utf-8")
    ingest(paths=[folder], index=tmp_path / "index", disclosure="public")
    with serving(Settings(index_dir=tmp_path / "index")) as url:
        watched = open_page(url)
        page = watched.page
        put(page, f"种植蓝莓每亩补贴多少元？{HOSTILE}")
        answered(page)
        expect(page.locator(".question")).to_contain_text(HOSTILE)
        page.locator(".answer button").first.click()
        expect(page.locator(".source .clauses")).to_contain_text(HOSTILE)
        page.goto(f"{url}/documents")
        page.locator(".register a").first.click()
        expect(page.locator(".clauses")).to_contain_text(HOSTILE)
        assert page.evaluate("window.pwned") is None
        watched.check()


def test_a_question_that_is_refused_comes_back_into_the_box(open_page: Open, address: str):
    page = open_page(address).page
    put(page, "？？！")
    expect(page.get_by_role("status").filter(has_text="问题")).to_be_visible()
    expect(page.get_by_label("问题")).to_have_value("？？！")
    expect(page.locator(".turn")).to_have_count(0)
    put(page, "问" * 100_000)
    expect(page.locator("#notice")).to_contain_text("太长")
    assert len(page.get_by_label("问题").input_value()) == 100_000
    put(page, QUESTION)
    expect(page.locator(".statement").first).to_contain_text(FOUND)
    expect(page.locator("#notice")).to_be_empty()


def test_without_network_the_question_is_kept_and_can_be_asked_again(open_page: Open, address: str):
    page = open_page(address).page
    page.route("**/api/ask", lambda route: route.abort())
    put(page, QUESTION)
    expect(page.locator(".answer")).to_contain_text("网络不通")
    expect(page.get_by_label("问题")).to_have_value(QUESTION)
    page.unroute("**/api/ask")
    page.get_by_role("button", name="重试").click()
    expect(page.locator(".statement").first).to_contain_text(FOUND)
    expect(page.locator(".answer")).not_to_contain_text("网络不通")
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.get_by_label("问题")).to_have_value("")


def test_an_answer_that_was_cut_off_is_shown_once_after_asking_again(open_page: Open, address: str):
    page = open_page(address).page
    whole = page.request.post(f"{address}/api/ask", data={"question": QUESTION}).json()
    first = f'event: statement\ndata: {json.dumps(whole["statements"][0])}\n\nevent: statement\ndata: {{"te'

    def cut(route: Route) -> None:
        route.fulfill(status=200, headers={"Content-Type": "text/event-stream"}, body=first)

    page.route("**/api/ask", cut)
    put(page, QUESTION)
    expect(page.locator(".answer")).to_contain_text("答案没有收全")
    expect(page.locator(".statement")).to_have_count(1)
    page.unroute("**/api/ask")
    page.get_by_role("button", name="重试").click()
    expect(page.locator(".statement")).to_have_count(len(whole["statements"]))
    expect(page.locator(".answer")).not_to_contain_text("没有收全")
    expect(page.locator(".sources")).to_have_count(1)


def test_an_answer_can_be_stopped_and_asked_again(open_page: Open, address: str):
    page = open_page(address).page
    page.route("**/api/ask", lambda route: None)  # the answer never comes
    put(page, QUESTION)
    expect(page.locator(".status")).to_be_visible()
    page.get_by_label("问题").fill("已经写下的下一个问题")
    page.get_by_role("button", name="停止").click()
    expect(page.locator(".answer")).to_contain_text("已停止")
    expect(page.get_by_label("问题")).to_have_value("已经写下的下一个问题")
    page.unroute("**/api/ask")
    page.get_by_role("button", name="重新提问").click()
    expect(page.locator(".statement").first).to_contain_text(FOUND)
    expect(page.get_by_label("问题")).to_have_value("已经写下的下一个问题")


def test_a_document_that_is_gone_leaves_the_quote(open_page: Open, address: str):
    page = open_page(address).page
    put(page, QUESTION)
    answered(page)
    gone = {"error": {"code": "not_found", "message": "没有这份文件，或者它不对外公开。"}}
    page.route("**/api/documents/**", lambda route: route.fulfill(status=404, json=gone))
    page.locator(".statement .chip").first.click()
    source = page.get_by_role("complementary", name="出处")
    expect(source).to_contain_text("已不在库中")
    expect(source.locator("blockquote")).to_contain_text(FOUND)


def test_the_next_and_previous_citation_are_one_click_away(open_page: Open, address: str):
    page = open_page(address).page
    put(page, "国家和杭州的社区嵌入式服务设施方案有什么不同？")
    answered(page)
    page.locator(".turn").last.locator(".chip").first.click()
    source = page.get_by_role("complementary", name="出处")
    expect(source.get_by_role("heading", name="出处 1", exact=True)).to_be_visible()
    expect(source.locator("mark")).to_be_in_viewport()
    source.get_by_role("button", name="下一处").click()
    expect(source.get_by_role("heading", name="出处 2", exact=True)).to_be_visible()
    expect(source.locator("mark")).to_be_in_viewport()


def test_turning_moves_the_mark_in_the_answer_and_the_text_is_scrolled_by_keys(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    put(page, "国家和杭州的社区嵌入式服务设施方案有什么不同？")
    answered(page)
    page.locator(".statement .chip").first.click()
    source = page.get_by_role("complementary", name="出处")
    expect(source.locator("mark")).to_be_in_viewport()
    shown = page.locator(".chip[aria-expanded=true]")
    expect(shown).to_have_attribute("data-number", "1")
    source.get_by_role("button", name="下一处").click()
    expect(shown).to_have_attribute("data-number", "2")
    expect(page.locator(".statement.is-open")).to_have_count(1)
    expect(source.locator("mark")).to_be_in_viewport()
    text = source.get_by_role("region", name="文件原文")
    text.focus()
    before = text.evaluate("body => body.scrollTop")
    page.keyboard.press("Home")
    page.wait_for_function(
        "before => document.querySelector('.source-body').scrollTop < before || before === 0", arg=before
    )
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.number") == "2"
    watched.check()


def test_place_and_validity_stand_at_the_citation(open_page: Open, address: str):
    page = open_page(address).page
    put(page, "市里梳理了几项支持政策？")
    answered(page)
    expect(page.locator(".statement .chip").first).to_have_text(re.compile(r"1.+ · 效力未注明$"))
    expect(page.locator(".tools")).to_have_attribute("aria-live", "off")


def test_a_reload_while_the_answer_comes_loses_nothing(open_page: Open, tmp_path: Path):
    goes_on = threading.Event()

    def thinks(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        goes_on.wait(60)
        handler.wfile.write(chunk("社区食堂每餐补贴三元。[1]"))
        handler.wfile.write(b"data: [DONE]\n\n")

    (tmp_path / "meals.txt").write_text("食堂办法\n第一条　社区食堂每餐补贴三元。\n", "utf-8")
    ingest(paths=[tmp_path / "meals.txt"], index=tmp_path / "index", disclosure="public")
    with scripted_server() as model:
        model.replies = [thinks]
        settings = Settings(index_dir=tmp_path / "index", llm_base_url=model.url, llm_model="scripted")
        with serving(settings) as url:
            watched = open_page(url)
            page = watched.page
            put(page, "社区食堂每餐补贴多少元？")
            page.wait_for_url("**/?c=*")
            page.reload()
            expect(page.locator(".question")).to_have_text("社区食堂每餐补贴多少元？")
            expect(page.locator(".status")).to_be_visible()
            goes_on.set()
            expect(page.locator(".statement").first).to_contain_text("每餐补贴三元")
            expect(page.locator(".turn")).to_have_count(1)
            watched.check()


def test_arrow_keys_turn_to_the_next_and_the_previous_citation(open_page: Open, address: str):
    page = open_page(address).page
    put(page, "国家和杭州的社区嵌入式服务设施方案有什么不同？")
    answered(page)
    page.locator(".turn").last.locator(".chip").first.click()
    source = page.get_by_role("complementary", name="出处")
    expect(source.get_by_role("heading", name="出处 1", exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(source.get_by_role("heading", name="出处 2", exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(source.get_by_role("heading", name="出处 2", exact=True)).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(source.get_by_role("heading", name="出处 1", exact=True)).to_be_visible()


def test_what_was_typed_outlives_a_reload_and_what_was_sent_does_not(open_page: Open, address: str):
    page = open_page(address).page
    page.get_by_label("问题").fill("老年食堂几点开门")
    page.reload()
    expect(page.get_by_label("问题")).to_have_value("老年食堂几点开门")
    expect(page.get_by_role("button", name="发送")).to_be_enabled()
    put(page, QUESTION)
    answered(page)
    page.reload()
    expect(page.get_by_label("问题")).to_have_value("")


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_refusal_names_whom_to_call(open_page: Open, tmp_path: Path, viewport: str):
    text = (
        "关于种植蓝莓补贴的通知\n\n一、补贴\n种植蓝莓的农户每亩补贴八百元。\n\n联系人：王工\n联系电话：0571-85251845\n"
    )
    (tmp_path / "蓝莓.txt").write_text(text, "utf-8")
    ingest(paths=[tmp_path / "蓝莓.txt"], index=tmp_path / "index", disclosure="public")
    with serving(Settings(index_dir=tmp_path / "index")) as url:
        watched = open_page(url, viewport)
        put(watched.page, "蓝莓补贴几年发一次？")
        refusal = watched.page.locator(".refusal")
        expect(refusal).to_contain_text("王工 0571-85251845")
        expect(refusal.get_by_role("link", name="0571-85251845")).to_have_attribute("href", "tel:057185251845")
        watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_the_page_of_a_quote_is_shown_as_it_is(open_page: Open, tmp_path: Path, viewport: str):
    print_to_pdf(tmp_path / "蓝莓补贴.pdf", "margin: 0", ["一、蓝莓补贴", "种植蓝莓的农户每亩补贴八百元。"])
    ingest(paths=[tmp_path / "蓝莓补贴.pdf"], index=tmp_path / "index", disclosure="public")
    with serving(Settings(index_dir=tmp_path / "index")) as url:
        watched = open_page(url, viewport)
        page = watched.page
        put(page, "种植蓝莓每亩补贴多少元？")
        answered(page)
        page.locator(".statement .chip").first.click()
        source = page.get_by_role("complementary", name="出处")
        source.get_by_role("button", name="看第1页原样").click()
        image = source.get_by_role("img", name="第1页，引文已标出")
        expect(image).to_be_visible()
        page.wait_for_function("() => document.querySelector('.page-picture img').naturalWidth > 300")
        expect(source.locator(".clauses")).to_be_hidden()
        source.get_by_role("button", name="看第1页原样").click()
        expect(source.locator("mark")).to_be_visible()
        watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_question_is_asked_within_one_document_until_its_filter_is_removed(
    open_page: Open, address: str, viewport: str
):
    watched = open_page(f"{address}/documents/hz-2024-343", viewport)
    page = watched.page
    page.get_by_role("link", name="只在这份文件里提问").click()
    chip = page.get_by_role("button", name="取消：只查")
    expect(chip).to_be_visible()
    with page.expect_request("**/api/ask") as asked:
        put(page, QUESTION)
    assert asked.value.post_data_json["doc_id"] == "hz-2024-343"
    answered(page)
    expect(page.locator(".source-card")).to_have_count(1)
    chip.click()
    expect(chip).to_have_count(0)
    with page.expect_request("**/api/ask") as asked:
        put(page, "老年人用餐有什么优惠？")
    assert "doc_id" not in asked.value.post_data_json
    watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_day_level_and_document_are_chosen_in_a_panel_and_stand_with_the_answer(
    open_page: Open, address: str, viewport: str
):
    watched = open_page(address, viewport)
    page = watched.page
    page.get_by_role("button", name="限定范围").click()
    panel = page.get_by_role("group", name="限定范围")
    panel.get_by_label("按哪一天的规定").fill("2024-12-01")
    panel.get_by_label("层级").select_option("municipal")
    title = panel.get_by_label("只查一份文件")
    title.fill("没有这份文件")
    title.press("Tab")
    assert title.evaluate("field => field.validationMessage") == "没有这份文件，请从列出的标题里选"
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    with page.expect_request("**/api/ask") as asked:
        put(page, QUESTION)
    sent = asked.value.post_data_json
    assert (sent["as_of"], sent["level"]) == ("2024-12-01", "municipal") and "doc_id" not in sent
    answered(page)
    told = "按2024年12月1日的规定，只查市级文件"
    expect(page.locator(".answer")).to_contain_text(told)
    page.reload()
    expect(page.locator(".answer")).to_contain_text(told)
    watched.check()


def test_the_panel_is_closed_by_escape_from_the_question_too(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    page.get_by_role("button", name="限定范围").click()
    panel = page.get_by_role("group", name="限定范围")
    expect(panel.get_by_label("按哪一天的规定")).to_be_focused()
    question = page.get_by_label("问题", exact=True)
    question.press("Escape")
    expect(panel).to_be_hidden()
    expect(question).to_be_focused()
    watched.check()


def test_what_one_writes_while_the_titles_are_fetched_is_not_disturbed_when_they_come(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    titles = Held(page, "**/api/documents?*")
    page.get_by_role("button", name="限定范围").click()
    day = page.get_by_label("按哪一天的规定")
    expect(day).to_be_focused()
    page.keyboard.type("1")
    title = page.get_by_label("只查一份文件")
    title.press_sequentially("老年")
    question = page.get_by_label("问题", exact=True)
    question.fill(QUESTION)
    titles.let_go()
    expect(page.get_by_role("alert")).to_have_text("没有这份文件，请从列出的标题里选")
    expect(page.get_by_label("层级").locator("option")).not_to_have_count(1)
    expect(question).to_be_focused()
    assert day.evaluate("field => field.validity.badInput")  # the day is still half typed
    expect(title).to_have_value("老年")
    page.keyboard.press("Enter")
    answered(page)
    watched.check()


def test_a_document_that_was_not_listed_is_found_by_its_title_and_an_edition_by_its_day(open_page: Open, address: str):
    watched = open_page(address)
    page = watched.page
    title = "关于转发《食堂方案》的通知"
    editions = [
        {
            "doc_id": f"e{year}",
            "title": title,
            "amended": None,
            "effective": f"{year}-03-01",
            "issued": None,
            "doc_no": None,
        }
        for year in (2018, 2024)
    ]

    def register(route: Route) -> None:
        items = editions if "q=%E5%85%B3" in route.request.url else []
        route.fulfill(json={"items": items, "facets": {"level": [], "topic": []}})

    page.route("**/api/documents?*", register)
    page.get_by_role("button", name="限定范围").click()
    field = page.get_by_label("只查一份文件")
    field.fill(title)
    expect(page.locator("#titles option")).to_have_count(2)
    field.press("Tab")
    assert field.evaluate("field => field.validationMessage") == "同名的文件不止一份，请从列出的标题里选"
    field.fill(f"{title}（2018年3月1日）")
    field.press("Tab")
    expect(page.locator(".within-chips button")).to_contain_text("只查《关于转发〈食堂方案〉的通知》（2018年3月1日）")
    assert field.evaluate("field => field.validationMessage") == ""
    page.keyboard.press("Escape")
    with page.expect_request("**/api/ask") as asked:
        put(page, QUESTION)
    assert asked.value.post_data_json["doc_id"] == "e2018" and "edition" not in asked.value.post_data_json


def test_a_title_that_is_typed_whole_before_it_is_offered_is_found(open_page: Open, address: str):
    page = open_page(address).page
    page.route(
        "**/api/documents?*q=", lambda route: route.fulfill(json={"items": [], "facets": {"level": [], "topic": []}})
    )
    page.get_by_role("button", name="限定范围").click()
    field = page.get_by_label("只查一份文件")
    field.fill("浙江省实施《中华人民共和国老年人权益保障法》办法")
    field.press("Tab")
    expect(page.locator(".within-chips button")).to_contain_text("〈中华人民共和国老年人权益保障法〉办法》")


def test_asking_again_keeps_the_filters_that_the_question_had(open_page: Open, address: str):
    page = open_page(f"{address}/?level=national").page
    put(page, "老年人用餐有什么优惠？")
    answered(page)
    page.get_by_role("button", name="取消：只查国家文件").click()
    with page.expect_request("**/api/ask") as asked:
        page.get_by_role("button", name="重新提问").click()
    assert asked.value.post_data_json["level"] == "national"


def test_what_a_question_is_confined_to_outlives_a_reload_and_not_a_new_conversation(open_page: Open, address: str):
    watched = open_page(f"{address}/?doc_id=hz-2024-343&level=municipal")
    page = watched.page
    put(page, QUESTION)
    answered(page)
    page.get_by_role("button", name="取消：只查市级文件").click()
    page.reload()
    chip = page.get_by_role("button", name="取消：只查")
    expect(chip).to_have_count(1)
    with page.expect_request("**/api/ask") as asked:
        put(page, QUESTION)
    assert asked.value.post_data_json["doc_id"] == "hz-2024-343" and "level" not in asked.value.post_data_json
    answered(page)
    page.get_by_role("button", name="对话记录").click()
    page.get_by_role("button", name="新对话").click()
    expect(chip).to_have_count(0)
    with page.expect_request("**/api/ask") as asked:
        put(page, QUESTION)
    assert "doc_id" not in asked.value.post_data_json
    watched.check()


def test_the_panel_goes_when_one_asks(open_page: Open, address: str):
    page = open_page(address, "phone").page
    page.get_by_role("button", name="限定范围").click()
    panel = page.get_by_role("group", name="限定范围")
    expect(panel).to_be_visible()
    put(page, QUESTION)
    expect(panel).to_be_hidden()
    expect(page.get_by_role("button", name="限定范围")).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("size", [(640, 450), (844, 390), (700, 560)])
def test_the_title_of_a_source_is_whole_also_on_a_low_screen(open_page: Open, address: str, size: tuple[int, int]):
    page = open_page(address).page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    put(page, "列出2020年印发的文件")
    answered(page)
    page.locator(".answer .chip").first.click()
    expect(page.locator(".source mark")).to_be_visible()
    line = "title => title.getBoundingClientRect().height / parseFloat(getComputedStyle(title).lineHeight)"
    assert page.locator(".source-head h3").evaluate(line) > 0.9


def test_a_long_question_is_cut_until_it_is_wanted(open_page: Open, address: str):
    watched = open_page(address, "phone")
    page = watched.page
    put(page, f"{QUESTION}请说详细一些。" * 40)
    answered(page)
    asked = page.locator(".question")
    height = "question => question.offsetHeight"
    cut = asked.evaluate(height)
    assert cut < 250
    page.get_by_role("button", name="展开").click()
    assert asked.evaluate(height) > 2 * cut
    page.get_by_role("button", name="收起").click()
    assert asked.evaluate(height) == cut
    put(page, QUESTION)
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.get_by_role("button", name="展开")).to_have_count(1)
    watched.check()


def test_a_list_of_documents_is_a_table_that_is_saved(open_page: Open, address: str, tmp_path: Path):
    watched = open_page(address)
    page = watched.page
    put(page, "列出2020年印发的文件")
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["文件", "文号", "发布单位", "成文日期", "效力", "出处"])
    with page.expect_download() as started:
        page.get_by_role("button", name="保存表格").click()
    path = tmp_path / started.value.suggested_filename
    started.value.save_as(path)
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert path.name == "列出2020年印发的文件.csv"
    assert len(rows) == table.get_by_role("row").count() and rows[0][0] == "文件"
    table.get_by_role("button").first.click()
    expect(page.get_by_role("complementary", name="出处")).to_be_visible()
    watched.check()


def test_a_table_keeps_its_words_together_on_a_phone(open_page: Open, address: str):
    watched = open_page(address, "phone")
    put(watched.page, "列出2020年印发的文件")
    narrowest = (
        watched.page.get_by_role("table")
        .locator("th, td")
        .evaluate_all(
            "cells => Math.min(...cells.map(cell => cell.getBoundingClientRect().width / parseFloat(getComputedStyle(cell).fontSize)))"
        )
    )
    assert narrowest >= 4, "in widths of a character"
    watched.check()


def test_small_talk_is_answered_by_its_sentence_alone(open_page: Open, address: str):
    watched = open_page(address)
    put(watched.page, "谢谢")
    expect(watched.page.locator(".statement")).to_have_text("不客气，还有政策方面的问题可以接着问。")
    expect(watched.page.locator(".source-card, .refusal")).to_have_count(0)
    watched.check()


def test_a_slow_service_is_told_after_two_seconds_and_asked_again(open_page: Open, address: str):
    page = open_page(address).page
    asked: list[Route] = []

    def hold_the_first(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.continue_()

    page.route("**/api/ask", hold_the_first)
    put(page, QUESTION)
    expect(page.locator(".status")).to_contain_text("服务响应较慢，您的问题已保留")
    expect(page.locator(".question")).to_have_text(QUESTION)
    page.locator(".status").get_by_role("button", name="重新提问").click()
    expect(page.locator(".statement").first).to_contain_text(FOUND)
    expect(page.locator(".turn")).to_have_count(1)


def test_bold_never_splits_a_word_and_sources_over_three_are_folded(open_page: Open, address: str):
    page = open_page(address).page
    quoted = ["本单元同意", "第二份", "第三份", "第四份", "第五份"]
    citations = [
        {"number": n, "doc_id": f"d{n}", "title": f"文件{n}", "label": "", "quote": text, "source": "original", "status": "in_force", "reference": text, "note": text, "url": "/"}
        for n, text in enumerate(quoted, start=1)
    ]  # fmt: skip
    statements = [
        {"text": text, "citations": [n], "focus": [2, 5] if n == 1 else None} for n, text in enumerate(quoted, start=1)
    ]
    answer = {"statements": statements, "citations": citations, "refusal": None, "suggestions": []}
    events = [("answer", answer), ("done", answer)]
    body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    page.route("**/api/ask", lambda route: route.fulfill(content_type="text/event-stream", body=body))
    put(page, QUESTION)
    expect(page.locator(".statement strong")).to_have_text("单元同意")
    expect(page.locator(".sources > .source-card")).to_have_count(3)
    page.get_by_text("其余 2 份出处").click()
    expect(page.get_by_text("文件5")).to_be_visible()
