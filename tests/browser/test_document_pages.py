"""The register and the page of a document in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from cli.ingest import ingest
from ingest.settings import Settings
from service.server import serving

RESPONSE = "hz-2024-343"
CLAUSE = f"{RESPONSE}#1.2.2"

Open = Callable[..., Any]


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
@pytest.mark.parametrize("fragment", [CLAUSE, quote(CLAUSE)])
def test_the_address_of_a_clause_leads_to_the_clause(open_page: Open, address: str, viewport: str, fragment: str):
    watched = open_page(f"{address}/documents/{RESPONSE}#{fragment}", viewport)
    clause = watched.page.locator(".clause.is-cited")
    expect(clause).to_contain_text("34項")
    expect(clause).to_be_in_viewport()
    watched.check()


def test_the_page_of_a_document_tells_its_data_and_leads_through_its_outline(open_page: Open, address: str):
    watched = open_page(f"{address}/documents/{RESPONSE}")
    page = watched.page
    expect(page.locator(".metadata")).to_contain_text("002489444/2024-276097")
    expect(page.locator(".metadata")).to_contain_text("2024年10月17日")
    page.get_by_role("navigation", name="目录").get_by_role("link", name="編製三張清單").click()
    expect(page.locator(".clause.is-cited")).to_contain_text("34項")
    expect(page.locator(".clause.is-cited")).to_be_in_viewport()
    watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_the_register_finds_a_document_in_either_script(open_page: Open, address: str, viewport: str):
    watched = open_page(f"{address}/documents", viewport)
    page = watched.page
    page.get_by_role("searchbox").fill("嵌入式服务设施建设")
    expect(page.locator("#count")).to_contain_text("份文件")
    page.locator(f".register a[href='/documents/{RESPONSE}']").click()
    expect(page.locator(".metadata")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_the_register_narrows_by_what_is_chosen_and_keeps_it_in_the_address(
    open_page: Open, address: str, viewport: str
):
    watched = open_page(f"{address}/documents?level=provincial", viewport)
    page = watched.page
    expect(page.get_by_label("层级")).to_have_value("provincial")
    expect(page.locator(".register li")).not_to_have_count(0)
    before = page.locator(".register li").count()
    page.get_by_label("成文年份").select_option("2021")
    expect(page.locator("#count")).not_to_have_text(f"共 {before} 份文件")
    assert 0 < page.locator(".register li").count() < before
    assert "year=2021" in page.url and "level=provincial" in page.url
    page.reload()
    expect(page.get_by_label("成文年份")).to_have_value("2021")
    page.get_by_role("button", name="清除条件").click()
    expect(page.get_by_label("层级")).to_have_value("")
    expect(page.get_by_role("button", name="清除条件")).to_be_hidden()
    assert "?" not in page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_the_register_is_ordered_drawn_and_exported_as_it_is_narrowed(open_page: Open, address: str, viewport: str):
    watched = open_page(f"{address}/documents?level=national", viewport)
    page = watched.page
    expect(page.locator(".register li")).to_have_count(15)
    page.get_by_label("排序").select_option("issuer")
    expect(page).to_have_url(re.compile("sort=issuer"))
    expect(page.locator(".register li").first).to_contain_text("财政部")
    page.reload()
    expect(page.get_by_label("排序")).to_have_value("issuer")
    figures = page.locator("#figures")
    if viewport == "phone":  # there the list comes first
        figures.get_by_text("统计图表").click()
    expect(figures.locator("figure img").first).to_be_visible()
    assert figures.locator("figure img").first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    figures.get_by_text("查看数据表").first.click()
    expect(figures.get_by_role("table").first.get_by_role("row", name="2024年")).to_be_visible()
    page.get_by_label("主题").select_option("一老一小")
    expect(page.locator("#count")).not_to_have_text("共 15 份文件")
    expect(figures).to_have_attribute("open", "")  # as the reader left it
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    sheet = load_workbook(BytesIO(Path(download.value.path()).read_bytes()))["文件目录"]
    assert sheet.max_row - 1 == page.locator(".register li").count()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    watched.check()


def test_references_and_relations_lead_from_document_to_document_and_back(open_page: Open, address: str):
    watched = open_page(f"{address}/documents/{RESPONSE}")
    page = watched.page
    page.locator(".clauses").get_by_role("link", name="《杭州市社區嵌入式服務設施建設工程實施方案》").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("实施方案")
    expect(page.get_by_role("row", name="引用本文件").first).to_be_visible()
    page.locator(".metadata").get_by_role("link", name="第343號提案的答復").click()
    expect(page.locator(".metadata")).to_contain_text("002489444/2024-276097")
    watched.check()


def test_an_unknown_document_says_so(open_page: Open, address: str):
    page = open_page(f"{address}/documents/no-such-document").page
    expect(page.get_by_role("heading", name="没有找到这份文件")).to_be_visible()
    expect(page.get_by_role("link", name="查看文件目录")).to_be_visible()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_table_is_shown_as_a_table_with_the_cited_row_marked(open_page: Open, tmp_path: Path, viewport: str):
    rows = (
        "<tr><th>城市</th><th>一类人员</th><th>二类人员</th></tr><tr><td>杭州市</td><td>900元</td><td>500元</td></tr>"
    )
    page_of_table = f"<h1>住宿费标准的通知</h1><p>一、标准</p><table>{rows}<tr><td>宁波市</td><td>800元</td><td>450元</td></tr></table>"
    (tmp_path / "住宿费.html").write_text(page_of_table, "utf-8")
    ingest(paths=[tmp_path / "住宿费.html"], index=tmp_path / "index", disclosure="public")
    with serving(Settings(index_dir=tmp_path / "index")) as url:
        watched = open_page(url, viewport)
        page = watched.page
        page.get_by_label("问题").fill("宁波市二类人员住宿费标准是多少元？")
        page.keyboard.press("Enter")
        row = page.locator(".statement").get_by_role("row", name="宁波市 800元 450元")
        expect(row.locator("strong")).to_have_text("450元")
        expect(page.locator(".statement").get_by_role("columnheader", name="二类人员")).to_be_visible()
        page.locator(".statement .chip").first.click()
        table = page.get_by_role("complementary", name="出处").get_by_role("table")
        expect(table.get_by_role("columnheader", name="二类人员")).to_be_visible()
        expect(table.get_by_role("row", name="宁波市 800元 450元").locator("mark").first).to_be_visible()
        expect(table.get_by_role("rowheader", name="杭州市")).to_be_visible()
        page.goto(f"{url}/documents/%E4%BD%8F%E5%AE%BF%E8%B4%B9#%E4%BD%8F%E5%AE%BF%E8%B4%B9%231.t1.r2")
        expect(page.get_by_role("row", name="宁波市 800元 450元")).to_be_visible()
        watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_long_document_opens_at_the_clause_and_is_there_whole(open_page: Open, tmp_path: Path, viewport: str):
    clauses = [f"第{number}条　第{number}号场地设在步行{number}米以内。" for number in range(1, 701)]
    (tmp_path / "places.txt").write_text("社区场地名录\n" + "\n".join(clauses) + "\n", "utf-8")
    ingest(paths=[tmp_path / "places.txt"], index=tmp_path / "index", disclosure="public")
    with serving(Settings(index_dir=tmp_path / "index")) as url:
        watched = open_page(f"{url}/documents/places#places%23a400", viewport)
        page = watched.page
        wanted = page.locator(".clause.is-cited")
        expect(wanted).to_contain_text("第400号场地")
        expect(page.locator(".clause", has_text="号场地")).to_have_count(700)
        expect(wanted).to_be_in_viewport()
        texts = page.locator(".clause", has_text="号场地").all_inner_texts()
        assert [int(re.search(r"第(\d+)号", text)[1]) for text in texts] == list(range(1, 701))  # type: ignore[index]
        watched.check()


def test_an_open_outline_is_no_wider_than_a_phone(open_page: Open, address: str):
    watched = open_page(f"{address}/documents/hz-2022-childcare-facility", "phone")
    page = watched.page
    page.locator(".outline summary").click()
    expect(page.locator(".outline a").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".outline a").evaluate_all("links => Math.min(...links.map(link => link.offsetHeight))") >= 44
    watched.check()


def test_the_register_goes_on_where_one_asked_for_more(open_page: Open, address: str):
    page = open_page(f"{address}/documents").page
    more = page.get_by_role("button", name="显示更多")
    shown = page.locator(".register > li")
    expect(more).to_be_visible()
    count = shown.count()
    more.focus()
    page.keyboard.press("Enter")
    expect(shown.nth(count).locator("a").first).to_be_focused()
