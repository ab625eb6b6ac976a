"""A digest and its background in a real browser: called so beside the answer, in the source, in every copy, in
print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import digests
import pytest
from digests import ADDRESS, ORIGIN, QUESTIONS, TITLE, WORDS, assert_told
from indexing import index_folder
from playwright.sync_api import Page, expect

from ingest.settings import Settings
from service.server import serving

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("digests")
    index_folder(digests.write_documents(folder / "documents"), folder / "index")
    settings = Settings(index_dir=folder / "index", database_url=f"sqlite:///{folder}/kb.sqlite3")
    with serving(settings) as address:
        yield address


def ask(page: Page, source: str) -> None:
    page.get_by_label("问题", exact=True).fill(QUESTIONS[source])
    page.keyboard.press("Enter")
    expect(page.locator(".answer").last).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("source", sorted(QUESTIONS))
def test_every_copy_says_what_is_quoted(open_page: Open, url: str, source: str) -> None:
    watched = open_page(url)
    page = watched.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, source)
    for button in ("复制", "复制为脚注", "复制为 Markdown"):
        page.locator(".menu > summary").click()
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".tools")).to_contain_text("已复制")
        assert_told(page.evaluate("navigator.clipboard.readText()"), source)
    watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_digest_is_called_so_beside_its_title_and_in_the_source(open_page: Open, url: str, viewport: str) -> None:
    watched = open_page(url, viewport)
    page = watched.page
    ask(page, "digest")
    for media in ("print", "screen"):
        page.emulate_media(media=media)
        card = page.locator(".source-card")
        for words in (TITLE, "摘要", "湖政办〔2024〕5号", "试行", "摘要 二、（一）1."):
            expect(card).to_contain_text(words)
        expect(card).to_be_visible()
    page.locator(".statement .chip").click()
    source = page.get_by_role("complementary", name="出处")
    expect(source.locator("mark")).to_have_text(WORDS["digest"])
    expect(source.locator(".badges")).to_contain_text("摘要")
    expect(source.locator(".facts")).to_contain_text("摘要依据")
    expect(source.get_by_role("link", name=ORIGIN)).to_have_attribute("href", ADDRESS)
    watched.check()


def test_background_stands_behind_its_own_source_and_no_title(open_page: Open, url: str) -> None:
    watched = open_page(url)
    page = watched.page
    ask(page, "background")
    expect(page.locator(".statement")).to_contain_text("（背景情况）")
    card = page.locator(".source-card")
    expect(card).to_contain_text(f"据{ORIGIN}、新闻报道整理的资料")
    expect(card).not_to_contain_text(TITLE)
    expect(card).not_to_contain_text("试行")
    page.locator(".statement .chip").click()
    expect(page.get_by_role("complementary", name="出处")).to_contain_text("标出的是背景情况，不是这份文件的条文。")
    watched.check()


def test_the_page_of_a_digest_says_what_it_was_compiled_from(open_page: Open, url: str) -> None:
    watched = open_page(f"{url}/documents/dh-canteen")
    page = watched.page
    expect(page.locator(".panel.warn")).to_contain_text("摘要")
    expect(page.get_by_role("row", name="摘要依据")).to_contain_text("新闻报道")
    expect(page.get_by_role("link", name=ORIGIN)).to_have_attribute("href", ADDRESS)
    assert "（摘要）" in page.title()
    watched.check()
