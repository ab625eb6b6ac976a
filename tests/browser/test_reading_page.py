"""The page of what was read in a real browser: beside the picture of the page, on wide and narrow screens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from documents import PARAGRAPHS
from playwright.sync_api import expect

from cli.ingest import ingest
from evals.ingest_bench.ofd_sample import ofd_of_lines
from evals.ingest_bench.typesetting import SetLine, set_lines
from ingest.settings import Settings
from service.server import serving
from service.storage import Storage

Open = Callable[..., Any]


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_staff_see_the_text_beside_the_page_and_go_to_what_is_doubtful(
    open_page: Open, tmp_path: Path, viewport: str
) -> None:
    last = [SetLine("补贴标准为\ue123元，由财政承担并且列入年度预算", 74, 100, 16)]
    (tmp_path / "notice.ofd").write_bytes(ofd_of_lines([*set_lines(PARAGRAPHS), last]))
    ingest(paths=[tmp_path / "notice.ofd"], index=tmp_path / "index", disclosure="public")
    settings = Settings(index_dir=tmp_path / "index")
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    storage.close()
    with serving(settings) as url:
        watched = open_page(f"{url}/documents/notice/reading", viewport)
        page = watched.page
        expect(page.locator("main")).to_contain_text("只有工作人员可以看")
        page.goto(f"{url}/staff")
        page.get_by_label("访问密码").fill(token)
        page.get_by_role("button", name="进入").click()
        expect(page.locator(".queue")).to_be_visible()
        page.goto(f"{url}/documents")
        page.locator("a.certainty").click()
        expect(page.locator(".reading-text")).to_contain_text(PARAGRAPHS[0][:8])
        picture = page.locator(".page-picture img")
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
        text = page.locator(".reading-text").bounding_box()
        beside = picture.bounding_box()
        assert text and beside
        assert (beside["x"] + beside["width"] <= text["x"]) == (viewport == "desktop")
        page.get_by_role("button", name="认不出的字").click()
        expect(page.locator("mark.doubt")).to_have_text("〓")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert "null" not in page.locator("main").inner_text()
        watched.check()


def test_staff_put_the_text_right_beside_the_page_and_take_it_back(open_page: Open, tmp_path: Path) -> None:
    line = SetLine("每餐补贴标准为\ue123元，由财政承担并且列入年度预算", 74, 100, 16)
    (tmp_path / "notice.ofd").write_bytes(ofd_of_lines([[line]]))
    ingest(paths=[tmp_path / "notice.ofd"], index=tmp_path / "index", disclosure="public")
    settings = Settings(index_dir=tmp_path / "index")
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    storage.close()
    with serving(settings) as url:
        watched = open_page(f"{url}/staff")
        page = watched.page
        page.set_default_timeout(120_000)
        page.get_by_label("访问密码").fill(token)
        page.get_by_role("button", name="进入").click()
        expect(page.locator(".queue")).to_be_visible()
        page.goto(f"{url}/documents/notice/reading")
        page.locator(".correct summary").first.click()
        page.get_by_label("照原件改正的文字").first.fill("每餐补贴标准为三元，由财政承担并且列入年度预算")
        page.get_by_role("button", name="保存更正").first.click()
        expect(page.locator(".reading-text")).to_contain_text("标准为三元", timeout=120_000)
        expect(page.locator(".reading-found ins")).to_contain_text("标准为三元")
        expect(page.locator(".reading-found del")).to_contain_text("标准为〓元")
        page.goto(f"{url}/documents/notice")
        expect(page.locator(".document-head .badge", has_text="人工更正")).to_be_visible()
        expect(page.locator(".by-hand")).to_contain_text("三元")
        page.goto(f"{url}/documents/notice/reading")
        page.get_by_role("button", name="撤回").click()
        expect(page.locator(".reading-text")).to_contain_text("标准为〓元", timeout=120_000)
        expect(page.locator(".reading-found ins")).to_have_count(0)
        watched.check()
