"""What the pages tell of texts in their time: quotations that were changed since, two pages of one quotation, editions
side by side."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from documents import typeset_pdf
from indexing import index_folder
from playwright.sync_api import expect

from ingest.settings import Settings
from service.server import serving

Open = Callable[..., Any]
PARKING = (
    "清溪市临时停车收费办法\n公开方式：主动公开\n发文机关：清溪市发展和改革委员会\n成文日期：2025-03-01\n"
    "第一条　为了规范停车收费，制定本办法。\n第二条　临时停车每小时收费{price}元。\n"
)
DOGS = (
    "东湖市养犬管理条例\n公开方式：主动公开\n（2021年3月25日东湖市人民代表大会常务委员会通过{changed}）\n"
    "第一条　为了规范养犬行为，制定本条例。\n第二条　每户限养{count}只犬。\n第三条　本条例自2021年6月1日起施行。\n"
)


def served(url: str, words: str) -> None:
    """Wait until the service has seen the new index."""
    deadline = time.monotonic() + 60
    while words not in httpx.get(f"{url}/api/documents/parking/text").text:
        assert time.monotonic() < deadline, "the service did not take up the new index"
        time.sleep(0.2)


class Parking:
    """A service with one law, and a page on which what it says was asked and answered."""

    def __init__(self, folder: Path, url: str, watched: Any) -> None:
        self._folder, self._url, self.watched, self.page = folder, url, watched, watched.page

    def change(self, text: str, words: str) -> None:
        """Put another text in the law's place, and open the page again when the service tells `words` of it."""
        (self._folder / "documents/parking.txt").write_text(text, "utf-8")
        index_folder(self._folder / "documents", self._folder / "index")
        served(self._url, words)
        self.page.reload()

    def show_source(self) -> None:
        self.page.get_by_role("button", name=re.compile("出处 1")).first.click()


@pytest.fixture
def parking(open_page: Open, tmp_path: Path) -> Iterator[Parking]:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/parking.txt").write_text(PARKING.format(price=5), "utf-8")
    index_folder(tmp_path / "documents", tmp_path / "index")
    with serving(Settings(index_dir=tmp_path / "index")) as url:
        watched = open_page(f"{url}/")
        watched.page.fill("#question", "清溪市临时停车每小时收费多少元？")
        watched.page.keyboard.press("Enter")
        expect(watched.page.locator(".statement").first).to_contain_text("5元")
        yield Parking(tmp_path, url, watched)
        watched.check()


def test_a_kept_answer_whose_text_was_changed_shows_both_and_offers_to_ask_again(parking: Parking) -> None:
    page = parking.page
    parking.show_source()
    expect(page.locator("#source mark")).to_contain_text("5元")

    parking.change(PARKING.format(price=8), "8元")
    expect(page.locator(".answer .panel.warn")).to_contain_text("引用的文件有变化")
    parking.show_source()
    changed = page.locator("#source .changed-quote")
    expect(changed.locator("del")).to_have_text("5")
    expect(changed.locator("ins")).to_have_text("8")
    expect(page.locator("#source mark")).to_have_count(0)

    page.get_by_role("button", name="按现在的文本重新提问").click()
    expect(page.locator(".statement").first).to_contain_text("8元")


def test_a_quotation_that_only_moved_is_marked_where_it_stands_now(parking: Parking) -> None:
    longer = PARKING.format(price=5).replace("规范停车收费", "规范全市各类停车场的停车收费")
    parking.change(longer, "全市各类停车场")
    parking.show_source()
    expect(parking.page.locator("#source mark")).to_contain_text("临时停车每小时收费5元")
    expect(parking.page.locator("#source .changed-quote")).to_have_count(0)


def test_a_quotation_over_two_pages_is_shown_on_both(open_page: Open, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    filling = [f"第{n}条　各部门应当加强停车秩序的日常巡查和记录工作。" for n in "一二三四"]
    reports = ["各部门应当在每季度末之前书面报送停车秩序的巡查情况，由市民政局汇总后提出修订意见，并向社会公布。"] * 3
    sentence = "第五条　" + "停放在道路两侧划定车位的机动车，应当按照标志标线和管理人员的指引有序停放，" * 4
    paragraphs = [
        "清溪市停车管理办法",
        "公开方式：主动公开",
        *filling,
        *reports,
        f"{sentence}每小时收费七元。",
        *reports,
    ]
    typeset_pdf(folder / "parking.pdf", rows=14, paragraphs=paragraphs)
    index_folder(folder, tmp_path / "index")
    with serving(Settings(index_dir=tmp_path / "index")) as url:
        watched = open_page(f"{url}/")
        page = watched.page
        page.fill("#question", "道路两侧划定车位的机动车每小时收费几元？")
        page.keyboard.press("Enter")
        expect(page.locator(".statement").first).to_contain_text("七元")
        page.get_by_role("button", name=re.compile("出处 1")).first.click()
        page.get_by_role("button", name=re.compile(r"看第\d、\d页原样")).click()
        pictures = page.locator("#source .page-picture img")
        expect(pictures).to_have_count(2)
        body, deadline = page.locator("#source .source-body"), time.monotonic() + 20
        drawn = "images => images.every((image) => image.naturalWidth > 0)"
        while not (body.evaluate("body => body.scrollTop") and pictures.evaluate_all(drawn)):
            assert time.monotonic() < deadline, (
                "both pages are drawn, and the mark at the foot of the first is in sight"
            )
            page.wait_for_timeout(100)
        watched.check()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_two_editions_stand_side_by_side_with_what_changed_marked(
    open_page: Open, tmp_path: Path, viewport: str
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    revised = "　根据2024年9月1日《关于修改〈东湖市养犬管理条例〉的决定》修正"
    (folder / "dogs2021.txt").write_text(DOGS.format(changed="", count="一"), "utf-8")
    (folder / "dogs2024.txt").write_text(DOGS.format(changed=revised, count="两"), "utf-8")
    index_folder(folder, tmp_path / "index")
    with serving(Settings(index_dir=tmp_path / "index")) as url:
        watched = open_page(f"{url}/documents/dogs2024", viewport)
        page = watched.page
        expect(page.locator(".time-line li")).to_have_count(2)
        page.get_by_role("link", name="与上一版本对照").click()
        rows = page.locator(".comparison tbody tr")
        expect(rows).to_have_count(1)
        expect(rows.locator("del")).to_have_text("一")
        expect(rows.locator("ins")).to_have_text("两")
        frame = page.locator(".table-frame")
        assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth"), "both wordings are in sight"
        page.get_by_label("只看有改动的条文").uncheck()
        expect(rows).to_have_count(3)
        with page.expect_download() as download:
            page.get_by_role("link", name="导出 Word").click()
        assert download.value.suggested_filename == "东湖市养犬管理条例新旧条文对照.docx"
        watched.check()


def test_a_document_with_one_edition_has_nothing_to_be_compared(open_page: Open, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "parking.txt").write_text(PARKING.format(price=5), "utf-8")
    index_folder(folder, tmp_path / "index")
    with serving(Settings(index_dir=tmp_path / "index")) as url:
        page = open_page(f"{url}/documents/parking/comparison").page
        expect(page.get_by_role("alert")).to_contain_text("不是同一部法的两个版本")
