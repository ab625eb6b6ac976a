"""Behind a proxy that serves it below a path, the pages work in a real browser and ask for nothing beside that path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from reverse_proxy import proxied

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


def test_the_chosen_language_is_kept_for_this_path_alone(open_page: Open, portal: str) -> None:
    watched = open_page(f"{portal}/documents")
    with watched.page.expect_navigation():
        watched.page.locator("#display").select_option(label="English")
    expect(watched.page.locator("html")).to_have_attribute("lang", "en")
    kept = {cookie["name"]: cookie["path"] for cookie in watched.page.context.cookies()}
    assert kept == {"kb_display": f"{PREFIX}/"}
    watched.check()
