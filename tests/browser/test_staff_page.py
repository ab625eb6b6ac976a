"""The page of staff in a real browser: enter, upload, see the answer change, delete, settle what people said."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect
from served_texts import staff_token
from sqlalchemy import select

from cli.ingest import ingest
from ingest.settings import Settings
from service.server import serving
from service.storage import Storage
from service.storage.rows import SecretRow

Open = Callable[..., Any]


def test_staff_upload_a_document_see_what_people_said_and_delete_it(open_page: Open, tmp_path: Path):
    (tmp_path / "canteen.txt").write_text(
        "长者食堂管理办法\n公开方式：主动公开\n第一条　年满七十周岁的老年人每餐补贴三元。\n", "utf-8"
    )
    (tmp_path / "lift.txt").write_text("加装电梯办法\n第一条　每台电梯补助二十万元。\n", "utf-8")
    ingest(paths=[tmp_path / "canteen.txt"], index=tmp_path / "index", disclosure="public")
    settings = Settings(index_dir=tmp_path / "index")
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    storage.close()
    assert token is not None
    with serving(settings) as url:
        page = open_page(url).page
        page.get_by_label("问题", exact=True).fill("老年人每餐补贴多少元？")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="有误", exact=True).click()
        page.get_by_label("说明").fill("标准已经调整")
        page.get_by_role("button", name="提交").click()
        expect(page.locator(".verdict")).to_contain_text("已收到")

        page.goto(f"{url}/staff")
        page.get_by_label("访问密码").fill("guess")
        page.get_by_role("button", name="进入").click()
        expect(page.get_by_role("alert")).to_contain_text("访问密码不对")
        page.get_by_label("访问密码").fill(token)
        page.get_by_role("button", name="进入").click()
        expect(page.locator(".queue")).to_contain_text("标准已经调整")
        page.get_by_text("纳入测试题库").click()
        page.get_by_label("要点").fill("每餐补贴三块")
        page.get_by_label("长者食堂管理办法").first.check()
        page.get_by_role("button", name="存为测试题").click()
        expect(page.locator(".queue")).to_contain_text("请照原文抄写")
        page.get_by_label("要点").fill("每餐补贴三元")
        page.get_by_role("button", name="存为测试题").click()
        expect(page.locator(".queue")).to_contain_text("没有待处理的意见")

        page.locator("input[type=file]").set_input_files(tmp_path / "lift.txt")
        expect(page.locator(".jobs")).to_contain_text("等待核对和发布", timeout=30_000)
        page.locator(".jobs a").click()
        page.get_by_role("link", name="看全文").click()
        expect(page.locator(".clauses")).to_contain_text("二十万元")
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="删除文件").click()
        page.wait_for_url(f"{url}/documents", timeout=30_000)
        expect(page.locator("#count")).to_contain_text("共 1 份文件")
        page.goto(f"{url}/staff")
        page.get_by_role("button", name="退出").click()
        expect(page.get_by_label("访问密码")).to_be_visible()


def test_an_account_is_opened_by_its_link_entered_by_its_password_and_given_another(open_page: Open, tmp_path: Path):
    (tmp_path / "canteen.txt").write_text("长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n", "utf-8")
    ingest(paths=[tmp_path / "canteen.txt"], index=tmp_path / "index", disclosure="public")
    settings = Settings(index_dir=tmp_path / "index")
    storage = Storage.of_settings(settings)
    link = storage.accounts.add("周编辑", "editor")
    storage.close()
    with serving(settings) as url:
        page = open_page(f"{url}/staff#link={link}").page
        page.get_by_label("新密码").fill("太短")
        page.get_by_role("button", name="设置密码").click()
        expect(page.get_by_role("alert")).to_contain_text("密码要有10到200个字符")
        page.get_by_label("新密码").fill("第一个足够长的密码吧")
        page.get_by_role("button", name="设置密码").click()
        page.get_by_text("周编辑：修改密码").click()
        assert link not in page.url
        page.get_by_label("现在的密码").fill("第一个足够长的密码吧")
        page.get_by_label("新密码").fill("第二个足够长的密码吧")
        page.get_by_role("button", name="修改密码").click()
        expect(page.get_by_text("密码已经修改")).to_be_visible()
        page.get_by_role("button", name="退出").click()
        page.get_by_label("账号").fill("周编辑")
        page.get_by_label("密码", exact=True).fill("第一个足够长的密码吧")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).to_contain_text("不对")
        page.get_by_label("密码", exact=True).fill("第二个足够长的密码吧")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("button", name="退出")).to_be_visible()


def test_staff_share_an_answer_that_a_citizen_opens_and_checks(open_page: Open, tmp_path: Path):
    (tmp_path / "canteen.txt").write_text(
        "长者食堂管理办法\n公开方式：主动公开\n第一条　年满七十周岁的老年人每餐补贴三元。\n", "utf-8"
    )
    ingest(paths=[tmp_path / "canteen.txt"], index=tmp_path / "index", disclosure="public")
    settings = Settings(index_dir=tmp_path / "index")
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    storage.close()
    with serving(settings) as url:
        staff = open_page(f"{url}/staff").page
        staff.get_by_label("访问密码").fill(str(token))
        staff.get_by_role("button", name="进入").click()
        expect(staff.locator(".queue")).to_be_visible()
        staff.goto(url)
        staff.get_by_label("问题", exact=True).fill("老年人每餐补贴多少元？")
        staff.keyboard.press("Enter")
        staff.get_by_role("button", name="分享链接").click()
        link = staff.locator(".sharing a").get_attribute("href")

        watched = open_page(f"{url}{link}", "phone")
        citizen = watched.page
        expect(citizen.locator(".turns")).to_contain_text("此后文件可能有变化")
        citizen.locator(".statement").first.get_by_role("button").first.click()
        expect(citizen.get_by_role("complementary", name="出处").locator("mark")).to_contain_text("每餐补贴三元")
        citizen.keyboard.press("Escape")
        expect(citizen.get_by_role("button", name="分享链接")).to_have_count(0)
        watched.check()

        staff.get_by_role("button", name="收回").click()
        expect(staff.get_by_role("button", name="分享链接")).to_be_visible()
        citizen.reload()
        expect(citizen.get_by_role("alert")).to_have_text("没有这条分享，或者它已经收回。")


def test_a_citizen_finds_a_document_from_its_publication_to_its_withdrawal(open_page: Open, tmp_path: Path):
    (tmp_path / "canteen.txt").write_text(
        "长者食堂管理办法\n公开方式：主动公开\n第一条　年满七十周岁的老年人每餐补贴三元。\n", "utf-8"
    )
    (tmp_path / "lift.txt").write_text(
        "加装电梯办法\n公开方式：主动公开\n第一条　每台电梯补助二十万元。\n联系人手机：13900139000（李某个人）\n",
        "utf-8",
    )
    ingest(paths=[tmp_path / "canteen.txt"], index=tmp_path / "index")
    settings = Settings(index_dir=tmp_path / "index")
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    storage.close()
    with serving(settings) as url:
        staff, citizen = open_page(f"{url}/staff"), open_page(url, "phone")

        def finds(words: str) -> bool:
            citizen.page.goto(url)
            citizen.page.get_by_label("问题", exact=True).fill("每台电梯补助多少元？")
            citizen.page.keyboard.press("Enter")
            expect(citizen.page.locator(".answer")).not_to_have_attribute("aria-busy", "true", timeout=60_000)
            return words in citizen.page.locator(".answer").inner_text()

        page = staff.page
        page.get_by_label("访问密码").fill(str(token))
        page.get_by_role("button", name="进入").click()
        expect(page.locator("#waiting")).to_contain_text("待发布（0）")
        page.locator("input[type=file]").set_input_files(tmp_path / "lift.txt")
        expect(page.locator(".jobs")).to_contain_text("等待核对和发布", timeout=120_000)
        expect(page.locator("#waiting")).to_contain_text("待发布（1）")
        assert not finds("二十万元")
        page.locator(".jobs a").click()
        expect(page.locator(".publication")).to_contain_text("公众还看不到这份文件")
        page.get_by_label("标题").fill("既有住宅加装电梯办法")
        page.get_by_label("效力").select_option(label="试行")
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="确认无误，发布").click()
        expect(page.locator(".publication h1")).to_have_text("既有住宅加装电梯办法", timeout=120_000)
        expect(page.locator(".decided")).to_contain_text("发布")
        assert finds("二十万元")
        expect(citizen.page.locator(".source-name")).to_contain_text("既有住宅加装电梯办法")
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="撤回").click()
        expect(page.locator(".publication")).to_contain_text("公众还看不到这份文件", timeout=120_000)
        assert not finds("二十万元")
        staff.check()
        citizen.check()


def test_what_a_document_says_of_its_disclosure_is_chosen_and_nothing_where_it_is_silent(
    open_page: Open, tmp_path: Path
):
    head, text = "加装电梯{}办法\n", "第一条　每台电梯补助二十万元。\n"
    said = {"plan": "公开方式：不公开\n", "guide": "公开属性：依申请公开\n", "lift": ""}
    for name, line in said.items():
        (tmp_path / f"{name}.txt").write_text(head.format(name) + line + text, "utf-8")
    settings = Settings(index_dir=tmp_path / "index")
    ingest(paths=[tmp_path / "lift.txt"], index=settings.index_dir)
    token = staff_token(settings)
    with serving(settings) as url:
        watched = open_page(f"{url}/staff")
        page = watched.page
        page.get_by_label("访问密码").fill(token)
        page.get_by_role("button", name="进入").click()
        for name in ("plan", "guide"):
            page.locator("input[type=file]").set_input_files(tmp_path / f"{name}.txt")
            expect(page.locator(".jobs li").first).to_contain_text("等待核对和发布", timeout=120_000)

        page.goto(f"{url}/documents/guide/publication")
        expect(page.get_by_label("依申请公开")).to_be_checked()
        page.goto(f"{url}/documents/plan/publication")
        expect(page.get_by_label("不予公开")).to_be_checked()
        page.get_by_label("主动公开").check()
        asked: list[str] = []
        page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.get_by_role("button", name="确认无误，发布").click()
        assert asked == ["文件自己写明“不公开”。确认可以公开发布？"]
        expect(page.locator(".publication")).to_contain_text("公众还看不到这份文件")

        page.goto(f"{url}/documents/lift/publication")
        choices = page.get_by_role("radio")
        expect(choices).to_have_count(3)
        assert [box.is_checked() for box in choices.all()] == [False] * 3
        page.get_by_role("button", name="确认无误，发布").click()
        expect(page.get_by_role("button", name="确认无误，发布")).to_be_enabled()
        assert page.get_by_label("主动公开").evaluate("box => box.validity.valueMissing")
        page.get_by_label("主动公开").check()
        page.get_by_role("button", name="确认无误，发布").click()
        expect(page.locator(".decided")).to_contain_text("发布", timeout=120_000)
        watched.check()


def test_what_staff_saw_is_closed_in_every_tab_when_they_leave(open_page: Open, tmp_path: Path):
    (tmp_path / "internal.txt").write_text("内部安排\n公开方式：不予公开\n第一条　值班密语是青松翠柏。\n", "utf-8")
    ingest(paths=[tmp_path / "internal.txt"], index=tmp_path / "index")
    settings = Settings(index_dir=tmp_path / "index")
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    storage.close()
    with serving(settings) as url:
        page = open_page(f"{url}/staff").page
        page.get_by_label("访问密码").fill(str(token))
        page.get_by_role("button", name="进入").click()
        expect(page.locator(".queue")).to_be_visible()
        other = page.context.new_page()
        other.goto(url)
        other.get_by_label("问题", exact=True).fill("值班密语是什么？")
        other.keyboard.press("Enter")
        expect(other.locator(".answer")).to_contain_text("青松翠柏", timeout=60_000)
        address = other.url
        page.get_by_role("button", name="退出").click()
        expect(page.get_by_label("访问密码")).to_be_visible()
        expect(other.locator(".answer")).to_have_count(0)
        other.goto(address)
        expect(other.locator("#notice")).to_contain_text("没有这个对话")
        assert "青松翠柏" not in other.content()
        assert other.evaluate("sessionStorage.getItem('question')") in (None, "")


def test_staff_are_warned_before_their_session_ends_extend_it_and_lose_nothing_when_it_has_ended(
    open_page: Open, tmp_path: Path
):
    (tmp_path / "internal.txt").write_text("内部安排\n公开方式：不予公开\n第一条　值班密语是青松翠柏。\n", "utf-8")
    ingest(paths=[tmp_path / "internal.txt"], index=tmp_path / "index")
    settings = Settings(index_dir=tmp_path / "index")
    storage = Storage.of_settings(settings)
    token = str(storage.staff.first_token())

    def let_end_in(seconds: float) -> None:
        with storage.sessions.begin() as session:
            for row in session.scalars(select(SecretRow).where(SecretRow.kind == "session")):
                row.expires = time.time() + seconds

    with serving(settings) as url:
        watched = open_page(f"{url}/staff")
        page = watched.page
        page.get_by_label("访问密码").fill(token)
        page.get_by_role("button", name="进入").click()
        expect(page.locator(".queue")).to_be_visible()
        page.clock.install()
        let_end_in(400)
        page.goto(url)
        box = page.get_by_label("问题", exact=True)
        box.fill("值班密语是什么？")
        page.keyboard.press("Enter")
        expect(page.locator(".answer")).to_contain_text("青松翠柏")
        other = page.context.new_page()
        other.goto(f"{url}/staff")
        warning = page.get_by_role("region", name="登录即将到期")
        expect(warning.get_by_role("status")).to_contain_text("到期")
        expect(other.get_by_role("region", name="登录即将到期")).to_be_visible()

        box.fill("写到一半的问题")
        warning.get_by_role("button", name="延长登录").click()
        expect(warning.get_by_role("status")).to_contain_text("登录已延长至")
        expect(other.get_by_role("region", name="登录即将到期")).to_be_hidden()
        expect(box).to_have_value("写到一半的问题")

        let_end_in(-1)
        page.clock.fast_forward("01:00:10")
        gate = page.get_by_role("dialog", name="登录已到期")
        expect(gate).to_be_visible()
        expect(page.locator(".answer")).to_be_hidden()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(gate).to_be_visible()
        expect(other.get_by_role("dialog", name="登录已到期")).to_be_visible()

        gate.get_by_label("访问密码").fill(token)
        with page.expect_response("**/api/session/time") as told:
            gate.get_by_role("button", name="进入").click()
        # a page that hears of the new end after the jump below waits for an end that lies as far again
        told.value.finished()
        expect(gate).to_have_count(0)
        expect(other.get_by_role("dialog")).to_have_count(0)
        expect(box).to_have_value("写到一半的问题")
        expect(page.locator(".answer")).to_contain_text("青松翠柏")
        assert [
            text for text in watched.complaints if "403" not in text
        ] == []  # which the browser writes of every refusal

        let_end_in(-1)
        page.clock.fast_forward("13:00:00")
        gate.get_by_role("button", name="退出").click()
        expect(page.locator(".welcome")).to_be_visible()
        assert "青松翠柏" not in page.content() and box.input_value() == ""
    storage.close()
