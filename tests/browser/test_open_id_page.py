"""Staff enter by a provider of OpenID Connect in a real browser: there and back, in this tab, or in another one while
the page is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from login_provider import CLIENT_ID, CLIENT_SECRET, LoginProvider, login_provider
from playwright.sync_api import expect
from served_texts import settings_of
from sqlalchemy import select

from ingest.settings import Settings
from service.listener import address_of, listen
from service.server import serving
from service.storage import Storage
from service.storage.rows import SecretRow

from .conftest import Watched

Open = Callable[..., Watched]
LABEL = "单位账号登录"


@pytest.fixture(scope="module")
def provider() -> Iterator[LoginProvider]:
    with login_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("entrance"))


@pytest.fixture(scope="module")
def url(provider: LoginProvider, indexed: Settings) -> Iterator[str]:
    storage = Storage.of_settings(indexed)
    storage.accounts.add("陈晓", "editor")
    storage.close()
    port = listen("127.0.0.1", 0)
    told = {
        "oidc_issuer": provider.url, "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET,
        "oidc_public_url": address_of(port), "oidc_label": LABEL,
    }  # fmt: skip
    with serving(Settings(**(indexed.model_dump() | told)), port) as url:
        yield url


def test_staff_go_to_the_provider_and_come_back_to_their_page(
    open_page: Open, url: str, provider: LoginProvider
) -> None:
    provider.reset()
    page = open_page(f"{url}/staff").page
    page.get_by_role("link", name=LABEL).click()
    expect(page.locator(".queue")).to_be_attached()
    expect(page.get_by_text("陈晓：修改密码")).to_be_visible()
    assert page.url == f"{url}/staff"


def test_whoever_has_no_account_is_told_so_on_a_page_that_leads_back(
    open_page: Open, url: str, provider: LoginProvider
) -> None:
    provider.reset()
    provider.claims = {"preferred_username": "李四"}
    page = open_page(f"{url}/staff").page
    page.get_by_role("link", name=LABEL).click()
    expect(page.get_by_role("alert")).to_contain_text(
        "账号“李四”（取自 preferred_username）在本系统没有开通或者已经停用"
    )
    page.get_by_role("link", name="返回登录").click()
    expect(page.get_by_label("密码", exact=True)).to_be_visible()


def test_a_page_that_is_kept_opens_again_when_one_has_entered_in_another_tab(
    open_page: Open, url: str, provider: LoginProvider, indexed: Settings
) -> None:
    provider.reset()
    page = open_page(f"{url}/staff").page
    page.clock.install()
    with page.expect_response("**/api/session/time") as told:
        page.get_by_role("link", name=LABEL).click()
    told.value.finished()
    page.get_by_text("陈晓：修改密码").click()
    box = page.get_by_label("现在的密码")
    box.fill("写到一半")
    storage = Storage.of_settings(indexed)
    with storage.sessions.begin() as session:
        for row in session.scalars(select(SecretRow).where(SecretRow.kind == "session")):
            row.expires = 0.0
    storage.close()
    page.clock.fast_forward("13:00:00")
    gate = page.get_by_role("dialog", name="登录已到期")
    expect(gate).to_be_visible()
    with page.context.expect_page() as other:
        gate.get_by_role("link", name=LABEL).click()
    expect(other.value.locator(".queue")).to_be_attached()
    expect(gate).to_have_count(0)
    expect(box).to_have_value("写到一半")
