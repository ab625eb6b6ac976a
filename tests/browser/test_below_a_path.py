"""Behind a proxy that serves it below a path, the pages work in a real browser and ask for nothing beside that path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from reverse_proxy import proxied
from served_texts import staff_token

from cli.ingest import ingest
from evals.ingest_bench.ofd_sample import ofd_of_lines
from evals.ingest_bench.typesetting import SetLine
from ingest.settings import Settings
from service.server import serving

Open = Callable[..., Any]
PREFIX = "/portal/kb"


@pytest.fixture(scope="module")
def portal(address: str) -> Iterator[str]:
    with proxied(address, PREFIX) as url:
        yield url


def test_a_question_its_source_and_every_page_are_reached_below_the_path(open_page: Open, portal: str) -> None:
    watched = open_page(f"{portal}/")
    page = watched.page
    page.get_by_label("问题", exact=True).fill("杭州市梳理了多少项支持政策？")
    page.keyboard.press("Enter")
    expect(page.locator(".answer").last).not_to_have_attribute("aria-busy", "true")
    assert page.url.startswith(f"{portal}/?c=")
    page.locator(".chip").first.click()
    expect(page.locator(".source mark")).to_be_visible()
    page.reload()
    expect(page.locator(".statement").first).to_be_visible()
    page.get_by_role("button", name="对话记录").click()
    page.get_by_role("button", name="新对话").click()
    assert page.url == f"{portal}/"
    for name, path in (("政策匹配", "/eligibility"), ("文件目录", "/documents")):
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        page.wait_for_load_state("networkidle")
        assert page.url == portal + path
    page.locator(".register a").first.click()
    expect(page.locator(".clause").first).to_be_visible()
    assert page.url.startswith(f"{portal}/documents/")
    watched.check()
    assert {url for url in watched.requests if not url.startswith(("data:", f"{portal}/"))} == set()


def test_a_doubtful_place_is_shown_on_the_picture_of_its_page(open_page: Open, tmp_path: Path) -> None:
    (tmp_path / "notice.ofd").write_bytes(ofd_of_lines([[SetLine("补贴标准为\ue123元，由财政承担", 74, 100, 16)]]))
    ingest(paths=[tmp_path / "notice.ofd"], index=tmp_path / "index", disclosure="public")
    settings = Settings(index_dir=tmp_path / "index")
    token = staff_token(settings)
    with serving(settings) as address, proxied(address, PREFIX) as url:
        watched = open_page(f"{url}/staff")
        page = watched.page
        page.get_by_label("访问密码").fill(token)
        page.get_by_role("button", name="进入").click()
        expect(page.locator(".queue")).to_be_visible()
        page.goto(f"{url}/documents/notice/reading")
        page.get_by_role("button", name="认不出的字").click()
        picture = page.locator(".page-picture img")
        expect(picture).to_have_attribute("src", re.compile(f"^{PREFIX}/.*highlight="))
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
        watched.check()


def test_the_chosen_language_is_kept_for_this_path_alone(open_page: Open, portal: str) -> None:
    watched = open_page(f"{portal}/documents")
    with watched.page.expect_navigation():
        watched.page.locator("#display").select_option(label="English")
    expect(watched.page.locator("html")).to_have_attribute("lang", "en")
    kept = {cookie["name"]: cookie["path"] for cookie in watched.page.context.cookies()}
    assert kept == {"kb_display": f"{PREFIX}/"}
    watched.check()
