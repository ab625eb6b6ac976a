"""`make screenshots`: pictures of every page, desktop and phone, light and dark, into docs/screenshots/."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from evals.page_bench.chromium import VIEWPORTS, chromium
from ingest.settings import Settings
from service.server import serving
from service.storage import Storage

TARGET = Path(__file__).parent.parent / "docs" / "screenshots"
STATES = (
    ("welcome", "/"),
    ("answer", "/"),
    ("source", "/"),
    ("refusal", "/"),
    ("filters", "/?level=municipal"),
    ("register", "/documents"),
    ("document", "/documents/hz-2024-embedded-plan"),
    ("eligibility", "/eligibility"),
    ("staff", "/staff"),
)
QUESTION = "杭州市梳理了多少项支持政策？"
REFUSED = "北京市朝阳区的小学几点放学？"


def main(index: Path) -> None:
    """Draw every state; the index is one of the corpus."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        settings = Settings(index_dir=index, database_url=f"sqlite:///{folder}/kb.sqlite3")
        storage = Storage.of_settings(settings)
        token = storage.staff.first_token() or ""
        storage.close()
        with serving(settings) as url:
            for size, scheme in (("desktop", "light"), ("phone", "light"), ("desktop", "dark")):
                for state, path in STATES:
                    page = browser.new_page(
                        viewport=VIEWPORTS[size], color_scheme=scheme, reduced_motion="reduce", locale="zh-CN"
                    )  # type: ignore[arg-type]
                    page.goto(url + path)
                    _bring_about(page, state, token)
                    page.locator("[aria-busy=true]").first.wait_for(state="detached")
                    page.screenshot(path=TARGET / f"{state}-{size}-{scheme}.png")
                    page.close()


def _bring_about(page: Page, state: str, token: str) -> None:
    if state in ("answer", "source", "refusal"):
        page.get_by_label("问题", exact=True).fill(REFUSED if state == "refusal" else QUESTION)
        page.keyboard.press("Enter")
        page.locator(".answer:not([aria-busy])").wait_for()
    if state in ("answer", "source"):
        page.get_by_text("接着可以问").wait_for()  # which comes behind the answer
    if state == "register" and page.viewport_size["width"] > VIEWPORTS["phone"]["width"]:
        page.locator("#figures .charts").wait_for()
    if state == "filters":
        page.get_by_role("button", name="限定范围").click()
        page.get_by_role("group", name="限定范围").wait_for()
    if state == "source":
        page.locator(".chip").first.click()
        page.locator(".source mark").wait_for()
    if state == "eligibility":
        page.get_by_label("用一句话说说情况").fill("我今年62，安徽户口，在拱墅租房，每月退休金三千五")
        page.get_by_role("button", name="查询").click()
        page.locator("#known summary").wait_for()
    if state == "staff":
        page.get_by_label("访问密码").fill(token)
        page.keyboard.press("Enter")
        page.locator(".queue li").wait_for()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
