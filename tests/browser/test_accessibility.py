"""No page has a violation that axe-core finds, in light and dark, on a desktop and a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[2] / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
RUN = "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        # Where npm is missing the rest of the suite still runs; `make test` installs it, and says so where it cannot.
        pytest.skip("axe-core is not there: make axe (needs npm)")
    return AXE.read_text("utf-8")


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(
        "Promise.all(document.getAnimations().map((one) => one.effect.getTiming().iterations === 1 && one.finished))"
    )
    page.evaluate(axe)
    found = page.evaluate(RUN)["violations"]
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_the_page_where_one_asks_has_no_violation(open_page: Open, address: str, axe: str, viewport: str, scheme: str):
    page = open_page(address, viewport, scheme).page
    assert violations(page, axe) == []
    for question in ("杭州市梳理了多少项支持政策？", "北京市朝阳区的小学几点放学？"):
        page.get_by_label("问题", exact=True).fill(question)
        page.keyboard.press("Enter")
        expect(page.locator(".answer").last).not_to_have_attribute("aria-busy", "true")
    assert violations(page, axe) == []
    page.get_by_role("button", name="对话记录").click()
    expect(page.locator(".conversations li")).not_to_have_count(0)
    assert violations(page, axe) == []
    page.keyboard.press("Escape")
    if viewport == "phone":
        page.get_by_role("button", name="对话记录").press("Escape")
        page.evaluate("document.getElementById('history').hidden || document.getElementById('history-toggle').click()")
    page.locator(".chip").first.click()
    expect(page.locator(".source mark")).to_be_visible()
    assert violations(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/documents", "/documents/hz-2024-343", "/documents/hz-2024-embedded-plan", "/staff"])
def test_the_other_pages_have_no_violation(open_page: Open, address: str, axe: str, path: str, scheme: str):
    page = open_page(f"{address}{path}", "phone", scheme).page
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert violations(page, axe) == []


@pytest.mark.parametrize("language", ["繁體", "English"])
@pytest.mark.parametrize("path", ["/?level=municipal", "/eligibility", "/documents/hz-2024-343"])
def test_other_languages_and_the_filters_have_no_violation(
    open_page: Open, address: str, axe: str, path: str, language: str
):
    page = open_page(f"{address}{path}", "phone").page
    with page.expect_navigation():
        page.locator("#display").select_option(label=language)
    page.wait_for_load_state("networkidle")
    if path.startswith("/?"):
        page.locator("[aria-controls=within-panel]").click()
        expect(page.locator("#within-panel")).to_be_visible()
    assert violations(page, axe) == []
